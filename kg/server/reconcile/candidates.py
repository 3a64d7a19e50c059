"""Candidates of reconciliation: entities with a similar name or the same values, scored and explained."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
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


def find_candidates(graph: Graph, query: ReconciliationQuery) -> list[dict[str, Any]]:
    """Return candidates, best first. At most one is a match: the first, if it is exact and no other is."""
    asked: dict[str, list[str]] = {}  # a property that is given twice has the values of both
    for one in query.properties:
        asked.setdefault(schema.item_id(one.pid), []).extend(one.v)
    types = [schema.item_id(name) for name in query.type]
    hits, known = _search(graph, query, types, asked), schema.properties(graph)
    wanted = [known[name] for name in ("type", *asked) if name in known]
    values = schema.values(graph, [hit.entity for hit in hits], wanted)
    groups = [graph.vocabulary.below([name]) for name in types]
    fit = all if query.type_strict == "all" else any
    found = []
    for hit in hits:
        own = [iris.short(kind.value) for kind in values.get((hit.entity, "type"), ())]
        fits = [not group.isdisjoint(own) for group in groups]
        if query.type_strict == "should" or not fits or fit(fits):
            had = {name: values.get((hit.entity, name), ()) for name in asked}
            near = {name: _nearness(graph, given, had[name]) for name, given in asked.items()}
            found.append(_candidate(graph, query.words, hit, own, near, fits))
    found.sort(key=lambda one: (-one["score"], not one["match"], one["id"]))
    exact = [one["score"] for one in found if one["match"]]
    least = max([_SURE, *(score + _APART for score in exact[1:])])
    sure = bool(exact) and found[0]["match"] and exact[0] >= least
    return [{**one, "match": sure and one is found[0]} for one in found[: query.limit]]


def _search(
    graph: Graph, query: ReconciliationQuery, types: Sequence[str], asked: Mapping[str, Sequence[str]]
) -> list[Hit]:
    """Find entities by id, by name, or by properties alone: those first that have most of the values."""
    words, known = query.words, schema.properties(graph)
    if not words:
        holders = [schema.holders(graph, known[name], v) for name, v in asked.items() if name in known]
        counts = Counter(chain.from_iterable(holders))
        return [Hit(entity, "", "", 0.0) for entity, _ in counts.most_common(200)]
    segments = schema.segments(graph, types) if types and query.type_strict != "should" else ()
    limit = max(50, query.limit * 4) if types else max(15, query.limit * 2)
    hits = graph.names.search(words, segments=segments, limit=limit)
    identifier = resolve_entity(graph, words)
    named = [Hit(identifier, graph.labels.get(identifier, identifier), _IDENTIFIER, 100.0)]
    return [*(named if identifier else []), *(hit for hit in hits if hit.entity != identifier)]


def _candidate(
    graph: Graph, words: str, hit: Hit, types: Sequence[str], near: Mapping[str, float], fits: Sequence[bool]
) -> dict[str, Any]:
    """Return a candidate as the API has it; it is a match where it is what was asked for, not merely near."""
    label, labels = graph.labels.get(hit.entity, hit.entity), schema.labels(graph, types)
    features: dict[str, float | bool] = {}
    score, exact = 0.0, True
    if words:
        by_id, same, as_label = hit.role == _IDENTIFIER, key(hit.name) == key(words), hit.role == "label"
        typed = not same and _same_but_for_type(words, hit.name, {*types, *labels})
        features = dict(zip(FEATURES, (hit.score, same, typed, by_id, as_label), strict=False))
        score = (max(hit.score, _TYPED) if typed else hit.score) - (0 if by_id or as_label else _NO_LABEL)
        exact = same or typed or by_id
    if near:
        nearness = sum(near.values()) / len(near)
        score = _NAME * score + _PROPERTIES * nearness if words else nearness
        exact = exact and min(near.values()) >= _AGREES
    if fits:
        features["type_match"] = any(fits)
        score *= 1 if any(fits) else _OTHER_TYPE
    how = f"found as {hit.name} ({hit.role})" if hit.name not in ("", label) else ""
    return {
        "id": hit.entity, "name": label, "description": "; ".join(filter(None, (", ".join(labels), how))),
        "type": [{"id": kind, "name": name} for kind, name in zip(types, labels, strict=True)],
        "score": round(score, 2), "match": exact,
        "features": [{"id": name, "value": value} for name, value in {**features, **near}.items()],
    }  # fmt: skip


def _same_but_for_type(words: str, name: str, types: Collection[str]) -> bool:
    if key(words) in {key(f"{name} {kind}") for kind in types}:
        return True
    return len(words) > 1 and key(name) in {key(words) + place for place in _PLACES}


def _nearness(graph: Graph, given: Sequence[str], values: Sequence[ox.NamedNode | ox.Literal]) -> float:
    """Return how near the nearest pair of a given and a known value is, 0 to 100."""
    best, numbers = 0.0, {float(text) for text in given if schema.NUMBER.fullmatch(text)}
    for value in values:
        short = iris.short(value.value) if isinstance(value, ox.NamedNode) else value.value
        names = {key(short.rpartition("/")[2]), key(graph.labels.get(short, short))}
        if isinstance(value, ox.NamedNode) and short in graph.names.entities:
            names |= {key(name) for _, name in graph.names.names(short)}
        for text in given:
            if iris.short(text) == short or (schema.NUMBER.fullmatch(short) and float(short) in numbers):
                return 100.0
            if iris.short(text) not in graph.names.entities:  # two ids are the same or not
                best = max(best, *(fuzz.ratio(key(text), name) for name in names))
    return round(best, 2)
