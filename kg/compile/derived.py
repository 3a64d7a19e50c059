"""What follows from two statements of one source: a region backs a topic through something it backs.

Region R –p→ X and X –q→ topic T, where p is one of THROUGH, q one of ABOUT, and X a project, programme,
organisation, or place that is no region. Both statements stand in sections about R, and neither is withheld.
Each pair is a node of ``graph/derived``, never a plain triple.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg import iris
from kg.compile import statements
from kg.compile.nquads import TYPE, iri, name, quads
from kg.ontology import Ontology
from kg.read import models
from kg.read.seeds import Document, Register

GRAPH = "graph/derived"
THROUGH = frozenset(
    {"promotes", "supports", "builds", "hosts", "implements", "undertakes", "upgrades", "issues"}
)
ABOUT = frozenset({"inSector", "focusesOn", "researches", "develops"})
MEANS = ("project/", "programme/", "org/", "place/")


def pairs(
    document: Document, register: Register, ontology: Ontology
) -> Iterator[tuple[models.StatementRow, models.StatementRow]]:
    """Yield the pairs of statements of a source from which a region's backing of a topic follows."""
    about: dict[tuple[str, str], list[models.StatementRow]] = {}
    backing = []
    for at in document.statements:
        section = document.section(at.paragraph)
        if not section or not section.region or statements.withheld(at, ontology):
            continue
        if at.predicate in ABOUT and at.object.startswith("topic/") and _is_means(at.subject, register):
            about.setdefault((section.region, at.subject), []).append(at)
        if at.predicate in THROUGH and at.subject == section.region and _is_means(at.object, register):
            backing.append(at)
    for first in backing:
        yield from ((first, second) for second in about.get((first.subject, first.object), ()))


def lines(document: Document, register: Register, ontology: Ontology) -> Iterator[str]:
    """Yield a node for each pair, with the two statements that it was derived from."""
    graph = iri(GRAPH)
    for first, second in pairs(document, register, ontology):
        properties = (
            (TYPE, name("kg:Derivation")),
            (name("rdf:subject"), iri(first.subject)),
            (name("rdf:predicate"), name("kg:backs")),
            (name("rdf:object"), iri(second.object)),
            (name("kg:through"), iri(first.object)),
            (name("prov:wasDerivedFrom"), iri(first.id)),
            (name("prov:wasDerivedFrom"), iri(second.id)),
        )
        yield from quads(iri(f"derived/{iris.digest(first.id, second.id)}"), properties, graph)


def is_premise(at: models.StatementRow) -> bool:
    """Whether something may follow from a statement, by its predicate."""
    return at.predicate in THROUGH | ABOUT


def _is_means(entity: str, register: Register) -> bool:
    return entity.startswith(MEANS) and entity not in register.regions
