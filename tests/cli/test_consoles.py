"""Consoles and shells: any encoding, any width, empty arguments, joined words, saved queries, closed outputs."""

from __future__ import annotations

import io
import json
import os
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from kg.cli import arguments, main, terminal
from kg.errors import Ambiguous, KgError
from kg.query.graph import Graph
from kg.read import queries
from kg.read.queries import Parameter, Question
from tests.cli.test_cli import graph as graph
from tests.cli.test_cli import kg
from tests.conftest import ROOT

PROMOTES = "SELECT ?region { ?region kg:promotes topic:lidar }"


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> tuple[int, bytes, bytes]:
    """Exit code, output and errors of a command, in bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        capture_output=True,
        env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT), **environment},
        input=stdin,
    )
    return done.returncode, done.stdout, done.stderr


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def inside(*arguments: str, cwd: Path | None = None) -> Done:
    """The same in this process, for what does not depend on streams: many mistakes are tried soon."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    before = sys.argv, sys.stdout, sys.stderr, Path.cwd()
    sys.argv, sys.stdout, sys.stderr = ["kg", *arguments], out, err
    os.chdir(cwd or before[3])
    try:
        main()
    except SystemExit as stop:
        out.flush()
        err.flush()
        shown = (stream.buffer.getvalue().decode() for stream in (out, err))
        return Done(int(stop.code or 0), *shown)
    finally:
        sys.argv, sys.stdout, sys.stderr = before[:3]
        os.chdir(before[3])
    raise AssertionError("main() returned")


@pytest.fixture(autouse=True)
def _width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


# Encodings


@pytest.mark.parametrize(
    "encoding", ["ascii", "cp1252", "latin-1", "koi8-r", "cp437", "gb18030", "utf-8", "utf-16"]
)
@pytest.mark.parametrize(
    "command", [("show", "样本市"), ("find", "激光雷达"), ("ask", "names", "样本市", "-e")]
)
def test_a_console_of_any_encoding_shows_or_escapes_every_character(
    graph: str, encoding: str, command: tuple[str, ...]
) -> None:
    code, out, err = run(
        *command, "--graph", graph, PYTHONIOENCODING=encoding, PYTHONUTF8="0", LC_ALL="C.UTF-8"
    )
    assert (code, b"Traceback" in err) == (0, False)
    shown = out.decode(encoding)
    complete = encoding in ("gb18030", "utf-8", "utf-16")
    assert ("样" in shown or "激" in shown) == complete
    assert ("\\u" in shown) != complete
    assert err.decode(encoding).count("lacks some characters") == (not complete)


def test_a_locale_without_an_encoding_prints(graph: str) -> None:
    code, out, err = run(
        "show",
        "place/sample-city",
        "--graph",
        graph,
        LC_ALL="C",
        LANG="",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert (code, err.count(b"lacks some characters")) == (0, 1)
    assert b"\\u6837\\u672c\\u5e02" in out


def test_an_argument_that_is_not_utf_8_is_told(graph: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kg", "show", b"\xff", "--graph", graph], capture_output=True
    )
    assert (done.returncode, done.stderr) == (2, b"kg: an argument is not valid UTF-8: b'\\xff'\n")


def test_an_argument_outside_the_locale_is_told(graph: str) -> None:
    code, out, err = run(
        "ask",
        "promoters",
        "碳化硅",
        "--graph",
        graph,
        LC_ALL="C",
        LANG="",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    words = rb"\u78b3\u5316\u7845"
    assert (code, out) == (2, b"")
    assert err.startswith(
        b"kg: the locale is not UTF-8, so '" + words + b"' cannot be read: set PYTHONUTF8=1\n"
    )


@pytest.mark.parametrize(
    "command",
    [
        ("show", "样本市", "--json"),
        ("find", "激光雷达", "--json"),
        ("ask", "names", "-f", "json"),
        ("query", PROMOTES, "-f", "json"),
    ],
)
def test_json_is_utf_8_on_every_console(graph: str, command: tuple[str, ...]) -> None:
    code, out, err = run(*command, "--graph", graph, PYTHONIOENCODING="ascii")
    assert (code, err) == (0, b"")
    assert json.loads(out.decode("utf-8"))


# Empty arguments

EMPTY = [
    (("ask", "promoters", ""), 2),
    (("ask", "promoters", " "), 2),
    (("ask", "promoters", "--topic", ""), 3),
    (("ask", "promoters", "--topic="), 2),
    (("ask", ""), 1),
    (("query", ""), 1),
    (("query", "\t"), 1),
    (("show", ""), 1),
    (("find", "lidar", ""), 2),
    (("page", "--around", ""), 2),
    (("page", "--region="), 1),
    (("export", "rdf", "-o", ""), 3),
    (("check", "--seeds", ""), 2),
    (("diff", "", "build"), 1),
]


@pytest.mark.parametrize(("arguments", "number"), EMPTY, ids=str)
def test_an_empty_argument_is_refused(arguments: tuple[str, ...], number: int, tmp_path: Path) -> None:
    done = inside(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"argument {number} of kg {arguments[0]} is empty" in " ".join(done.stderr.split())
    assert list(tmp_path.iterdir()) == []


# Words of names


def question(*names: str) -> Question:
    return Question("q", "Q", "", tuple(Parameter(n, "entity", "") for n in names), "", "")


ROOMS = [
    ("promoters", "silicon carbide", {"topic": "silicon carbide"}),
    ("promoters", "'silicon carbide'", {"topic": "silicon carbide"}),
    ("promoters", "silicon carbide Shandong", {"topic": "silicon carbide", "region": "Shandong"}),
    (
        "promoters",
        "third-generation semiconductors Jinan",
        {"topic": "third-generation semiconductors", "region": "Jinan"},
    ),
    ("promoters", "碳化硅 山东省", {"topic": "碳化硅", "region": "山东省"}),
    ("promoters", "--region Shandong silicon carbide", {"region": "Shandong", "topic": "silicon carbide"}),
    ("promoters", "new energy vehicles", {"topic": "new energy vehicles"}),
    ("compare", "Beijing Shanghai", {"region": "Beijing", "other": "Shanghai"}),
    ("paths", "Jinan new energy vehicles", {"start": "Jinan", "end": "new energy vehicles"}),
    ("paths", "Jinan 'new energy vehicles'", {"start": "Jinan", "end": "new energy vehicles"}),
    ("promoters", "", {}),
    ("promoters", "Shandong silicon carbide", {"topic": "silicon carbide", "region": "Shandong"}),
    ("promoters", "Shandong", {"region": "Shandong"}),
    ("deliveries", "'Wang Qingxian'", {"person": "Wang Qingxian"}),
    ("targets", "Beijing Shanghai", {"region": ["Beijing", "Shanghai"]}),
    ("targets", "Tianshui 2030", {"region": "Tianshui", "year": "2030"}),
    ("promoters", "--topic chips --topic robots", {"topic": ["chips", "robots"]}),
    (
        "promoters",
        "integrated circuits packaging and testing",
        {"topic": ["integrated circuits", "packaging and testing"]},
    ),
    ("promoters", "humanoid Shandong", {"topic": "humanoid", "region": "Shandong"}),
    ("programmes", "three chemical", {"programme": "three chemical"}),
    ("programmes", "9x", {"programme": "9x"}),
]


@pytest.mark.parametrize(("name", "words", "expected"), ROOMS, ids=str)
def test_words_join_to_the_names_that_the_graph_knows(
    curated: Graph, name: str, words: str, expected: dict[str, str | list[str]]
) -> None:
    found = arguments.assign(curated, queries.find(name), shlex.split(words))
    assert {key: values if len(values) > 1 else values[0] for key, values in found.items()} == expected


def test_words_that_can_be_joined_in_two_ways_are_refused(curated: Graph) -> None:
    asked = queries.find("paths")
    names = ["information", "technology", "industry", "Jinan"]
    known = (
        curated.names.exact("information technology"),
        curated.names.exact("information technology industry"),
    )
    assert all(known)
    assert arguments.assign(curated, asked, names) == {
        "start": ["information technology industry"],
        "end": ["Jinan"],
    }


class _Names:
    """A graph in which only these values are names."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def terms(self, asked: Question, given: dict[str, str], *, exact: bool) -> dict[str, str]:
        for value in given.values():
            if value not in self.names:
                raise KgError(f"nothing is called {value!r}")
        return given


def test_of_several_readings_none_is_taken() -> None:
    known = _Names("a b", "c", "a", "b c")
    with pytest.raises(Ambiguous) as error:
        arguments.assign(known, question("one", "other"), ["a", "b", "c"])  # type: ignore[arg-type]
    assert str(error.value) == 'q can be read in several ways: "a" "b c" or "a b" "c"; quote the names'


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x"], "nothing is called 'x'"),
        (["x", "y"], "nothing is called 'x'; joined, nothing is called 'x y'"),
        (["x", "y", "z"], "nothing is called 'x'; joined, nothing is called 'x y z'"),
        (["x"] * 17, "too many values; q takes --one, --other; quote a name that has spaces"),
    ],
)
def test_words_that_are_no_name_are_told(words: list[str], message: str) -> None:
    with pytest.raises(KgError) as error:
        arguments.assign(_Names(), question("one", "other"), words)  # type: ignore[arg-type]
    assert str(error.value) == message


def test_many_words_are_answered_soon() -> None:
    with pytest.raises(KgError, match="quote a name"):
        arguments.assign(_Names(), question(*"abcdefgh"), ["x"] * 500)  # type: ignore[arg-type]


# Tables

#: A column has letters of its own, so that its values can be put together again from the printed table.
ALPHABETS = ("abcdefg-./", "0123456789", "碳化硅半导体𠮷", "ABCDE ÉÖ")


def printed(columns: list[str], rows: list[list[str]], width: int) -> str:
    out = io.StringIO()
    environment = {"COLUMNS": str(width)}
    before = os.environ.get("COLUMNS")
    os.environ.update(environment)
    try:
        with redirect_stdout(out):
            terminal.table(columns, rows)
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before
    return out.getvalue()


@settings(max_examples=150, deadline=None)
@given(
    width=st.integers(20, 200),
    rows=st.lists(
        st.tuples(*(st.text(letters, max_size=60) for letters in ALPHABETS)).map(list), min_size=1, max_size=5
    ),
)
@example(width=100, rows=[["", "100", "碳化硅", ""], ["", "20271231", "", ""]])
def test_every_value_is_printed_in_full_at_any_width(width: int, rows: list[list[str]]) -> None:
    shown = printed(["€", "£", "¥", "₩"], rows, width)
    for at, letters in enumerate(ALPHABETS):
        kept = "".join(character for character in shown if character in letters and character != " ")
        ruled = kept.replace("─", "")
        assert ruled == "".join(row[at] for row in rows).replace(" ", "")


@pytest.mark.parametrize("width", range(47, 201, 9))
def test_no_line_of_a_table_is_wider_than_the_terminal(width: int) -> None:
    rows = [["新能源汽车产业", "Shanghai", "100"], ["x" * 21, "two words", "2,027"]]
    lines = printed(["topic", "region", "score"], rows, width).splitlines()
    assert max(map(cell_len, lines)) <= width
    assert any("2,027" in line for line in lines)


def test_a_value_cannot_move_the_cursor() -> None:
    shown = printed(["a", "b"], [["\x1b[2Jx", "tab\there\u2028"]], 80)
    assert "\x1b" not in shown
    assert "\\x1b[2Jx" in shown
    assert "tab\\there\\u2028" in shown


@pytest.mark.parametrize("columns", ["", "0", "-5", "many"])
def test_a_wrong_width_is_the_default(graph: str, columns: str) -> None:
    normal = kg("query", PROMOTES, "--graph", graph).stdout
    assert run("query", PROMOTES, "--graph", graph, COLUMNS=columns)[1].decode() == normal


# Queries from files

SAVED = {
    "plain": PROMOTES.encode(),
    "notepad": b"\xef\xbb\xbf" + PROMOTES.replace("{", "{\r\n").encode(),
    "utf-16": PROMOTES.replace("{", "{\r\n").encode("utf-16"),
    "utf-16-be": b"\xfe\xff" + PROMOTES.encode("utf-16-be"),
    "old mac": PROMOTES.replace("{", "{# note\r").encode(),
}


@pytest.mark.parametrize("kind", SAVED)
@pytest.mark.parametrize("way", ["file", "standard input"])
def test_a_saved_query_runs(graph: str, tmp_path: Path, kind: str, way: str) -> None:
    path = tmp_path / "my query.rq"
    path.write_bytes(SAVED[kind])
    argument = str(path) if way == "file" else "-"
    code, out, err = run("query", argument, "--graph", graph, "-f", "csv", stdin=SAVED[kind])
    assert (code, err) == (0, b"")
    assert out.split() == [b"region", b"https://w3id.org/regiograph/place/sample-province"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"SELECT \xe9", "is not UTF-8: save the query as UTF-8"), (b"\xef\xbb\xbf \r\n", "holds no query")],
)
def test_a_file_without_a_readable_query_is_refused(
    graph: str, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "q.rq"
    path.write_bytes(content)
    done = inside("query", str(path), "--graph", graph)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize(
    "query",
    ["DESCRIBE topic:lidar", "describe <https://w3id.org/regiograph/topic/lidar>", "PREFIX x: <x:> DESCRIBE topic:lidar",
     "# a note\nDESCRIBE topic:lidar", "  DESCRIBE\ttopic:lidar"],
)  # fmt: skip
def test_a_query_without_braces_is_a_query(graph: str, query: str, tmp_path: Path) -> None:
    done = inside("query", query, "--graph", graph, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "topic:lidar" in done.stdout


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("count.rq", "no file count.rq, and it is not a query (SELECT, ASK, CONSTRUCT or DESCRIBE)"),
        ("my queries/count.rq", "no file my queries/count.rq"),
        ("describe.rq", "no file describe.rq"),
        ("select", "no file select"),
        (".", ". is a folder; name a query file in it"),
        ("x" * 5000, "no file xxx"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_neither_file_nor_query_is_told(
    graph: str, argument: str, message: str, tmp_path: Path
) -> None:
    done = inside("query", argument, "--graph", graph, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())


# Mistakes in SPARQL

SYNTAX = [
    ("SELECT ?r { ?r kg:promotes }", "line 1, column 28: '}' is not expected here", 27),
    ("SELECT * {", "line 1, column 11: the query ends too early", 10),
    ("ASK { ?r skos:prefLabel '碳化硅e\u0301' ; kg:promotes }", "column 47: '}' is not expected", 48),
    ("SELECT ?x {\n ?x kg:a ?b .\n ?b nope:c 1 }", "line 3, column 11: ", 10),
]


@pytest.mark.parametrize(("query", "message", "caret"), SYNTAX, ids=lambda value: str(value)[:30])
def test_a_syntax_error_says_where(graph: str, query: str, message: str, caret: int) -> None:
    done = inside("query", query, "--graph", graph)
    assert (done.returncode, done.stdout) == (2, "")
    first, text, mark = done.stderr.splitlines()
    assert first.startswith("kg: the query is malformed at line ")
    assert message in first
    assert text == "  " + query.splitlines()[-1]
    assert mark == " " * (2 + caret) + "^"


PROMOTE = "kg:promote is not a term; did you mean kg:promotes?"
HINTS = [
    ("SELECT ?r { ?r kg:promote ?t }", [PROMOTE]),
    (
        "ASK { topic:lidr a kg:Technologie }",
        [
            "kg:Technologie is not a term; did you mean kg:Technology?",
            "topic:lidr is not in the graph; did you mean topic:lidar?",
        ],
    ),
    ("SELECT ?r { ?r kg:zzzzzz ?t }", ["kg:zzzzzz is not a term"]),
    (
        "CONSTRUCT WHERE { place:sample-towm ?p ?o }",
        ["place:sample-towm is not in the graph; did you mean place:sample-city?"],
    ),
    ("CONSTRUCT WHERE { event:zzzzzz ?p ?o }", ["event:zzzzzz is not in the graph"]),
    ("SELECT ?r { ?r kg:promotes topic:lidar . ?r a kg:Company }", []),
    ("SELECT ?r { ?r skos:prefLabel 'kg:promote' # kg:nothing\n}", []),
]


@pytest.mark.parametrize(("query", "hints"), HINTS, ids=lambda value: str(value)[:40])
def test_an_empty_answer_names_the_terms_that_do_not_exist(graph: str, query: str, hints: list[str]) -> None:
    done = inside("query", query, "--graph", graph)
    assert done.returncode == 0
    notes = [line for line in done.stderr.splitlines() if line.startswith("note: ")]
    assert notes == [f"note: {hint}" for hint in hints]


def test_an_answer_with_rows_has_no_hints(graph: str) -> None:
    query = "SELECT ?r { ?r kg:promotes topic:lidar OPTIONAL { ?r kg:promote ?x } }"
    assert inside("query", query, "--graph", graph).stderr == "1 row\n"


# Outputs that end early

LONG = {
    "ask": "ask --list",
    "ask rows": "ask statements --graph {graph}",
    "query": "query 'SELECT ?s ?p ?o {{ ?s ?p ?o }}' --graph {graph}",
    "export": "export rdf --graph {graph}",
    "show": "show 样本市 --graph {graph}",
}


@pytest.mark.parametrize("name", [*LONG, "help"])
def test_a_reader_that_leaves_is_no_error(graph: str, name: str) -> None:
    arguments = ["--help"] if name == "help" else shlex.split(LONG[name].format(graph=graph))
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "kg", *arguments]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    os.close(writing)
    errors = [line for line in done.stderr.splitlines() if not line.endswith(" rows")]
    assert (done.returncode, errors) == (0, [])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("name", [*LONG, "help"])
def test_a_full_disk_is_told_once(graph: str, name: str) -> None:
    arguments = "--help" if name == "help" else LONG[name].format(graph=graph)
    line = f"{sys.executable} -m kg {arguments} >/dev/full"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=ROOT)
    errors = [line for line in done.stderr.splitlines() if not line.endswith(" rows")]
    assert errors == ["kg: standard output: No space left on device"]
    assert done.returncode == 2


def test_a_closed_output_is_no_error(graph: str) -> None:
    for ending in (">&-", "2>&-", ">&- 2>&-"):
        line = f"{sys.executable} -m kg ask promoters lidar --graph {graph} {ending}"
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=ROOT)
        assert (done.returncode, done.stderr) == (0, "")
