# SPDX-License-Identifier: Apache-2.0
"""check_links.py <source folder>: every relative link and every `docs/...` path in a Markdown file names a file."""
import re
import sys
from pathlib import Path


def main():
    root = Path(sys.argv[1])
    pages = [p for p in [*root.glob("*.md"), *root.glob("docs/**/*.md")]]
    links = 0
    broken = []
    for page in pages:
        text = page.read_text()
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" in target:
                continue
            links += 1
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(root)}: {target}")
        for target in re.findall(r"`(docs/[\w./-]+)`", text):
            links += 1
            if not (root / target).exists():
                broken.append(f"{page.relative_to(root)}: {target}")
    print(f"{links} links in {len(pages)} pages")
    if links == 0:
        sys.exit("no links were found: the check looks at the wrong folder")
    sys.exit("\n".join(broken) if broken else 0)


if __name__ == "__main__":
    main()
