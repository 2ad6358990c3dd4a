# SPDX-License-Identifier: Apache-2.0
"""The JSON Schema accepts what the program writes and refuses what its reader refuses.

    schema_test.py ROOT [RECORD...]     RECORD: further files to validate
"""

import copy
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

try:
    import jsonschema
except ImportError:
    tools.missing("jsonschema", "Debian: python3-jsonschema")

root = pathlib.Path(sys.argv[1])
schema = json.loads((root / "benchmarks/instances/schema/record.schema.json").read_text())
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
good = json.loads((pathlib.Path(__file__).resolve().parent / "golden/record.json").read_text())
failed = []
for name, record in [("golden/record.json", good)] + [(file, json.loads(pathlib.Path(file).read_text())) for file in sys.argv[2:]]:
    failed += [f"{name}: {list(problem.path)}: {problem.message}" for problem in validator.iter_errors(record)]


def must_refuse(change):
    broken = copy.deepcopy(good)
    change(broken)
    if validator.is_valid(broken):
        failed.append(f"accepted after: {change.__doc__}")


def drop(*path):
    def change(record):
        for key in path[:-1]:
            record = record[key]
        del record[path[-1]]

    change.__doc__ = f"without {path}"
    return change


def put(value, *path):
    def change(record):
        for key in path[:-1]:
            record = record[key]
        record[path[-1]] = value

    change.__doc__ = f"{path} = {value!r}"
    return change


for change in (
    drop("schema"), drop("context"), drop("context", "tenfold", "settings", "suite"), drop("context", "tenfold", "price"),
    drop("benchmarks", 0, "tenfold", "rate"), drop("benchmarks", 0, "tenfold", "verified"), put("tenfold.record/2", "schema"),
    put([], "benchmarks"), put(None, "benchmarks", 0, "real_time"), put(0, "benchmarks", 0, "real_time"),
    put(0.68, "context", "tenfold", "price", "usd_per_hour"), put("cheap", "context", "tenfold", "price", "usd_per_hour"),
    put("m/s", "benchmarks", 0, "tenfold", "rate", "unit"), put("box17", "context", "host_name"),
    put(5.0, "benchmarks", 1, "real_time"), put("0", "context", "tenfold", "price", "usd_per_hour"),
    put("0.00", "context", "tenfold", "price", "usd_per_hour"), put("EUR", "context", "tenfold", "price", "currency"),
    put("free", "context", "tenfold", "price", "allocation"), put("yesterday", "context", "date"),
    drop("benchmarks", 0, "tenfold", "samples_ns"), put([], "benchmarks", 0, "tenfold", "samples_ns"),
    put([1, 0], "benchmarks", 0, "tenfold", "samples_ns"), put(-1, "benchmarks", 0, "tenfold", "p10_ns"),
):  # fmt: skip
    must_refuse(change)
if failed:
    sys.exit("\n".join(failed))
