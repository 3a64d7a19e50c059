"""Compiler of one source: its sections and paragraphs, statements and targets, and their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from kg import iris
from kg.compile.nquads import TYPE, concept, decimal, iri, literal, name, quad, quads
from kg.ontology import Ontology
from kg.read import models, periods
from kg.read.seeds import Document, Register

#: Predicates whose statements hold for their section alone: they give no plain triple.
SECTION_ONLY = frozenset({"listedUnder", "classedAs"})


def lines(document: Document, register: Register, ontology: Ontology) -> Iterator[str]:
    """Yield all lines of a source."""
    yield from sections(document)
    yield from paragraphs(document, range(1, document.source.paragraphs + 1))
    yield from records(document, register, ontology)


def sections(document: Document) -> Iterator[str]:
    """Yield the sections of a source: their regions, and when they were read."""
    graph = iri(f"graph/{document.source.id}")
    for section in document.sections:
        facts = [(TYPE, name("kg:Section")), (name("dcterms:title"), literal(section.heading, lang="en"))]
        if section.region:
            facts.append((name("kg:ofRegion"), iri(section.region)))
        for day, property_ in ((section.read, "kg:readOn"), (section.reread, "kg:rereadOn")):
            if day:
                facts.append((name(property_), literal(day, datatype="xsd:date")))
        yield from quads(iri(f"source/{document.source.id}/section/{section.first}"), facts, graph)


def paragraphs(document: Document, numbers: Iterable[int]) -> Iterator[str]:
    """Yield paragraphs of a source: their numbers, sections, and the hashes of their text if recorded."""
    graph, source = iri(f"graph/{document.source.id}"), iri(f"source/{document.source.id}")
    kind, derived = name("kg:Paragraph"), name("prov:wasDerivedFrom")
    for number in numbers:
        facts = [
            (TYPE, kind),
            (name("kg:number"), literal(str(number), datatype="xsd:integer")),
            (derived, source),
        ]
        position = document.found.get((number, ""))
        if position:
            facts.append((name("kg:foldedHash"), literal(position.hash)))
        section = document.section(number)
        if section:
            facts.append((name("kg:section"), iri(f"source/{document.source.id}/section/{section.first}")))
        yield from quads(_paragraph(document.source.id, number), facts, graph)


def records(document: Document, register: Register, ontology: Ontology) -> Iterator[str]:
    """Yield statements and targets with their evidence, and the plain triples derived from them."""
    quoted: set[tuple[int, str]] = set()
    for statement in document.statements:
        yield from _statement(statement, document, ontology, quoted)
    for target in document.targets:
        yield from _target(target, document, register, ontology, quoted)


def _statement(
    at: models.StatementRow, document: Document, ontology: Ontology, quoted: set[tuple[int, str]]
) -> Iterator[str]:
    predicate = ontology.predicates[at.predicate]
    relation = f"<{predicate.iri}>"
    subject = iri(at.subject)
    value = (
        literal(at.object, datatype=_datatype(predicate.datatype)) if predicate.datatype else iri(at.object)
    )
    facts = [
        (TYPE, name("kg:Statement")),
        (name("rdf:subject"), subject),
        (name("rdf:predicate"), relation),
        (name("rdf:object"), value),
    ]
    if at.stage:
        facts.append((name("kg:stage"), concept(ontology, "stages", at.stage)))
    if at.tier:
        facts.append((name("kg:tier"), concept(ontology, "tiers", at.tier)))
    if at.cue:
        facts.append((name("kg:cue"), literal(at.cue)))
    if at.said:
        facts.append((name("kg:said"), literal(at.said)))
    if at.said_paragraph:
        facts.append((name("kg:saidIn"), _paragraph(document.source.id, int(at.said_paragraph))))
    section = document.section(at.paragraph)
    if at.predicate in SECTION_ONLY and section and section.region:
        facts.append((name("kg:region"), iri(section.region)))
    yield from _record(at, facts, document, ontology, quoted)
    if at.predicate not in SECTION_ONLY and not withheld(at, ontology):
        yield quad(subject, relation, value)


def _target(
    at: models.TargetRow,
    document: Document,
    register: Register,
    ontology: Ontology,
    quoted: set[tuple[int, str]],
) -> Iterator[str]:
    facts = [
        (TYPE, name("kg:Target")),
        (name("rdfs:label"), literal(target_label(at, register, ontology), lang="en")),
        (name("kg:place"), iri(at.place)),
        (name("kg:indicator"), iri(at.indicator)),
        (name("kg:comparator"), concept(ontology, "comparators", at.comparator)),
        (name("kg:written"), literal(at.written)),
        (name("kg:unit"), concept(ontology, "units", at.unit)),
    ]
    if at.topic:
        facts.append((name("kg:topic"), iri(at.topic)))
    for value, property_ in ((at.value, "kg:value"), (at.upper, "kg:upper")):
        if value is not None:
            facts.append((name(property_), decimal(value)))
    if at.unit_written:
        facts.append((name("kg:unitWritten"), literal(at.unit_written)))
    yield from _record(at, facts, document, ontology, quoted)
    if not withheld(at, ontology):
        yield quad(iri(at.place), name("kg:targets"), iri(at.id))


def _record(
    at: models.StatementRow | models.TargetRow,
    facts: list[tuple[str, str]],
    document: Document,
    ontology: Ontology,
    quoted: set[tuple[int, str]],
) -> Iterator[str]:
    """The lines of a statement or target, and those of its quote for the first row that has it."""
    source = document.source.id
    graph = iri(f"graph/{source}")
    words = f"source/{source}/paragraph/{at.paragraph}/quote/{iris.digest(at.quote)}"
    facts += (
        (name("kg:paragraph"), _paragraph(source, at.paragraph)),
        (name("kg:evidence"), iri(words)),
        (name("kg:row"), literal(f"{at.file}:{at.line}")),
    )
    if period := _period(at, document):
        facts.append((name("kg:period"), literal(period)))
        facts += _bounds(period)
    for flag in at.flags:
        facts.append((name("kg:flag"), concept(ontology, "flags", flag)))
    if at.note:
        facts.append((name("kg:note"), literal(at.note)))
    yield from quads(iri(at.id), facts, graph)
    if (at.paragraph, at.quote) not in quoted:
        quoted.add((at.paragraph, at.quote))
        yield from _quote(at, words, document, graph)


def _period(at: models.StatementRow | models.TargetRow, document: Document) -> str:
    """Return the row's own period, else for a statement that of its section."""
    section = None if at.period or isinstance(at, models.TargetRow) else document.section(at.paragraph)
    return section.period if section else at.period


def _quote(
    at: models.StatementRow | models.TargetRow, words: str, document: Document, graph: str
) -> Iterator[str]:
    found = document.found.get((at.paragraph, at.quote))
    quote = iri(f"{words}/exact")
    facts = [
        (TYPE, name("oa:SpecificResource")),
        (name("oa:hasSource"), _paragraph(document.source.id, at.paragraph)),
        (name("oa:hasSelector"), quote),
    ]
    if found:
        position = iri(f"{words}/position")
        facts.append((name("oa:hasSelector"), position))
        where = [
            (TYPE, name("oa:TextPositionSelector")),
            (name("oa:start"), literal(str(found.start), datatype="xsd:integer")),
            (name("oa:end"), literal(str(found.end), datatype="xsd:integer")),
        ]
        yield from quads(position, where, graph)
    yield from quads(iri(words), facts, graph)
    exact = literal((found and found.exact) or at.quote)
    yield from quads(quote, ((TYPE, name("oa:TextQuoteSelector")), (name("oa:exact"), exact)), graph)


@lru_cache(maxsize=1_024)
def _bounds(edtf: str) -> tuple[tuple[str, str], ...]:
    """First and last day of a period, as predicates and values."""
    bounds = periods.parse(edtf)
    days = ((bounds.begins, "kg:begins"), (bounds.ends, "kg:ends")) if bounds else ()
    return tuple(
        (name(property_), literal(day.isoformat(), datatype="xsd:date")) for day, property_ in days if day
    )


def target_label(at: models.TargetRow, register: Register, ontology: Ontology) -> str:
    """Return the label of a target: ``output value of new energy vehicles: about 350 billion yuan``."""
    comparator = ontology.schemes["comparators"][at.comparator]
    what = register.label(at.indicator) + (f" of {register.label(at.topic)}" if at.topic else "")
    how = "" if at.comparator in ("exactly", "range", "several") else f"{comparator.label} "
    unit = "" if at.unit_written in at.written else ("" if "%" in at.unit_written else " ") + at.unit_written
    return f"{what}: {how}{at.written}{unit.rstrip()}" + (f" ({at.period})" if at.period else "")


def _paragraph(source: str, number: int) -> str:
    return iri(f"source/{source}/paragraph/{number}")


def withheld(at: models.StatementRow | models.TargetRow, ontology: Ontology) -> bool:
    """Whether a flag keeps a statement or target from becoming a plain triple."""
    return bool(at.flags) and any(ontology.schemes["flags"][flag].withholds for flag in at.flags)


def _datatype(address: str) -> str:
    return "" if address.endswith("#string") else f"xsd:{address.rpartition('#')[2]}"
