"""Answers as they are printed and written: every question, with and without evidence, in every format."""

import csv
import io
import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from kg.query.graph import Graph
from kg.query.result import EVIDENCE, FORMATS
from kg.read import queries
from tests.cli.test_consoles import inside
from tests.conftest import example

NAMES = sorted(queries.catalogue())
SLOW = {"pydantic", "rdflib", "networkx", "pyvis", "pandas", "httpx", "starlette", "jinja2"}


def asked(built: Path, name: str, *options: str) -> str:
    done = inside("ask", name, *shlex.split(queries.find(name).example), "--graph", str(built), *options)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    return done.stdout


@pytest.mark.parametrize("options", [(), ("--evidence",)], ids=["plain", "evidence"])
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_a_value_for_each_name(
    built: Path, name: str, form: str, options: tuple[str, ...]
) -> None:
    shown = asked(built, name, "--format", form, *options)
    if form == "json":
        names = [list(row) for row in json.loads(shown)]
        lists = [row[one] for row in json.loads(shown) for one in EVIDENCE if row.get(one)]
        assert all(isinstance(one, list) for one in lists)
    elif form in ("csv", "tsv"):
        names = list(csv.reader(io.StringIO(shown), delimiter="\t" if form == "tsv" else ","))
        assert len(set(names[0])) == len(names[0])
        assert {len(line) for line in names} == {len(names[0])}
        return
    elif form == "md":
        lines = shown.replace("\\|", "").splitlines()
        assert {line.count("|") for line in lines} == {lines[0].count("|")}
        return
    else:
        assert shown.startswith(queries.find(name).title)
        return
    assert all(one == names[0] for one in names)


@pytest.mark.parametrize("width", [80, 100, 180])
@pytest.mark.parametrize("name", NAMES)
def test_an_answer_fits_the_terminal_without_slivers(
    built: Path, name: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    body = asked(built, name, "-e").split("\n\n")[1].splitlines()
    assert max(map(cell_len, body)) <= width


@pytest.mark.parametrize("name", NAMES)
def test_evidence_adds_no_rows(curated: Graph, name: str) -> None:
    found = curated.ask(name, **example(queries.find(name)))
    cited = curated.cite(found)
    assert len(cited) == len(found) > 0 or name == "change"
    assert len(set(cited.columns)) == len(cited.columns)


def test_asking_imports_no_slow_library(built: Path) -> None:
    for command in (
        ["ask", "backing", "humanoid", "-e"],
        ["show", "Jinan"],
        ["find", "chip"],
    ):
        argv = [*command, "--graph", str(built)]
        code = (
            f"import sys, atexit; from kg.cli import main; sys.argv = ['kg', *{argv!r}];"
            f"atexit.register(lambda: print(sorted({SLOW!r} & set(sys.modules)), file=sys.stderr)); main()"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "[]"), command


def test_the_title_of_no_question_is_alike(curated: Graph) -> None:
    assert len({q.title for q in queries.catalogue().values()}) == len(NAMES) > 20
