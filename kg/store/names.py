"""The names index: labels, entities and words of documents found by full text, an SQLite file by the store.

It is written when a graph is built and opened read-only; it stays fast at a million entities.
"""

import re
import sqlite3
import tempfile
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import iris
from kg.errors import BadStore
from kg.read import queries
from kg.store import matching, oxigraph
from kg.store.matching import Name, Piece, fold, key, pieces, squeeze, tokens
from kg.store.oxigraph import Store

FORMAT = 4
_HAN_WORDS = re.compile("[\u3400-\u9fff]{2,8}")
_DIVISIONS = ("省", "市", "自治区", "区", "县")
_POOL = 200  # names that are scored at each step
_NAMES = """
SELECT entity, role, name, key FROM name_text JOIN name ON name.id = name_text.rowid
WHERE name_text MATCH ? ORDER BY name_text.rowid LIMIT ?
"""
_QUOTES = """
SELECT quote.words, quote.quote FROM quote_text JOIN quote ON quote.id = quote_text.rowid
WHERE quote_text MATCH ? ORDER BY quote_text.rowid LIMIT ?
"""
_CREATE, _FILL = (Path(__file__).with_name(f"names_{step}.sql") for step in ("create", "fill"))


@dataclass(frozen=True)
class Hit:
    """An entity that a search found: the name, its role, and a score from 0 to 100."""

    entity: str
    name: str
    role: str
    score: float


class Labels(Mapping[str, str]):
    """Labels by entity id, read when asked for: the English one, else the Chinese one; then ``others``."""

    def __init__(self, index: "Index", others: Mapping[str, str] | None = None) -> None:
        self._index, self._others = index, others or {}
        self._label = lru_cache(65_536)(self._read)

    def beside(self, others: Mapping[str, str]) -> "Labels":
        """Return these labels together with those of other terms."""
        return Labels(self._index, others)

    def __getitem__(self, entity: str) -> str:
        found = self._label(entity) or self._others.get(entity)
        if found is None:
            raise KeyError(entity)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._index.column("SELECT id FROM entity WHERE label IS NOT NULL ORDER BY id")
        yield from self._others

    def __len__(self) -> int:
        return int(next(self._index.column("SELECT count(label) FROM entity"))) + len(self._others)

    def _read(self, entity: str) -> str | None:
        return next(self._index.column("SELECT label FROM entity WHERE id = ?", entity), None)


@dataclass(frozen=True)
class Entities(Collection[str]):
    """Ids of all entities that have a name, in order."""

    index: "Index"

    def __contains__(self, entity: object) -> bool:
        return isinstance(entity, str) and any(self.index.column("SELECT 1 FROM entity WHERE id = ?", entity))

    def __iter__(self) -> Iterator[str]:
        return self.index.column("SELECT id FROM entity ORDER BY id")

    def __len__(self) -> int:
        return int(next(self.index.column("SELECT count(*) FROM entity")))


@dataclass(frozen=True)
class Index:
    """An open names index; close it, or drop the last reference to it.

    Names are stored from short to long, so that the first ones that hold all words asked for are the
    nearest, and no ranking of thousands is needed; those few are scored by rapidfuzz.
    """

    connection: sqlite3.Connection

    def __post_init__(self) -> None:
        weakref.finalize(self, self.connection.close)

    def close(self) -> None:
        """Close the file; what was looked up before stays valid."""
        self.connection.close()

    def column(self, query: str, *given: str) -> Iterator[Any]:
        """Yield the first column of a query's rows."""
        return (row[0] for row in self.connection.execute(query, given))

    @cached_property
    def labels(self) -> Labels:
        """Labels of all entities."""
        return Labels(self)

    @cached_property
    def entities(self) -> Entities:
        """Ids of all entities."""
        return Entities(self)

    def exact(self, words: str) -> list[tuple[str, str]]:
        """Return (entity, role) of a name, but for case, width, spaces and a plural's s."""
        query = "SELECT DISTINCT entity, role, key = ? FROM name WHERE squeezed = ? ORDER BY entity, role"
        rows = self.connection.execute(query, (key(words), squeeze(key(words)))).fetchall()
        same = [(entity, role) for entity, role, spaces_too in rows if spaces_too]
        return same or [(entity, role) for entity, role, _ in rows]

    def names(self, entity: str) -> list[tuple[str, str]]:
        """Return all names of an entity as (role, name): labels first, short ones first."""
        query = "SELECT role, name FROM name WHERE entity = ? ORDER BY role <> 'label', role, id"
        return self.connection.execute(query, (entity,)).fetchall()

    def candidates(self, words: str, *, segments: Iterable[str] = (), exact: bool = False) -> list[str]:
        """Return the entities that words may stand for; several if nothing settles which is meant.

        Words are an id, IRI, prefixed name, a name but for case, width, marks and plurals, the Chinese name
        of a place without 省 or 市, or a slug; unless ``exact``, also words of names, or their beginnings.
        The first of these that fits is taken.
        """
        wanted = tuple(segments) or iris.ENTITY_SEGMENTS
        identifier = iris.short(words.strip("<>")) if "://" in words else words.replace(":", "/", 1)
        if identifier in self.entities:
            return [identifier] if _segment(identifier) in wanted else []
        ways = (self.exact, self._by_short_name, self._by_slug, self._holding)
        for find in ways[:3] if exact else ways:
            if found := [row for row in find(words) if _segment(row[0]) in wanted]:
                return _plainest(found)
        return []

    def search(
        self, words: str, *, segments: Iterable[str] = (), limit: int = 10, least: float = 50
    ) -> list[Hit]:
        """Return the entities with a similar name, best first, one hit an entity."""
        hits: dict[str, Hit] = {}
        wanted, among = key(words), tuple(segments)
        for rows in self._candidates(words, among):
            for entity, role, name, folded in rows:
                score = round(matching.likeness(wanted, folded), 1)
                if score >= least and (entity not in hits or score > hits[entity].score):
                    hits[entity] = Hit(entity, name, role, score)
            if len(hits) >= limit:
                break
        return sorted(hits.values(), key=lambda hit: (-hit.score, hit.role != "label", hit.entity))[:limit]

    def runs(self, words: Sequence[Piece], *, limit: int = 10) -> list[tuple[str, str]]:
        """Return (node, run of words) of the documents' words that hold all these, short ones first."""
        rows = self.connection.execute(_QUOTES, (matching.all_of(words), limit)) if words else ()
        return list(rows)

    def _candidates(self, words: str, segments: Sequence[str]) -> Iterator[list[tuple[str, str, str, str]]]:
        """Yield the names that a search scores: those that differ by spaces, then ever looser matches.

        The words before a comma are a name of their own: "Jinan, Shandong".
        """
        wanted = key(words)
        query = "SELECT entity, role, name, key FROM name WHERE squeezed IN (?, ?) ORDER BY id LIMIT ?"
        forms = squeeze(wanted), squeeze(wanted.partition(",")[0])
        rows = self.connection.execute(query, (*forms, _POOL))
        found = [row for row in rows if not segments or _segment(row[0]) in segments]
        among = f" AND segment : ({' OR '.join(map(matching.quoted, segments))})" if segments else ""
        for step in matching.widening(self.connection, pieces(fold(words))):
            yield found + self.connection.execute(_NAMES, (f"word : ({step}){among}", _POOL)).fetchall()
            found = []

    def _by_short_name(self, words: str) -> list[tuple[str, str]]:
        """Return (entity, role) of places whose names are these Han words and what a division is called."""
        if not _HAN_WORDS.fullmatch(words):
            return []
        rows = (row for kind in _DIVISIONS for row in self.exact(words + kind))
        return [row for row in rows if row[0].startswith("place/")]

    def _by_slug(self, words: str) -> list[tuple[str, str]]:
        ids = (f"{segment}/{words}" for segment in iris.ENTITY_SEGMENTS)
        return [(entity, "id") for entity in ids if entity in self.entities]

    def _holding(self, words: str) -> list[tuple[str, str]]:
        """Return (entity, role) of names that hold all these words, or words that begin so, short ones first.

        If all others hold the shortest of them, it is meant: "integrated circuits", not their design.
        """
        for step in islice(matching.widening(self.connection, pieces(fold(words))), 2):
            rows = self.connection.execute(_NAMES, (f"word : ({step})", _POOL)).fetchall()
            names = [squeeze(row[3]) for row in rows]
            alone = names and all(names[0] in name for name in names)
            if rows:
                return [
                    row[:2] for row, name in zip(rows, names, strict=True) if not alone or name == names[0]
                ]
        return []


def index_path(store_folder: Path) -> Path:
    """Return where the index of a store on disk lies."""
    return store_folder.with_name(f"search-{store_folder.name.removeprefix('store-')}.sqlite")


def write_index(path: Path, names: Iterable[Name], quotes: Iterable[tuple[str, str]] = ()) -> None:
    """Index names, and quotes by the ids of their words, in a file that is replaced in one step.

    The same names and quotes give the same bytes. Raises OSError or sqlite3's if it cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        part = Path(folder) / path.name
        with closing(sqlite3.connect(part)) as connection:
            _fill(connection, names, quotes)
        part.replace(path)


def index_in_memory(names: Iterable[Name], quotes: Iterable[tuple[str, str]] = ()) -> Index:
    """Return an index in memory."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(connection, names, quotes)
    return Index(connection)


def open_index(path: Path) -> Index:
    """Open an index file; raises BadStore if it is missing, cut short or of another version."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        index = Index(sqlite3.connect(address, uri=True, check_same_thread=False))
        pragmas = ("user_version", "page_count", "page_size")
        version, pages, size = (next(index.column(f"PRAGMA {name}")) for name in pragmas)
        trouble = "is of another version" if version != FORMAT else ""
        if path.stat().st_size < pages * size:
            trouble = "is cut short"
    except sqlite3.DatabaseError as error:
        trouble = f"cannot be read ({error})"
    if trouble:
        raise BadStore(f"the index {path} {trouble}: kg build makes it again")
    return index


def _fill(connection: sqlite3.Connection, names: Iterable[Name], quotes: Iterable[tuple[str, str]]) -> None:
    connection.create_function("backwards", 1, lambda word: word[::-1], deterministic=True)
    connection.create_function("squeezed", 1, squeeze, deterministic=True)
    connection.create_function("tokens", 1, lambda raw: tokens(fold(raw)), deterministic=True)
    connection.executescript(_CREATE.read_text(encoding="utf-8"))
    rows = ((*name, key(name[3])) for name in names)
    connection.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO said VALUES (?, ?)", quotes)
    connection.executescript(_FILL.read_text(encoding="utf-8"))
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _segment(entity: str) -> str:
    return entity.partition("/")[0]


def _plainest(found: Sequence[tuple[str, str]]) -> list[str]:
    """Return the only entity that has a name as its label, else as an alias, else all."""
    for roles in (("label",), ("label", "alias", "abbreviation", "id")):
        among = {entity for entity, role in found if role in roles}
        if len(among) == 1:
            return list(among)
    return list(dict.fromkeys(entity for entity, _ in found))


def names_of(graph: Store) -> Iterator[Name]:
    """Yield the names in a graph."""
    for row in oxigraph.solutions(graph, queries.internal("indexed-names").sparql):
        subject, role, name = row["subject"], row["role"], row["name"]
        if isinstance(subject, ox.NamedNode) and isinstance(name, ox.Literal):
            yield iris.short(subject.value), str(role.value), name.language or "", name.value


def quotes_of(graph: Store) -> Iterator[tuple[str, str]]:
    """Yield the words of documents in a graph, each after the id of the node that knows their paragraph."""
    for row in oxigraph.solutions(graph, queries.internal("indexed-quotes").sparql):
        yield iris.short(row["node"].value), row["words"].value
