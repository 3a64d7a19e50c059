"""Another engine over HTTP: requests with a time limit, retries and clear errors, and its SPARQL endpoint.

An ``Endpoint`` answers ``query`` and ``quads_for_pattern`` as Oxigraph's ``Store`` does, so that everything
that reads a graph reads it from any engine. An engine whose default graph is the union of all graphs
(Virtuoso, Neptune) holds our default graph as ``graph/stated``; if that graph exists, it is the default graph
of each query.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox

from kg import iris
from kg.errors import BadStore, missing_extra
from kg.read import queries
from kg.store import guard
from kg.store.oxigraph import STATED, QueryResult, Store

try:
    import httpx
except ImportError:  # this module is imported late: a graph on disk needs no HTTP
    raise missing_extra("endpoint", "asking another engine over HTTP") from None

_FORM = "application/x-www-form-urlencoded"
_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.9"
_BUSY = frozenset({429, 502, 503})
_LONGEST_WAIT = 30.0  # seconds that a Retry-After is granted
_OURS = ("identity", "reference", "hierarchy", "counts", "ontology", "dataset")
_NO_GRAPH = iris.iri("graph/none")


class HttpError(Exception):
    """An answer of status 400 or above."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status} {text}")
        self.status, self.text = status, text


@dataclass(frozen=True)
class Client:
    """HTTP requests to one engine: how long each may take in all, and how often it is tried again."""

    timeout: float = 60.0
    retries: int = 3
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    busy: frozenset[int] = _BUSY  # statuses after which a request is sent again

    @cached_property
    def _http(self) -> httpx.Client:
        # no keep-alive: an idle engine may close a connection just as it is used again
        limits = httpx.Limits(max_keepalive_connections=0)
        headers = {"User-Agent": "regiograph", **self.headers}
        return httpx.Client(timeout=self.timeout, limits=limits, headers=headers, follow_redirects=True)

    def request(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes = b"", *, whole: bool = True
    ) -> httpx.Response:
        """Send a request and return the response, or without ``whole`` its first bytes.

        It is sent again while the engine is busy or unreachable, after a pause that doubles or that the
        engine asks for. Raises HttpError for a status of 400 or above, BadStore if there is no answer.
        """
        pause, trouble = 0.25, ""
        for left in range(self.retries, -1, -1):
            wait = pause
            try:
                response = self._once(method, address, headers, body, whole=whole)
                if response.status_code < 400:
                    return response
                error = HttpError(response.status_code, shorten(response.text))
                if error.status not in self.busy:
                    raise error
                trouble = str(error)
                asked = response.headers.get("Retry-After", "")
                wait = float(asked) if asked.isdigit() else pause
            except httpx.TimeoutException:
                raise BadStore(f"{address} did not answer within {self.timeout:g} s") from None
            except httpx.RemoteProtocolError as error:
                trouble = f"the answer was cut short ({error})"
            except httpx.HTTPError as error:
                trouble = re.sub(r"^\[Errno -?\d+\] ", "", str(error))
            if left:
                time.sleep(min(wait, _LONGEST_WAIT))
                pause *= 2
        tries = self.retries + 1
        raise BadStore(f"{address} does not answer: {trouble} ({tries} {'try' if tries == 1 else 'tries'})")

    def holds(self, address: str) -> bool:
        """Return whether a graph of a graph store has triples; true if the store does not say."""
        try:
            response = self.request("GET", address, {"Accept": "application/n-triples"}, whole=False)
        except HttpError as error:
            return error.status != 404
        return b"<" in response.content

    def _once(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes, *, whole: bool
    ) -> httpx.Response:
        end = time.monotonic() + self.timeout
        with self._http.stream(method, address, headers=dict(headers), content=body) as response:
            pieces = []
            for piece in response.iter_bytes():  # httpx limits each read, not all of them
                pieces.append(piece)
                if time.monotonic() > end:
                    raise httpx.ReadTimeout("the whole answer takes too long")
                if not whole:
                    break
            plain = [(k, v) for k, v in response.headers.multi_items() if k != "content-encoding"]
            return httpx.Response(response.status_code, headers=plain, content=b"".join(pieces))


@dataclass(frozen=True)
class Endpoint:
    """A SPARQL endpoint. ``default`` is the graph to use as default graph, ``named`` the named graphs."""

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
    ) -> QueryResult:
        """Run a query; raises SyntaxError if the engine finds it malformed, else BadStore.

        A graph that the engine does not hold is an empty graph, whether the call or FROM names it: the
        request leaves it out, and so no engine fetches it.
        """
        shape = guard.refuse(query)
        parameters = [("query", _declare(guard.decode_iris(query), prefixes or {}))]
        if default_graph is not None or named_graphs is not None:
            parameters += self._dataset(_values(default_graph), _values(named_graphs))
        elif shape.graphs or shape.named_graphs:
            parameters += self._dataset(shape.graphs, shape.named_graphs)
        elif self.default:
            parameters += [("default-graph-uri", self.default)]
            parameters += [("named-graph-uri", graph) for graph in self.named]
        accept = _ROWS if shape.form in ("SELECT", "ASK") else _TRIPLES
        kind, body = self._fetch(urlencode(parameters).encode(), accept)
        try:
            if accept == _ROWS:
                return ox.parse_query_results(_standard(body), format=ox.QueryResultsFormat.JSON)
            form = ox.RdfFormat.from_media_type(kind) or ox.RdfFormat.N_TRIPLES
            return iter([quad.triple for quad in ox.parse(body, format=form)])
        except (SyntaxError, ValueError) as error:
            raise BadStore(
                f"{self.address} sent what is not {kind}, or cut it short: {shorten(str(error))}"
            ) from None

    def quads_for_pattern(self, *pattern: object) -> Iterator[ox.Quad]:
        """Yield all quads, graph by graph; raises BadStore for a pattern."""
        if any(part is not None for part in pattern):
            raise BadStore("an endpoint is asked by SPARQL, not by pattern")
        rows = self._rows(queries.internal("triples").sparql)
        yield from (ox.Quad(s, p, o, ox.DefaultGraph()) for s, p, o in rows)
        names = self.named or sorted(
            row[0].value for row in self._rows(queries.internal("named-graphs").sparql)
        )
        for name in names:
            if name != self.default and name.startswith(iris.BASE):
                graph = ox.NamedNode(name)
                rows = self._rows(queries.internal("triples").sparql, graph)
                yield from (ox.Quad(s, p, o, graph) for s, p, o in rows)

    @cached_property
    def _client(self) -> Client:
        return Client(self.timeout, self.retries, self.headers)

    def _rows(self, query: str, graph: ox.NamedNode | None = None) -> Iterator[tuple[Any, ...]]:
        for row in cast(ox.QuerySolutions, self.query(query, default_graph=[graph] if graph else None)):
            yield tuple(row)

    def _dataset(self, default: Iterable[str], named: Iterable[str]) -> list[tuple[str, str]]:
        """Return the parameters for those of the graphs that the engine holds."""
        given = [("default-graph-uri", graph) for graph in default]
        given += [("named-graph-uri", graph) for graph in named]
        exists = queries.internal("graph-exists")
        held = [(name, graph) for name, graph in given if self.query(exists.bind({"graph": f"<{graph}>"}))]
        return held or [("default-graph-uri", _NO_GRAPH)]

    def _fetch(self, body: bytes, accept: str) -> tuple[str, bytes]:
        """Return the media type and body of an answer; raises SyntaxError or BadStore."""
        try:
            response = self._client.request(
                "POST", self.address, {"Content-Type": _FORM, "Accept": accept}, body
            )
        except HttpError as error:
            raise self._explain(error) from None
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if cap := response.headers.get("X-SPARQL-MaxRows"):
            raise BadStore(f"{self.address} cut the answer at {cap} rows: raise its limit (ResultSetMaxRows)")
        wanted = ("json",) if accept == _ROWS else ("n-triples", "turtle", "plain", "n3")
        if not any(word in kind for word in wanted):
            raise BadStore(
                f"{self.address} sent {kind}, not RDF or results of a query: is this a SPARQL endpoint?"
            )
        return kind, response.content

    def _explain(self, error: HttpError) -> Exception:
        if error.status == 400 or (error.status == 500 and "syntax" in error.text.lower()):
            return SyntaxError(f"{self.address} answers: {error.text}")
        if error.status in (401, 403):
            return BadStore(f"{self.address} does not let us in ({error.status}): {error.text}")
        return BadStore(f"{self.address} answered {error.status}: {error.text}")


def open_endpoint(address: str, *, timeout: float = 60.0, retries: int = 3) -> Store:
    """Open the endpoint at an address and find out its default graph; raises BadStore if there is none."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadStore(f"{address} is not the address of an endpoint: http://... or https://...")
    plain = Endpoint(address, timeout, retries)
    if not plain.query(queries.internal("graph-exists").bind({"graph": f"<{STATED}>"})):
        return cast(Store, plain)
    rows = cast(
        ox.QuerySolutions,
        plain.query(queries.internal("graphs-of-sources").sparql, prefixes=iris.PREFIXES),
    )
    graphs = {row[0].value for row in rows} | {iris.iri(f"graph/{name}") for name in _OURS}
    return cast(Store, Endpoint(address, timeout, retries, STATED, tuple(sorted(graphs))))


def shorten(text: str) -> str:
    """Return a text in one line of at most 300 characters."""
    words = " ".join(text.split())
    return words if len(words) <= 300 else words[:300] + " ..."


def _standard(body: bytes) -> bytes:
    """Return results as the standard has them.

    Virtuoso keeps the booleans that its loader read as 1 and 0, and answers ASK with a row, or with none
    for no.
    """
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


def _declare(query: str, prefixes: Mapping[str, str]) -> str:
    """Return the query with those prefixes declared that it uses, in its first line."""
    used = [f"PREFIX {name}: <{space}> " for name, space in prefixes.items() if f"{name}:" in query]
    return "".join(used) + query


def _values(graphs: Sequence[ox.NamedNode] | None) -> list[str]:
    return [graph.value for graph in graphs or ()]
