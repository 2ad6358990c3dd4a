# SPDX-License-Identifier: Apache-2.0
"""The kernels of the cuda backend and a hash of the source of each: what a verification on a GPU is a verification of.

The hash covers a kernel's body, its driver, the ops that call that driver, the copies that bring a verification its operands, and every
header of tenfold that these include, near or far, without comments and white space.
"""
import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
INCLUDE = ROOT / "include"
CUDA = "tenfold/kernel/cuda"
VERIFIED = ROOT / "tests/cuda/verified.json"

# kernel (a header of body/) -> its driver, and the conformance cases that run it: (function, header)
KERNELS = {
    "reduce_block": ("reduce", [("conformance_reduce", "reduce"), ("conformance_arg_reduce", "arg_reduce")]),
    "elementwise_block": ("elementwise", [("conformance_transform", "transform"), ("conformance_copy", "copy")]),
    "transpose_block": ("elementwise", [("conformance_copy", "copy")]),
    "row_block": ("rows", [("conformance_softmax", "softmax"), ("conformance_normalise", "normalise")]),
    "scan_block": ("scan", [("conformance_scan", "scan")]),
    "gemm_tile": ("matmul", [("conformance_matmul", "matmul")]),
}


def element_types(header):
    """The C++ names of the types that this conformance runs in on every backend, f32 first."""
    names = dict(re.findall(r"set\(tenfold_type_(\w+) ([\w:]+)\)", (ROOT / "cmake/BackendTests.cmake").read_text()))
    listed = re.search(rf"tenfold_conformance\({header} DTYPES ([a-z0-9 ]+)", (ROOT / "tests/conformance/CMakeLists.txt").read_text())
    return [names[short] for short in listed[1].split()]


def stripped(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r"//[^\n]*", " ", text)
    return " ".join(text.split())


def closure(*headers):
    """The headers, and all of tenfold's that they include."""
    found, left = set(), list(headers)
    while left:
        header = left.pop()
        if header in found:
            continue
        found.add(header)
        left += re.findall(r"#\s*include <(tenfold/[^>]+)>", (INCLUDE / header).read_text())
    return sorted(found)


def sources(kernel):
    driver = f"{CUDA}/driver/{KERNELS[kernel][0]}.hpp"
    ops = [f"{CUDA}/{op.name}" for op in (INCLUDE / CUDA).glob("*.cuh") if f"#include <{driver}>" in op.read_text()]
    return closure(f"{CUDA}/body/{kernel}.hpp", driver, *ops, f"{CUDA}/copy.cuh")


def source_hash(kernel):
    digest = hashlib.sha256()
    for header in sources(kernel):
        digest.update(f"{header}\n{stripped((INCLUDE / header).read_text())}\n".encode())
    return digest.hexdigest()[:16]


def records():
    """kernel -> list of records, each with the hash it is about. Raises ValueError where the file is not what it should be."""
    data = json.loads(VERIFIED.read_text())
    if not isinstance(data, dict):
        raise ValueError("the file must hold one object, kernel -> list of records")
    for kernel, entries in data.items():
        if kernel not in KERNELS:
            raise ValueError(f"{kernel} is no kernel; those are {', '.join(KERNELS)}")
        for entry in entries:
            for key in ("source_hash", "date", "device", "driver", "cuda", "max_error_over_bound", "points", "sanitizers", "throughput"):
                if key not in entry:
                    raise ValueError(f"a record of {kernel} has no {key}")
    return data


def unverified():
    """(kernel, why) for each kernel whose present source has no record."""
    known = records()
    for kernel in KERNELS:
        entries = known.get(kernel, [])
        if not entries:
            yield kernel, "never run on a GPU"
        elif all(e["source_hash"] != source_hash(kernel) for e in entries):
            last = max(entries, key=lambda e: e["date"])
            yield kernel, f"changed since {last['date']} ({last['device']})"
