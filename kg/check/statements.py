"""Rules for statements: what they join, the words they rest on, stage and tier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg import text
from kg.check.references import ends, evidence, one_end, terms, unknown
from kg.errors import Problem
from kg.ontology import Concept, Ontology
from kg.read import models, periods
from kg.read.entity_index import Register
from kg.read.seeds import Document, Seeds

CUE_WORDS = 5


def statements(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Statements join what the shapes allow and stand once; stage and tier rest on words."""
    for document in seeds.documents.values():
        yield from stated(document, seeds.register, ontology)


def stated(document: Document, register: Register, ontology: Ontology) -> Iterator[Problem]:
    """The same for one source, or for whole paragraphs of it."""
    seen: dict[str, models.StatementRow] = {}
    pairs: dict[tuple[object, ...], models.StatementRow] = {}
    for statement in document.statements:
        yield from evidence(statement, document)
        yield from _joined(statement, register, ontology)
        yield from _cue(statement, ontology)
        yield from terms(statement, ("flags",), ontology)
        yield from _region(statement, document, register)
        same = seen.setdefault(statement.id, statement)
        if same is not statement:
            yield statement.problem(
                "object",
                "duplicate-statement",
                f"line {same.line} states it already",
                statement.object,
                "keep one of the two rows",
            )
            continue
        other = pairs.setdefault((statement.paragraph, statement.subject, statement.object), statement)
        if (
            other is not statement
            and other.predicate != statement.predicate
            and not (other.note or statement.note)
        ):
            yield statement.problem(
                "predicate",
                "second-relation",
                f"line {other.line} says {other.predicate} of the same two",
                statement.predicate,
                "keep the one the words bear, or say in a note why both stand",
            )


def object_in_quote(statement: models.StatementRow, register: Register) -> bool:
    """Whether a printed name of the object stands in the quote."""
    quote = text.key(statement.quote)
    return any(key in quote for key in register.keys.get(statement.object, ()))


def _joined(statement: models.StatementRow, register: Register, ontology: Ontology) -> Iterator[Problem]:
    predicate = ontology.predicates.get(statement.predicate)
    if predicate is None:
        yield unknown(statement, "predicate", "unknown-predicate", statement.predicate, ontology.predicates)
    elif predicate.datatype:
        yield from one_end(
            statement, "subject", statement.subject, predicate.name, predicate.subjects, register, ontology
        )
        if predicate.datatype.endswith("#date") and not periods.is_day(statement.object):
            yield statement.problem(
                "object",
                "bad-literal",
                f"{predicate.name} takes a day that exists",
                statement.object,
                "write it as 2024-01-21",
            )
    else:
        yield from ends(
            statement,
            "subject",
            statement.subject,
            "object",
            statement.object,
            predicate.name,
            register,
            ontology,
        )
        named = object_in_quote(statement, register)
        if "object-not-in-quote" in statement.flags:
            if not statement.note:
                yield statement.problem(
                    "note",
                    "missing-note",
                    "the quote does not name the object",
                    statement.quote,
                    "say in a note how the words carry it",
                )
        elif statement.object in register.kinds and not named:
            yield statement.problem(
                "quote",
                "object-not-in-quote",
                f"no name of {statement.object} stands in the quote",
                statement.quote,
                "lengthen the quote, or add the printed form to names.csv",
            )


def _cue(statement: models.StatementRow, ontology: Ontology) -> Iterator[Problem]:
    if text.length(statement.cue)[0] > CUE_WORDS:
        yield statement.problem(
            "cue", "cue-too-long", f"more than {CUE_WORDS} words", statement.cue, "quote fewer"
        )
    for column, scheme in (("stage", "stages"), ("tier", "tiers")):
        value = getattr(statement, column)
        if not value:
            continue
        concepts = ontology.schemes[scheme]
        if value not in concepts:
            yield unknown(statement, column, "unknown-term", value, concepts)
        elif not statement.cue:
            yield statement.problem(
                "cue", "missing-cue", f"a {column} rests on words", value, "quote them as cue"
            )
        elif column == "stage" and (other := _claimed(statement.cue, value, concepts)):
            yield statement.problem(
                "cue",
                "cue-of-another-stage",
                f"the list gives the cue to {other}",
                statement.cue,
                "change the stage, or quote the words that bear it",
            )


def _claimed(cue: str, stage: str, concepts: Mapping[str, Concept]) -> str:
    """The stage that the longest cue word of the list within a cue speaks for, if it is another."""
    key = text.key(cue)
    found = [
        (len(word), name == stage, name)
        for name, concept in concepts.items()
        for word in concept.cues
        if word in key and re.search(rf"\b{re.escape(word)}\b", key)
    ]
    return "" if not found or any(own for _, own, _ in found) else max(found)[2]


def _region(statement: models.StatementRow, document: Document, register: Register) -> Iterator[Problem]:
    section = document.section(statement.paragraph)
    if (
        section
        and section.region
        and statement.subject in register.regions
        and statement.subject != section.region
        and "other-region" not in statement.flags
        and section.region not in register.within.get(statement.subject, ())
    ):
        yield statement.problem(
            "subject",
            "other-region",
            f"the section speaks of {section.region}",
            statement.subject,
            "flag it other-region, or mend the subject",
        )
