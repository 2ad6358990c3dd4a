# SPDX-License-Identifier: Apache-2.0
"""What the tests of interrupted runs have in common: a short run in a folder of its own, and what it leaves there."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

PROGRAM = sys.argv.pop(1)
SERVER = sys.argv.pop(1)
FAKE_NVML = sys.argv.pop(1)
# Two classes, a few milliseconds each.
FLAGS = ["run", "--quick", "--filter", r"^softmax:f32:1536x128:|^(layer|rms)_norm:.*/cpu", "--isa", "baseline,avx2",
         "--threads", "1", "--no-imds"]
INTERRUPTED = 75
NO_NAMESPACES = "this machine must allow user namespaces to those who test"


def lines_of(attempts):
    """The objects of these attempts, or of all in a folder; torn lines are left out."""
    found = []
    for file in sorted(attempts.glob("*.jsonl") if isinstance(attempts, Path) else attempts):
        for line in file.read_bytes().split(b"\n"):
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
    return found


class RunsIn:
    """Runs whose record is in a folder."""

    def use(self, folder):
        self.folder = folder
        self.out = folder / "record.json"
        self.attempts = folder / "record.json.attempts"
        return self

    def command(self, *more, flags=None):
        return [PROGRAM, *(flags or FLAGS), "--out", str(self.out), *more]

    def run_to_end(self, *more, flags=None, **options):
        return subprocess.run(self.command(*more, flags=flags), capture_output=True, text=True, timeout=120, check=False, **options)

    def start(self, *more, flags=None, **options):
        return subprocess.Popen(self.command(*more, flags=flags), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def names(self, flags=None):
        listed = subprocess.run([PROGRAM, *(flags or FLAGS), "--list"], capture_output=True, text=True, timeout=60, check=True).stdout
        return sorted(line.split()[0] for line in listed.splitlines())

    def machine(self, name, boot="1"):
        """The environment of a made-up machine."""
        root = self.folder / "machines" / f"{name}-{boot}"
        (root / "etc").mkdir(parents=True, exist_ok=True)
        (root / "proc/sys/kernel/random").mkdir(parents=True, exist_ok=True)
        (root / "etc/machine-id").write_text(f"{name * 32}\n"[:32] + "\n")
        (root / "proc/sys/kernel/random/boot_id").write_text(f"{name}-{boot}\n")
        return {**os.environ, "TENFOLD_BENCH_SYSROOT": str(root)}


class InterruptedRun(RunsIn, unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.use(Path(folder.name))


def main():
    """Runs the tests of the script; a test that had to be skipped is a tool that is missing."""
    os.chdir(tempfile.gettempdir())
    ran = unittest.main(module="__main__", exit=False).result
    if not ran.wasSuccessful():
        sys.exit(1)
    if ran.skipped:
        tools.missing("a tool", ran.skipped[0][1])
