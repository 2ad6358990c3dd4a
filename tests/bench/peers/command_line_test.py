# SPDX-License-Identifier: Apache-2.0
"""tenfold-peers as its users meet it: exit codes, messages, files, an interrupt; and every installed library in every form."""
import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1)
MADE_UP = Path(sys.argv.pop(1))
LIBRARIES = [Path(library) for library in sys.argv[1:]]
AXIS_LIBRARIES = [library for library in LIBRARIES if library.parent.name == "axes"]
CONV_LIBRARIES = [library for library in LIBRARIES if library.parent.name == "conv"]
MATMUL_LIBRARIES = [library for library in LIBRARIES if library not in AXIS_LIBRARIES + CONV_LIBRARIES]
del sys.argv[1:]
FAST = ["--samples", "2", "--sample-ms", "0.2", "--seconds", "1"]


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=240, check=False)


class CommandLine(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_help_names_sets_and_forms(self):
        done = run("--help")
        self.assertEqual(done.returncode, 0)
        for word in ("skinny", "batched", "nn, nt, tn", ":pad13"):
            self.assertIn(word, done.stdout)

    def test_wrong_usage(self):
        for arguments in (["--no-such-flag"], ["--set", "nothing"], ["--shape", "1,2"], ["--shape", "8,8,8:xy"], ["--types", "f128"],
                          ["--threads", "0"], ["--threads", "100000"], ["--samples", "0"], ["--sample-ms", "0"], ["--only", "nobody"]):
            done = run("--modules", MADE_UP, *arguments)
            self.assertEqual(done.returncode, 64, (arguments, done.stderr))
            self.assertTrue(done.stderr.strip(), arguments)

    def test_list(self):
        done = run("--list", "--set", "small", "--types", "f32")
        self.assertEqual(done.returncode, 0)
        self.assertIn("8,8,8:nt:f32", done.stdout)

    def test_unwritable_file_is_known_before(self):
        start = time.monotonic()
        done = run("--modules", MADE_UP, "--set", "square", "--csv", self.folder / "none" / "x.csv")
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertLess(time.monotonic() - start, 10)

    def test_no_modules(self):
        done = run("--modules", self.folder, "--shape", "8,8,8")
        self.assertEqual(done.returncode, 65, done.stderr)
        self.assertIn("tenfold.so", done.stderr)

    def test_interrupt_keeps_what_is_measured(self):
        values = self.folder / "x.csv"
        program = subprocess.Popen([PROGRAM, "--modules", str(MADE_UP), "--only", "wrong", "--set", "small", "--types", "f32", "--seconds", "2",
                                    "--sample-ms", "20", "--csv", str(values)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn("[1/", program.stderr.readline())
        program.send_signal(signal.SIGINT)
        out, _ = program.communicate(timeout=60)
        self.assertEqual(program.returncode, 75)
        self.assertIn("ratio", out)
        self.assertGreater(len(values.read_text().splitlines()), 2)

    def contest_of_libraries(self, about, modules, flags):
        """Everything that is not declined is right; returns the shapes that each library was timed on."""
        values = self.folder / "values.csv"
        threads = "1,2" if len(os.sched_getaffinity(0)) > 1 else "1"
        done = run(about, "--modules", self.folder, "--threads", threads, "--csv", values, *FAST, *flags)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("takes no part", done.stderr)
        with values.open() as lines:
            rows = list(csv.DictReader(lines))
        self.assertEqual([row for row in rows if row["outcome"] != "timed"], [])
        return {module.stem: {row["shape"] for row in rows if row["contender"] == module.stem} for module in modules}

    @unittest.skipUnless(AXIS_LIBRARIES, "no library is installed to compare with")
    def test_installed_libraries_reduce_and_normalise_right(self):
        (self.folder / "axes").mkdir()
        for module in [MADE_UP / "axes" / "tenfold.so", *AXIS_LIBRARIES]:
            os.symlink(module, self.folder / "axes" / module.name)
        shapes = []
        for op in ("sum", "max", "variance", "softmax", "log_softmax", "layer_norm", "rms_norm"):
            for extents in ("67,35,1", "1,35,67", "5,35,7"):
                for kind in ("f32", "f64", "bf16"):
                    shapes += ["--shape", f"{op}:{extents}:{kind}"]
        for op in ("sum", "max", "variance"):
            shapes += ["--shape", f"{op}:5,35,7:ends"]
        for module, timed in self.contest_of_libraries("axes", AXIS_LIBRARIES, shapes).items():
            self.assertGreater(len(timed), 8, module)

    @unittest.skipUnless(CONV_LIBRARIES, "no library is installed to compare with")
    def test_installed_libraries_convolve_right(self):
        (self.folder / "conv").mkdir()
        for module in [MADE_UP / "conv" / "tenfold.so", *CONV_LIBRARIES]:
            os.symlink(module, self.folder / "conv" / module.name)
        shapes = []
        for layer in ("1,9,5,7,3", "2,11,4,6,5:s2", "1,13,3,8,3:d2", "1,7,16,16,1:relu"):
            for kind in ("", ":packed", ":nchw", ":nchw:packed"):
                shapes += ["--shape", layer + kind]
        for module, timed in self.contest_of_libraries("conv", CONV_LIBRARIES, shapes).items():
            self.assertGreater(len(timed), 4, module)

    @unittest.skipUnless(MATMUL_LIBRARIES, "no library is installed to compare with")
    def test_installed_libraries_are_right(self):
        for module in [MADE_UP / "tenfold.so", *MATMUL_LIBRARIES]:
            os.symlink(module, self.folder / module.name)
        shapes = []
        for form in ("nn", "nt", "tn", "tt"):
            for types in ("f32", "f64"):
                for storage in ("", ":x3", ":pad13", ":ld128"):
                    shapes += ["--shape", f"17,35,67:{form}:{types}{storage}"]
        for shape in ("1,33,65:nt:f32:cold", "8,8,8", "9,9,9:nn:f64", "16,16,16:nn:f32:x5"):
            shapes += ["--shape", shape]
        for module, timed in self.contest_of_libraries("matmul", MATMUL_LIBRARIES, shapes).items():
            self.assertGreater(len(timed), 8, module)


if __name__ == "__main__":
    unittest.main(verbosity=1)
