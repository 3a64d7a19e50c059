"""Compiler of the whole graph: N-Quads lines from rows, each triple in exactly one graph.

The default graph holds types, labels, stated plain triples and the source of each graph; ``graph/<source>``
the statements and evidence of one source; ``graph/identity`` names and their confidence;
``graph/reference`` codes, coordinates and assumed links; ``graph/hierarchy`` the transitive closure of
stated and assumed links; ``graph/derived`` what follows from two statements; ``graph/fields`` official
classifications and the topics mapped to them; ``graph/mentions/<source>`` the names of entities found in its
text; ``graph/reports`` reports that only a program read, and topics spotted in them; ``graph/counts`` counts
of statements; ``graph/ontology``; ``graph/dataset`` the dataset, its sources and the named queries.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from kg import iris
from kg import ontology as ontologies
from kg.compile import counts, derived, fields, mentions, reports, statements
from kg.compile.nquads import TYPE, concept, decimal, integer, iri, literal, name, quad, quads
from kg.ontology import Ontology
from kg.read import models, queries
from kg.read.seeds import Document, EntityIndex, Seeds

TITLE = "Regiograph: regions, companies and technologies in Chinese regional industrial policy"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_TARGET = ox.NamedNode("https://schema.org/target")
_KEYWORDS = ox.NamedNode("https://schema.org/keywords")
#: Relation → the property that closes it transitively.
CLOSED = {"broader": "skos:broaderTransitive", "locatedIn": "geosparql:sfWithin"}
_LABELS = {"label": "prefLabel", "alias": "altLabel", "abbreviation": "altLabel", "printed": "hiddenLabel"}


def lines(seeds: Seeds, ontology: Ontology, folder: Path, *, version: str) -> list[str]:
    """Return the whole graph as sorted N-Quads lines: the same seeds and ontology give the same bytes."""
    documents, register = seeds.documents.values(), seeds.register
    names = mentions.Names(register)
    found = set(map(region_line, seeds.regions))
    stated = chain.from_iterable(document.statements for document in documents)
    links = ((at.subject, at.predicate, at.object) for at in stated if not ontology.withholds(at.flags))
    found.update(
        *(entity_lines(entity, ontology) for entity in seeds.entities.values()),
        *(name_lines(written, ontology) for written in seeds.names),
        *map(redirect_lines, seeds.redirects),
        *(link_lines(link, ontology) for link in seeds.hierarchy),
        *(source_lines(d.source, seeds.verified.get(d.source.id)) for d in documents),
        *(document_lines(document, register, ontology, names) for document in documents),
        fields.lines(seeds.fields, seeds.mappings),
        reports.lines(seeds.reports, seeds.fields, seeds.mappings),
        closure_lines(chain(links, ((link.child, link.relation, link.parent) for link in seeds.hierarchy))),
        counts.lines(chain.from_iterable(counts.backed(d, register, ontology) for d in documents)),
        metadata_lines(folder, version),
    )
    return sorted(found)


def document_lines(
    document: Document, register: EntityIndex, ontology: Ontology, names: mentions.Names
) -> Iterator[str]:
    """Yield what is stated, derived and mentioned in one source."""
    yield from statements.lines(document, register, ontology)
    yield from derived.lines(derived.premises(document, register, ontology))
    yield from mentions.lines(document, names)


def metadata_lines(folder: Path, version: str) -> Iterator[str]:
    """Yield what does not depend on rows: the ontology, the dataset, the named queries as examples."""
    yield from _ontology_lines(folder)
    yield from _dataset_lines(version)
    graph = iri("graph/dataset")
    yield from (f"{found.subject} {found.predicate} {found.object} {graph} .\n" for found in examples())


def entity_lines(entity: models.EntityRow, ontology: Ontology) -> Iterator[str]:
    """Yield the class of an entity, and reference data about it."""
    node = iri(entity.id)
    yield quad(node, TYPE, name(f"kg:{entity.kind}"))
    values = {"kg:note": entity.note and literal(entity.note)}
    if isinstance(entity, models.IndicatorRow):
        values["kg:unit"] = concept(ontology, "units", entity.unit)
    if isinstance(entity, models.PlaceRow):
        codes = {"gb2260": entity.gb2260, "iso31662": entity.iso31662, "ground": entity.ground}
        values |= {f"kg:{column}": value and literal(value) for column, value in codes.items()}
        if entity.latitude is not None and entity.longitude is not None:
            values |= {"geo:lat": decimal(entity.latitude), "geo:long": decimal(entity.longitude)}
    yield from quads(node, values.items(), "graph/reference")


def region_line(region: str) -> str:
    """Return the line that makes a region of a place to which a section belongs."""
    return quad(iri(region), TYPE, name("kg:Region"))


def name_lines(entry: models.NameRow, ontology: Ontology) -> Iterator[str]:
    """Yield a name as a label, with its confidence and ground."""
    written = literal(entry.name, lang=entry.lang)
    yield quad(iri(entry.entity), name(f"skos:{_LABELS[entry.role]}"), written)
    pairs = (
        ("rdf:type", name("kg:Name")),
        ("kg:names", iri(entry.entity)),
        ("skosxl:literalForm", written),
        ("kg:role", concept(ontology, "roles", entry.role)),
        ("kg:confidence", concept(ontology, "confidences", entry.confidence)),
        ("kg:ground", literal(entry.ground)),
        ("dcterms:date", literal(entry.date, datatype="xsd:date")),
        ("kg:ambiguous", literal("true", datatype="xsd:boolean") if entry.ambiguous else ""),
    )
    yield from quads(
        iri(f"name/{iris.digest(entry.entity, entry.name, entry.lang)}"), pairs, "graph/identity"
    )


def redirect_lines(redirect: models.RedirectRow) -> Iterator[str]:
    """Yield the link from a retired id to the one in use, or when and why it was withdrawn."""
    old, graph = iri(redirect.old), "graph/identity"
    if redirect.new:
        yield quad(old, name("dcterms:isReplacedBy"), iri(redirect.new), graph)
    else:
        yield quad(old, name("prov:invalidatedAtTime"), literal(redirect.date, datatype="xsd:date"), graph)
        yield quad(old, name("kg:note"), literal(redirect.note), graph)


def link_lines(link: models.HierarchyRow, ontology: Ontology) -> Iterator[str]:
    """Yield an assumed link with its ground."""
    graph = "graph/reference"
    relation = f"<{ontology.predicates[link.relation].iri}>"
    pairs = (
        ("rdf:type", name("kg:Link")),
        ("rdf:subject", iri(link.child)),
        ("rdf:predicate", relation),
        ("rdf:object", iri(link.parent)),
        ("kg:ground", literal(link.ground)),
    )
    node = iri(f"link/{iris.digest(link.child, link.relation, link.parent)}")
    yield from quads(node, pairs, graph)
    yield quad(iri(link.child), relation, iri(link.parent), graph)


def source_lines(source: models.SourceRow, verified: models.VerificationRow | None = None) -> Iterator[str]:
    """Yield a source as an entity, its graph, its citation, and when its quotes were last verified."""
    node, original = iri(f"source/{source.id}"), source.translated_from
    yield quad(node, TYPE, name("kg:Source"))
    yield quad(node, name("skos:prefLabel"), literal(source.title, lang="en"))
    if source.title_zh:
        yield quad(node, name("skos:prefLabel"), literal(source.title_zh, lang="zh"))
    yield quad(iri(f"graph/{source.id}"), name("prov:wasDerivedFrom"), node)
    yield quad(iri("dataset"), name("dcterms:source"), node, "graph/dataset")
    how = f"translated from {original} by {source.translator or 'an unnamed translator'}"
    pairs = (
        ("dcterms:description", literal(source.kind, lang="en")),
        ("dcterms:language", literal(source.language)),
        ("dcterms:identifier", literal(source.address)),
        ("dcterms:bibliographicCitation", literal(f"{source.publisher}, {source.published}")),
        ("dcterms:issued", literal(source.published, datatype="xsd:date")),
        ("spdx:checksumValue", literal(source.sha256)),
        ("kg:paragraphs", integer(source.paragraphs)),
        ("dcterms:provenance", original and literal(how, lang="en")),
        ("kg:verifiedOn", literal(verified.date, datatype="xsd:date") if verified else ""),
        ("kg:verifiedHash", literal(verified.sha256) if verified else ""),
        ("kg:abridged", literal("true", datatype="xsd:boolean") if source.abridged else ""),
        ("dcterms:isVersionOf", source.original and literal(source.original)),
    )
    yield from quads(node, pairs, "graph/dataset")


def closure_lines(links: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the transitive closure of child, relation, parent: topics by SKOS, places by GeoSPARQL."""
    parents: dict[str, dict[str, set[str]]] = {relation: {} for relation in CLOSED}
    for child, relation, parent in links:
        if relation == "broader" or (relation == "locatedIn" and child.startswith("place/")):
            parents[relation].setdefault(child, set()).add(parent)
    for relation, found in parents.items():
        for child in found:
            for parent in _ancestors(child, found):
                yield quad(iri(child), name(CLOSED[relation]), iri(parent), "graph/hierarchy")


def _ancestors(child: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [child]
    while waiting:
        fresh = parents.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _ontology_lines(folder: Path) -> Iterator[str]:
    """Yield the ontology."""
    graph = iri("graph/ontology")
    for file in ontologies.FILES:
        for found in ontologies.quads(folder / file):
            if isinstance(found.subject, ox.BlankNode) or isinstance(found.object, ox.BlankNode):
                raise ValueError(f"{file}: blank nodes have no place in the ontology: {found}")
            yield f"{found.subject} {found.predicate} {found.object} {graph} .\n"


def _dataset_lines(version: str) -> list[str]:
    pairs = (
        ("rdf:type", name("dcat:Dataset")),
        ("rdf:type", name("void:Dataset")),
        ("dcterms:title", literal(TITLE, lang="en")),
        ("dcterms:license", f"<{LICENCE}>"),
        ("dcat:version", literal(version)),
        ("void:uriSpace", literal(iris.BASE)),
        ("void:vocabulary", f"<{iris.NS}>"),
    )
    return quads(iri("dataset"), pairs, "graph/dataset")


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
