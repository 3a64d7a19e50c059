"""An open index: names and labels looked up, entities and quotes found."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, utils

from kg import iris, text
from kg.errors import Ambiguous, NotFound
from kg.store import name_query
from kg.store.tokens import key, pieces

_QUOTE = re.compile(r"source/(?P<source>[^/]+)/paragraph/(?P<paragraph>[0-9]+)/quote/[^/]+")
_POOL = 200  # names that are scored at each step
_NAMES = """
SELECT entity, role, name, key FROM name_text JOIN name ON name.id = name_text.rowid
WHERE name_text MATCH ? ORDER BY name_text.rowid LIMIT ?
"""
_QUOTES = """
SELECT quote.words, quote.quote FROM quote_text JOIN quote ON quote.id = quote_text.rowid
WHERE quote_text MATCH ? ORDER BY quote_text.rowid LIMIT ?
"""


@dataclass(frozen=True)
class Hit:
    """An entity that a search found: by which name, in what role, how near (0 to 100)."""

    entity: str
    name: str
    role: str
    score: float


@dataclass(frozen=True)
class Quoted:
    """A quote that a search found: the id of its words (what ``kg:evidence`` names), and where they stand."""

    words: str
    source: str
    paragraph: int
    quote: str


@dataclass(frozen=True)
class Labels(Mapping[str, str]):
    """Entity id → English label, else its Chinese one, looked up when asked for, and kept; ``others`` are
    labels of what is no entity."""

    connection: sqlite3.Connection
    others: Mapping[str, str] = field(default_factory=dict)
    known: dict[str, str | None] = field(default_factory=dict)

    def beside(self, others: Mapping[str, str]) -> Labels:
        """These labels, and others."""
        return Labels(self.connection, others)

    def __getitem__(self, entity: str) -> str:
        if entity not in self.known:
            row = self.connection.execute("SELECT label FROM entity WHERE id = ?", (entity,)).fetchone()
            self.known[entity] = (row and row[0]) or self.others.get(entity)
        found = self.known[entity]
        if found is None:
            raise KeyError(entity)
        return found

    def __iter__(self) -> Iterator[str]:
        query = "SELECT id FROM entity WHERE label IS NOT NULL ORDER BY id"
        yield from (row[0] for row in self.connection.execute(query))
        yield from self.others

    def __len__(self) -> int:
        found = self.connection.execute("SELECT count(label) FROM entity").fetchone()
        return int(found[0]) + len(self.others)


@dataclass(frozen=True)
class Entities(Collection[str]):
    """Ids of all entities that have a name, in order."""

    connection: sqlite3.Connection

    def __contains__(self, entity: object) -> bool:
        query = "SELECT 1 FROM entity WHERE id = ?"
        return isinstance(entity, str) and bool(self.connection.execute(query, (entity,)).fetchone())

    def __iter__(self) -> Iterator[str]:
        return (row[0] for row in self.connection.execute("SELECT id FROM entity ORDER BY id"))

    def __len__(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM entity").fetchone()[0])


@dataclass(frozen=True)
class Index:
    """An open index.

    Names stand in it from short to long, so the first that hold all words asked for are the nearest, and
    no ranking of thousands is needed; the few that are found are scored by rapidfuzz.
    """

    connection: sqlite3.Connection

    @cached_property
    def labels(self) -> Labels:
        return Labels(self.connection)

    @cached_property
    def entities(self) -> Entities:
        return Entities(self.connection)

    def exact(self, words: str) -> list[tuple[str, str]]:
        """Entities of this very name, but for case, width and a plural's s: (entity, role)."""
        query = "SELECT DISTINCT entity, role FROM name WHERE key = ? ORDER BY entity, role"
        return self.connection.execute(query, (key(words),)).fetchall()

    def names(self, entity: str) -> list[tuple[str, str]]:
        """All names of an entity: (role, name), labels first, short ones first."""
        query = "SELECT role, name FROM name WHERE entity = ? ORDER BY role <> 'label', role, id"
        return self.connection.execute(query, (entity,)).fetchall()

    def resolve(self, words: str, *, segments: Iterable[str] = ()) -> str:
        """The entity that an id, IRI, prefixed name, label or alias stands for.

        Raises Ambiguous with the candidates, or NotFound with the nearest names.
        """
        wanted = tuple(segments)
        identifier = iris.short(words.strip("<>")) if "://" in words else words.replace(":", "/", 1)
        if identifier in self.entities:
            if wanted and _segment(identifier) not in wanted:
                raise NotFound(f"{identifier} is no {' or '.join(wanted)}")
            return identifier
        found = {e: r for e, r in self.exact(words) if not wanted or _segment(e) in wanted}
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
        hits: dict[str, Hit] = {}
        wanted, among = key(words), tuple(segments)
        for step in name_query.widening(self.connection, pieces(text.key(words))):
            for entity, role, name, folded in self._named(step, among):
                score = round(likeness(wanted, folded), 1)
                if score >= least and (entity not in hits or score > hits[entity].score):
                    hits[entity] = Hit(entity, name, role, score)
            if len(hits) >= limit:
                break
        return sorted(hits.values(), key=lambda hit: (-hit.score, hit.role != "label", hit.entity))[:limit]

    def quotes(self, words: str, *, limit: int = 10) -> list[Quoted]:
        """Quotes that hold all these words, short ones first."""
        found = pieces(text.key(words))
        rows = self.connection.execute(_QUOTES, (name_query.all_of(found), limit)) if found else ()
        return [
            Quoted(at, parts["source"], int(parts["paragraph"]), quote)
            for at, quote in rows
            if (parts := _QUOTE.fullmatch(at))
        ]

    def _named(self, step: str, segments: Sequence[str]) -> list[tuple[str, str, str, str]]:
        among = f" AND segment : ({' OR '.join(name_query.quoted(s) for s in segments)})" if segments else ""
        return self.connection.execute(_NAMES, (f"word : ({step}){among}", _POOL)).fetchall()


def _segment(entity: str) -> str:
    return entity.partition("/")[0]


def likeness(query: str, name: str) -> float:
    """How like two folded names are, 0 to 100; one that holds the query is near, the nearer the shorter."""
    if query == name:
        return 100.0
    part = 86 + 8 * len(query) / len(name) if len(query) > 1 and query in name else 0.0
    words, others = utils.default_process(query), utils.default_process(name)
    return max(
        fuzz.ratio(query, name),
        part,
        0.95 * fuzz.token_sort_ratio(words, others),  # the same words in another order
        0.8 * fuzz.token_set_ratio(words, others),  # all words of one in the other
    )
