"""Data extension: values of properties for entities that have been reconciled, and which to propose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import pyoxigraph as ox

from kg import iris
from kg.query.graph import Graph
from kg.query.result import value as plain
from kg.server import called, kinds
from kg.server.given import shown, whole
from kg.server.sink import Refused

_FRACTIONS = {iris.expand(f"xsd:{kind}") for kind in ("decimal", "double", "float")}
MOST_IDS, _MOST_PROPERTIES, _MOST_VALUES = 1_000, 100, 10_000


def extended(graph: Graph, given: Mapping[str, Any]) -> dict[str, Any]:
    """Rows by id and property, both named as they were asked for; an unknown id has no values."""
    ids, asked = given.get("ids"), given.get("properties")
    if not isinstance(ids, list) or not isinstance(asked, list) or not all(isinstance(i, str) for i in ids):
        raise Refused(400, "extend is an object with a list of ids and a list of properties")
    if len(ids) > MOST_IDS or len(asked) > _MOST_PROPERTIES:
        raise Refused(413, f"an extension may have {MOST_IDS:,} ids and {_MOST_PROPERTIES} properties")
    columns = {name: (kind, limit) for name, kind, limit in (_column(graph, one) for one in asked)}
    entities = {one: called.entity(graph, one) for one in ids}
    values = kinds.values(graph, sorted({*entities.values()} - {""}), [kind for kind, _ in columns.values()])
    rows = {
        one: {
            name: [_cell(graph, value) for value in values.get((entity, kind.id), [])[: limit or None]]
            for name, (kind, limit) in columns.items()
        }
        for one, entity in entities.items()
    }
    return {"meta": [{"id": name, "name": kind.label} for name, (kind, _) in columns.items()], "rows": rows}


def proposed(graph: Graph, given: Mapping[str, str]) -> dict[str, Any]:
    """Properties that entities of a type have, those first that most have; without a type all."""
    limit, asked = whole(given, "limit", most=_MOST_VALUES), given.get("type", "")
    known = kinds.properties(graph)
    kind = kinds.named(asked)
    names = kinds.used(graph, kind) if kind in kinds.classes(graph) else tuple(known)
    return {
        **({"type": asked} if asked else {}),
        **({"limit": limit} if limit else {}),
        "properties": [{"id": name, "name": known[name].label} for name in names[: limit or None]],
    }


def _column(graph: Graph, given: object) -> tuple[str, kinds.Kind, int]:
    name = given.get("id") if isinstance(given, dict) else None
    settings = given.get("settings") if isinstance(given, dict) else None
    if not isinstance(name, str) or not isinstance(settings or {}, dict):
        raise Refused(400, "a property to fetch is an object with an id, and settings if need be")
    kind = kinds.properties(graph).get(kinds.named(name))
    if kind is None:
        raise Refused(
            400, f"there is no property {shown(name)}; /reconcile/suggest/property?prefix= lists them"
        )
    return name, kind, whole(settings or {}, "limit", most=_MOST_VALUES)


def _cell(graph: Graph, value: ox.NamedNode | ox.Literal) -> dict[str, Any]:
    """A value as the schema of 0.2 allows it: a boolean as text, a day with a time, a class by its label."""
    if isinstance(value, ox.NamedNode):
        short = iris.short(value.value)
        label = graph.labels.get(short, short)
        return {"id": short, "name": label} if short in graph.names.entities else {"str": label}
    found = plain(value)
    if isinstance(found, bool):
        return {"str": value.value}
    if value.datatype.value in _FRACTIONS:  # a column of coordinates has 30 beside 30.5
        number = float(value.value)
        return {"float": number} if math.isfinite(number) else {"str": value.value}
    if isinstance(found, int):
        return {"int": found}
    if isinstance(found, date):
        return {"date": f"{found.isoformat()}T00:00:00Z"}
    return {"str": value.value}
