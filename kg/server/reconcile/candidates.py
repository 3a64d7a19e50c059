"""Candidates of reconciliation: entities with a similar name or the same values, scored and explained."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from rapidfuzz import fuzz

from kg import iris
from kg.query.graph import Graph
from kg.server.linked_data import resolve_entity
from kg.server.reconcile import schema
from kg.server.reconcile.models import ReconciliationQuery
from kg.store.matching import key
from kg.store.names import Hit

#: The features of a candidate by id, with their meaning; those of properties have the property's id.
FEATURES: Mapping[str, str] = {
    "name_similarity": "How similar the query and the nearest name of the candidate are, 0 to 100.",
    "exact_name": "Whether they are equal but for case, width, marks, spaces and a plural's s.",
    "name_and_type": "Whether one is the other and a type: Jinan City for Jinan, 济南 for 济南市.",
    "identifier": "Whether the query is the candidate's id, now or before, its IRI or its prefixed name.",
    "found_as_label": "Whether that name is a label, rather than an alias or a form that a document prints.",
    "type_match": "Whether the candidate is of a type that was asked for.",
}
_NAME, _PROPERTIES = 0.75, 0.25  # weights of a name and of properties where both are given
_OTHER_TYPE = 0.7  # factor for an entity that is not of the type that it should be
_NO_LABEL = 0.5  # what a score loses where the name is no label
_TYPED = 98.0  # similarity of a name that is the other but for its type
_PLACES = "省市区县"  # types at the end of a Chinese place's name
_SURE, _AGREES = 90.0, 80.0  # the least score of a match, and the least similarity of each property
_APART = 3.0  # the least difference to the next candidate that is as exact
_IDENTIFIER = "identifier"  # the role of a hit that the query names by its id


@dataclass(frozen=True)
class _Scored:
    """An entity with its score; ``exact`` says that it is what was asked for and not merely near."""

    hit: Hit
    types: Sequence[str]
    score: float
    exact: bool
    features: Mapping[str, float | bool]


def find_candidates(graph: Graph, query: ReconciliationQuery) -> list[dict[str, Any]]:
    """Return candidates, best first. At most one is a match: the first, if it is exact and no other is."""
    asked: dict[str, list[str]] = {}  # a property that is given twice has the values of both
    for one in query.properties:
        asked.setdefault(schema.item_id(one.pid), []).extend(one.v)
    types = [schema.item_id(name) for name in query.type]
    hits = _search(graph, query, types, asked)
    entities = [hit.entity for hit in hits]
    types_of, known = schema.types_of(graph, entities), schema.properties(graph)
    values = schema.values(graph, entities, [known[name] for name in asked if name in known])
    groups = [graph.vocabulary.below([name]) for name in types]
    fit = all if query.type_strict == "all" else any
    scored = []
    for hit in hits:
        own = types_of[hit.entity]
        fits = [not group.isdisjoint(own) for group in groups]
        if query.type_strict == "should" or not fits or fit(fits):
            near = {
                name: _nearness(graph, v, values.get((hit.entity, name), [])) for name, v in asked.items()
            }
            scored.append(_score(graph, query.words, hit, own, fits, near))
    scored.sort(key=lambda one: (-one.score, not one.exact, one.hit.entity))
    match = scored[0] if scored and scored[0].exact and scored[0].score >= _SURE else None
    if match and any(one.exact and match.score - one.score < _APART for one in scored[1:]):
        match = None
    return [_show(graph, one, match=one is match) for one in scored[: query.limit]]


def _search(
    graph: Graph, query: ReconciliationQuery, types: Sequence[str], asked: Mapping[str, Sequence[str]]
) -> list[Hit]:
    """Find entities by id, by name, or by properties alone: those first that have most of the values."""
    words, known = query.words, schema.properties(graph)
    if not words:
        holders = (
            schema.holders(graph, known[name], given) for name, given in asked.items() if name in known
        )
        counts = Counter(entity for found in holders for entity in found)
        return [Hit(entity, "", "", 0.0) for entity, _ in counts.most_common(200)]
    segments = schema.segments(graph, types) if types and query.type_strict != "should" else ()
    limit = max(50, query.limit * 4) if types else max(15, query.limit * 2)
    hits = graph.names.search(words, segments=segments, limit=limit)
    identifier = resolve_entity(graph, words)
    named = [Hit(identifier, graph.labels.get(identifier, identifier), _IDENTIFIER, 100.0)]
    return [*(named if identifier else []), *(hit for hit in hits if hit.entity != identifier)]


def _score(
    graph: Graph,
    words: str,
    hit: Hit,
    types: Sequence[str],
    fits: Collection[bool],
    near: Mapping[str, float],
) -> _Scored:
    features: dict[str, float | bool] = {}
    score, exact = 0.0, True
    if words:
        by_id, same, label = hit.role == _IDENTIFIER, key(hit.name) == key(words), hit.role == "label"
        typed = not same and _same_but_for_type(words, hit.name, {*types, *schema.labels(graph, types)})
        found = (hit.score, same, typed, by_id, label)
        features = dict(zip(FEATURES, found, strict=False))
        score = (max(hit.score, _TYPED) if typed else hit.score) - (0 if by_id or label else _NO_LABEL)
        exact = same or typed or by_id
    if near:
        nearness = sum(near.values()) / len(near)
        score = _NAME * score + _PROPERTIES * nearness if words else nearness
        exact = exact and min(near.values()) >= _AGREES
    if fits:
        features["type_match"] = any(fits)
        score *= 1 if any(fits) else _OTHER_TYPE
    return _Scored(hit, types, round(score, 2), exact, {**features, **near})


def _same_but_for_type(words: str, name: str, types: Collection[str]) -> bool:
    if key(words) in {key(f"{name} {kind}") for kind in types}:
        return True
    return len(words) > 1 and key(name) in {key(words) + place for place in _PLACES}


def _show(graph: Graph, one: _Scored, *, match: bool) -> dict[str, Any]:
    """Return a candidate as the API has it."""
    entity, name = one.hit.entity, one.hit.name
    label, labels = graph.labels.get(entity, entity), schema.labels(graph, one.types)
    how = f"found as {name} ({one.hit.role})" if name and name != label else ""
    return {
        "id": entity,
        "name": label,
        "description": "; ".join(part for part in (", ".join(labels), how) if part),
        "type": [{"id": kind, "name": name} for kind, name in zip(one.types, labels, strict=True)],
        "score": one.score,
        "match": match,
        "features": [{"id": name, "value": value} for name, value in one.features.items()],
    }


def _nearness(graph: Graph, given: Sequence[str], values: Sequence[ox.NamedNode | ox.Literal]) -> float:
    """Return how near the nearest pair of a given and a known value is, 0 to 100."""
    best = 0.0
    for value in values:
        short = iris.short(value.value) if isinstance(value, ox.NamedNode) else value.value
        names = {key(short.rpartition("/")[2]), key(graph.labels.get(short, short))}
        if isinstance(value, ox.NamedNode) and short in graph.names.entities:
            names |= {key(name) for _, name in graph.names.names(short)}
        for text in given:
            if iris.short(text) == short or _number(text) == _number(short) is not None:
                return 100.0
            if iris.short(text) not in graph.names.entities:  # two ids are the same or not
                best = max(best, *(fuzz.ratio(key(text), name) for name in names))
    return round(best, 2)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
