# SPDX-License-Identifier: Apache-2.0
"""Runs a compiler and keeps what it says beside the object: keep_messages.py <compiler> <argument>... -> <object>.messages"""
import subprocess
import sys
from pathlib import Path


def main():
    done = subprocess.run(sys.argv[1:], stderr=subprocess.PIPE, text=True)
    if "-o" in sys.argv:
        Path(sys.argv[sys.argv.index("-o") + 1] + ".messages").write_text(done.stderr)
    sys.stderr.write("".join(line + "\n" for line in done.stderr.splitlines() if not line.startswith(("ptxas info", "    0 bytes stack"))))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
