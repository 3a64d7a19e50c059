"""The page of an annotated text: its sections and paragraphs, each with the entries beside it, as HTML."""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from kg.annotation import entries
from kg.annotation.entries import KINDS, Entry, Labels
from kg.annotation.marks import Mark, Segment, segments
from kg.check import mentions, run, texts
from kg.draft.rows import DraftRow
from kg.read import models
from kg.read.seeds import Document

_ENVIRONMENT = Environment(
    loader=PackageLoader("kg.annotation", "web"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the text: its segments, and the entries that begin in it."""

    number: int
    segments: Sequence[Segment]
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Section:
    """A section with its region, how it was read, how many entries of each kind it has, and what is wrong."""

    row: models.SectionRow
    region: str
    state: str
    counts: Mapping[str, int]
    problems: Sequence[str]
    paragraphs: Sequence[Paragraph]


@dataclass(frozen=True)
class AnnotatedText:
    """A source with all that is known of its text; ``problems`` belong to no entry."""

    document: Document
    sections: Sequence[Section]
    problems: Sequence[str]

    def counts(self) -> Mapping[str, int]:
        """Count the entries by kind, and the problems."""
        found: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
        for section in self.sections:
            found.update(section.counts)
            found["problem"] += len(section.problems)
        found["problem"] += len(self.problems)
        return found


def annotate(
    report: run.Report, source: str, folders: Iterable[Path], draft: Sequence[DraftRow] = ()
) -> AnnotatedText:
    """Lay out a source that was checked: its text, rows, problems and gaps, and proposals of a draft.

    Gaps are those of sections that were read, or in which a reader has begun to write rows. Raises KgError if
    the text is not in the folders.
    """
    document = report.seeds.documents[source]
    paragraphs = texts.read_text(document, folders)
    labels = Labels(report.seeds, report.ontology)
    own = [one for one in report.problems if one.file.startswith(f"{source}/")]
    own += [p for p in report.problems if p.file == document.source.file and p.line == document.source.line]
    wrong = entries.problems_by_row(own)
    found = mentions.search({source: paragraphs}, report.seeds.register)[source].mentions
    listed = [
        *entries.statements(document, paragraphs, labels, wrong),
        *entries.targets(document, paragraphs, labels, wrong),
        *entries.coverage(document, paragraphs, labels, wrong),
        *entries.proposals(draft, document, paragraphs, labels),
        *entries.gaps(gap for gap in report.gaps if gap.source == source),
        *entries.mentions(found, labels),
    ]
    laid = _lay_out(paragraphs, listed)
    sections = [_section(row, laid, labels, wrong) for row in _section_rows(document, len(paragraphs))]
    rows = (*document.evidence(), *document.coverage, *(section.row for section in sections))
    shown = {(row.file, row.line) for row in rows}
    others = [str(one) for one in own if (one.file, one.line) not in shown]
    return AnnotatedText(document, sections, others)


def _section_rows(document: Document, paragraphs: int) -> Sequence[models.SectionRow]:
    """Return the sections of a text, or one that is the whole if they leave out or share a paragraph."""
    numbers = [number for row in document.sections for number in range(row.first, row.last + 1)]
    if numbers == list(range(1, paragraphs + 1)):
        return document.sections
    cells = dict.fromkeys(models.SectionRow.columns(), "")
    whole = cells | {"first": "1", "last": str(paragraphs), "heading": "The whole text"}
    return (models.SectionRow.model_validate({**whole, "file": "", "line": 0}),)


def _lay_out(paragraphs: Sequence[str], listed: Sequence[Entry]) -> list[Paragraph]:
    marks: dict[int, list[Mark]] = {}
    beside: dict[int, list[Entry]] = {}
    for entry in listed:
        beside.setdefault(entry.paragraph, []).append(entry)
        for mark in entry.marks:
            marks.setdefault(mark.paragraph, []).append(mark)
    order = {kind: at for at, kind in enumerate(KINDS)}
    return [
        Paragraph(
            number,
            list(segments(raw, marks.get(number, ()))),
            sorted(beside.get(number, ()), key=lambda one: (one.start, order[one.kind])),
        )
        for number, raw in enumerate(paragraphs, 1)
    ]


def _section(
    row: models.SectionRow,
    laid: Sequence[Paragraph],
    labels: Labels,
    wrong: Mapping[tuple[str, int], list[str]],
) -> Section:
    held = laid[row.first - 1 : row.last]
    counts = Counter(entry.kind for one in held for entry in one.entries)
    counts["problem"] = sum(len(entry.problems) for one in held for entry in one.entries)
    state = (
        f"read {row.read}, again {row.reread}" if row.read and row.reread else row.read and f"read {row.read}"
    )
    region = labels.entity(row.region) if row.region else ""
    problems = wrong.get((row.file, row.line), ())
    return Section(row, region, state, counts, problems, held)


def render_annotated(found: AnnotatedText) -> str:
    """Return the page as one HTML file that loads nothing and runs no script but its own."""
    style, script = (_asset(name) for name in ("annotated.css", "annotated.js"))
    return _ENVIRONMENT.get_template("annotated.html").render(
        found=found, source=found.document.source, counts=found.counts(), kinds=KINDS,
        style=style, script=script, style_hash=_digest(style), script_hash=_digest(script),
    )  # fmt: skip


def _asset(name: str) -> str:
    loader = _ENVIRONMENT.loader
    assert loader is not None
    return loader.get_source(_ENVIRONMENT, name)[0]


def _digest(content: str) -> str:
    """Return the hash of inline content as a Content-Security-Policy names it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"
