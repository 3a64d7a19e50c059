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
#: These ask about reports that only a program read, of which the excerpt has none.
OF_REPORTS = {"trend", "firsts", "spread", "rising", "fading", "profile", "attention", "reports"}
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
def test_evidence_adds_no_rows(name: str, request: pytest.FixtureRequest) -> None:
    curated: Graph = request.getfixturevalue("whole" if name in OF_REPORTS else "curated")
    found = curated.ask(name, **example(queries.find(name)))
    cited = curated.cite(found)
    assert len(cited) == len(found) > 0 or name == "change"
    assert len(set(cited.columns)) == len(cited.columns)


def test_asking_imports_no_slow_library(built: Path) -> None:
    for command in (
        ["ask", "backing", "humanoid", "-e"],
        ["show", "Jinan"],
        ["find", "chip"],
        ["search", "chip"],
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


ELSEWHERE = [
    (
        "backing 'Shandong computing network'",
        "is a facility (project/shandong-computing-network); backing takes a topic as its topic; try kg show",
    ),
    ("deliveries --region 'Wang Qingxian'", "is a person (person/wang-qingxian); use --person"),
    (
        "backing satellite",
        "'satellite' may be any of: satellite networks: sector (topic/satellite-network); ",
    ),
    ("Shandong", "'Shandong' is no question but Shandong; try kg ask"),
    (
        "'silicon carbide'",
        "is no question but silicon carbide; try kg ask backing 'silicon carbide' or kg show",
    ),
    ("backing Wang Qingxian", "'Wang Qingxian' is a person"),
    ("targets Shanghai --alike yes --alike no", "alike is yes or no, not several values"),
]


@pytest.mark.parametrize(("words", "message"), ELSEWHERE)
def test_an_error_says_what_a_name_is_otherwise(built: Path, words: str, message: str) -> None:
    done = inside("ask", *shlex.split(words), "--graph", str(built))
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_part_of_a_name_is_said_to_be_read_as_the_name(built: Path) -> None:
    done = inside("ask", "backing", "humanoid", "--graph", str(built))
    assert done.returncode == 0
    assert "note: 'humanoid' is read as humanoid robots (topic/humanoid-robot)" in done.stderr
    assert (
        "topic/humanoid-robot"
        not in inside("ask", "backing", "humanoid robots", "--graph", str(built)).stderr
    )


SHOWN = {"gwr-2024": "source/gwr-2024", "Chang Guang Satellite": "org/chang-guang-satellite", "Core Link": "org/xinlian",
         "three chemical": "programme/three-transformations", "“9X”": "programme/shanghai-9-plus-x",
         "Double-Doubling": "programme/chongqing-double-doubling-action", "topic:silicon-carbide": "topic/silicon-carbide"}  # fmt: skip


@pytest.mark.parametrize(("words", "entity"), SHOWN.items())
def test_show_takes_whatever_a_thing_is_called(built: Path, words: str, entity: str) -> None:
    done = inside("show", words, "--graph", str(built))
    assert (done.returncode, entity in done.stdout.splitlines()[0]) == (0, True)


def test_show_says_what_it_leaves_out_and_where_a_thing_is_named(built: Path) -> None:
    shown = inside("show", "Shanghai", "--graph", str(built)).stdout
    assert len(shown.splitlines()) < 250
    assert "not shown: --limit 0 shows all" in shown
    found = inside("show", "silicon carbide", "--graph", str(built)).stdout
    assert "named in     gwr-2024 ¶26 (heading), ¶30" in found
    assert "statements.csv" not in found
    assert "statements.csv:" in inside("show", "silicon carbide", "--rows", "--graph", str(built)).stdout


def test_the_list_groups_every_question(built: Path) -> None:
    for arguments in (("ask",), ("ask", "--list"), ("ask", "--help")):
        lines = inside(*arguments).stdout.splitlines()
        assert [sum(line.startswith(f"  {name} ") for line in lines) for name in NAMES] == [1] * len(NAMES)


def test_a_place_without_a_document_is_no_answer(built: Path) -> None:
    """That nothing is found for Suzhou does not mean that it backs nothing."""
    note = "note: Suzhou is no region of which a document was read; try kg show 'Suzhou'"
    for arguments in (["alike", "Suzhou"], ["backing", "robots", "--region", "Suzhou"]):
        done = inside("ask", *arguments, "--graph", str(built))
        assert (done.returncode, done.stderr.splitlines()) == (0, [note])
    assert inside("ask", "inventory", "Suzhou", "--graph", str(built)).stderr == ""
