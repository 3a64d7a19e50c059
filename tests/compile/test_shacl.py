from __future__ import annotations

import logging
import warnings
from pathlib import Path

import pytest

from kg import locations
from kg.check import run
from kg.compile import nquads, reference, shacl
from tests.conftest import SAMPLE


def lines(folder: Path) -> list[str]:
    report = run.check_seeds(folder, locations.ontology())
    return reference.lines(report.seeds, report.ontology, locations.ontology(), version="test")


def test_the_sample_conforms() -> None:
    assert shacl.validate_lines(lines(SAMPLE / "seeds"), locations.ontology()) == []


def test_the_curated_graph_conforms() -> None:
    assert shacl.validate_lines(lines(locations.seeds()), locations.ontology()) == []


FAULTS = {
    "two labels": nquads.quad(nquads.iri("topic/optics"), nquads.name("skos:prefLabel"), nquads.literal("light", lang="en")),
    "a wrong end": nquads.quad(nquads.iri("topic/optics"), nquads.name("kg:builds"), nquads.iri("place/optics-park")),
    "a wrong object": nquads.quad(nquads.iri("place/optics-park"), nquads.name("kg:focusesOn"), nquads.iri("org/acme-optics")),
    "a wrong literal": nquads.quad(nquads.iri("project/optics-valley-2"), nquads.name("kg:hasPhase"), nquads.literal("2", datatype="xsd:integer")),
    "a bad code": nquads.quad(nquads.iri("place/sample-city"), nquads.name("kg:gb2260"), nquads.literal("12")),
    "a bad id": nquads.quad(nquads.iri("topic/Optics_2"), nquads.TYPE, nquads.name("kg:Topic")),
}  # fmt: skip


@pytest.mark.parametrize(("what", "fault"), FAULTS.items())
def test_a_fault_is_found(what: str, fault: str) -> None:
    assert shacl.validate_lines([*lines(SAMPLE / "seeds"), fault], locations.ontology()), what


def test_an_ill_typed_literal_is_a_problem_without_a_log(caplog: pytest.LogCaptureFixture) -> None:
    day = nquads.literal("2024-02-30", datatype="xsd:date")
    fault = nquads.quad(nquads.iri("source/hubei-2030"), nquads.name("dcterms:issued"), day)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = shacl.validate_lines([*lines(SAMPLE / "seeds"), fault], locations.ontology())
    assert found
    assert caplog.records == []
    assert logging.getLogger("rdflib.term").level == logging.NOTSET


@pytest.mark.parametrize(
    "property_", ["kg:evidence", "kg:paragraph", "rdf:predicate", "rdf:object", "kg:comparator", "kg:unit"]
)
def test_a_missing_part_is_found(property_: str) -> None:
    kept = lines(SAMPLE / "seeds")
    kept.remove(next(one for one in kept if f" {nquads.name(property_)} " in one))
    assert shacl.validate_lines(kept, locations.ontology())
