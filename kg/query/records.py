"""Statements and targets as one flat record a line: a public format, documented in docs/model.md."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from kg import iris
from kg.query.graph import Graph
from kg.store import oxigraph

#: The keys of a record, in order; null where absent.
KEYS = (
    "id", "source", "paragraph", "quote", "start", "subject", "subject_label", "predicate", "object",
    "object_label", "value", "unit", "comparator", "period", "stage", "tier", "flags", "indicator", "scope",
    "end", "object_kind",
)  # fmt: skip
_EVIDENCE = """
    ?record kg:paragraph/kg:number ?paragraph ; kg:evidence ?words .
    ?words oa:hasSelector/oa:exact ?quote .
    OPTIONAL { ?words oa:hasSelector ?position . ?position oa:start ?start ; oa:end ?end }
    OPTIONAL { ?record kg:period ?period }
"""
_STATEMENTS = f"""
SELECT ?record ?source ?paragraph ?quote ?start ?end ?subject ?predicate ?object ?period ?stage ?tier {{
  GRAPH ?graph {{
    ?record a kg:Statement ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object .{_EVIDENCE}
    OPTIONAL {{ ?record kg:stage ?stage }}
    OPTIONAL {{ ?record kg:tier ?tier }}
  }}
  ?graph prov:wasDerivedFrom ?source .
}}
"""
_TARGETS = f"""
SELECT ?record ?source ?paragraph ?quote ?start ?end ?subject ?object ?period
       ?value ?unit ?comparator ?indicator ?scope {{
  GRAPH ?graph {{
    ?record a kg:Target ; kg:place ?subject ; rdfs:label ?object ; kg:comparator ?comparator ;
            kg:unit ?unit ; kg:indicator ?indicator .{_EVIDENCE}
    OPTIONAL {{ ?record kg:value ?value }}
    OPTIONAL {{ ?record kg:topic ?scope }}
  }}
  ?graph prov:wasDerivedFrom ?source .
}}
"""
_FLAGS = "SELECT ?record ?flag { GRAPH ?graph { ?record kg:flag ?flag } } ORDER BY ?record ?flag"
_KINDS = "SELECT ?entity ?kind { ?entity a ?kind FILTER (?kind != kg:Region) }"

Record = dict[str, object]


def records(graph: Graph) -> list[Record]:
    """Every curated statement and target, withheld ones too, by source, paragraph and position."""
    flags: dict[str, list[str]] = {}
    for row in oxigraph.select(graph.store, _FLAGS).values():
        flags.setdefault(row["record"], []).append(_notation(row["flag"]) or "")
    kinds = {row["entity"]: iris.short(row["kind"]) for row in oxigraph.select(graph.store, _KINDS).values()}
    labels = graph.names.labels
    found = []
    for query in (_STATEMENTS, _TARGETS):
        for row in oxigraph.select(graph.store, query).values():
            literal = row["object"] not in kinds
            target = "indicator" in row
            found.append(
                {
                    "id": iris.short(row["record"]),
                    "source": iris.short(row["source"]).partition("/")[2],
                    "paragraph": int(row["paragraph"]),
                    "quote": row["quote"],
                    "start": _whole(row["start"]),
                    "subject": iris.short(row["subject"]),
                    "subject_label": labels.get(iris.short(row["subject"])),
                    "predicate": "targets" if target else iris.short(row["predicate"]).rpartition(":")[2],
                    "object": None if literal else iris.short(row["object"]),
                    "object_label": row["object"] if literal else labels.get(iris.short(row["object"])),
                    "value": _number(row.get("value", "")),
                    "unit": _notation(row.get("unit", "")),
                    "comparator": _notation(row.get("comparator", "")),
                    "period": row["period"] or None,
                    "stage": _notation(row.get("stage", "")),
                    "tier": _notation(row.get("tier", "")),
                    "flags": flags.get(row["record"], []),
                    "indicator": iris.short(row["indicator"]) if target else None,
                    "scope": iris.short(row["scope"]) if row.get("scope") else None,
                    "end": _whole(row["end"]),
                    "object_kind": "literal" if literal else kinds[row["object"]],
                }
            )
    return sorted(found, key=_order)


def as_jsonl(graph: Graph) -> Iterator[str]:
    """One JSON object a line."""
    for record in records(graph):
        yield json.dumps(record, ensure_ascii=False) + "\n"


def _order(record: Record) -> tuple[object, ...]:
    start = record["start"]
    return record["source"], record["paragraph"], -1 if start is None else start, record["id"]


def _notation(concept: str) -> str | None:
    """``ns#unit-CNY`` → ``CNY``: what a cell of the curated table holds."""
    return iris.short(concept).partition("-")[2] or None


def _whole(text: str) -> int | None:
    return int(text) if text else None


def _number(text: str) -> int | float | None:
    if not text:
        return None
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)
