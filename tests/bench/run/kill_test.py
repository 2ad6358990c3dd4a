# SPDX-License-Identifier: Apache-2.0
"""Killed at any instant, on a full disk, with a clock that jumps: it resumes, every case exactly once, out in time.  [C05][C07]

TENFOLD_BENCH_KILLS is how many processes are killed, and how many are told to end: so many each.
"""
import concurrent.futures
import contextlib
import glob
import json
import os
import random
import signal
import subprocess
import time
import unittest
from pathlib import Path

from interrupted import INTERRUPTED, NO_NAMESPACES, InterruptedRun, RunsIn, lines_of, main

KILLS = int(os.environ.get("TENFOLD_BENCH_KILLS", "100"))
WORKERS = 4
GRACE = 12
# Two classes of one case each: what is left is the program's own start, its roofs and its files.
SMALL = ["run", "--quick", "--filter", r"^softmax:f32:1536x128:|^matmul:f32:m128n128k128:nn/cpu", "--isa", "baseline", "--threads", "1",
         "--no-imds"]
NOTICES = [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1]
BOOT_AFTER = 7  # processes
PAGE = os.sysconf("SC_PAGE_SIZE")


def boot_of(context):
    return context["tenfold"]["identity"]["boot_hash"]


class KilledRuns(RunsIn, unittest.TestCase):
    """One record after the other, in a folder of its own."""

    def __init__(self, folder, seconds, seed, signals):
        super().__init__()
        self.use(folder).folder.mkdir()
        self.chance = random.Random(seed)
        self.signals = signals
        self.names = self.names(SMALL)
        self.seconds, self.journal_bytes = seconds, 0  # of a whole run; the latter is learned
        self.processes, self.completed, self.ends = 0, 0, []
        self.seen = {}  # samples of a case in a journal -> boot hashes

    def environment(self):
        return self.machine("a", str(self.processes // BOOT_AFTER))

    def moment(self, program):
        """Waits for a seeded time, often early, while the files are made, or for so many bytes in a journal."""
        which = self.chance.random()
        if which < 0.85:
            early = 0.1 if self.signals == [signal.SIGKILL] else 0.2  # of a notice before the handlers stand there is little to see
            time.sleep(self.chance.uniform(0, (early if which < 0.5 else 0.7) * self.seconds))
            return
        wanted = self.chance.uniform(0, self.journal_bytes)
        while program.poll() is None:
            with contextlib.suppress(OSError):
                if max((file.stat().st_size for file in self.attempts.glob("*.jsonl")), default=0) > wanted:
                    break
            time.sleep(0.001)

    def read_journals(self):
        for file in self.attempts.glob("*.jsonl"):
            self.journal_bytes = max(self.journal_bytes, file.stat().st_size)
            boot = None
            for line in lines_of([file]):
                if line["t"] == "head":
                    boot = boot_of(line["context"])
                elif line["t"] == "case":
                    self.seen.setdefault(str(line["case"]["tenfold"]["samples_ns"]), set()).add(boot)

    def interrupt(self, which):
        with self.start("--resume", "--grace", str(GRACE), flags=SMALL, env=self.environment()) as program:
            self.moment(program)
            program.send_signal(which)
            noticed = time.monotonic()
            output, errors = program.communicate(timeout=60)
            took = time.monotonic() - noticed
        self.processes += 1
        if program.returncode == 0:
            return False  # it was faster
        self.ends.append(program.returncode)
        if which == signal.SIGKILL or program.returncode == -which:  # before the handlers stand, a signal has its usual effect
            self.assertEqual(program.returncode, -which)
        else:
            self.assertEqual(program.returncode, INTERRUPTED, (output, errors))
            self.assertLess(took, GRACE)
        self.read_journals()
        return True

    def check_record(self):
        """Complete: every case once, no class from two boots, and the samples are those of that boot."""
        records = [json.loads(file.read_text()) for file in self.folder.glob("record*.json")]
        self.assertTrue(all(one["complete"] for one in records))
        self.assertEqual(sorted(row["name"] for one in records for row in one["benchmarks"]), self.names)
        boots = [boot_of(one["context"]) for one in records]
        self.assertEqual(len(set(boots)), len(boots))
        for boot, record in zip(boots, records):
            self.assertEqual(sum(one["cases"] for one in record["attempts"]), len(record["benchmarks"]))
            for row in record["benchmarks"]:
                self.assertTrue(row["tenfold"]["verified"]["passed"])
                self.assertIn(boot, self.seen.get(str(row["tenfold"]["samples_ns"]), {boot}))
        self.assertFalse(self.attempts.exists(), "something half-written is left")
        for file in self.folder.glob("record*.json"):
            file.unlink()
        self.completed += 1

    def kill(self, count):
        while len(self.ends) < count:
            if not self.interrupt(self.chance.choice(self.signals)):
                self.check_record()
        done = self.run_to_end("--resume", flags=SMALL, env=self.environment())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_record()
        return self


class Killed(InterruptedRun):
    def killed(self, signals):
        begin = time.monotonic()
        self.assertEqual(self.run_to_end(flags=SMALL).returncode, 0)
        seconds = time.monotonic() - begin
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            runs = [KilledRuns(self.folder / str(i), seconds, 20261121 + i, signals) for i in range(WORKERS)]
            done = list(pool.map(KilledRuns.kill, runs, [(KILLS + i) // WORKERS for i in range(WORKERS)]))
        ends = [end for one in done for end in one.ends]
        self.assertEqual(len(ends), KILLS)
        print(f"{KILLS} processes ended by {', '.join(one.name for one in signals)}: {ends.count(INTERRUPTED)} with {INTERRUPTED}, "
              f"{KILLS - ends.count(INTERRUPTED)} by the signal; {sum(one.completed for one in done)} records completed", flush=True)
        return ends

    def test_killed_at_seeded_moments(self):
        self.killed([signal.SIGKILL])

    def test_told_to_end_at_seeded_moments(self):
        # The others came in the first milliseconds, before the handlers stand.
        self.assertGreaterEqual(self.killed(NOTICES).count(INTERRUPTED), 3 * KILLS / 4)


class FullDisk(InterruptedRun):
    def setUp(self):
        """The folder is a disk of its own, in a namespace that a process keeps open."""
        super().setUp()
        self.disk = subprocess.Popen(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
                                      f"mount -t tmpfs none {self.folder} && echo mounted && exec cat"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.disk.communicate)
        if self.disk.stdout.readline().strip() != "mounted":
            self.skipTest(NO_NAMESPACES)
        self.seen = RunsIn().use(Path(f"/proc/{self.disk.pid}/root{self.folder}"))  # the same files, from outside

    def inside(self, *command):
        return ["nsenter", f"--target={self.disk.pid}", "--user", "--mount", "--preserve-credentials", *command]

    def command(self, *more, flags=None):
        return self.inside(*super().command(*more, flags=flags))

    def limit(self, pages):
        subprocess.run(self.inside("mount", "-o", f"remount,size={pages * PAGE}", str(self.folder)), check=True)

    def pages_of_files(self):
        """Of the journal and the record of a whole run."""
        size = self.folder / "size"
        done = self.run_to_end("--resume", "--on-checkpoint", f'stat -c %s "$TENFOLD_BENCH_ATTEMPT" > {size}')
        self.assertEqual(done.returncode, 0, done.stderr)
        size = self.seen.folder / "size"
        bytes_of = int(size.read_text()), self.seen.out.stat().st_size
        size.unlink()
        self.seen.out.unlink()
        return [-(-size // PAGE) for size in bytes_of]

    def test_full_disk(self):
        journal, record = self.pages_of_files()
        copied = self.folder.parent / f"{self.folder.name}-hook"
        self.addCleanup(lambda: copied.exists() and copied.rmdir())
        others = self.seen.folder / "others"
        # No head; the head, but not all cases; the journal, but not the record beside it.
        for pages, has_hook in ((0, False), (journal - 1, True), (journal + record // 2, True)):
            with self.subTest(pages=pages):
                for file in self.seen.attempts.glob("*.jsonl"):
                    file.unlink()
                others.write_bytes(PAGE * b"x")
                self.limit(1 + pages)
                full = self.run_to_end("--resume", "--on-checkpoint", f"mkdir {copied}")
                self.assertEqual(full.returncode, INTERRUPTED, full.stderr)
                self.assertIn("No space left on device", full.stderr)
                self.assertIn("--resume", full.stderr)
                self.assertEqual(copied.exists(), has_hook)
                if has_hook:
                    copied.rmdir()
                self.assertFalse(self.seen.out.exists(), "half a record")
        others.unlink()
        self.limit(1024)
        done = self.run_to_end("--resume")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(row["name"] for row in json.loads(self.seen.out.read_text())["benchmarks"]), self.names())
        self.assertEqual(list(self.seen.folder.iterdir()), [self.seen.out])


class Clock(InterruptedRun):
    def setUp(self):
        super().setUp()
        libraries = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        if not libraries:
            self.skipTest("install faketime")
        self.clock = self.folder / "clock"
        self.environment = {**os.environ, "LD_PRELOAD": libraries[0], "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_NO_CACHE": "1",
                            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}  # fmt: skip

    def set_clock(self, year):
        self.clock.write_text(f"@{year}-02-28 12:00:00\n")

    def jump_after_the_first_case(self, program, year):
        while not any(line["t"] == "case" for line in lines_of(self.attempts)) and program.poll() is None:
            time.sleep(0.001)
        self.set_clock(year)

    def test_jumps(self):
        self.set_clock(2031)
        with self.start("--resume", "--grace", str(GRACE), flags=SMALL, env=self.environment) as program:
            self.jump_after_the_first_case(program, 1999)
            program.terminate()
            begin = time.monotonic()
            _, errors = program.communicate(timeout=60)
            self.assertLess(time.monotonic() - begin, GRACE)
        self.assertEqual(program.returncode, INTERRUPTED, errors)
        finished = {line["case"]["name"]: line["case"]["tenfold"]["samples_ns"] for line in lines_of(self.attempts) if line["t"] == "case"}
        with self.start("--resume", flags=SMALL, env=self.environment) as program:
            time.sleep(0.1)
            self.set_clock(2035)
            _, errors = program.communicate(timeout=60)
        self.assertEqual(program.returncode, 0, errors)
        record = json.loads(self.out.read_text())
        self.assertEqual(sorted(row["name"] for row in record["benchmarks"]), self.names(SMALL))
        self.assertEqual([one["started"][:4] for one in record["attempts"]], ["2031", "1999"])
        self.assertEqual(sum(one["cases"] for one in record["attempts"]), len(record["benchmarks"]))
        for row in record["benchmarks"]:
            self.assertEqual(row["tenfold"]["samples_ns"], finished.get(row["name"], row["tenfold"]["samples_ns"]))


if __name__ == "__main__":
    main()
