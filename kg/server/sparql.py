"""The SPARQL 1.1 Protocol, read-only: parse a request and run its query."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import IO, Any, TypeVar, cast
from urllib.parse import parse_qsl

import pyoxigraph as ox
from starlette.exceptions import HTTPException

from kg import iris
from kg.errors import BadQuery, BadStore
from kg.query.graph import Graph
from kg.server.limits import Limits
from kg.server.negotiation import GRAPHS, RESULTS, choose_format, content_type
from kg.store import guard, oxigraph

_TYPE = "application/"
FORM, QUERY, UPDATE = _TYPE + "x-www-form-urlencoded", _TYPE + "sparql-query", _TYPE + "sparql-update"
PREFIXES = {name: address for name, address in iris.PREFIXES.items() if name not in ("name", "link")}
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]+)", re.IGNORECASE)
NO_STORE = {"Cache-Control": "no-store"}
_READ_ONLY = "this endpoint is read-only: it takes no updates"
_KNOWN = ("query", "update", "default-graph-uri", "named-graph-uri", "format", "output")
T = TypeVar("T")


class TooLong(Exception):
    """An answer has more rows or bytes than one may have."""


def parse_request(task: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """Return what a request asks the endpoint: query, graphs, format, beside what the task has.

    Nothing is returned if there is no query: the service description is sent. Parameters that the protocol
    does not know are ignored. Raises HTTPException.
    """
    values: dict[str, list[str]] = {name: [] for name in _KNOWN}
    posted = task["method"] == "POST"
    if posted and _media_type(task) != FORM:
        values["query"].append(_decode_query(task))
    for name, value in parse_parameters(task):
        values.get(name, []).append(value)
    asked = values["query"]
    if values["update"]:
        raise HTTPException(403, _READ_ONLY)
    if len(asked) > 1:
        raise HTTPException(400, "send one query, not several")
    if not asked and not posted and not any(values.values()):
        return {}
    if not asked or not asked[0].strip():
        raise HTTPException(
            400, "the query is empty" if asked else "there is no query; send one as query=..."
        )
    if len(asked[0]) > limits.query:
        raise HTTPException(413, f"a query may have {limits.query:,} characters")
    form = next(iter(values["format"] + values["output"]), "")
    default, named = values["default-graph-uri"], values["named-graph-uri"]
    return {**task, "query": asked[0], "default": default, "named": named, "format": form}


def parse_parameters(task: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Parse the names and values of an address and of the form that may be the body; raise HTTPException."""
    kind, pairs = _media_type(task), []
    try:
        parts = [task["query"], str(task["body"], "utf-8")] if kind == FORM else [task["query"]]
        for part in parts:
            pairs += parse_qsl(part, keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError:
        raise HTTPException(400, "the request is not encoded in UTF-8, or has too many fields") from None
    if task["method"] == "POST" and kind != FORM and (kind != QUERY or task["path"] != "/sparql"):
        raise HTTPException(415, f"send queries as {FORM}", {"Accept-Post": FORM})
    return pairs


def _media_type(task: Mapping[str, Any]) -> str:
    return str(task["type"]).partition(";")[0].strip().lower()


def _decode_query(task: Mapping[str, Any]) -> str:
    """Return the query that is the body; raise HTTPException where it is none, or not in UTF-8."""
    kind = _media_type(task)
    if kind == UPDATE:
        raise HTTPException(403, _READ_ONLY)
    if kind != QUERY:
        text = f"send a query as {FORM} (query=...) or as {QUERY}"
        raise HTTPException(415, text, {"Accept-Post": f"{FORM}, {QUERY}"})
    charset = _CHARSET.search(task["type"])
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise HTTPException(415, f"send the query in UTF-8, not in {charset[1][:40]}")
    try:
        return str(task["body"], "utf-8")
    except UnicodeDecodeError as error:
        raise HTTPException(400, f"the query is not UTF-8 (byte {error.start})") from None


def execute(
    graph: Graph, task: Mapping[str, Any], limits: Limits
) -> tuple[dict[str, str], str, Callable[[IO[bytes]], None]]:
    """Run a query; return the headers of its answer, the results format whose rows count, and its writer.

    Raises BadQuery for a bad query and HTTPException where no format fits.
    """
    query = str(task["query"])
    shape = guard.refuse(query, allow_service=False)
    if not shape.is_query:
        but = f" but with {shape.form}" if shape.form else ""
        text = "the query is malformed: it begins with none of SELECT, ASK, CONSTRUCT and DESCRIBE"
        raise BadQuery(text + but)
    offered = RESULTS if shape.form in ("SELECT", "ASK") else GRAPHS
    chosen = choose_format(str(task["accept"]), offered, name=str(task["format"]))
    if chosen is None:
        types = ", ".join(form.type for form in offered)
        raise HTTPException(406, f"an answer to {shape.form} can be had as {types}")
    form, media = chosen
    answer = _run(graph, task)

    def write(file: IO[bytes]) -> None:
        try:
            if isinstance(form.writer, ox.RdfFormat):
                triples = _limited(cast("Iterable[ox.Triple]", answer), limits.rows)
                ox.serialize(triples, file, format=form.writer, prefixes=PREFIXES)
            else:
                cast("ox.QuerySolutions", answer).serialize(file, format=form.writer)
        except RuntimeError as error:
            raise _refusal(error) from None

    headers = {"Content-Type": content_type(media), **(NO_STORE if shape.volatile else {})}
    return headers, form.name if isinstance(answer, ox.QuerySolutions) else "", write


def _run(graph: Graph, task: Mapping[str, Any]) -> oxigraph.QueryResult:
    options: dict[str, Any] = {}
    try:
        if task["default"] or task["named"]:
            options["default_graph"] = [ox.NamedNode(name) for name in task["default"]]
            options["named_graphs"] = [ox.NamedNode(name) for name in task["named"]]
    except ValueError as error:
        raise BadQuery(f"the name of a graph is no IRI: {error}") from None
    if isinstance(graph.store, ox.Store):
        options["base_iri"] = task["address"] + task["path"]  # another engine's has an address of its own
    query = str(task["query"])
    try:
        return graph.store.query(query, prefixes=_prefixes(query), **options)
    except SyntaxError as error:
        raise BadQuery(oxigraph.explain(query, str(error))) from None
    except (RuntimeError, BadStore) as error:
        raise _refusal(error) from None


def _limited(triples: Iterable[T], most: int) -> Iterator[T]:
    for number, triple in enumerate(triples, 1):
        if number > most:
            raise TooLong(f"the answer has more than {most:,} rows; LIMIT makes it shorter")
        yield triple


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
