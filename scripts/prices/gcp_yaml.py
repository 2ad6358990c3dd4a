# SPDX-License-Identifier: Apache-2.0
"""Compute Engine prices from the pricing.yml of Cyclenerd/google-cloud-pricing-cost-calculator (Apache-2.0).

Taken: hour, hour_spot, and the 1- and 3-year commitments as month / 730. The list price of a month is not taken: it
holds the sustained-use discount (0.7 or 0.8 of 730 hours for n1, f1, g1, n2, n2d, c2).
"""

import re
from decimal import Decimal

import yaml

from catalog_format import COMPUTE_CAPABILITY, HOURS_PER_MONTH, Source, Tables, plain_number, runnable, sha256, usd

SOURCE_ID = "gcp-pricing-calculator"
# General and compute families and those with NVIDIA GPUs; the memory-optimised ones are not for this library's work.
FAMILIES = "a2 a3 c2 c2d c3 c3d c4 c4a c4d c4n e2 g2 g4 h3 n1 n2 n2d n4 n4a n4d t2a t2d".split()
REGIONS = "us-central1 us-east4 europe-west4".split()
ARM = {"c4a", "n4a", "t2a"}
CORE_PER_VCPU = ARM | {"t2d", "h3"}  # everywhere else a vCPU is one of two hyper-threads
SHARED_CORE = {"e2-micro", "e2-small", "e2-medium", "f1-micro", "g1-small"}
# The file's names for the accelerators -> the catalog's name, GiB of one.
ACCELERATORS = {
    "a100": ("A100-40GB", "40"), "a100-80gb": ("A100-80GB", "80"), "h100-80gb": ("H100", "80"), "l4": ("L4", "24"),
    "h100-80gb-mega": ("H100", "80"), "rtx6000": ("RTX PRO 6000", ""),
}  # fmt: skip
SIZES_LEFT_OUT = re.compile(r"-lssd|-metal|-highmem-|-ext$")


def accelerator_of(name, entry):
    found = [(key, entry[key]) for key in entry if key not in ("cost", "cpu", "ram", "local-ssd")]
    if not found:
        return "", "", ""
    if len(found) > 1 or found[0][0] not in ACCELERATORS:
        raise ValueError(f"{name}: unknown fields {[key for key, _ in found]}; add them to ACCELERATORS")
    model, memory = ACCELERATORS[found[0][0]]
    return model, found[0][1], memory


def physical_cores(name, vcpus):
    family = name.split("-")[0]
    count = Decimal(vcpus)
    if name in SHARED_CORE or count != count.to_integral_value():
        return ""
    if family in CORE_PER_VCPU:
        return vcpus
    return str(int(count) // 2) if count % 2 == 0 else ""


def commitments(cost):
    """(allocation, USD per hour). f1 and g1 print the month as "commitment": that is none."""
    for allocation, key in (("reserved_1y", "month_1y"), ("reserved_3y", "month_3y")):
        if key in cost and cost[key] != cost.get("month"):
            yield allocation, usd(str(Decimal(cost[key]) / HOURS_PER_MONTH))


def convert(path, families=FAMILIES, regions=REGIONS):
    with open(path, encoding="utf-8") as stream:
        # The base loader leaves every scalar the text it was, so no price passes through a float.
        data = yaml.load(stream, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    # The generator's time stamp, e.g. "Thu Jul 30 06:13:17 2026".
    month_names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    _, month, day, _, year = data["about"]["generated"].split()
    observed = f"{year}-{month_names.index(month) + 1:02}-{int(day):02}"

    tables = Tables()
    for name, entry in data["compute"]["instance"].items():
        family = name.split("-")[0]
        if family not in families or SIZES_LEFT_OUT.search(name) or not entry.get("cost"):
            continue
        model, count, memory = accelerator_of(name, entry)
        prices_before = len(tables.prices)
        includes = "local_ssd" if "local-ssd" in entry else ""
        for region in regions:
            cost = entry["cost"].get(region)
            if not cost:
                continue
            common = dict(provider="gcp", instance_type=name, region=region, granularity_s="1", minimum_s="60",
                          includes=includes, observed_at=observed, source_id=SOURCE_ID)  # fmt: skip
            hour = usd(cost.get("hour", ""))
            spot = usd(cost.get("hour_spot", ""))
            tables.add_price(allocation="on_demand", usd_per_hour=hour, **common)
            if spot != hour:  # spot at the on-demand price: none is offered
                tables.add_price(allocation="spot", usd_per_hour=spot, **common)
            for allocation, amount in commitments(cost):
                tables.add_price(allocation=allocation, usd_per_hour=amount, note="commitment month / 730", **common)
        if len(tables.prices) == prices_before:
            continue
        tables.add_type(
            provider="gcp", instance_type=name, vcpus=entry["cpu"], physical_cores=physical_cores(name, entry["cpu"]),
            memory_gib=plain_number(entry["ram"]), arch="arm64" if family in ARM else "x86_64", accelerator=model,
            accelerator_count=count, accelerator_memory_gib=memory, compute_capability=COMPUTE_CAPABILITY.get(model, ""),
            burstable="true" if name in SHARED_CORE else "false", runnable=runnable(model), source_id=SOURCE_ID)  # fmt: skip
    tables.sources[SOURCE_ID] = Source(
        id=SOURCE_ID,
        origin="github.com/Cyclenerd/google-cloud-pricing-cost-calculator pricing.yml@fd66b26",
        read_on=observed,
        licence="Apache-2.0, Copyright 2022-2025 Nils Knieling (stated in the file)",
        standing="generated from the provider's price API",
        converter="scripts/prices/gcp_yaml.py: families " + " ".join(families) + "; regions " + " ".join(regions),
        input_sha256=sha256(path),
    )
    return tables
