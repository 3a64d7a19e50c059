"""The store: Oxigraph in memory or on disk behind a few functions; the one home of its queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import term
from kg.error import BadQuery, BadStore

Store = ox.Store
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
    store.optimize()
    store.flush()


def open_folder(folder: Path) -> Store:
    """A store on disk, read-only."""
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, ValueError, RuntimeError) as error:
        raise BadStore(f"the store at {folder} cannot be opened: {error}") from None


def query(store: Store, sparql: str) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """Run a query; raises BadQuery where it is malformed. Our prefixes need no declaration."""
    try:
        return store.query(sparql, prefixes=term.PREFIXES)
    except SyntaxError as error:
        raise BadQuery(f"the query is malformed: {error}") from None


def select(store: Store, sparql: str) -> Rows:
    """Run a SELECT; raises BadQuery for any other form."""
    solutions = query(store, sparql)
    if not isinstance(solutions, ox.QuerySolutions):
        raise BadQuery("this needs a SELECT query")
    names = tuple(variable.value for variable in solutions.variables)
    return Rows(names, tuple(tuple(solution) for solution in solutions))
