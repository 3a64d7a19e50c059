"""Compiler of one source: its sections and paragraphs, statements and targets, and their evidence."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kg import iris, text
from kg.check import words
from kg.compile.nquads import concept, decimal, integer, iri, literal, name, quad, quads
from kg.ontology import Ontology
from kg.read import models, periods
from kg.read.seeds import Document, EntityIndex

#: Predicates whose statements hold for their section alone: they give no plain triple.
SECTION_ONLY = frozenset({"listedUnder", "classedAs"})
#: A section's first paragraph is body text, not a heading, if it has more characters.
HEADING = 200
_ROW = models.StatementRow | models.TargetRow


def lines(document: Document, register: EntityIndex, ontology: Ontology) -> Iterator[str]:
    """Yield all lines of a source."""
    yield from section_lines(document)
    yield from paragraph_lines(document, range(1, document.source.paragraphs + 1))
    yield from statement_lines(document, register, ontology)


def section_lines(document: Document) -> Iterator[str]:
    """Yield the sections of a source: their regions, and when they were read."""
    for section in document.sections:
        pairs = (
            ("rdf:type", name("kg:Section")),
            ("dcterms:title", literal(section.heading, lang="en")),
            ("kg:ofRegion", section.region and iri(section.region)),
            ("kg:readOn", section.read and literal(section.read, datatype="xsd:date")),
            ("prov:hadPrimarySource", section.digest_of and iri(f"source/{section.digest_of}")),
            ("kg:rereadOn", section.reread and literal(section.reread, datatype="xsd:date")),
        )
        yield from quads(_section(document.source.id, section), pairs, f"graph/{document.source.id}")


def paragraph_lines(document: Document, numbers: Iterable[int]) -> Iterator[str]:
    """Yield paragraphs of a source: number, section, the sections that they head, hash if it is recorded."""
    source = document.source.id
    under: dict[str, list[models.SectionRow]] = {}
    for section in document.sections:
        under.setdefault(section.under, []).append(section)
    for number in numbers:
        position, within = document.found.get((number, "")), document.section(number)
        headed = under.get(str(number), [])
        if within and within.first == number and position and position.end <= HEADING:
            headed = [within, *headed]
        pairs = (
            ("rdf:type", name("kg:Paragraph")),
            ("kg:number", integer(number)),
            ("prov:wasDerivedFrom", iri(f"source/{source}")),
            ("kg:foldedHash", literal(position.hash) if position else ""),
            ("kg:section", _section(source, within) if within else ""),
            *(("kg:headingOf", _section(source, section)) for section in headed),
        )
        yield from quads(iri(_paragraph(source, number)), pairs, f"graph/{source}")


def statement_lines(document: Document, register: EntityIndex, ontology: Ontology) -> Iterator[str]:
    """Yield statements and targets with their evidence, and the plain triples derived from them."""
    written: set[str] = set()
    for at in document.evidence():
        if isinstance(at, models.StatementRow):
            pairs, plain = _statement(at, document, ontology)
        else:
            pairs, plain = _target(at, document, register, ontology)
        evidence = list(_evidence(at, document))
        pairs += [
            *_shared_pairs(at, document, ontology),
            *((property_, iri(one.node)) for property_, one in evidence),
        ]
        yield from quads(iri(at.id), pairs, f"graph/{at.source}")
        for _, one in evidence:
            if one.node not in written:
                written.add(one.node)
                yield from one.lines(at.source)
        if plain and not ontology.withholds(at.flags):
            yield plain


def _statement(
    at: models.StatementRow, document: Document, ontology: Ontology
) -> tuple[list[tuple[str, str]], str]:
    """The pairs of a statement, and its plain triple; empty if it holds for its section alone."""
    section = document.section(at.paragraph) if at.predicate in SECTION_ONLY else None
    predicate = ontology.predicates[at.predicate]
    value = iri(at.object)
    if predicate.datatype:
        datatype = predicate.datatype.rpartition("#")[2]
        value = literal(at.object, datatype="" if datatype == "string" else f"xsd:{datatype}")
    pairs = [
        ("rdf:type", name("kg:Statement")),
        ("rdf:subject", iri(at.subject)),
        ("rdf:predicate", f"<{predicate.iri}>"),
        ("rdf:object", value),
        ("kg:stage", at.stage and concept(ontology, "stages", at.stage)),
        ("kg:tier", at.tier and concept(ontology, "tiers", at.tier)),
        ("kg:cue", at.cue and literal(at.cue)),
        ("kg:said", at.said and literal(at.said)),
        ("kg:region", iri(section.region) if section and section.region else ""),
    ]
    plain = "" if at.predicate in SECTION_ONLY else quad(iri(at.subject), f"<{predicate.iri}>", value)
    return pairs, plain


def _target(
    at: models.TargetRow, document: Document, register: EntityIndex, ontology: Ontology
) -> tuple[list[tuple[str, str]], str]:
    """The pairs of a target or result, and its plain triple."""
    pairs = [
        ("rdf:type", name("kg:Result" if at.status else "kg:Target")),
        ("kg:status", at.status and concept(ontology, "statuses", at.status)),
        ("rdfs:label", literal(target_label(at, _period(at, document), register, ontology), lang="en")),
        ("kg:place", iri(at.place)),
        ("kg:indicator", iri(at.indicator)),
        ("kg:comparator", concept(ontology, "comparators", at.comparator)),
        ("kg:written", literal(at.written)),
        ("kg:unit", concept(ontology, "units", at.unit)),
        ("kg:topic", at.topic and iri(at.topic)),
        ("kg:value", "" if at.value is None else decimal(at.value)),
        ("kg:upper", "" if at.upper is None else decimal(at.upper)),
        ("kg:unitWritten", at.unit_written and literal(at.unit_written)),
    ]
    return pairs, quad(iri(at.place), name("kg:achieves" if at.status else "kg:targets"), iri(at.id))


def _shared_pairs(at: _ROW, document: Document, ontology: Ontology) -> list[tuple[str, str]]:
    period = _period(at, document)
    return [
        ("kg:paragraph", iri(_paragraph(at.source, at.paragraph))),
        ("kg:row", literal(f"{at.file}:{at.line}")),
        ("kg:period", period and literal(period)),
        *(_bounds(period) if period else ()),
        *(("kg:flag", concept(ontology, "flags", flag)) for flag in at.flags),
        ("kg:note", at.note and literal(at.note)),
    ]


def _period(at: _ROW, document: Document) -> str:
    """Return the row's own period, else that of its section."""
    section = None if at.period else document.section(at.paragraph)
    return section.period if section else at.period


def _evidence(at: _ROW, document: Document) -> Iterator[tuple[str, "_Words"]]:
    """Yield the words of a row, each after the property that leads to them."""
    position = document.found.get((at.paragraph, at.quote))
    node = f"quote/{iris.digest(at.quote)}"
    yield "kg:evidence", _Words(f"{_paragraph(at.source, at.paragraph)}/{node}", at.quote, position)
    for kind, quote, position in words.recorded(at, document):
        heading = position.heading if position else getattr(at, f"{kind}_paragraph", "")
        paragraph = _paragraph(at.source, int(heading or at.paragraph))
        node = f"words/{iris.digest(quote, position.start if position else '')}"
        yield f"kg:{kind}At", _Words(f"{paragraph}/{node}", quote, position)


class _Words(NamedTuple):
    """Words in a paragraph, as a Web Annotation resource with its selectors."""

    node: str
    quote: str
    position: models.PositionRow | None

    def lines(self, source: str) -> Iterator[str]:
        """Yield the resource, a TextQuoteSelector, and a TextPositionSelector if the words were located."""
        at, graph = self.position, f"graph/{source}"
        exact, position = iri(f"{self.node}/exact"), iri(f"{self.node}/position")
        pairs = (
            ("rdf:type", name("oa:SpecificResource")),
            ("oa:hasSource", iri(self.node.rsplit("/", 2)[0])),
            ("oa:hasSelector", exact),
            ("oa:hasSelector", position if at else ""),
        )
        yield from quads(iri(self.node), pairs, graph)
        selected = (
            ("rdf:type", name("oa:TextQuoteSelector")),
            ("oa:exact", literal((at and at.exact) or self.quote)),
            ("oa:prefix", literal(at.prefix) if at and at.prefix else ""),
            ("oa:suffix", literal(at.suffix) if at and at.suffix else ""),
            ("kg:repeated", literal("true", datatype="xsd:boolean") if at and at.repeated else ""),
        )
        yield from quads(exact, selected, graph)
        if at:
            where = (("oa:start", integer(at.start)), ("oa:end", integer(at.end)))
            yield from quads(position, (("rdf:type", name("oa:TextPositionSelector")), *where), graph)


@lru_cache(maxsize=1_024)
def _bounds(edtf: str) -> tuple[tuple[str, str], ...]:
    """First and last day of a period, as predicates and values."""
    bounds = periods.parse(edtf)
    days = ((bounds.begins, "kg:begins"), (bounds.ends, "kg:ends")) if bounds else ()
    return tuple((property_, literal(day.isoformat(), datatype="xsd:date")) for day, property_ in days if day)


def target_label(at: models.TargetRow, period: str, register: EntityIndex, ontology: Ontology) -> str:
    """Return the label of a target: ``output value of new energy vehicles: about 350 billion yuan``."""
    comparator = ontology.schemes["comparators"][at.comparator]
    what = register.label(at.indicator) + (f" of {register.label(at.topic)}" if at.topic else "")
    how = "" if at.comparator in ("exactly", "range", "several") else f"{comparator.label} "
    when = ", ".join(filter(None, (period, at.status)))
    return f"{what}: {how}{_amount(at, ontology)}" + (f" ({when})" if when else "")


def _amount(at: models.TargetRow, ontology: Ontology) -> str:
    """The number with its unit, as written; that of a Chinese text as English writes it: 400 billion yuan."""
    if at.value is None or not text.length(at.written + at.unit_written)[1]:
        unit = (
            "" if at.unit_written in at.written else ("" if "%" in at.unit_written else " ") + at.unit_written
        )
        return f"{at.written}{unit.rstrip()}"
    number = "-".join(_scaled(bound) for bound in (at.value, at.upper) if bound is not None)
    label = {"percent": "%", "count": ""}.get(at.unit, f" {ontology.schemes['units'][at.unit].label}")
    return number + label


def _scaled(number: Decimal) -> str:
    """400000000000 as 400 billion, 50000 as 50,000."""
    scales = ((10**12, " trillion"), (10**9, " billion"), (10**6, " million"))
    scale, word = next((one for one in scales if abs(number) >= one[0]), (1, ""))
    return f"{(number / scale).normalize():,f}{word}"


def _paragraph(source: str, number: int) -> str:
    return f"source/{source}/paragraph/{number}"


def _section(source: str, section: models.SectionRow) -> str:
    return iri(f"source/{source}/section/{section.first}")
