# SPDX-License-Identifier: Apache-2.0
"""Plays one cloud's metadata service, or one way in which such a service misbehaves.

metadata_server.py MODE listens on a free port of 127.0.0.1, prints the port, then one line per request: method, target
and header names. Every private value contains "canary" or the address 203.0.113.77, so that a test can look for leaks.
"""
import json
import random
import socket
import sys
import threading
import time
import zlib
from urllib.parse import parse_qs

OK, BAD, UNAUTHORISED, FORBIDDEN, MISSING, REFUSED = 200, 400, 401, 403, 404, 405
ADDRESS = "203.0.113.77"


class Aws:
    """Version 2: a token first. `expiring` lets the first token end after one use."""

    token_header, lifetime_header = "x-aws-ec2-metadata-token", "x-aws-ec2-metadata-token-ttl-seconds"
    document = {
        "accountId": "canary-account", "instanceId": "i-0canary0123456789", "instanceType": "g6.xlarge",
        "region": "us-east-1", "availabilityZone": "us-east-1a", "privateIp": ADDRESS, "imageId": "ami-canary",
    }
    values = {
        "/latest/meta-data/services/domain": "amazonaws.com",
        "/latest/dynamic/instance-identity/document": json.dumps(document),
        "/latest/meta-data/placement/availability-zone-id": "use1-az4",
        "/latest/meta-data/instance-life-cycle": "spot",
        "/latest/meta-data/instance-type": "g6.xlarge",
        "/latest/meta-data/public-ipv4": ADDRESS,
        "/latest/meta-data/public-keys/0/openssh-key": "ssh-rsa canary",
    }

    def __init__(self, expiring=False, changed=(), notice_after=None):
        self.values = {**self.values, **dict(changed)}
        self.tokens, self.expiring = 0, expiring
        self.polls, self.notice_after = 0, notice_after

    def answer(self, method, target, headers, body):
        if target == "/latest/api/token":
            if method != "PUT" or self.lifetime_header not in headers:
                return BAD, {}, ""
            self.tokens += 1
            return OK, {}, f"canary-token-{self.tokens}=="
        if headers.get(self.token_header) != f"canary-token-{self.tokens}==":
            return UNAUTHORISED, {}, ""
        if self.expiring and self.tokens == 1 and target.endswith("document"):
            return UNAUTHORISED, {}, ""
        if target == "/latest/meta-data/spot/instance-action" and self.notice_after is not None:
            self.polls += 1
            if self.polls > self.notice_after:
                return OK, {}, '{"action": "terminate", "time": "2026-11-21T12:00:00Z"}'
        return (OK, {}, self.values[target]) if target in self.values else (MISSING, {}, "not here")


class Alibaba(Aws):
    token_header, lifetime_header = "x-aliyun-ecs-metadata-token", "x-aliyun-ecs-metadata-token-ttl-seconds"
    values = {
        "/latest/meta-data/instance/instance-type": "ecs.gn7i-c8g1.2xlarge",
        "/latest/meta-data/region-id": "cn-hangzhou",
        "/latest/meta-data/zone-id": "cn-hangzhou-h",
        "/latest/meta-data/instance-id": "i-canary-alibaba",
    }


class Gcp:
    keys = {
        "machine-type": "projects/canary/machineTypes/g2-standard-4",
        "zone": "projects/canary/zones/us-central1-a",
        "id": "4242canary",
        "scheduling/preemptible": "TRUE",
        "attributes/ssh-keys": "canary",
    }

    def __init__(self, flavour=True, without=(), changed=(), later=()):
        self.flavour, self.without = flavour, without
        self.keys = {**self.keys, **dict(changed)}
        self.later = dict(later)  # key -> (seconds, value): changes so long after somebody has begun to wait for it

    def wait_for_change(self, key, seconds):
        after, value = self.later.get(key, (seconds, self.keys[key]))
        time.sleep(min(after, seconds))
        self.keys[key] = value

    def answer(self, method, target, headers, body):
        if headers.get("metadata-flavor") != "Google" or headers.get("host") != "metadata.google.internal":
            return FORBIDDEN, {}, ""
        answered = {"Metadata-Flavor": "Google"} if self.flavour else {}
        path, _, query = target.partition("?")
        key = path.removeprefix("/computeMetadata/v1/instance/")
        if key not in self.keys or key in self.without:
            return MISSING, answered, ""
        etag = lambda: f"{zlib.crc32(self.keys[key].encode()):016x}"
        asked = {name: values[-1] for name, values in parse_qs(query).items()}
        if asked.get("wait_for_change") == "true" and asked.get("last_etag", etag()) == etag():
            self.wait_for_change(key, float(asked["timeout_sec"]))
        return OK, {**answered, "ETag": etag()}, self.keys[key]


class Azure:
    compute = {
        "vmSize": "Standard_NC4as_T4_v3", "location": "eastus", "zone": "2", "priority": "Spot", "vmId": "canary-vm",
        "subscriptionId": "canary-subscription", "name": "canary-name", "publicKeys": [{"keyData": "ssh-rsa canary"}], "tags": "canary",
    }

    def __init__(self, events=(), first_takes=0.0):
        self.first_takes = first_takes  # the first question switches the service on
        self.events = [{"EventId": f"canary-event-{kind}-{name}", "EventStatus": "Scheduled", "EventType": kind, "ResourceType": "VirtualMachine",
                        "Resources": [name], "NotBefore": "Sat, 21 Nov 2026 12:00:00 GMT"} for kind, name in events]

    def answer(self, method, target, headers, body):
        if "x-forwarded-for" in headers or headers.get("metadata") != "true":
            return BAD, {}, ""
        if target.startswith("/metadata/scheduledevents?api-version="):
            if method == "POST":
                known = [{"EventId": one["EventId"]} for one in self.events]
                approved = json.loads(body).get("StartRequests", [])
                return (OK if approved and all(one in known for one in approved) else BAD), {}, ""
            pause, self.first_takes = self.first_takes, 0.0
            time.sleep(pause)
            return OK, {}, json.dumps({"DocumentIncarnation": 1, "Events": self.events})
        if target.startswith("/metadata/instance/compute/name?"):
            return OK, {}, self.compute["name"]
        if not target.startswith("/metadata/instance/compute?api-version="):
            return MISSING, {}, ""
        return OK, {"Content-Type": "application/json"}, json.dumps(self.compute)


class Table:
    """Plain keys; with `required`, a header (name, value) that every request must carry. A PUT is not served."""

    def __init__(self, values, required=None):
        self.values, self.required = values, required

    def answer(self, method, target, headers, body):
        if self.required and headers.get(self.required[0]) != self.required[1]:
            return UNAUTHORISED, {}, ""
        if method != "GET":
            return REFUSED, {}, ""
        return (OK, {}, self.values[target]) if target in self.values else (MISSING, {}, "")


def openstack(flavour):
    return Table({
        "/openstack": "2012-08-10\n2018-08-27\nlatest\n",
        "/openstack/latest/meta_data.json": json.dumps({"uuid": "canary", "public_keys": {"canary": "ssh-rsa canary"}}),
        "/latest/meta-data/instance-type": flavour,
        "/latest/meta-data/placement/availability-zone": "nova",
        "/latest/meta-data/instance-id": "i-canary-openstack",
    })


SCALEWAY = {
    "id": "canary", "commercial_type": "L4-1-24G", "zone": "fr-par-2", "location": {"zone_id": "par2"}, "public_ip": {"address": ADDRESS},
    "ssh_public_keys": [{"key": "ssh-rsa canary"}], "organization": "canary", "tags": ["canary"],
}

CLOUDS = {
    "aws": Aws,
    "aws-expired": lambda: Aws(expiring=True),
    "aws-imitation": lambda: Aws(changed={"/latest/meta-data/services/domain": "cloud.example"}),
    "aws-china": lambda: Aws(changed={"/latest/meta-data/services/domain": "amazonaws.com.cn"}),
    "aws-hostile-value": lambda: Aws(changed={"/latest/meta-data/placement/availability-zone-id": "\x1b[31muse1\x1b[0m"}),
    "aws-notice": lambda: Aws(notice_after=0),
    "aws-notice-later": lambda: Aws(notice_after=1),
    "gcp": Gcp,
    "gcp-preempted": lambda: Gcp(changed={"preempted": "TRUE"}),
    "gcp-preempted-later": lambda: Gcp(changed={"preempted": "FALSE"}, later={"preempted": (0.5, "TRUE")}),
    "gcp-waiting": lambda: Gcp(changed={"preempted": "FALSE"}),
    "gcp-maintenance": lambda: Gcp(changed={"preempted": "FALSE", "maintenance-event": "TERMINATE_ON_HOST_MAINTENANCE"}),
    "gcp-migration": lambda: Gcp(changed={"preempted": "FALSE", "maintenance-event": "MIGRATE_ON_HOST_MAINTENANCE"}),
    "gcp-without-flavour": lambda: Gcp(flavour=False),
    "gcp-workload-identity": lambda: Gcp(without=("machine-type", "scheduling/preemptible")),
    "azure": Azure,
    "azure-preempt": lambda: Azure([("Freeze", "canary-name"), ("Preempt", "another"), ("Preempt", "canary-name")]),
    "azure-preempt-slow": lambda: Azure([("Preempt", "canary-name")], first_takes=1.0),
    "azure-preempt-another": lambda: Azure([("Preempt", "another"), ("Freeze", "canary-name")]),
    "oci": lambda: Table({
        "/opc/v2/instance/shape": "VM.GPU.A10.1",
        "/opc/v2/instance/canonicalRegionName": "us-phoenix-1",
        "/opc/v2/instance/availabilityDomain": "canary:PHX-AD-1",
        "/opc/v2/instance/id": "ocid1.instance.oc1.phx.canary",
    }, ("authorization", "Bearer Oracle")),
    "alibaba": Alibaba,
    "scaleway": lambda: Table({"/conf?format=json": json.dumps(SCALEWAY)}),
    "outscale": lambda: Table({
        "/latest/meta-data/instance-type": "tinav5.c4r8p1",
        "/latest/meta-data/placement/availability-zone": "eu-west-2a",
        "/latest/meta-data/instance-id": "i-canary-outscale",
    }),
    "ovhcloud": lambda: openstack("t1-le-45"),
    "openstack": lambda: openstack("m1.large"),
    "hetzner": lambda: Table({
        "/hetzner/v1/metadata/availability-zone": "fsn1-dc14",
        "/hetzner/v1/metadata/region": "eu-central",
        "/hetzner/v1/metadata/instance-id": "40404040404",
        "/hetzner/v1/metadata/public-ipv4": ADDRESS,
    }),
    "vultr": lambda: Table({"/v1/region/regioncode": "EWR", "/v1/instance-v2-id": "canary-vultr", "/v1/instanceid": "4040"}),
    "digitalocean": lambda: Table({"/metadata/v1/id": "40404040404", "/metadata/v1/region": "nyc3"}),
    "upcloud": lambda: Table({
        "/metadata/v1/cloud_name": "upcloud", "/metadata/v1/region": "us-chi1", "/metadata/v1/instance_id": "canary-upcloud",
    }),
}


def raw(data):
    return lambda connection: connection.sendall(data)


def drip(connection):
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + 1000 * b"x":
        connection.sendall(bytes([byte]))
        time.sleep(0.02)


class Damaged:
    """Correct answers with one to three seeded mistakes, another one for each connection."""

    whole = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\nX-A: b\r\n\r\nhello world",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n7;x=y\r\no world\r\n0\r\nT: r\r\n\r\n",
        b"HTTP/1.0 404 Not Found\r\nContent-Type: text/plain\r\n\r\nnothing here",
    ]

    def __init__(self):
        self.chance = random.Random(20)

    def mistake(self, data):
        at = self.chance.randrange(len(data) + 1)
        end = at + self.chance.randrange(1, 9)
        return self.chance.choice([
            data[:at] + bytes([self.chance.randrange(256)]) + data[at + 1:],
            data[:at] + data[end:],
            data[:at] + self.chance.randrange(1, 40) * data[at:end] + data[at:],
            data[:at],
            data[:at] + self.chance.choice([b"99999999999999999999", b"\r\n", b"\0", b"-", 3000 * b"["]) + data[at:],
        ])

    def __call__(self, connection):
        data = self.chance.choice(self.whole)
        for _ in range(self.chance.randrange(4)):
            data = self.mistake(data)
        connection.sendall(data)


FAULTS = {
    "hang": lambda connection: time.sleep(10),
    "garbage": raw(b"\x16\x03\x01\x02\x00 SSH-2.0-OpenSSH\r\n" + bytes(range(256))),
    "megabyte": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + (1 << 20) * b"x"),
    "endless": raw(b"HTTP/1.1 200 OK\r\n\r\n" + (1 << 20) * b"x"),
    "damaged": Damaged(),
    "endless-head": raw(b"HTTP/1.1 200 OK\r\nX-Long: " + (1 << 19) * b"x"),
    "chunked-megabyte": raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000\r\n" + (1 << 20) * b"x" + b"\r\n0\r\n\r\n"),
    "long-head": raw(b"HTTP/1.1 200 OK\r\nX-Long: " + 20000 * b"x" + b"\r\n\r\n"),
    "redirect": raw(b"HTTP/1.1 302 Found\r\nLocation: http://203.0.113.77/\r\nContent-Length: 0\r\n\r\n"),
    "drip": drip,
    "truncated": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
    "closed": lambda connection: None,
    "forbidden": raw(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"),
    "unavailable": raw(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"),
    "deaf": None,
}
WAITING = []  # connections of a "deaf" server


def respond(framing, status, headers, body):
    """The response as bytes in one of three framings."""
    data = body.encode()
    head = f"HTTP/1.1 {status} Answer\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if framing == "chunked":
        pieces = [data[i:i + 7] for i in range(0, len(data), 7)]
        data = b"".join(b"%x;note=1\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nX-Trailer: yes\r\n\r\n"
        head += "Transfer-Encoding: chunked\r\n"
    elif framing != "until-close":
        head += f"Content-Length: {len(data)}\r\n"
    return head.encode() + b"\r\n" + data


def serve(connection, cloud, framing, fault, lock):
    with connection:
        received = b""
        while b"\r\n\r\n" not in received:
            block = connection.recv(4096)
            if not block:
                return
            received += block
        head, _, sent = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        while len(sent) < int(headers.get("content-length", 0)):
            sent += connection.recv(4096)
        with lock:
            print(method, target, ",".join(sorted(headers)), flush=True)
            status, answered, body = cloud.answer(method, target, headers, sent) if cloud else (OK, {}, "")
        if fault:
            return fault(connection)
        if framing == "slow":
            time.sleep(0.4)
        connection.sendall(respond(framing, status, answered, body))
        if framing == "half-closed":  # has said everything, but keeps listening
            connection.shutdown(socket.SHUT_WR)
            time.sleep(10)


def fill_queue_of(listener):
    """Connections that nobody accepts: the next ones are not answered, as by a firewall."""
    for _ in range(4):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(listener.getsockname())
        WAITING.append(waiting)
    time.sleep(0.1)


def main():
    mode = sys.argv[1]
    name, _, framing = mode.partition("+")
    fault = FAULTS.get(name)
    if name not in {**CLOUDS, **FAULTS}:
        sys.exit(f"{mode}: no such mode; known are {', '.join([*CLOUDS, *FAULTS])}, and +chunked, +until-close, +half-closed, +slow")
    cloud = None if name in FAULTS else CLOUDS[name]()
    listener = socket.create_server(("127.0.0.1", 0), backlog=0 if name == "deaf" else 64)
    if name == "deaf":
        fill_queue_of(listener)
    print(listener.getsockname()[1], flush=True)
    if name == "deaf":
        time.sleep(60)
    lock = threading.Lock()

    def quietly(connection):
        try:
            serve(connection, cloud, framing, fault, lock)
        except OSError:
            pass  # the client has given up: what several of the tests are about

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=quietly, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    main()
