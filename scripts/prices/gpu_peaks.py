# SPDX-License-Identifier: Apache-2.0
"""Dense datasheet peaks per accelerator as sold. Sparse figures never enter; an empty cell is "not found"."""

import csv

from catalog_format import plain_number, write_csv

COLUMNS = (
    "accelerator,compute_capability,memory_gb,memory_gb_per_s,fp32_tflops,tf32_dense_tflops,bf16_dense_tflops,"
    "fp16_dense_tflops,fp8_dense_tflops,int8_dense_tops,fp4_dense_tflops,tdp_w,observed_at,source"
).split(",")
NUMBERS = COLUMNS[2:12]


def convert(path):
    rows = []
    with open(path, newline="", encoding="utf-8") as stream:
        for given in csv.DictReader(stream):
            row = {column: given.get(column, "") for column in COLUMNS}
            row.update(accelerator=given["gpu"])
            row["observed_at"] = "" if given["as_of"] == "undated" else given["as_of"]
            row.update({column: plain_number(given[column]) for column in NUMBERS})
            rows.append(row)
    return sorted(rows, key=lambda row: row["accelerator"])


def write(path, rows):
    write_csv(path, COLUMNS, rows)
