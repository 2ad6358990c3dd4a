# SPDX-License-Identifier: Apache-2.0
"""The program as its users meet it: exit codes, messages, the record it writes and what happens when it is interrupted."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

try:
    import jsonschema
except ImportError:
    tools.missing("jsonschema", "Debian: python3-jsonschema")

PROGRAM = sys.argv.pop(1)
SCHEMA = Path(sys.argv.pop(1))
TINY = ["run", "--quick", "--filter", "^matmul:f32:m128n128k128:nn/", "--threads", "1", "--no-imds"]


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=240, check=False, **options)


class CommandLine(unittest.TestCase):
    def test_help_and_version(self):
        for arguments in (["--help"], ["run", "--help"], ["identify", "--help"], ["compare", "--help"], ["catalog", "--help"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 0, arguments)
            self.assertIn("tenfold-bench", done.stdout)
        def below(*verb):
            listed = run(*verb, "--help").stdout.split("Subcommands:")[1].split("\n\n")[0]
            return [[*verb, line.split()[0]] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]

        verbs, decisions = below(), below("cost")
        self.assertGreaterEqual(len(verbs), 11)
        self.assertGreaterEqual(len(decisions), 16)
        for arguments in [[], *verbs, *decisions]:
            done = run(*arguments, "--help")
            self.assertEqual(done.returncode, 0, arguments)
            for line in done.stdout.splitlines():
                self.assertLessEqual(len(line), 100, line)
        version = run("--version")
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^tenfold-bench \d+\.\d+\.\d+")

    def test_wrong_usage(self):
        for arguments in ([], ["no_such_verb"], ["run", "--no-such-flag"], ["run", "--suite", "huge"], ["run", "--quick", "--suite", "full"],
                          ["run", "--list", "--isa", "avx999"], ["run", "--list", "--backend", "gpu"], ["run", "--list", "--threads", "0"],
                          ["run", "--list", "--filter", "("], ["run", "--list", "--filter", "no such problem"], ["run", "--seed", "x"],
                          ["run", "--list", "--seed", "18446744073709551615"], ["run", "--list", "--seed", "-1"],
                          ["compare"], ["catalog"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 64, (arguments, done.stderr))
            self.assertTrue(done.stderr.strip() or done.stdout.strip(), arguments)

    def test_list(self):
        done = run("run", "--list", "--quick", "--isa", "baseline", "--threads", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertGreater(len(lines), 5)
        self.assertTrue(all("/cpu:baseline/threads:1" in line for line in lines))

    def test_identify(self):
        done = run("identify", "--json", "--no-imds")
        self.assertEqual(done.returncode, 0, done.stderr)
        found = json.loads(done.stdout)
        self.assertIn("baseline", found["machine"]["isa_available"])


class Record(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "record.json"

    def test_unwritable_places_are_found_before_measuring(self):
        for place in (self.folder / "missing" / "record.json", self.folder, Path("/proc/record.json")):
            done = run("run", "--suite", "full", "--out", place, "--no-imds")
            self.assertEqual(done.returncode, 65, (place, done.stderr))
            self.assertIn(str(place), done.stderr)
            self.assertNotIn("measuring", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_wrong_price(self):
        for price in ("cheap", "1e3", "0,5"):
            self.assertEqual(run(*TINY, "--price", price, "--out", self.out).returncode, 65)
        for price in ("0", "-1", "-0.5"):
            done = run(*TINY, "--price=" + price, "--out", self.out)
            self.assertEqual(done.returncode, 64, done.stderr)
            self.assertIn("--price", done.stderr)
        self.assertFalse(self.out.exists())

    def test_what_is_stated_about_the_machine_must_be_right(self):
        for stated in ("AWS", "aws/g6.xlarge/r/z/spott"):
            done = run(*TINY, "--out", self.out, env={**os.environ, "TENFOLD_BENCH_INSTANCE": stated})
            self.assertEqual(done.returncode, 64, done.stderr)
            self.assertIn("TENFOLD_BENCH_INSTANCE", done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_variables_of_google_benchmark_change_nothing(self):
        other = self.folder / "other.json"
        for name, value in {"REPETITIONS": "3", "LIST_TESTS": "true", "FILTER": "none", "REPORT_AGGREGATES_ONLY": "true",
                            "OUT": str(other), "ENABLE_RANDOM_INTERLEAVING": "true"}.items():
            done = run(*TINY, "--backend", "reference", "--out", self.out, env={**os.environ, "BENCHMARK_" + name: value})
            self.assertEqual(done.returncode, 0, (name, done.stderr))
            self.assertFalse(other.exists())
            for row in json.loads(self.out.read_text())["benchmarks"]:
                self.assertLessEqual(3, len(row["tenfold"]["samples_ns"]), name)
                self.assertLessEqual(len(row["tenfold"]["samples_ns"]), 7, name)  # rounds of the quick suite

    def test_record(self):
        done = run(*TINY, "--price", "0.68", "--seed", "7", "--out", self.out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(str(self.out), done.stdout)
        self.assertEqual([path.name for path in self.folder.iterdir()], ["record.json"])
        record = json.loads(self.out.read_text())
        self.assertEqual(record["schema"], "tenfold.record/1")
        self.assertTrue(record["complete"])

        context = record["context"]
        for key in ("date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "cpu_scaling_enabled", "caches", "load_avg",
                    "library_build_type"):
            self.assertIn(key, context)  # as Google Benchmark writes them
        self.assertEqual(context["host_name"], "")
        ours = context["tenfold"]
        self.assertEqual(ours["price"]["usd_per_hour"], "0.68")
        self.assertEqual(ours["price"]["stated_by"], "user")
        self.assertEqual((ours["settings"]["seed"], ours["settings"]["suite"]), (7, "quick"))
        self.assertTrue(ours["build_type"])
        self.assertGreater(ours["roofs"]["threads_1"]["read_bandwidth"]["value"], 0)

        rows = record["benchmarks"]
        self.assertEqual({row["tenfold"]["backend"] for row in rows}, {"reference", "cpu"})
        for row in rows:
            for key in ("name", "run_name", "run_type", "repetitions", "repetition_index", "threads", "iterations", "real_time", "cpu_time",
                        "time_unit"):
                self.assertIn(key, row)
            result = row["tenfold"]
            self.assertTrue(result["verified"]["passed"])
            self.assertLessEqual(result["verified"]["max_error_ratio"], 1)
            self.assertGreaterEqual(len(result["samples_ns"]), 3)
            self.assertLessEqual(result["p10_ns"], result["median_ns"])
            self.assertLessEqual(result["median_ns"], result["p90_ns"])
            self.assertEqual(row["real_time"], result["median_ns"])
            self.assertAlmostEqual(result["rate"]["value"], 2 * 128**3 / result["median_ns"] * 1e9, delta=result["rate"]["value"] * 1e-6)
            if result["backend"] == "cpu":
                self.assertEqual(result["roof"], "fma_f32_" + result["isa"])
        jsonschema.validate(record, json.loads(SCHEMA.read_text()))
        compared = run("compare", self.out)
        self.assertEqual(compared.returncode, 0, compared.stderr)

    def test_quiet(self):
        done = run(*TINY, "--quiet", "--backend", "reference", "--out", self.out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertTrue(self.out.exists())

    def test_schema_is_checked(self):
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate({"schema": "tenfold.record/1"}, json.loads(SCHEMA.read_text()))

    def interrupt(self, which, seconds):
        arguments = ["run", "--suite", "full", "--filter", "square", "--backend", "cpu", "--no-imds", "--out", str(self.out), "--resume"]
        with subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
            time.sleep(seconds)
            program.send_signal(which)
            output, errors = program.communicate(timeout=200)
        self.assertEqual(program.returncode, 75, (output, errors))
        attempts = self.folder / "record.json.attempts"  # what resume_test.py is about
        self.assertEqual([path.name for path in self.folder.iterdir() if path not in (self.out, attempts)], [], "something half-written is left")
        if self.out.exists():
            record = json.loads(self.out.read_text())
            self.assertFalse(record["complete"])
            self.assertIn("interrupted before it was measured", {one["reason"] for one in record["skipped"]})

    def test_interrupted(self):
        self.interrupt(signal.SIGTERM, 2)
        self.interrupt(signal.SIGINT, 5)


if __name__ == "__main__":
    os.chdir(tempfile.gettempdir())
    unittest.main()
