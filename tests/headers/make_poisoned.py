# SPDX-License-Identifier: Apache-2.0
"""Writes the translation unit that includes all headers after hostile macros: make_poisoned.py <include folder> <out> <header>...

What the headers themselves include from elsewhere comes before the macros, as in a program where somebody else's header
defined them last.
"""
import re
import sys
from pathlib import Path

include, out, *headers = sys.argv[1:]
foreign = set()
for header in headers:
    foreign |= set(re.findall(r"^\s*#\s*include\s*<(?!tenfold/)([^>]+)>", (Path(include) / header).read_text(), re.MULTILINE))
lines = [f"#if __has_include(<{name}>)\n#include <{name}>\n#endif" for name in sorted(foreign)]
lines += ["#include <headers/poison.hpp>"] + [f"#include <{header}>" for header in headers]
Path(out).write_text("\n".join(lines) + "\n")
