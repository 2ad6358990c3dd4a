# SPDX-License-Identifier: Apache-2.0
"""Each required rule ID stands in the name of a test that exists: hazard_ids.py <required> <build folder> <programs>.

Asked are the tests of this build, not its sources: the names that ctest knows and the test cases that each doctest
program lists. <programs> is a file with one program per line.
"""
import json
import re
import subprocess
import sys
from pathlib import Path


def missing(required, names):
    proved = {i for name in names for i in re.findall(r"\[([A-Z]\d+[a-z]?)\]", name)}
    return sorted(required - proved)


def ctest_names(build):
    answer = subprocess.run(["ctest", "--show-only=json-v1"], cwd=build, check=True, capture_output=True, text=True).stdout
    return [test["name"] for test in json.loads(answer)["tests"]]


def doctest_names(program):
    answer = subprocess.run([program, "--list-test-cases", "--no-colors=true"], check=True, capture_output=True, text=True).stdout
    return answer.splitlines()


def main():
    required = {line.split()[0] for line in Path(sys.argv[1]).read_text().splitlines() if line and not line.startswith("#")}
    names = ctest_names(sys.argv[2])
    for program in filter(None, Path(sys.argv[3]).read_text().splitlines()):
        if not Path(program).exists():
            print(f"{program} is not built")
            return 1
        names += doctest_names(program)
    absent = missing(required, names)
    print(f"{len(required)} rules, {len(required) - len(absent)} named by a test")
    for rule in absent:
        print(f"no test is named after [{rule}]")
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
