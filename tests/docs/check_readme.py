# SPDX-License-Identifier: Apache-2.0
"""check_readme.py <source folder>: extracts the README's program and its compile command, and runs both."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def fence(text, language):
    blocks = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    if not blocks:
        sys.exit(f"README.md has no ```{language} block")
    return blocks[0]


def code(text):
    """Without comments and blank lines."""
    return [line for line in text.splitlines() if line.strip() and not line.startswith("//")]


def main():
    root = Path(sys.argv[1])
    readme = (root / "README.md").read_text()
    program = fence(readme, "cpp")
    example = root / "examples/01_hello_matmul.cpp"
    if code(program) != code(example.read_text()):
        sys.exit("the README's program differs from examples/01_hello_matmul.cpp")
    if len(code(program)) > 16:
        sys.exit(f"the README's program has {len(code(program))} lines; 15 were promised")
    command = fence(readme, "sh").split("#")[0].strip()
    if not re.match(r"g\+\+ .* -o hello && \./hello$", command) or "-march" in command or "-O" in command.replace("-o", ""):
        sys.exit(f"the first shell block is not a plain compile-and-run command: {command}")
    compile_command = command.split("&&")[0].replace("-o hello", "-o {out}")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "hello"
        subprocess.run(compile_command.format(out=out), shell=True, cwd=root, check=True)
        printed = subprocess.run([out], check=True, capture_output=True, text=True).stdout
    expected = re.search(r"^// prints: (.*)$", example.read_text(), re.MULTILINE).group(1)
    if not re.fullmatch(re.escape(expected).replace(r"\*", ".*"), printed.strip()):
        sys.exit(f"the program printed {printed!r}, the example says {expected!r}")


if __name__ == "__main__":
    main()
