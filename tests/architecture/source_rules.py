# SPDX-License-Identifier: Apache-2.0
"""What may stand in a header: no output, no process exit, no reserved or shouting names, ASCII, opening lines, length."""
import re
import statistics

# what -> (pattern in code, files where it is allowed)
FORBIDDEN = {
    "output": (r"\bstd::(cout|cerr|clog|printf|fprintf|puts|print)\b|\b(printf|fprintf|puts|perror)\s*\(", r"testing/.*"),
    "ending the process": (r"\b(abort|exit|quick_exit|terminate|_Exit)\s*\(", r"testing/.*"),
    "assert": (r"\bassert\s*\(", r"(?!)"),
    "NDEBUG": (r"\bNDEBUG\b", r"(?!)"),
    "reading the environment": (r"\b(secure_)?getenv\s*\(", r"exec/environment\.hpp"),
    "assembly": (r"\b(asm|__asm__|__asm)\b", r"kernel/cuda/simt/ptx\.cuh|kernel/cpu/isa/detect\.hpp|exec/fp_environment\.hpp|"
                 r"kernel/cpu/body/special/.*|testing/simt/context_switch\.hpp"),
    "cpuid": (r"\b__(get_)?cpuid\w*|\b__builtin_cpu_(supports|is|init)\b", r"kernel/cpu/isa/detect\.hpp"),
    "a kernel launch": (r"<<<", r"kernel/cuda/launch\.cuh"),
    "choosing by a predefined ISA macro": (r"\b__(AVX|SSE|FMA|F16C|BMI|AMX)\w*__\b", r"config/abi\.hpp"),
    "asking for a CUDA compiler": (r"\b__(CUDACC|NVCC)__\b", r"config/.*|backends/.*|tenfold\.hpp|kernel/cuda/.*"),
    "asking for the GPU architecture": (r"\b__CUDA_ARCH\w*__\b", r"kernel/cuda/.*"),
    "#ifdef on an own macro": (r"^\s*#\s*(ifdef|ifndef|(el)?if\b.*\bdefined\b\s*\(?)\s*TENFOLD_", r"config/.*"),
    "a thread_local": (r"\bthread_local\b", r"testing/.*"),
    "using namespace": (r"\busing\s+namespace\b", r"(?!)"),
    "an unnamed namespace": (r"\bnamespace\s*\{", r"(?!)"),
}

# Reserved names that belong to compilers, the language and CUDA.
NOT_OURS = re.compile(
    r"__(attribute__|builtin_\w+|has_\w+|cpp_\w+|cplusplus|cpuid\w*|get_cpuid\w*|clang\w*|GNUC\w*|GLIBC\w*|NVCC\w*|CUDA\w*|host__|device__|"
    r"global__|shared__|forceinline__|launch_bounds__|grid_constant__|restrict__|restrict|extension__|asm__|volatile__|func__|"
    r"FILE__|LINE__|COUNTER__|PRETTY_FUNCTION__|int128|float128|m(128|256|512)\w*|mmask\d+|tile\w*|x86_64__|i386__|aarch64__|ARM_\w+|"
    r"OPTIMIZE__|FAST_MATH__|SANITIZE_\w+|(asan|tsan|sanitizer)_\w+|threadfence\w*|(any|all|match_any|reduce_\w+)_sync|cvta_\w+|align__|shfl\w*|sync\w*|activemask|ballot\w*|nv_\w+|linux__|"
    r"(SSE|AVX|FMA|F16C|BMI|AMX)\w*|(ASSOCIATIVE|RECIPROCAL|ROUNDING)_MATH__|NO_SIGNED_ZEROS__|FINITE_MATH_ONLY__|"
    r"(FLT|DBL)_\w+|VA_(ARGS|OPT)__|BYTE_ORDER__|ORDER_\w+|STDC\w*|EXCEPTIONS)|_(Pragma|Float16|SC_\w+|MM_\w+|tile_\w+)")


def _allowed(pattern, path):
    return re.fullmatch(pattern, path) is not None


def check_forbidden(headers):
    for h in headers:
        for what, (pattern, allowed) in FORBIDDEN.items():
            if not _allowed(allowed, h.path):
                for line, match in h.find(pattern):
                    yield f"{h.path}:{line}: {what}: {match.group(0).strip()}"
        for number, line in enumerate(h.lines, 1):
            if re.search(r'target\s*\(\s*"[^"]*arch=', line):
                yield f"{h.path}:{number}: arch= in a target string: feature lists only"


def check_identifiers(headers):
    for h in headers:
        for line, match in h.find(r"\b(__\w+|_[A-Z]\w*)|\b[a-z]\w*__\w*"):
            if not NOT_OURS.fullmatch(match.group(0)) and not match.group(0).startswith("TENFOLD"):
                yield f"{h.path}:{line}: reserved identifier {match.group(0)}"
        for line, match in h.find(r"^\s*#\s*define\s+(\w+)"):
            if not match.group(1).startswith("TENFOLD_"):
                yield f"{h.path}:{line}: macro {match.group(1)} does not start with TENFOLD_"


def check_opening(headers):
    for h in headers:
        if not h.lines or h.lines[0] != "// SPDX-License-Identifier: Apache-2.0":
            yield f"{h.path}:1: the first line is not the SPDX line"
        elif len(h.lines) < 2 or not re.match(r"// \w.{15,}", h.lines[1]):
            yield f"{h.path}:2: the second line does not say what the file is for"
        for number, line in enumerate(h.lines, 1):
            if not line.isascii():
                yield f"{h.path}:{number}: not ASCII"


def check_length(headers):
    """A file has one job: half of them have at most 250 lines, and a long one says why in its opening comment."""
    lengths = [len(h.lines) for h in headers]
    if lengths and statistics.median(lengths) > 250:
        yield f"the median length is {statistics.median(lengths)} lines; split files"
    for h in headers:
        opening = []
        for line in h.lines:
            if not line.startswith("//"):
                break
            opening.append(line)
        if len(h.lines) > 600 and "Long because" not in "\n".join(opening):
            yield f"{h.path}: {len(h.lines)} lines; split it, or say 'Long because ...' in the opening comment"


CHECKS = {
    "forbidden": check_forbidden,
    "identifiers": check_identifiers,
    "opening": check_opening,
    "length": check_length,
}
