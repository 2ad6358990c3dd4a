# SPDX-License-Identifier: Apache-2.0
"""Types and prices from a survey table: one row per (provider, type, region, date, source), a column per allocation.

The columns are provider, instance_type, vcpus, memory_gib, cpu, arch, accelerator, accelerator_count,
accelerator_memory_gib, region, on_demand_usd_per_hour, spot_usd_per_hour, reserved_1y_usd_per_hour,
reserved_3y_usd_per_hour, as_of, source, note. Empty is "not found", never zero.
"""

import csv
import re

from catalog_format import COMPUTE_CAPABILITY, Source, Tables, plain_number, runnable, sha256, usd

API = "generated from the provider's price API"
PAGE = "the provider's price page, as recorded in a public survey"
SECONDARY = "secondary: reference only, never a recommendation"
UNDATED = "public catalog without dates inside"

# The start of the survey's source text -> source id, standing. None: taken from the source itself by another converter.
SOURCES = (
    ("aws/karpenter-provider-aws", "aws-price-api", API),
    ("skypilot-org/skypilot-catalog catalogs/v9/aws", "skypilot-aws", UNDATED),
    ("skypilot-org/skypilot-catalog catalogs/v6/azure", "skypilot-azure", UNDATED),
    ("skypilot-org/skypilot-catalog catalogs/v6/lambda", "skypilot-lambda", UNDATED),
    ("skypilot-org/skypilot-catalog catalogs/v8/lambda", "skypilot-lambda-8", UNDATED),
    ("skypilot-org/skypilot-catalog catalogs/v8/oci", "skypilot-oci", UNDATED),
    ("skypilot-org/skypilot-catalog catalogs/v6/ovhcloud", "skypilot-ovhcloud", UNDATED),
    ("skypilot-org/skypilot-catalog catalogs/v6/scaleway", "skypilot-scaleway", UNDATED),
    ("the-full-stack/website", "the-full-stack", "hand-kept table of rounded prices, no date, no region"),
    ("Cyclenerd/google-cloud-pricing-cost-calculator", None, ""),
    ("Cloud Billing Catalog SKUs", "gcp-billing-catalog", API),
    ("cloud.google.com/tpu/pricing", "gcp-tpu-note", SECONDARY),
    ("huggingface.co/pricing", "huggingface-page", PAGE + "; a managed service: reference only"),
    ("digitalocean.com/pricing", "digitalocean-page", PAGE),
    ("lambda.ai/instances", "lambda-instances-page", PAGE),
    ("lambda.ai/pricing", "lambda-pricing-page", PAGE),
    ("nebius.com/prices", "nebius-page", PAGE),
    ("runpod.io/", "runpod-page", PAGE),
    ("public README table", "gpu-cost-table", SECONDARY),
    ("sgl-project/ome", "type-names", SECONDARY),
    ("crusoecloud/terraform-provider-crusoe", "type-names", SECONDARY),
)
ALLOCATIONS = ("on_demand", "spot", "reserved_1y", "reserved_3y")
PRICE_OF_ONE_GPU = re.compile(r"(^|; )per GPU(;|$)")  # "6.69 per GPU" only explains the price of an instance
# Spot columns that are one ratio for a whole family: an estimate by the source, not a quotation.
ESTIMATED_SPOT = {"the-full-stack", "skypilot-azure"}
MANAGED = {"huggingface-page"}


def source_of(text):
    for start, source_id, standing in SOURCES:
        if text.startswith(start):
            return source_id, standing
    raise ValueError(f"unknown source {text!r}: add it to SOURCES")


def cores(cpu):
    """Physical cores where the survey states them: "8 cores x 2 SMT", "16 cores, no SMT"."""
    found = re.search(r"(\d+) cores", cpu)
    return found.group(1) if found else ""


def cpu_model(cpu):
    return re.sub(r";? *\d+ cores.*$", "", cpu)


def basis(row):
    if "(per chip)" in row["instance_type"]:
        return "chip"
    return "gpu" if PRICE_OF_ONE_GPU.search(row["note"]) else "instance"


def price_note(row, allocation, estimated):
    """What a reader of this one price must know."""
    if allocation == "spot":
        if estimated:
            return "one ratio to on demand for the whole family"
        if "by policy" in row["note"]:
            return "half of on demand by policy"
        zones = re.search(r"min over (\d+) AZs", row["note"])
        return f"lowest of {zones.group(1)} zones" if zones else ""
    return "without local SSD" if "without local SSD" in row["note"] else ""


def convert(path, read_on=""):
    """`read_on`: the day of reading, for the sources that state no date: their prices are not younger."""
    tables = Tables()
    digest = sha256(path)
    with open(path, newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    # Newest first, so that the newest statement about a type is the one that the type table keeps.
    rows.sort(key=lambda row: "" if row["as_of"] == "undated" else row["as_of"], reverse=True)
    for row in rows:
        source_id, standing = source_of(row["source"])
        if source_id is None:
            continue
        dated = row["as_of"] != "undated"
        tables.sources.setdefault(
            source_id,
            Source(id=source_id, origin=row["source"], read_on=row["as_of"] if dated else read_on,
                   licence="not stated; single facts are quoted, no file is copied", standing=standing,
                   converter="scripts/prices/survey_csv.py", input_sha256=digest))  # fmt: skip
        reference_only = "not usable by this library" in row["note"] or "not runnable" in row["note"]
        tables.add_type(
            provider=row["provider"], instance_type=row["instance_type"], vcpus=row["vcpus"], physical_cores=cores(row["cpu"]),
            memory_gib=plain_number(row["memory_gib"]), arch=row["arch"], cpu_model=cpu_model(row["cpu"]),
            accelerator=row["accelerator"], accelerator_count=row["accelerator_count"],
            accelerator_memory_gib=row["accelerator_memory_gib"],
            compute_capability=COMPUTE_CAPABILITY.get(row["accelerator"], ""), burstable="false",
            runnable="none" if reference_only or source_id in MANAGED else runnable(row["accelerator"]),
            source_id=source_id, note="managed service, not a machine" if source_id in MANAGED else "")  # fmt: skip
        for allocation in ALLOCATIONS:
            amount = usd(row[f"{allocation}_usd_per_hour"])
            if allocation == "spot" and amount == usd(row["on_demand_usd_per_hour"]):
                continue  # spot at the on-demand price: none is offered
            kind = basis(row)
            estimated = allocation == "spot" and source_id in ESTIMATED_SPOT
            zone = re.search(r"zone (\S+)$", row["note"]) if allocation == "spot" else None
            tables.add_price(
                provider=row["provider"], instance_type=row["instance_type"], region=row["region"],
                zone_id=zone.group(1) if zone else "",
                allocation="per_chip" if kind == "chip" and allocation == "on_demand" else allocation,
                usd_per_hour=amount, basis=kind, includes="managed_service" if source_id in MANAGED else "",
                estimate="true" if estimated else "false", observed_at=row["as_of"] if dated else "",
                source_id=source_id, note=price_note(row, allocation, estimated))  # fmt: skip
    return tables
