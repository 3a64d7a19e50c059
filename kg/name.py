"""Names: from what a person types, in English or Chinese, to the one entity that is meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from kg import store, term, text
from kg.error import Ambiguous, NotFound
from kg.store import Store

_QUERY = """
SELECT ?entity ?role ?name {
  VALUES (?property ?role) { (skos:prefLabel "label") (skos:altLabel "alias") (skos:hiddenLabel "printed") }
  ?entity ?property ?name
}
"""


@dataclass(frozen=True)
class Hit:
    """An entity that a search found: by which name, in what role, how near (0 to 100)."""

    entity: str
    name: str
    role: str
    score: float


@dataclass(frozen=True)
class Index:
    """All names of a graph: (entity id, role, name)."""

    names: tuple[tuple[str, str, str], ...]

    @cached_property
    def exact(self) -> dict[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for entity, role, name in self.names:
            found.setdefault(key(name), []).append((entity, role))
        return found

    @cached_property
    def labels(self) -> dict[str, str]:
        """Entity id → English label, else its Chinese one."""
        found: dict[str, str] = {}
        for entity, role, name in self.names:
            if role == "label" and (entity not in found or name.isascii()):
                found[entity] = name
        return found

    @cached_property
    def entities(self) -> frozenset[str]:
        return frozenset(entity for entity, _, _ in self.names)

    def resolve(self, words: str, *, segments: Iterable[str] = ()) -> str:
        """The entity that an id, IRI, prefixed name, label or alias stands for.

        Raises Ambiguous with the candidates, or NotFound with the nearest names.
        """
        wanted = tuple(segments)
        identifier = term.short(words.strip("<>")) if "://" in words else words.replace(":", "/", 1)
        if identifier in self.entities:
            if wanted and identifier.partition("/")[0] not in wanted:
                raise NotFound(f"{identifier} is no {' or '.join(wanted)}")
            return identifier
        found = {
            e: r for e, r in self.exact.get(key(words), ()) if not wanted or e.partition("/")[0] in wanted
        }
        if len(found) > 1:
            by_label = [entity for entity, role in found.items() if role == "label"]
            if len(by_label) == 1:
                return by_label[0]
            listed = "; ".join(f"{entity} ({self.labels.get(entity, '?')})" for entity in sorted(found))
            raise Ambiguous(f"{words!r} names several things: {listed}")
        if found:
            return next(iter(found))
        slugs = [f"{segment}/{words}" for segment in wanted if f"{segment}/{words}" in self.entities]
        if len(slugs) == 1:
            return slugs[0]
        near = [
            f"{hit.name} ({hit.entity})" for hit in self.search(words, segments=wanted, limit=4, least=60)
        ]
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise NotFound(f"nothing is called {words!r}{hint}")

    def search(
        self, words: str, *, segments: Iterable[str] = (), limit: int = 10, least: float = 50
    ) -> list[Hit]:
        """Entities with a name like this, best first; one hit an entity."""
        wanted = tuple(segments)
        pool = [n for n in self.names if not wanted or n[0].partition("/")[0] in wanted]
        matches = process.extract(
            key(words),
            [key(name) for _, _, name in pool],
            scorer=_score,
            limit=limit * 5,
            score_cutoff=least,
        )
        hits: dict[str, Hit] = {}
        for _, score, at in matches:
            entity, role, name = pool[at]
            hits.setdefault(entity, Hit(entity, name, role, round(score, 1)))
        return sorted(hits.values(), key=lambda hit: (-hit.score, hit.entity))[:limit]


def index(graph: Store) -> Index:
    """The names of a graph, read from its labels."""
    rows = store.select(graph, _QUERY).values()
    return Index(tuple(sorted((term.short(row["entity"]), row["role"], row["name"]) for row in rows)))


def key(name: str) -> str:
    """A name folded for comparison: case, width, marks, and a plural s."""
    folded = text.key(name)
    return folded[:-1] if len(folded) > 3 and folded.endswith("s") and not folded.endswith("ss") else folded


def _score(query: str, name: str, *, score_cutoff: float | None = None) -> float:
    if query == name:
        return 100.0
    whole = fuzz.ratio(query, name, score_cutoff=0)
    part = 92.0 if len(query) > 1 and query in name else 0.0
    best = max(whole, part, 0.9 * fuzz.token_set_ratio(query, name))
    return best if score_cutoff is None or best >= score_cutoff else 0.0
