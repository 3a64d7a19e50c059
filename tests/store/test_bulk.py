"""The bulk load: the same quads as a build, from every format and layout; every fault reported; resumed."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from kg import locations
from kg.errors import KgError, Problem
from kg.query import graph
from kg.read import tables as streams
from kg.read.tables import Record
from kg.store import build, bulk, manifest
from kg.store.bulk_journal import LINKS, Work
from tests.bench import corpus
from tests.cli.test_cli import kg
from tests.conftest import SAMPLE, absent

SEEDS = SAMPLE / "seeds"
OF_SOURCES = ("sections", "statements", "targets", "positions", "coverage", "mentions", "searched")


def load(folder: Path, where: Path, *, keep_good: bool = False) -> bulk.Loaded:
    return bulk.load(folder, locations.ontology(), where, bulk.Options(keep_good=keep_good))


def quads(folder: Path) -> set[str]:
    return {str(quad) for quad in graph.open_graph(folder).store}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def flat(seeds: Path, folder: Path, form: str) -> Path:
    """The sample's tables, those of the sources put together, in one of the formats."""
    folder.mkdir()
    found = {path.stem: rows(path) for path in seeds.glob("*.csv")}
    for stem in OF_SOURCES:
        found[stem] = [
            {"source": source["id"], **cells}
            for source in found["sources"]
            for cells in rows(seeds / source["id"] / f"{stem}.csv")
        ]
    for stem, table in found.items():
        if not table:
            continue
        path = folder / f"{stem}.{form}"
        if form == "jsonl":
            lines = [json.dumps({k: v for k, v in cells.items() if v}, ensure_ascii=False) for cells in table]
            path.write_text("\n".join(lines), encoding="utf-8")
        elif form == "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(table[0]))  # with carriage returns, as spreadsheets write
                writer.writeheader()
                writer.writerows(table)
        else:
            parquet(path, table)
    return folder


def parquet(path: Path, table: list[dict[str, str]]) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")
    from pyarrow import parquet as files

    columns: dict[str, list[object]] = {name: [cells[name] for cells in table] for name in table[0]}
    for name in ("paragraph", "start", "end"):  # as a data frame would have them
        if name in columns:
            columns[name] = [int(str(cell)) for cell in columns[name]]
    files.write_table(pyarrow.table(columns), path)


@pytest.fixture(scope="session")
def built_sample(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("built")
    build.build_graph(SEEDS, locations.ontology(), folder)
    found = quads(folder)
    assert len(found) > 1_000
    return found


def unplaced(found: set[str]) -> set[str]:
    """Quads but for those that tell the row's file and line."""
    return {quad for quad in found if "<https://w3id.org/regiograph/ns#row>" not in quad}


def test_a_folder_of_seeds_gives_the_same_quads_as_a_build(tmp_path: Path, built_sample: set[str]) -> None:
    loaded = load(SEEDS, tmp_path)
    assert loaded.fresh
    assert loaded.built
    assert (loaded.problems, loaded.report) == (0, None)
    assert quads(tmp_path) == built_sample
    assert loaded.built.quads == len(built_sample)
    counts = {"sources": 2, "entities": 10, "names": 14, "statements": 7, "targets": 3}
    assert loaded.built.counts == counts
    assert load(SEEDS, tmp_path).fresh is False


def test_the_curated_tables_too(tmp_path: Path, first_seeds: Path, built: Path) -> None:
    load(first_seeds, tmp_path)
    assert quads(tmp_path) == quads(built)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_one_file_for_all_sources_in_every_format(tmp_path: Path, built_sample: set[str], form: str) -> None:
    loaded = load(flat(SEEDS, tmp_path / "flat", form), tmp_path / "graph")
    assert loaded.first == ()
    assert unplaced(quads(tmp_path / "graph")) == unplaced(built_sample)


def test_common_tables_may_stand_elsewhere(tmp_path: Path, built_sample: set[str]) -> None:
    folder = flat(SEEDS, tmp_path / "flat", "csv")
    for stem in ("places", "orgs", "names", "hierarchy"):
        (folder / f"{stem}.csv").unlink()
    bulk.load(folder, locations.ontology(), tmp_path / "graph", bulk.Options(common=SEEDS))
    assert unplaced(quads(tmp_path / "graph")) == unplaced(built_sample)


_LINKS = """
SELECT ?child ?relation ?parent {
  GRAPH graph:reference { ?link a kg:Link ; rdf:subject ?child ; rdf:predicate ?is ; rdf:object ?parent }
  BIND (REPLACE(STR(?is), "^.*[#/]", "") AS ?relation)
}
"""
FAULTS = {
    "unknown-entity": ("statements.csv", ",topic/lidar,", ",topic/lidor,"),
    "unknown-predicate": ("statements.csv", ",focusesOn,", ",focusOn,"),
    "bad-cell": ("statements.csv", "../2030", "by 2030"),
    "number-mismatch": ("targets.csv", ",65800000000,", ",6580000000,"),
    "unknown-source": ("statements.csv", "\nhubei-2030,3,Acme", "\nhubei-2031,3,Acme"),
    "unsorted": ("statements.csv", "\nhubei-2030,3,Acme", "\nhubei-2030,1,Acme"),
    "object-not-in-quote": ("statements.csv", "such as lidar", "such as radar"),
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_bad_row_is_reported_and_the_good_ones_kept_if_asked(tmp_path: Path, code: str) -> None:
    folder = flat(SEEDS, tmp_path / "flat", "csv")
    file, before, after = FAULTS[code]
    path = folder / file
    text = path.read_bytes().decode().replace("\r\n", "\n")
    assert before in text
    path.write_text(text.replace(before, after, 1))
    loaded = load(folder, tmp_path / "graph")
    assert loaded.built is None
    assert code in {problem.code for problem in loaded.first}
    assert all(problem.file == file and problem.line > 1 for problem in loaded.first)
    assert not (tmp_path / "graph" / manifest.NAME).exists()
    kept = load(folder, tmp_path / "graph", keep_good=True)
    assert kept.built
    assert kept.problems == loaded.problems == len(rows(tmp_path / "graph/problems.csv"))
    statements, targets = kept.built.counts["statements"], kept.built.counts["targets"]
    assert statements + targets == 9
    assert len(graph.open_graph(tmp_path / "graph").store) == kept.built.quads


def test_what_is_no_place_becomes_no_region(tmp_path: Path) -> None:
    folder = flat(SEEDS, tmp_path / "flat", "csv")
    path = folder / "sections.csv"
    path.write_bytes(path.read_bytes().replace(b"place/sample-province", b"topic/optics", 1))
    loaded = load(folder, tmp_path / "graph", keep_good=True)
    assert [(p.code, p.file, p.column, p.text) for p in loaded.first] == [
        ("wrong-end", "sections.csv", "region", "topic/optics")
    ]
    regions = graph.open_graph(tmp_path / "graph").select("SELECT ?region { ?region a kg:Region }")
    assert regions.ids("region") == ["place/sample-city"]


def test_quotes_are_held_against_texts_at_hand(tmp_path: Path, built_sample: set[str]) -> None:
    loaded = bulk.load(SEEDS, locations.ontology(), tmp_path / "graph", bulk.Options(texts=SAMPLE / "texts"))
    assert loaded.built
    assert loaded.built.counts["quotes verified"] == 10
    assert "quotes not verified" not in loaded.built.counts
    assert quads(tmp_path / "graph") == built_sample


def test_quotes_without_their_text_are_counted(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    shutil.copy(SAMPLE / "texts/english.txt", tmp_path / "texts")
    (tmp_path / "texts/another.txt").write_bytes(b"\xff not what a source names")
    loaded = bulk.load(
        SEEDS, locations.ontology(), tmp_path / "graph", bulk.Options(texts=tmp_path / "texts")
    )
    assert loaded.built
    verified, other = (loaded.built.counts[f"quotes {what}"] for what in ("verified", "not verified"))
    assert min(verified, other) > 0
    assert verified + other == 10


@pytest.mark.parametrize(
    ("code", "file", "before", "after", "left"),
    [
        ("quote-missing", "statements.csv", "2,build an optics park,", "2,builds an optics park,", 9),
        ("cue-missing", "statements.csv", ",planned,,will build,", ",planned,,shall build,", 9),
        ("stale-position", "positions.csv", "2,build an optics park,", "2,build an optics park,1", 10),
    ],
)
def test_what_the_text_does_not_bear_is_a_problem(
    tmp_path: Path, code: str, file: str, before: str, after: str, left: int
) -> None:
    folder = shutil.copytree(SEEDS, tmp_path / "seeds")
    path = folder / "hubei-2030" / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    loaded = bulk.load(folder, locations.ontology(), tmp_path / "graph", bulk.Options(texts=SAMPLE / "texts"))
    assert loaded.built is None
    assert code in {problem.code for problem in loaded.first}
    kept = bulk.load(
        folder, locations.ontology(), tmp_path / "graph", bulk.Options(texts=SAMPLE / "texts", keep_good=True)
    )
    assert kept.built
    assert kept.built.counts["statements"] + kept.built.counts["targets"] == left


def test_a_text_of_another_length_leaves_its_source_out(tmp_path: Path) -> None:
    folder = shutil.copytree(SEEDS, tmp_path / "seeds")
    path = folder / "sources.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("238f1,3", "238f1,4"), encoding="utf-8")
    loaded = bulk.load(folder, locations.ontology(), tmp_path / "graph", bulk.Options(texts=SAMPLE / "texts"))
    assert "paragraph-count" in {problem.code for problem in loaded.first}
    assert loaded.built is None


def test_a_link_that_closes_a_circle_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    corpus.write(folder, 200)
    path = folder / "hierarchy.csv"
    sound = rows(path)
    child, parent = next((r["child"], r["parent"]) for r in sound if r["relation"] == "broader")
    path.write_text(f"{path.read_text()}{parent},broader,{child},made up\n")
    loaded = load(folder, tmp_path / "graph", keep_good=True)
    assert [(p.code, p.file) for p in loaded.first] == [("circle", "hierarchy.csv")]
    kept = {
        (row["child"], row["relation"], row["parent"])
        for row in graph.open_graph(tmp_path / "graph").select(_LINKS)
    }
    found = {(row["child"], row["relation"], row["parent"]) for row in rows(path)}
    assert len(found - kept) == 1
    assert kept < found
    assert (child, "broader", parent) in kept or (parent, "broader", child) in kept


def test_the_report_holds_no_formula_and_is_read_back_as_it_was(tmp_path: Path) -> None:
    told = [Problem("a.csv", 2, "note", "bad-cell", "no", text) for text in ("=1+1", "'-x", "-3", "")]
    report = tmp_path / "problems.csv"
    bulk.write_report(report, told)
    assert [row["text"] for row in rows(report)] == ["'=1+1", "''-x", "-3", ""]
    assert bulk.read_report(report, 9) == told
    assert bulk.read_report(report, 2) == told[:2]


def test_every_problem_is_in_the_report_and_the_first_are_shown(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    corpus.write(folder, 400)
    path = folder / "statements.csv"
    path.write_text(path.read_text().replace(",promotes,", ",promots,"))
    count = path.read_text().count(",promots,")
    assert count > 100
    loaded = bulk.load(folder, locations.ontology(), tmp_path / "graph", bulk.Options(shown=5))
    assert (loaded.problems, len(loaded.first)) == (count, 5)
    report = rows(tmp_path / "graph/problems.csv")
    assert {(row["code"], row["text"]) for row in report} == {("unknown-predicate", "promots")}
    assert len(report) == count
    done = kg("bulk", str(folder), "--graph", str(tmp_path / "graph"), "--limit", "2")
    assert done.returncode == 1
    assert f"... and {count - 2} more\n" in done.stderr
    assert done.stderr.endswith(
        f"kg: {count} problems, all of them in {tmp_path}/graph/problems.csv; nothing was built\n"
    )


def test_unknown_ids_among_many_are_quickly_told(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    corpus.write(folder, 4_000)
    path = folder / "statements.csv"
    path.write_text(path.read_text().replace(",org/synthetic-", ",org/sinthetic-"))
    loaded = load(folder, tmp_path / "graph")
    assert loaded.problems > 400
    assert {problem.code for problem in loaded.first} == {"unknown-entity"}
    assert all("did you mean org/synthetic-" in problem.remedy for problem in loaded.first)


def interrupted(folder: Path, where: Path, after: int) -> None:
    """A load that stops in the middle of its rows, as by Ctrl-C."""
    heard = 0

    def tick(stage: str, _done: int, _all: int) -> None:
        nonlocal heard
        heard += stage == "rows"
        if heard == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk.load(folder, locations.ontology(), where, progress=tick)


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_an_interrupted_load_goes_on_where_it_stood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="the extra bulk is not installed")
    folder = tmp_path / "corpus"
    corpus.write(folder, 2_000, form=form)
    load(folder, tmp_path / "whole")
    monkeypatch.setattr("kg.store.bulk_journal.SAVE", 100)
    interrupted(folder, tmp_path / "graph", 25)
    [begun] = (tmp_path / "graph").glob(".bulk-*")
    with Work(begun) as work:
        assert work.state.steps > 1
        assert work.state.size > 100_000
        done = work.state.counts["statements"]
    interrupted(folder, tmp_path / "graph", 40)
    with Work(begun) as work:
        assert work.state.counts["statements"] > done
    loaded = load(folder, tmp_path / "graph")
    assert loaded.built
    assert quads(tmp_path / "graph") == quads(tmp_path / "whole")
    assert loaded.built.counts == manifest.current(tmp_path / "whole").counts
    assert not list((tmp_path / "graph").glob(".bulk-*"))


def test_a_load_may_stop_after_each_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built_sample: set[str]
) -> None:
    monkeypatch.setattr("kg.store.bulk_journal.SAVE", 1)
    for number, folder in enumerate((SEEDS, flat(SEEDS, tmp_path / "flat", "csv"))):
        for stop in (1, 2):
            interrupted(folder, tmp_path / f"graph-{number}", stop)
        load(folder, tmp_path / f"graph-{number}")
        assert unplaced(quads(tmp_path / f"graph-{number}")) == unplaced(built_sample)


def test_changed_tables_are_loaded_anew(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    corpus.write(folder, 300)
    first = load(folder, tmp_path / "graph").built
    path = folder / "statements.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    second = load(folder, tmp_path / "graph").built
    assert first
    assert second
    assert second.counts["statements"] == first.counts["statements"] - 1


def records(path: Path, columns: tuple[str, ...] = ("a", "b")) -> Iterator[tuple[int, str]]:
    for found in streams.records(path, columns, name=path.name):
        yield found.line, found.code if isinstance(found, Problem) else "|".join(found.cells.values())


def test_what_cannot_be_read_is_a_problem_in_its_place(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(b'a,b\n1,\xe4\xb8\x80\n2\n3,"x\ny"\n4,\xff\n5,z\n6,"q"q\n7,w\n')
    assert list(records(table)) == [
        (2, "1|一"), (3, "cell-count"), (4, "3|x\ny"), (6, "encoding"), (7, "5|z"), (8, "bad-csv"), (9, "7|w"),
    ]  # fmt: skip
    table = tmp_path / "t.jsonl"
    table.write_text(
        '{"a": 65.80, "b": ["x", "y"]}\n\n{"a": null}\n{"a"\n{"c": 1}\n["a"]\n{"b": "\\ud800"}\n'
    )
    assert list(records(table)) == [
        (1, "65.80|x;y"), (3, "|"), (4, "bad-json"), (5, "extra-column"), (6, "bad-json"), (7, "encoding"),
    ]  # fmt: skip
    table = tmp_path / "u.csv"
    table.write_text("a,c\n1,2\n")
    assert list(records(table)) == [(1, "missing-column"), (1, "extra-column")]


def test_a_table_twice_or_none_of_sources_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(KgError, match="has no table of sources"):
        load(tmp_path, tmp_path / "graph")
    folder = shutil.copytree(SEEDS, tmp_path / "seeds")
    (folder / "places.jsonl").write_text("")
    with pytest.raises(KgError, match=r"has a table twice: places.csv, places.jsonl"):
        load(folder, tmp_path / "graph")


def test_the_generator_is_seeded_and_says_what_it_is(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert corpus.write(tmp_path / name, 500, seed=7) >= 500
    corpus.write(tmp_path / "three", 500, seed=8)
    one, two, three = ((tmp_path / n / "statements.csv").read_bytes() for n in ("one", "two", "three"))
    assert one == two != three
    assert "say nothing about any place" in (tmp_path / "one/SYNTHETIC.txt").read_text()
    for stem in ("places", "orgs", "topics", "projects", "sources"):
        found = rows(tmp_path / f"one/{stem}.csv")
        assert found
        assert all("synthetic-" in row["id"] for row in found)


def test_the_bar_stays_off_where_nobody_looks(tmp_path: Path) -> None:
    corpus.write(tmp_path / "corpus", 200)
    done = kg("bulk", str(tmp_path / "corpus"), "--graph", str(tmp_path / "graph"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("built ")
    found = json.loads(
        kg("bulk", str(tmp_path / "corpus"), "--graph", str(tmp_path / "graph"), "--json").stdout
    )
    assert found["problems"] == 0


def test_parquet_without_its_extra_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    with pytest.raises(KgError, match=r"regiograph\[bulk\]"):
        list(records(tmp_path / "t.parquet"))


def test_a_damaged_parquet_file_is_said_so(tmp_path: Path) -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        absent("pyarrow")
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(KgError, match=r"cannot be read|can be read"):
        list(records(tmp_path / "t.parquet"))


def copied(tmp_path: Path) -> Path:
    """The sample with one source less, so that a fault has one place."""
    return Path(shutil.copytree(SEEDS, tmp_path / "seeds"))


@pytest.mark.parametrize("keep_good", [False, True])
@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (
            "hubei-2030/statements.csv",
            "hubei-2030/statements.CSV",
            [("unread-file", "hubei-2030/statements.CSV"), ("missing-file", "hubei-2030/statements.csv")],
        ),
        (
            "hubei-2030/statements.csv",
            "hubei-2030/statements.csv.gz",
            [("unread-file", "hubei-2030/statements.csv.gz"), ("missing-file", "hubei-2030/statements.csv")],
        ),
        (
            "hubei-2030/statements.csv",
            "hubei-2030/statements.xlsx",
            [("unread-file", "hubei-2030/statements.xlsx"), ("missing-file", "hubei-2030/statements.csv")],
        ),
        ("hubei-2030/targets.csv", "hubei-2030/target.csv", [("unread-file", "hubei-2030/target.csv")]),
        ("names.csv", "names.tsv", [("unread-file", "names.tsv")]),
        (
            "hubei-2030",
            "Hubei-2030",
            [("unread-folder", "Hubei-2030/"), ("missing-file", "hubei-2030/statements.csv")],
        ),
    ],
)
def test_a_table_that_is_not_read_is_a_problem(
    tmp_path: Path, before: str, after: str, found: list[tuple[str, str]], keep_good: bool
) -> None:
    folder = copied(tmp_path)
    (folder / before).rename(folder / after)
    loaded = load(folder, tmp_path / "graph", keep_good=keep_good)
    problems = [(problem.code, problem.file) for problem in loaded.first]
    assert [problem for problem in problems if problem in found] == found
    assert (loaded.built is not None) is keep_good
    (folder / after).rename(folder / before)
    assert load(folder, tmp_path / "graph", keep_good=keep_good).problems == 0


def test_tables_below_the_folder_of_a_source_are_a_problem(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    source = folder / "hubei-2030"
    (source / "old").mkdir()
    (source / "statements.csv").rename(source / "old/Statements.csv")
    (source / "pictures").mkdir()
    loaded = load(folder, tmp_path / "graph")
    assert [(problem.code, problem.file) for problem in loaded.first[:2]] == [
        ("unread-folder", "hubei-2030/old/"),
        ("missing-file", "hubei-2030/statements.csv"),
    ]


def test_other_files_and_folders_may_lie_beside_the_tables(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for name in ("README.md", "CHANGELOG.md", "notes.txt", ".names.csv.swp", "~$topics.xlsx"):
        (folder / name).write_text("notes")
    (folder / "pictures").mkdir()
    assert load(folder, tmp_path / "graph").problems == 0


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_changed_common_table_is_loaded_anew(tmp_path: Path, form: str) -> None:
    folder, common = tmp_path / "tables", flat(SEEDS, tmp_path / "common", form)
    flat(SEEDS, folder, "csv")
    (folder / "names.csv").unlink()
    options = bulk.Options(common=common)
    first = bulk.load(folder, locations.ontology(), tmp_path / "graph", options)
    assert first.fresh
    path = common / f"names.{form}"
    path.write_text(path.read_text().replace("Sample City", "Sample CITY"))
    assert bulk.load(folder, locations.ontology(), tmp_path / "graph", options).fresh
    assert graph.open_graph(tmp_path / "graph").labels["place/sample-city"] == "Sample CITY"


def test_a_text_that_is_not_utf8_is_said_so(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    texts = shutil.copytree(SAMPLE / "texts", tmp_path / "texts")
    path = next(path for path in texts.glob("*") if "湖北" in path.read_text() or path.name != "english.txt")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    sources = folder / "sources.csv"
    assert before in sources.read_text()
    sources.write_text(sources.read_text().replace(before, after))
    loaded = bulk.load(folder, locations.ontology(), tmp_path / "graph", bulk.Options(texts=texts))
    assert [(problem.code, problem.column, problem.text) for problem in loaded.first] == [
        ("encoding", "sha256", path.name)
    ]


def test_typed_values_are_cells_or_problems_with_their_place(tmp_path: Path) -> None:
    table = tmp_path / "t.jsonl"
    lines = [
        {"a": True, "b": "x"},
        {"a": {"x": 1}, "b": "x"},
        {"a": float("nan"), "b": "x"},
        {"a": [["x"]], "b": "x"},
        {"a": [1, "y"], "b": 7},
    ]
    table.write_text("\n".join(map(json.dumps, lines)))
    found = list(streams.records(table, ("a", "b"), name="t.jsonl"))
    assert [(at.line, at.column, at.code) for at in found if isinstance(at, Problem)] == [
        (line, "a", "bad-cell") for line in range(1, 5)
    ]
    assert list(records(table))[-1] == (5, "1;y|7")


def test_typed_columns_of_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="the extra bulk is not installed")
    from pyarrow import parquet as files

    columns = {
        "binary": ["湖北".encode(), b"\xff", None],
        "day": [date(2025, 1, 10), None, None],
        "moment": [datetime(2025, 1, 10), datetime(2025, 1, 10, 8, 30), None],
        "number": [1.5, float("nan"), float("inf")],
        "truth": [None, True, None],
        "struct": [None, {"x": 1}, None],
    }
    files.write_table(pyarrow.table(columns), tmp_path / "t.parquet")
    found = list(streams.records(tmp_path / "t.parquet", tuple(columns), name="t.parquet"))
    assert isinstance(found[0], Record)
    assert list(found[0].cells.values()) == ["湖北", "2025-01-10", "2025-01-10", "1.5", "", ""]
    assert [(at.line, at.column) for at in found[1:] if isinstance(at, Problem)] == [
        (3, "binary"), (3, "number"), (3, "truth"), (3, "struct"), (4, "number"),
    ]  # fmt: skip


def test_what_was_kept_since_the_last_save_is_lost(tmp_path: Path) -> None:
    with Work(tmp_path / "work") as work:
        for number in range(1_000):
            work.keep(LINKS, [(f"topic/{number}", "broader", "topic/x", "hierarchy.csv", number, True)])
        work.put(["line\n"])
        work.save()
    for _ in range(2):
        with Work(tmp_path / "work") as work:
            found = list(work.kept(LINKS))
            assert work.compiled.read_text() == "line\n"
            work.keep(LINKS, [("topic/lost", "broader", "topic/x", "hierarchy.csv", 1, True)])
            work.put(["lost\n"])
        assert work.compiled.read_text() == "line\nlost\n"
        assert len(found) == 1_000
        assert found[7] == ("topic/7", "broader", "topic/x", "hierarchy.csv", 7, True)
