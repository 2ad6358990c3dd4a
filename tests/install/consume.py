# SPDX-License-Identifier: Apache-2.0
"""Uses tenfold as a consumer does: consume.py <case> <build folder of tenfold> <source of tenfold> <scratch folder>.

`prepare` installs the build into scratch/installed and moves it to scratch/moved, so that nothing may lean on the first
place; the other cases use the moved prefix.
"""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONSUMER = HERE / "consumer"
WARNINGS = "-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef -Werror"


def find_nvcc():
    """Toolkits are often installed without being on PATH."""
    return shutil.which("nvcc", path=os.environ.get("PATH", "") + os.pathsep + "/usr/local/cuda/bin")


class Failure(Exception):
    pass


def run(command, cwd=None, fails_with=None):
    """Runs; must succeed, or, with fails_with, must fail with this text (white space apart)."""
    command = [str(c) for c in command]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    output = done.stdout + done.stderr
    if fails_with is None and done.returncode != 0:
        raise Failure(f"{' '.join(command)}\n{output}")
    if fails_with is not None and (done.returncode == 0 or fails_with not in re.sub(r"\s+", " ", output)):
        raise Failure(f"{' '.join(command)}\nshould have failed with: {fails_with}\n{output}")
    return output


class Case:
    def __init__(self, name, build, source, scratch):
        self.build, self.source, self.scratch = Path(build), Path(source), Path(scratch)
        self.prefix = self.scratch / "moved"
        self.work = self.scratch / name

    def configure(self, project, *arguments, fails_with=None, work=None):
        work = work or self.work
        shutil.rmtree(work, ignore_errors=True)
        run(["cmake", "-G", "Ninja", "-S", project, "-B", work, *arguments], fails_with=fails_with)
        return work

    def consume(self, app, link, components="", targets="tenfold", flags="", compiler="g++", extra=()):
        """find_package from the moved prefix, build with all warnings as errors, run."""
        work = self.configure(
            CONSUMER, f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DWANTED_COMPONENTS={components}", f"-DEXPECTED_TARGETS={targets}",
            f"-DAPP={app}", f"-DLINK={link}", f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_FLAGS={WARNINGS} {flags}",
            "-DCMAKE_NO_SYSTEM_FROM_IMPORTED=ON", *extra)
        run(["cmake", "--build", work])
        run([work / "app"])

    def refuse(self, message, **variables):
        self.configure(
            CONSUMER, f"-DCMAKE_PREFIX_PATH={self.prefix}", "-DAPP=reference.cpp", "-DLINK=tenfold::tenfold",
            *(f"-D{key}={value}" for key, value in variables.items()), fails_with=message)


def prepare(case):
    shutil.rmtree(case.scratch, ignore_errors=True)
    installed = case.scratch / "installed"
    run(["cmake", "--install", case.build, "--prefix", installed])
    installed.rename(case.prefix)


def contents(case):
    """Installed headers = headers of the tree; package files name neither the build, the source nor the first prefix."""
    listed = {p.relative_to(case.prefix / "include").as_posix() for p in (case.prefix / "include").rglob("*") if p.is_file()}
    present = {p.relative_to(case.source / "include").as_posix() for p in (case.source / "include").rglob("*") if p.is_file()}
    if listed != present:
        raise Failure(f"not installed: {sorted(present - listed)}; installed but not in the tree: {sorted(listed - present)}")
    for path in case.prefix.rglob("*"):
        for place in (case.build, case.source, case.scratch / "installed"):
            if path.is_file() and str(place) in path.read_text(errors="replace"):
                raise Failure(f"{path} names {place}")


def find_none(case):
    case.consume("reference.cpp", "tenfold::tenfold", flags="-O2")


def find_cpu(case):
    case.consume("cpu.cpp", "tenfold::cpu", components="cpu", targets="tenfold;cpu", flags="-O2")


def find_cpu_clang(case):
    if shutil.which("clang++") is None:
        print("clang++ was not found")
        sys.exit(77)
    case.consume("cpu.cpp", "tenfold::cpu", components="cpu", targets="tenfold;cpu", flags="-O1", compiler="clang++")


def find_kernels(case):
    """An unoptimised program on the precompiled kernels; asking for them brings cpu."""
    case.consume("cpu.cpp", "tenfold::kernels", components="kernels", targets="tenfold;cpu", flags="-g", extra=["-DCMAKE_BUILD_TYPE=Debug"])


def find_cuda(case):
    """A CUDA source in C++20, by the oldest CMake that is supported as by newer ones; neither oneTBB nor cpu is looked for."""
    nvcc = find_nvcc()
    if nvcc is None:
        print("nvcc was not found")
        sys.exit(77)
    case.consume("cuda.cu", "tenfold::cuda", components="cuda", targets="tenfold;cuda", extra=[
        "-DLANGUAGES=CXX;CUDA", f"-DCMAKE_CUDA_COMPILER={nvcc}", "-DCMAKE_CUDA_ARCHITECTURES=80-real",
        "-DCMAKE_CUDA_FLAGS=-Werror all-warnings"])


def no_tbb(case):
    """Without oneTBB the core is found, and cpu is refused with the remedy."""
    without = "-DCMAKE_DISABLE_FIND_PACKAGE_TBB=ON"
    case.consume("reference.cpp", "tenfold::tenfold", extra=[without])
    case.configure(
        CONSUMER, f"-DCMAKE_PREFIX_PATH={case.prefix}", without, "-DWANTED_COMPONENTS=cpu", "-DAPP=cpu.cpp", "-DLINK=tenfold::cpu",
        fails_with="component 'cpu': oneTBB was not found; install it (Debian: libtbb-dev)")


def refusals(case):
    version = re.search(r'set\(PACKAGE_VERSION "(\d+)\.(\d+)\.(\d+)"\)',
                        (case.prefix / "share/cmake/tenfold/tenfoldConfigVersion.cmake").read_text())
    major, minor = int(version.group(1)), int(version.group(2))
    case.refuse("there is no component 'gpu'; known: tenfold, cpu", WANTED_COMPONENTS="gpu")
    case.refuse("compatible with requested version", WANTED_VERSION=f"{major}.{minor + 1}")
    case.refuse("compatible with requested version", WANTED_VERSION=f"{major + 1}.0")


def umbrella_without_tbb(case):
    """Every op and backend included at -O0 by a program that does not use oneTBB: links without it."""
    compilers = [c for c in ("g++", "clang++") if shutil.which(c)]
    case.work.mkdir(exist_ok=True)
    for compiler in compilers:
        program = case.work / f"umbrella-{compiler}"
        run([compiler, "-std=c++20", "-O0", *WARNINGS.split(), "-I", case.prefix / "include", CONSUMER / "umbrella.cpp", "-o", program])
        run([program])


def bare(case):
    """No CMake: one compiler command for the reference backend, one for the CPU backend."""
    case.work.mkdir(exist_ok=True)
    for app, libraries in (("reference.cpp", []), ("cpu.cpp", ["-ltbb"])):
        program = case.work / app.removesuffix(".cpp")
        run(["g++", "-std=c++20", "-O1", "-I", case.prefix / "include", CONSUMER / app, "-o", program, *libraries])
        run([program])


def no_exceptions(case):
    without = "-fno-exceptions -fno-rtti"
    case.consume("umbrella.cpp", "tenfold::tenfold", flags=f"-O1 {without}")
    for compiler in ("g++", "clang++"):
        if shutil.which(compiler):
            case.consume("nothrow.cpp", "tenfold::cpu", components="cpu", targets="tenfold;cpu", flags=f"-O1 {without}", compiler=compiler)


def cxx23(case):
    case.consume("cpu.cpp", "tenfold::cpu", components="cpu", targets="tenfold;cpu", extra=["-DCMAKE_CXX_STANDARD=23"])


def subproject(case):
    for app, link in (("reference.cpp", "tenfold::tenfold"), ("cpu.cpp", "tenfold::cpu"), ("cpu.cpp", "tenfold::kernels")):
        work = case.configure(HERE / "subproject", f"-DTENFOLD_SOURCE={case.source}", f"-DAPP={CONSUMER / app}", f"-DLINK={link}")
        run(["cmake", "--build", work])
        run([work / "app"])


CASES = {f.__name__: f for f in (prepare, contents, find_none, find_cpu, find_cpu_clang, find_cuda, find_kernels, no_tbb, refusals,
                                 umbrella_without_tbb, bare, no_exceptions, cxx23, subproject)}

if __name__ == "__main__":
    os.environ.pop("CMAKE_PREFIX_PATH", None)
    try:
        CASES[sys.argv[1]](Case(*sys.argv[1:]))
    except Failure as failure:
        print(failure)
        sys.exit(1)
