"""The README's console blocks: commands with the output they really give.

``python -m tests.readme --write`` puts the present output into the README.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.S)
#: Commands that .ci/run tries from a clean clone, since they install things.
MAKE = ("make explore", "make test")


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of the console blocks with the output that follows it."""
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def run(command: str) -> str:
    """What a command prints, run in the checkout with this Python's kg; trailing spaces are left out."""
    environment = {**os.environ, "COLUMNS": "100"}
    line = re.sub(r"(^|\| *)kg ", rf"\1{sys.executable} -m kg ", command)
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, env=environment, capture_output=True, text=True)
    return tidy(done.stdout)


def tidy(output: str) -> str:
    """Output as the README shows it: no spaces at line ends, no blank lines around."""
    return "\n".join(line.rstrip() for line in output.strip("\n").splitlines()).strip("\n") + "\n"


def write() -> None:
    """Put the present output of every command into the README, but for those of make."""

    def fresh(block: re.Match[str]) -> str:
        parts = []
        for command, output in commands(block.group()):
            parts.append(f"$ {command}\n{output if command in MAKE else run(command)}")
        return f"```console\n{''.join(parts)}```"

    README.write_text(_BLOCK.sub(fresh, README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    write()
