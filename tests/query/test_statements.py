"""Statements and targets with their evidence, and the vocabulary of a graph."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg import iris
from kg.query.entities import Entity, Link, find_links
from kg.query.graph import Graph
from kg.query.statements import Evidence, Statement, Target
from kg.query.vocabulary import Vocabulary

REPORT = ("source/hubei-2030", "A sample report in English", "https://example.org/en-report")
LIDAR = Statement(
    id="", subject="place/sample-province", predicate="promotes", object="topic/lidar", is_literal=False, stage="",
    tier="future", cue="future industries", said="cultivate", period="../2030", note="", flags=(), withheld=False,
    evidence=Evidence("", *REPORT, 2, "such as lidar", 93, 106, "hubei-2030/statements.csv:4", said="cultivate"),
)  # fmt: skip
OPTICS = Target(
    id="", place="place/sample-province", topic="topic/optics", indicator="indicator/output-value",
    comparator="more-than", value="65800000000", upper="", unit="CNY",
    label="output value of optics: more than 65.8 billion yuan (../2030)", period="../2030", status="", note="",
    flags=(), withheld=False, evidence=Evidence("", *REPORT, 3, "exceed 65.8 billion yuan", 40, 64, "hubei-2030/targets.csv:2"),
)  # fmt: skip


def test_a_statement_has_its_qualifiers_and_evidence(sample_graph: Graph) -> None:
    (found,) = sample_graph.statements(entity="topic/lidar", source="source/hubei-2030")
    assert found.id == found.evidence.id
    assert replace(found, id="", evidence=replace(found.evidence, id="")) == LIDAR
    assert sample_graph.sentence(found) == "sample province promotes lidar"
    assert found.evidence.link == "https://example.org/en-report#:~:text=such%20as%20lidar"


def test_a_target_has_its_qualifiers_and_evidence(sample_graph: Graph) -> None:
    (found,) = sample_graph.targets(entity="topic/optics")
    assert replace(found, id="", evidence=replace(found.evidence, id="")) == OPTICS
    assert sample_graph.sentence(found) == OPTICS.label


def test_a_figure_of_the_past_is_a_result_and_no_target(sample: Path, tmp_path: Path) -> None:
    table = sample / "wuhan-2030" / "targets.csv"
    header, aim, share = table.read_text(encoding="utf-8").splitlines()
    told = aim.replace(",,,", ",2029,,,achieved", 1)
    table.write_text("\n".join([f"{header},status", told, f"{share},", ""]), encoding="utf-8")
    kg.build_graph(sample, folder=tmp_path / "build")
    graph = kg.open_graph(tmp_path / "build")
    (result,) = (each for each in graph.targets() if each.status)
    assert (result.id.split("/")[0], result.status, result.period) == ("result", "achieved", "2029")
    assert result.label == "output value of lidar: more than 65.8 billion yuan (2029, achieved)"
    assert graph.evidence([result.id]) == {result.id: result.evidence}
    assert result.id not in {row["target"] for row in graph.ask("targets")}
    said = [
        row["verb"] for row in graph.ask("statements", entity="topic/lidar") if row["statement"] == result.id
    ]
    assert said == ["achieves"]


def test_several_flags_are_one_statement(sample_graph: Graph) -> None:
    (found,) = (each for each in sample_graph.statements() if len(each.flags) > 1)
    assert found.flags == ("object-not-in-quote", "unresolved")
    assert found.withheld
    assert [each.withheld for each in sample_graph.statements()].count(True) == 1


def test_statements_are_chosen_by_id_entity_and_source(sample_graph: Graph) -> None:
    every = sample_graph.statements()
    assert len(every) == len({each.id for each in every}) == 7
    assert sample_graph.statements(ids=[every[2].id, every[5].id]) == [every[2], every[5]]
    assert sample_graph.statements(ids=[]) == sample_graph.statements(ids=["statement/unknown"]) == []
    for source in ("source/hubei-2030", "source/wuhan-2030"):
        assert sample_graph.statements(source=source) == [e for e in every if e.evidence.source == source]
    for entity in ("org/acme-optics", "topic/optics", "place/sample-city", "place/unknown"):
        assert sample_graph.statements(entity=entity) == [e for e in every if entity in (e.subject, e.object)]
    targets = sample_graph.targets()
    for entity in ("place/sample-province", "indicator/output-value", "topic/optics"):
        among = [t for t in targets if entity in (t.place, t.topic, t.indicator)]
        assert sample_graph.targets(entity=entity) == among != []


def test_evidence_is_found_by_id(sample_graph: Graph) -> None:
    known = {each.id: each.evidence for each in sample_graph.statements()}
    known |= {each.id: each.evidence for each in sample_graph.targets()}
    assert sample_graph.evidence([*known, "statement/unknown", "place/sample-city"]) == known


def test_the_order_is_that_of_the_sources(curated: Graph) -> None:
    places = [(e.evidence.source, e.evidence.paragraph, e.evidence.start) for e in curated.statements()]
    assert len(places) > 1000
    assert places == sorted(places, key=lambda place: (place[0], place[1], place[2] or -1))


def test_quotes_that_were_never_located_have_no_position(tmp_path: Path, sample_graph: Graph) -> None:
    """A quote without a position must not take that of another."""
    store = ox.Store()
    store.extend(sample_graph.store)
    located = {
        quad.subject for quad in store.quads_for_pattern(None, ox.NamedNode(iris.expand("oa:start")), None)
    }
    for quad in list(store):
        if quad.subject in located or quad.object in located:
            store.remove(quad)
    found = Graph(store, "unlocated").statements()
    assert len(found) == 7
    assert {(each.evidence.start, each.evidence.end) for each in found} == {(None, None)}
    assert [each.evidence.quote for each in found if each.predicate == "locatedIn"] == [
        "optics park in Sample City"
    ]


def test_a_withheld_statement_is_no_edge_though_another_source_states_the_same(sample_graph: Graph) -> None:
    (withheld,) = (each for each in sample_graph.statements() if each.withheld)
    triple = [
        ox.NamedNode(iris.iri(part))
        for part in (withheld.subject, f"ns#{withheld.predicate}", withheld.object)
    ]
    store = ox.Store()
    store.extend(sample_graph.store)
    store.add(ox.Quad(*triple))
    edges = Graph(store, "stated elsewhere").to_networkx().edges(keys=True)
    assert withheld.id not in {key for *_, key in edges}
    assert len(edges) > 0


def test_entities_and_links_are_listed_whole(sample_graph: Graph) -> None:
    assert (
        Entity("place/sample-city", "City", True, "Sample City", "样本市", "", (30.5, 114.25))
        in sample_graph.entities
    )
    assert Link("topic/sensor", "skos:broader", "topic/optics", "made up for tests") in find_links(
        sample_graph.store
    )
    assert [e.id for e in sample_graph.entities] == sorted(e.id for e in sample_graph.entities)


def test_the_vocabulary_is_the_graphs_own(sample_graph: Graph, tmp_path: Path) -> None:
    found = sample_graph.vocabulary
    assert found.terms["promotes"].label_zh == "推进"
    assert found.root("Company") == "Organisation"
    assert found.ancestors("Sector") == ("Sector", "Topic", "skos:Concept", "Entity")
    assert found.below(["Topic"]) == {"Topic", "Sector", "Technology", "Idea", "TierWord"}
    assert list(found.entity_classes("topic")) == ["Idea", "Sector", "Technology", "TierWord", "Topic"]
    assert found.schemes["flags"]["unresolved"].withholds
    assert not found.schemes["flags"]["object-not-in-quote"].withholds
    foreign = tmp_path / "foreign.nq"
    foreign.write_text(
        f"<{iris.NS}admires> <{iris.expand('rdf:type')}> <{iris.NS}Predicate> <{iris.iri('graph/ontology')}> .\n"
        f'<{iris.NS}admires> <{iris.NS}phrase> "thinks highly of"@en <{iris.iri("graph/ontology")}> .\n'
    )
    with kg.open_graph(foreign) as graph:
        assert list(graph.vocabulary.predicates) == ["admires"]
        assert graph.vocabulary.phrase("admires") == "thinks highly of"
        assert graph.vocabulary.phrase("promotes") == "promotes"
        with pytest.raises(kg.NotFound, match="kind is one of nothing"):
            graph.ask("topics", kind="Sector")


def test_an_empty_graph_has_nothing() -> None:
    empty = Graph(ox.Store(), "empty")
    assert (empty.statements(), empty.targets(), empty.entities) == ([], [], ())
    assert empty.vocabulary == Vocabulary({})
    assert repr(empty) == "<Graph empty: 0 statements, 0 targets, 0 sources, 0 entities>"
