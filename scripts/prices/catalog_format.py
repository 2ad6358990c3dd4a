# SPDX-License-Identifier: Apache-2.0
"""The tables of the price catalog: their columns, decimal text, and how they are written.

Money is text from the first byte read to the last byte written; it is never a float.
"""

import csv
import hashlib
import json
import pathlib
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

TYPE_COLUMNS = (
    "provider,instance_type,vcpus,physical_cores,memory_gib,arch,cpu_model,accelerator,accelerator_count,"
    "accelerator_memory_gib,compute_capability,burstable,runnable,source_id,note"
).split(",")
PRICE_COLUMNS = (
    "provider,instance_type,region,zone_id,allocation,upfront_usd,usd_per_hour,currency,granularity_s,minimum_s,"
    "includes,basis,estimate,observed_at,effective_from,source_id,note"
).split(",")
INTERRUPTION_COLUMNS = "provider,instance_type,region,percent_low,percent_high,observed_at,source_id".split(",")

MUST_AGREE = {"vcpus", "physical_cores", "memory_gib", "accelerator", "accelerator_count"}

HOURS_PER_MONTH = Decimal(730)
NANO = Decimal("0.000000001")

# NVIDIA's list (developer.nvidia.com/cuda-gpus). CUDA 13 targets 7.5 and newer.
COMPUTE_CAPABILITY = {
    "M60": "5.2", "P100": "6.0", "V100": "7.0", "V100-32GB": "7.0", "T4": "7.5", "Quadro RTX 6000": "7.5",
    "A100-40GB": "8.0", "A100-80GB": "8.0", "A10": "8.6", "A10G": "8.6", "RTX A6000": "8.6", "L4": "8.9", "L40S": "8.9",
    "H100": "9.0", "H100 PCIe": "9.0", "H100 NVL": "9.0", "H200": "9.0", "GH200": "9.0", "B200": "10.0", "B300": "10.3",
    "RTX PRO 6000": "12.0", "RTX 6000 Ada": "8.9",
}  # fmt: skip
OLDEST_CUDA_TARGET = Decimal("7.5")


def usd(text):
    """The decimal text of an amount, at most nine decimals (half even), without trailing zeros; '' stays ''."""
    if text == "":
        return ""
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError(f"not an amount: {text!r}")
    if amount.as_tuple().exponent < -9:
        amount = amount.quantize(NANO, rounding=ROUND_HALF_EVEN)
    plain = format(amount, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def plain_number(text):
    """'32.0' -> '32'; '' stays ''."""
    return usd(text)


def runnable(accelerator):
    """What of this project a machine with this accelerator can be measured with: cuda, cpu or none."""
    if not accelerator:
        return "cpu"
    capability = COMPUTE_CAPABILITY.get(accelerator)
    if capability is None:
        return "none"
    return "cuda" if Decimal(capability) >= OLDEST_CUDA_TARGET else "cpu"


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


@dataclass
class Source:
    id: str
    origin: str
    read_on: str
    licence: str
    standing: str
    converter: str
    input_sha256: str


@dataclass
class Tables:
    """What one converter found; several are merged into one catalog."""

    types: dict = field(default_factory=dict)
    prices: list = field(default_factory=list)
    sources: dict = field(default_factory=dict)
    interruptions: list = field(default_factory=list)  # monthly share of spot capacity that is taken back
    contradictions: list = field(default_factory=list)  # what two sources say of one type; the first is kept

    def add_type(self, **values):
        key = (values["provider"], values["instance_type"])
        old = self.types.setdefault(key, dict.fromkeys(TYPE_COLUMNS, ""))
        for column, value in values.items():
            if column not in TYPE_COLUMNS:
                raise KeyError(column)
            if old[column] == "":
                old[column] = value
            elif column in MUST_AGREE and value != "" and value != old[column]:
                self.contradictions.append(
                    f"{'/'.join(key)}: {column} is {old[column]} ({old['source_id']}) and {value} ({values['source_id']}); the first is kept")

    def add_price(self, **values):
        row = dict.fromkeys(PRICE_COLUMNS, "")
        row.update(currency="USD", basis="instance", estimate="false")
        for column, value in values.items():
            if column not in PRICE_COLUMNS:
                raise KeyError(column)
            row[column] = value
        if row["usd_per_hour"] != "":
            self.prices.append(row)

    def merge(self, other):
        for row in other.types.values():
            self.add_type(**row)
        self.prices += other.prices
        self.interruptions += other.interruptions
        self.contradictions += other.contradictions
        self.sources.update(other.sources)


def write_csv(path, columns, rows):
    with open(path, "w", newline="", encoding="ascii") as out:
        writer = csv.DictWriter(out, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_catalog(folder, tables):
    """types.csv, prices/<source_id>.csv, interruptions.csv and sources.json, sorted, so that the same input gives the same bytes."""
    folder = pathlib.Path(folder)
    (folder / "prices").mkdir(parents=True, exist_ok=True)
    write_csv(folder / "types.csv", TYPE_COLUMNS, [tables.types[key] for key in sorted(tables.types)])
    by_source = {}
    for row in tables.prices:
        by_source.setdefault(row["source_id"], []).append(row)
    for source_id, rows in sorted(by_source.items()):
        rows.sort(key=lambda row: [row[column] for column in PRICE_COLUMNS])
        write_csv(folder / "prices" / f"{source_id}.csv", PRICE_COLUMNS, rows)
    write_csv(folder / "interruptions.csv", INTERRUPTION_COLUMNS,
              sorted(tables.interruptions, key=lambda row: [row[column] for column in INTERRUPTION_COLUMNS]))  # fmt: skip
    listed = [vars(source) for _, source in sorted(tables.sources.items())]
    text = json.dumps({"schema": "tenfold.sources/1", "sources": listed}, indent=2)
    (folder / "sources.json").write_text(text + "\n", encoding="ascii")
