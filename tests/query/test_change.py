"""What changes between two documents, and what became of targets."""

from datetime import date

import pyoxigraph as ox
import pytest

from kg import iris
from kg.query.graph import Graph
from kg.store import oxigraph

PREFIXES = "".join(f"@prefix {name}: <{address}> .\n" for name, address in iris.PREFIXES.items())
TWO_DOCUMENTS = """
{ graph:old prov:wasDerivedFrom source:old . graph:new prov:wasDerivedFrom source:new .
  graph:mentions-old prov:wasQuotedFrom source:old . graph:mentions-new prov:wasQuotedFrom source:new .
  place:a kg:builds project:kept , project:gone , project:still , project:new , project:before ,
    project:moved , project:unsearched , project:unknown . }
graph:ontology { kg:builds rdfs:subPropertyOf kg:backs }
graph:dataset { source:old dcterms:issued "2023-01-01"^^xsd:date . source:new dcterms:issued "2024-01-01"^^xsd:date }
graph:old { statement:1 a kg:Statement . <x:1> kg:ofRegion place:a ; kg:readOn "2024-02-01"^^xsd:date . <p:1> kg:section <x:1> .
  statement:1 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:kept .
  statement:2 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:gone .
  statement:3 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:moved ; kg:stage kg:stage-planned .
  statement:4 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:still .
  statement:5 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:unsearched }
graph:new { statement:6 a kg:Statement . <x:2> kg:ofRegion place:a ; kg:readOn "2024-02-01"^^xsd:date . <p:2> kg:section <x:2> .
  statement:6 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:kept .
  statement:7 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:new .
  statement:8 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:moved ; kg:stage kg:stage-completed .
  statement:9 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:before .
  statement:10 rdf:subject place:a ; rdf:predicate kg:builds ; rdf:object project:unknown }
graph:mentions-old { source:old kg:searchedEntities 8 ; kg:notSearchedFor project:unknown .
  <m:1> kg:mentionOf project:before ; kg:paragraph <p:1> }
graph:mentions-new { source:new kg:searchedEntities 8 ; kg:notSearchedFor project:unsearched .
  <m:2> kg:mentionOf project:still ; kg:paragraph <p:2> }
"""
TURNS = {
    "kept": "kept", "gone": "no-longer-named", "still": "still-named", "new": "new", "before": "named-before",
    "moved": "moved", "unsearched": "not-searched", "unknown": "not-searched",
}  # fmt: skip
TARGET = """
graph:{n} {{ target:{n} a kg:{kind} ; kg:place place:a ; kg:indicator indicator:i ; kg:comparator kg:comparator-{how} ;
    kg:unit kg:unit-CNY ; kg:value {value} ; rdfs:label "{n}" ; kg:begins "{year}-01-01"^^xsd:date ;
    kg:ends "{year}-12-31"^^xsd:date }}
{{ place:a kg:{verb} target:{n} . graph:{n} prov:wasDerivedFrom source:{n} }}
graph:dataset {{ source:{n} dcterms:issued "{issued}-01-20"^^xsd:date }}
"""


def _graph(trig: str) -> Graph:
    graph = Graph(oxigraph.memory(), "made up")
    graph.store.load((PREFIXES + trig).encode(), format=ox.RdfFormat.TRIG)
    return graph


def _target(
    n: str, value: int, year: int, *, kind: str = "Target", how: str = "exactly", issued: int = 0
) -> str:
    verb = "achieves" if kind == "Result" else "targets"
    return TARGET.format(n=n, value=value, year=year, kind=kind, how=how, verb=verb, issued=issued or year)


def test_change_tells_silence_from_absence() -> None:
    graph = _graph(TWO_DOCUMENTS)
    found = {str(row["object"]): row for row in graph.ask("change")}
    assert {name.removeprefix("project/"): row["turn"] for name, row in found.items()} == TURNS
    moved = found["project/moved"]
    assert (moved["then"], moved["now"], moved["before"], moved["after"]) == (
        "builds", "builds", "stage-planned", "stage-completed",
    )  # fmt: skip
    assert {iris.short(one) for one in str(moved["statements"]).split()} == {"statement/3", "statement/8"}
    assert [row["object"] for row in graph.ask("change", change="no-longer-named")] == ["project/gone"]


def test_a_digest_says_nothing_by_its_silence() -> None:
    digest = TWO_DOCUMENTS + "graph:dataset { source:old kg:abridged true }"
    found = {row["object"]: row["turn"] for row in _graph(digest).ask("change")}
    assert found["project/new"] == "not-in-digest"
    before = """
    { graph:whole prov:wasDerivedFrom source:whole } graph:whole { <x:3> kg:ofRegion place:a }
    graph:dataset { source:whole dcterms:issued "2022-01-01"^^xsd:date }
    graph:mentions-whole { source:whole kg:searchedEntities 8 }
    """
    found = {row["object"]: row["turn"] for row in _graph(digest + before).ask("change")}
    assert found["project/new"] == "new"  # a whole document of before was searched for it


@pytest.mark.parametrize(
    ("how", "aimed", "reached", "outcome"),
    [
        ("exactly", 10, 10, "met"), ("at-least", 10, 12, "met"), ("more-than", 10, 9, "missed"),
        ("about", 100, 96, "met"), ("about", 100, 94, "missed"), ("at-most", 5, 4, "met"), ("at-most", 5, 6, "missed"),
    ],
)  # fmt: skip
def test_a_result_of_the_same_time_tells_what_became_of_a_target(
    how: str, aimed: int, reached: int, outcome: str
) -> None:
    told = _target("later", reached, 2024, kind="Result", issued=2025)
    (row,) = _graph(_target("aim", aimed, 2024, how=how) + told).ask("outcomes")
    assert (row["aimed"], row["became"], row["figure"], row["due"]) == (
        "aim",
        outcome,
        "later",
        date(2024, 12, 31),
    )
    assert [iris.short(one) for one in str(row["statements"]).split()] == ["target/aim", "target/later"]


@pytest.mark.parametrize(
    ("later", "outcome"),
    [
        (_target("later", 12, 2026), "raised"), (_target("later", 8, 2026), "lowered"),
        (_target("later", 10, 2026), "repeated"),
        (_target("later", 12, 2025, kind="Result", issued=2026), "not-at-hand"),  # the result of another year
        (_target("later", 12, 2024, issued=2023), "not-at-hand"), ("", "not-at-hand"),
    ],
)  # fmt: skip
def test_a_target_for_a_later_time_raises_or_lowers_it(later: str, outcome: str) -> None:
    rows = [row for row in _graph(_target("aim", 10, 2024) + later).ask("outcomes") if row["aimed"] == "aim"]
    assert [row["became"] for row in rows] == [outcome]
    again = _graph(_target("aim", 10, 2024) + later).ask("outcomes", outcome=outcome)
    assert {"aim"} <= {str(row["aimed"]) for row in again}
