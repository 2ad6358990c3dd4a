# SPDX-License-Identifier: Apache-2.0
"""AWS Capacity Blocks: prepaid windows, USD per GPU-hour. An allocation of their own, never the on-demand price.

The table's on-demand column is not taken: it repeats the price API, rounded to two decimals.
"""

import csv

from catalog_format import COMPUTE_CAPABILITY, Source, Tables, runnable, sha256, usd

SOURCE_ID = "aws-capacity-blocks"


def convert(path):
    tables = Tables()
    with open(path, newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            tables.add_price(
                provider="aws", instance_type=row["instance_type"], region=row["region"], allocation="capacity_block",
                usd_per_hour=usd(row["capacity_block_usd_per_gpu_hour"]), basis="gpu", observed_at=row["as_of"],
                source_id=SOURCE_ID, note="prepaid window")  # fmt: skip
            tables.add_type(
                provider="aws", instance_type=row["instance_type"], arch="x86_64", accelerator=row["gpu"],
                accelerator_count=row["gpus"], compute_capability=COMPUTE_CAPABILITY.get(row["gpu"], ""), burstable="false",
                runnable=runnable(row["gpu"]), source_id=SOURCE_ID)  # fmt: skip
            tables.sources[SOURCE_ID] = Source(
                id=SOURCE_ID, origin=row["source"], read_on=row["as_of"], licence="not stated; single facts are quoted",
                standing="public table of the provider's Capacity Block prices",
                converter="scripts/prices/aws_capacity_blocks.py", input_sha256=sha256(path))  # fmt: skip
    return tables
