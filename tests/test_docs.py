"""The documentation builds offline without a warning, its commands and programs run, its reference is complete."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kg
from kg.cli import COMMANDS
from kg.read import queries, seeds
from tests.conftest import ROOT, absent
from tests.readme import DOCS, MAKE, PAGES, checkout, commands, is_shown, run, script

COMMANDED = [page for page in PAGES if list(commands(page.read_text(encoding="utf-8")))]
PROGRAMMED = [page for page in PAGES if script(page.read_text(encoding="utf-8"))]
#: Warnings are errors, but for one that rdflib gives about itself whenever a Dataset is read.
WARNINGS = ("-W", "error", "-W", "ignore:Dataset.default_context:DeprecationWarning")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a warning of Sphinx is an error."""
    try:
        import sphinx  # noqa: F401
    except ImportError:
        absent("sphinx (the extra docs)")
    folder = tmp_path_factory.mktemp("docs")
    options = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(folder / "trees")]
    command = [sys.executable, "-m", "sphinx", *options, str(DOCS), str(folder / "html")]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "http_proxy": "http://127.0.0.1:9"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "html"


def test_there_are_pages_with_commands_and_programs() -> None:
    assert [page.name for page in PROGRAMMED] == ["tutorial.md", "assistants.md", "own-table.md"]
    assert len(COMMANDED) >= 4


@pytest.mark.parametrize("page", COMMANDED, ids=lambda page: page.stem)
def test_commands_give_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    folder = checkout(tmp_path / "checkout")
    for command, shown in commands(page.read_text(encoding="utf-8")):
        if command not in MAKE:
            output = run(command, folder)
            assert is_shown(output, shown), f"{command}\n{output}"


@pytest.mark.parametrize("page", PROGRAMMED, ids=lambda page: page.stem)
def test_programs_run(page: Path, tmp_path: Path) -> None:
    folder = checkout(tmp_path / "checkout")
    code = script(page.read_text(encoding="utf-8"))
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, *WARNINGS, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) >= code.count("print(")


def test_every_link_and_picture_is_there(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 15
    missing = []
    for page in pages:
        for link in re.findall(r'(?:href|src)="([^"#?]+)', page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists():
                missing.append((page.name, link))
    assert missing == []


def test_pages_load_nothing_from_outside(site: Path) -> None:
    loaded = re.compile(
        r'<(?:script|img|iframe)[^>]* src="(https?:[^"]+)|<link[^>]* href="(https?:[^"]+)|url\((https?:[^)]+)'
    )
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert loaded.findall(path.read_text(encoding="utf-8")) == []


def words(site: Path, page: str) -> str:
    return re.sub(r"<[^>]+>", "", (site / f"{page}.html").read_text(encoding="utf-8"))


def test_the_reference_is_complete(site: Path) -> None:
    known = {
        "reference/command-line": [f"kg {name}" for name in COMMANDS],
        "reference/questions": list(queries.catalogue()),
        "reference/tables": [*seeds.COMMON_TABLES, *seeds.SOURCE_TABLES, "translated_from", "comparator"],
        "reference/python": [name for name in kg.__all__ if not name.startswith("__")],
        "reference/errors": ["KgError", "NotFound", "Ambiguous", "BadQuery", "BadStore", "MissingExtra"],
        "explanation/code": [
            path.relative_to(ROOT / "kg").as_posix() for path in (ROOT / "kg").rglob("*.py")
        ],
    }
    for page, names in known.items():
        assert names
        text = words(site, page)
        assert [name for name in names if name not in text] == []


def test_every_module_says_in_a_line_what_it_does(site: Path) -> None:
    rows = re.findall(r"<tr.*?</tr>", (site / "explanation/code.html").read_text(encoding="utf-8"), re.S)
    cells = [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.S)]
        for row in rows
    ]
    lines = dict(filter(None, cells))
    assert len(lines) == len(list((ROOT / "kg").rglob("*.py")))
    assert [module for module, text in lines.items() if not text] == []
