# SPDX-License-Identifier: Apache-2.0
"""Compute Engine prices from saved pages of Google's Billing Catalog (services/6F81-5844-456A/skus).

The catalog prices parts (a core, a GiB, a GPU), not machine types: the price of a type is the sum of its parts, so the
shapes come from a table of their own (instance_type, family, vcpus, memory_gib, accelerator, accelerator_sku,
accelerator_count). A type of which one part has no SKU gets no price.
"""

import csv
import json
import re
from decimal import Decimal

from catalog_format import COMPUTE_CAPABILITY, Source, Tables, plain_number, runnable, sha256, usd

SOURCE_ID = "gcp-billing-skus"
NANO = Decimal("0.000000001")
USAGE = {"OnDemand": "on_demand", "Preemptible": "spot", "Commit1Yr": "reserved_1y", "Commit3Yr": "reserved_3y"}
PARTS = {"Core": "core", "Cpu": "core", "Ram": "ram"}
# Numbers stay the text that they were: a price never passes through a float.
DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def amount_of(sku):
    """USD of an hour: units + nanos x 10^-9 of the last step without a free tier."""
    expression = sku["pricingInfo"][0]["pricingExpression"]
    if expression["usageUnit"] not in ("h", "GiBy.h"):
        return None
    rates = [rate for rate in expression["tieredRates"] if Decimal(rate.get("startUsageAmount", "0")) == 0]
    price = rates[-1]["unitPrice"]
    if price["currencyCode"] != "USD":
        raise ValueError(f"{sku['skuId']}: is in {price['currencyCode']}; fetch the pages with currencyCode=USD")
    return Decimal(price.get("units") or "0") + Decimal(price.get("nanos", "0")) * NANO


def part_of(sku):
    """(family, part) of a SKU: ("g2", "core"), ("", "gpu Nvidia L4"). None: nothing that a machine is made of."""
    text = sku["description"].removeprefix("Spot Preemptible ").removeprefix("Commitment v1: ")
    # Sole tenancy, custom shapes and premiums for them have names that contain those of plain parts.
    if re.search(r"Sole Tenancy|Custom|Premium|Upgrade|Reserved|DWS|License|Extended", text):
        return None
    if found := re.match(r"Compute optimized (Core|Ram|Cpu) ", text):
        return "c2", PARTS[found.group(1)]
    if found := re.match(r"(\w+)(?: AMD| Arm| Predefined)?(?: Instance (Core|Ram) running| (Cpu|Ram)) in ", text):
        return found.group(1).lower(), PARTS[found.group(2) or found.group(3)]
    found = re.match(r"(Nvidia .+?) GPU ", text)
    return ("", "gpu " + found.group(1)) if found else None


def parts_in(pages):
    parts = {}  # (region, allocation, family, part) -> USD per hour
    for path in pages:
        with open(path, encoding="utf-8") as stream:
            page = DECODER.decode(stream.read())
        for sku in page["skus"]:
            category = sku["category"]
            part = part_of(sku) if category["resourceFamily"] == "Compute" else None
            amount = amount_of(sku) if part and category["usageType"] in USAGE else None
            if amount:  # a price of zero is none
                for region in sku["serviceRegions"]:
                    parts[(region, USAGE[category["usageType"]], *part)] = amount
    return parts


def convert(pages, shapes, fetched_on):
    tables, parts = Tables(), parts_in(pages)
    places = sorted({key[:2] for key in parts})
    with open(shapes, newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            needed = [((row["family"], "core"), row["vcpus"]), ((row["family"], "ram"), row["memory_gib"])]
            if row["accelerator_sku"]:
                needed.append((("", "gpu " + row["accelerator_sku"]), row["accelerator_count"]))
            tables.add_type(
                provider="gcp", instance_type=row["instance_type"], vcpus=row["vcpus"], memory_gib=plain_number(row["memory_gib"]),
                accelerator=row["accelerator"], accelerator_count=row["accelerator_count"],
                compute_capability=COMPUTE_CAPABILITY.get(row["accelerator"], ""), burstable="false",
                runnable=runnable(row["accelerator"]), source_id=SOURCE_ID)  # fmt: skip
            for place in places:
                if any((*place, *part) not in parts for part, _ in needed):
                    continue
                total = sum(parts[(*place, *part)] * Decimal(count) for part, count in needed)
                tables.add_price(
                    provider="gcp", instance_type=row["instance_type"], region=place[0], allocation=place[1],
                    usd_per_hour=usd(str(total)), granularity_s="1", minimum_s="60", observed_at=fetched_on, source_id=SOURCE_ID,
                    note="sum of " + ", ".join(part[1] for part, _ in needed) + "; without local SSD")  # fmt: skip
    tables.sources[SOURCE_ID] = Source(
        id=SOURCE_ID, origin="cloudbilling.googleapis.com/v1/services/6F81-5844-456A/skus", read_on=fetched_on,
        licence="published by the provider", standing="the provider's price API", converter="scripts/prices/gcp_sku.py",
        input_sha256=" ".join(sha256(path) for path in [*pages, shapes]))  # fmt: skip
    return tables
