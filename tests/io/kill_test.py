# SPDX-License-Identifier: Apache-2.0
"""A training killed at random moments and resumed ends with the bytes of one that nobody disturbed.  [C08]

TENFOLD_KILLS sets how often it is killed.
"""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM, STEPS = sys.argv[1], "150"
KILLS = int(os.environ.get("TENFOLD_KILLS", "50"))


def main():
    chance = random.Random(8)
    with tempfile.TemporaryDirectory() as name:
        whole, broken = Path(name, "whole.safetensors"), Path(name, "broken.safetensors")
        begin = time.monotonic()
        subprocess.run([PROGRAM, whole, STEPS], check=True, timeout=100)
        seconds = time.monotonic() - begin
        killed = resumed = 0
        while killed < KILLS:
            with subprocess.Popen([PROGRAM, broken, STEPS]) as program:
                time.sleep(chance.uniform(0, seconds / 4))
                program.send_signal(signal.SIGKILL)
                code = program.wait(timeout=100)
            if code == 0:  # it was faster: what is there is complete, begin again
                assert broken.read_bytes() == whole.read_bytes(), "the bytes differ"
                broken.unlink()
                continue
            assert code == -signal.SIGKILL, f"it ended with {code} by itself"
            killed += 1
            resumed += broken.exists()
        subprocess.run([PROGRAM, broken, STEPS], check=True, timeout=100)
        assert broken.read_bytes() == whole.read_bytes(), "the bytes differ"
        print(f"killed {killed} times, resumed from a checkpoint {resumed} times: the same {len(whole.read_bytes())} bytes")
        assert resumed > 0, "no process got as far as a checkpoint: nothing was tested"


if __name__ == "__main__":
    main()
