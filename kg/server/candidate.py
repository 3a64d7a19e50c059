"""Candidates of reconciliation: entities with a like name, scored, each score explained by its features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from rapidfuzz import fuzz

from kg import term
from kg.graph import Graph
from kg.server import kinds
from kg.text import key

_NAME, _PROPERTIES = 0.75, 0.25  # what a name and what properties weigh where both are given
_OTHER_TYPE = 0.7  # of its score keeps an entity that is not of the type that should be
_SURE, _APART = 95.0, 3.0  # a match is at least so near, and so far from the next


@dataclass(frozen=True)
class Wanted:
    """One query of a batch."""

    words: str
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = 5
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


def candidates(graph: Graph, wanted: Wanted) -> list[dict[str, Any]]:
    """Candidates, best first."""
    if not wanted.words.strip():
        return []
    types = [kinds.named(name) for name in wanted.types]
    allowed = kinds.below(graph, types)
    filtered = bool(types) and wanted.strict != "should"
    segments = kinds.segments(graph, types) if filtered else ()
    hits = graph.names.search(
        wanted.words,
        segments=segments,
        limit=max(50, wanted.limit * 4) if types else max(15, wanted.limit * 2),
    )
    types_of = kinds.types(graph, [hit.entity for hit in hits])
    known = kinds.properties(graph)
    asked = [known[name] for name, _ in wanted.properties if name in known]
    values = kinds.values(graph, [hit.entity for hit in hits], asked)
    found = []
    for hit in hits:
        fits = bool(allowed & set(types_of[hit.entity]))
        whole = all(kinds.below(graph, [name]) & set(types_of[hit.entity]) for name in types)
        if filtered and not (whole if wanted.strict == "all" else fits):
            continue
        exact = key(hit.name) == key(wanted.words)
        features: list[dict[str, Any]] = [
            {"id": "name_similarity", "value": hit.score},
            {"id": "exact_name", "value": exact},
            {"id": "found_as_label", "value": hit.role == "label"},
        ]
        score = hit.score - (0 if hit.role == "label" else 0.5)
        if types:
            features.append({"id": "type_match", "value": fits})
            score *= 1 if fits else _OTHER_TYPE
        nearness = []
        for name, given in wanted.properties:
            near = _near(given, values.get((hit.entity, name), []), graph)
            features.append({"id": name, "value": near})
            nearness.append(near)
        if nearness:
            score = _NAME * score + _PROPERTIES * sum(nearness) / len(nearness)
        found.append(_candidate(graph, hit.entity, hit.name, hit.role, score, features, types_of[hit.entity]))
    found.sort(key=lambda one: (-one["score"], one["id"]))
    if found and found[0]["score"] >= _SURE - (0 if not wanted.properties else 5):
        apart = len(found) == 1 or found[0]["score"] - found[1]["score"] >= _APART
        found[0]["match"] = apart
    return found[: wanted.limit]


def _candidate(
    graph: Graph, entity: str, name: str, role: str, score: float, features: list[dict[str, Any]],
    types: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    label = graph.labels.get(entity, entity)
    how = f"found as {name} ({role})" if name != label else ""
    return {
        "id": entity,
        "name": label,
        "description": "; ".join(part for part in (", ".join(type_names(graph, types)), how) if part),
        "type": [
            {"id": one, "name": name} for one, name in zip(types, type_names(graph, types), strict=True)
        ],
        "score": round(score, 2),
        "match": False,
        "features": features,
    }


def type_names(graph: Graph, types: Sequence[str]) -> list[str]:
    """Labels of classes."""
    known: Mapping[str, kinds.Kind] = kinds.classes(graph)
    return [known[name].label if name in known else name for name in types]


def _near(given: Sequence[str], values: Sequence[ox.NamedNode | ox.Literal], graph: Graph) -> float:
    """How near the nearest pair of a given and a known value is, 0 to 100."""
    best = 0.0
    for value in values:
        short = term.short(value.value) if isinstance(value, ox.NamedNode) else value.value
        names = {short, short.rpartition("/")[2], graph.labels.get(short, short)}
        for text in given:
            if term.short(text) == short:
                return 100.0
            best = max(best, *(fuzz.ratio(key(text), key(name)) for name in names))
    return round(best, 2)
