# SPDX-License-Identifier: Apache-2.0
"""Writes budget.json: a line per kernel in each part, so that a change shows as the kernels that changed."""
import json


def save(path, known):
    parts = []
    for part, value in sorted(known.items()):
        if isinstance(value, dict):
            kernels = ",\n".join(f"  {json.dumps(kernel)}: {json.dumps(of, sort_keys=True)}" for kernel, of in sorted(value.items()))
            parts.append(f" {json.dumps(part)}: {{\n{kernels}\n }}")
        else:
            parts.append(f" {json.dumps(part)}: {json.dumps(value)}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")
