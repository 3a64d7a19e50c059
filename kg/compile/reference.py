"""Compiler of the whole graph: N-Quads lines from rows, each triple in exactly one graph.

The default graph holds types, labels, stated plain triples and the source of each graph; ``graph/<source>``
the statements and evidence of one source; ``graph/identity`` names and their confidence;
``graph/reference`` codes, coordinates and assumed links; ``graph/hierarchy`` the transitive closure of
stated and assumed links; ``graph/derived`` what follows from two statements; ``graph/fields`` official
classifications and the topics mapped to them; ``graph/counts`` counts of statements; ``graph/ontology``;
``graph/dataset`` the dataset, its sources and the named queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from kg import iris
from kg import ontology as ontologies
from kg.compile import counts, derived, fields, statements
from kg.compile.nquads import TYPE, concept, decimal, iri, literal, name, quad, quads
from kg.ontology import Ontology
from kg.read import models, queries
from kg.read.seeds import Document, Seeds

#: The lines of one source.
Stated = Callable[[Document], Iterable[str]]


TITLE = "Regiograph: regions, companies and technologies in Chinese regional industrial policy"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_TARGET = ox.NamedNode("https://schema.org/target")
_KEYWORDS = ox.NamedNode("https://schema.org/keywords")
#: Relation → the property that closes it transitively.
CLOSED = {"broader": "skos:broaderTransitive", "locatedIn": "geosparql:sfWithin"}
_LABELS = {"label": "prefLabel", "alias": "altLabel", "abbreviation": "altLabel", "printed": "hiddenLabel"}


def lines(
    seeds: Seeds, ontology: Ontology, folder: Path, *, version: str, stated: Stated | None = None
) -> list[str]:
    """Return the whole graph as sorted N-Quads lines: the same seeds and ontology give the same bytes.

    ``stated`` returns the lines of one source, for instance from a cache.
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
        found.update(source(document.source, seeds.verified.get(document.source.id)))
        found.update(
            stated(document) if stated else statements.lines(document, seeds.register, ontology),
        )
        found.update(derived.lines(derived.premises(document, seeds.register, ontology)))
    found.update(closed(above(seeds.hierarchy, seeds.documents.values(), ontology)))
    found.update(fields.lines(seeds.fields, seeds.mappings))
    for_counts = (counts.backed(d, seeds.register, ontology) for d in seeds.documents.values())
    found.update(counts.lines(chain.from_iterable(for_counts)))
    found.update(itself(folder, version))
    return sorted(found)


def itself(folder: Path, version: str) -> Iterator[str]:
    """Yield what does not depend on rows: the ontology, the dataset, the named queries as examples."""
    yield from vocabulary(folder)
    yield from dataset(version)
    graph = iri("graph/dataset")
    yield from (f"{found.subject} {found.predicate} {found.object} {graph} .\n" for found in examples())


def entity(entry: models.EntityRow, ontology: Ontology) -> Iterator[str]:
    """Yield the class of an entity, and reference data about it."""
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
    """Return the line that makes a region of a place to which a section belongs."""
    return quad(iri(region), TYPE, name("kg:Region"))


def named(entry: models.NameRow, ontology: Ontology) -> Iterator[str]:
    """Yield a name as a label, with its confidence and ground."""
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
    """Yield the link from a retired id to the one in use, or when and why it was withdrawn."""
    old, graph = iri(redirect.old), "graph/identity"
    if redirect.new:
        yield quad(old, name("dcterms:isReplacedBy"), iri(redirect.new), graph)
        return
    yield quad(old, name("prov:invalidatedAtTime"), literal(redirect.date, datatype="xsd:date"), graph)
    yield quad(old, name("kg:note"), literal(redirect.note), graph)


def assumed(link: models.HierarchyRow, ontology: Ontology) -> Iterator[str]:
    """Yield an assumed link with its ground."""
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


def source(about: models.SourceRow, verified: models.VerificationRow | None = None) -> Iterator[str]:
    """Yield a source as an entity, its graph, its citation, and when its quotes were last verified."""
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
    if verified:
        facts.append((name("kg:verifiedOn"), literal(verified.date, datatype="xsd:date")))
        facts.append((name("kg:verifiedHash"), literal(verified.sha256)))
    if about.original:
        facts.append((name("dcterms:isVersionOf"), literal(about.original)))
    yield from quads(node, facts, graph)


Parents = dict[str, dict[str, set[str]]]


def above(
    hierarchy: Iterable[models.HierarchyRow], documents: Iterable[Document], ontology: Ontology
) -> Parents:
    """Return by relation the parents of each entity, stated and assumed together."""
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
    """Yield the transitive closure of the hierarchies: topics by SKOS, places by GeoSPARQL."""
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
    """Yield the ontology."""
    graph = iri("graph/ontology")
    for file in ontologies.FILES:
        for found in ontologies.quads(folder / file):
            if isinstance(found.subject, ox.BlankNode) or isinstance(found.object, ox.BlankNode):
                raise ValueError(f"{file}: blank nodes have no place in the ontology: {found}")
            yield f"{found.subject} {found.predicate} {found.object} {graph} .\n"


def dataset(version: str) -> Iterator[str]:
    """Yield the description of the dataset."""
    graph = "graph/dataset"
    node = iri("dataset")
    for kind in ("dcat:Dataset", "void:Dataset"):
        yield quad(node, TYPE, name(kind), graph)
    yield quad(node, name("dcterms:title"), literal(TITLE, lang="en"), graph)
    yield quad(node, name("dcterms:license"), f"<{LICENCE}>", graph)
    yield quad(node, name("dcat:version"), literal(version), graph)
    yield quad(node, name("void:uriSpace"), literal(iris.BASE), graph)
    yield quad(node, name("void:vocabulary"), f"<{iris.NS}>", graph)


def examples(endpoint: str = "") -> Iterator[ox.Triple]:
    """Yield each named query as ``sh:SPARQLSelectExecutable``, with its prefixes; ``endpoint`` runs it."""
    prefixes = ox.NamedNode(iris.iri("question"))
    for prefix, space in iris.PREFIXES.items():
        declared = ox.NamedNode(iris.iri(f"question#prefix-{prefix}"))
        yield _triple(prefixes, "sh:declare", declared)
        yield _triple(declared, "sh:prefix", ox.Literal(prefix))
        yield _triple(declared, "sh:namespace", ox.Literal(space, datatype=_node("xsd:anyURI")))
    for asked in queries.catalogue().values():
        node = ox.NamedNode(iris.iri(f"question/{asked.name}"))
        for kind in ("sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"):
            yield _triple(node, "rdf:type", _node(kind))
        yield _triple(node, "rdfs:label", ox.Literal(asked.title, language="en"))
        yield _triple(
            node, "rdfs:comment", ox.Literal(f"{asked.title}. {asked.prose}".strip(), language="en")
        )
        yield _triple(node, "sh:prefixes", prefixes)
        yield _triple(node, "sh:select", ox.Literal(standing_alone(asked.sparql)))
        yield ox.Triple(node, _KEYWORDS, ox.Literal(asked.name))
        if endpoint:
            yield ox.Triple(node, _TARGET, ox.NamedNode(endpoint))


def standing_alone(query: str) -> str:
    """Return a query with declarations of the prefixes it uses, as any endpoint takes it."""
    used = [prefix for prefix in iris.PREFIXES if f"{prefix}:" in query]
    return "".join(f"PREFIX {prefix}: <{iris.PREFIXES[prefix]}>\n" for prefix in used) + query


def _node(curie: str) -> ox.NamedNode:
    return ox.NamedNode(iris.expand(curie))


def _triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, _node(predicate), value)
