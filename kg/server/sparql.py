"""The SPARQL 1.1 Protocol, read-only: parse a request (in the server) and run its query (in a worker)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, TypeVar
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.exceptions import HTTPException

from kg import iris
from kg.errors import BadQuery, BadStore
from kg.query.graph import Graph
from kg.read import queries
from kg.server.negotiation import GRAPHS, RESULTS, Format, choose_format, content_type
from kg.server.sandbox import Limits
from kg.store import guard, oxigraph

FORM, QUERY, UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
PREFIXES = {name: address for name, address in iris.PREFIXES.items() if name not in ("name", "link")}
_KNOWN = ("query", "update", "default-graph-uri", "named-graph-uri", "format", "output")
T = TypeVar("T")


class TooLong(Exception):
    """An answer has more rows or bytes than one may have."""


def parse_request(
    parameters: Sequence[tuple[str, str]], direct: str | None, limits: Limits, *, posted: bool
) -> dict[str, Any]:
    """Return the task of a worker from a request's parameters and the query that is its body, if it is one.

    It has no ``query`` if there is none: the service description is sent. Parameters that the protocol does
    not know are ignored. Raises HTTPException.
    """
    values: dict[str, list[str]] = {name: [] for name in _KNOWN}
    for name, value in parameters:
        values.setdefault(name, []).append(value)
    if values["update"]:
        raise HTTPException(403, "this endpoint is read-only: it takes no updates")
    queries = values["query"] if direct is None else [*values["query"], direct]
    if len(queries) > 1:
        raise HTTPException(400, "send one query, not several")
    if not queries:
        if posted or any(values[name] for name in _KNOWN):
            raise HTTPException(400, "there is no query; send one as query=...")
        return {}
    if len(queries[0]) > limits.query:
        raise HTTPException(413, f"a query may have {limits.query:,} characters")
    if not queries[0].strip():
        raise HTTPException(400, "the query is empty")
    return {
        "query": queries[0],
        "default": values["default-graph-uri"],
        "named": values["named-graph-uri"],
        "format": next(iter(values["format"] + values["output"]), ""),
    }


def parse_form(data: bytes) -> list[tuple[str, str]]:
    """Parse names and values of a form or a query string; raise HTTPException where they are not UTF-8."""
    try:
        return parse_qsl(
            data.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=1000,
        )
    except (UnicodeDecodeError, ValueError):
        raise HTTPException(400, "the request is not encoded in UTF-8, or has too many fields") from None


def execute(
    graph: Graph, task: Mapping[str, Any], limits: Limits
) -> tuple[dict[str, Any], str, Callable[[IO[bytes]], None]]:
    """Run a query; return the head of its answer, the results format whose rows count, and its writer.

    Raises BadQuery for a bad query and HTTPException where no format fits.
    """
    query = str(task["query"])
    shape = guard.refuse(query, allow_service=False)
    if not shape.is_query:
        raise BadQuery(
            "the query is malformed: it begins with none of SELECT, ASK, CONSTRUCT and DESCRIBE"
            + (f" but with {shape.form}" if shape.form else "")
        )
    offered = RESULTS if shape.form in ("SELECT", "ASK") else GRAPHS
    chosen = choose_format(str(task["accept"]), offered, name=str(task["format"]))
    if chosen is None:
        types = ", ".join(form.type for form in offered)
        raise HTTPException(406, f"an answer to {shape.form} can be had as {types}")
    form, media = chosen
    answer = _run(graph, task)

    def write(file: IO[bytes]) -> None:
        try:
            _serialize(answer, form, file, limits.rows)
        except RuntimeError as error:
            raise _refusal(error) from None

    head = {"status": 200, "type": content_type(media), "volatile": shape.volatile}
    return head, form.name if isinstance(answer, ox.QuerySolutions) else "", write


def _run(graph: Graph, task: Mapping[str, Any]) -> ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]:
    options: dict[str, Any] = {}
    if task["default"] or task["named"]:
        options["default_graph"] = [_graph_name(name) for name in task["default"]]
        options["named_graphs"] = [_graph_name(name) for name in task["named"]]
    if isinstance(graph.store, ox.Store):
        options["base_iri"] = (
            task["address"] + task["path"]
        )  # another engine's endpoint has an address of its own
    query = str(task["query"])
    try:
        return graph.store.query(query, prefixes=_prefixes(query), **options)
    except SyntaxError as error:
        raise BadQuery(oxigraph.explain(query, str(error))) from None
    except (RuntimeError, BadStore) as error:
        raise _refusal(error) from None


def _serialize(
    answer: ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple],
    form: Format,
    file: IO[bytes],
    rows: int,
) -> None:
    if isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
        assert isinstance(form.writer, ox.QueryResultsFormat)
        answer.serialize(file, format=form.writer)
    else:
        assert isinstance(form.writer, ox.RdfFormat)
        ox.serialize(_limited(answer, rows), file, format=form.writer, prefixes=PREFIXES)


def _limited(triples: Iterable[T], most: int) -> Iterator[T]:
    for number, triple in enumerate(triples, 1):
        if number > most:
            raise TooLong(f"the answer has more than {most:,} rows; LIMIT makes it shorter")
        yield triple


def _graph_name(name: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(name)
    except ValueError:
        raise BadQuery(f"{name[:200]!r} is no IRI of a graph") from None


def select(graph: Graph, name: str, terms: Mapping[str, str] | None = None) -> oxigraph.Rows:
    """Run an internal SELECT query with serialised terms as its parameters."""
    return oxigraph.select(graph.store, queries.internal(name).bind(terms or {}))


def _prefixes(query: str) -> dict[str, str]:
    """Return our prefixes that a query may use: to hand over each one costs as much as to parse a word."""
    if "\\" in query:
        return iris.PREFIXES  # an escape may spell a prefix
    return {name: address for name, address in iris.PREFIXES.items() if f"{name}:" in query}


def _refusal(error: RuntimeError | BadStore) -> Exception:
    """Tell an engine's complaints about a query from its failures."""
    text = str(error)
    if "custom function" in text.lower():
        return BadQuery(f"the query cannot be run: {text}")
    if isinstance(error, BadStore):
        return error
    return HTTPException(500, "the store failed on this query") if "IO error" in text else BadQuery(text)
