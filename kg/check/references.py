"""What several rules ask of a row: its ids are known and may be joined, its evidence has a place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from kg import text
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models
from kg.read.entity_index import Register
from kg.read.seeds import SEGMENT_TABLES, Document

#: Among more ids than this a mistaken one is compared with likely ones only, and with no more than MOST.
MANY, MOST = 5_000, 100


def ends(
    at: models.Row,
    left: str,
    subject: str,
    right: str,
    target: str,
    name: str,
    register: Register,
    ontology: Ontology,
) -> Iterator[Problem]:
    predicate = ontology.predicates[name]
    yield from one_end(at, left, subject, name, predicate.subjects, register, ontology)
    yield from one_end(at, right, target, name, predicate.objects, register, ontology)
    if subject == target:
        yield at.problem(
            right, "self-reference", "subject and object are the same", target, "name another entity"
        )


def one_end(
    at: models.Row,
    column: str,
    entity: str,
    name: str,
    allowed: tuple[str, ...],
    register: Register,
    ontology: Ontology,
) -> Iterator[Problem]:
    kind = register.kinds.get(entity)
    if kind is None:
        yield unknown(at, column, "unknown-entity", entity, register.kinds)
    elif kind in ontology.classes and not ontology.is_a(kind, allowed):
        yield at.problem(
            column,
            "wrong-end",
            f"{name} does not take a {kind} here",
            entity,
            f"it takes {', '.join(allowed)}",
        )


def evidence(at: models.StatementRow | models.TargetRow, document: Document) -> Iterator[Problem]:
    words, han = text.length(at.quote)
    if words > text.MAX_WORDS or han > text.MAX_HAN:
        yield at.problem(
            "quote",
            "quote-too-long",
            f"the quote has {words} words and {han} Han characters",
            at.quote,
            f"{text.MAX_WORDS} words and {text.MAX_HAN} Han characters at most",
        )
    if at.paragraph > document.source.paragraphs:
        yield out_of_range(at, "paragraph", at.paragraph, document)
    elif document.section(at.paragraph) is None:
        yield at.problem(
            "paragraph", "no-section", "no section holds the paragraph", at.paragraph, "mend sections.csv"
        )


def terms(
    at: models.StatementRow | models.TargetRow, columns: tuple[str, ...], ontology: Ontology
) -> Iterator[Problem]:
    for column in columns:
        concepts = ontology.schemes[column if column.endswith("s") else f"{column}s"]
        values = getattr(at, column)
        for value in [values] if isinstance(values, str) else values:
            if value not in concepts:
                yield unknown(at, column, "unknown-term", value, concepts)


def out_of_range(at: models.Row, column: str, value: object, document: Document) -> Problem:
    return at.problem(
        column,
        "out-of-range",
        f"{document.source.id} has {document.source.paragraphs} paragraphs",
        value,
        f"a number from 1 to {document.source.paragraphs}",
    )


def unknown(at: models.Row, column: str, code: str, value: str, known: Collection[str]) -> Problem:
    """An id or word that is not known, with the nearest ones that are."""
    near = (
        _near_ids(value, known) if code == "unknown-entity" else get_close_matches(value, list(known), 3, 0.6)
    )
    if near:
        remedy = f"did you mean {' or '.join(near)}?"
    elif code == "unknown-entity":
        remedy = f"add it to {SEGMENT_TABLES.get(value.partition('/')[0], 'an entity table')}"
    else:
        remedy = f"one of {', '.join(sorted(known))}"
    return at.problem(column, code, f"no such {code.removeprefix('unknown-')}", value, remedy)


def _near_ids(value: str, known: Collection[str]) -> list[str]:
    """Ids of the same segment with a like slug, else the same slug in another segment."""
    segment, _, slug = value.partition("/")
    begin = f"{segment}/"
    if len(known) > MANY:  # a comparison with each would take a second
        begin += slug[: len(slug) // 4]
        size = range(len(value) - 2, len(value) + 3)
        slugs = [k.partition("/")[2] for k in known if k.startswith(begin) and len(k) in size][:MOST]
    else:
        slugs = [k.partition("/")[2] for k in known if k.startswith(begin)]
    near = [f"{segment}/{found}" for found in get_close_matches(slug, slugs, 3, 0.6)]
    return near or sorted(k for k in known if k.endswith(f"/{slug}"))
