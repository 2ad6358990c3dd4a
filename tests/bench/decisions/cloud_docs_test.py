# SPDX-License-Identifier: Apache-2.0
"""docs/cloud says what the program does: every ```console block is run, every command of the table of topics exists, every link
leads somewhere, the pictures are those that the program draws, the size of the catalog is the one printed, and no topic of
topics.txt is lost.

    cloud_docs_test.py ROOT PROGRAM

A block begins with "$ tenfold-bench ..."; the lines after it must occur in the output, in this order. Lines that the terminal
breaks are compared with their breaks removed.
"""

import csv
import itertools
import pathlib
import re
import shlex
import subprocess
import sys

root, program = pathlib.Path(sys.argv[1]), sys.argv[2]
docs = root / "docs/cloud"
pages = sorted(docs.glob("*.md"))
failed = []


def output_of(*words):
    return subprocess.run([program, *words], cwd=root, capture_output=True, text=True, timeout=60)


def plain(text):
    return re.sub(r"\s+", " ", text)


def check_blocks():
    blocks = 0
    for page in pages:
        for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.S):
            blocks += 1
            command, *lines = block.strip().splitlines()
            words = shlex.split(command)
            if words[:2] != ["$", "tenfold-bench"]:
                failed.append(f"{page.name}: not a command of the program: {command}")
                continue
            done = output_of(*words[2:])
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
    return blocks


def anchors_of(page):
    """The anchors that GitHub makes of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check_links():
    links = 0
    for page in pages:
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
            links += 1
            file, _, anchor = target.partition("#")
            if re.match(r"\w+:", target):
                continue
            other = (page.parent / file).resolve() if file else page
            if not other.exists():
                failed.append(f"{page.name}: {target} does not exist")
            elif anchor and anchor not in anchors_of(other):
                failed.append(f"{page.name}: {target}: {other.name} has no such heading")
    return links


def check_topics():
    """| topic | `verb sub --flag value`, ... | [page](...) |: verbs, decisions, flags and targets are in the program's help."""
    text = (docs / "README.md").read_text()
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text, re.M)
    topics = [row for row in rows if row[0] != "topic" and "(" in row[2]]
    helps, targets = {}, []
    for topic, feature, page in topics:
        for command in re.findall(r"`([^`]+)`", feature):
            words = shlex.split(command.removeprefix("tenfold-bench "))
            verb = list(itertools.takewhile(lambda word: not word.startswith("-"), words))
            if verb == ["cloudformation"]:  # "`emit --target terraform`, `cloudformation`"
                verb, words = ["emit"], ["emit", "--target", "cloudformation"]
            key = tuple(verb) if verb != ["cost"] else ("cost", "unit")
            if key not in helps:
                done = output_of(*key, "--help")
                helps[key] = done.stdout if done.returncode == 0 else None
            if helps[key] is None:
                failed.append(f"README.md: {topic}: there is no `{command}`")
                continue
            for flag in (word for word in words if word.startswith("--")):
                if not re.search(rf"{flag}\b", helps[key]):
                    failed.append(f"README.md: {topic}: `{command}`: {' '.join(verb)} has no {flag}")
            if "--target" in words:
                targets.append(words[words.index("--target") + 1])
                if f"  {targets[-1]}: " not in helps[key]:
                    failed.append(f"README.md: {topic}: emit has no target {targets[-1]}")
    steps = text.split("## By topic")[0]
    check_coverage({topic: re.findall(r"\]\(([^)#]+)", page) for topic, _, page in topics if f"| {topic} |" not in steps})
    return len(topics)


def check_coverage(pages_of):
    """Each line of topics.txt has its row, and the pages of the row hold its words."""
    promised = {}
    for line in (pathlib.Path(__file__).parent / "topics.txt").read_text().splitlines():
        if not line.startswith("#"):
            topic, _, words = line.rpartition(": ")
            promised[topic] = words.split(", ")
    for topic in promised.keys() ^ pages_of.keys():
        failed.append(f"topics.txt and the table of README.md must name the same topics; only one has: {topic}")
    for topic in promised.keys() & pages_of.keys():
        text = plain(" ".join((docs / page).read_text() for page in pages_of[topic] if (docs / page).exists()))
        for word in promised[topic]:
            if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I):
                failed.append(f"{topic}: {', '.join(pages_of[topic])} no longer say {word}")


def check_catalog_size():
    with open(root / "benchmarks/instances/catalog/types.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    size = (str(len(rows)), str(len({row["provider"] for row in rows})))
    for file, statement, known in (("docs/cloud/prices.md", r"lists (\d+) types of (\d+) providers", size),
                                   ("CHANGELOG.md", r"a catalog of (\d+) instance types", size[:1])):
        said = re.search(statement, (root / file).read_text())
        if said is None or said.groups() != known:
            failed.append(f"{file}: {said.group() if said else 'no size of the catalog'}; types.csv has {' types of '.join(known)}")


def check_figures():
    for name in ("matrix", "timeline"):
        drawn = output_of("catalog", "--catalog", "benchmarks/instances/catalog", "--figure", name).stdout
        if drawn != (docs / "figures" / f"{name}.svg").read_text():
            failed.append(f"figures/{name}.svg is not what `catalog --figure {name}` draws")


print(f"{check_blocks()} commands, {check_links()} links, {check_topics()} topics of {len(pages)} pages")
check_figures()
check_catalog_size()
if failed:
    sys.exit("\n".join(failed))
