"""Recorded mentions against texts and names that changed since, and the graph that is made of them."""

from pathlib import Path

import pytest

from kg import locations
from kg.check import run
from kg.check.run import Report
from kg.compile import mentions, nquads, reference
from kg.query.graph import Graph
from kg.read import mentions as mentions_of_texts
from kg.read import seeds, tables
from kg.store import oxigraph
from tests.check.test_check import again, cell
from tests.conftest import SAMPLE

EN, ZH = "hubei-2030", "wuhan-2030"
TEXTS = SAMPLE / "texts"


def check(folder: Path, texts: Path | None = TEXTS, *, write: bool = False) -> Report:
    return run.check_seeds(folder, locations.ontology(), texts, write=write)


def graph(report: Report) -> Graph:
    lines = reference.lines(report.seeds, report.ontology, locations.ontology(), version="test")
    return Graph(oxigraph.memory(lines), "changed")


def answers(asked: Graph, topic: str) -> dict[str, str]:
    """The answer for each region, of the topic itself."""
    return {str(row["region"]): str(row["found"]) for row in asked.ask("coverage", topic=topic, exact="yes")}


def recorded(folder: Path) -> list[mentions_of_texts.Mention]:
    found, _ = seeds.read_seeds(folder)
    return [
        mentions_of_texts.Mention(row.paragraph, row.start, row.entity, row.words, row.within)
        for row in found.documents[EN].mentions
    ]


def stale(report: Report) -> list[tuple[str, int, str, str]]:
    assert {problem.code for problem in report.problems} <= {"stale-mention"}
    return [(p.file, p.line, p.column, p.what) for p in report.problems]


def test_a_second_run_writes_the_same_bytes(sample: Path) -> None:
    tables = [sample / source / name for source in (EN, ZH) for name in ("mentions.csv", "searched.csv")]
    before = [table.read_bytes() for table in tables]
    for table in tables:
        table.unlink()
    assert {problem.code for problem in check(sample).problems} == {"stale-mention"}
    assert check(sample, write=True).problems == ()
    assert [table.read_bytes() for table in tables] == before
    assert check(sample).problems == ()


def test_a_name_added_later_was_not_searched_for(sample: Path) -> None:
    before = {
        "place/sample-province": "not-named",
        "place/sample-city": "not-searched",  # the topic has no Chinese name
    }
    assert answers(graph(check(sample, None)), "sensors") == before
    again("names.csv", 15, name="detector", role="alias")(sample)
    report = check(sample, None)
    remedy = "kg check --texts DIR --write"
    assert [notice for notice in report.notices if "searched" in notice] == [
        f"{source}: 1 entity has names for which its text was not searched: {remedy}" for source in (EN, ZH)
    ]
    assert set(answers(graph(report), "sensors").values()) == {"not-searched"}
    assert set(answers(graph(report), "optics").values()) == {"stated", "not-searched"}
    what = "the text was searched for other names than the entity has now"
    assert stale(check(sample)) == [(f"{source}/searched.csv", 11, "forms", what) for source in (EN, ZH)]
    check(sample, write=True)
    assert answers(graph(check(sample, None)), "sensors") == before


def test_without_a_search_nothing_is_not_named(sample: Path) -> None:
    for source in (EN, ZH):
        (sample / source / "mentions.csv").unlink()
        (sample / source / "searched.csv").unlink()
    assert set(answers(graph(check(sample, None)), "sensors").values()) == {"not-searched"}


def test_a_name_that_is_taken_away_is_no_mention_any_more(sample: Path) -> None:
    table = sample / "names.csv"
    rows = [line for line in table.read_text(encoding="utf-8").split("\n") if ",The park," not in line]
    table.write_text("\n".join(rows), encoding="utf-8")
    report = check(sample, None)
    assert report.problems == ()
    words = [one.words for one in graph(report).mentions(entity="place/optics-park")]
    assert words == ["optics park"]
    assert any(column == "words" for _, _, column, _ in stale(check(sample)))


@pytest.mark.parametrize(
    ("edit", "line", "column", "what"),
    [
        (cell(f"{EN}/mentions.csv", 2, "words", "Sample province"), 2, "words", "the text does not have this name there"),
        (cell(f"{EN}/mentions.csv", 3, "start", "5"), 3, "words", "the text does not have this name there"),
        (cell(f"{EN}/mentions.csv", 3, "paragraph", "1"), 3, "words", "the text does not have this name there"),
        (cell(f"{EN}/mentions.csv", 5, "within", ""), 5, "within", "the longest name around it is another"),
        (cell(f"{EN}/mentions.csv", 5, "entity", "topic/lidar"), 5, "words", "the text does not have this name there"),
        (again(f"{EN}/mentions.csv", 13, start="99"), 14, "words", "the text does not have this name there"),
    ],
)  # fmt: skip
def test_each_row_that_differs_is_named(
    sample: Path, edit: object, line: int, column: str, what: str
) -> None:
    edit(sample)  # type: ignore[operator]
    assert (f"{EN}/mentions.csv", line, column, what) in stale(check(sample))


def test_a_changed_text_makes_mentions_stale(sample: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    english = (TEXTS / "english.txt").read_text(encoding="utf-8")
    (texts / "english.txt").write_text(
        english.replace("such as lidar", "such as lidar and lidar"), encoding="utf-8"
    )
    report = check(sample, texts)
    assert {problem.code for problem in report.problems} == {"stale-position"}  # the cause comes first
    check(sample, texts, write=True)
    assert check(sample, texts).problems == ()
    found = [(one.paragraph, one.start) for one in graph(check(sample, None)).mentions(entity="topic/lidar")]
    assert found == [(2, 101), (2, 111)]


def test_a_paragraph_that_moved_takes_its_mentions_along(sample: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    english = (TEXTS / "english.txt").read_text(encoding="utf-8")
    (texts / "english.txt").write_text(f"A line before\n{english}", encoding="utf-8")
    cell("sources.csv", 2, "paragraphs", "4")(sample)
    cell(f"{EN}/sections.csv", 2, "last", "4")(sample)
    for table in ("statements", "targets", "coverage", "positions"):
        path = sample / EN / f"{table}.csv"
        head, *rows = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
        later = [f"{int(row.partition(',')[0]) + 1},{row.partition(',')[2]}" for row in rows]
        path.write_text("\n".join([head, *later]) + "\n", encoding="utf-8")
    before = [(one.paragraph + 1, *one[1:]) for one in recorded(sample)]
    check(sample, texts, write=True)
    assert check(sample, texts).problems == ()
    assert recorded(sample) == before


def test_an_ambiguous_name_is_neither_named_nor_not_named(sample: Path) -> None:
    again("names.csv", 15, name="firm", role="alias")(sample)
    check(sample, write=True)
    before = graph(check(sample, None))
    assert answers(before, "sensors")["place/sample-province"] == "named-unread"
    rows = (sample / "names.csv").read_text(encoding="utf-8").rstrip("\n").split("\n")
    marked = [
        f"{row},ambiguous" if not at else f"{row}{',yes' if ',firm,' in row else ','}"
        for at, row in enumerate(rows)
    ]
    (sample / "names.csv").write_text("\n".join(marked) + "\n", encoding="utf-8")
    report = check(sample)
    assert report.problems == ()  # a mark needs no new search
    after = graph(report)
    assert answers(after, "sensors")["place/sample-province"] == "ambiguous"
    [one] = after.mentions(entity="topic/sensor")
    assert (one.words, one.ambiguous, one.evidence.doubt) == ("firm", True, "mention, ambiguous")
    cited = after.cite(after.ask("coverage", topic="sensors", status="ambiguous", exact="yes"))
    assert [(str(row["paragraphs"]), row["quotes"]) for row in cited] == [("3", "firm")]


def test_a_mention_within_a_longer_name_is_neither(sample: Path) -> None:
    again("names.csv", 15, name="Acme", role="alias")(sample)
    check(sample, write=True)
    found = graph(check(sample, None))
    assert answers(found, "sensors")["place/sample-province"] == "ambiguous"
    assert [one.evidence.doubt for one in found.mentions(entity="topic/sensor")] == [
        "mention, within 'Acme Optics'"
    ]


def test_mentions_in_another_regions_section_do_not_count(sample: Path) -> None:
    again(f"{EN}/sections.csv", 2, first="3", region="place/sample-city", heading="The city's part")(sample)
    cell(f"{EN}/sections.csv", 2, "last", "2")(sample)
    again("names.csv", 15, name="first firm", role="alias")(sample)
    cell(f"{EN}/statements.csv", 5, "flags", "other-region")(sample)
    check(sample, write=True)
    rows = graph(check(sample, None)).ask("coverage", topic="sensors", source=EN, exact="yes")
    assert {(row["region"], row["found"]) for row in rows} == {
        ("place/sample-province", "not-named"),
        ("place/sample-city", "named-unread"),
    }


def test_a_mention_takes_at_most_eight_quads_in_a_graph_of_its_own(first_seeds: Path) -> None:
    found, problems = seeds.read_seeds(first_seeds)
    assert not problems
    names = mentions.Names(found.register)
    for document in found.documents.values():
        assert len(document.mentions) > 500
        node = nquads.iri("mention/")[:-1]
        lines = [line for line in mentions.lines(document, names) if line.startswith(node)]
        subjects: dict[str, int] = {}
        for line in lines:
            subjects[line.partition(" ")[0]] = subjects.get(line.partition(" ")[0], 0) + 1
            assert line.endswith(f"/graph/mentions/{document.source.id}> .\n")
        assert len(subjects) == len(document.mentions)
        assert max(subjects.values()) <= 8


def test_headings_are_told(sample_graph: Graph) -> None:
    assert [one.paragraph for one in sample_graph.mentions(source=f"source/{EN}") if one.in_heading] == [1]


def test_rows_of_mentions_are_typed() -> None:
    cells = {"paragraph": "1", "start": "0", "entity": "topic/x", "words": " two\twords ", "within": ""}
    row = tables.parse_row(mentions_of_texts.MentionRow, tables.Record(2, cells), file="a")
    assert isinstance(row, mentions_of_texts.MentionRow)
    assert row.words == " two\twords "
