"""Statements as RDF: N-Quads lines built straight from rows, each triple in exactly one graph.

The default graph holds types, labels, stated plain triples and where each graph comes from;
``graph/<source>`` the statements and evidence of one source; ``graph/identity`` names and how sure
they are; ``graph/reference`` codes, coordinates and assumed links; ``graph/hierarchy`` stated and
assumed links together, closed transitively; ``graph/ontology``; ``graph/dataset`` what it all is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox

from kg import ontology as ontologies
from kg import period, row, term
from kg.ontology import Ontology
from kg.seeds import Document, Seeds

TITLE = "Regiograph: regions, companies and technologies in Chinese regional industrial policy"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile(r'[\\"\n\r\t\x00-\x1f\x7f]')
_LABELS = {"label": "prefLabel", "alias": "altLabel", "abbreviation": "altLabel", "printed": "hiddenLabel"}

TYPE = f"<{term.expand('rdf:type')}>"


def lines(seeds: Seeds, ontology: Ontology, folder: Path, *, version: str) -> list[str]:
    """The whole graph as sorted N-Quads lines: the same seeds and ontology give the same bytes."""
    found: set[str] = set(_entities(seeds, ontology))
    found.update(_identity(seeds, ontology))
    found.update(_reference(seeds, ontology))
    found.update(_hierarchy(seeds, ontology))
    for document in seeds.documents.values():
        found.update(_source(document, seeds, ontology))
    found.update(_ontology(folder))
    found.update(_dataset(seeds, version))
    return sorted(found)


def iri(identifier: str) -> str:
    """``place/jinan`` as an N-Quads term."""
    return f"<{term.BASE}{identifier}>"


def name(curie: str) -> str:
    """``skos:broader`` as an N-Quads term."""
    return f"<{term.expand(curie)}>"


def literal(value: str, *, lang: str = "", datatype: str = "") -> str:
    """A literal as an N-Quads term, safe whatever the text holds."""
    text = _ESCAPED.sub(lambda m: _ESCAPES.get(m.group(), f"\\u{ord(m.group()):04X}"), value)
    suffix = f"@{lang}" if lang else f"^^{name(datatype)}" if datatype else ""
    return f'"{text}"{suffix}'


def quad(subject: str, predicate: str, value: str, graph: str = "") -> str:
    """One line; ``graph`` is an identifier such as ``graph/identity``, empty for the default graph."""
    return f"{subject} {predicate} {value} {iri(graph) + ' ' if graph else ''}.\n"


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
        yield quad(node, name("kg:role"), _concept(ontology, "roles", entry.role), graph)
        yield quad(node, name("kg:confidence"), _concept(ontology, "confidences", entry.confidence), graph)
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
            yield quad(node, name("kg:unit"), _concept(ontology, "units", entity.unit), graph)
        if isinstance(entity, row.PlaceRow):
            if entity.gb2260:
                yield quad(node, name("kg:gb2260"), literal(entity.gb2260), graph)
            if entity.iso31662:
                yield quad(node, name("kg:iso31662"), literal(entity.iso31662), graph)
            if entity.latitude is not None and entity.longitude is not None:
                yield quad(node, name("geo:lat"), _decimal(entity.latitude), graph)
                yield quad(node, name("geo:long"), _decimal(entity.longitude), graph)
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
                if at.predicate == relation and not _withheld(at, ontology):
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


def _withheld(at: row.StatementRow | row.TargetRow, ontology: Ontology) -> bool:
    return any(ontology.schemes["flags"][flag].withholds for flag in at.flags)


def _source(document: Document, seeds: Seeds, ontology: Ontology) -> Iterator[str]:
    source = document.source.id
    graph = f"graph/{source}"
    for number in range(1, document.source.paragraphs + 1):
        node = _paragraph(source, number)
        yield quad(node, TYPE, name("kg:Paragraph"), graph)
        yield quad(node, name("kg:number"), literal(str(number), datatype="xsd:integer"), graph)
        yield quad(node, name("prov:wasDerivedFrom"), iri(f"source/{source}"), graph)
        position = document.found.get((number, ""))
        if position:
            yield quad(node, name("kg:foldedHash"), literal(position.hash), graph)
        section = document.section(number)
        if section:
            yield quad(node, name("kg:section"), iri(f"source/{source}/section/{section.first}"), graph)
    for section in document.sections:
        node = iri(f"source/{source}/section/{section.first}")
        yield quad(node, TYPE, name("kg:Section"), graph)
        yield quad(node, name("dcterms:title"), literal(section.heading, lang="en"), graph)
        if section.region:
            yield quad(node, name("kg:ofRegion"), iri(section.region), graph)
        for day, property_ in ((section.read, "kg:readOn"), (section.reread, "kg:rereadOn")):
            if day:
                yield quad(node, name(property_), literal(day, datatype="xsd:date"), graph)
    for statement in document.statements:
        yield from _statement(statement, document, ontology, graph)
    for target in document.targets:
        yield from _target(target, document, seeds, ontology, graph)


def _statement(at: row.StatementRow, document: Document, ontology: Ontology, graph: str) -> Iterator[str]:
    node = iri(at.id)
    predicate = ontology.predicates[at.predicate]
    relation = f"<{predicate.iri}>"
    value = (
        literal(at.object, datatype=_datatype(predicate.datatype)) if predicate.datatype else iri(at.object)
    )
    yield quad(node, TYPE, name("kg:Statement"), graph)
    yield quad(node, name("rdf:subject"), iri(at.subject), graph)
    yield quad(node, name("rdf:predicate"), relation, graph)
    yield quad(node, name("rdf:object"), value, graph)
    for column, scheme in (("stage", "stages"), ("tier", "tiers")):
        if getattr(at, column):
            yield quad(node, name(f"kg:{column}"), _concept(ontology, scheme, getattr(at, column)), graph)
    if at.cue:
        yield quad(node, name("kg:cue"), literal(at.cue), graph)
    yield from _record(at, node, document, ontology, graph)
    if not _withheld(at, ontology):
        yield quad(iri(at.subject), relation, value)


def _target(
    at: row.TargetRow, document: Document, seeds: Seeds, ontology: Ontology, graph: str
) -> Iterator[str]:
    node = iri(at.id)
    yield quad(node, TYPE, name("kg:Target"), graph)
    yield quad(node, name("rdfs:label"), literal(target_label(at, seeds, ontology), lang="en"), graph)
    yield quad(node, name("kg:place"), iri(at.place), graph)
    if at.topic:
        yield quad(node, name("kg:topic"), iri(at.topic), graph)
    yield quad(node, name("kg:indicator"), iri(at.indicator), graph)
    yield quad(node, name("kg:comparator"), _concept(ontology, "comparators", at.comparator), graph)
    for value, property_ in ((at.value, "kg:value"), (at.upper, "kg:upper")):
        if value is not None:
            yield quad(node, name(property_), _decimal(value), graph)
    yield quad(node, name("kg:written"), literal(at.written), graph)
    yield quad(node, name("kg:unit"), _concept(ontology, "units", at.unit), graph)
    if at.unit_written:
        yield quad(node, name("kg:unitWritten"), literal(at.unit_written), graph)
    yield from _record(at, node, document, ontology, graph)
    if not _withheld(at, ontology):
        yield quad(iri(at.place), name("kg:targets"), node)


def _record(
    at: row.StatementRow | row.TargetRow, node: str, document: Document, ontology: Ontology, graph: str
) -> Iterator[str]:
    source = document.source.id
    paragraph = _paragraph(source, at.paragraph)
    words = f"source/{source}/paragraph/{at.paragraph}/quote/{term.digest(at.quote)}"
    yield quad(node, name("kg:paragraph"), paragraph, graph)
    yield quad(node, name("kg:evidence"), iri(words), graph)
    yield quad(node, name("kg:row"), literal(f"{at.file}:{at.line}"), graph)
    if at.period and (bounds := period.parse(at.period)):
        yield quad(node, name("kg:period"), literal(at.period), graph)
        for day, property_ in ((bounds.begins, "kg:begins"), (bounds.ends, "kg:ends")):
            if day:
                yield quad(node, name(property_), literal(day.isoformat(), datatype="xsd:date"), graph)
    for flag in at.flags:
        yield quad(node, name("kg:flag"), _concept(ontology, "flags", flag), graph)
    if at.note:
        yield quad(node, name("kg:note"), literal(at.note), graph)
    found = document.found.get((at.paragraph, at.quote))
    quote = f"{words}/exact"
    yield quad(iri(words), TYPE, name("oa:SpecificResource"), graph)
    yield quad(iri(words), name("oa:hasSource"), paragraph, graph)
    yield quad(iri(words), name("oa:hasSelector"), iri(quote), graph)
    yield quad(iri(quote), TYPE, name("oa:TextQuoteSelector"), graph)
    yield quad(iri(quote), name("oa:exact"), literal((found and found.exact) or at.quote), graph)
    if found:
        position = iri(f"{words}/position")
        yield quad(iri(words), name("oa:hasSelector"), position, graph)
        yield quad(position, TYPE, name("oa:TextPositionSelector"), graph)
        for offset, property_ in ((found.start, "oa:start"), (found.end, "oa:end")):
            yield quad(position, name(property_), literal(str(offset), datatype="xsd:integer"), graph)


def target_label(at: row.TargetRow, seeds: Seeds, ontology: Ontology) -> str:
    """A target in words: ``output value of new energy vehicles: about 350 billion yuan (../2025)``."""
    comparator = ontology.schemes["comparators"][at.comparator]
    what = _label(at.indicator, seeds) + (f" of {_label(at.topic, seeds)}" if at.topic else "")
    how = "" if at.comparator in ("exactly", "range", "several") else f"{comparator.label} "
    unit = ("" if at.unit == "percent" and "%" in at.unit_written else " ") + at.unit_written
    return f"{what}: {how}{at.written}{unit.rstrip()}" + (f" ({at.period})" if at.period else "")


def _label(identifier: str, seeds: Seeds) -> str:
    labels = [n.name for n in seeds.names_of.get(identifier, ()) if n.role == "label" and n.lang == "en"]
    return labels[0] if labels else identifier.partition("/")[2]


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


def _paragraph(source: str, number: int) -> str:
    return iri(f"source/{source}/paragraph/{number}")


def _concept(ontology: Ontology, scheme: str, notation: str) -> str:
    return f"<{ontology.schemes[scheme][notation].iri}>"


def _decimal(value: Decimal) -> str:
    """In the canonical form of xsd:decimal, so that an engine changes nothing."""
    text = format(value.normalize(), "f")
    return literal(text, datatype="xsd:decimal")


def _datatype(address: str) -> str:
    return "" if address.endswith("#string") else f"xsd:{address.rpartition('#')[2]}"
