from __future__ import annotations

from pathlib import Path

import pytest

from kg import check, home, line, nquads, shape
from tests.conftest import SAMPLE


def lines(folder: Path) -> list[str]:
    report = check.run(folder, home.ontology())
    return nquads.lines(report.seeds, report.ontology, home.ontology(), version="test")


def test_the_sample_conforms() -> None:
    assert shape.validate_lines(lines(SAMPLE / "seeds"), home.ontology()) == []


def test_the_curated_graph_conforms() -> None:
    assert shape.validate_lines(lines(home.seeds()), home.ontology()) == []


FAULTS = {
    "two labels": line.quad(line.iri("topic/optics"), line.name("skos:prefLabel"), line.literal("light", lang="en")),
    "a wrong end": line.quad(line.iri("topic/optics"), line.name("kg:builds"), line.iri("place/optics-park")),
    "a wrong object": line.quad(line.iri("place/optics-park"), line.name("kg:focusesOn"), line.iri("org/acme-optics")),
    "a wrong literal": line.quad(line.iri("project/optics-valley-2"), line.name("kg:hasPhase"), line.literal("2", datatype="xsd:integer")),
    "a bad code": line.quad(line.iri("place/sample-city"), line.name("kg:gb2260"), line.literal("12")),
    "a bad id": line.quad(line.iri("topic/Optics_2"), line.TYPE, line.name("kg:Topic")),
}  # fmt: skip


@pytest.mark.parametrize(("what", "fault"), FAULTS.items())
def test_a_fault_is_found(what: str, fault: str) -> None:
    assert shape.validate_lines([*lines(SAMPLE / "seeds"), fault], home.ontology()), what


@pytest.mark.parametrize(
    "property_", ["kg:evidence", "kg:paragraph", "rdf:predicate", "rdf:object", "kg:comparator", "kg:unit"]
)
def test_a_missing_part_is_found(property_: str) -> None:
    kept = lines(SAMPLE / "seeds")
    kept.remove(next(one for one in kept if f" {line.name(property_)} " in one))
    assert shape.validate_lines(kept, home.ontology())
