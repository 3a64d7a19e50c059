"""A SPARQL endpoint as a store: the same queries over HTTP, with time-outs, retries and clear errors.

An ``Endpoint`` answers ``query`` and ``quads_for_pattern`` as Oxigraph's ``Store`` does, so that all that
reads a graph reads it from any engine. Engines whose default graph is the union of all graphs (Virtuoso,
Neptune) hold our default graph as ``graph/stated``; where that graph exists, it is each query's default.
"""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from kg import iris
from kg.errors import BadStore
from kg.store import guard
from kg.store.oxigraph import Store

STATED = iris.iri("graph/stated")
_FORM = "application/x-www-form-urlencoded"
_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.9"
_AGAIN = {429, 502, 503}
_PATIENCE = 30.0  # the longest wait that a Retry-After is granted
_GRAPHS = "SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"  # Virtuoso does not end with DISTINCT
_OF_SOURCES = (
    f"SELECT DISTINCT ?g {{ GRAPH <{STATED}> {{ ?g <{iris.expand('prov:wasDerivedFrom')}> ?source }} }}"
)
_OURS = ("identity", "reference", "hierarchy", "counts", "ontology", "dataset")
_ALL = "SELECT ?s ?p ?o { GRAPH <GRAPH> { ?s ?p ?o } }"
_DEFAULT = "SELECT ?s ?p ?o { ?s ?p ?o }"
Answer = ox.QuerySolutions | ox.QueryBoolean | Iterator[ox.Triple]


@dataclass(frozen=True)
class Endpoint:
    """An endpoint's address and how patient to be with it. ``default`` is the graph to use as default."""

    address: str
    timeout: float = 60.0
    retries: int = 3
    default: str = ""
    named: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)

    def query(
        self,
        query: str,
        *,
        prefixes: Mapping[str, str] | None = None,
        default_graph: Sequence[ox.NamedNode] | None = None,
        named_graphs: Sequence[ox.NamedNode] | None = None,
    ) -> Answer:
        """Run a query; raises SyntaxError where the engine finds it malformed, else BadStore."""
        shape = guard.refuse(query)
        parameters = [("query", _declared(query, prefixes or {}))]
        if default_graph is not None or named_graphs is not None:
            parameters += [("default-graph-uri", graph.value) for graph in default_graph or ()]
            parameters += [("named-graph-uri", graph.value) for graph in named_graphs or ()]
        elif self.default and not shape.graphs:
            parameters += [("default-graph-uri", self.default)]
            parameters += [("named-graph-uri", graph) for graph in self.named]
        accept = _ROWS if shape.form in ("SELECT", "ASK") else _TRIPLES
        kind, body = self._fetch(urlencode(parameters).encode(), accept)
        try:
            if accept == _ROWS:
                return ox.parse_query_results(_mended(body), format=ox.QueryResultsFormat.JSON)
            form = ox.RdfFormat.from_media_type(kind) or ox.RdfFormat.N_TRIPLES
            return iter([quad.triple for quad in ox.parse(body, format=form)])
        except (SyntaxError, ValueError) as error:
            raise BadStore(
                f"{self.address} sent what is not {kind}, or cut it short: {_brief(str(error))}"
            ) from None

    def quads_for_pattern(self, *pattern: Any) -> Iterator[ox.Quad]:
        """All quads, graph by graph; patterns are for SPARQL."""
        if any(part is not None for part in pattern):
            raise BadStore("an endpoint is asked by SPARQL, not by pattern")
        default = ox.DefaultGraph()
        graphs = self.named or tuple(row[0].value for row in self._rows(_GRAPHS))
        for subject, predicate, value in self._rows(_DEFAULT):
            yield ox.Quad(subject, predicate, value, default)
        for graph in graphs:
            if graph == self.default or not graph.startswith(iris.BASE):
                continue
            for subject, predicate, value in self._rows(_ALL.replace("GRAPH>", f"{graph}>")):
                yield ox.Quad(subject, predicate, value, ox.NamedNode(graph))

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        for row in cast(ox.QuerySolutions, self.query(query)):
            yield tuple(row)

    def _fetch(self, body: bytes, accept: str) -> tuple[str, bytes]:
        """The media type and body of an answer, after as many tries as are granted."""
        pause, trouble = 0.25, ""
        for left in range(self.retries, -1, -1):
            try:
                return self._once(body, accept)
            except _Passing as passing:
                trouble = str(passing)
                if left:
                    time.sleep(min(passing.wait or pause, _PATIENCE))
                    pause *= 2
        tries = self.retries + 1
        raise BadStore(
            f"{self.address} does not answer: {trouble} ({tries} {'try' if tries == 1 else 'tries'})"
        )

    def _once(self, body: bytes, accept: str) -> tuple[str, bytes]:
        headers = {"Content-Type": _FORM, "Accept": accept, "User-Agent": "regiograph", **self.headers}
        request = urllib.request.Request(self.address, data=body, headers=headers, method="POST")  # noqa: S310
        end = time.monotonic() + self.timeout
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310  checked on opening
                found = _read(answer, end)
                kind = answer.headers.get_content_type()
                cap = answer.headers.get("X-SPARQL-MaxRows")
        except urllib.error.HTTPError as error:
            with error:
                raise self._complaint(error) from None
        except TimeoutError:
            raise BadStore(f"{self.address} did not answer within {self.timeout:g} s") from None
        except (http.client.IncompleteRead, http.client.HTTPException) as error:
            raise _Passing(f"the answer was cut short ({type(error).__name__})") from None
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError | socket.timeout):
                raise BadStore(f"{self.address} did not answer within {self.timeout:g} s") from None
            raise _Passing(str(getattr(reason, "strerror", None) or reason)) from None
        if cap:
            raise BadStore(f"{self.address} cut the answer at {cap} rows: raise its limit (ResultSetMaxRows)")
        wanted = ("json",) if accept == _ROWS else ("n-triples", "turtle", "plain", "n3")
        if not any(word in kind for word in wanted):
            raise BadStore(
                f"{self.address} sent {kind}, not RDF or results of a query: is this a SPARQL endpoint?"
            )
        return kind, found

    def _complaint(self, error: urllib.error.HTTPError) -> Exception:
        said = _brief(error.read(4000).decode("utf-8", "replace"))
        if error.code in _AGAIN:
            wait = error.headers.get("Retry-After", "")
            return _Passing(f"{error.code} {said}", float(wait) if wait.isdigit() else 0.0)
        if error.code == 400 or (error.code == 500 and "syntax" in said.lower()):
            return SyntaxError(said)
        if error.code in (401, 403):
            return BadStore(f"{self.address} does not let us in ({error.code}): {said}")
        return BadStore(f"{self.address} answered {error.code}: {said}")


class _Passing(Exception):
    """Trouble that may pass; ``wait`` is how long the engine asks us to wait."""

    def __init__(self, text: str, wait: float = 0.0) -> None:
        super().__init__(text)
        self.wait = wait


def open_endpoint(address: str, *, timeout: float = 60.0, retries: int = 3) -> Store:
    """The endpoint at an address, its default graph found out; raises BadStore where there is none."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadStore(f"{address} is not the address of an endpoint: http://... or https://...")
    plain = Endpoint(address, timeout, retries)
    if not plain.query(f"ASK {{ GRAPH <{STATED}> {{ ?s ?p ?o }} }}"):
        return cast(Store, plain)
    graphs = {row[0].value for row in plain._rows(_OF_SOURCES)} | {
        iris.iri(f"graph/{name}") for name in _OURS
    }
    return cast(Store, Endpoint(address, timeout, retries, STATED, tuple(sorted(graphs))))


def is_address(where: object) -> bool:
    """Whether this names an endpoint rather than a file or folder."""
    return isinstance(where, str) and where.startswith(("http://", "https://"))


def _read(answer: Any, end: float) -> bytes:
    """The whole body before the end, however slowly it trickles; raises TimeoutError."""
    pieces = []
    while piece := answer.read1(1 << 20):
        pieces.append(piece)
        if time.monotonic() > end:
            raise TimeoutError
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)
    return b"".join(pieces)


def _mended(body: bytes) -> bytes:
    """Results as the standard has them. Virtuoso keeps the booleans that its loader read as 1 and 0, and
    answers ASK with a row, or with none for no."""
    if b"XMLSchema#boolean" not in body and b"__ASK_RETVAL" not in body[:200]:
        return body
    found = json.loads(body)
    rows = found["results"]["bindings"]
    if found["head"]["vars"] == ["__ASK_RETVAL"]:
        said = any(row["__ASK_RETVAL"]["value"] != "0" for row in rows)
        return json.dumps({"head": {}, "boolean": said}).encode()
    for row in rows:
        for cell in row.values():
            if cell.get("datatype", "").endswith("XMLSchema#boolean"):
                cell["value"] = {"1": "true", "0": "false"}.get(cell["value"], cell["value"])
    return json.dumps(found).encode()


def _declared(query: str, prefixes: Mapping[str, str]) -> str:
    """The query with those prefixes declared that it uses."""
    return (
        "".join(f"PREFIX {name}: <{space}>\n" for name, space in prefixes.items() if f"{name}:" in query)
        + query
    )


def _brief(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 300 else words[:300] + " ..."
