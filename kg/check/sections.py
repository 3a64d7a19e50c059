"""Rules for the frame of a source: its sections, and the spans that hold no statement."""

from __future__ import annotations

from collections.abc import Iterator

from kg import text
from kg.check.references import one_end, out_of_range, unknown
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read.entity_index import Register
from kg.read.seeds import Document, Seeds

SPAN_WORDS = 4


def sections(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Sections follow each other from the first paragraph to the last, and speak of places."""
    for document in seeds.documents.values():
        yield from framed(document, seeds.register, ontology)


def framed(document: Document, register: Register, ontology: Ontology) -> Iterator[Problem]:
    """The same for one source."""
    expected = 1
    for section in document.sections:
        if section.first != expected or section.last < section.first:
            yield section.problem(
                "first",
                "section-bounds",
                f"the section should begin at paragraph {expected}",
                section.first,
                "sections follow each other without gap or overlap",
            )
        expected = section.last + 1
        if section.region:
            yield from one_end(
                section, "region", section.region, "a section's region", ("Place",), register, ontology
            )
        if section.under and not 1 <= int(section.under) <= document.source.paragraphs:
            yield out_of_range(section, "under", section.under, document)
    if document.sections and expected != document.source.paragraphs + 1:
        yield document.sections[-1].problem(
            "last",
            "section-bounds",
            f"the last section should end at paragraph {document.source.paragraphs}",
            document.sections[-1].last,
            "the paragraphs are counted in sources.csv",
        )


def coverage(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Coverage rows give a reason of the list and name their span in few words."""
    for document in seeds.documents.values():
        yield from covered(document, ontology)


def covered(document: Document, ontology: Ontology) -> Iterator[Problem]:
    """The same for one source."""
    for span in document.coverage:
        if span.paragraph > document.source.paragraphs:
            yield out_of_range(span, "paragraph", span.paragraph, document)
        if span.reason not in ontology.schemes["reasons"]:
            yield unknown(span, "reason", "unknown-term", span.reason, ontology.schemes["reasons"])
        elif (span.reason == "repeats-paragraph") != bool(span.repeats):
            yield span.problem(
                "repeats",
                "missing-repeats",
                "the repeated paragraph stands with its reason only",
                span.repeats,
                "name the paragraph with repeats-paragraph, else nothing",
            )
        if span.repeats and not 1 <= int(span.repeats) <= document.source.paragraphs:
            yield out_of_range(span, "repeats", span.repeats, document)
        for column, words in (("from", span.begins), ("to", span.to)):
            if text.length(words)[0] > SPAN_WORDS:
                yield span.problem(column, "span-words", f"more than {SPAN_WORDS} words", words, "name fewer")
        if span.to and not span.begins:
            yield span.problem(
                "from", "span-words", "the span has an end and no beginning", "", "name its first words"
            )
