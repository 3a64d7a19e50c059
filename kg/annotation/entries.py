"""Entries beside a text, with their marks: rows of its tables, proposals, mentions and gaps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg import text
from kg.annotation.marks import Mark
from kg.check import sections, words
from kg.draft.rows import NEW, DraftRow
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models
from kg.read.mentions import Mention
from kg.read.seeds import Document, Seeds
from kg.text import Span

#: Kinds of entries, as a reader turns them on and off, with the noun that the page shows.
KINDS = {
    "statement": "Statements", "target": "Targets", "coverage": "Coverage", "proposal": "Proposals",
    "gap": "Gaps", "mention": "Mentions",
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """What the page shows of a row: ``subject``, ``relation`` and ``object`` read as a sentence.

    ``details`` are terms with their values, ``ids`` the ids behind the names, ``where`` is file and line.
    """

    id: str
    kind: str
    paragraph: int
    object: str
    subject: str = ""
    relation: str = ""
    quote: str = ""
    details: tuple[tuple[str, str], ...] = ()
    ids: str = ""
    where: str = ""
    state: str = ""
    problems: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = field(default=(), compare=False)

    @property
    def start(self) -> tuple[bool, int]:
        """Return where the entry stands in its paragraph; one without words there comes last."""
        places = [mark.start for mark in self.marks if mark.paragraph == self.paragraph]
        return not places, min(places, default=0)


@dataclass(frozen=True)
class Labels:
    """Names of entities and terms as readers know them."""

    seeds: Seeds
    ontology: Ontology

    def entity(self, identifier: str) -> str:
        """Return the label of an entity, a new name, or what a cell holds else."""
        if identifier.startswith(NEW):
            return f"{identifier.removeprefix(NEW)} (new)"
        return self.seeds.register.label(identifier) if identifier in self.seeds.kinds else identifier

    def predicate(self, name: str) -> str:
        """Return the label of a predicate."""
        known = self.ontology.predicates.get(name)
        return known.label if known else name

    def term(self, scheme: str, notation: str) -> str:
        """Return the label of a term of a scheme."""
        known = self.ontology.schemes[scheme].get(notation)
        return known.label if known else notation


def statements(
    document: Document,
    paragraphs: Sequence[str],
    labels: Labels,
    problems: Mapping[tuple[str, int], list[str]],
) -> Iterator[Entry]:
    """Yield an entry for each statement of a source."""
    for row in document.statements:
        key = f"s{row.line}"
        yield Entry(
            key, "statement", row.paragraph, labels.entity(row.object), labels.entity(row.subject),
            labels.predicate(row.predicate), row.quote, _statement_details(row, labels),
            f"{row.subject} {row.predicate} {row.object}", _where(row),
            problems=tuple(problems.get((row.file, row.line), ())),
            marks=tuple(_marks_of(row, document, paragraphs, "statement", key)),
        )  # fmt: skip


def targets(
    document: Document,
    paragraphs: Sequence[str],
    labels: Labels,
    problems: Mapping[tuple[str, int], list[str]],
) -> Iterator[Entry]:
    """Yield an entry for each target of a source."""
    for row in document.targets:
        key = f"t{row.line}"
        value = _value(row.comparator, row.written, row.unit_written, labels)
        yield Entry(
            key, "target", row.paragraph, value, labels.entity(row.place), labels.entity(row.indicator),
            row.quote, _target_details(row, labels), f"{row.place} {row.indicator} {row.topic}".strip(),
            _where(row), problems=tuple(problems.get((row.file, row.line), ())),
            marks=tuple(_quoted(row.paragraph, row.quote, paragraphs, "target-quote", key)),
        )  # fmt: skip


def coverage(
    document: Document,
    paragraphs: Sequence[str],
    labels: Labels,
    problems: Mapping[tuple[str, int], list[str]],
) -> Iterator[Entry]:
    """Yield an entry for each span that states nothing for the graph."""
    for row in document.coverage:
        key, span = f"c{row.line}", None
        if row.paragraph <= len(paragraphs):
            span = sections.find_span(row, paragraphs[row.paragraph - 1])
        marks = (Mark(row.paragraph, *span, "coverage", key),) if isinstance(span, Span) else ()
        again = f", again {row.reread}" if row.reread else ""
        yield Entry(
            key, "coverage", row.paragraph, labels.term("reasons", row.reason),
            quote=f"{row.begins} … {row.to}" if row.to else row.begins or "the whole paragraph",
            details=_given(("repeats", row.repeats and f"¶{row.repeats}"), ("read", f"{row.read}{again}")),
            where=_where(row), problems=tuple(problems.get((row.file, row.line), ())),
            marks=marks,
        )  # fmt: skip


def proposals(
    rows: Iterable[DraftRow], document: Document, paragraphs: Sequence[str], labels: Labels
) -> Iterator[Entry]:
    """Yield an entry for each row of a draft."""
    for row in rows:
        key, by = f"d{row.line}", row.model and f"model {row.model}"
        about = _given(("stage", row.stage), ("tier", row.tier), ("cue", row.cue), ("said", row.said))
        about += _given(("period", row.period), ("why", row.why), ("by", by), ("note", row.note))
        subject, relation, name = row.subject, labels.predicate(row.predicate), labels.entity(row.object)
        if row.kind == "target":
            subject, relation = row.place, labels.entity(row.indicator) or "indicator to be filled"
            name = _value(row.comparator, row.written, row.unit_written, labels)
        elif row.kind == "entity":
            subject, relation, name = "", f"new {row.class_}", row.label or row.name
        yield Entry(
            key, "proposal", row.paragraph, name, labels.entity(subject), relation, row.quote or row.name,
            about, " ".join(filter(None, (subject, row.predicate or row.indicator, row.object))),
            f"draft:{row.line}", {"yes": "accepted", "no": "rejected"}.get(row.accept, "proposed"),
            marks=tuple(_proposal_marks(row, document, paragraphs, key)),
        )  # fmt: skip


def mentions(found: Iterable[Mention], labels: Labels) -> Iterator[Entry]:
    """Yield an entry for each entity that a paragraph names."""
    by_entity: dict[tuple[int, str], list[Mention]] = {}
    for one in found:
        by_entity.setdefault((one.paragraph, one.entity), []).append(one)
    for at, ((paragraph, entity), here) in enumerate(by_entity.items()):
        key = f"m{at}"
        printed = ", ".join(dict.fromkeys(one.words for one in here))
        inside = ", ".join(dict.fromkeys(one.within for one in here if one.within))
        marks = (Mark(paragraph, one.start, one.start + len(one.words), "mention", key) for one in here)
        kind = labels.seeds.kinds.get(entity, "")
        yield Entry(
            key, "mention", paragraph, labels.entity(entity), quote=printed, ids=entity,
            details=_given(("class", kind), ("within", inside)), marks=tuple(marks),
        )  # fmt: skip


def gaps(found: Iterable[sections.Gap]) -> Iterator[Entry]:
    """Yield an entry for each run of words under no quote and no coverage row."""
    for at, gap in enumerate(found, 1):
        key, size = f"g{at}", f"{gap.words} words"
        if gap.clauses:
            size = f"{gap.clauses} clause{'s' * (gap.clauses > 1)}, {gap.words} characters"
        mark = Mark(gap.paragraph, gap.start, gap.end, "gap", key)
        yield Entry(key, "gap", gap.paragraph, size, quote=f"{gap.opening} …", marks=(mark,))


def problems_by_row(problems: Iterable[Problem]) -> dict[tuple[str, int], list[str]]:
    """Return what is wrong with rows, by their file and line."""
    found: dict[tuple[str, int], list[str]] = {}
    for one in problems:
        shown = f" {one.text!r}" if one.text else ""
        remedy = f" ({one.remedy})" if one.remedy else ""
        column = f"{one.column}: " if one.column else ""
        found.setdefault((one.file, one.line), []).append(f"{column}{one.what}{shown}{remedy}")
    return found


def _where(row: models.Row) -> str:
    """Return the table, without its folder, and the line of a row."""
    return f"{row.file.rpartition('/')[2]}:{row.line}"


def _given(*details: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((term, value) for term, value in details if value)


def _value(comparator: str, written: str, unit: str, labels: Labels) -> str:
    """Return a value in words, as the source writes it."""
    joint = " " if unit[:1].isascii() and unit[:1].isalpha() else ""
    return f"{labels.term('comparators', comparator)} {written}{joint}{unit}"


def _statement_details(row: models.StatementRow, labels: Labels) -> tuple[tuple[str, str], ...]:
    heading = f" (¶{row.said_paragraph})" if row.said_paragraph else ""
    flags = ", ".join(labels.term("flags", flag) for flag in row.flags)
    return _given(
        ("stage", row.stage and labels.term("stages", row.stage)),
        ("tier", row.tier and labels.term("tiers", row.tier)), ("cue", row.cue),
        ("said", row.said and f"{row.said}{heading}"), ("period", row.period), ("flags", flags),
        ("note", row.note),
    )  # fmt: skip


def _target_details(row: models.TargetRow, labels: Labels) -> tuple[tuple[str, str], ...]:
    read = "" if row.value is None else f"{row.value:,f} {row.unit}"
    flags = ", ".join(labels.term("flags", flag) for flag in row.flags)
    return _given(
        ("topic", labels.entity(row.topic) if row.topic else ""), ("period", row.period), ("value", read),
        ("flags", flags), ("note", row.note),
    )  # fmt: skip


def _quoted(paragraph: int, quote: str, paragraphs: Sequence[str], role: str, key: str) -> Iterator[Mark]:
    if quote and paragraph <= len(paragraphs):
        for span in text.find(paragraphs[paragraph - 1], quote)[0][:1]:
            yield Mark(paragraph, *span, role, key)


def _marks_of(
    row: words.Row, document: Document, paragraphs: Sequence[str], kind: str, key: str
) -> Iterator[Mark]:
    """Yield the marks of a row's quote, its governing words and its cue."""
    yield from _quoted(row.paragraph, row.quote, paragraphs, f"{kind}-quote", key)
    printed, any_case = words.find_in(paragraphs), words.find_in(paragraphs, any_case=True)
    if row.said and (said := words.place_said(row, printed)):
        yield Mark(*said, f"{kind}-said", key)
    if row.cue and (cue := words.place_cue(row, document, any_case)):
        yield Mark(*cue, f"{kind}-cue", key)


def _proposal_marks(row: DraftRow, document: Document, paragraphs: Sequence[str], key: str) -> Iterator[Mark]:
    """Yield the marks of a proposal: those of its words, of a new name where it was found."""
    if row.quote:
        yield from _marks_of(row, document, paragraphs, "proposal", key)
    elif row.start.isdecimal() and row.end.isdecimal():
        yield Mark(row.paragraph, int(row.start), int(row.end), "proposal-quote", key)
