"""Oxigraph stores in memory and on disk, and the queries that run on them or on another engine."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO, TypeGuard
from unicodedata import combining, east_asian_width

import pyoxigraph as ox

from kg import iris
from kg.errors import BadQuery, BadStore
from kg.read import queries
from kg.store import guard

Store = ox.Store
N_QUADS = ox.RdfFormat.N_QUADS
#: The named graph that holds our default graph in engines whose default graph is the union of all graphs.
STATED = iris.iri("graph/stated")
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
#: The result of a query: solutions (SELECT), a boolean (ASK) or triples (CONSTRUCT, DESCRIBE). Triples are
#: an iterator of another type from an endpoint than from Oxigraph: ``is_triples`` tells both.
QueryResult = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples | Iterator[ox.Triple]

_PLACE = re.compile(r"error at (?P<row>\d+):(?P<column>\d+): ")
_DETAILS = {
    "Prefix not found": "the prefix before this is not declared",
    "IRI parsing failed": "the IRI before this is malformed, or relative without BASE",
    "contains a variable that is unbound": "SELECT names a variable that is neither grouped nor aggregated",
}


@dataclass(frozen=True)
class Rows:
    """The rows of a SELECT: variables in the query's order, one tuple a solution, None where unbound."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def values(self) -> list[dict[str, str]]:
        """Return solutions as plain strings by variable; unbound ones are empty."""
        values = ((getattr(term, "value", "") for term in row) for row in self.rows)
        return [dict(zip(self.variables, row, strict=True)) for row in values]


def memory(lines: Iterable[str] = ()) -> Store:
    """Return a store in memory, loaded from N-Quads lines."""
    store = ox.Store()
    store.bulk_load(input="".join(lines).encode(), format=N_QUADS)
    return store


def create(
    folder: Path, lines: Iterable[str] | Path, progress: Callable[[int], None] = lambda _size: None
) -> int:
    """Create a store on disk from N-Quads lines or a file of any length; return its number of quads.

    ``progress`` is called with the number of bytes read. Quads that stand there twice count once.
    """
    store = ox.Store(str(folder))
    with lines.open("rb") if isinstance(lines, Path) else io.BytesIO("".join(lines).encode()) as file:
        store.bulk_load(input=_Counted(file, progress), format=N_QUADS)
    store.flush()  # no optimize(): after one load it makes no query faster, and the files larger
    return len(store)


class _Counted(io.BytesIO):
    def __init__(self, file: BinaryIO, progress: Callable[[int], None]) -> None:
        super().__init__()
        self._file, self._progress = file, progress

    def read(self, size: int | None = -1, /) -> bytes:
        found = self._file.read(-1 if size is None else size)
        self._progress(len(found))
        return found


def open_folder(folder: Path) -> Store:
    """Open a store on disk, read-only; raises BadStore if it cannot be opened."""
    try:
        return ox.Store.read_only(str(folder))
    except (OSError, ValueError, RuntimeError) as error:
        raise BadStore(f"the store at {folder} cannot be opened: {error}") from None


def query(store: Store, sparql: str) -> QueryResult:
    """Run a query; raises BadQuery if it is malformed. Our prefixes need no declaration."""
    try:
        return store.query(sparql, prefixes=iris.PREFIXES)
    except SyntaxError as error:
        raise BadQuery(explain(sparql, str(error))) from None


def explain(sparql: str, error: str) -> str:
    """Return a message for a syntax error: the place in the query, and what is wrong if that is known."""
    place, shape = _PLACE.match(error), guard.read(sparql)
    if place is None:
        return f"the query is malformed: {error}"
    if not shape.is_query:
        begins = f"begins with {shape.form}" if shape.form else "is empty"
        return f"the query {begins}; it must begin with SELECT, ASK, CONSTRUCT or DESCRIBE"
    row, column = int(place["row"]), int(place["column"])
    lines = sparql.split("\n")
    line = lines[row - 1] if row <= len(lines) else ""
    found = re.match(r"\w+|.", line[column - 1 :])
    what = f"{found.group()!r} is not expected here" if found else "the query ends too early"
    for detail, meaning in _DETAILS.items():
        what = meaning if detail in error else what
    mark = f"{_blank(line[: column - 1])}^"
    return f"the query is malformed at line {row}, column {column}: {what}\n  {line}\n  {mark}"


def _blank(text: str) -> str:
    """Return spaces as wide as a text in a terminal, where a Han character takes two cells."""
    widths = (0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
    return " " * sum(widths)


def unknown_terms(store: Store, sparql: str) -> list[str]:
    """Return a message for each term of ours (kg:...) in a query that the ontology does not have."""
    rows = select(store, queries.internal("ontology-terms").sparql).rows
    space = iris.PREFIXES["kg"]
    known = {term.value.removeprefix(space) for (term,) in rows if isinstance(term, ox.NamedNode)}
    asked = [name.removeprefix("kg:") for name in guard.names(sparql) if name.startswith("kg:")]
    return [
        f"kg:{name} is not a term"
        + "".join(f"; did you mean kg:{near}?" for near in get_close_matches(name, known, 1))
        for name in (sorted(set(asked) - known) if known else ())
    ]


def is_triples(result: QueryResult) -> TypeGuard[Iterator[ox.Triple]]:
    """Return whether a result is that of CONSTRUCT or DESCRIBE, from Oxigraph or from an endpoint."""
    return not isinstance(result, ox.QuerySolutions | ox.QueryBoolean)


def select(store: Store, sparql: str) -> Rows:
    """Run a SELECT; raises BadQuery for any other form."""
    found = solutions(store, sparql)
    return Rows(tuple(variable.value for variable in found.variables), tuple(map(tuple, found)))


def solutions(store: Store, sparql: str) -> ox.QuerySolutions:
    """Run a SELECT and return its solutions one by one; raises BadQuery for any other form."""
    found = query(store, sparql)
    if not isinstance(found, ox.QuerySolutions):
        raise BadQuery("this needs a SELECT query")
    return found
