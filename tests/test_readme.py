"""Every command of the README gives the output that the README shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, absent
from tests.readme import MAKE, README, commands, run, script, tidy

TEXT = README.read_text(encoding="utf-8")
ALL = list(commands(TEXT))


@pytest.fixture(scope="module", autouse=True)
def _built() -> None:
    """The project's own build is of these tables and this code."""
    run("kg build --quiet")


@pytest.mark.parametrize(
    ("command", "output"), [c for c in ALL if c[0] not in MAKE], ids=lambda value: value[:50]
)
def test_a_command_gives_what_the_readme_shows(command: str, output: str) -> None:
    assert run(command) == output


def test_the_python_runs() -> None:
    command = [sys.executable, "-W", "error", "-c", script(TEXT)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert "place/shandong names it\n" in done.stdout


def test_every_folder_of_the_package_is_named() -> None:
    folders = [path.name for path in (ROOT / "kg").iterdir() if (path / "__init__.py").is_file()]
    assert sorted(re.findall(r"^\| `(\w+)/` \|", TEXT.rpartition("| `kg/` |")[2], re.M)) == sorted(folders)


def test_there_are_enough_of_them() -> None:
    assert len([command for command, _ in ALL if command.startswith("kg ")]) >= 6
    assert [command for command, _ in ALL[:1]] == ["make explore"]


def test_make_explore_gives_what_the_readme_shows() -> None:
    """.ci/run runs it from a clean clone and says in KG_EXPLORED where its output lies."""
    file = os.environ.get("KG_EXPLORED")
    if not file:
        absent("the output of make explore (KG_EXPLORED)")
    assert file is not None
    assert tidy(Path(file).read_text(encoding="utf-8")) == dict(ALL)["make explore"]


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", TEXT) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_parts_stand_in_their_order() -> None:
    headings = re.findall(r"^## (.+)$", TEXT, re.M)
    assert headings == [
        "Two commands", "Five questions it answers", "Where things live", "How to add a document", "Limits",
    ]  # fmt: skip
    assert TEXT.index("![") < TEXT.index("## Two commands")
