"""Checks of statements: what they join, the words they rest on, stage and tier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg import text
from kg.check.references import check_end, check_ends, check_evidence, check_terms, unknown_term
from kg.errors import Problem
from kg.ontology import Concept, Ontology
from kg.read import models, periods
from kg.read.seeds import Document, Register

CUE_WORDS = 5


def check_statements(document: Document, register: Register, ontology: Ontology) -> Iterator[Problem]:
    """Check the statements of a source, or of whole paragraphs of it."""
    yield from _check_repetition(document)
    for statement in document.statements:
        yield from check_evidence(statement, document)
        yield from _check_relation(statement, register, ontology)
        yield from _check_cue(statement, ontology)
        yield from check_terms(statement, ontology, "flags")
        yield from _check_region(statement, document, register)


def _check_repetition(document: Document) -> Iterator[Problem]:
    seen: dict[str, models.StatementRow] = {}
    pairs: dict[tuple[object, ...], models.StatementRow] = {}
    for statement in document.statements:
        same = seen.setdefault(statement.id, statement)
        if same is not statement:
            what, remedy = f"line {same.line} states it already", "keep one of the two rows"
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
    if predicate is None:
        known = ontology.predicates
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
        return
    quote, names = text.key(statement.quote), register.keys.get(statement.object, ())
    if statement.object in register.kinds and not any(text.holds(quote, name) for name in names):
        what = f"no name of {statement.object} stands in the quote"
        remedy = "lengthen the quote, or add the printed form to names.csv"
        yield statement.problem("quote", "object-not-in-quote", what, statement.quote, remedy)


def _check_cue(statement: models.StatementRow, ontology: Ontology) -> Iterator[Problem]:
    if text.length(statement.cue)[0] > CUE_WORDS:
        yield statement.problem(
            "cue", "cue-too-long", f"more than {CUE_WORDS} words", statement.cue, "quote fewer"
        )
    for column, scheme in (("stage", "stages"), ("tier", "tiers")):
        value, concepts = getattr(statement, column), ontology.schemes[scheme]
        if value and value not in concepts:
            yield unknown_term(statement, column, "unknown-term", value, concepts)
        elif value and not statement.cue:
            what = f"a {column} rests on words"
            yield statement.problem("cue", "missing-cue", what, value, "quote them as cue")
        elif value and column == "stage" and (other := _stage_of_cue(statement.cue, value, concepts)):
            what = f"the list gives the cue to {other}"
            remedy = "change the stage, or quote the words that bear it"
            yield statement.problem("cue", "cue-of-another-stage", what, statement.cue, remedy)


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
    section, subject = document.section(statement.paragraph), statement.subject
    if section is None or not section.region or "other-region" in statement.flags:
        return
    within = (subject, *register.within.get(subject, ()))
    if subject in register.regions and section.region not in within:
        what, remedy = (
            f"the section is about {section.region}",
            "flag it other-region, or correct the subject",
        )
        yield statement.problem("subject", "other-region", what, subject, remedy)
