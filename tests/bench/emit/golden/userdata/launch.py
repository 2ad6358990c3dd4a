#!/usr/bin/env python3
"""Launches the machines of campaign c1, one per slot, in us-east-1. Needs boto3 and credentials of yours that may do so.

    launch.py --image-arm64 AMI --image-x86_64 AMI --subnet ID --security-group ID --instance-profile NAME

A slot is launched once: a second call gives the same machines. One that was taken away is replaced with
`--only SLOT --attempt 2`. Exit codes: 0 all machines were launched, 75 some were not (no capacity, quota): call it again.
"""
import argparse
import pathlib
import sys

import boto3
from botocore.exceptions import ClientError

CAMPAIGN, REGION, SPOT = "c1", "us-east-1", False
SLOTS = {
    "g6-xlarge-0": {
        "type": "g6.xlarge",
        "arch": "x86_64"
    },
    "g6-xlarge-1": {
        "type": "g6.xlarge",
        "arch": "x86_64"
    },
    "c7g-4xlarge-0": {
        "type": "c7g.4xlarge",
        "arch": "arm64"
    },
    "c7g-4xlarge-1": {
        "type": "c7g.4xlarge",
        "arch": "arm64"
    }
}
HERE = pathlib.Path(__file__).resolve().parent


def labels(slot, options):
    return {"campaign": CAMPAIGN, "slot": slot, "attempt": str(options.attempt)}


def launched_before(slot, options, client):
    """The machine of this slot and attempt, also one that has ended meanwhile."""
    filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in labels(slot, options).items()]
    pages = client.describe_instances(Filters=filters)["Reservations"]
    return next((machine["InstanceId"] for page in pages for machine in page["Instances"]), None)


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
        # EC2 forgets an ended machine after an hour, the token of a launch later.
        "ClientToken": f"{CAMPAIGN}-{slot}-{options.attempt}",
    }
    if SPOT:
        asked["InstanceMarketOptions"] = {"MarketType": "spot", "SpotOptions": {
            "SpotInstanceType": "one-time", "InstanceInterruptionBehavior": "terminate"}}
    return asked


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
    client = boto3.client("ec2", region_name=REGION)
    missing = 0
    for slot in options.only:
        try:
            before = launched_before(slot, options, client)
            instance = before or client.run_instances(**request(slot, options, client))["Instances"][0]["InstanceId"]
            print(f"{slot}: {instance}{' (launched before)' if before else ''}", flush=True)
        except ClientError as refused:
            missing += 1
            print(f"{slot}: not launched: {refused}", file=sys.stderr, flush=True)
    return 75 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
