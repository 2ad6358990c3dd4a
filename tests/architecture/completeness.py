# SPDX-License-Identifier: Apache-2.0
"""Nothing of a list is forgotten: each op has its kernels, its conformance test and its page, each driver is included."""
import re
from pathlib import Path

SOURCES = (".hpp", ".cpp", ".cuh", ".cu", ".py", ".cmake", ".sh")
NOT_SOURCES = ("build", ".git", "bench-out", "__pycache__")


def ops(headers):
    """The headers of op/ that define an op (struct <name>_op); the others hold what several ops share."""
    return [h.path.removeprefix("op/").removesuffix(".hpp") for h in headers
            if re.fullmatch(r"op/\w+\.hpp", h.path) and re.search(r"\bstruct \w+_op\b", h.code)]


def check_ops(root, headers):
    """Each op is in ops.hpp and has a kernel per backend, conformance cases that run, and a reference page."""
    present = {h.path: h for h in headers}
    instances = Path(root) / "tests/conformance/CMakeLists.txt"
    instances = instances.read_text() if instances.is_file() else ""
    run_conformance = present["testing/conformance.hpp"].includes if "testing/conformance.hpp" in present else ()
    backends = sorted({h.path.split("/")[1] for h in headers if re.match(r"kernel/\w+/all\.(hpp|cuh)", h.path)})
    found = ops(headers)
    if not found:
        yield "include/tenfold/op holds no op"
    for op in found:
        if "ops.hpp" not in present or f"tenfold/op/{op}.hpp" not in present["ops.hpp"].includes:
            yield f"{op}: ops.hpp does not include op/{op}.hpp"
        for backend in ("reference", "cpu"):
            if f"kernel/{backend}/{op}.hpp" not in present:
                yield f"{op}: kernel/{backend}/{op}.hpp is missing"
        if f"tenfold_conformance({op} " not in instances:
            yield f"{op}: tests/conformance/CMakeLists.txt has no tenfold_conformance({op} ...)"
        if f"tenfold/testing/conformance/{op}.hpp" not in run_conformance:
            yield f"{op}: testing/conformance.hpp does not include testing/conformance/{op}.hpp"
        if not (Path(root) / f"docs/reference/{op}.md").is_file():
            yield f"{op}: docs/reference/{op}.md is missing"
    for backend in backends:
        everything = next(present[p] for p in (f"kernel/{backend}/all.hpp", f"kernel/{backend}/all.cuh") if p in present)
        for op in found:
            for extension in ("hpp", "cuh"):
                driver = f"kernel/{backend}/{op}.{extension}"
                if driver in present and f"tenfold/{driver}" not in everything.includes:
                    yield f"{everything.path} does not include {driver}"


def check_reached(root, headers):
    """Each header is included by another one, or is one that users include."""
    reached = {i.removeprefix("tenfold/") for h in headers for i in h.includes}
    for h in headers:
        if h.path not in reached and not re.match(r"(tenfold\.hpp$|backends/|testing/|interop/|io/)", h.path):
            yield f"{h.path}: no header includes it"


def check_licence_lines(root, headers):
    """Each source file of the tree starts with the SPDX line, after a #! line if it has one, and is ASCII. What programs write for
    their users, expected below golden/, is not a source of the tree."""
    base = Path(root)
    for path in sorted(base.rglob("*")):
        relative = path.relative_to(base)
        if relative.parts[0] in NOT_SOURCES or {"__pycache__", "golden"} & set(relative.parts) or not path.is_file():
            continue
        if path.suffix not in SOURCES and path.name != "CMakeLists.txt" and relative.parts[0] != "scripts":
            continue
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        opening = text.splitlines()[:2]
        if opening and opening[0].startswith("#!"):
            opening = opening[1:]
        if not opening or not re.fullmatch(r"(//|#) SPDX-License-Identifier: Apache-2\.0", opening[0]):
            yield f"{relative}: does not start with the SPDX line"
        if not text.isascii():
            yield f"{relative}: not ASCII"


CHECKS = {"ops": check_ops, "reached": check_reached, "licence_lines": check_licence_lines}
