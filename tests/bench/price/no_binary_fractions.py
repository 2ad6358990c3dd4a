# SPDX-License-Identifier: Apache-2.0
"""No price passes through a binary fraction: no float in the sources that handle money, in C++ or Python."""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
found = []
for file in sorted((root / "benchmarks/instances/price").glob("*.?pp")):
    for number, line in enumerate(file.read_text().splitlines(), 1):
        code = line.split("//")[0]
        if re.search(r"\b(double|float|strtod|stod|stof)\b", code):
            found.append(f"{file.relative_to(root)}:{number}: {line.strip()}")
for file in sorted((root / "scripts/prices").glob("*.py")):
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if re.search(r"\bfloat\(|safe_load|SafeLoader|json\.loads?\(", line):
            found.append(f"{file.relative_to(root)}:{number}: {line.strip()}")
if found:
    sys.exit("binary fractions near money:\n" + "\n".join(found))
