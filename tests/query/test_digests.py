"""A digest and its original in one graph: what both say is counted once, and the evidence of both stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import iris, locations
from kg.check import run
from kg.compile import reference
from kg.query import internal_rows
from kg.query.graph import Graph
from kg.store import oxigraph

DIGEST, ORIGINAL = "hubei-2030", "wuhan-2030"
SAID_BY_BOTH = (
    "hubei-2030 is a digest of wuhan-2030 on sample province: what both say counts once, from wuhan-2030"
)


def graph_of(sample: Path, original: str) -> Graph:
    """Both documents speak of one region; the earlier one is said to be a digest of another, or of none."""
    for name, old, new in (
        (f"{ORIGINAL}/sections.csv", "place/sample-city", "place/sample-province"),
        (f"{ORIGINAL}/statements.csv", "place/sample-city", "place/sample-province"),
        (f"{ORIGINAL}/statements.csv", "object-not-in-quote;unresolved", "object-not-in-quote"),
        ("sources.csv", "Sample Press,2030-01-03", "Sample Press,2029-01-03"),
        (f"{DIGEST}/sections.csv", "read,reread\n", "read,reread,digest_of\n"),
        (f"{DIGEST}/sections.csv", "2030-01-04,\n", f"2030-01-04,,{original}\n"),
    ):
        content = (sample / name).read_text(encoding="utf-8")
        assert old in content
        (sample / name).write_text(content.replace(old, new), encoding="utf-8")
    report = run.check_seeds(sample, locations.ontology())
    assert [str(problem) for problem in report.problems] == []
    lines = reference.lines(report.seeds, report.ontology, locations.ontology(), version="test")
    return Graph(oxigraph.memory(lines), "digest")


def statement_sources(graph: Graph) -> dict[str, str]:
    query = (
        "SELECT ?statement ?source { GRAPH ?g { ?statement a kg:Statement } ?g prov:wasDerivedFrom ?source }"
    )
    rows = oxigraph.select(graph.store, query).values()
    return {row["statement"]: iris.short(row["source"]).removeprefix("source/") for row in rows}


@pytest.mark.parametrize(
    ("original", "number", "sources", "lines"),
    [("", 2, {DIGEST, ORIGINAL}, []), (ORIGINAL, 1, {ORIGINAL}, [SAID_BY_BOTH])],
)
def test_what_both_say_counts_once(
    sample: Path, original: str, number: int, sources: set[str], lines: list[str]
) -> None:
    graph = graph_of(sample, original)
    [row] = graph.ask("matrix", region="place/sample-province", topic="topic/lidar")
    assert row["number"] == number
    counted = internal_rows(graph.store, "counted", count=[iris.short(str(row["counts"]))]).values()
    assert {statement_sources(graph)[each["statement"]] for each in counted} == sources
    assert graph.summary("matrix", region="place/sample-province") == lines
    [backed] = graph.ask("backing", topic="topic/lidar", region="place/sample-province", by="names")
    assert len(str(backed["statements"]).split()) == 2
    first, *others = graph.summary("backing", topic="topic/lidar", region="place/sample-province")
    assert (first, others) == ("lidar: 1 region names it", lines)
    assert bool(graph.ask("change", region="place/sample-province")) is not bool(original)


@pytest.mark.parametrize("original", [DIGEST, "hubei-2031"])
def test_an_original_is_another_source(sample: Path, original: str) -> None:
    path = sample / DIGEST / "sections.csv"
    content = path.read_text(encoding="utf-8").replace("reread\n", "reread,digest_of\n")
    path.write_text(content.replace("2030-01-04,\n", f"2030-01-04,,{original}\n"), encoding="utf-8")
    report = run.check_seeds(sample, locations.ontology())
    found = [(p.file, p.line, p.column, p.code, p.text) for p in report.problems]
    assert found == [(f"{DIGEST}/sections.csv", 2, "digest_of", "unknown-source", original)]
