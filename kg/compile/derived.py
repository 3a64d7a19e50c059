"""What follows from two statements of one source: a region backs a topic through something it backs.

Region R –p→ X and X –q→ topic T, where p is one of THROUGH, q one of ABOUT, and X a project, programme,
organisation, or place that is no region. Both statements stand in sections about R, and neither is withheld.
Each pair is a node of ``graph/derived``, never a plain triple.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from kg import iris
from kg.compile.nquads import iri, name, quads
from kg.ontology import Ontology
from kg.read.seeds import Document, EntityIndex

GRAPH = "graph/derived"
THROUGH = frozenset(
    {"promotes", "supports", "builds", "hosts", "implements", "undertakes", "upgrades", "issues"}
)
ABOUT = frozenset({"inSector", "focusesOn", "researches", "develops"})
MEANS = ("project/", "programme/", "org/", "place/")


class Premise(NamedTuple):
    """A statement from which something may follow; ``topic`` is empty where a region backs the means."""

    source: str
    region: str
    predicate: str
    means: str
    topic: str
    id: str


def premises(document: Document, register: EntityIndex, ontology: Ontology) -> Iterator[Premise]:
    """Yield the premises among the statements of a source, or of a part of it."""
    source = document.source.id
    for at in document.statements:
        section = document.section(at.paragraph)
        if not section or not section.region or ontology.withholds(at.flags):
            continue
        if at.predicate in ABOUT and at.object.startswith("topic/") and _is_means(at.subject, register):
            yield Premise(source, section.region, at.predicate, at.subject, at.object, at.id)
        if at.predicate in THROUGH and at.subject == section.region and _is_means(at.object, register):
            yield Premise(source, section.region, at.predicate, at.object, "", at.id)


def pairs(found: Iterable[Premise]) -> Iterator[tuple[Premise, Premise]]:
    """Yield the pairs of premises from which a region's backing of a topic follows, source by source."""
    for _, of_source in groupby(found, key=lambda premise: premise.source):
        about: dict[tuple[str, str], list[Premise]] = {}
        backing = []
        for premise in of_source:
            if premise.topic:
                about.setdefault((premise.region, premise.means), []).append(premise)
            else:
                backing.append(premise)
        for first in backing:
            yield from ((first, second) for second in about.get((first.region, first.means), ()))


def lines(found: Iterable[Premise]) -> Iterator[str]:
    """Yield a node for each pair, with the two statements that it was derived from."""
    for first, second in pairs(found):
        properties = (
            ("rdf:type", name("kg:Derivation")),
            ("rdf:subject", iri(first.region)),
            ("rdf:predicate", name("kg:backs")),
            ("rdf:object", iri(second.topic)),
            ("kg:through", iri(first.means)),
            ("prov:wasDerivedFrom", iri(first.id)),
            ("prov:wasDerivedFrom", iri(second.id)),
        )
        yield from quads(iri(f"derived/{iris.digest(first.id, second.id)}"), properties, GRAPH)


def _is_means(entity: str, register: EntityIndex) -> bool:
    return entity.startswith(MEANS) and entity not in register.regions
