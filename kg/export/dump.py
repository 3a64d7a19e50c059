"""The N-Quads of two builds in a temporary SQLite file: what differs, and what each says of a subject."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import IO, NamedTuple

import pyoxigraph as ox

from kg import iris
from kg.errors import BadStore
from kg.store import manifest, oxigraph
from kg.store.manifest import TEXT


class Property(NamedTuple):
    """A property of a subject: predicate, value and graph in short form; texts may have a language."""

    predicate: str
    value: str
    lang: str
    graph: str


class Quads:
    """The lines of one build, looked up by subject."""

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection = connection
        self._query = f"SELECT line FROM {table} WHERE line >= ? AND line < ? ORDER BY line"  # noqa: S608
        self.label = lru_cache(maxsize=65_536)(self._label)

    def about(self, subject: str) -> list[Property]:
        """Return the properties of one subject by its id or IRI, in order; blank nodes are left out."""
        address = f"<{subject if '://' in subject else iris.iri(subject)}>"
        lines = self._connection.execute(self._query, (f"{address} ", f"{address}!"))  # ! follows a space
        quads = ox.parse(input="\n".join(line for (line,) in lines), format=ox.RdfFormat.N_QUADS)
        return [_property(quad) for quad in quads if isinstance(quad.object, ox.NamedNode | ox.Literal)]

    def value(self, subject: str, predicate: str, *, lang: str = "") -> str:
        """Return one value of a property, or nothing."""
        return next((p.value for p in self.about(subject) if (p.predicate, p.lang) == (predicate, lang)), "")

    def _label(self, identifier: str) -> str:
        """Return what people call a subject: its English label, a predicate's phrase, else its id."""
        found = {(p.predicate, p.lang): p.value for p in self.about(_long(identifier))}
        for key in (("phrase", ""), ("skos:prefLabel", "en"), ("rdfs:label", "en"), ("phrase", "en")):
            if key in found:
                return found[key]
        return identifier


class Pair:
    """Two builds side by side, held until the stack closes.

    ``old`` and ``new`` are folders of builds or N-Quads files, sorted or not.

    Raises:
        BadStore: One of them is neither, or holds no graph.
    """

    def __init__(self, old: Path, new: Path, stack: ExitStack) -> None:
        self._connection = sqlite3.connect("")  # a temporary file that SQLite removes
        stack.callback(self._connection.close)
        for table, path in (("old", old), ("new", new)):
            self._connection.execute(f"CREATE TABLE {table} (line TEXT PRIMARY KEY) WITHOUT ROWID")
            with _open(path) as lines:
                self._fill(table, lines)
        self.old, self.new = Quads(self._connection, "old"), Quads(self._connection, "new")

    def subjects(self) -> list[str]:
        """Return the IRIs of subjects of which the two do not say the same, in order."""
        query = "SELECT line FROM {} EXCEPT SELECT line FROM {}"
        found = {
            line.partition("> ")[0].removeprefix("<")
            for one, other in (("old", "new"), ("new", "old"))
            for (line,) in self._connection.execute(query.format(one, other))
        }
        return sorted(found)

    def _fill(self, table: str, lines: Iterable[bytes]) -> None:
        rows = ((line.rstrip(b"\r\n").decode(),) for line in lines if line.strip())
        self._connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?)", rows)  # noqa: S608


def _open(path: Path) -> IO[bytes]:
    """Open the N-Quads of a folder of builds or of a file."""
    if path.is_dir():
        store = manifest.current(path).path(path)
        if (path / TEXT).is_file():
            return (path / TEXT).open("rb")
        file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
        oxigraph.open_folder(store).dump(file, format=oxigraph.N_QUADS)
        file.seek(0)
        return file
    if not path.is_file() or path.suffix != ".nq":
        raise BadStore(f"{path} is neither a folder of kg build nor an N-Quads file (.nq)")
    return path.open("rb")


def _property(quad: ox.Quad) -> Property:
    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
    predicate = iris.short(quad.predicate.value)
    if isinstance(quad.object, ox.Literal):
        return Property(predicate, quad.object.value, quad.object.language or "", iris.short(graph))
    return Property(predicate, iris.short(getattr(quad.object, "value", "")), "", iris.short(graph))


def _long(identifier: str) -> str:
    """Return a short form as an IRI; our own terms have neither colon nor slash."""
    if "://" in identifier or "/" in identifier:
        return identifier
    return iris.expand(identifier) if ":" in identifier else iris.NS + identifier
