# SPDX-License-Identifier: Apache-2.0
"""The nets are tested too: a clean little tree passes every check, and each planted fault is caught by its check."""
import sys
import tempfile
from pathlib import Path

import check
import completeness
import hazard_ids
import include_graph
import source_rules

OPENING = "// SPDX-License-Identifier: Apache-2.0\n// A file of the self-test, in the form that is asked for.\n"
CLEAN = {
    "include/tenfold/config/abi.hpp": "",
    "include/tenfold/core/index.hpp": "#include <tenfold/config/abi.hpp>\n",
    "include/tenfold/exec/cpu.hpp": "#include <tenfold/core/index.hpp>\n",
    "include/tenfold/op/sum.hpp": "#include <tenfold/exec/cpu.hpp>\nstruct sum_op {};\n",
    "include/tenfold/kernel/reference/all.hpp": "#include <tenfold/kernel/reference/sum.hpp>\n",
    "include/tenfold/kernel/reference/sum.hpp": "#include <tenfold/op/sum.hpp>\n",
    "include/tenfold/kernel/cpu/all.hpp": "#include <tenfold/kernel/cpu/sum.hpp>\n",
    "include/tenfold/kernel/cpu/sum.hpp":
        "#include <tenfold/op/sum.hpp>\n#include <tenfold/kernel/reference/sum.hpp>\n// abort() and <<< in a comment\n",
    "include/tenfold/ops.hpp": "#include <tenfold/op/sum.hpp>\n",
    "include/tenfold/tenfold.hpp":
        "#include <tenfold/ops.hpp>\n#include <tenfold/kernel/cpu/all.hpp>\n#include <tenfold/kernel/reference/all.hpp>\n",
    "include/tenfold/testing/conformance.hpp": "#include <tenfold/testing/conformance/sum.hpp>\n",
    "include/tenfold/testing/conformance/sum.hpp": "#include <tenfold/op/sum.hpp>\n",
    "tests/conformance/CMakeLists.txt": "# SPDX-License-Identifier: Apache-2.0\ntenfold_conformance(sum DTYPES f32)\n",
    "docs/reference/sum.md": "",
}

# check -> (file, line added to it; None removes the file)
SUM = "include/tenfold/op/sum.hpp"
DRIVER = "include/tenfold/kernel/cpu/sum.hpp"
FAULTS = [
    ("floors", SUM, "#include <tenfold/kernel/cpu/sum.hpp>"),
    ("floors", SUM, "#include <tenfold/core/nowhere.hpp>"),
    ("floors", "include/tenfold/elsewhere/a.hpp", ""),
    ("backends", "include/tenfold/kernel/reference/sum.hpp", "#include <tenfold/kernel/cpu/sum.hpp>"),
    ("cpu_arrows", "include/tenfold/kernel/cpu/body/map.hpp", "#include <tenfold/kernel/cpu/sum.hpp>"),
    ("cycles", "include/tenfold/config/abi.hpp", "#include <tenfold/core/index.hpp>"),
    ("doors", DRIVER, "#include <tbb/parallel_for.h>"),
    ("doors", SUM, "#include <immintrin.h>"),
    ("doors", SUM, "#include <cpuid.h>"),
    ("doors", SUM, "#include <Eigen/Core>"),
    ("doors", SUM, "#include <iostream>"),
    ("doors", SUM, "#include <execution>"),
    ("forbidden", DRIVER, "inline void f() { std::cout << 1; }"),
    ("forbidden", DRIVER, "inline void f() { std::abort(); }"),
    ("forbidden", DRIVER, "inline void f() { exit(1); }"),
    ("forbidden", DRIVER, "inline void f(int i) { assert(i); }"),
    ("forbidden", DRIVER, "inline const char* f() { return std::getenv(\"A\"); }"),
    ("forbidden", DRIVER, "inline void f() { asm(\"nop\"); }"),
    ("forbidden", DRIVER, "#if defined(NDEBUG)\n#endif"),
    ("forbidden", DRIVER, "#ifdef TENFOLD_EXECUTOR_STD_THREADS\n#endif"),
    ("forbidden", DRIVER, "#if defined(__AVX2__)\n#endif"),
    ("forbidden", DRIVER, "#if defined(__CUDACC__)\n#endif"),
    ("forbidden", SUM, "#if defined(__CUDA_ARCH__)\n#endif"),
    ("forbidden", DRIVER, "__attribute__((target(\"arch=haswell\"))) void f();"),
    ("forbidden", DRIVER, "namespace { int a; }"),
    ("identifiers", DRIVER, "inline int __mine = 0;"),
    ("identifiers", DRIVER, "inline int _Mine = 0;"),
    ("identifiers", DRIVER, "#define MINE 1"),
    ("opening", DRIVER, "// caf\u00e9"),
    ("opening", "include/tenfold/core/b.hpp", ""),
    ("length", DRIVER, "int a;\n" * 600),
    ("ops", DRIVER, None),
    ("floors", "include/tenfold/testing/conformance/sum.hpp", None),
    ("ops", "include/tenfold/testing/conformance.hpp", None),
    ("ops", "tests/conformance/CMakeLists.txt", None),
    ("ops", "docs/reference/sum.md", None),
    ("ops", "include/tenfold/ops.hpp", None),
    ("reached", "include/tenfold/core/lonely.hpp", "int a;"),
    ("licence_lines", "tests/a.py", "a = 1"),
    ("licence_lines", "tests/CMakeLists.txt", "add_test(a)"),
]


def write(root, files):
    for name, text in files.items():
        path = Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def clean_tree():
    return {name: OPENING + text for name, text in CLEAN.items()}


def main():
    failures = []
    checks = [*include_graph.CHECKS, *source_rules.CHECKS, *completeness.CHECKS]
    with tempfile.TemporaryDirectory() as root:
        write(root, clean_tree())
        for name in checks:
            failures += [f"clean tree: {name}: {v}" for v in check.violations(root, name)]
    for name, file, line in FAULTS:
        files = clean_tree()
        if line is None:
            del files[file]
        else:
            files[file] = files.get(file, "") + line + "\n"
        with tempfile.TemporaryDirectory() as root:
            write(root, files)
            if not check.violations(root, name):
                failures.append(f"not caught by {name}: {file}: {line}")
    failures += [f"no fault is planted for {name}" for name in checks if name not in {f[0] for f in FAULTS}]
    if hazard_ids.missing({"E01", "H04"}, ["beta zero [E01]"]) != ["H04"]:
        failures.append("hazard_ids does not see a missing ID")
    print("\n".join(failures))
    print(f"{len(FAULTS)} planted faults, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
