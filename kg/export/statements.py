"""Statements and targets as one flat table in JSON Lines or CSV, described in docs/explanation/model.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal

from kg.query.graph import Graph
from kg.query.statements import Evidence, Statement, Target
from kg.read import files

#: The columns of the table, in order; None where absent.
COLUMNS = (
    "id", "source", "paragraph", "quote", "start", "subject", "subject_label", "predicate", "object",
    "object_label", "value", "unit", "comparator", "period", "stage", "tier", "flags", "indicator", "scope",
    "end", "object_kind",
)  # fmt: skip

Row = dict[str, object]


def statement_rows(graph: Graph) -> list[Row]:
    """Return every curated statement and target, withheld ones too, by source, paragraph and position.

    Each row has the keys of ``COLUMNS``. A target's predicate is ``targets`` and its object a text.
    """
    kinds = {entity.id: entity.kind for entity in graph.entities}
    found = [_statement(each, graph, kinds) for each in graph.statements()]
    found += [_target(each, graph) for each in graph.targets()]
    return sorted(found, key=_order)


def as_jsonl(graph: Graph) -> Iterator[str]:
    """Yield the rows as JSON objects, one a line."""
    for row in statement_rows(graph):
        yield json.dumps(row, ensure_ascii=False) + "\n"


def as_csv(graph: Graph) -> str:
    """Return the rows as CSV; flags are joined by semicolons, and no text is read as a formula."""
    rows: list[list[object]] = [list(COLUMNS)]
    for row in statement_rows(graph):
        flags = row["flags"]
        cells = {**row, "flags": ";".join(flags) if isinstance(flags, list) else ""}
        rows.append([cells[key] for key in COLUMNS])
    return "".join(files.spreadsheet(rows))


def _statement(each: Statement, graph: Graph, kinds: Mapping[str, str]) -> Row:
    known = None if each.is_literal else each.object
    return _row(each.evidence) | {
        "subject": each.subject,
        "subject_label": graph.names.labels.get(each.subject),
        "predicate": each.predicate.rpartition(":")[2],
        "object": known,
        "object_label": graph.names.labels.get(known) if known else each.object,
        "period": each.period or None,
        "stage": each.stage or None,
        "tier": each.tier or None,
        "flags": list(each.flags),
        "object_kind": kinds.get(known) if known else "literal",
    }


def _target(each: Target, graph: Graph) -> Row:
    return _row(each.evidence) | {
        "subject": each.place,
        "subject_label": graph.names.labels.get(each.place),
        "predicate": "targets",
        "object_label": each.label,
        "value": _number(each.value),
        "unit": each.unit,
        "comparator": each.comparator,
        "period": each.period or None,
        "flags": list(each.flags),
        "indicator": each.indicator,
        "scope": each.topic or None,
        "object_kind": "literal",
    }


def _row(where: Evidence) -> Row:
    return dict.fromkeys(COLUMNS) | {
        "id": where.id,
        "source": where.source.partition("/")[2],
        "paragraph": where.paragraph,
        "quote": where.quote,
        "start": where.start,
        "end": where.end,
    }


def _order(row: Row) -> tuple[object, ...]:
    start = row["start"]
    return row["source"], row["paragraph"], -1 if start is None else start, row["id"]


def _number(text: str) -> int | float | None:
    if not text:
        return None
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)
