"""What follows from two statements of one source, fields, and what holds for one section alone."""

from __future__ import annotations

from dataclasses import replace

import pyoxigraph as ox
import pytest

from kg import locations, ontology
from kg.compile import derived, fields, statements
from kg.ontology import Ontology
from kg.read import seeds as tables
from kg.read.seeds import Seeds
from tests.conftest import SAMPLE


@pytest.fixture(scope="module")
def known() -> Ontology:
    return ontology.read(locations.ontology())


@pytest.fixture(scope="module")
def curated_seeds() -> Seeds:
    found, problems = tables.read_seeds(locations.seeds())
    assert not problems
    return found


def pairs(seeds: Seeds, known: Ontology) -> list[tuple[str, ...]]:
    return [
        (first.region, first.predicate, first.means, second.predicate, second.topic)
        for document in seeds.documents.values()
        for first, second in derived.pairs(derived.premises(document, seeds.register, known))
    ]


def test_a_region_backs_what_a_place_that_it_builds_focuses_on(known: Ontology) -> None:
    seeds, _ = tables.read_seeds(SAMPLE / "seeds")
    assert pairs(seeds, known) == [
        ("place/sample-province", "builds", "place/optics-park", "focusesOn", "topic/optics")
    ]


@pytest.mark.parametrize("flag", ["unresolved", "cancelled", "misprint"])
@pytest.mark.parametrize("at", [0, 3])
def test_nothing_follows_from_what_is_withheld(known: Ontology, flag: str, at: int) -> None:
    seeds, _ = tables.read_seeds(SAMPLE / "seeds")
    document = seeds.documents["hubei-2030"]
    rows = list(document.statements)
    rows[at] = rows[at].model_copy(update={"flags": (flag,)})
    changed = replace(document, statements=tuple(rows))
    assert list(derived.pairs(derived.premises(changed, seeds.register, known))) == []


def test_jinan_backs_silicon_carbide_through_one_project_and_nobody_else(
    curated_seeds: Seeds, known: Ontology
) -> None:
    found = [pair for pair in pairs(curated_seeds, known) if pair[-1] == "topic/silicon-carbide"]
    assert found == [("place/jinan", "promotes", "project/sicc-jinan", "inSector", "topic/silicon-carbide")]


def test_no_region_backs_anything_through_another_region(curated_seeds: Seeds, known: Ontology) -> None:
    found = pairs(curated_seeds, known)
    assert len(found) > 200
    assert not {means for _, _, means, _, _ in found} & set(curated_seeds.regions)
    assert {first for first, *_ in found} <= set(curated_seeds.regions)


def test_what_a_section_lists_or_classes_is_no_plain_triple(curated_seeds: Seeds, known: Ontology) -> None:
    lines = [
        quad
        for document in curated_seeds.documents.values()
        for quad in ox.parse(
            "".join(statements.lines(document, curated_seeds.register, known)), format=ox.RdfFormat.N_QUADS
        )
    ]
    words = {"listedUnder", "classedAs"}
    plain = {
        quad.predicate.value.rpartition("#")[2] for quad in lines if quad.graph_name == ox.DefaultGraph()
    }
    assert plain
    assert not plain & words
    nodes = {
        quad.subject
        for quad in lines
        if quad.predicate.value.endswith("#predicate") and quad.object.value.rpartition("#")[2] in words
    }
    regions = {quad.subject for quad in lines if quad.predicate.value.endswith("ns#region")}
    assert len(nodes) > 100
    assert nodes == regions


def test_every_sector_and_technology_has_a_field_or_is_a_gap(curated_seeds: Seeds) -> None:
    compiled = "".join(fields.lines(curated_seeds.fields, curated_seeds.mappings))
    matches = {
        (quad.subject.value, quad.object.value)
        for quad in ox.parse(compiled, format=ox.RdfFormat.N_QUADS)
        if quad.predicate.value.endswith("Match")
    }
    assert len(matches) == sum(bool(row.field) for row in curated_seeds.mappings)
    topics = {key for key, kind in curated_seeds.kinds.items() if kind in ("Sector", "Technology")}
    assert len(topics) > 250
    assert topics <= {row.topic for row in curated_seeds.mappings}
