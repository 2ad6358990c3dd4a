# SPDX-License-Identifier: Apache-2.0
"""What docs/cloud prints is what the program says: every ```console block is run.

    cloud_docs_test.py ROOT PROGRAM

A block begins with "$ tenfold-bench ..."; the lines after it must occur in the output, in this order. Lines that the terminal
breaks are compared with their breaks removed.
"""

import pathlib
import re
import shlex
import subprocess
import sys

root, program = pathlib.Path(sys.argv[1]), sys.argv[2]
failed, blocks = [], 0


def plain(text):
    return re.sub(r"\s+", " ", text)


pages = sorted((root / "docs/cloud").glob("*.md"))
for page in pages:
    for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.S):
        blocks += 1
        command, *lines = block.strip().splitlines()
        words = shlex.split(command)
        if words[:2] != ["$", "tenfold-bench"]:
            failed.append(f"{page.name}: not a command of the program: {command}")
            continue
        done = subprocess.run([program, *words[2:]], cwd=root, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            failed.append(f"{page.name}: {command}\n  exit code {done.returncode}: {done.stderr.strip()}")
            continue
        output, at = plain(done.stdout), 0
        for line in lines:
            found = output.find(plain(line).strip(), at)
            if found < 0:
                failed.append(f"{page.name}: {command}\n  does not print: {line}")
                break
            at = found
if blocks < 10:
    failed.append(f"only {blocks} blocks were found in {len(pages)} pages")
print(f"{blocks} commands of {len(pages)} pages")
if failed:
    sys.exit("\n".join(failed))
