"""Checks of statements: what they join, the words they rest on, stage and tier."""

from collections.abc import Iterator

from kg import text
from kg.check.cues import check_cue
from kg.check.references import (
    check_end,
    check_ends,
    check_evidence,
    check_terms,
    out_of_range,
    unknown_term,
)
from kg.errors import Problem
from kg.ontology import Ontology, Predicate
from kg.read import models, periods
from kg.read.seeds import Document, EntityIndex

SAID_WORDS, SAID_HAN = 8, 12
#: Links of the taxonomy, which no statement makes.
TAXONOMIC = frozenset({"broader"})
#: Links that hold for one document and section alone.
GROUPING = frozenset({"listedUnder", "classedAs"})


def check_statements(document: Document, register: EntityIndex, ontology: Ontology) -> Iterator[Problem]:
    """Check the statements of a source, or of whole paragraphs of it."""
    yield from _check_repetition(document)
    for statement in document.statements:
        yield from check_evidence(statement, document)
        yield from _check_relation(statement, register, ontology)
        yield from check_cue(statement, document, ontology)
        yield from _check_said(statement, document)
        yield from _check_governing_words(statement, document, ontology)
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


def _check_relation(at: models.StatementRow, register: EntityIndex, ontology: Ontology) -> Iterator[Problem]:
    predicate = ontology.predicates.get(at.predicate)
    if at.predicate in TAXONOMIC:
        what = "the link is in the taxonomy alone"
        remedy = "use listedUnder, and hierarchy.csv where it holds"
        yield at.problem("predicate", "taxonomic-statement", what, at.predicate, remedy)
    elif predicate is None:
        known = ontology.predicates.keys() - TAXONOMIC
        yield unknown_term(at, "predicate", "unknown-predicate", at.predicate, known)
    elif predicate.datatype:
        yield from check_end(at, "subject", predicate.name, predicate.subjects, register, ontology)
        if predicate.datatype.endswith("#date") and not periods.is_day(at.object):
            what = f"{predicate.name} takes a day that exists"
            yield at.problem("object", "bad-literal", what, at.object, "write it as 2024-01-21")
    else:
        yield from check_ends(at, ("subject", "object"), predicate, register, ontology)
        yield from _check_object_named(at, register)


def _check_object_named(at: models.StatementRow, register: EntityIndex) -> Iterator[Problem]:
    if "object-not-in-quote" in at.flags:
        if not at.note:
            what, remedy = "the quote does not name the object", "say in a note how the words carry it"
            yield at.problem("note", "missing-note", what, at.quote, remedy)
        return
    words = [text.key(at.quote)]
    if at.predicate in GROUPING:  # the quote names the member, the governing words may name the group
        words += [text.key(said) for said in (at.said, at.cue) if said]
    if at.said_paragraph == str(at.paragraph - 1):  # a name broken over two lines
        words += [text.key(f"{at.said}{space}{at.quote}") for space in ("", " ")]
    names = register.keys.get(at.object, ())
    if at.object in register.kinds and not any(text.holds(one, name) for one in words for name in names):
        what = f"no name of {at.object} stands in the quote"
        remedy = "lengthen the quote, or add the printed form to names.csv"
        yield at.problem("quote", "object-not-in-quote", what, at.quote, remedy)


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


def _check_region(at: models.StatementRow, document: Document, register: EntityIndex) -> Iterator[Problem]:
    section, subject = document.section(at.paragraph), at.subject
    if section is None or not section.region or "other-region" in at.flags:
        return
    within = (subject, *register.within.get(subject, ()))
    if subject in register.regions and section.region not in within:
        what = f"the section is about {section.region}"
        yield at.problem(
            "subject", "other-region", what, subject, "flag it other-region, or correct the subject"
        )
