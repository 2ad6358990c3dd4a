# SPDX-License-Identifier: Apache-2.0
"""How often AWS takes spot capacity back: the bands of its spot advisor. No prices.

The advisor's savings are against on-demand prices of its own day, so they are not taken: beside prices of another day
they would be wrong. A band is a share of the capacity reclaimed in a month; the last one, ">20%", has no upper end.
"""

import csv
import re

from catalog_format import Source, Tables, plain_number, sha256

SOURCE_ID = "aws-spot-advisor"


def bounds(band):
    """'5-10%' -> ('5', '10'); '<5%' -> ('0', '5'); '>20%' -> ('20', '')."""
    found = re.fullmatch(r"<(\d+)%|(\d+)-(\d+)%|>(\d+)%", band)
    if not found:
        raise ValueError(f"unknown band {band!r}")
    below, low, high, above = found.groups()
    return ("0", below) if below else (low, high) if low else (above, "")


def convert(path):
    tables = Tables()
    with open(path, newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            low, high = bounds(row["interruption_frequency_band"])
            tables.interruptions.append(
                dict(provider="aws", instance_type=row["instance_type"], region=row["region"], percent_low=plain_number(low),
                     percent_high=plain_number(high), observed_at=row["as_of"], source_id=SOURCE_ID))  # fmt: skip
            tables.sources[SOURCE_ID] = Source(
                id=SOURCE_ID, origin=row["source"], read_on=row["as_of"], licence="not stated; single facts are quoted",
                standing="the provider's spot advisor", converter="scripts/prices/aws_spot_advisor.py",
                input_sha256=sha256(path))  # fmt: skip
    return tables
