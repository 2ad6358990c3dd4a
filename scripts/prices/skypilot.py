# SPDX-License-Identifier: Apache-2.0
"""Any provider's vms.csv of skypilot-org/skypilot-catalog: one row per type and zone.

The files carry no date: without one, the prices are undated. Of several zones the cheapest spot price of a region is
kept, with a note; a spot price at or above on demand means that none is sold.
"""

import csv
from decimal import Decimal

from catalog_format import COMPUTE_CAPABILITY, Source, Tables, plain_number, runnable, sha256, usd

# Rows that contradict the provider's own documents: (provider, type) -> column -> what is right.
CORRECTIONS = {("azure", "Standard_ND96isr_H100_v5"): {"AcceleratorCount": "8"}}
WITHOUT_CURRENCY = {"scaleway"}  # prices in an unstated currency are not taken
MODELS = {"A100": "A100-40GB", "A100-80GB": "A100-80GB", "V100": "V100", "V100-32GB": "V100-32GB"}


def convert(provider, path, dated=""):
    tables = Tables()
    source_id = f"skypilot-{provider}-vms"
    on_demand, spot, zones = {}, {}, {}
    with open(path, newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            row.update(CORRECTIONS.get((provider, row["InstanceType"]), {}))
            name, key = row["InstanceType"], (row["InstanceType"], row["Region"])
            if not name:
                continue  # an accelerator on its own
            model = MODELS.get(row["AcceleratorName"], row["AcceleratorName"])
            tables.add_type(
                provider=provider, instance_type=name, vcpus=plain_number(row["vCPUs"]), memory_gib=plain_number(row["MemoryGiB"]),
                arch=row.get("Arch", ""), accelerator=model, accelerator_count=plain_number(row["AcceleratorCount"]),
                compute_capability=COMPUTE_CAPABILITY.get(model, ""), burstable="false", runnable=runnable(model),
                source_id=source_id)  # fmt: skip
            if provider in WITHOUT_CURRENCY:
                continue
            if row["Price"] and Decimal(row["Price"]) > 0:
                on_demand.setdefault(key, usd(row["Price"]))
            if row["SpotPrice"] and row["SpotPrice"] != row["Price"] and Decimal(row["SpotPrice"]) > 0:
                zones[key] = zones.get(key, 0) + 1
                if key not in spot or Decimal(row["SpotPrice"]) < Decimal(spot[key]):
                    spot[key] = usd(row["SpotPrice"])
    common = dict(provider=provider, observed_at=dated, source_id=source_id)
    for (name, region), amount in on_demand.items():
        tables.add_price(instance_type=name, region=region, allocation="on_demand", usd_per_hour=amount, **common)
    for (name, region), amount in spot.items():
        if (name, region) in on_demand and Decimal(amount) >= Decimal(on_demand[name, region]):
            continue
        note = f"lowest of {zones[name, region]} zones" if zones[name, region] > 1 else ""
        tables.add_price(instance_type=name, region=region, allocation="spot", usd_per_hour=amount, note=note, **common)
    tables.sources[source_id] = Source(
        id=source_id, origin=f"skypilot-org/skypilot-catalog catalogs/{provider}/vms.csv", read_on=dated,
        licence="Apache-2.0 (stated in the repository)", standing="public catalog without dates inside",
        converter="scripts/prices/skypilot.py", input_sha256=sha256(path))  # fmt: skip
    return tables
