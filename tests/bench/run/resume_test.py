# SPDX-License-Identifier: Apache-2.0
"""Interrupted by notices, hooks and other processes, resumed: every case exactly once, no class from two machines.  [C06][C07][C19]"""
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from interrupted import FAKE_NVML, FLAGS, INTERRUPTED, NO_NAMESPACES, PROGRAM, SERVER, InterruptedRun, lines_of, main


class Resume(InterruptedRun):
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

    def test_a_driver_that_hangs(self):
        """Asked for its GPUs before anything is measured: the process still ends in time."""
        (self.folder / "libnvidia-ml.so.1").symlink_to(FAKE_NVML)
        asked = self.folder / "asked"
        stuck = {**os.environ, "LD_LIBRARY_PATH": str(self.folder), "FAKE_NVML_STUCK": str(asked)}
        with self.start("--resume", "--grace", "2", env=stuck) as program:
            while not asked.exists() and program.poll() is None:
                time.sleep(0.01)
            program.terminate()
            begin = time.monotonic()
            _, errors = program.communicate(timeout=60)
            self.assertLess(time.monotonic() - begin, 2)
        self.assertEqual(program.returncode, INTERRUPTED, errors)
        self.assertFalse(self.attempts.exists())

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

    def run_on_cloud(self, mode, *more):
        """On a machine whose metadata service is played; it is the same machine in all modes of a cloud. What came of it, and
        what the service was asked."""
        with subprocess.Popen([sys.executable, "-B", SERVER, mode], stdout=subprocess.PIPE, text=True) as server:
            try:
                where = f"http://127.0.0.1:{server.stdout.readline().strip()}"
                done = self.run_to_end("--resume", "--grace", "12", *more, flags=[flag for flag in FLAGS if flag != "--no-imds"],
                                       env={**os.environ, "TENFOLD_BENCH_IMDS_BASE": where})  # fmt: skip
            finally:
                server.kill()
            return done, server.stdout.read().splitlines()

    def test_the_cloud_is_told_when_everything_is_written(self):
        copy = self.folder / "copy.jsonl"
        for hook, approvals in ((f'cp "$TENFOLD_BENCH_ATTEMPT" {copy}', 1), ("false", 0)):
            with self.subTest(hook):
                done, asked = self.run_on_cloud("azure-preempt", "--approve-notice", "--on-checkpoint", hook)
                self.assertEqual(done.returncode, INTERRUPTED, done.stderr)
                self.assertEqual(sum(line.startswith("POST /metadata/scheduledevents?") for line in asked), approvals)
                self.assertEqual(done.stderr.count("the cloud may take the machine before its time"), approvals)
        self.assertEqual(json.loads(copy.read_text().splitlines()[-1])["reason"], "notice of azure: Preempt")

    def test_notice_of_each_cloud_and_the_same_command_again(self):
        for cloud, mode, reason in (("aws", "aws-notice", "notice of aws: terminate at 2026-11-21T12:00:00Z"),
                                    ("gcp", "gcp-preempted", "notice of gcp: preempted"), ("azure", "azure-preempt", "notice of azure: Preempt")):
            with self.subTest(cloud):
                noticed, asked = self.run_on_cloud(mode)
                self.assertEqual(noticed.returncode, INTERRUPTED, noticed.stderr)
                self.assertIn(reason, noticed.stderr)
                self.assertFalse([line for line in asked if line.startswith("POST")], "nobody wanted the notice to be approved")
                attempts = [file.read_text() for file in self.attempts.iterdir()]
                self.assertEqual(len(attempts), 1)
                done, _ = self.run_on_cloud(cloud)
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
    main()
