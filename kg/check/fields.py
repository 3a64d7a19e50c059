"""Checks of the fields of official classifications, and of the crosswalk that maps topics to them."""

from collections.abc import Iterator, Sequence

from kg.check.references import unknown_entity
from kg.errors import Problem
from kg.read.fields import CROSSWALK, FieldRow, MappingRow
from kg.read.seeds import EntityIndex

MAPPED = ("Sector", "Technology")


def check_fields(fields: Sequence[FieldRow]) -> Iterator[Problem]:
    """Check that codes occur once and that parents exist."""
    seen: dict[str, FieldRow] = {}
    for row in fields:
        if row.id in seen:
            what = f"line {seen[row.id].line} has the code already"
            yield row.problem("code", "duplicate-id", what, row.code, "keep one of the two rows")
        seen.setdefault(row.id, row)
    for row in fields:
        if row.parent and f"field/{row.scheme}-{row.parent}" not in seen:
            what, remedy = f"{row.scheme} has no such code", "add the field, or correct the parent"
            yield row.problem("parent", "unknown-field", what, row.parent, remedy)


def check_crosswalk(
    mappings: Sequence[MappingRow], fields: Sequence[FieldRow], register: EntityIndex
) -> Iterator[Problem]:
    """Check that mappings join known topics and fields, and that no sector or technology lacks a row."""
    known = {row.id for row in fields}
    seen: dict[tuple[str, str], MappingRow] = {}
    for row in mappings:
        if row.topic not in register.kinds:
            yield unknown_entity(row.model_copy(update={"subject_id": row.topic}), "subject_id", register)
        if row.field and row.field not in known:
            what, remedy = "no such field", "fields.csv lists them; sssom:NoTermFound marks a gap"
            yield row.problem("object_id", "unknown-field", what, row.object_id, remedy)
        if row.confidence is None or not 0 <= row.confidence <= 1:
            what = "a confidence lies between 0 and 1"
            yield row.problem("confidence", "bad-cell", what, row.confidence, "write it as 0.8")
        if (before := seen.setdefault((row.topic, row.object_id), row)) is not row:
            what = f"line {before.line} maps the two already"
            yield row.problem("object_id", "duplicate-mapping", what, row.object_id, "delete one of the rows")
    mapped = {row.topic for row in mappings}
    for topic, kind in register.kinds.items() if mappings else ():
        if kind in MAPPED and topic not in mapped:
            what, remedy = "the topic has no row", "map it to a field, or to sssom:NoTermFound"
            yield Problem(CROSSWALK, 0, "subject_id", "unmapped-topic", what, topic, remedy)
