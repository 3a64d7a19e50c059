"""Checks of the sections of a source, and of the spans of its text that hold no statement."""

from __future__ import annotations

from collections.abc import Iterator

from kg import text
from kg.check.references import check_end, check_terms, out_of_range
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models
from kg.read.seeds import Document, EntityIndex

SPAN_WORDS = 4


def check_sections(document: Document, register: EntityIndex, ontology: Ontology) -> Iterator[Problem]:
    """Check that sections follow each other from the first paragraph to the last, and are about places."""
    expected = 1
    for section in document.sections:
        if section.first != expected or section.last < section.first:
            what = f"the section should begin at paragraph {expected}"
            remedy = "sections follow each other without gap or overlap"
            yield section.problem("first", "section-bounds", what, section.first, remedy)
        expected = section.last + 1
        if section.region:
            yield from check_end(section, "region", "a section's region", ("Place",), register, ontology)
        if section.under and not 1 <= int(section.under) <= document.source.paragraphs:
            yield out_of_range(section, "under", document)
    if document.sections and expected != document.source.paragraphs + 1:
        last = document.sections[-1]
        what = f"the last section should end at paragraph {document.source.paragraphs}"
        yield last.problem("last", "section-bounds", what, last.last, "sources.csv counts the paragraphs")


def check_coverage(document: Document, ontology: Ontology) -> Iterator[Problem]:
    """Check that coverage rows give a reason of the list and name their span in few words."""
    for span in document.coverage:
        if span.paragraph > document.source.paragraphs:
            yield out_of_range(span, "paragraph", document)
        yield from check_terms(span, {"reason": "reasons"}, ontology)
        known = span.reason in ontology.schemes["reasons"]
        if known and (span.reason == "repeats-paragraph") != bool(span.repeats):
            what = "a repeated paragraph is named with the reason repeats-paragraph only"
            remedy = "name the paragraph with repeats-paragraph, else nothing"
            yield span.problem("repeats", "missing-repeats", what, span.repeats, remedy)
        if span.repeats and not 1 <= int(span.repeats) <= document.source.paragraphs:
            yield out_of_range(span, "repeats", document)
        yield from _check_span(span)


def _check_span(span: models.CoverageRow) -> Iterator[Problem]:
    for column, words in (("from", span.begins), ("to", span.to)):
        if text.length(words)[0] > SPAN_WORDS:
            yield span.problem(column, "span-words", f"more than {SPAN_WORDS} words", words, "name fewer")
    if span.to and not span.begins:
        what = "the span has an end and no beginning"
        yield span.problem("from", "span-words", what, "", "name its first words")
