"""Checks shared by several tables: ids exist and fit, words are of a closed list, evidence has its place."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches

from kg import iris, text
from kg.errors import Problem
from kg.ontology import Ontology, Predicate
from kg.read import models
from kg.read.seeds import SEGMENT_TABLES, Document, EntityIndex

#: Schemes whose name is not that of a column with an s.
_SCHEMES = {"flags": "flags", "status": "statuses"}

#: Among more ids than this an unknown one is compared with likely ones only, and with no more than MOST.
MANY, MOST = 5_000, 100
LONG = 15


def check_ends(
    at: models.Row, columns: tuple[str, str], predicate: Predicate, register: EntityIndex, ontology: Ontology
) -> Iterator[Problem]:
    """Check that both entities of a row exist, differ and may be joined by the predicate."""
    subject, target = (getattr(at, column) for column in columns)
    yield from check_end(at, columns[0], predicate.name, predicate.subjects, register, ontology)
    yield from check_end(at, columns[1], predicate.name, predicate.objects, register, ontology)
    if subject == target:
        what = "subject and object are the same"
        yield at.problem(columns[1], "self-reference", what, target, "name another entity")


def check_end(
    at: models.Row,
    column: str,
    name: str,
    allowed: tuple[str, ...],
    register: EntityIndex,
    ontology: Ontology,
) -> Iterator[Problem]:
    """Check that the entity in a cell exists and is of an allowed class; ``name`` is what takes it."""
    entity = getattr(at, column)
    kind = register.kinds.get(entity)
    if kind is None:
        yield unknown_entity(at, column, register, lambda found: ontology.is_a(found, allowed))
    elif kind in ontology.classes and not ontology.is_a(kind, allowed):
        what, remedy = f"{name} does not take a {kind} here", f"it takes {', '.join(allowed)}"
        yield at.problem(column, "wrong-end", what, entity, remedy)


def check_evidence(at: models.StatementRow | models.TargetRow, document: Document) -> Iterator[Problem]:
    """Check the length of a quote, and that its paragraph exists and belongs to a section."""
    words, han = text.length(at.quote)
    most = text.MAX_HAN_OF_TABLE if document.source.kind == "table" else text.MAX_HAN
    if words > text.MAX_WORDS or han > most:
        what = f"the quote has {words} words and {han} Han characters"
        remedy = f"{text.MAX_WORDS} words and {most} Han characters at most"
        yield at.problem("quote", "quote-too-long", what, at.quote, remedy)
    if at.paragraph > document.source.paragraphs:
        yield out_of_range(at, "paragraph", document)
    elif document.section(at.paragraph) is None:
        what, remedy = "no section holds the paragraph", "add it to a section in sections.csv"
        yield at.problem("paragraph", "no-section", what, at.paragraph, remedy)


def check_terms(at: models.Row, ontology: Ontology, *columns: str) -> Iterator[Problem]:
    """Check that cells hold words of the schemes of the ontology that bear their columns' names."""
    for column in columns:
        values, scheme = getattr(at, column), ontology.schemes[_SCHEMES.get(column, f"{column}s")]
        for value in [values] if isinstance(values, str) else values:
            if value and value not in scheme:
                yield unknown_term(at, column, "unknown-term", value, scheme)


def out_of_range(at: models.Row, column: str, document: Document) -> Problem:
    """Return the problem of a paragraph's number that the source does not have."""
    last = document.source.paragraphs
    what = f"{document.source.id} has {last} paragraphs"
    return at.problem(column, "out-of-range", what, getattr(at, column), f"a number from 1 to {last}")


def unknown_term(at: models.Row, column: str, code: str, value: str, known: Collection[str]) -> Problem:
    """Return the problem of a word that is not of a closed list, with the nearest ones and the list."""
    near, remedy = get_close_matches(value, list(known), 3, 0.6), f"one of {', '.join(sorted(known))}"
    if near:  # a long list adds nothing to the right guess
        remedy = _ask(near) if len(known) > LONG else f"{_ask(near)} It is {remedy}"
    return at.problem(column, code, f"no such {code.removeprefix('unknown-')}", value, remedy)


def unknown_entity(
    at: models.Row, column: str, register: EntityIndex, fits: Callable[[str], bool] = bool
) -> Problem:
    """Return the problem of an id that no table has, with near ones whose class ``fits``, and the table."""
    value = str(getattr(at, column))
    segment, slash, _ = value.partition("/")
    near = [found for found in _near_ids(value, register.kinds) if fits(register.kinds[found])]
    what, remedy = "no such entity", f"add it to {SEGMENT_TABLES.get(segment, 'sources.csv')}"
    if not slash:
        what, remedy = "no id of an entity", "Write an id such as place/jinan"
    elif segment not in iris.ENTITY_SEGMENTS:
        what, remedy = (
            f"no such segment {segment!r}",
            f"An id begins with {', '.join(sorted(iris.ENTITY_SEGMENTS))}",
        )
    elif near:
        remedy = f"Or {remedy}"
    return at.problem(column, "unknown-entity", what, value, f"{_ask(near)} {remedy}" if near else remedy)


def _ask(near: Collection[str]) -> str:
    return f"did you mean {' or '.join(near)}?"


def _near_ids(value: str, known: Mapping[str, str]) -> list[str]:
    """Ids of the same segment with a similar slug, else with the same slug in another segment."""
    segment, _, written = value.lower().rpartition("/")
    slug = "-".join(re.findall(r"[a-z0-9]+", written))
    if (exact := f"{segment}/{slug}") in known:
        return [exact]
    alike = [k for k in known if k.startswith(f"{segment}/")]
    if len(known) > MANY:  # a comparison with each would take a second
        begin, size = f"{segment}/{slug[: len(slug) // 4]}", range(len(value) - 2, len(value) + 3)
        alike = [k for k in alike if k.startswith(begin) and len(k) in size][:MOST]
    slugs = [k.partition("/")[2] for k in alike]
    near = [f"{segment}/{found}" for found in get_close_matches(slug, slugs, 3, 0.7)]
    return near or sorted(k for k in known if k.endswith(f"/{slug}"))
