"""What one source states, as lines: its paragraphs and sections, statements and targets, their evidence."""

from __future__ import annotations

from collections.abc import Iterator

from kg import period, row, term
from kg.line import TYPE, concept, decimal, iri, literal, name, quad
from kg.ontology import Ontology
from kg.seeds import Document, Seeds


def lines(document: Document, seeds: Seeds, ontology: Ontology) -> Iterator[str]:
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
            yield quad(node, name(f"kg:{column}"), concept(ontology, scheme, getattr(at, column)), graph)
    if at.cue:
        yield quad(node, name("kg:cue"), literal(at.cue), graph)
    yield from _record(at, node, document, ontology, graph)
    if not withheld(at, ontology):
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
    yield quad(node, name("kg:comparator"), concept(ontology, "comparators", at.comparator), graph)
    for value, property_ in ((at.value, "kg:value"), (at.upper, "kg:upper")):
        if value is not None:
            yield quad(node, name(property_), decimal(value), graph)
    yield quad(node, name("kg:written"), literal(at.written), graph)
    yield quad(node, name("kg:unit"), concept(ontology, "units", at.unit), graph)
    if at.unit_written:
        yield quad(node, name("kg:unitWritten"), literal(at.unit_written), graph)
    yield from _record(at, node, document, ontology, graph)
    if not withheld(at, ontology):
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
        yield quad(node, name("kg:flag"), concept(ontology, "flags", flag), graph)
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
    unit = "" if at.unit_written in at.written else ("" if "%" in at.unit_written else " ") + at.unit_written
    return f"{what}: {how}{at.written}{unit.rstrip()}" + (f" ({at.period})" if at.period else "")


def _label(identifier: str, seeds: Seeds) -> str:
    labels = [n.name for n in seeds.names_of.get(identifier, ()) if n.role == "label" and n.lang == "en"]
    return labels[0] if labels else identifier.partition("/")[2]


def _paragraph(source: str, number: int) -> str:
    return iri(f"source/{source}/paragraph/{number}")


def withheld(at: row.StatementRow | row.TargetRow, ontology: Ontology) -> bool:
    return any(ontology.schemes["flags"][flag].withholds for flag in at.flags)


def _datatype(address: str) -> str:
    return "" if address.endswith("#string") else f"xsd:{address.rpartition('#')[2]}"
