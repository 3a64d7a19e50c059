"""Check that the words around a statement name its subject, by the mentions found in the text."""

from collections.abc import Iterator, Mapping, Sequence

from kg import text
from kg.check.mentions import Search
from kg.errors import Problem
from kg.read import models
from kg.read.mentions import forms_hash
from kg.read.seeds import Document, EntityIndex

_REMEDY = (
    "correct the subject, add the printed form to names.csv, or flag the row subject-not-named with a note"
)


def check_subjects(document: Document, register: EntityIndex, search: Search | None) -> Iterator[Problem]:
    """Check that paragraph, heading or section name the subject of each statement, the place of each target.

    The region of a section counts as named, and so does what a row of the paragraph has as its object and
    says in a note that the words mean it. ``search`` is of the text; without one the recorded mentions
    count, for entities whose names were looked for.
    """
    if document.source.kind == "table":
        return
    named = _named_in(document, search)
    meant = {(row.paragraph, row.object) for row in document.statements if "object-not-in-quote" in row.flags}
    for row in document.evidence():
        column = "subject" if isinstance(row, models.StatementRow) else "place"
        subject, section = str(getattr(row, column)), document.section(row.paragraph)
        if "subject-not-named" in row.flags:
            if not row.note:
                what, remedy = "the words do not name the subject", "say in a note why it is meant"
                yield row.problem("note", "missing-note", what, row.quote, remedy)
            continue
        if section is None or subject not in register.kinds or subject.startswith("source/"):
            continue  # another problem, or the document itself
        if subject == section.region or (row.paragraph, subject) in meant:
            continue
        if _was_searched(document, subject, register, search) and not _stands_near(
            row.paragraph, subject, section, named, register
        ):
            what = f"neither the paragraph nor its section names {subject}"
            yield row.problem(column, "subject-not-named", what, subject, _REMEDY)


def _named_in(document: Document, search: Search | None) -> Mapping[str, Sequence[int]]:
    """Return the paragraphs that name each entity."""
    named: dict[str, list[int]] = {}
    for one in document.mentions if search is None else search.mentions:
        named.setdefault(one.entity, []).append(one.paragraph)
    return named


def _was_searched(document: Document, subject: str, register: EntityIndex, search: Search | None) -> bool:
    recorded = document.searched_forms.get(subject)
    return search is not None or recorded == forms_hash(register.keys.get(subject, ()))


def _stands_near(
    paragraph: int,
    subject: str,
    section: models.SectionRow,
    named: Mapping[str, Sequence[int]],
    register: EntityIndex,
) -> bool:
    near = {paragraph, *section.headings, *range(section.first, section.last + 1)}
    if not near.isdisjoint(named.get(subject, ())):
        return True
    heading = text.key(section.heading)
    return any(text.holds(heading, name) for name in register.keys.get(subject, ()))
