"""Statements, targets and mentions, each with its evidence: where a source states it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar
from urllib.parse import quote as percent

from kg import iris
from kg.query import internal_rows, read_value
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


class _Doubtful:
    evidence: Evidence

    @property
    def doubt(self) -> str:
        """What is doubtful about it, flags and note; empty if nothing is."""
        return self.evidence.doubt


@dataclass(frozen=True)
class Statement(_Doubtful):
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


@dataclass(frozen=True)
class Target(_Doubtful):
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


@dataclass(frozen=True)
class Mention:
    """A name of an entity in a text; nobody judged what it means there.

    ``region`` is that of the section, empty where it has none. ``words`` are the text's own, ``start`` counts
    code points of the paragraph from 0, and ``within`` is the longest name around them, if they are a part
    of one. An ``ambiguous`` name need not mean the entity.
    """

    id: str
    entity: str
    source: str
    region: str
    paragraph: int
    start: int
    words: str
    within: str
    ambiguous: bool
    in_heading: bool
    title: str
    address: str

    @property
    def evidence(self) -> Evidence:
        """The place as evidence; its doubt says that it is a mention."""
        doubt = ", ".join(
            ["mention", *[f"within {self.within!r}"] * bool(self.within), *["ambiguous"] * self.ambiguous]
        )
        return Evidence(
            self.id, self.source, self.title, self.address, self.paragraph, self.words, self.start,
            self.start + len(self.words), row="", doubt=doubt,
        )  # fmt: skip


#: More ids than this are looked up by reading all doubts, which is faster.
MANY = 200
Stated = TypeVar("Stated", Statement, Target)


def find_stated(
    kind: type[Stated], store: Store, *, ids: Iterable[str] | None = None, entity: str = "", source: str = ""
) -> list[Stated]:
    """Return statements or targets, withheld ones too, in the order of their sources.

    ``entity`` chooses those with it as subject or object, or as place, topic or indicator.
    """
    name = kind.__name__.lower()
    rows = _chosen_rows(store, name, ids, entity, source)
    rows.sort(  # unlocated quotes come first in their paragraph
        key=lambda row: (
            row["source"], int(row["paragraph"]), int(row["start"] or -1), row[name], row["flag"],
        )
    )  # fmt: skip
    known = doubts(store, {iris.short(row[name]) for row in rows})
    found = []
    for _, group in groupby(rows, key=lambda row: row[name]):  # a row for each flag
        same = list(group)
        row = {**same[0], "id": same[0][name]}
        if row.get("is_literal") in ("false", "0"):  # Virtuoso writes 0
            row["object"] = iris.short(row["object"])
        flags = tuple(dict.fromkeys(iris.notation(one["flag"]) for one in same if one["flag"]))
        withheld = any(one["withholds"] == "true" for one in same)
        evidence = read_value(Evidence, row, doubt=known.get(iris.short(row["id"]), ""))
        found.append(read_value(kind, row, flags=flags, withheld=withheld, evidence=evidence))
    return found


def find_mentions(
    store: Store, *, ids: Iterable[str] | None = None, entity: str = "", source: str = ""
) -> list[Mention]:
    """Return mentions in the order of the texts: all, or those of these ids, of an entity, of a source."""
    rows = _chosen_rows(store, "mention", ids, entity, source)
    return [read_value(Mention, {**row, "id": row["mention"]}) for row in rows]


def find_spotted(store: Store, ids: Iterable[str]) -> dict[str, Evidence]:
    """Return the place of each spotting as evidence; its doubt says that a program saw it."""
    if not (wanted := sorted(set(ids))):
        return {}
    found = {}
    for row in internal_rows(store, "spottings", spotting=wanted).values():
        one = iris.short(row["spotting"])
        source = iris.short(row["source"])
        found[one] = Evidence(
            one, source, "", row["address"], int(row["paragraph"]), row["words"], None, None, row="",
            doubt=f"spotted, {row['times']} times: {row['parts']}",
        )  # fmt: skip
    return found


def _chosen_rows(
    store: Store, kind: str, ids: Iterable[str] | None, entity: str, source: str
) -> list[dict[str, str]]:
    wanted = sorted(set(ids or ()))
    if ids is not None and not wanted:
        return []
    bound = {kind: wanted, "entity": filter(None, [entity]), "source": filter(None, [source])}
    return internal_rows(store, f"{kind}s", **bound).values()


def doubts(store: Store, ids: Iterable[str] | None = None) -> dict[str, str]:
    """Return by id what is doubtful about statements, targets and entities (all by default), as a text.

    The text of a statement or target has the labels of its flags, then its note: ``garbled; read from the
    name: Acme is probably meant``; flags that withhold say so (``unresolved, withheld``). The text of an
    entity has its names that are less than certain, then their ground: ``identity probable: 海谱润斯, Haplun
    (knowledge)``. What is beyond doubt is left out, and so are ids of any other kind. The text of a statement
    says nothing of the entities that it joins: look them up beside it.
    """
    wanted = None if ids is None else set(ids)
    if wanted is not None and not wanted:
        return {}
    bound = sorted(wanted) if wanted and len(wanted) <= MANY else ()
    rows = internal_rows(store, "doubts", id=bound).values()
    found = {iris.short(one): _text(list(same)) for one, same in groupby(rows, key=lambda row: row["id"])}
    return found if wanted is None else {one: found[one] for one in wanted if one in found}


def _text(rows: list[dict[str, str]]) -> str:
    if not rows[0]["name"]:
        labels = dict.fromkeys(row["doubt"] for row in rows)
        return f"{'; '.join(labels)}{': ' * bool(rows[0]['remark'])}{rows[0]['remark']}"
    alike: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row["doubt"], row["remark"]), []).append(row["name"])
    parts = (f"identity {how}: {', '.join(names)} ({ground})" for (how, ground), names in alike.items())
    return "; ".join(parts)


def _escape(words: str) -> str:
    """Return words as a part of a text fragment, in which dashes and commas have a meaning."""
    return percent(" ".join(words.split()), safe="").replace("-", "%2D")
