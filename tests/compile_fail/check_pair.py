# SPDX-License-Identifier: Apache-2.0
"""A program that must compile, and with one macro must not: check_pair.py <compiler> <include folder> <file.cpp>.

The file says in comments what it needs and what the compiler must say:
    // flags: -fno-exceptions          (optional; for both)
    // error: <text of the message>    (one line per text that must appear)
"""
import re
import subprocess
import sys
from pathlib import Path


def compile_source(compiler, include, source, flags):
    # A long line is cut off by neither compiler; clang prints a static_assert's text on the line of the error.
    command = [compiler, "-std=c++20", "-fsyntax-only", "-fdiagnostics-color=never", "-I", include, *flags, source]
    return subprocess.run(command, capture_output=True, text=True)


def main():
    compiler, include, source = sys.argv[1:]
    text = Path(source).read_text()
    flags = " ".join(re.findall(r"^// flags: (.*)$", text, re.MULTILINE)).split()
    expected = re.findall(r"^// error: (.*)$", text, re.MULTILINE)
    if not expected:
        print(f"{source}: no '// error:' line")
        return 1
    good = compile_source(compiler, include, source, flags)
    if good.returncode != 0:
        print(f"the good half does not compile:\n{good.stderr}")
        return 1
    bad = compile_source(compiler, include, source, [*flags, "-DTENFOLD_TEST_BAD=1"])
    if bad.returncode == 0:
        print("the bad half compiles")
        return 1
    absent = [message for message in expected if message not in bad.stderr]
    for message in absent:
        print(f"the compiler does not say: {message}")
    if absent:
        print(bad.stderr)
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
