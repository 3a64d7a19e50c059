"""A SPARQL query answered in a worker: refused or run, its format chosen by what it is."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from functools import partial
from typing import IO, Any, cast

import pyoxigraph as ox

from kg import iris
from kg.errors import BadQuery
from kg.server import media, rows
from kg.server.limits import Limits
from kg.server.sink import Refused, Sink
from kg.server.source import Source
from kg.store import guard as text
from kg.store import oxigraph

_UNKNOWN_FUNCTION = "custom function"
PREFIXES = {name: address for name, address in iris.PREFIXES.items() if name not in ("name", "link")}


def sparql(
    opened: Source, task: Mapping[str, Any], out: socket.socket, limits: Limits, *, key: str = ""
) -> None:
    """Run a query and send its answer, under its key if that is asked for; raises BadQuery for a bad query,
    Refused where no format fits."""
    query = str(task["query"])
    shape = text.refuse(query, allow_service=False)
    default, named = task["default"], task["named"]
    if not text.is_form(shape):
        raise BadQuery(
            "the query is malformed: it begins with none of SELECT, ASK, CONSTRUCT and DESCRIBE"
            + (f" but with {shape.form}" if shape.form else "")
        )
    offered = media.RESULTS if shape.form in ("SELECT", "ASK") else media.GRAPHS
    chosen = media.format_of(str(task["accept"]), offered, name=str(task["format"]))
    if chosen is None:
        types = ", ".join(form.type for form in offered)
        raise Refused(406, f"an answer to {shape.form} can be had as {types}")
    form, media_type = chosen
    answer = _run(opened, query, default, named)
    head = {"status": 200, "type": media.header(media_type), "volatile": shape.volatile}
    most = limits.rows
    writer = Sink(
        out,
        head,
        gzip=bool(task["gzip"]),
        most=limits.answer,
        counter=partial(rows.counter, form.name, most) if isinstance(answer, ox.QuerySolutions) else None,
        rows=most,
        key=key,
    )
    as_file = cast("IO[bytes]", writer)
    try:
        if oxigraph.is_triples(answer) and isinstance(form.writer, ox.RdfFormat):
            ox.serialize(rows.limited(answer, most), as_file, format=form.writer, prefixes=PREFIXES)
        elif isinstance(answer, ox.QuerySolutions | ox.QueryBoolean) and isinstance(
            form.writer, ox.QueryResultsFormat
        ):
            answer.serialize(as_file, format=form.writer)
    except RuntimeError as error:
        raise _as_refusal(error) from None
    writer.close()


def _run(opened: Source, query: str, default: list[str], named: list[str]) -> oxigraph.QueryResult:
    graphs: dict[str, Any] = {}
    if default or named:
        graphs["default_graph"] = [ox.NamedNode(graph) for graph in default]
        graphs["named_graphs"] = [ox.NamedNode(graph) for graph in named]
    try:
        return opened.graph.store.query(query, prefixes=_prefixes(query), **graphs)
    except SyntaxError as error:
        raise BadQuery(f"the query is malformed: {error}") from None
    except RuntimeError as error:
        raise _as_refusal(error) from None


def _prefixes(query: str) -> dict[str, str]:
    """Our prefixes that a query may use: each one handed over costs as much as a word to parse."""
    if "\\" in query:
        return iris.PREFIXES  # an escape may spell a prefix
    if query.count(":") == query.count("://"):
        return {}  # nothing but whole addresses
    return {name: address for name, address in iris.PREFIXES.items() if f"{name}:" in query}


def _as_refusal(error: RuntimeError) -> Exception:
    """Oxigraph's complaints about a query while it runs, told from its failures."""
    said = str(error)
    if _UNKNOWN_FUNCTION in said.lower():
        return BadQuery(f"the query cannot be run: {said}")
    return Refused(500, "the store failed on this query") if "IO error" in said else BadQuery(said)
