"""Statements as RDF: N-Quads lines built straight from rows, each triple in exactly one graph.

The default graph holds types, labels, stated plain triples and where each graph comes from;
``graph/<source>`` the statements and evidence of one source; ``graph/identity`` names and how sure
they are; ``graph/reference`` codes, coordinates and assumed links; ``graph/hierarchy`` stated and
assumed links together, closed transitively; ``graph/ontology``; ``graph/dataset`` what it all is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg import claim, row, term
from kg import ontology as ontologies
from kg.line import TYPE, concept, decimal, iri, literal, name, quad
from kg.ontology import Ontology
from kg.seeds import Seeds

TITLE = "Regiograph: regions, companies and technologies in Chinese regional industrial policy"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_LABELS = {"label": "prefLabel", "alias": "altLabel", "abbreviation": "altLabel", "printed": "hiddenLabel"}


def lines(seeds: Seeds, ontology: Ontology, folder: Path, *, version: str) -> list[str]:
    """The whole graph as sorted N-Quads lines: the same seeds and ontology give the same bytes."""
    found: set[str] = set(_entities(seeds, ontology))
    found.update(_identity(seeds, ontology))
    found.update(_reference(seeds, ontology))
    found.update(_hierarchy(seeds, ontology))
    for document in seeds.documents.values():
        found.update(claim.lines(document, seeds, ontology))
    found.update(_ontology(folder))
    found.update(_dataset(seeds, version))
    return sorted(found)


def _entities(seeds: Seeds, ontology: Ontology) -> Iterator[str]:
    del ontology
    for identifier, kind in seeds.kinds.items():
        yield quad(iri(identifier), TYPE, name(f"kg:{kind}"))
    for region in seeds.regions:
        yield quad(iri(region), TYPE, name("kg:Region"))
    for entry in seeds.names:
        label = name(f"skos:{_LABELS[entry.role]}")
        yield quad(iri(entry.entity), label, literal(entry.name, lang=entry.lang))
    for source in (document.source for document in seeds.documents.values()):
        yield quad(iri(f"source/{source.id}"), name("skos:prefLabel"), literal(source.title, lang="en"))
        if source.title_zh:
            yield quad(
                iri(f"source/{source.id}"), name("skos:prefLabel"), literal(source.title_zh, lang="zh")
            )
        yield quad(iri(f"graph/{source.id}"), name("prov:wasDerivedFrom"), iri(f"source/{source.id}"))


def _identity(seeds: Seeds, ontology: Ontology) -> Iterator[str]:
    graph = "graph/identity"
    for entry in seeds.names:
        node = iri(f"name/{term.digest(entry.entity, entry.name, entry.lang)}")
        yield quad(node, TYPE, name("kg:Name"), graph)
        yield quad(node, name("kg:names"), iri(entry.entity), graph)
        yield quad(node, name("skosxl:literalForm"), literal(entry.name, lang=entry.lang), graph)
        yield quad(node, name("kg:role"), concept(ontology, "roles", entry.role), graph)
        yield quad(node, name("kg:confidence"), concept(ontology, "confidences", entry.confidence), graph)
        yield quad(node, name("kg:ground"), literal(entry.ground), graph)
        yield quad(node, name("dcterms:date"), literal(entry.date, datatype="xsd:date"), graph)
    for redirect in seeds.redirects:
        yield quad(iri(redirect.old), name("dcterms:isReplacedBy"), iri(redirect.new), graph)


def _reference(seeds: Seeds, ontology: Ontology) -> Iterator[str]:
    graph = "graph/reference"
    for entity in seeds.entities.values():
        node = iri(entity.id)
        if entity.note:
            yield quad(node, name("kg:note"), literal(entity.note), graph)
        if isinstance(entity, row.IndicatorRow):
            yield quad(node, name("kg:unit"), concept(ontology, "units", entity.unit), graph)
        if isinstance(entity, row.PlaceRow):
            if entity.gb2260:
                yield quad(node, name("kg:gb2260"), literal(entity.gb2260), graph)
            if entity.iso31662:
                yield quad(node, name("kg:iso31662"), literal(entity.iso31662), graph)
            if entity.latitude is not None and entity.longitude is not None:
                yield quad(node, name("geo:lat"), decimal(entity.latitude), graph)
                yield quad(node, name("geo:long"), decimal(entity.longitude), graph)
            if entity.ground:
                yield quad(node, name("kg:ground"), literal(entity.ground), graph)
    for link in seeds.hierarchy:
        node = iri(f"link/{term.digest(link.child, link.relation, link.parent)}")
        relation = f"<{ontology.predicates[link.relation].iri}>"
        yield quad(node, TYPE, name("kg:Link"), graph)
        yield quad(node, name("rdf:subject"), iri(link.child), graph)
        yield quad(node, name("rdf:predicate"), relation, graph)
        yield quad(node, name("rdf:object"), iri(link.parent), graph)
        yield quad(node, name("kg:ground"), literal(link.ground), graph)
        yield quad(iri(link.child), relation, iri(link.parent), graph)


def _hierarchy(seeds: Seeds, ontology: Ontology) -> Iterator[str]:
    """What lies below what, directly or further down: topics by SKOS, places by GeoSPARQL."""
    for relation, closed in (("broader", "skos:broaderTransitive"), ("locatedIn", "geosparql:sfWithin")):
        parents: dict[str, set[str]] = {}
        for link in seeds.hierarchy:
            if link.relation == relation:
                parents.setdefault(link.child, set()).add(link.parent)
        for document in seeds.documents.values():
            for at in document.statements:
                if at.predicate == relation and not claim.withheld(at, ontology):
                    parents.setdefault(at.subject, set()).add(at.object)
        for child in parents:
            if relation == "broader" or child.startswith("place/"):
                for parent in _above(child, parents):
                    yield quad(iri(child), name(closed), iri(parent), "graph/hierarchy")


def _above(child: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [child]
    while waiting:
        fresh = parents.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _ontology(folder: Path) -> Iterator[str]:
    graph = iri("graph/ontology")
    for file in ontologies.FILES:
        for found in ontologies.quads(folder / file):
            if isinstance(found.subject, ox.BlankNode) or isinstance(found.object, ox.BlankNode):
                raise ValueError(f"{file}: blank nodes have no place in the ontology: {found}")
            yield f"{found.subject} {found.predicate} {found.object} {graph} .\n"


def _dataset(seeds: Seeds, version: str) -> Iterator[str]:
    graph = "graph/dataset"
    node = iri("dataset")
    for kind in ("dcat:Dataset", "void:Dataset"):
        yield quad(node, TYPE, name(kind), graph)
    yield quad(node, name("dcterms:title"), literal(TITLE, lang="en"), graph)
    yield quad(node, name("dcterms:license"), f"<{LICENCE}>", graph)
    yield quad(node, name("dcat:version"), literal(version), graph)
    yield quad(node, name("void:uriSpace"), literal(term.BASE), graph)
    yield quad(node, name("void:vocabulary"), f"<{term.NS}>", graph)
    for document in seeds.documents.values():
        source = document.source
        about = iri(f"source/{source.id}")
        yield quad(node, name("dcterms:source"), about, graph)
        yield quad(about, name("dcterms:description"), literal(source.kind, lang="en"), graph)
        yield quad(about, name("dcterms:language"), literal(source.language), graph)
        yield quad(about, name("dcterms:identifier"), literal(source.address), graph)
        yield quad(
            about,
            name("dcterms:bibliographicCitation"),
            literal(f"{source.publisher}, {source.published}"),
            graph,
        )
        yield quad(about, name("spdx:checksumValue"), literal(source.sha256), graph)
        yield quad(
            about, name("kg:paragraphs"), literal(str(source.paragraphs), datatype="xsd:integer"), graph
        )
        if source.translated_from:
            how = (
                f"translated from {source.translated_from} by {source.translator or 'an unnamed translator'}"
            )
            yield quad(about, name("dcterms:provenance"), literal(how, lang="en"), graph)
        if source.original:
            yield quad(about, name("dcterms:isVersionOf"), literal(source.original), graph)
