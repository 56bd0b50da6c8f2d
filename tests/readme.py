"""The examples of README.md: every ``$ mcost …`` with what it prints. Run this file to print them anew."""

import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
EXAMPLE = re.compile(r"^```console\n\$ (mcost [^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Each command of the README and the output that is quoted beneath it."""
    return EXAMPLE.findall(README.read_text(encoding="utf-8"))


def output_of(command: str) -> str:
    """What a command prints, run as a user would."""
    arguments = [sys.executable, "-m", *command.split()]
    run = subprocess.run(arguments, capture_output=True, text=True, encoding="utf-8", check=True)
    return run.stdout


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    text = EXAMPLE.sub(lambda m: f"```console\n$ {m[1]}\n{output_of(m[1])}```", text)
    README.write_text(text, encoding="utf-8")
