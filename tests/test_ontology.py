"""The ontology is whole: every term has label, definition and use, and nothing dangles."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import iris, locations, ontology
from kg.errors import KgError
from kg.ontology import Ontology
from tests.conftest import ROOT

FOLDER = locations.ontology()


@pytest.fixture(scope="module")
def known() -> Ontology:
    return ontology.read(FOLDER)


@pytest.fixture(scope="module")
def triples() -> list[ox.Triple]:
    files = (*ontology.FILES, ontology.SHAPES)
    return [quad.triple for name in files for quad in ontology.quads(FOLDER / name)]


def ours(triples: list[ox.Triple]) -> set[str]:
    return {
        t.subject.value
        for t in triples
        if isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(iris.NS)
    }


def values(triples: list[ox.Triple], subject: str, predicate: str) -> list[ox.Literal]:
    return [
        t.object
        for t in triples
        if str(t.subject) == f"<{subject}>"
        and t.predicate.value == iris.expand(predicate)
        and isinstance(t.object, ox.Literal)
    ]


def test_every_term_has_labels_and_a_definition(triples: list[ox.Triple]) -> None:
    terms = ours(triples)
    assert len(terms) > 100
    for name in terms:
        labels = values(triples, name, "rdfs:label") + values(triples, name, "skos:prefLabel")
        assert sorted(label.language or "" for label in labels) == ["en", "zh"], name
        assert [d.language for d in values(triples, name, "skos:definition")] == ["en"], name


def test_no_term_dangles(triples: list[ox.Triple]) -> None:
    terms = ours(triples)
    used = {
        node.value
        for t in triples
        for node in (t.predicate, t.object)
        if isinstance(node, ox.NamedNode) and node.value.startswith(iris.NS)
    }
    assert used <= terms


def test_every_term_is_used(triples: list[ox.Triple]) -> None:
    """A term serves in the ontology itself, in the code, a query, a shape, or is a choice of a scheme."""
    choices = {str(t.subject) for t in triples if t.predicate.value == iris.expand("skos:inScheme")}
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for folder, pattern in (
            ("kg", "*.py"),
            ("kg", "*.rq"),
            ("ontology", "shapes.ttl"),
            ("seeds", "*.csv"),
        )
        for path in sorted((ROOT / folder).rglob(pattern))
    )
    objects = {str(t.object) for t in triples}
    for name in ours(triples):
        local = iris.short(name)
        assert f"<{name}>" in objects | choices or re.search(rf"\b{re.escape(local)}\b", text), local


def test_every_property_has_one_domain_and_range(triples: list[ox.Triple]) -> None:
    for name in ours(triples):
        kinds = {
            t.object.value
            for t in triples
            if str(t.subject) == f"<{name}>" and isinstance(t.object, ox.NamedNode)
        }
        if kinds & {iris.expand("owl:ObjectProperty"), iris.expand("owl:DatatypeProperty")}:
            for side in ("rdfs:domain", "rdfs:range"):
                found = [
                    t
                    for t in triples
                    if str(t.subject) == f"<{name}>" and t.predicate.value == iris.expand(side)
                ]
                assert len(found) == 1, (name, side)


def test_every_predicate_has_a_shape(known: Ontology, triples: list[ox.Triple]) -> None:
    assert len(known.predicates) > 30
    for predicate in known.predicates.values():
        assert predicate.subjects, predicate.name
        assert bool(predicate.objects) != bool(predicate.datatype), predicate.name
        assert {*predicate.subjects, *predicate.objects} <= set(known.classes)
        [drawn] = values(triples, predicate.iri, "kg:drawnAs")
        assert drawn.value in ("edge", "none")


def test_every_class_of_entity_has_a_shape_and_a_segment(known: Ontology) -> None:
    shapes = (FOLDER / ontology.SHAPES).read_text(encoding="utf-8")
    assert set(known.segments) == {*iris.ENTITY_SEGMENTS, "statement", "target", "result"}
    for name in known.segments.values():
        assert f"sh:targetClass kg:{name}" in shapes or f", kg:{name}" in shapes or f"kg:{name} ," in shapes


def test_a_cue_word_speaks_for_one_stage(known: Ontology) -> None:
    """开工建设 is planned in a plan and under way in a review."""
    cues = Counter(cue for concept in known.schemes["stages"].values() for cue in concept.cues)
    assert [cue for cue, stages in cues.items() if stages > 1] == ["开工建设"]
    assert len(cues) > 40


def test_header_names_title_version_and_licence(triples: list[ox.Triple]) -> None:
    header = iris.NS.removesuffix("#")
    for predicate in ("dcterms:title", "owl:versionInfo", "dcterms:license"):
        assert any(
            str(t.subject) == f"<{header}>" and t.predicate.value == iris.expand(predicate) for t in triples
        )


def test_a_broken_ontology_is_named(tmp_path: Path) -> None:
    (tmp_path / "kg.ttl").write_text("kg:Place a owl:Class")
    with pytest.raises(KgError, match=r"kg\.ttl is not valid Turtle"):
        ontology.read(tmp_path)
    with pytest.raises(KgError, match=r"nothing\.ttl is missing"):
        list(ontology.quads(tmp_path / "nothing.ttl"))
