"""What each tool answers: rows within a size, with quotes, sources, doubts, and what they do not prove.

A tool is a function of the graph; its docstring and the types of its other parameters describe it to
assistants. An answer is a dict ready for JSON that says how many rows there are, and where to go on if cut.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from typing import Annotated, Any

import pyoxigraph as ox
from pydantic import Field

from kg import iris
from kg.errors import BadQuery, KgError, NotFound, shorten
from kg.export.dictionary import dictionary_markdown
from kg.query.entities import describe_entity
from kg.query.graph import Graph
from kg.query.result import Answer
from kg.query.statements import Evidence, Statement, Target
from kg.read import queries
from kg.store import oxigraph
from kg.store.oxigraph import Rows

#: What no answer may be taken for.
CAUTIONS = (
    "A statement is what a document says, not what has happened: a promise is not a deed.",
    "What is not here is not denied: a document, a digest above all, is silent on much that holds.",
    "A mention was spotted by a program and read by no person: it states nothing.",
    "Doubts and flags are part of an answer: pass them on, with the quote and its source.",
)
_NONE = "no row is no proof that nothing holds"
_MOST = 40_000  # characters of JSON that the rows of an answer may have
_CELL = 2_000  # characters of a cell
_QUOTES = 12  # evidence that a row lists
_LISTED = 60  # names, properties and sources that are listed
_STATED = re.compile(r"(?:statement|target|result|mention)/[A-Za-z0-9][A-Za-z0-9./-]{0,200}")
_TOLD = (
    "subject", "predicate", "object", "place", "topic", "indicator", "value", "upper", "unit", "period",
    "status", "stage", "tier", "flags", "withheld", "note",
)  # fmt: skip
#: Remedies for users of the command line, and what they are here.
_REWORDED = (
    (re.compile(r"kg ask --list shows them all"), "the tool ask without a question lists them all"),
    (re.compile(r"kg (show|ask|search)\b"), r"the tool \1 with"),
    (re.compile(r" unless --allow-service is given"), ""),
    (re.compile(r"(?<!\S)--(\w+)"), r"\1"),
)
Row = dict[str, Any]
Scalar = str | int | float | bool
Text = Annotated[str, Field(min_length=1, max_length=400)]
Texts = Annotated[Sequence[Text], Field(max_length=20)]
Ids = Annotated[Sequence[Text], Field(min_length=1, max_length=50, description="such as statement/...")]
Query = Annotated[str, Field(min_length=1, max_length=20_000)]
Limit = Annotated[int, Field(ge=1, le=200, description="rows at most")]
Offset = Annotated[int, Field(ge=0, le=1_000_000, description="rows to pass over: next_offset of an answer")]
Parameters = Annotated[
    dict[str, Scalar | list[Scalar]] | None,
    Field(max_length=20, description="by name: a name in English or Chinese, an id, a word, or a list"),
]


def find(graph: Graph, name: Text, limit: Limit = 10) -> Row:
    """Find entities (regions, companies, topics, projects ...) by a name in English or Chinese."""
    hits = graph.names.search(name, limit=limit)
    rows = [{**asdict(hit), "label": graph.labels.get(hit.entity, "")} for hit in hits]
    hint = "A score below 100 is a near miss, not the name." if hits else f"no name is near {name!r}"
    return {**_finish(graph, {}, rows, len(rows), 0), "hint": hint}


def ask(
    graph: Graph, question: str = "", parameters: Parameters = None, limit: Limit = 30, offset: Offset = 0
) -> Row:
    """Answer a named question, such as backing with topic "silicon carbide"; without one, list all questions.

    Each row brings its quotes, sources and doubts.
    """
    given = parameters or {}
    if not question:
        return {"rows": _questions(), "hint": "Ask one of these by its name."}
    asked = queries.find(question)
    terms = graph.terms(asked, given)
    found = graph.uncounted(graph.ask(question, **given))
    taken = {key: [iris.short(one[1:-1]) for one in t.split()] for key, t in terms.items() if t[0] == "<"}
    head: Row = {"question": asked.title, "about": asked.prose, "taken_as": taken}
    head["summary"] = graph.summary(question, **given)[:_LISTED]
    return _finish(graph, head, _cited(graph, found[offset : offset + limit]), len(found), offset)


def show(graph: Graph, entity: Text, limit: Limit = 30, offset: Offset = 0) -> Row:
    """Show what is known about an entity, by name or id: names, properties, statements and targets."""
    found = describe_entity(graph, graph.resolve(entity))
    said: list[Statement | Target] = [*found.statements, *found.targets]
    spotted = Counter(mention.source for mention in graph.mentions(entity=found.entity))
    head = {
        "entity": found.entity, "label": found.label, "kinds": found.kinds, "mentions_by_source": spotted,
        "names": [asdict(name) for name in found.names[:_LISTED]],
        "properties": [f"{name}: {_cell(text)}" for name, text in found.properties[:_LISTED]],
    }  # fmt: skip
    rows = [_stated(graph, one, about=found.entity) for one in said[offset : offset + limit]]
    return _finish(graph, head, rows, len(said), offset)


def search(
    graph: Graph, words: Text, region: Texts = (), source: Texts = (), limit: Limit = 30, offset: Offset = 0
) -> Row:
    """Search paragraphs that hold all these words in quotes, cues, names or headings (not in whole texts)."""
    found = graph.search(words, region=region, source=source, texts=())
    return _finish(graph, {}, _cited(graph, found[offset : offset + limit]), len(found), offset)


def evidence(graph: Graph, ids: Ids) -> Row:
    """Return statements, targets and mentions by their ids, with the words that state them."""
    wanted = list(dict.fromkeys(iris.short(one.strip().strip("<>")) for one in ids))
    legal = [one for one in wanted if _STATED.fullmatch(one)]
    stated: list[Statement | Target] = [*graph.statements(ids=legal), *graph.targets(ids=legal)]
    rows = {one.id: _stated(graph, one) for one in stated}
    for one in graph.mentions(ids=legal):
        rows[one.id] = {"id": one.id, "entity": one.entity, "evidence": [_quoted(one.evidence)]}
    if missing := [one for one in wanted if one not in rows]:
        listed = ", ".join(repr(shorten(one)) for one in missing[:5])
        raise NotFound(f"nothing is stated as {listed}; rows of ask, show and search name ids")
    return _finish(graph, {}, [rows[one] for one in wanted], len(wanted), 0)


def sparql(graph: Graph, query: Query, limit: Limit = 50, offset: Offset = 0) -> Row:
    """Run a read-only SPARQL 1.1 query; prefixes kg:, place:, topic:, skos: ... need no declaration.

    The resource regiograph://dictionary describes the terms. Select the nodes of statements to get their
    quotes: a plain triple does not say who states it.
    """
    try:
        found = graph.query(query)
        if isinstance(found, ox.QueryBoolean):
            return _finish(graph, {}, [{"answer": bool(found)}], 1, 0)
        kept: list[Any] = list(islice(found, offset, offset + limit + 1))
    except RuntimeError as error:
        raise BadQuery(f"the query cannot be run: {error}") from None
    total = None if len(kept) > limit else offset + len(kept)
    hints = [] if kept else [*oxigraph.unknown_terms(graph.store, query), _NONE]
    if isinstance(found, ox.QuerySolutions):
        columns = tuple(variable.value for variable in found.variables)
        rows = _cited(graph, graph.answer(Rows(columns, tuple(map(tuple, kept[:limit])))))
    else:
        rows = [{"triple": str(triple)} for triple in kept[:limit]]
    return _finish(graph, {"hint": "; ".join(hints)} if hints else {}, rows, total, offset)


TOOLS: Mapping[str, Callable[..., Row]] = {
    one.__name__: one for one in (find, ask, show, search, evidence, sparql)
}
#: Documents beside the tools: what each is, and how it is made.
RESOURCES: Mapping[str, tuple[str, Callable[[Graph], object]]] = {
    "dictionary": ("Classes, properties and closed lists, in English and Chinese.", dictionary_markdown),
    "questions": ("The named questions with their parameters.", lambda _: _json(_questions())),
    "sources": ("The documents, with what they do not prove.", lambda graph: _json(_sources(graph, ()))),
}


def answer(graph: Graph, name: str, arguments: Mapping[str, Any]) -> str:
    """Return the answer of a tool or resource as JSON; raise KgError with a remedy for assistants."""
    try:
        return _json(TOOLS[name](graph, **arguments) if name in TOOLS else RESOURCES[name][1](graph))
    except KgError as error:
        text = str(error)
        for pattern, instead in _REWORDED:
            text = pattern.sub(instead, text)
        raise type(error)(text) from None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _finish(graph: Graph, head: Row, rows: Sequence[Row], total: int | None, offset: int) -> Row:
    """Return an answer: as many rows as its size allows, their sources, cautions, and where to go on.

    ``rows`` begin at ``offset`` of ``total`` (None: there are more). Raises KgError past the end.
    """
    if offset and not rows:
        raise KgError(f"there are no rows from {offset} on; begin with offset=0")
    kept, size = 0, 0
    for row in rows:
        size += len(_json(row))
        if kept and size > _MOST:
            break
        kept += 1
    cited = [one for row in rows[:kept] for one in (row, *row.get("evidence", ()))]
    seen = {one["source"] for one in cited if str(one.get("source")).startswith("source/")}
    head = head if rows else {"hint": _NONE, **head}
    answered = {**head, "rows": list(rows[:kept]), "total": total, "not_to_be_taken_for": CAUTIONS}
    if total is None or offset + kept < total:
        end = offset + kept
        answered |= {"next_offset": end, "hint": f"Cut: go on with offset={end}, or ask for less."}
    return {**answered, "sources": _sources(graph, sorted(seen)[:_LISTED]) if seen else []}


def _cited(graph: Graph, found: Answer) -> list[Row]:
    """Return rows with labels beside ids, and the evidence of the statements that they name."""
    labelled = found.labelled()
    rows = [{name: _cell(cell) for name, cell in row.items() if cell not in (None, "")} for row in labelled]
    behind = [[one for cell in row.values() if isinstance(cell, list) for one in cell] for row in rows]
    known = graph.evidence({one for ids in behind for one in ids})
    for row, ids in zip(rows, behind, strict=True):
        row |= {"evidence": [_quoted(known[one]) for one in ids[:_QUOTES] if one in known]} if ids else {}
        row |= {"evidence_left_out": len(ids) - _QUOTES} if len(ids) > _QUOTES else {}
    return [{n: c[:_LISTED] if isinstance(c, list) else c for n, c in row.items()} for row in rows]


def _cell(cell: Any) -> Any:
    """Return a cell as JSON: a number, a text, or the ids of statements."""
    if not isinstance(cell, str):
        return cell if isinstance(cell, int | float) else str(cell)
    parts = [iris.short(part) for part in cell.split()]
    stated = parts and all(_STATED.fullmatch(part) for part in parts)
    return parts if stated else shorten(cell, width=_CELL)


def _stated(graph: Graph, one: Statement | Target, *, about: str = "") -> Row:
    """Return a statement or target as a sentence with its qualifiers and evidence, empty ones left out."""
    cells = {name: getattr(one, name, "") for name in _TOLD}
    if isinstance(one, Target):
        cells["status"] = one.status or "aim"
    told = {name: _cell(cell) if isinstance(cell, str) else cell for name, cell in cells.items() if cell}
    row = {"id": one.id, "sentence": graph.sentence(one, about=about)}
    return {**row, **told, "evidence": [_quoted(one.evidence)]}


def _quoted(one: Evidence) -> Row:
    row = {"id": one.id, "source": one.source, "paragraph": one.paragraph, "quote": one.words}
    return row | {name: cell for name, cell in (("link", one.link), ("doubt", one.doubt)) if cell}


def _sources(graph: Graph, ids: Sequence[str]) -> list[Row]:
    """Return what documents are, all where none is named, with what may not be concluded from each."""
    described = []
    for row in graph.ask("sources", source=ids):
        cautions = ["it retells or shortens others: its silence says nothing of them"]
        cautions = cautions if row["retells"] or row["abridged"] else []
        cautions += [] if row["read"] else ["only a program searched it; no person has read it"]
        kept = {name: _cell(cell) for name, cell in row.items() if cell not in (None, "")}
        described.append({**kept, "cautions": cautions} if cautions else kept)
    return described


def _questions() -> list[Row]:
    kept = ("name", "title", "prose", "parameters", "example")
    return [{name: asdict(asked)[name] for name in kept} for asked in queries.catalogue().values()]
