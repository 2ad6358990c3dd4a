# SPDX-License-Identifier: Apache-2.0
"""The headers of the library as the architecture checks see them: path, lines, code without comments, includes."""
import re
from dataclasses import dataclass
from pathlib import Path

_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-zA-Z])\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
_INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def without_comments(text, keep_strings=False):
    """Blanks comments and, unless keep_strings, the contents of literals; the number of lines stays."""

    def blank(match):
        token = match.group(0)
        if token.startswith("/"):
            return "\n" * token.count("\n") or " "
        return token if keep_strings else '""' + "\n" * token.count("\n")

    return _TOKENS.sub(blank, text)


@dataclass
class Header:
    name: str  # as included: tenfold/core/index.hpp
    text: str

    def __post_init__(self):
        self.lines = self.text.splitlines()
        self.code = without_comments(self.text)
        self.includes = _INCLUDE.findall(without_comments(self.text, keep_strings=True))

    @property
    def path(self):
        """Below include/tenfold."""
        return self.name.removeprefix("tenfold/")

    def find(self, pattern):
        """(line number, match) for each match of the pattern in the code."""
        return [(self.code.count("\n", 0, m.start()) + 1, m) for m in re.finditer(pattern, self.code, re.MULTILINE)]


def headers(root):
    base = Path(root) / "include"
    files = sorted(p for p in base.rglob("*") if p.suffix in (".hpp", ".cuh"))
    return [Header(p.relative_to(base).as_posix(), p.read_text(encoding="utf-8", errors="surrogateescape")) for p in files]
