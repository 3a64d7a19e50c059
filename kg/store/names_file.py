"""The index as an SQLite file beside the store: written at build time, opened read-only."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox

from kg import iris, text
from kg.errors import BadStore
from kg.store import oxigraph
from kg.store.names import Index
from kg.store.oxigraph import Store
from kg.store.tokens import Name, key, tokens

FORMAT = 1
_ROLES = {"skos:prefLabel": "label", "skos:altLabel": "alias", "skos:hiddenLabel": "printed"}
_SCHEMA = """
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;
CREATE TABLE entity (id TEXT PRIMARY KEY, label TEXT) WITHOUT ROWID;
CREATE TABLE name (id INTEGER PRIMARY KEY, entity TEXT, role TEXT, name TEXT, key TEXT);
CREATE TABLE quote (id INTEGER PRIMARY KEY, words TEXT, quote TEXT);
CREATE TABLE word (word TEXT PRIMARY KEY, reversed TEXT) WITHOUT ROWID;
CREATE VIRTUAL TABLE name_text USING fts5(
  word, segment, content='', detail=column, columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE quote_text USING fts5(word, content='', detail=none, columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, name_text, col);
CREATE TEMP TABLE given (entity TEXT, role TEXT, lang TEXT, name TEXT, key TEXT);
CREATE TEMP TABLE said (words TEXT, quote TEXT);
"""
_SORT = """
INSERT INTO name (entity, role, name, key)
  SELECT DISTINCT entity, role, name, key FROM given ORDER BY length(key), key, entity, role, name;
INSERT INTO quote (words, quote) SELECT DISTINCT words, quote FROM said ORDER BY length(quote), words;
INSERT INTO entity SELECT entity, CASE WHEN role = 'label' THEN name END FROM (
  SELECT entity, role, name,
    row_number() OVER (PARTITION BY entity ORDER BY role <> 'label', lang <> 'en', name) AS place
  FROM given) WHERE place = 1 ORDER BY entity;
"""
_FINISH = """
INSERT INTO name_text (name_text) VALUES ('optimize');
INSERT INTO quote_text (quote_text) VALUES ('optimize');
INSERT INTO word
  SELECT term, backwards(term) FROM terms WHERE col = 'word' AND length(term) > 3 ORDER BY term;
CREATE INDEX name_key ON name (key);
CREATE INDEX name_entity ON name (entity);
CREATE INDEX word_reversed ON word (reversed);
DROP TABLE given; DROP TABLE said; DROP TABLE terms;
"""


def beside(store_folder: Path) -> Path:
    """Where the index of a store on disk lies."""
    return store_folder.with_name(f"search-{store_folder.name.removeprefix('store-')}.sqlite")


def write(path: Path, graph: Store) -> None:
    """Index the names and quotes of a graph in a file: the same graph gives the same bytes."""
    write_names(path, _names(graph), _quotes(graph))


def write_names(path: Path, names: Iterable[Name], quotes: Iterable[tuple[str, str]] = ()) -> None:
    """Index names, and quotes by the ids of their words, in a file that is replaced in one step.

    Raises OSError where the file cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        part = Path(folder) / path.name
        try:
            with closing(sqlite3.connect(part)) as connection:
                _fill(connection, names, quotes)
        except sqlite3.OperationalError as error:  # no space is left, or no leave to write
            raise OSError(f"{error}") from None
        part.replace(path)


def memory(names: Iterable[Name], quotes: Iterable[tuple[str, str]] = ()) -> Index:
    """An index in memory, for names that have no file."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    _fill(connection, names, quotes)
    return Index(connection)


def of(graph: Store) -> Index:
    """An index in memory over a graph's names, without its quotes."""
    return memory(_names(graph))


def open(path: Path) -> Index:
    """Open an index file; raises BadStore where it is missing, cut short or of another version."""
    connection = None
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        found, pages, size = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("user_version", "page_count", "page_size")
        )
        short = path.stat().st_size < pages * size
    except sqlite3.DatabaseError as error:
        if connection:
            connection.close()
        raise BadStore(f"the index {path} cannot be read ({error}): kg build makes it again") from None
    if found != FORMAT or short:
        connection.close()
        what = "is cut short" if short else "is of another version"
        raise BadStore(f"the index {path} {what}: kg build makes it again")
    return Index(connection)


def is_sound(path: Path) -> bool:
    """Whether an index can be opened."""
    try:
        open(path).connection.close()
    except BadStore:
        return False
    return True


def _fill(connection: sqlite3.Connection, names: Iterable[Name], quotes: Iterable[tuple[str, str]]) -> None:
    connection.create_function("backwards", 1, lambda word: word[::-1], deterministic=True)
    connection.executescript(_SCHEMA)
    connection.execute("BEGIN")
    rows = ((*name, key(name[3])) for name in names)
    connection.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO said VALUES (?, ?)", quotes)
    for statement in _SORT.split(";\n"):
        connection.execute(statement)
    found = connection.execute("SELECT id, key, entity FROM name ORDER BY id")
    connection.executemany(
        "INSERT INTO name_text (rowid, word, segment) VALUES (?, ?, ?)",
        ((number, tokens(folded), entity.partition("/")[0]) for number, folded, entity in found),
    )
    found = connection.execute("SELECT id, quote FROM quote ORDER BY id")
    connection.executemany(
        "INSERT INTO quote_text (rowid, word) VALUES (?, ?)",
        ((number, tokens(text.key(quote))) for number, quote in found),
    )
    connection.execute("COMMIT")
    connection.executescript(f"{_FINISH} PRAGMA user_version = {FORMAT};")


def _names(graph: Store) -> Iterator[Name]:
    for property_, role in _ROLES.items():
        for subject, label in _literals(graph, f"?subject {property_} ?literal"):
            yield subject, role, label.language or "", label.value


def _quotes(graph: Store) -> Iterator[tuple[str, str]]:
    for subject, quote in _literals(graph, "GRAPH ?graph { ?subject oa:exact ?literal }"):
        yield subject.removesuffix("/exact"), quote.value


def _literals(graph: Store, pattern: str) -> Iterator[tuple[str, ox.Literal]]:
    for subject, literal in oxigraph.solutions(graph, f"SELECT ?subject ?literal {{ {pattern} }}"):
        if isinstance(subject, ox.NamedNode) and isinstance(literal, ox.Literal):
            yield iris.short(subject.value), literal
