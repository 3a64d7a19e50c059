"""Graph measures on a graph small enough to work out by hand, and on the curated one."""

from __future__ import annotations

import inspect

import networkx as nx
import pytest

from kg import iris
from kg.export import measures
from kg.export.measures import Emphasis, Pair
from kg.query.graph import Graph
from kg.read import queries
from kg.store import oxigraph


@pytest.fixture
def small() -> nx.Graph:
    """Three regions, four topics: A and B share two of three, C stands alone with its own."""
    graph = nx.Graph()
    weights = {"A": {"x": 3, "y": 1}, "B": {"x": 1, "y": 1, "z": 2}, "C": {"w": 2}}
    for region, topics in weights.items():
        graph.add_node(region, label=region, side="region")
        for topic, weight in topics.items():
            graph.add_node(topic, label=topic, side="topic")
            graph.add_edge(region, topic, weight=weight)
    return graph


def test_similarity_is_what_is_shared_of_all(small: nx.Graph) -> None:
    assert measures.similarity(small) == [Pair("A", "B", 2, 0.6667)]


def test_specialisation_is_a_quotient_of_shares(small: nx.Graph) -> None:
    found = measures.specialisation(small)
    assert found == [
        Emphasis("C", "w", 2, 5.0),  # 2/2 of C over 2/10 of all
        Emphasis("B", "z", 2, 2.5),  # 2/4 of B over 2/10
        Emphasis("A", "x", 3, 1.88),  # 3/4 of A over 4/10
    ]
    assert len(measures.specialisation(small, least=1)) == 6


def test_communities_follow_the_regions(small: nx.Graph) -> None:
    assert measures.communities(small) == [["x", "y", "z"], ["w"]]
    assert measures.communities(small, side="region") == [["A", "B"], ["C"]]


def test_centres_count_regions(small: nx.Graph) -> None:
    found = measures.centres(small)
    assert [(centre.topic, centre.regions) for centre in found] == [("x", 2), ("y", 2), ("z", 1)]


def test_nothing_gives_nothing() -> None:
    for compute in (measures.similarity, measures.specialisation, measures.communities, measures.centres):
        assert compute(nx.Graph()) == []


def test_brokers_stand_between(sample_graph: Graph) -> None:
    found = measures.brokers(sample_graph)
    assert found[0].entity == "optics park"
    assert [broker.entity for broker in measures.brokers(sample_graph, kinds=["Company"])] == ["Acme Optics"]


def test_measures_say_the_same_twice_and_change_nothing(curated: Graph) -> None:
    projected = measures.projection(curated)
    before = nx.to_dict_of_dicts(projected)
    for compute in (measures.similarity, measures.specialisation, measures.communities, measures.centres):
        assert compute(projected) == compute(measures.projection(curated))
    assert nx.to_dict_of_dicts(projected) == before
    assert nx.is_bipartite(projected)


@pytest.mark.parametrize("kind", ["", "Topic"])
def test_no_edge_rests_on_another_regions_document(curated: Graph, kind: str) -> None:
    asked = queries.internal("counted").bind({})
    behind: dict[str, set[str]] = {}
    for row in oxigraph.select(curated.store, asked).values():
        behind.setdefault(row["count"], set()).add(row["statement"])
    sections = {
        row["s"]: iris.short(row["region"])
        for row in oxigraph.select(
            curated.store, "SELECT ?s ?region { GRAPH ?g { ?s kg:paragraph/kg:section/kg:ofRegion ?region } }"
        ).values()
    }
    edges = list(measures.projection(curated, kind=kind).edges(data="counts"))
    assert len(edges) > 100
    for one, other, counts in edges:
        counted = {iris.iri(each) if "://" not in each else each for each in str(counts).split()}
        regions = {sections[statement] for each in counted for statement in behind[each]}
        assert regions == {one if one.startswith("place/") else other}


@pytest.mark.parametrize(
    "compute",
    [
        measures.projection,
        measures.similarity,
        measures.specialisation,
        measures.communities,
        measures.centres,
        measures.brokers,
    ],
    ids=lambda compute: compute.__name__,
)
def test_every_measure_says_what_it_cannot_mean(compute: object) -> None:
    words = (inspect.getdoc(compute) or "").split()
    assert {"not", "nor", "no", "never", "whatever", "because"} & set(words)
    assert len(words) > 40
