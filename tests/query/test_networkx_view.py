from __future__ import annotations

import pytest

from kg.errors import KgError, NotFound
from kg.query import networkx_view
from kg.query.graph import Graph


def test_the_whole_view(sample_graph: Graph) -> None:
    found = networkx_view.network(sample_graph)
    assert sorted((u, d["predicate"], v) for u, v, d in found.edges(data=True)) == [
        ("org/acme-optics", "inSector", "topic/optics"),
        ("place/optics-park", "focusesOn", "topic/optics"),
        ("place/optics-park", "locatedIn", "place/sample-city"),
        ("place/sample-city", "builds", "project/optics-valley-2"),
        ("place/sample-province", "builds", "place/optics-park"),
        ("place/sample-province", "promotes", "topic/lidar"),
    ]
    assert found.nodes["place/sample-city"] == {
        "label": "Sample City", "label_zh": "样本市", "kind": "City", "root": "Place", "region": True,
        "doubt": "",
    }  # fmt: skip
    ((_, _, edge),) = found.out_edges("org/acme-optics", data=True)
    assert edge == {
        "predicate": "inSector", "source": "hubei-2030", "paragraph": 3, "quote": "Acme Optics", "stage": "", "tier": "",
        "period": "", "row": "hubei-2030/statements.csv:6", "assumed": False,
        "note": "", "doubt": "read from the name",
    }  # fmt: skip


def test_assumed_links_are_marked(sample_graph: Graph) -> None:
    found = networkx_view.network(sample_graph, hierarchy=True)
    assert sorted((u, v) for u, v, assumed in found.edges(data="assumed") if assumed) == [
        ("place/sample-city", "place/sample-province"),
        ("topic/lidar", "topic/sensor"),
        ("topic/sensor", "topic/optics"),
    ]


def test_filters(sample_graph: Graph) -> None:
    assert set(networkx_view.network(sample_graph, around="acme optics", depth=1)) == {
        "org/acme-optics",
        "topic/optics",
    }
    assert len(networkx_view.network(sample_graph, around="org/acme-optics", depth=3)) == 5
    assert set(networkx_view.network(sample_graph, kinds=["Topic", "Company"])) == {
        "org/acme-optics",
        "topic/optics",
    }
    assert networkx_view.network(sample_graph, predicates=["builds"]).number_of_edges() == 2
    assert "topic/optics" in networkx_view.network(sample_graph, region="样本市")


def test_what_is_not_there_is_said(sample_graph: Graph) -> None:
    with pytest.raises(KgError, match="no edge has the predicate 'bilds'"):
        networkx_view.network(sample_graph, predicates=["bilds"])
    with pytest.raises(KgError, match="no node has the kind 'Firm'"):
        networkx_view.network(sample_graph, kinds=["Firm"])
    with pytest.raises(NotFound, match="did you mean Acme Optics"):
        networkx_view.network(sample_graph, around="Acme Optiks")
