"""Statements and targets with their evidence: the one place where these are joined.

Everything that shows, exports or draws statements reads them here (or by ``Graph.statements``,
``Graph.targets`` and ``Graph.evidence``). The queries are ``internal/statements.rq`` and ``targets.rq``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
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
    return [
        Statement(
            id=first["id"],
            subject=iris.short(first["subject"]),
            predicate=iris.short(first["predicate"]),
            object=first["object"] if first["is_literal"] else iris.short(first["object"]),
            is_literal=bool(first["is_literal"]),
            stage=iris.notation(first["stage"]),
            tier=iris.notation(first["tier"]),
            cue=first["cue"],
            period=first["period"],
            note=first["note"],
            flags=flags,
            withheld=withheld,
            evidence=_evidence(first),
        )
        for first, flags, withheld in _solutions(store, "statement", ids, entity, source)
    ]


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
    return [
        Target(
            id=first["id"],
            place=iris.short(first["place"]),
            topic=iris.short(first["topic"]),
            indicator=iris.short(first["indicator"]),
            comparator=iris.notation(first["comparator"]),
            value=first["value"],
            upper=first["upper"],
            unit=iris.notation(first["unit"]),
            label=first["label"],
            period=first["period"],
            note=first["note"],
            flags=flags,
            withheld=withheld,
            evidence=_evidence(first),
        )
        for first, flags, withheld in _solutions(store, "target", ids, entity, source)
    ]


def find_evidence(store: Store, ids: Iterable[str]) -> dict[str, Evidence]:
    """Return the evidence of statements and targets by their ids; unknown ids are left out."""
    wanted = set(ids)
    found: dict[str, Evidence] = {}
    for kind in ("statement", "target"):
        some = [one for one in wanted if one.startswith(f"{kind}/")]
        found |= {first["id"]: _evidence(first) for first, _, _ in _solutions(store, kind, some, "", "")}
    return found


def text_fragment(address: str, quote: str) -> str:
    """Return an address that opens a page at a quote (https://wicg.github.io/scroll-to-text-fragment).

    >>> text_fragment("https://example.org/report", "a new-energy base, built")
    'https://example.org/report#:~:text=a%20new%2Denergy%20base%2C%20built'
    """
    return f"{address}#:~:text={percent(quote, safe='').replace('-', '%2D')}"


_Row = dict[str, str]


def _solutions(
    store: Store, kind: str, ids: Iterable[str] | None, entity: str, source: str
) -> Iterator[tuple[_Row, tuple[str, ...], bool]]:
    """Yield the first row of each statement or target, its flags, and whether one of them withholds it."""
    terms = {"entity": [entity] if entity else [], "source": [source] if source else []}
    if ids is not None:
        terms[kind] = sorted(set(ids))
        if not terms[kind]:
            return
    bound = {
        name: " ".join(str(ox.NamedNode(iris.iri(one))) for one in some)
        for name, some in terms.items()
        if some
    }
    found = oxigraph.select(store, queries.internal(f"{kind}s").bind(bound))
    at = found.variables.index("object") if "object" in found.variables else None
    rows = found.values()
    for row, row_terms in zip(rows, found.rows, strict=True):
        row["id"] = iris.short(row[kind])
        row["is_literal"] = "true" if at is not None and isinstance(row_terms[at], ox.Literal) else ""
    rows.sort(key=_text_order)
    for _, group in groupby(rows, key=lambda row: row["id"]):
        same = list(group)
        flags = tuple(dict.fromkeys(iris.notation(row["flag"]) for row in same if row["flag"]))
        yield same[0], flags, any(row["withholds"] == "true" for row in same)


def _text_order(row: _Row) -> tuple[str, int, int, str, str]:
    """By source, paragraph, position (unlocated quotes first) and id; flags by name."""
    return row["source"], int(row["paragraph"]), int(row["start"] or -1), row["id"], row["flag"]


def _evidence(row: _Row) -> Evidence:
    return Evidence(
        id=row["id"],
        source=iris.short(row["source"]),
        title=row["title"],
        address=row["address"],
        paragraph=int(row["paragraph"]),
        quote=row["quote"],
        start=int(row["start"]) if row["start"] else None,
        end=int(row["end"]) if row["end"] else None,
        row=row["row"],
    )
