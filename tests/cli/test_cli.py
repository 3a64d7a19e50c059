"""The command line as a person meets it: help, answers, exit codes, and no traceback for a mistake."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import locations
from kg.cli import COMMANDS, options
from tests.conftest import SAMPLE

SEEDS, TEXTS = str(SAMPLE / "seeds"), str(SAMPLE / "texts")


def kg(*arguments: str, cwd: Path | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "100", "PYTHONPATH": str(SAMPLE.parent.parent)}
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment,
        input=stdin,
    )


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("sample") / "build"
    assert kg("build", "--seeds", SEEDS, "--graph", str(folder), "-q").returncode == 0
    return str(folder)


def test_help_lists_every_command() -> None:
    shown = kg("--help").stdout
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert "Example:" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    done = kg(name, "--help")
    assert done.returncode == 0
    assert "Example:" in done.stdout
    assert f"kg {name}" in done.stdout.partition("Example:")[2]
    assert f"\n\n  {COMMANDS[name]}\n" in done.stdout


def test_check_of_sound_seeds() -> None:
    done = kg("check", "--seeds", SEEDS, "--texts", TEXTS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(
        "checked 2 sources, 10 entities, 14 names, 7 statements, 3 targets\n10 quotes verified\n0 problems\n"
    )


def test_check_names_the_problem_and_ends_with_1(sample: Path) -> None:
    path = sample / "hubei-2030/statements.csv"
    path.write_text(path.read_text().replace("builds,place/optics-park", "bilds,place/optics-park"))
    done = kg("check", "--seeds", str(sample), "-q")
    assert done.returncode == 1
    assert done.stdout == (
        "hubei-2030/statements.csv:2:predicate: no such predicate 'bilds' [unknown-predicate]\n"
        "    did you mean builds?\n"
    )
    found = json.loads(kg("check", "--seeds", str(sample), "--json").stdout)
    assert [problem["code"] for problem in found["problems"]] == ["unknown-predicate"]


def test_check_lists_gaps() -> None:
    done = kg("check", "--seeds", SEEDS, "--texts", TEXTS, "--gaps")
    assert done.returncode == 1
    assert (
        "gap: hubei-2030:3: 8 words from position 0, 'By 2030 the output value of optics will' …"
        in done.stdout
    )


def test_check_validates_with_shacl() -> None:
    done = kg("check", "--seeds", SEEDS, "--shacl", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_build_refuses_unsound_seeds(sample: Path, tmp_path: Path) -> None:
    (sample / "orgs.csv").unlink()
    done = kg("build", "--seeds", str(sample), "--graph", str(tmp_path / "b"))
    assert done.returncode == 1
    assert "orgs.csv: the file is missing [missing-file]" in done.stderr
    assert not (tmp_path / "b/current.json").exists()


def test_query_in_every_format(graph: str) -> None:
    query = "SELECT ?region ?topic { ?region kg:promotes ?topic }"
    assert kg("query", query, "--graph", graph).stdout.splitlines()[2].split() == [
        "sample",
        "province",
        "lidar",
    ]
    assert kg("query", query, "--graph", graph, "-f", "csv").stdout.replace("\r", "") == (
        "region,topic\n"
        "https://w3id.org/regiograph/place/sample-province,https://w3id.org/regiograph/topic/lidar\n"
    )
    shown = json.loads(kg("query", query, "--graph", graph, "-f", "json").stdout)
    assert shown["head"] == {"vars": ["region", "topic"]}
    assert kg("query", query, "--graph", graph, "-f", "tsv").stdout.startswith("?region\t?topic\n")
    assert kg("query", "-", "--graph", graph, stdin="ASK { topic:lidar a kg:Technology }").stdout == "yes\n"
    turtle = kg("query", "CONSTRUCT WHERE { topic:lidar skos:prefLabel ?name }", "--graph", graph).stdout
    assert 'topic:lidar skos:prefLabel "lidar"@en' in turtle


def test_show_tells_all_with_evidence(graph: str) -> None:
    shown = kg("show", "样本市", "--graph", graph)
    assert shown.returncode == 0
    words = " ".join(shown.stdout.split())
    for part in (
        "Sample City place/sample-city",
        "named in wuhan-2030",
        "样本市",
        "geo:lat 30.5",
        "“光谷 二期”",
        "“光谷 二期”",
        "wuhan-2030 ¶2",
    ):
        assert part in words
    found = json.loads(kg("show", "place/sample-city", "--graph", graph, "--json").stdout)
    assert (found["entity"], len(found["statements"]), len(found["targets"])) == ("place/sample-city", 3, 2)


def test_find_shows_near_misses(graph: str) -> None:
    for place in (("--graph", graph), ("--seeds", SEEDS)):
        done = kg("find", "lidr", *place, "--json")
        assert json.loads(done.stdout)[0]["entity"] == "topic/lidar"
    assert kg("find", "zzzzzz", "--graph", graph).returncode == 1


def test_statements_are_exported(graph: str, tmp_path: Path) -> None:
    lines = kg("export", "statements", "--format", "jsonl", "--graph", graph).stdout.splitlines()
    assert len([json.loads(line) for line in lines]) == 10
    target = tmp_path / "s.jsonl"
    assert kg("export", "statements", "--graph", graph, "-o", str(target)).returncode == 0
    assert target.read_text().splitlines() == lines


def test_a_new_source_is_scaffolded_and_the_check_says_what_is_missing(sample: Path, tmp_path: Path) -> None:
    text = tmp_path / "Third Report.txt"
    text.write_text("One line\n\nAnother line about lidar\n")
    done = kg("new", "source", str(text), "--seeds", str(sample))
    assert done.returncode == 0
    assert "   2  Another line about lidar" in done.stdout
    assert sorted(p.name for p in (sample / "third-report").iterdir()) == [
        "coverage.csv", "sections.csv", "statements.csv", "targets.csv",
    ]  # fmt: skip
    asked = kg("check", "--seeds", str(sample), "-q").stdout
    assert "sources.csv:4:published: the cell is empty [bad-cell]" in asked
    again = kg("new", "source", str(text), "--seeds", str(sample))
    assert (again.returncode, again.stderr) == (2, "kg: the source third-report exists already\n")


def _misspelt(data: bytes) -> bytes:
    return data.replace(b"publisher", b"publishr", 1)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "stray comma": (lambda data: data.replace(b"Sample Press", b"Sample, Press", 1), ":2: 14 cells where"),
    "open quotation": (lambda data: data.replace(b"A sample", b'"A sample', 1), "cannot be read"),
    "misspelt header": (_misspelt, ":1:publisher: the column is missing"),
    "column twice": (lambda data: data.replace(b"title_zh", b"title", 1), ":1:title: 2 columns have this name"),
    "UTF-16": (lambda data: data.decode().encode("utf-16"), "sources.csv --encoding utf-16"),
    "GB18030": (lambda data: data.decode().encode("gb18030"), "sources.csv --encoding gb18030"),
    "byte order mark": (lambda data: b"\xef\xbb\xbf" + data, "kg fmt removes it"),
    "semicolons": (lambda data: data.replace(b",", b";"), "kg fmt writes commas"),
    "carriage returns": (lambda data: data.replace(b"\n", b"\r"), "kg fmt writes newlines alone"),
    "empty": (lambda data: b"", "its first line must be id,kind"),
    "NUL": (lambda data: data.replace(b"Sample Press", b"\x00", 1), ":2: a NUL character"),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGES)
def test_a_new_source_leaves_a_damaged_table_as_it_is(sample: Path, tmp_path: Path, what: str) -> None:
    """Rows that cannot be read would be lost if the table were written again."""
    damage, message = DAMAGES[what]
    text, table = tmp_path / "third.txt", sample / "sources.csv"
    text.write_text("One line\n")
    table.write_bytes(damage(table.read_bytes()))
    before = {path: path.read_bytes() for path in sample.rglob("*") if path.is_file()}
    done = kg("new", "source", str(text), "--seeds", str(sample))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"kg: {table}")
    assert message in done.stderr
    assert done.stderr.endswith("; nothing was written\n")
    assert {path: path.read_bytes() for path in sample.rglob("*") if path.is_file()} == before
    assert not (sample / "third").exists()


def rows(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(table.read_text().splitlines()))


def test_a_new_source_keeps_every_row(sample: Path, tmp_path: Path) -> None:
    """Also rows that the check would refuse: an unfinished source stands before the next one."""
    table = sample / "sources.csv"
    for name in ("third", "fourth"):
        (tmp_path / f"{name}.txt").write_text("One line\n")
        before = rows(table)
        assert kg("new", "source", str(tmp_path / f"{name}.txt"), "--seeds", str(sample)).returncode == 0
        kept = rows(table)[: len(before)]
        assert [{column: row[column] for column in before[0]} for row in kept] == before
    assert [line.partition(",")[0] for line in table.read_text().split("\n")[3:]] == ["third", "fourth", ""]


@pytest.mark.parametrize("cell", ["²", "x", "-1", "", "٣", "9" * 5000], ids=lambda cell: f"{cell:.4}")
def test_fmt_orders_what_is_no_number(sample: Path, cell: str) -> None:
    """The check names the cell; fmt puts its row first and keeps it."""
    statements, positions = sample / "hubei-2030/statements.csv", sample / "hubei-2030/positions.csv"
    for path, column in ((statements, 0), (positions, 2)):
        lines = [line.split(",") for line in path.read_text().split("\n")]
        lines[2][column] = cell
        path.write_text("\n".join(",".join(line) for line in lines))
    rows = sorted(statements.read_text().split("\n"))
    done = kg("fmt", "--seeds", str(sample))
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(statements.read_text().split("\n")) == rows
    if not cell.isascii() or cell in ("x", "-1"):
        assert statements.read_text().split("\n")[1].startswith(f"{cell},")


def test_fmt_says_that_a_table_is_empty(sample: Path) -> None:
    (sample / "topics.csv").write_text("")
    done = kg("fmt", str(sample / "topics.csv"))
    assert (done.returncode, done.stderr) == (
        2, f"kg: {sample / 'topics.csv'}: the file is empty; its first line must be id,kind,note\n"
    )  # fmt: skip


def test_fmt_puts_tables_in_order(sample: Path) -> None:
    path = sample / "topics.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\ufeff" + "\r\n".join([header, *reversed(rows)]))
    assert kg("fmt", str(path)).stdout == f"formatted: {path}\n1 table, 1 changed\n"
    assert path.read_text().splitlines() == [header, *rows]
    assert kg("fmt", "--seeds", str(sample), "-q").stdout == ""


MISTAKES = [
    (("bild",), "Did you mean build"),
    (("ask", "promotors"), "did you mean promoters"),
    (("ask", "promoters", "unobtainium"), "nothing is called 'unobtainium'"),
    (("ask", "promoters", "--topik", "lidar"), "No such option '--topik'"),
    (("ask", "promoters", "--topic"), "Option '--topic' requires an argument"),
    (("ask", "promoters", *["lidar"] * 99), "takes"),
    (("ask", "promoters", "lidar", "--tier", "futur"), "is one of"),
    (("show", "nothing like this"), "nothing is called"),
    (("query", "SELECT * {"), "malformed"),
    (("query", "no-such-file.rq"), "no file no-such-file.rq"),
    (("query", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), "--allow-service"),
    (("query", "INSERT DATA { place:x a kg:Place }"), "queries only read"),
    (("query", "ASK " + "{" * 2000 + "}" * 2000), "nested more than"),
    (("serve", "--port", "99999"), "99999 is not in the range 0<=x<=65535"),
    (("load", "parts", "--size", "0"), "0 is not in the range x>=1"),
    (("find", "lidar", "--limit", "-1"), "-1 is not in the range x>=1"),
    (("show", "lidar", "--limit", "-1"), "-1 is not in the range x>=0"),
    (("check", "--limit", "-1"), "-1 is not in the range x>=0"),
    (("export", "rdf", "--format", "csv"), "rdf is written as"),
    (("export", "statements", "-o", "no/such/folder/x"), "no folder no/such/folder"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=lambda value: str(value)[:40])
def test_a_mistake_gets_one_clear_message(
    graph: str, arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    place = ("--graph", graph) if arguments[0] in ("ask", "show", "query", "export") else ()
    done = kg(*arguments, *place, cwd=tmp_path)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


PLACES = [
    (("check", "--seeds", "nowhere"), "is not a folder of seeds"),
    (("check", "--texts", "nowhere"), "no folder of texts"),
    (("build", "--ontology", "nowhere"), "is not a folder of ontology"),
    (("ask", "promoters", "--graph", "nowhere"), "no graph in nowhere"),
    (("query", "ASK {}", "--graph", "broken.ttl"), "cannot be read"),
    (("query", "ASK {}", "--graph", "notes.pdf"), "not an RDF format"),
    (("new", "source", "blank.txt", "--seeds", SEEDS), "has no paragraph"),
    (("new", "source", "latin1.txt", "--seeds", SEEDS), "not UTF-8"),
    (("fmt", "notes.txt", "--seeds", SEEDS), "none of the curated tables"),
]


@pytest.mark.parametrize(("arguments", "message"), PLACES, ids=lambda value: str(value)[:40])
def test_a_wrong_place_gets_one_clear_message(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.ttl").write_text("this is not turtle")
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "notes.pdf").write_text("notes")
    (tmp_path / "blank.txt").write_text("\n \n")
    (tmp_path / "latin1.txt").write_bytes(b"caf\xe9\n")
    done = kg(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_error(graph: str) -> None:
    command = f"{sys.executable} -m kg export statements --graph {graph} | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_the_page_is_written_where_the_server_looks_for_it(graph: str, tmp_path: Path) -> None:
    done = kg("page", "--graph", graph, cwd=tmp_path)
    assert done.returncode == 0
    assert options.page(graph) == Path(graph) / "graph.html"
    assert "<title>Regiograph</title>" in options.page(graph).read_text(encoding="utf-8")
    assert done.stdout.startswith(f"{graph}/graph.html: ")
    assert options.page(None) == locations.build() / "graph.html"
    assert options.page("http://127.0.0.1:1/query") == Path("graph.html")
    assert list(tmp_path.iterdir()) == []


def test_texts_lie_in_several_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, folder in (("english.txt", "a/2030"), ("chinese.txt", "b")):
        (tmp_path / folder).mkdir(parents=True)
        shutil.copy(SAMPLE / "texts" / name, tmp_path / folder)
    folders = [tmp_path / "a", tmp_path / "nowhere", tmp_path / "b"]
    monkeypatch.setenv("KG_TEXTS", os.pathsep.join(map(str, folders)))
    assert "\n10 quotes verified\n" in kg("check", "--seeds", SEEDS).stdout
    monkeypatch.setenv("KG_TEXTS", str(folders[1]))
    assert (
        "\n10 quotes verified earlier, against texts with the recorded hashes; the texts are not in this copy\n"
        in kg("check", "--seeds", SEEDS).stdout
    )


def test_quotes_that_were_never_verified_are_counted(sample: Path) -> None:
    (sample / "wuhan-2030/positions.csv").unlink()
    shown = kg("check", "--seeds", str(sample)).stdout
    assert "note: wuhan-2030: the text is not at hand, so its quotes could not be verified\n" in shown
    assert "\n6 quotes verified earlier, " in shown
    assert "\n4 quotes not verified: the texts are not in this copy\n" in shown
