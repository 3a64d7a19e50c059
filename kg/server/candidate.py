"""Candidates of reconciliation: entities with a like name or the same values, scored and explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from rapidfuzz import fuzz

from kg import iris
from kg.query.graph import Graph
from kg.server import called, kinds
from kg.server.wanted import Wanted
from kg.store.names import Hit
from kg.store.tokens import key

#: What the features of a candidate say, by id; those of properties have the property's id.
FEATURES: Mapping[str, str] = {
    "name_similarity": "How like the query and the nearest name of the candidate are, 0 to 100.",
    "exact_name": "Whether they are the same but for case, width, marks, spaces and a plural's s.",
    "name_and_type": "Whether one is the other and what it is: Jinan City for Jinan, 济南 for 济南市.",
    "identifier": "Whether the query is the candidate's id, now or before, its IRI or its prefixed name.",
    "found_as_label": "Whether that name is a label, rather than an alias or a form that a document prints.",
    "type_match": "Whether the candidate is of a type that was asked for.",
}
_NAME, _PROPERTIES = 0.75, 0.25  # what a name and what properties weigh where both are given
_OTHER_TYPE = 0.7  # of its score keeps an entity that is not of the type that should be
_NO_LABEL = 0.5  # a name that is no label takes off
_TYPED = 98.0  # how like a name is that is the other but for what it names
_PLACES = "省市区县"  # what a Chinese place is, at the end of its name
_SURE, _AGREES = 90.0, 80.0  # a match has at least that score, and that nearness of each property
_APART = 3.0  # and so much more than the next that is as exact
_IDENTIFIER = "identifier"  # the role of a hit that the query names by its id


@dataclass(frozen=True)
class _Scored:
    """An entity with its score, and whether it is just what was asked for and not merely near."""

    hit: Hit
    score: float
    exact: bool
    features: Mapping[str, float | bool]


def candidates(graph: Graph, wanted: Wanted) -> list[dict[str, Any]]:
    """Candidates, best first. At most one is a match: the first, where it is exact and no other is."""
    types = [kinds.named(name) for name in wanted.types]
    hits = _hits(graph, wanted, types)
    types_of = kinds.types(graph, [hit.entity for hit in hits])
    known = kinds.properties(graph)
    asked = [known[name] for name, _ in wanted.properties if name in known]
    values = kinds.values(graph, [hit.entity for hit in hits], asked)
    groups = [kinds.below(graph, [name]) for name in types]
    found = []
    for hit in hits:
        fits = [bool(group & set(types_of[hit.entity])) for group in groups]
        if wanted.strict == "should" or not fits or (all(fits) if wanted.strict == "all" else any(fits)):
            near = {
                name: _near(given, values.get((hit.entity, name), []), graph)
                for name, given in wanted.properties
            }
            found.append(_scored(graph, wanted, hit, fits, types_of[hit.entity], near))
    found.sort(key=lambda one: (-one.score, not one.exact, one.hit.entity))
    match = _match(found)
    return [_shown(graph, one, types_of[one.hit.entity], match=one is match) for one in found[: wanted.limit]]


def _hits(graph: Graph, wanted: Wanted, types: Sequence[str]) -> list[Hit]:
    """Entities that may be meant: by id, by name, or by properties alone."""
    words = wanted.words
    if not words:
        return [Hit(entity, "", "", 0.0) for entity in _holders(graph, wanted)]
    segments = kinds.segments(graph, types) if types and wanted.strict != "should" else ()
    limit = max(50, wanted.limit * 4) if types else max(15, wanted.limit * 2)
    hits = graph.names.search(words, segments=segments, limit=limit)
    identifier = called.entity(graph, words)
    if not identifier:
        return hits
    label = graph.labels.get(identifier, identifier)
    return [
        Hit(identifier, label, _IDENTIFIER, 100.0),
        *(hit for hit in hits if hit.entity != identifier),
    ]


def _holders(graph: Graph, wanted: Wanted) -> list[str]:
    """Entities with the values that are wanted; those first that have most of them."""
    known = kinds.properties(graph)
    counts: Counter[str] = Counter()
    for name, given in wanted.properties:
        if name in known:
            counts.update(kinds.holders(graph, known[name], given))
    return [entity for entity, _ in counts.most_common(200)]


def _scored(
    graph: Graph, wanted: Wanted, hit: Hit, fits: Sequence[bool], types: Sequence[str],
    near: Mapping[str, float],
) -> _Scored:  # fmt: skip
    features: dict[str, float | bool] = {}
    score, exact = 0.0, True
    if wanted.words:
        score, exact = _by_name(graph, wanted.words, hit, types, features)
    if near:
        nearness = sum(near.values()) / len(near)
        score = _NAME * score + _PROPERTIES * nearness if wanted.words else nearness
        exact = exact and min(near.values()) >= _AGREES
    if fits:
        features["type_match"] = any(fits)
        score *= 1 if any(fits) else _OTHER_TYPE
    return _Scored(hit, round(score, 2), exact, {**features, **near})


def _by_name(
    graph: Graph, words: str, hit: Hit, types: Sequence[str], features: dict[str, float | bool]
) -> tuple[float, bool]:
    """The score of a name, and whether it is the very one; adds to the features."""
    by_id, same = hit.role == _IDENTIFIER, key(hit.name) == key(words)
    typed = not same and _same_but_for_type(words, hit.name, {*types, *kinds.type_names(graph, types)})
    features |= {
        "name_similarity": hit.score,
        "exact_name": same,
        "name_and_type": typed,
        "identifier": by_id,
        "found_as_label": hit.role == "label",
    }
    score = max(hit.score, _TYPED) if typed else hit.score
    return score - (0 if by_id or hit.role == "label" else _NO_LABEL), same or typed or by_id


def _same_but_for_type(words: str, name: str, types: Iterable[str]) -> bool:
    if key(words) in {key(f"{name} {kind}") for kind in types}:
        return True
    return len(words) > 1 and key(name) in {key(words) + place for place in _PLACES}


def _match(found: Sequence[_Scored]) -> _Scored | None:
    """The one clear candidate, if there is one."""
    if not found or not found[0].exact or found[0].score < _SURE:
        return None
    rivals = [one for one in found[1:] if one.exact and found[0].score - one.score < _APART]
    return None if rivals else found[0]


def _shown(graph: Graph, one: _Scored, types: Sequence[str], *, match: bool) -> dict[str, Any]:
    """A candidate as the API has it."""
    entity, name = one.hit.entity, one.hit.name
    label = graph.labels.get(entity, entity)
    names = kinds.type_names(graph, types)
    how = f"found as {name} ({one.hit.role})" if name and name != label else ""
    return {
        "id": entity,
        "name": label,
        "description": "; ".join(part for part in (", ".join(names), how) if part),
        "type": [{"id": kind, "name": name} for kind, name in zip(types, names, strict=True)],
        "score": one.score,
        "match": match,
        "features": [{"id": name, "value": value} for name, value in one.features.items()],
    }


def _near(given: Sequence[str], values: Sequence[ox.NamedNode | ox.Literal], graph: Graph) -> float:
    """How near the nearest pair of a given and a known value is, 0 to 100."""
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
