# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: floors, backends apart, no cycles, one door per foreign thing."""
import re

# First match decides. Floor 6 is what users include.
FLOORS = [
    (r"config/", 0), (r"core/", 1), (r"exec/", 2), (r"op/", 3), (r"kernel/", 4), (r"ops\.hpp$", 5),
    (r"(tenfold\.hpp$|backends/|testing/|interop/|io/)", 6),
]

# foreign header -> the only files that may include it
DOORS = [
    (r"(oneapi/)?tbb/.*|execution", r"kernel/cpu/parallel/tbb\.hpp"),
    (r".*intrin\.h|arm_.*\.h", r"kernel/cpu/body/special/.*"),
    (r"cpuid\.h", r"kernel/cpu/isa/detect\.hpp"),
    (r"Eigen/.*|unsupported/Eigen/.*", r"interop/eigen\.hpp"),
    (r"dlpack/.*", r"interop/dlpack\.hpp"),
    (r"mdspan", r"interop/mdspan\.hpp"),
    (r"nlohmann/.*", r"io/safetensors\.hpp"),
    (r"cuda.*\.h|cub/.*|thrust/.*|cooperative_groups.*|mma\.h", r"kernel/cuda/.*|exec/cuda\.hpp"),
    (r"thread", r"kernel/cpu/parallel/.*|kernel/cpu/topology\.hpp|testing/.*"),
    (r"mutex|condition_variable|future|stop_token|semaphore|barrier|latch", r"kernel/cpu/parallel/.*|testing/.*"),
    (r"iostream|ostream|istream|fstream|sstream|cstdio|stdio\.h|syncstream|print", r"io/.*|testing/.*|kernel/cpu/topology\.hpp"),
    (r"format|ranges|source_location|expected", r"(?!)"),  # g++ 12 or clang 14 lack them or parts of them
]

# Arrows inside kernel/cpu: file or folder -> what of kernel/cpu it may include.
CPU_ARROWS = [
    (r"kernel/cpu/body/special/", r"kernel/cpu/(body/|isa/|simd\.hpp)"),
    (r"kernel/cpu/body/", r"kernel/cpu/(body/|simd\.hpp)"),
    (r"kernel/cpu/simd\.hpp", r"(?!)"),
    (r"kernel/cpu/isa/detect\.hpp", r"(?!)"),
    (r"kernel/cpu/isa/list\.hpp", r"kernel/cpu/isa/"),
    (r"kernel/cpu/isa/", r"kernel/cpu/isa/"),
    (r"kernel/cpu/dispatch\.hpp", r"kernel/cpu/isa/"),
    (r"kernel/cpu/parallel/", r"kernel/cpu/(parallel/|topology\.hpp)"),
]


def floor(path):
    for pattern, level in FLOORS:
        if re.match(pattern, path):
            return level
    return None


def backend_of(path):
    match = re.match(r"kernel/([^/]+)/", path)
    return match.group(1) if match else None


def _own(header):
    return [i.removeprefix("tenfold/") for i in header.includes if i.startswith("tenfold/")]


def check_floors(headers):
    known = {h.path for h in headers}
    for h in headers:
        here = floor(h.path)
        if here is None:
            yield f"{h.path}: this folder is on no floor"
            continue
        for target in _own(h):
            there = floor(target)
            if target not in known:
                yield f"{h.path}: includes {target}, which does not exist"
            elif there is None or there > here:
                yield f"{h.path} (floor {here}) includes {target} (floor {there})"
        for include in h.includes:
            if not include.startswith("tenfold/") and (h.path.rsplit("/", 1)[0] + "/" + include) in known | {"/" + include}:
                yield f"{h.path}: write <tenfold/...> for {include}"


def check_backends_apart(headers):
    for h in headers:
        mine = backend_of(h.path)
        for target in _own(h):
            theirs = backend_of(target)
            if mine and theirs and theirs not in (mine, "reference"):
                yield f"{h.path} includes {target}: a backend includes no other one, reference excepted"


def check_cpu_arrows(headers):
    for h in headers:
        rule = next((allowed for pattern, allowed in CPU_ARROWS if re.match(pattern, h.path)), None)
        for target in _own(h):
            if rule is not None and target.startswith("kernel/cpu/") and not re.match(rule, target):
                yield f"{h.path} includes {target}: not an arrow of kernel/cpu"


def check_cycles(headers):
    graph = {h.path: [t for t in _own(h)] for h in headers}
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for target in graph.get(node, []):
            if state.get(target) == "open":
                yield "cycle: " + " -> ".join(trail[trail.index(target):] + [target])
            elif target not in state:
                yield from visit(target, trail + [target])
        state[node] = "done"

    for node in sorted(graph):
        if node not in state:
            yield from visit(node, [node])


def check_doors(headers):
    for h in headers:
        for include in h.includes:
            for foreign, door in DOORS:
                if re.fullmatch(foreign, include) and not re.fullmatch(door, h.path):
                    yield f"{h.path} includes <{include}>: not its door"


CHECKS = {
    "floors": check_floors,
    "backends": check_backends_apart,
    "cpu_arrows": check_cpu_arrows,
    "cycles": check_cycles,
    "doors": check_doors,
}
