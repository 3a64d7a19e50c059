"""Checks of statements: what they join, the words they rest on, stage and tier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg import text
from kg.check.references import (
    check_end,
    check_ends,
    check_evidence,
    check_terms,
    out_of_range,
    unknown_term,
)
from kg.errors import Problem
from kg.ontology import Concept, Ontology, Predicate
from kg.read import models, periods
from kg.read.seeds import Document, Register

CUE_WORDS = 5
SAID_WORDS, SAID_HAN = 8, 12
#: Links of the taxonomy, which no statement makes.
TAXONOMIC = frozenset({"broader"})
#: Links that hold for one document and section alone.
GROUPING = frozenset({"listedUnder", "classedAs"})


def check_statements(document: Document, register: Register, ontology: Ontology) -> Iterator[Problem]:
    """Check the statements of a source, or of whole paragraphs of it."""
    yield from _check_repetition(document)
    for statement in document.statements:
        yield from check_evidence(statement, document)
        yield from _check_relation(statement, register, ontology)
        yield from _check_cue(statement, ontology)
        yield from _check_said(statement, document)
        yield from _check_governing_words(statement, document, ontology)
        yield from check_terms(statement, {"flags": "flags"}, ontology)
        yield from _check_region(statement, document, register)


def object_in_quote(statement: models.StatementRow, register: Register) -> bool:
    """Whether a printed name of the object stands in the quote as words of its own.

    Of a group or class the quote names the member, and the governing words name the object.
    """
    words = [text.key(statement.quote)]
    if statement.predicate in GROUPING:
        words += [text.key(said) for said in (statement.said, statement.cue) if said]
    return any(text.holds(one, name) for one in words for name in register.keys.get(statement.object, ()))


def _check_repetition(document: Document) -> Iterator[Problem]:
    seen: dict[str, models.StatementRow] = {}
    pairs: dict[tuple[object, ...], models.StatementRow] = {}
    for statement in document.statements:
        same = seen.setdefault(statement.id, statement)
        if same is not statement:
            what = f"line {same.line} states it already"
            remedy = "keep one of the two rows"
            yield statement.problem("object", "duplicate-statement", what, statement.object, remedy)
            continue
        other = pairs.setdefault((statement.paragraph, statement.subject, statement.object), statement)
        if other.predicate != statement.predicate and not (other.note or statement.note):
            what = f"line {other.line} says {other.predicate} of the same two"
            remedy = "keep the one that the words bear, or say in a note why both are right"
            yield statement.problem("predicate", "second-relation", what, statement.predicate, remedy)


def _check_relation(
    statement: models.StatementRow, register: Register, ontology: Ontology
) -> Iterator[Problem]:
    predicate = ontology.predicates.get(statement.predicate)
    if statement.predicate in TAXONOMIC:
        what, remedy = (
            "the link stands in the taxonomy alone",
            "use listedUnder, and hierarchy.csv where it holds",
        )
        yield statement.problem("predicate", "taxonomic-statement", what, statement.predicate, remedy)
    elif predicate is None:
        known = ontology.predicates.keys() - TAXONOMIC
        yield unknown_term(statement, "predicate", "unknown-predicate", statement.predicate, known)
    elif predicate.datatype:
        yield from check_end(statement, "subject", predicate.name, predicate.subjects, register, ontology)
        if predicate.datatype.endswith("#date") and not periods.is_day(statement.object):
            what = f"{predicate.name} takes a day that exists"
            yield statement.problem("object", "bad-literal", what, statement.object, "write it as 2024-01-21")
    else:
        yield from check_ends(statement, ("subject", "object"), predicate, register, ontology)
        yield from _check_object_named(statement, register)


def _check_object_named(statement: models.StatementRow, register: Register) -> Iterator[Problem]:
    if "object-not-in-quote" in statement.flags:
        if not statement.note:
            what, remedy = "the quote does not name the object", "say in a note how the words carry it"
            yield statement.problem("note", "missing-note", what, statement.quote, remedy)
    elif statement.object in register.kinds and not object_in_quote(statement, register):
        what = f"no name of {statement.object} stands in the quote"
        remedy = "lengthen the quote, or add the printed form to names.csv"
        yield statement.problem("quote", "object-not-in-quote", what, statement.quote, remedy)


def _check_cue(statement: models.StatementRow, ontology: Ontology) -> Iterator[Problem]:
    if text.length(statement.cue)[0] > CUE_WORDS:
        what = f"more than {CUE_WORDS} words"
        yield statement.problem("cue", "cue-too-long", what, statement.cue, "quote fewer")
    for column, scheme in (("stage", "stages"), ("tier", "tiers")):
        value = getattr(statement, column)
        concepts = ontology.schemes[scheme]
        if not value:
            continue
        if value not in concepts:
            yield unknown_term(statement, column, "unknown-term", value, concepts)
        elif not statement.cue:
            what = f"a {column} rests on words"
            yield statement.problem("cue", "missing-cue", what, value, "quote them as cue")
        elif column == "stage" and (other := _stage_of_cue(statement.cue, value, concepts)):
            what = f"the list gives the cue to {other}"
            remedy = "change the stage, or quote the words that bear it"
            yield statement.problem("cue", "cue-of-another-stage", what, statement.cue, remedy)


def _check_said(statement: models.StatementRow, document: Document) -> Iterator[Problem]:
    words, han = text.length(statement.said)
    if words > SAID_WORDS or han > SAID_HAN:
        what, remedy = f"more than {SAID_WORDS} words or {SAID_HAN} Han characters", "quote fewer"
        yield statement.problem("said", "said-too-long", what, statement.said, remedy)
    if not statement.said_paragraph:
        return
    number, section = int(statement.said_paragraph), document.section(statement.paragraph)
    if not statement.said:
        what, remedy = "the cell said is empty", "quote the words of that paragraph, or delete its number"
        yield statement.problem("said_paragraph", "missing-said", what, statement.said_paragraph, remedy)
    elif not 1 <= number <= document.source.paragraphs:
        yield out_of_range(statement, "said_paragraph", document)
    elif section and not section.first <= number < statement.paragraph and number not in section.headings:
        what, remedy = "the paragraph is no heading above the quote in its section", "name the heading"
        yield statement.problem("said_paragraph", "said-elsewhere", what, statement.said_paragraph, remedy)


def _check_governing_words(
    statement: models.StatementRow, document: Document, ontology: Ontology
) -> Iterator[Problem]:
    """Check that the words bear the predicate; a user's own table has columns in place of verbs."""
    predicate = ontology.predicates.get(statement.predicate)
    if predicate is None or not predicate.cues or document.source.kind == "table":
        return
    if "no-governing-words" in statement.flags:
        if not statement.note:
            what, remedy = "no words bear the predicate", "say in a note on what the row rests"
            yield statement.problem("note", "missing-note", what, statement.quote, remedy)
    elif not bears(statement, predicate):
        what = f"quote, said and cue hold no word for {predicate.name}"
        remedy = "quote the governing words as said, or flag the row no-governing-words with a note"
        yield statement.problem("said", "no-governing-words", what, statement.said, remedy)


def bears(statement: models.StatementRow, predicate: Predicate) -> bool:
    """Whether a cue word of the predicate stands in a statement's quote, said or cue."""
    said = [text.key(words) for words in (statement.quote, statement.said, statement.cue) if words]
    return any(text.holds(words, cue) for words in said for cue in predicate.cues)


def _stage_of_cue(cue: str, stage: str, concepts: Mapping[str, Concept]) -> str:
    """The stage that the longest cue word of the list within a cue speaks for, if it is another."""
    key = text.key(cue)
    found = [
        (len(word), name == stage, name)
        for name, concept in concepts.items()
        for word in concept.cues
        if word in key and re.search(rf"\b{re.escape(word)}\b", key)
    ]
    return "" if not found or any(own for _, own, _ in found) else max(found)[2]


def _check_region(
    statement: models.StatementRow, document: Document, register: Register
) -> Iterator[Problem]:
    section = document.section(statement.paragraph)
    region = section.region if section else ""
    another = (
        statement.subject in register.regions
        and statement.subject != region
        and region not in register.within.get(statement.subject, ())
    )
    if region and another and "other-region" not in statement.flags:
        what, remedy = f"the section is about {region}", "flag it other-region, or correct the subject"
        yield statement.problem("subject", "other-region", what, statement.subject, remedy)
