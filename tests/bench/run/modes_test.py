# SPDX-License-Identifier: Apache-2.0
"""coldstart, sharing and scaling: they run, their columns hold what their names say, wrong flags are refused.  [C18]"""
import json
import os
import signal
import subprocess
import sys
import time
import unittest

PROGRAM, FAKE_DRIVER, SPARSE_DRIVER = (sys.argv.pop(1) for _ in range(3))
CASE = ["--filter", "^softmax:f32:1536x128:"]


def run(*arguments, code=0, driver=None, scenario=""):
    environment = dict(os.environ, LD_LIBRARY_PATH=driver or "", FAKE_CUDA=scenario)
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=100, check=False, env=environment)
    run.errors = done.stderr
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    assert "--json" in arguments or all(len(line) <= 100 for line in done.stdout.splitlines()), done.stdout
    return done.stdout


def rows(text):
    """The numbers of each line of a table that begins with one."""
    return [[float(word) for word in line.split()] for line in text.splitlines() if line.split() and line.split()[0].isdigit()]


class Modes(unittest.TestCase):
    def test_cold_start(self):
        text = run("coldstart", *CASE, "--processes", "2")
        for phase in ("load", "dispatch", "operands", "first call", "until steady", "steady call"):
            self.assertIn(phase, text)
        found = json.loads(run("coldstart", *CASE, "--processes", "3", "--json"))
        self.assertIn("softmax:f32:1536x128", found["case"])
        for phase, seconds in found["seconds"].items():
            self.assertEqual(len(seconds), 3, phase)
            self.assertTrue(all(0 <= one < 30 for one in seconds), (phase, seconds))
        self.assertTrue(all(one > 0 for one in found["seconds"]["steady call"]))

    def test_cold_start_with_a_driver(self):
        gpu = ["GPU driver", "GPU init", "GPU context", "GPU kernel", "GPU first call", "GPU until steady", "GPU steady call"]
        arguments = ["coldstart", *CASE, "--processes", "2"]
        found = json.loads(run(*arguments, "--json", driver=FAKE_DRIVER))
        self.assertEqual(found["gpu"], "Made-up GPU")
        self.assertEqual(list(found["seconds"])[-len(gpu):], gpu)
        self.assertTrue(all(0 <= one < 30 for phase in gpu for one in found["seconds"][phase]))
        text = run(*arguments, driver=FAKE_DRIVER)
        self.assertRegex(text, r"first result of the GPU after [\d.]+ ms: load and the GPU's phases \(Made-up GPU,")
        # Without a driver, without a device, with a driver that fails or computes wrongly: it is said, and the CPU has its phases.
        for driver, scenario, reason in ((None, "", "absent: there is no libcuda.so.1"),
                                         (FAKE_DRIVER, "no device", "failed: the CUDA driver's cuInit answers 100 (CUDA_ERROR_NO_DEVICE)"),
                                         (FAKE_DRIVER, "full", "cuMemAlloc_v2 answers 2 (CUDA_ERROR_OUT_OF_MEMORY)"),
                                         (FAKE_DRIVER, "wrong", "in thread 262143"),
                                         (SPARSE_DRIVER, "", "libcuda.so.1 has no cuCtxSynchronize")):
            found = json.loads(run("coldstart", *CASE, "--processes", "1", "--json", driver=driver, scenario=scenario))
            self.assertIn(reason, found["gpu"])
            self.assertIn("steady call", found["seconds"])
            self.assertNotIn("GPU steady call", found["seconds"])
        self.assertIn("GPU absent: there is no libcuda.so.1", run(*arguments))

    def test_sharing_a_gpu(self):
        found = rows(run("sharing", "--gpu", "--tenants", "1,2", "--seconds", "0.1", driver=FAKE_DRIVER))
        self.assertEqual([row[0] for row in found], [1, 2])
        self.assertTrue(all(row[1] > 0 for row in found))
        run("sharing", "--gpu", code=65)
        self.assertIn("without a CUDA driver there is no GPU to share", run.errors)
        run("sharing", "--gpu", "--seconds", "0.1", driver=FAKE_DRIVER, scenario="wrong", code=65)
        self.assertIn("the GPU (Made-up GPU) computed", run.errors)
        run("sharing", "--gpu", *CASE, driver=FAKE_DRIVER, code=64)

    def test_sharing(self):
        found = rows(run("sharing", *CASE, "--tenants", "1,3", "--seconds", "0.2"))
        self.assertEqual([row[0] for row in found], [1, 3])
        for tenants, total, relative, each, p50, worst, fairness in found:
            self.assertAlmostEqual(total, each * tenants, delta=0.2 * tenants)
            self.assertAlmostEqual(relative, total / found[0][1], delta=0.02)
            self.assertLessEqual(p50, 1.001 * worst)
            self.assertLessEqual(1 / tenants - 1e-3, fairness)
            self.assertLessEqual(fairness, 1)

    def test_sharing_compares_with_one(self):
        self.assertEqual([row[0] for row in rows(run("sharing", *CASE, "--tenants", "2", "--seconds", "0.1"))], [1, 2])

    def test_a_tenant_that_dies_ends_the_measurement(self):
        with subprocess.Popen([PROGRAM, "sharing", *CASE, "--tenants", "1,2", "--seconds", "3"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as program:
            self.addCleanup(program.kill)
            children = []
            while len(children) < 2 and program.poll() is None:
                with open(f"/proc/{program.pid}/task/{program.pid}/children", encoding="ascii") as listed:
                    children = listed.read().split()
                time.sleep(0.01)
            os.kill(int(children[0]), signal.SIGKILL)  # before it is ready, while the other one waits for the start
            _, errors = program.communicate(timeout=20)
        self.assertEqual(program.returncode, 65, errors)
        self.assertIn("2 processes at once", errors)

    def test_scaling(self):
        found = rows(run("scaling", *CASE, "--seconds", "0.2"))
        self.assertEqual(found[0][0], 1)
        self.assertEqual(found[0][2], 1)
        self.assertEqual(found[-1][0], len(os.sched_getaffinity(0)) if len(found) > 1 else 1)
        for row in found[1:]:
            threads, _, speedup, efficiency, serial = row
            self.assertAlmostEqual(efficiency, speedup / threads, delta=0.02)
            self.assertAlmostEqual(serial, (1 / speedup - 1 / threads) / (1 - 1 / threads), delta=0.05)

    def test_wrong_usage(self):
        run("coldstart", "--filter", "no such case", code=64)
        run("coldstart", "--processes", "0", code=64)
        run("sharing", "--tenants", "0", code=64)
        run("scaling", "--seconds", "none", code=64)


if __name__ == "__main__":
    unittest.main()
