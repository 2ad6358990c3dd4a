# SPDX-License-Identifier: Apache-2.0
"""Kernels in what nvcc writes, and their names as people read them."""
import re
import subprocess


def readable(symbols):
    """'_ZN7tenfold...run_bodyI...' -> 'reduce_block<sum_policy<float>, float, float>', for each of the symbols."""
    done = subprocess.run(["c++filt"], input="\n".join(symbols), capture_output=True, text=True, check=True)
    return {symbol: plain(name) for symbol, name in zip(symbols, done.stdout.splitlines())}


def plain(name):
    """'void tenfold::v1::<tag>::gpu_kernels::run_body<X>(X::arguments)' -> 'X', without namespaces."""
    name = re.sub(r"\b(tenfold::v1::(v\w+::)?|gpu_kernels::|\(anonymous namespace\)::)", "", name)
    name = re.sub(r"\((bool|unsigned int|unsigned long|int|long)\)", "", name)
    opened = name.index("run_body<") + len("run_body<")
    depth, end = 1, opened
    while depth > 0:
        depth += {"<": 1, ">": -1}.get(name[end], 0)
        end += 1
    return re.sub(r"\s+>", ">", name[opened:end - 1]).strip()


def body(kernel):
    """'reduce_block<sum_policy<float>, float, float>' -> 'reduce_block'"""
    return kernel.partition("<")[0]


def kernels_of(text, heading, architecture_heading):
    """(architecture, symbol, code) for each kernel of PTX or of a disassembly."""
    architecture = "?"
    for part in re.split(rf"(?m)(?=^.*{heading})|(?=^\s*{architecture_heading})", text):
        if found := re.match(rf"\s*{architecture_heading}\s*(sm_\w+)", part):
            architecture = found[1]
        if found := re.match(rf".*{heading}\s*(\w+)", part):
            yield architecture, found[1], part
