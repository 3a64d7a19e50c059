"""Names: what a person types, to the one entity that is meant."""

from __future__ import annotations

import pytest

from kg.errors import Ambiguous, NotFound
from kg.query.graph import Graph
from kg.store import names
from kg.store.matching import key

INDEX = names.index_in_memory(
    (entity, role, "en" if name.isascii() else "zh", name)
    for entity, role, name in (
        ("org/acme", "label", "Acme"),
        ("place/acme", "label", "Acme"),
        ("org/acme", "alias", "Acme Works"),
        ("topic/robot", "label", "robots"),
        ("topic/robot", "label", "机器人"),
        ("topic/industrial-robot", "label", "industrial robots"),
        ("topic/x", "alias", "robots"),
        ("org/a", "alias", "twin"),
        ("org/b", "alias", "twin"),
    )
)


def test_a_label_wins_over_an_alias() -> None:
    assert INDEX.candidates("robot") == INDEX.candidates("Robots") == ["topic/robot"]


def test_segments_settle_a_shared_name() -> None:
    assert INDEX.candidates("Acme", segments=("place",)) == ["place/acme"]
    assert INDEX.candidates("Acme") == ["org/acme", "place/acme"]
    assert INDEX.candidates("twin") == ["org/a", "org/b"]


def test_ids_and_slugs() -> None:
    assert INDEX.candidates("topic/robot") == INDEX.candidates("topic:robot") == ["topic/robot"]
    assert INDEX.candidates("industrial-robot", segments=("topic",)) == ["topic/industrial-robot"]
    assert INDEX.candidates("topic/robot", segments=("place",)) == []


def test_what_is_missing_suggests_the_nearest(sample_graph: Graph) -> None:
    with pytest.raises(NotFound, match="did you mean Sample City"):
        sample_graph.resolve("Sampel Cities")
    with pytest.raises(NotFound, match="nothing is called 'zzzz'") as missing:
        sample_graph.resolve("zzzz")
    assert "did you mean" not in str(missing.value)


def test_search_gives_one_hit_an_entity_best_first() -> None:
    found = INDEX.search("robot")
    assert [hit.entity for hit in found] == ["topic/robot", "topic/x", "topic/industrial-robot"]
    assert found[0].score == 100
    assert [hit.entity for hit in INDEX.search("机器")] == ["topic/robot"]
    assert INDEX.search("robot", segments=("place",)) == []


@pytest.mark.parametrize(
    ("name", "folded"),
    [("Robots", "robot"), ("ROBOT", "robot"), ("gas", "gas"), ("glass", "glass"), ("5G", "5g")],
)
def test_keys_fold_case_and_plural(name: str, folded: str) -> None:
    assert key(name) == folded


def test_labels_are_english_where_there_is_one(sample_graph: Graph) -> None:
    assert sample_graph.names.labels["place/sample-city"] == "Sample City"
    assert sample_graph.labels["promotes"] == "promotes"


def test_every_curated_label_leads_to_its_entity(curated: Graph) -> None:
    names = curated.names
    labels = [
        (entity, name) for entity in names.entities for role, name in names.names(entity) if role == "label"
    ]
    assert len(labels) > 500
    lost = []
    for entity, name in labels:
        try:
            found = curated.resolve(name, segments=(entity.partition("/")[0],))
        except Ambiguous:
            found = "ambiguous"
        if found != entity:
            lost.append((name, entity, found))
    assert lost == []


@pytest.mark.parametrize(
    ("words", "entity"),
    [("北京", "place/beijing"), ("上海", "place/shanghai"), ("浙江", "place/zhejiang"), ("长春", "place/changchun"),
     ("长沙", "place/changsha"), ("济南", "place/jinan"), ("山东", "place/shandong"), ("济南市", "place/jinan")],
)  # fmt: skip
def test_a_place_is_found_without_what_its_division_is_called(
    curated: Graph, words: str, entity: str
) -> None:
    assert curated.resolve(words) == entity
    assert curated.resolve(words, segments=["place"]) == entity
