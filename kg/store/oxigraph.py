"""The store: Oxigraph in memory or on disk behind a few functions; the one home of its queries."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg import iris
from kg.errors import BadQuery, BadStore

Store = ox.Store
N_QUADS = ox.RdfFormat.N_QUADS
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Rows:
    """The answer of a SELECT: variables in the query's order, one tuple a solution, None where unbound."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def values(self) -> list[dict[str, str]]:
        """Solutions as plain strings by variable; unbound ones are empty."""
        return [
            {
                name: getattr(value, "value", "") if value else ""
                for name, value in zip(self.variables, row, strict=True)
            }
            for row in self.rows
        ]


def memory(lines: Iterable[str] = ()) -> Store:
    """A store in memory, loaded from N-Quads lines."""
    store = ox.Store()
    load(store, lines)
    return store


def load(store: Store, lines: Iterable[str]) -> None:
    """Add N-Quads lines; not transactional, so the store is to be a new one."""
    store.bulk_load(input="".join(lines).encode(), format=ox.RdfFormat.N_QUADS)


def create(folder: Path, lines: Iterable[str]) -> None:
    """A new store on disk."""
    store = ox.Store(str(folder))
    load(store, lines)
    store.flush()


def create_from(folder: Path, file: Path, tick: Callable[[int], None]) -> int:
    """A new store on disk from an N-Quads file of any length; ``tick`` hears of bytes read.

    Returns how many quads there are; those that stand twice in the file count once.
    """
    store = ox.Store(str(folder))
    with file.open("rb") as lines:
        store.bulk_load(input=_Heard(lines, tick), format=ox.RdfFormat.N_QUADS)
    store.flush()  # no optimize(): after one load it makes no query faster, and the files larger
    return len(store)


class _Heard(io.BytesIO):
    """A file that tells how much of it was read."""

    def __init__(self, file: BinaryIO, tick: Callable[[int], None]) -> None:
        super().__init__()
        self._file, self._tick = file, tick

    def read(self, size: int | None = -1, /) -> bytes:
        found = self._file.read(-1 if size is None else size)
        self._tick(len(found))
        return found


def open_folder(folder: Path) -> Store:
    """A store on disk, read-only."""
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, ValueError, RuntimeError) as error:
        raise BadStore(f"the store at {folder} cannot be opened: {error}") from None


def query(store: Store, sparql: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Run a query; raises BadQuery where it is malformed. Our prefixes need no declaration."""
    try:
        return store.query(sparql, prefixes=iris.PREFIXES)
    except SyntaxError as error:
        raise BadQuery(f"the query is malformed: {error}") from None


def select(store: Store, sparql: str) -> Rows:
    """Run a SELECT; raises BadQuery for any other form."""
    found = solutions(store, sparql)
    names = tuple(variable.value for variable in found.variables)
    return Rows(names, tuple(tuple(solution) for solution in found))


def solutions(store: Store, sparql: str) -> ox.QuerySolutions:
    """Run a SELECT and give its solutions one by one; raises BadQuery for any other form."""
    found = query(store, sparql)
    if not isinstance(found, ox.QuerySolutions):
        raise BadQuery("this needs a SELECT query")
    return found
