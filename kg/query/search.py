"""Search in the words of documents: quotes, governing words, cues, names, headings, and texts at hand."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg import iris, locations, text
from kg.query import internal_rows
from kg.query.parameters import Given, resolve_entity, values
from kg.query.result import Answer
from kg.query.statements import Statement, Target, doubts
from kg.read import queries
from kg.store import oxigraph
from kg.store.matching import Piece, fold, pieces, tokens
from kg.store.oxigraph import Rows, Term

if TYPE_CHECKING:
    from kg.query.graph import Graph

COLUMNS = ("region", "source", "paragraph", "words", "states", "statements")
_MOST = 5_000  # runs of words that are looked up for each word asked for
_WORDS, _CHARACTERS = 5, 8  # words or Han characters of a text that are shown on either side

#: Words of names that mean much the same, in the singular.
_ALIKE = {
    word: frozenset(alike)
    for alike in (
        ("zone", "area", "district", "region"), ("park", "campus", "estate"), ("centre", "center", "hub"),
        ("base", "cluster"), ("plan", "programme", "program", "scheme"), ("industry", "industrial"),
        ("firm", "company", "enterprise"), ("pilot", "demonstration"), ("factory", "plant"),
    )
    for word in alike
}  # fmt: skip

#: A paragraph: source (an id, or the name of a file that is no source) and number.
Place = tuple[str, int]
Row = tuple[Term | None, ...]


@dataclass
class _Found:
    region: str = ""
    kinds: dict[str, list[str]] = field(default_factory=dict)  # what each run of words is
    resting: dict[str, list[str]] = field(default_factory=dict)  # the statements on each run of words
    missing: set[Piece] = field(default_factory=set)


def search_words(
    graph: "Graph", words: str, *, region: Given, source: Given, texts: Sequence[Path] | None
) -> Answer:
    """Return the paragraphs that hold all these words, those with all in one run of words first.

    A row has the region of the paragraph's section, the words found with what they are, and the statements
    that rest on them. Plurals, case and width do not matter. ``texts`` are folders of document texts. Where
    words that no paragraph holds are a name, its bearer's other names are searched: 碳化硅 in English texts.
    If they are no name, printed names with words alike are searched: pilot zone, pilot area.
    """
    regions = {resolve_entity(graph, one, ["place"]) for one in values(region)}
    sources = {resolve_entity(graph, one, ["source"]) for one in values(source)}
    texts = locations.texts() if texts is None else texts
    rows = _paragraphs(graph, words, texts)
    if not rows:
        bearers, near = graph.names.candidates(words, exact=True), _near_bearers(graph, words)
        named = ((role, name) for one in bearers or near for role, name in graph.names.names(one))
        for name in dict.fromkeys(name for role, name in named if bearers or role == "printed"):
            rows = {**_paragraphs(graph, name, texts), **rows}
    kept = [
        row for (source, _), (region, row) in rows.items()
        if (not regions or region in regions) and (not sources or source in sources)
    ]  # fmt: skip
    return graph.answer(Rows(COLUMNS, tuple(kept))).doubted(partial(doubts, graph.store))


def _near_bearers(graph: "Graph", words: str) -> list[str]:
    """Return the entities whose names hold all these words, or words alike: pilot zone, pilot area."""
    wanted = [_ALIKE.get(piece[0], frozenset(piece)) for piece in pieces(fold(words))]
    hits = (hit for form in _variants(words) for hit in graph.names.search(form, limit=50))
    found = dict.fromkeys(hit.entity for hit in hits if _names_all(hit.name, wanted))
    return list(found)


def _variants(words: str) -> Iterator[str]:
    """Yield words with each one that is alike to others in the place of the one that has it."""
    alone = fold(words).split()
    yield words
    for at, word in enumerate(alone):
        for other in sorted(_ALIKE.get(pieces(word)[0][0] if pieces(word) else "", ())):
            yield " ".join([*alone[:at], other, *alone[at + 1 :]])


def _names_all(name: str, wanted: Sequence[Collection[str]]) -> bool:
    held = set(tokens(fold(name)).split())
    return bool(wanted) and all(held & set(one) for one in wanted)


def _paragraphs(graph: "Graph", words: str, texts: Sequence[Path]) -> dict[Place, tuple[str, Row]]:
    """Return the region and the row of each paragraph that holds these words."""
    wanted = list(dict.fromkeys(pieces(fold(words))))
    found: dict[Place, _Found] = {}
    for piece in wanted:
        _look_up(graph, piece, wanted, found)
    for place, region, run in _in_texts(graph, wanted, texts):
        at = found.setdefault(place, _Found(region, missing=set(wanted)))
        at.missing.clear()
        at.kinds.setdefault(run, []).append("text")
    kept = [place for place, at in found.items() if not at.missing]
    kept.sort(key=lambda place: (not any(_holds(run, wanted) for run in found[place].kinds), *place))
    return {place: (found[place].region, _row(graph, place, found[place], wanted)) for place in kept}


def _look_up(graph: "Graph", piece: Piece, wanted: Sequence[Piece], found: dict[Place, _Found]) -> None:
    """Add the runs of words in the index that hold a piece."""
    nodes = {node for node, _ in graph.words.runs([piece], limit=_MOST)}
    for row in internal_rows(graph.store, "words-found", node=nodes).values() if nodes else ():
        if _holds(row["words"], [piece]):
            place = (iris.short(row["source"]), int(row["number"]))
            at = found.setdefault(place, _Found(iris.short(row["region"]), missing=set(wanted)))
            at.missing.discard(piece)
            for known, one in ((at.kinds, row["kind"]), (at.resting, iris.short(row["statement"]))):
                if one and one not in known.setdefault(row["words"], []):
                    known[row["words"]].append(one)


def _in_texts(
    graph: "Graph", wanted: Sequence[Piece], folders: Sequence[Path]
) -> Iterator[tuple[Place, str, str]]:
    """Yield place, region and the words around a hit for each paragraph of a text that holds all pieces."""
    held: dict[str, tuple[Path, int, str]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.txt"))):
        for number, raw in enumerate(text.paragraphs(path.read_text(encoding="utf-8", errors="replace")), 1):
            if wanted and _holds(raw, wanted):
                held.setdefault(text.folded_hash(raw), (path, number, raw))
    hashes = " ".join(str(ox.Literal(one)) for one in held)
    query = queries.internal("paragraphs").bind({"hash": hashes})
    for row in oxigraph.select(graph.store, query).values() if held else ():
        place = (iris.short(row["source"]), int(row["number"]))
        yield place, iris.short(row["region"]), _around(held[row["hash"]][2], wanted[0])
        held[row["hash"]] = (*held[row["hash"]][:2], "")
    for path, number, raw in held.values():
        if raw:
            yield (path.stem, number), "", _around(raw, wanted[0])


def _holds(run: str, wanted: Sequence[Piece]) -> bool:
    held = set(tokens(fold(run)).split())
    return all(held.issuperset(piece) for piece in wanted)


def _around(raw: str, piece: Piece) -> str:
    """Return the words around the first place of a piece in a text."""
    said = piece[0] + "".join(pair[1:] for pair in piece[1:])
    at = next((m.start() for m in re.finditer(re.escape(said), raw, re.I)), 0)
    before, after = raw[:at], raw[at:]
    if len(piece[0]) == 2 and not piece[0].isascii():
        return f"…{before[-_CHARACTERS:]}{after[: _CHARACTERS + len(said)]}…"
    left, right = re.findall(r"\S+\s*", before)[-_WORDS:], re.findall(r"\S+\s*", after)[: _WORDS + 1]
    return f"…{''.join([*left, *right]).strip()}…"


def _row(graph: "Graph", place: Place, at: _Found, wanted: Sequence[Piece]) -> Row:
    runs = [run for run in at.kinds if _holds(run, wanted)] or list(at.kinds)
    ids = {one for run in runs for one in at.resting.get(run, ())}
    stated: list[Statement | Target] = [*graph.statements(ids=ids), *graph.targets(ids=ids)]
    source = ox.NamedNode(iris.iri(place[0])) if place[0].startswith("source/") else ox.Literal(place[0])
    return (
        ox.NamedNode(iris.iri(at.region)) if at.region else None,
        source,
        ox.Literal(place[1]),
        ox.Literal("; ".join(f"“{run}” ({', '.join(at.kinds[run])})" for run in runs)),
        ox.Literal("; ".join(dict.fromkeys(map(graph.sentence, stated)))),
        ox.Literal(" ".join(one.id for one in stated)),
    )
