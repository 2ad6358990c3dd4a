# SPDX-License-Identifier: Apache-2.0
"""`collect`: what is complete, unfinished, missing, doubled, damaged; each with its exit code.  [C17]"""
import copy
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1)
RECORD = json.loads(Path(sys.argv.pop(1)).read_text())
CATALOG = sys.argv.pop(1)


class Collect(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def put(self, name, machine, verdict="VALID", lifecycle="on_demand", **changes):
        record = copy.deepcopy(RECORD)
        record["record_id"] = f"{hash(name) & 0xFFFFFFFF:016x}"
        reasons = [] if verdict == "VALID" else ["made up by this test"]
        record["validity"] = {"verdict": verdict, "reasons": reasons}
        record["context"]["tenfold"]["identity"] |= {"machine_hash": machine, "lifecycle": lifecycle}
        record.update(changes)
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record))
        return record

    def collect(self, *more):
        done = subprocess.run([PROGRAM, "collect", str(self.folder), *more], capture_output=True, text=True, timeout=60, check=False)
        self.assertTrue(all(len(line) <= 100 + len(str(self.folder)) for line in done.stdout.splitlines()), done.stdout)
        return done

    def test_all_is_here(self):
        for i in range(3):
            self.put(f"{i}/record.json", f"m{i}")
        done = self.collect("--expect", "aws/c7i.4xlarge=3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"aws/c7i.4xlarge on_demand us-east-1 +3 of 3 +0 +0 +3 VALID")

    def test_a_slot_that_a_second_machine_took_over_is_one(self):
        self.put("0/record.json", "m1")
        self.put("0/record.0123456789abcdef-0123456789abcdef.json", "m0")
        done = self.collect("--expect", "aws/c7i.4xlarge=2")
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertRegex(done.stdout, r"1 of 2 +0 +0 +2 VALID")

    def test_missing_and_unfinished(self):
        self.put("a.json", "m0", attempts=[{"started": "a", "ended": "killed", "cases": 1}, {"started": "b", "ended": "complete", "cases": 1}])
        self.put("b.json", "m0")  # the same machine again is no second machine
        self.put("c.json", "m1", complete=False)
        done = self.collect("--expect", "aws/c7i.4xlarge=3", "--expect", "gcp/c3-standard-8=2")
        self.assertEqual(done.returncode, 75, done.stderr)
        self.assertRegex(done.stdout, r"1 of 3 +1 +1 +3 VALID")
        self.assertIn("2 more of aws/c7i.4xlarge", done.stdout)
        self.assertIn("2 more of gcp/c3-standard-8", done.stdout)

    def test_what_others_took_the_place_of_is_not_needed(self):
        self.put("a.json", "m0")
        self.put("lost.json", "m1", complete=False)
        self.assertEqual(self.collect().returncode, 75)
        self.assertEqual(self.collect("--expect", "aws/c7i.4xlarge=2").returncode, 75)
        self.assertEqual(self.collect("--expect", "aws/c7i.4xlarge=1").returncode, 0)

    def test_more_than_was_expected_is_no_fault(self):
        for i in range(2):
            self.put(f"{i}.json", f"m{i}")
        self.put("spot.json", "m2", lifecycle="spot")
        self.put("unfinished.json", "m3", lifecycle="spot", complete=False)
        done = self.collect("--expect", "aws/c7i.4xlarge=2")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"on_demand us-east-1 +2 of 2")
        self.assertNotIn("more of", done.stdout)
        # The two kinds are never averaged, so they do not make up for each other.
        self.assertEqual(self.collect("--expect", "aws/c7i.4xlarge=3").returncode, 75)

    def test_a_plan_is_of_one_allocation_and_region(self):
        plan = self.folder.parent / (self.folder.name + ".plan.json")
        self.addCleanup(plan.unlink)
        subprocess.run([PROGRAM, "plan", "--catalog", CATALOG, "--types", "aws/c7i.4xlarge", "--region", "us-east-1", "--k", "2",
                        "--budget-usd", "10", "--allow-stale", "--out", plan], check=True, stdout=subprocess.DEVNULL, timeout=60)  # fmt: skip
        for i in range(2):
            self.put(f"{i}.json", f"m{i}")
        planned = plan.read_text()
        self.assertEqual(self.collect("--plan", str(plan)).returncode, 0)
        for part, other in (("on_demand", "spot"), ("us-east-1", "eu-west-1")):
            plan.write_text(planned.replace(f'"{part}"', f'"{other}"'))
            done = self.collect("--plan", str(plan))
            self.assertEqual(done.returncode, 75, (part, done.stdout))
            self.assertRegex(done.stdout, rf"2 more of aws/c7i.4xlarge .*{other}")

    def test_an_invalid_record_does_not_count(self):
        self.put("a.json", "m0", verdict="INVALID")
        self.put("b.json", "m1", verdict="DEGRADED")
        done = self.collect("--expect", "aws/c7i.4xlarge=2")
        self.assertEqual(done.returncode, 75, done.stdout)
        self.assertRegex(done.stdout, r"1 of 2 .*1 DEGRADED, 1 INVALID")
        self.assertIn("1 INVALID do not count", done.stdout)
        self.assertEqual(self.collect("--expect", "aws/c7i.4xlarge=2", "--allow-invalid").returncode, 0)

    def test_damaged_doubled_and_mixed(self):
        self.put("a.json", "m0")
        (self.folder / "copy.json").write_text((self.folder / "a.json").read_text())
        (self.folder / "torn.json").write_text((self.folder / "a.json").read_text()[:500])
        other = copy.deepcopy(RECORD["context"])
        other["tenfold"]["commit"] = "fedcba9876543210"
        self.put("other.json", "m1", context=other)
        done = self.collect()
        self.assertEqual(done.returncode, 65)
        self.assertIn("is a copy of", done.stdout)
        self.assertIn("torn.json: is not JSON", done.stdout)
        self.assertIn("different programs or flags", done.stdout)

    def test_usage(self):
        self.assertEqual(self.collect().returncode, 65)  # nothing there
        self.put("a.json", "m0")
        for wrong in ("aws/g6.xlarge", "g6.xlarge=3", "aws/g6.xlarge=0", "aws/g6.xlarge=x", "=3"):
            self.assertEqual(self.collect("--expect", wrong).returncode, 64, wrong)

    def test_attempts_of_a_run_that_was_killed(self):
        flags = ["run", "--quick", "--filter", "^softmax:f32:1536x128:.*/cpu:baseline", "--threads", "1", "--no-imds", "--out",
                 str(self.folder / "record.json")]
        with subprocess.Popen([PROGRAM, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as program:
            while not list(self.folder.glob("*.attempts/*.jsonl")) or not next(self.folder.glob("*.attempts/*.jsonl")).stat().st_size:
                self.assertIsNone(program.poll(), "the process was faster than this test")
            program.kill()
        done = self.collect()
        self.assertEqual(done.returncode, 75, (done.stdout, done.stderr))
        self.assertIn("of 1 cases after 1 processes", done.stdout)


if __name__ == "__main__":
    unittest.main()
