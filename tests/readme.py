"""The console blocks of README and documentation: commands with the output that they really give.

``make figures`` puts the present output into README and pages. A line ``...`` in an output stands for any
lines; such an output is not rewritten.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
_BLOCK = re.compile(r"```console\n(.*?)```", re.S)
_ANY = re.compile(r"^\.\.\.\n", re.M)
_EXPLORED = re.compile(r"(\$ make explore\n).*?```", re.S)
_PYTHON = re.compile(r"```python\n(.*?)```", re.S)
#: Commands that .ci/run tries from a clean clone, since they install things, and what needs them.
EXPLORE = "make --silent --old-file=.venv/explore.stamp explore"
MAKE = ("make explore", "make test", "source .venv/bin/activate")


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Each command of the console blocks with the output that follows it."""
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def script(text: str) -> str:
    """All Python blocks of a page, one after the other."""
    return "\n".join(_PYTHON.findall(text))


def run(command: str, folder: Path = ROOT) -> str:
    """What a command prints, run in a checkout with this Python's kg; trailing spaces are left out."""
    environment = {**os.environ, "COLUMNS": "100", "PYTHONPATH": str(folder)}
    environment.pop("KG_TEXTS", None)
    line = f'kg() {{ {sys.executable} -m kg "$@"; }}; {command}'
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, capture_output=True, text=True)
    return tidy(done.stdout) if done.stdout.strip() else ""


def checkout(folder: Path) -> Path:
    """A copy of what commands in the documentation use, with a built graph, to be changed at will."""
    for name in ("kg", "seeds", "ontology", "docs", "tests/sample"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    run("kg build --quiet", folder)
    return folder


def tidy(output: str) -> str:
    """Output as a page shows it: no spaces at line ends, no blank lines around."""
    return "\n".join(line.rstrip() for line in output.strip("\n").splitlines()).strip("\n") + "\n"


def is_shown(output: str, shown: str) -> bool:
    """Whether a page shows an output, with ``...`` for any lines."""
    parts = [re.escape(part) for part in re.split(_ANY, shown)]
    return re.fullmatch("(?:.*\n)*".join(parts), output) is not None


def write() -> None:
    """Put the present output of every command into README and pages, but for those that install things."""
    shutil.rmtree(ROOT / "build", ignore_errors=True)
    explored = f"installing into .venv\n{run(EXPLORE)}"
    README.write_text(
        _EXPLORED.sub(lambda block: f"{block[1]}{explored}```", README.read_text(encoding="utf-8")),
        encoding="utf-8",
    )
    _write(README, ROOT)
    for page in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            _write(page, checkout(Path(folder) / "checkout"))


def _write(page: Path, folder: Path) -> None:
    def fresh(block: re.Match[str]) -> str:
        parts = []
        for command, output in commands(block.group()):
            now = output if command in MAKE else run(command, folder)
            parts.append(f"$ {command}\n{output if re.search(_ANY, output) else now}")
        return f"```console\n{''.join(parts)}```"

    page.write_text(_BLOCK.sub(fresh, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    write()
