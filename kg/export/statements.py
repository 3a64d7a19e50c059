"""Statements and targets as one flat table in JSON Lines or CSV, described in docs/explanation/model.md."""

import json
from decimal import Decimal
from typing import Any

from kg.query.graph import Graph
from kg.query.statements import Statement, Target
from kg.read import files

#: The columns of the table, in order; None where absent.
COLUMNS = (
    "id", "source", "paragraph", "quote", "start", "subject", "subject_label", "predicate", "object",
    "object_label", "value", "unit", "comparator", "period", "stage", "tier", "flags", "indicator", "scope",
    "end", "object_kind", "note", "doubt",
)  # fmt: skip

Row = dict[str, Any]


def statement_rows(graph: Graph) -> list[Row]:
    """Return every curated statement and target, withheld ones too, by source, paragraph and position.

    Each row has the keys of ``COLUMNS``; ``doubt`` has flags and note, and which of the ends is not certain.
    A target's predicate is ``targets`` and its object a text.
    """
    kinds = {entity.id: entity.kind for entity in graph.entities}
    unsure = {entity.id: f"{entity.name}: {entity.doubt}" for entity in graph.entities if entity.doubt}
    labels = graph.names.labels
    found = []
    stated: list[Statement | Target] = [*graph.statements(), *graph.targets()]
    for each in stated:
        where = each.evidence
        row = dict.fromkeys(COLUMNS) | {
            "id": where.id, "source": where.source.partition("/")[2], "paragraph": where.paragraph,
            "quote": where.quote, "start": where.start, "end": where.end, "period": each.period or None,
            "flags": list(each.flags), "object_kind": "literal", "note": each.note or None,
        }  # fmt: skip
        if isinstance(each, Statement):
            row |= {
                "subject": each.subject, "predicate": each.predicate.rpartition(":")[2],
                "object_label": each.object, "stage": each.stage or None, "tier": each.tier or None,
            }  # fmt: skip
            if not each.is_literal:
                row["object"], row["object_label"] = each.object, labels.get(each.object)
                row["object_kind"] = kinds.get(each.object)
        else:
            row |= {
                "subject": each.place, "predicate": "achieves" if each.status else "targets",
                "object_label": each.label,
                "value": _number(each.value), "unit": each.unit, "comparator": each.comparator,
                "indicator": each.indicator, "scope": each.topic or None,
            }  # fmt: skip
        doubts = [each.doubt, *(unsure.get(str(row[end]), "") for end in ("subject", "object", "scope"))]
        row["doubt"] = "; ".join(filter(None, doubts)) or None
        found.append(row | {"subject_label": labels.get(str(row["subject"]))})
    return sorted(found, key=_order)


def statement_bytes(graph: Graph, form: str) -> bytes:
    """Return the rows as JSON Lines (``jsonl``) or CSV.

    In CSV flags are joined by semicolons, and no text is read as a formula.
    """
    rows = statement_rows(graph)
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    cells = ({**row, "flags": ";".join(row["flags"])}.values() for row in rows)
    return "".join(files.spreadsheet([COLUMNS, *cells])).encode()


def _order(row: Row) -> tuple[object, ...]:
    start = row["start"]
    return row["source"], row["paragraph"], -1 if start is None else start, row["id"]


def _number(text: str) -> int | float | None:
    if not text:
        return None
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)
