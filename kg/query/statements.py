"""Statements and targets, each with its evidence: where a source states it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import Any, TypeVar
from urllib.parse import quote as percent

from kg import iris
from kg.query import internal_rows
from kg.query.doubt import doubts
from kg.store.oxigraph import Store


@dataclass(frozen=True)
class Evidence:
    """Where a source states something.

    ``id`` is the statement or target. ``source`` is an id (``source/gwr-2024``), ``title`` and ``address``
    are empty if the graph does not know them. Paragraphs count from 1; ``start`` and ``end`` count code
    points of the paragraph from 0 and are None if the quote was never located. ``row`` is the file and line
    of the curated table. ``said`` are the words that govern the quote, ``prefix`` and ``suffix`` those beside
    it that tell it from others; ``repeated`` says that it also stands earlier, and that none tell it apart.
    ``doubt`` is what is doubtful about the statement or target, as ``doubts`` returns it.
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
    prefix: str = ""
    suffix: str = ""
    repeated: bool = False
    doubt: str = ""
    said: str = ""

    @property
    def words(self) -> str:
        """The quote, after the words that govern it if they are not in it: ``promote … silicon carbide``."""
        return f"{self.said} … {self.quote}" if self.said and self.said not in self.quote else self.quote

    @property
    def fragment(self) -> str:
        """The directive that leads a browser to the quote, empty if its words also stand earlier.

        It holds the quote as printed and its context (https://wicg.github.io/scroll-to-text-fragment).
        """
        parts = (_escape(self.prefix), _escape(self.quote), _escape(self.suffix))
        prefix, suffix = parts[0] and f"{parts[0]}-,", parts[2] and f",-{parts[2]}"
        return "" if self.repeated else f":~:text={prefix}{parts[1]}{suffix}"

    @property
    def link(self) -> str:
        """The publisher's page, opened at the quote where a link can lead there."""
        fragment = self.fragment
        return f"{self.address}#{fragment}" if self.address and fragment else self.address


@dataclass(frozen=True)
class Statement:
    """A statement as a person read it, with its qualifiers and evidence.

    ``subject``, ``predicate`` and ``object`` are short forms (``place/jinan``, ``promotes``); where
    ``is_literal``, ``object`` holds the text or number itself. ``stage``, ``tier`` and ``flags`` are
    notations; ``said`` are the words that govern the quote; what is absent is empty. A ``withheld`` statement
    has no plain triple: one of its flags says that it is cancelled, misprinted or unresolved.
    """

    id: str
    subject: str
    predicate: str
    object: str
    is_literal: bool
    stage: str
    tier: str
    cue: str
    said: str
    period: str
    note: str
    flags: tuple[str, ...]
    withheld: bool
    evidence: Evidence

    @property
    def doubt(self) -> str:
        """What is doubtful about it, flags and note; empty if nothing is."""
        return self.evidence.doubt


@dataclass(frozen=True)
class Target:
    """A number that somebody aims at or reports as reached, with its qualifiers and evidence.

    ``place``, ``topic`` and ``indicator`` are ids, ``topic`` empty where the target has no scope;
    ``comparator``, ``unit`` and ``flags`` are notations; ``value`` and ``upper`` are decimals as text, empty
    where the source gives no number; ``status`` is empty for an aim, else achieved or estimated; ``label`` is
    the target in a sentence.
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
    status: str
    note: str
    flags: tuple[str, ...]
    withheld: bool
    evidence: Evidence

    @property
    def doubt(self) -> str:
        """What is doubtful about it, flags and note; empty if nothing is."""
        return self.evidence.doubt


Stated = TypeVar("Stated", Statement, Target)
_READ: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("id", "source", "subject", "predicate", "place", "topic", "indicator"), iris.short),
    **dict.fromkeys(("stage", "tier", "comparator", "unit", "status"), iris.notation),
    **dict.fromkeys(("start", "end"), lambda text: int(text) if text else None),
    "paragraph": int,
    "is_literal": "true".__eq__,
    "repeated": "true".__eq__,
}


def find_stated(
    kind: type[Stated], store: Store, *, ids: Iterable[str] | None = None, entity: str = "", source: str = ""
) -> list[Stated]:
    """Return statements or targets, withheld ones too, in the order of their sources.

    ``entity`` chooses those with it as subject or object, or as place, topic or indicator.
    """
    name = kind.__name__.lower()
    wanted = sorted(set(ids or ()))
    if ids is not None and not wanted:
        return []
    bound = {name: wanted, "entity": filter(None, [entity]), "source": filter(None, [source])}
    rows = internal_rows(store, f"{name}s", **bound).values()
    rows.sort(  # unlocated quotes come first in their paragraph
        key=lambda row: (
            row["source"],
            int(row["paragraph"]),
            int(row["start"] or -1),
            row[name],
            row["flag"],
        )
    )
    known = doubts(store, {iris.short(row[name]) for row in rows})
    return [
        _read(kind, list(same), known.get(iris.short(one), ""))
        for one, same in groupby(rows, key=lambda row: row[name])
    ]


def _read(kind: type[Stated], rows: Sequence[dict[str, str]], doubt: str) -> Stated:
    """Return a statement or target from its rows, one for each flag."""
    row = {**rows[0], "id": rows[0][kind.__name__.lower()], "doubt": doubt}

    def values(kind: type[Any]) -> dict[str, Any]:
        names = [field.name for field in fields(kind) if field.name in row]
        return {name: _READ.get(name, str)(row[name]) for name in names}

    found = values(kind)
    if found.get("is_literal") is False:
        found["object"] = iris.short(row["object"])
    flags = tuple(dict.fromkeys(iris.notation(row["flag"]) for row in rows if row["flag"]))
    withheld = any(row["withholds"] == "true" for row in rows)
    return kind(**found, flags=flags, withheld=withheld, evidence=Evidence(**values(Evidence)))


def _escape(words: str) -> str:
    """Return words as a part of a text fragment, in which dashes and commas have a meaning."""
    return percent(" ".join(words.split()), safe="").replace("-", "%2D")
