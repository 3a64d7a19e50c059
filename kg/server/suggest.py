"""Suggestions while somebody types: entities, types and properties that begin so, or hold the words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kg import text
from kg.query.graph import Graph
from kg.server import kinds
from kg.server.candidate import candidates
from kg.server.given import whole, words
from kg.server.sink import Refused
from kg.server.wanted import Wanted

WHAT = ("entity", "type", "property")
_PAGE = 20
_MOST = 1_000  # suggestions that can be paged through


def suggested(graph: Graph, what: str, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """One page of suggestions."""
    prefix, start = given.get("prefix"), whole(given, "cursor", most=_MOST)
    if prefix is None:
        raise Refused(400, "send what has been typed as prefix=...")
    prefix = words(prefix)
    if what == "entity":
        return _entities(graph, prefix, start)
    known = kinds.entity_classes(graph) if what == "type" else kinds.properties(graph)
    return [shown(graph, kind) for kind in _fitting(known.values(), prefix)[start : start + _PAGE]]


def shown(graph: Graph, kind: kinds.Kind) -> dict[str, Any]:
    """A type or property as clients show it; a type with those just above it."""
    above = [kinds.classes(graph)[name] for name in kind.parents if name in kinds.classes(graph)]
    return {
        "id": kind.id,
        "name": kind.label,
        **({"description": kind.text} if kind.text else {}),
        **({"broader": [{"id": one.id, "name": one.label} for one in above]} if above else {}),
    }


def _entities(graph: Graph, prefix: str, start: int) -> list[dict[str, Any]]:
    found = candidates(graph, Wanted(prefix, limit=start + 3 * _PAGE))
    typed = text.key(prefix)
    found.sort(key=lambda one: not text.key(one["name"]).startswith(typed))  # the rest stays by score
    return [
        {
            "id": one["id"],
            "name": one["name"],
            "description": one["description"],
            "notable": [kind["id"] for kind in one["type"]],
        }
        for one in found[start : start + _PAGE]
    ]


def _fitting(known: Iterable[kinds.Kind], prefix: str) -> list[kinds.Kind]:
    """Those with the words in a label or id: the very one first, then those that begin so."""
    typed, name = text.key(prefix), kinds.named(prefix).casefold()

    def forms(kind: kinds.Kind) -> list[str]:
        return [text.key(label) for label in (kind.label, kind.chinese) if label]

    def order(kind: kinds.Kind) -> tuple[bool, bool, str]:
        words = [*forms(kind), kind.id.casefold()]
        return (
            typed not in words and name not in words,
            not any(w.startswith(typed) for w in words),
            kind.label,
        )

    fits = [
        kind for kind in known if name in kind.id.casefold() or any(typed in form for form in forms(kind))
    ]
    return sorted(fits, key=order)
