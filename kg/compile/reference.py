"""Statements as RDF: N-Quads lines built straight from rows, each triple in exactly one graph.

The default graph holds types, labels, stated plain triples and where each graph comes from;
``graph/<source>`` the statements and evidence of one source; ``graph/identity`` names and how sure
they are; ``graph/reference`` codes, coordinates and assumed links; ``graph/hierarchy`` stated and
assumed links together, closed transitively; ``graph/counts`` statements counted; ``graph/ontology``;
``graph/dataset`` what it all is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from kg import iris
from kg import ontology as ontologies
from kg.compile import counts, examples, statements
from kg.compile.nquads import TYPE, concept, decimal, iri, literal, name, quad, quads
from kg.ontology import Ontology
from kg.read import models
from kg.read.seeds import Document, Seeds

#: The lines of one source.
Stated = Callable[[Document], Iterable[str]]


TITLE = "Regiograph: regions, companies and technologies in Chinese regional industrial policy"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
#: Relation → the property that closes it transitively.
CLOSED = {"broader": "skos:broaderTransitive", "locatedIn": "geosparql:sfWithin"}
_LABELS = {"label": "prefLabel", "alias": "altLabel", "abbreviation": "altLabel", "printed": "hiddenLabel"}


def lines(
    seeds: Seeds, ontology: Ontology, folder: Path, *, version: str, stated: Stated | None = None
) -> list[str]:
    """The whole graph as sorted N-Quads lines: the same seeds and ontology give the same bytes.

    ``stated`` gives the lines of one source, where they may be at hand already.
    """
    found: set[str] = set()
    for entry in seeds.entities.values():
        found.update(entity(entry, ontology))
    for region in seeds.regions:
        found.add(speaks_of(region))
    for written in seeds.names:
        found.update(named(written, ontology))
    for redirect in seeds.redirects:
        found.update(redirected(redirect))
    for link in seeds.hierarchy:
        found.update(assumed(link, ontology))
    for document in seeds.documents.values():
        found.update(source(document.source))
        found.update(
            stated(document) if stated else statements.lines(document, seeds.register, ontology),
        )
    found.update(closed(above(seeds.hierarchy, seeds.documents.values(), ontology)))
    for_counts = (counts.backed(d, seeds.register, ontology) for d in seeds.documents.values())
    found.update(counts.lines(chain.from_iterable(for_counts)))
    found.update(itself(folder, version))
    return sorted(found)


def itself(folder: Path, version: str) -> Iterator[str]:
    """What does not depend on rows: the ontology, what the graph is, examples of questions."""
    yield from vocabulary(folder)
    yield from dataset(version)
    yield from examples.lines()


def entity(entry: models.EntityRow, ontology: Ontology) -> Iterator[str]:
    """What an entity is, and reference data about it."""
    node, graph = iri(entry.id), "graph/reference"
    yield quad(node, TYPE, name(f"kg:{entry.kind}"))
    if entry.note:
        yield quad(node, name("kg:note"), literal(entry.note), graph)
    if isinstance(entry, models.IndicatorRow):
        yield quad(node, name("kg:unit"), concept(ontology, "units", entry.unit), graph)
    if isinstance(entry, models.PlaceRow):
        if entry.gb2260:
            yield quad(node, name("kg:gb2260"), literal(entry.gb2260), graph)
        if entry.iso31662:
            yield quad(node, name("kg:iso31662"), literal(entry.iso31662), graph)
        if entry.latitude is not None and entry.longitude is not None:
            yield quad(node, name("geo:lat"), decimal(entry.latitude), graph)
            yield quad(node, name("geo:long"), decimal(entry.longitude), graph)
        if entry.ground:
            yield quad(node, name("kg:ground"), literal(entry.ground), graph)


def speaks_of(region: str) -> str:
    """A place of which a section speaks is a region too."""
    return quad(iri(region), TYPE, name("kg:Region"))


def named(entry: models.NameRow, ontology: Ontology) -> Iterator[str]:
    """A name as a label, and how sure it is."""
    graph = iri("graph/identity")
    written = literal(entry.name, lang=entry.lang)
    yield quad(iri(entry.entity), name(f"skos:{_LABELS[entry.role]}"), written)
    facts = (
        (TYPE, name("kg:Name")),
        (name("kg:names"), iri(entry.entity)),
        (name("skosxl:literalForm"), written),
        (name("kg:role"), concept(ontology, "roles", entry.role)),
        (name("kg:confidence"), concept(ontology, "confidences", entry.confidence)),
        (name("kg:ground"), literal(entry.ground)),
        (name("dcterms:date"), literal(entry.date, datatype="xsd:date")),
    )
    yield from quads(iri(f"name/{iris.digest(entry.entity, entry.name, entry.lang)}"), facts, graph)


def redirected(redirect: models.RedirectRow) -> Iterator[str]:
    """A retired id leads to the one in use."""
    yield quad(iri(redirect.old), name("dcterms:isReplacedBy"), iri(redirect.new), "graph/identity")


def assumed(link: models.HierarchyRow, ontology: Ontology) -> Iterator[str]:
    """An assumed link with its ground."""
    graph = "graph/reference"
    relation = f"<{ontology.predicates[link.relation].iri}>"
    facts = (
        (TYPE, name("kg:Link")),
        (name("rdf:subject"), iri(link.child)),
        (name("rdf:predicate"), relation),
        (name("rdf:object"), iri(link.parent)),
        (name("kg:ground"), literal(link.ground)),
    )
    node = iri(f"link/{iris.digest(link.child, link.relation, link.parent)}")
    yield from quads(node, facts, iri(graph))
    yield quad(iri(link.child), relation, iri(link.parent), graph)


def source(about: models.SourceRow) -> Iterator[str]:
    """A source as an entity, its graph, and what the dataset says of it."""
    node, graph = iri(f"source/{about.id}"), iri("graph/dataset")
    yield quad(node, TYPE, name("kg:Source"))
    yield quad(node, name("skos:prefLabel"), literal(about.title, lang="en"))
    if about.title_zh:
        yield quad(node, name("skos:prefLabel"), literal(about.title_zh, lang="zh"))
    yield quad(iri(f"graph/{about.id}"), name("prov:wasDerivedFrom"), node)
    yield quad(iri("dataset"), name("dcterms:source"), node, "graph/dataset")
    facts = [
        (name("dcterms:description"), literal(about.kind, lang="en")),
        (name("dcterms:language"), literal(about.language)),
        (name("dcterms:identifier"), literal(about.address)),
        (name("dcterms:bibliographicCitation"), literal(f"{about.publisher}, {about.published}")),
        (name("dcterms:issued"), literal(about.published, datatype="xsd:date")),
        (name("spdx:checksumValue"), literal(about.sha256)),
        (name("kg:paragraphs"), literal(str(about.paragraphs), datatype="xsd:integer")),
    ]
    if about.translated_from:
        how = f"translated from {about.translated_from} by {about.translator or 'an unnamed translator'}"
        facts.append((name("dcterms:provenance"), literal(how, lang="en")))
    if about.original:
        facts.append((name("dcterms:isVersionOf"), literal(about.original)))
    yield from quads(node, facts, graph)


Parents = dict[str, dict[str, set[str]]]


def above(
    hierarchy: Iterable[models.HierarchyRow], documents: Iterable[Document], ontology: Ontology
) -> Parents:
    """By relation, what lies directly above what, stated and assumed together."""
    parents: Parents = {relation: {} for relation in CLOSED}
    for link in hierarchy:
        if link.relation in CLOSED:
            parents[link.relation].setdefault(link.child, set()).add(link.parent)
    for document in documents:
        for at in document.statements:
            if at.predicate in CLOSED and not statements.withheld(at, ontology):
                parents[at.predicate].setdefault(at.subject, set()).add(at.object)
    return parents


def closed(parents: Parents) -> Iterator[str]:
    """What lies below what, directly or further down: topics by SKOS, places by GeoSPARQL."""
    for relation, property_ in CLOSED.items():
        for child in parents[relation]:
            if relation == "broader" or child.startswith("place/"):
                for parent in _above(child, parents[relation]):
                    yield quad(iri(child), name(property_), iri(parent), "graph/hierarchy")


def _above(child: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [child]
    while waiting:
        fresh = parents.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def vocabulary(folder: Path) -> Iterator[str]:
    """The ontology itself."""
    graph = iri("graph/ontology")
    for file in ontologies.FILES:
        for found in ontologies.quads(folder / file):
            if isinstance(found.subject, ox.BlankNode) or isinstance(found.object, ox.BlankNode):
                raise ValueError(f"{file}: blank nodes have no place in the ontology: {found}")
            yield f"{found.subject} {found.predicate} {found.object} {graph} .\n"


def dataset(version: str) -> Iterator[str]:
    """What the graph as a whole is."""
    graph = "graph/dataset"
    node = iri("dataset")
    for kind in ("dcat:Dataset", "void:Dataset"):
        yield quad(node, TYPE, name(kind), graph)
    yield quad(node, name("dcterms:title"), literal(TITLE, lang="en"), graph)
    yield quad(node, name("dcterms:license"), f"<{LICENCE}>", graph)
    yield quad(node, name("dcat:version"), literal(version), graph)
    yield quad(node, name("void:uriSpace"), literal(iris.BASE), graph)
    yield quad(node, name("void:vocabulary"), f"<{iris.NS}>", graph)
