# SPDX-License-Identifier: Apache-2.0
"""The golden pages are well-formed.

    page_test.py ROOT
"""

import html.parser
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

here = pathlib.Path(__file__).resolve().parent


class Balance(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.errors = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.errors.append(f"</{tag}> at {self.getpos()}")


failed = []
pages = sorted((here / "golden").glob("*.html"))
if not pages:
    failed.append("no page in golden/")
for page in pages:
    text = page.read_text()
    charts = re.findall(r"<svg.*?</svg>", text, re.S)
    if not charts:
        failed.append(f"{page.name}: no chart")
    for number, chart in enumerate(charts):
        try:
            ElementTree.fromstring(chart)
        except ElementTree.ParseError as problem:
            failed.append(f"{page.name}: chart {number}: {problem}")
    balance = Balance()
    balance.feed(text)
    failed += [f"{page.name}: {error}" for error in balance.errors + balance.open]
if failed:
    sys.exit("\n".join(failed))
