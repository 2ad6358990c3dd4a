# SPDX-License-Identifier: Apache-2.0
"""EC2 prices of one region from AWS's own price list (offers/v1.0/aws/AmazonEC2/current/REGION/index.csv).

The file has hundreds of megabytes, so it is read row by row. Taken: Linux on shared hardware, nothing pre-installed, on
demand and the standard commitments. A commitment without upfront payment is preferred; where there is none, the payment
and the hourly rest of "All Upfront" are joined.
"""

import csv
import re

from catalog_format import COMPUTE_CAPABILITY, Source, Tables, runnable, sha256, usd

SOURCE_ID = "aws-price-list"
# The price list counts accelerators but does not name them: the family does.
ACCELERATORS = {
    "p2": "K80", "p3": "V100", "p3dn": "V100-32GB", "p4d": "A100-40GB", "p4de": "A100-80GB", "p5": "H100", "p5e": "H200",
    "p5en": "H200", "p6-b200": "B200", "p6-b300": "B300", "g3": "M60", "g3s": "M60", "g4dn": "T4", "g5": "A10G", "g6": "L4",
    "g6e": "L40S", "gr6": "L4", "inf1": "Inferentia", "inf2": "Inferentia2", "trn1": "Trainium", "trn1n": "Trainium",
    "trn2": "Trainium2", "f1": "FPGA", "f2": "FPGA", "g2": "K520", "g4ad": "Radeon Pro V520", "g5g": "T4G", "g6f": "L4",
    "gr6f": "L4",
}  # fmt: skip
PLAIN = {"Operating System": "Linux", "Tenancy": "Shared", "Pre Installed S/W": "NA", "CapacityStatus": "Used",
         "operation": "RunInstances", "Currency": "USD"}  # fmt: skip


def is_plain(row):
    # A Capacity Block is offered like an instance on demand, at a price per prepaid window.
    market = row.get("Market Option") or row.get("MarketOption") or "OnDemand"
    return row["Instance Type"] != "" and market == "OnDemand" and all(row[column] == wanted for column, wanted in PLAIN.items())


def years(text):
    """'1yr' and '1 yr' are both in the file."""
    found = re.fullmatch(r"([13]) ?yr", text)
    if not found:
        raise ValueError(f"unknown term {text!r}")
    return found.group(1)


def accelerator_of(name, count):
    """A type whose family is not known would be taken for one without accelerator."""
    family = name.split(".")[0]
    if family not in ACCELERATORS and count not in ("", "NA", "0"):
        raise ValueError(f"{name}: {count} accelerators of an unknown family; add {family!r} to ACCELERATORS")
    return ACCELERATORS.get(family, "")


def memory(text):
    found = re.fullmatch(r"([\d,.]+) GiB", text)
    return usd(found.group(1).replace(",", "")) if found else ""


def convert(path):
    tables = Tables()
    offers = {}  # (type, allocation, purchase option) -> {unit: amount}
    with open(path, newline="", encoding="utf-8") as stream:
        about = dict(row[:2] for row in (next(csv.reader(stream)) for _ in range(5)))
        observed = about["Publication Date"][:10]
        region = ""
        for row in csv.DictReader(stream):
            if not is_plain(row) or usd(row["PricePerUnit"]) == "0" and row["TermType"] == "OnDemand":
                continue
            name, region = row["Instance Type"], row["Region Code"]
            if row["TermType"] == "OnDemand" and row["Unit"] == "Hrs":
                offers.setdefault((name, "on_demand", ""), {})["Hrs"] = usd(row["PricePerUnit"])
            elif row["TermType"] == "Reserved" and row["OfferingClass"] == "standard":
                key = (name, f"reserved_{years(row['LeaseContractLength'])}y", row["PurchaseOption"])
                offers.setdefault(key, {})[row["Unit"]] = usd(row["PricePerUnit"])
            else:
                continue
            model = accelerator_of(name, row.get("GPU", ""))
            tables.add_type(
                provider="aws", instance_type=name, vcpus=row["vCPU"], memory_gib=memory(row["Memory"]),
                arch="arm64" if "Graviton" in row["Physical Processor"] else "x86_64", cpu_model=row["Physical Processor"],
                accelerator=model, accelerator_count=row.get("GPU", "") if model else "",
                compute_capability=COMPUTE_CAPABILITY.get(model, ""),
                burstable="true" if re.match(r"t\d", name) else "false", runnable=runnable(model), source_id=SOURCE_ID)  # fmt: skip
    for (name, allocation, option), amounts in sorted(offers.items()):
        if option == "All Upfront" and (name, allocation, "No Upfront") in offers or option == "Partial Upfront":
            continue
        tables.add_price(
            provider="aws", instance_type=name, region=region, allocation=allocation, usd_per_hour=amounts.get("Hrs", "0"),
            upfront_usd=amounts.get("Quantity", ""), granularity_s="1", minimum_s="60", observed_at=observed,
            source_id=SOURCE_ID, note=option)  # fmt: skip
    tables.sources[SOURCE_ID] = Source(
        id=SOURCE_ID, origin="pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2", read_on=observed,
        licence="published by the provider", standing="the provider's price list", converter="scripts/prices/aws_bulk.py",
        input_sha256=sha256(path))  # fmt: skip
    return tables
