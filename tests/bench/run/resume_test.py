# SPDX-License-Identifier: Apache-2.0
"""Interrupted at any instant, resumed: every case exactly once, no class from two machines, out in time.  [C05][C06][C07][C19]

TENFOLD_BENCH_KILLS sets how many processes are ended at random moments; the default is for a test that runs often.
"""
import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

PROGRAM = sys.argv.pop(1)
SERVER = sys.argv.pop(1)
KILLS = int(os.environ.get("TENFOLD_BENCH_KILLS", "5"))
# Two classes, a few milliseconds each.
FLAGS = ["run", "--quick", "--filter", r"^softmax:f32:1536x128:|^(layer|rms)_norm:.*/cpu", "--isa", "baseline,avx2",
         "--threads", "1", "--no-imds"]
INTERRUPTED = 75
NO_NAMESPACES = "this machine must allow user namespaces to those who test"


def lines_of(folder):
    """The objects of every attempt; torn lines are left out."""
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_bytes().split(b"\n"):
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
    return found


class Resume(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.out = self.folder / "record.json"
        self.attempts = self.folder / "record.json.attempts"

    def command(self, *more, flags=None):
        return [PROGRAM, *(flags or FLAGS), "--out", str(self.out), *more]

    def run_to_end(self, *more, flags=None, **options):
        return subprocess.run(self.command(*more, flags=flags), capture_output=True, text=True, timeout=120, check=False, **options)

    def start(self, *more, flags=None, **options):
        return subprocess.Popen(self.command(*more, flags=flags), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    def names(self):
        listed = subprocess.run([PROGRAM, *FLAGS, "--list"], capture_output=True, text=True, timeout=60, check=True).stdout
        return sorted(line.split()[0] for line in listed.splitlines())

    def machine(self, name, boot="1"):
        """The environment of a made-up machine."""
        root = self.folder / "machines" / f"{name}-{boot}"
        (root / "etc").mkdir(parents=True, exist_ok=True)
        (root / "proc/sys/kernel/random").mkdir(parents=True, exist_ok=True)
        (root / "etc/machine-id").write_text(f"{name * 32}\n"[:32] + "\n")
        (root / "proc/sys/kernel/random/boot_id").write_text(f"{name}-{boot}\n")
        return {**os.environ, "TENFOLD_BENCH_SYSROOT": str(root)}

    def interrupt_after(self, kernel_class, environment):
        """Ends a process when every case of a class is on the disk."""
        with self.start("--resume", env=environment) as program:
            while program.poll() is None:
                lines = lines_of(self.attempts)
                planned = {name for head in lines if head["t"] == "head" for name, of in head["plan"] if of == kernel_class}
                done = {line["case"]["name"] for line in lines if line["t"] == "case"}
                if planned and planned <= done:
                    program.kill()
                    break
                time.sleep(0.005)
            program.communicate()
        self.assertTrue(self.attempts.exists(), "the process was faster than this test")

    def test_killed_at_random_moments(self):
        names = self.names()
        begin = time.monotonic()
        self.assertEqual(self.run_to_end("--resume").returncode, 0)
        whole = time.monotonic() - begin
        self.out.unlink()
        chance = random.Random(20261121)
        killed = 0
        while killed < KILLS:
            which = chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
            with self.start("--resume", "--grace", "5") as program:
                time.sleep(chance.uniform(0, 0.9 * whole))
                program.send_signal(which)
                noticed = time.monotonic()
                output, errors = program.communicate(timeout=60)
                took = time.monotonic() - noticed
            if program.returncode == 0:  # it was complete before: begin again
                self.out.unlink()
                continue
            killed += 1
            if which == signal.SIGKILL:
                self.assertEqual(program.returncode, -which)
            elif program.returncode != -which:  # before the handlers stand, a signal has its usual effect
                self.assertEqual(program.returncode, INTERRUPTED, (output, errors))
                self.assertLess(took, 5)
            if self.out.exists():
                self.assertFalse(json.loads(self.out.read_text())["complete"])
        done = self.run_to_end("--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        record = json.loads(self.out.read_text())
        self.assertTrue(record["complete"])
        self.assertEqual(sorted(row["name"] for row in record["benchmarks"]), names)
        self.assertGreaterEqual(len(record["attempts"]), 1)
        self.assertEqual(sum(one["cases"] for one in record["attempts"]), len(names))
        for row in record["benchmarks"]:
            self.assertTrue(row["tenfold"]["verified"]["passed"])
            self.assertGreaterEqual(len(row["tenfold"]["samples_ns"]), 3)
        self.assertEqual(list(self.folder.iterdir()), [self.out], "something half-written is left")
        again = self.run_to_end("--resume")
        self.assertEqual(again.returncode, 0)
        self.assertIn("nothing is left to do", again.stdout)

    def test_two_machines_never_mix(self):
        names = self.names()
        self.interrupt_after("softmax", self.machine("a"))
        before = [line["case"] for line in lines_of(self.attempts) if line["t"] == "case"]
        done = self.run_to_end("--resume", env=self.machine("b"))
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [json.loads(file.read_text()) for file in self.folder.glob("record*.json")]
        self.assertEqual(len(records), 2)
        self.assertEqual(len({one["context"]["tenfold"]["identity"]["machine_hash"] for one in records}), 2)
        classes = [{row["tenfold"]["class"] for row in one["benchmarks"]} for one in records]
        self.assertFalse(classes[0] & classes[1])
        self.assertEqual(sorted(row["name"] for one in records for row in one["benchmarks"]), names)
        kept = {row["name"]: row for one in records for row in one["benchmarks"]}
        for case in before:
            if case["tenfold"]["class"] == "softmax":
                self.assertEqual(kept[case["name"]]["tenfold"]["samples_ns"], case["tenfold"]["samples_ns"])
        self.assertFalse(self.attempts.exists())

    def test_full_disk(self):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        self.interrupt_after("softmax", os.environ)
        limit = max(file.stat().st_size for file in self.attempts.glob("*.jsonl")) - 1500
        for file in self.attempts.glob("*.jsonl"):
            file.unlink()
        copy = self.folder / "copied"
        for limit in (0, 3000, limit):  # no journal, no whole head, no block
            full = self.run_to_end("--resume", "--on-checkpoint", f'basename "$TENFOLD_BENCH_ATTEMPT" >/dev/null; mkdir {copy}',
                                   preexec_fn=small_files)
            self.assertEqual(full.returncode, INTERRUPTED, full.stderr)
            self.assertIn("File too large", full.stderr)
            self.assertIn("--resume", full.stderr)
        self.assertTrue(copy.exists(), "the hook was not run")
        done = self.run_to_end("--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(row["name"] for row in json.loads(self.out.read_text())["benchmarks"]), self.names())

    def test_a_slower_process_does_not_replace_a_complete_record(self):
        with self.start("--resume") as slow:
            while not any(line["t"] == "case" for line in lines_of(self.attempts)) and slow.poll() is None:
                time.sleep(0.005)
            slow.send_signal(signal.SIGSTOP)
            self.addCleanup(slow.kill)
            self.assertEqual(self.run_to_end("--resume").returncode, 0)
            complete = self.out.read_bytes()
            self.assertTrue(json.loads(complete)["complete"])
            self.assertEqual(len(list(self.attempts.iterdir())), 1, "the journal of a process that lives stays")
            slow.terminate()
            slow.send_signal(signal.SIGCONT)
            _, errors = slow.communicate(timeout=60)
        self.assertEqual(slow.returncode, INTERRUPTED, errors)
        self.assertIn("is complete", errors)
        self.assertEqual(self.out.read_bytes(), complete)
        self.assertEqual(self.run_to_end("--resume").returncode, 0)
        self.assertEqual(list(self.folder.iterdir()), [self.out])

    def test_a_run_over_a_complete_record_replaces_it_only_when_it_is_complete(self):
        self.assertEqual(self.run_to_end().returncode, 0)
        before = self.out.read_bytes()
        with self.start() as program:
            while not any(line["t"] == "case" for line in lines_of(self.attempts)) and program.poll() is None:
                time.sleep(0.005)
            program.send_signal(signal.SIGINT)
            program.communicate(timeout=60)
        self.assertEqual(program.returncode, INTERRUPTED)
        self.assertEqual(self.out.read_bytes(), before)

    def test_a_process_that_ended_before_its_first_line_leaves_nothing_for_ever(self):
        self.attempts.mkdir()
        (self.attempts / "empty.jsonl").touch()
        (self.attempts / "torn.jsonl").write_text('{"t":"head"')
        done = self.run_to_end("--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(list(self.folder.iterdir()), [self.out])

    def test_last_upload_that_fails_is_tried_again(self):
        bucket = self.folder / "bucket"
        hook = ["--on-checkpoint", f'test -d {bucket} && cp "$TENFOLD_BENCH_RECORD" {bucket}']
        failed = self.run_to_end("--resume", *hook)
        self.assertEqual(failed.returncode, INTERRUPTED, failed.stderr)
        self.assertIn("--on-checkpoint", failed.stderr)
        self.assertTrue(json.loads(self.out.read_text())["complete"])
        self.assertTrue(self.attempts.exists())
        self.assertEqual(self.run_to_end("--resume", *hook).returncode, INTERRUPTED)
        bucket.mkdir()
        self.assertEqual(self.run_to_end("--resume", *hook).returncode, 0)
        self.assertEqual((bucket / "record.json").read_bytes(), self.out.read_bytes())
        self.assertFalse(self.attempts.exists())

    def test_notice_during_the_last_upload(self):
        started = self.folder / "started"
        with self.start("--resume", "--grace", "2", "--on-checkpoint", f"touch {started}; sleep 1000") as program:
            while not started.exists() and program.poll() is None:
                time.sleep(0.01)
            program.terminate()
            begin = time.monotonic()
            _, errors = program.communicate(timeout=60)
            self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(program.returncode, INTERRUPTED, errors)
        self.assertTrue(json.loads(self.out.read_text())["complete"])
        self.assertTrue(self.attempts.exists())

    def test_refusals(self):
        self.assertEqual(subprocess.run([PROGRAM, *FLAGS, "--resume"], capture_output=True, cwd=self.folder, check=False).returncode, 64)
        self.interrupt_after("softmax", os.environ)
        fresh = self.run_to_end()
        self.assertEqual(fresh.returncode, 64)
        self.assertIn("--resume", fresh.stderr)
        self.assertEqual(self.run_to_end("--resume").returncode, 0)
        other = self.run_to_end("--resume", "--seed", "9")
        self.assertEqual(other.returncode, 65)
        self.assertIn("--seed 1", other.stderr)

    def test_hook_that_hangs_and_hook_that_works(self):
        with self.start("--grace", "2", "--on-checkpoint", "sleep 1000") as program:
            time.sleep(0.5)
            program.terminate()
            begin = time.monotonic()
            _, errors = program.communicate(timeout=60)
            self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(program.returncode, INTERRUPTED, errors)
        copy = self.folder / "copy.jsonl"
        with self.start("--resume", "--on-checkpoint", f'cp "$TENFOLD_BENCH_ATTEMPT" {copy}') as program:
            time.sleep(0.5)
            program.terminate()
            program.communicate(timeout=60)
        self.assertEqual(json.loads(copy.read_text().splitlines()[-1])["reason"], "signal SIGTERM")

    def test_a_call_longer_than_the_grace_is_given_up(self):
        flags = ["run", "--suite", "full", "--filter", "^matmul:f32:m8192n8192k8192:nn/", "--isa", "baseline", "--threads", "1", "--no-imds"]
        listed = subprocess.run([PROGRAM, *flags, "--list"], capture_output=True, text=True, check=False)
        self.assertEqual(listed.returncode, 0, "the suite has no such case any more: choose another that takes seconds")
        with self.start("--grace", "2", flags=flags) as program:
            while not any(line["t"] == "roofs" for line in lines_of(self.attempts)):
                time.sleep(0.05)
            time.sleep(0.5)  # inside of the first call now
            program.terminate()
            begin = time.monotonic()
            _, errors = program.communicate(timeout=120)
            self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(program.returncode, INTERRUPTED, errors)
        self.assertEqual(lines_of(self.attempts)[-1]["reason"], "signal SIGTERM")

    def zombies_and_others(self, parent):
        """How many children of a process have ended without being waited for, and how many have not ended."""
        states = []
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                try:
                    states.append(Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0])
                except OSError:
                    pass  # waited for meanwhile
        return states.count("Z"), len(states) - states.count("Z")

    def test_as_the_first_process_of_a_container(self):
        """There, signals without a handler are lost, and what has lost its parent becomes a child of the program."""
        container = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
        if subprocess.run([*container, "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest(NO_NAMESPACES)
        orphans = "for i in 1 2 3; do (sleep 0.3 &); done"
        hook = f'{orphans}; sleep 2; cp "$TENFOLD_BENCH_ATTEMPT" {self.folder}/copy.jsonl'
        flags = ["run", "--suite", "full", "--filter", "^softmax", "--threads", "1", "--no-imds"]
        with subprocess.Popen([*container, *self.command("--grace", "5", "--on-checkpoint", hook, flags=flags)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True) as program, contextlib.ExitStack() as last:  # fmt: skip
            last.callback(program.kill)
            while not lines_of(self.attempts) and program.poll() is None:
                time.sleep(0.01)
            first = int(Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text(encoding="ascii"))
            inner = next(line for line in Path(f"/proc/{first}/status").read_text(encoding="ascii").splitlines() if line.startswith("NSpid"))
            self.assertEqual(inner.split()[-1], "1")

            # While it measures: what somebody starts beside it in the container.
            subprocess.run(["nsenter", f"--target={first}", "--user", "--pid", "--preserve-credentials", "sh", "-c", orphans], check=True,
                           timeout=20)  # fmt: skip
            self.assertEqual(sum(self.zombies_and_others(first)), 3, "the orphans are children of the program")
            until = time.monotonic() + 20
            while sum(self.zombies_and_others(first)) and time.monotonic() < until:
                time.sleep(0.05)
            self.assertEqual(self.zombies_and_others(first), (0, 0), "nobody has waited for them")

            # While it waits for its hook: what that leaves behind.
            begin = time.monotonic()
            os.kill(first, signal.SIGTERM)
            seen = []
            while program.poll() is None:
                try:
                    seen.append(self.zombies_and_others(first))
                except OSError:
                    break  # it has ended between two looks
                time.sleep(0.05)
            _, errors = program.communicate(timeout=60)
        self.assertEqual(program.returncode, INTERRUPTED, errors)
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(max(others for _, others in seen), 4, "the hook and its orphans")
        with_hook_alone = [zombies for zombies, others in seen if others == 1]
        self.assertLess(sum(map(bool, with_hook_alone)), 0.5 * len(with_hook_alone), seen)
        self.assertEqual(lines_of(self.folder)[-1]["reason"], "signal SIGTERM")

    def run_on_cloud(self, mode):
        """On a machine whose metadata service is played; it is the same machine in all modes of a cloud."""
        with subprocess.Popen([sys.executable, "-B", SERVER, mode], stdout=subprocess.PIPE, text=True) as server:
            try:
                where = f"http://127.0.0.1:{server.stdout.readline().strip()}"
                return self.run_to_end("--resume", "--grace", "12", flags=[flag for flag in FLAGS if flag != "--no-imds"],
                                       env={**os.environ, "TENFOLD_BENCH_IMDS_BASE": where})  # fmt: skip
            finally:
                server.kill()

    def test_notice_of_each_cloud_and_the_same_command_again(self):
        for cloud, mode, reason in (("aws", "aws-notice", "notice of aws: terminate at 2026-11-21T12:00:00Z"),
                                    ("gcp", "gcp-preempted", "notice of gcp: preempted"), ("azure", "azure-preempt", "notice of azure: Preempt")):
            with self.subTest(cloud):
                noticed = self.run_on_cloud(mode)
                self.assertEqual(noticed.returncode, INTERRUPTED, noticed.stderr)
                self.assertIn(reason, noticed.stderr)
                attempts = [file.read_text() for file in self.attempts.iterdir()]
                self.assertEqual(len(attempts), 1)
                done = self.run_on_cloud(cloud)
                self.assertEqual(done.returncode, 0, done.stderr)
                for text in (*attempts, self.out.read_text()):  # of an id no more than its hash
                    self.assertNotIn("canary", text)
                record = json.loads(self.out.read_text())
                self.assertEqual(sorted(row["name"] for row in record["benchmarks"]), self.names())
                self.assertEqual([one["ended"] for one in record["attempts"]], [reason, "complete"])
                self.assertEqual(record["context"]["tenfold"]["identity"]["provider"], cloud)
                self.out.unlink()

    def test_notice_of_the_cloud(self):
        with subprocess.Popen([sys.executable, "-B", SERVER, "aws-notice-later"], stdout=subprocess.PIPE, text=True) as server:
            self.addCleanup(server.kill)
            environment = {**os.environ, "TENFOLD_BENCH_IMDS_BASE": f"http://127.0.0.1:{server.stdout.readline().strip()}"}
            flags = ["run", "--suite", "full", "--filter", "^softmax", "--threads", "1"]
            done = self.run_to_end(flags=flags, env=environment)
            server.kill()
        self.assertEqual(done.returncode, INTERRUPTED, done.stderr)
        self.assertEqual(lines_of(self.attempts)[-1]["reason"], "notice of aws: terminate at 2026-11-21T12:00:00Z")
        self.assertNotIn("canary", self.attempts.joinpath(next(self.attempts.iterdir())).read_text())


if __name__ == "__main__":
    os.chdir(tempfile.gettempdir())
    ran = unittest.main(exit=False).result
    if not ran.wasSuccessful():
        sys.exit(1)
    if ran.skipped:
        tools.missing("a namespace", NO_NAMESPACES)
