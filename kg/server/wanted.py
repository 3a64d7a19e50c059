"""What a reconciliation query wants, read from its JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kg.query.graph import Graph
from kg.server import kinds
from kg.server.given import shown, words
from kg.server.sink import Refused

DEFAULT_LIMIT, MOST_CANDIDATES = 5, 100
_STRICT = ("any", "all", "should")
_MOST_VALUES = 100


@dataclass(frozen=True)
class Wanted:
    """One query of a batch: words, ids of types, ids of properties with the values they should have."""

    words: str = ""
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = DEFAULT_LIMIT
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


def read(graph: Graph, name: str, query: object) -> Wanted:
    """The query of that name in a batch; raises Refused where it is none."""
    where = f"query {shown(name)}"
    if not isinstance(query, dict):
        raise Refused(400, f"{where} is not a JSON object")
    text = query.get("query")
    if text is not None and not isinstance(text, str):
        raise Refused(400, f"{where}: query is a text, not {shown(text)}")
    properties = _properties(where, query.get("properties"))
    if text is None and not properties:
        raise Refused(400, f"{where} has neither a query nor properties")
    strict = query.get("type_strict") or "any"
    if strict not in _STRICT:
        raise Refused(400, f"{where}: type_strict is one of {', '.join(_STRICT)}")
    return Wanted(
        words(text or ""),
        _types(graph, where, query.get("type")),
        strict,
        _limit(where, query.get("limit")),
        properties,
    )


def _types(graph: Graph, where: str, given: Any) -> tuple[str, ...]:
    listed = given if isinstance(given, list) else [given] if given else []
    found = []
    for one in listed:
        name = one.get("id") if isinstance(one, dict) else one
        if not isinstance(name, str):
            raise Refused(400, f"{where}: type is the id of a type, or a list of them")
        if kinds.named(name) not in kinds.classes(graph):
            raise Refused(
                400, f"{where}: there is no type {shown(name)}; /reconcile/suggest/type?prefix= lists them"
            )
        found.append(kinds.named(name))
    return tuple(dict.fromkeys(found))


def _limit(where: str, given: Any) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise Refused(400, f"{where}: limit is a whole number above 0")
    return min(given, MOST_CANDIDATES)


def _properties(where: str, given: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Values by property; a property that is given twice has the values of both."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise Refused(400, f"{where}: properties is a list")
    found: dict[str, list[str]] = {}
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise Refused(400, f"{where}: a property is an object with pid and v")
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        found.setdefault(kinds.named(one["pid"]), []).extend(_value(where, value) for value in values)
    if sum(map(len, found.values())) > _MOST_VALUES:
        raise Refused(400, f"{where} has more than {_MOST_VALUES} values of properties")
    return tuple((name, tuple(values)) for name, values in found.items())


def _value(where: str, given: Any) -> str:
    """A value as it is compared: of a reconciled one its id."""
    if isinstance(given, dict):
        given = given.get("id") or given.get("name")
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, float) and given.is_integer():
        return str(int(given))
    if not isinstance(given, str | int | float):
        raise Refused(
            400, f"{where}: v is a text, a number, true, false, an object with an id, or a list of these"
        )
    return words(str(given))
