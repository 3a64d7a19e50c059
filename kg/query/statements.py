"""Statements and targets with their evidence: the one place where these are joined.

Everything that shows, exports or draws statements reads them here (or by ``Graph.statements``,
``Graph.targets`` and ``Graph.evidence``). The queries are ``internal/statements.rq`` and ``targets.rq``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any, TypeVar
from urllib.parse import quote as percent

import pyoxigraph as ox

from kg import iris
from kg.read import queries
from kg.store import oxigraph
from kg.store.oxigraph import Store


@dataclass(frozen=True)
class Evidence:
    """Where a source states something.

    ``id`` is the statement or target. ``source`` is an id (``source/gwr-2024``), ``title`` and ``address``
    are empty if the graph does not know them. Paragraphs count from 1; ``start`` and ``end`` count code
    points of the paragraph from 0 and are None if the quote was never located. ``row`` is the file and line
    of the curated table.
    """

    id: str
    source: str
    title: str
    address: str
    paragraph: int
    quote: str
    start: int | None
    end: int | None
    row: str

    @property
    def link(self) -> str:
        """The publisher's page, opened at the quote by a browser that knows text fragments."""
        return text_fragment(self.address, self.quote) if self.address else ""


@dataclass(frozen=True)
class Statement:
    """A statement as a person read it, with its qualifiers and evidence.

    ``subject``, ``predicate`` and ``object`` are short forms (``place/jinan``, ``promotes``); where
    ``is_literal``, ``object`` holds the text or number itself. ``stage``, ``tier`` and ``flags`` are
    notations; what is absent is empty. A ``withheld`` statement has no plain triple: one of its flags says
    that it is cancelled, misprinted or unresolved.
    """

    id: str
    subject: str
    predicate: str
    object: str
    is_literal: bool
    stage: str
    tier: str
    cue: str
    period: str
    note: str
    flags: tuple[str, ...]
    withheld: bool
    evidence: Evidence


@dataclass(frozen=True)
class Target:
    """A number that somebody aims at, with its qualifiers and evidence.

    ``place``, ``topic`` and ``indicator`` are ids, ``topic`` empty where the target has no scope;
    ``comparator``, ``unit`` and ``flags`` are notations; ``value`` and ``upper`` are decimals as text, empty
    where the source gives no number; ``label`` is the target in a sentence.
    """

    id: str
    place: str
    topic: str
    indicator: str
    comparator: str
    value: str
    upper: str
    unit: str
    label: str
    period: str
    note: str
    flags: tuple[str, ...]
    withheld: bool
    evidence: Evidence


def find_statements(
    store: Store, *, ids: Iterable[str] | None = None, entity: str = "", source: str = ""
) -> list[Statement]:
    """Return statements with their evidence, withheld ones too, in the order of their sources.

    Args:
        store: The store to read.
        ids: Only these statements (``statement/0b92…``).
        entity: Only statements with this entity as subject or object (``place/jinan``).
        source: Only statements of this source (``source/gwr-2024``).
    """
    return _find(Statement, store, ids, entity, source)


def find_targets(
    store: Store, *, ids: Iterable[str] | None = None, entity: str = "", source: str = ""
) -> list[Target]:
    """Return targets with their evidence, withheld ones too, in the order of their sources.

    Args:
        store: The store to read.
        ids: Only these targets (``target/41cc…``).
        entity: Only targets with this entity as place, topic or indicator.
        source: Only targets of this source.
    """
    return _find(Target, store, ids, entity, source)


def find_evidence(store: Store, ids: Iterable[str]) -> dict[str, Evidence]:
    """Return the evidence of statements and targets by their ids; unknown ids are left out."""
    wanted = set(ids)
    statements = _find(Statement, store, (one for one in wanted if one.startswith("statement/")), "", "")
    targets = _find(Target, store, (one for one in wanted if one.startswith("target/")), "", "")
    return {s.id: s.evidence for s in statements} | {t.id: t.evidence for t in targets}


def text_fragment(address: str, quote: str) -> str:
    """Return an address that opens a page at a quote (https://wicg.github.io/scroll-to-text-fragment).

    >>> text_fragment("https://example.org/report", "a new-energy base, built")
    'https://example.org/report#:~:text=a%20new%2Denergy%20base%2C%20built'
    """
    return f"{address}#:~:text={percent(quote, safe='').replace('-', '%2D')}"


_Row = dict[str, str]
_Found = TypeVar("_Found", Statement, Target)
_READ: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(("subject", "predicate", "place", "topic", "indicator"), iris.short),
    **dict.fromkeys(("stage", "tier", "comparator", "unit"), iris.notation),
}


def _find(
    kind: type[_Found], store: Store, ids: Iterable[str] | None, entity: str, source: str
) -> list[_Found]:
    """Return statements or targets: a solution for each flag becomes one of them with all its flags."""
    name = kind.__name__.lower()
    terms = {"entity": [entity] if entity else [], "source": [source] if source else []}
    if ids is not None:
        terms[name] = sorted(set(ids))
        if not terms[name]:
            return []
    bound = {
        key: " ".join(str(ox.NamedNode(iris.iri(i))) for i in some) for key, some in terms.items() if some
    }
    solutions = oxigraph.select(store, queries.internal(f"{name}s").bind(bound))
    rows = solutions.values()
    if "object" in solutions.variables:
        at = solutions.variables.index("object")
        for row, cells in zip(rows, solutions.rows, strict=True):
            row["is_literal"] = "yes" if isinstance(cells[at], ox.Literal) else ""
    rows.sort(key=lambda row: _text_order(row, name))
    return [_read(kind, name, list(same)) for _, same in groupby(rows, key=lambda row: row[name])]


def _text_order(row: _Row, name: str) -> tuple[str, int, int, str, str]:
    """By source, paragraph, position (unlocated quotes first) and id; flags by name."""
    return row["source"], int(row["paragraph"]), int(row["start"] or -1), row[name], row["flag"]


def _read(kind: type[_Found], name: str, rows: Sequence[_Row]) -> _Found:
    row = rows[0]
    values: dict[str, Any] = {
        field.name: _READ.get(field.name, str)(row[field.name]) for field in fields(kind) if field.name in row
    }
    if "object" in row:
        values["is_literal"] = bool(row["is_literal"])
        values["object"] = row["object"] if row["is_literal"] else iris.short(row["object"])
    evidence = Evidence(
        id=iris.short(row[name]),
        source=iris.short(row["source"]),
        title=row["title"],
        address=row["address"],
        paragraph=int(row["paragraph"]),
        quote=row["quote"],
        start=int(row["start"]) if row["start"] else None,
        end=int(row["end"]) if row["end"] else None,
        row=row["row"],
    )
    flags = tuple(dict.fromkeys(iris.notation(row["flag"]) for row in rows if row["flag"]))
    withheld = any(row["withholds"] == "true" for row in rows)
    return kind(**values, id=evidence.id, flags=flags, withheld=withheld, evidence=evidence)
