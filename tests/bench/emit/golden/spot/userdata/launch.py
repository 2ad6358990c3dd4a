#!/usr/bin/env python3
"""Launches the machines of campaign c1, one per slot, in us-east-1. Needs boto3 and credentials of yours that may do so.

    launch.py --image-x86_64 AMI --subnet ID --security-group ID --instance-profile NAME

A slot is launched once: a second call gives the same machines. One that was taken away is replaced with
`--only SLOT --attempt 2`. Exit codes: 0 all machines were launched; 75 some were not, for want of capacity or quota: call it
again; 65 something is wrong with what was asked for, which calling again does not change.
"""
import argparse
import hashlib
import pathlib
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, PartialCredentialsError

CAMPAIGN, REGION, SPOT = "c1", "us-east-1", True
SLOTS = {
    "m8i-xlarge-0": {
        "type": "m8i.xlarge",
        "arch": "x86_64"
    }
}
HERE = pathlib.Path(__file__).resolve().parent
LAUNCHED, WRONG, LATER = 0, 65, 75
# Answers that another time, or another hour, may change; and every quota, *LimitExceeded.
NO_CAPACITY = {"InsufficientInstanceCapacity", "MaxSpotInstanceCountExceeded", "SpotMaxPriceTooLow", "InternalError", "Unavailable"}


class OtherPlan(Exception):
    """A machine of this campaign and slot was launched for something else."""


def labels(slot, options):
    return {"campaign": CAMPAIGN, "slot": slot, "attempt": str(options.attempt), "work": work_of(slot)}


def work_of(slot):
    """What tells this slot from the same one of another plan: how it is bought and what it does."""
    bought = f"{SLOTS[slot]['type']} {'spot' if SPOT else 'on_demand'}\n"
    return hashlib.sha256(bought.encode() + (HERE / f"{slot}.sh").read_bytes()).hexdigest()[:16]


def launched_before(slot, options, client):
    """The machine of this slot and attempt, also one that has ended meanwhile."""
    own = labels(slot, options)
    filters = [{"Name": f"tag:{key}", "Values": [own[key]]} for key in ("campaign", "slot")]
    for page in client.describe_instances(Filters=filters)["Reservations"]:
        for machine in page["Instances"]:
            tags = {tag["Key"]: tag["Value"] for tag in machine["Tags"]}
            if tags.get("work") != own["work"]:
                raise OtherPlan(f"{machine['InstanceId']} was launched for another plan of campaign {CAMPAIGN}: make this plan "
                                "again with another --campaign")  # fmt: skip
            if tags.get("attempt") == own["attempt"]:
                return machine["InstanceId"]
    return None


def request(slot, options, client):
    machine = SLOTS[slot]
    image = options.image[machine["arch"]]
    root = client.describe_images(ImageIds=[image])["Images"][0]["RootDeviceName"]
    tags = [{"Key": key, "Value": value} for key, value in
            {"Name": f"tenfold-bench-{CAMPAIGN}-{slot}", "project": "tenfold-bench", **labels(slot, options)}.items()]
    asked = {
        "ImageId": image,
        "InstanceType": machine["type"],
        "MinCount": 1,
        "MaxCount": 1,
        "SubnetId": options.subnet,
        "SecurityGroupIds": [options.security_group],
        "IamInstanceProfile": {"Name": options.instance_profile},
        "UserData": (HERE / f"{slot}.sh").read_text(),
        # The script's first act is `shutdown -h +MINUTES`: with this, the machine is gone for good then.
        "InstanceInitiatedShutdownBehavior": "terminate",
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
        "BlockDeviceMappings": [{"DeviceName": root, "Ebs": {
            "VolumeType": "gp3", "VolumeSize": 64, "Encrypted": True, "DeleteOnTermination": True}}],
        "TagSpecifications": [{"ResourceType": kind, "Tags": tags} for kind in ("instance", "volume")],
        # EC2 forgets an ended machine after an hour, the token of a launch later. 64 characters at most.
        "ClientToken": hashlib.sha256("/".join(labels(slot, options).values()).encode()).hexdigest(),
    }
    if SPOT:
        asked["InstanceMarketOptions"] = {"MarketType": "spot", "SpotOptions": {
            "SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}}
    return asked


def launch(slot, options, client):
    """Tells what became of the slot; returns the exit code for it."""
    try:
        before = launched_before(slot, options, client)
        instance = before or client.run_instances(**request(slot, options, client))["Instances"][0]["InstanceId"]
    except ClientError as refused:
        code = refused.response["Error"]["Code"]
        print(f"{slot}: not launched: {refused}", file=sys.stderr, flush=True)
        return LATER if code in NO_CAPACITY or code.endswith("LimitExceeded") else WRONG
    except OtherPlan as other:
        print(f"{slot}: not launched: {other}", file=sys.stderr, flush=True)
        return WRONG
    print(f"{slot}: {instance}{' (launched before)' if before else ''}", flush=True)
    return LAUNCHED


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for arch in sorted({machine["arch"] for machine in SLOTS.values()}):
        parser.add_argument(f"--image-{arch}", required=True, metavar="AMI", help="with docker and the aws command; for GPUs, the driver")
    parser.add_argument("--subnet", required=True, metavar="ID", help="with a way to the image's registry and to S3")
    parser.add_argument("--security-group", required=True, metavar="ID", help="that lets nothing in")
    parser.add_argument("--instance-profile", required=True, metavar="NAME", help="that may put objects below the campaign's prefix")
    parser.add_argument("--only", nargs="+", choices=list(SLOTS), default=list(SLOTS), metavar="SLOT")
    parser.add_argument("--attempt", type=int, default=1, metavar="N", help="another number launches another machine for the slot")
    options = parser.parse_args()
    options.image = {machine["arch"]: getattr(options, "image_" + machine["arch"]) for machine in SLOTS.values()}
    try:
        client = boto3.client("ec2", region_name=REGION)
        codes = {launch(slot, options, client) for slot in options.only}
    except (NoCredentialsError, PartialCredentialsError) as none:
        print(f"{none}: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and its secret, or call `aws configure`", file=sys.stderr)
        return WRONG
    except BotoCoreError as failed:
        print(f"EC2 in {REGION} cannot be asked: {failed}", file=sys.stderr)
        return WRONG
    return WRONG if WRONG in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())
