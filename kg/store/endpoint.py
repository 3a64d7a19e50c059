"""Another engine over HTTP: requests with a time limit, retries and clear errors, and its SPARQL endpoint.

An ``Endpoint`` answers ``query`` and ``quads_for_pattern`` as Oxigraph's ``Store`` does, so that everything
that reads a graph reads it from any engine. An engine whose default graph is the union of all graphs
(Virtuoso, Neptune) holds our default graph as ``graph/stated``; if that graph exists, it is the default graph
of each query.
"""

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

_ROWS = "application/sparql-results+json"
_TRIPLES = "application/n-triples, text/turtle;q=0.9"
_BUSY = frozenset({429, 502, 503})
_LONGEST_WAIT = 30.0  # seconds that a Retry-After is granted
_OURS = ("identity", "reference", "hierarchy", "derived", "fields", "counts", "ontology", "dataset")
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
    busy: frozenset[int] = _BUSY  # statuses after which a request is sent again

    @cached_property
    def _http(self) -> httpx.Client:
        # no keep-alive: an idle engine may close a connection just as it is used again
        limits = httpx.Limits(max_keepalive_connections=0)
        headers = {"User-Agent": "regiograph"}
        return httpx.Client(timeout=self.timeout, limits=limits, headers=headers, follow_redirects=True)

    def request(
        self, method: str, address: str, headers: dict[str, str], body: bytes = b"", *, whole: bool = True
    ) -> httpx.Response:
        """Send a request and return the response, or without ``whole`` its first bytes.

        It is sent again while the engine is busy or unreachable, after a pause that doubles or that the
        engine asks for. Raises HttpError for a status of 400 or above, BadStore if there is no answer.
        """
        for number in range(self.retries + 1):
            wait = 0.25 * 2**number
            try:
                response = self._once(method, address, headers, body, whole=whole)
                if response.status_code < 400:
                    return response
                error = HttpError(response.status_code, shorten(response.text))
                if error.status not in self.busy:
                    raise error
                trouble, asked = str(error), response.headers.get("Retry-After", "")
                wait = float(asked) if asked.isdigit() else wait
            except httpx.TimeoutException:
                raise BadStore(f"{address} did not answer within {self.timeout:g} s") from None
            except httpx.RemoteProtocolError as error:
                trouble = f"the answer was cut short ({error})"
            except httpx.HTTPError as error:
                trouble = re.sub(r"^\[Errno -?\d+\] ", "", str(error))
            if number < self.retries:
                time.sleep(min(wait, _LONGEST_WAIT))
        tries = f"{self.retries + 1} tries" if self.retries else "1 try"
        raise BadStore(f"{address} does not answer: {trouble} ({tries})")

    def holds(self, address: str) -> bool:
        """Return whether a graph of a graph store has triples; true if the store does not say."""
        try:
            response = self.request("GET", address, {"Accept": "application/n-triples"}, whole=False)
        except HttpError as error:
            return error.status != 404
        return b"<" in response.content

    def _once(
        self, method: str, address: str, headers: dict[str, str], body: bytes, *, whole: bool
    ) -> httpx.Response:
        end = time.monotonic() + self.timeout
        with self._http.stream(method, address, headers=headers, content=body) as response:
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
    client: Client = field(default_factory=Client)
    default: str = ""
    named: tuple[str, ...] = ()

    def query(
        self, query: str, *, prefixes: Mapping[str, str] | None = None,
        default_graph: Sequence[ox.NamedNode] | None = None,
        named_graphs: Sequence[ox.NamedNode] | None = None,
    ) -> QueryResult:  # fmt: skip
        """Run a query; raises SyntaxError if the engine finds it malformed, else BadStore.

        A graph that the engine does not hold is an empty graph, whether the call or FROM names it: the
        request leaves it out, and so no engine fetches it.
        """
        shape = guard.refuse(query)
        used = [f"PREFIX {n}: <{space}> " for n, space in (prefixes or {}).items() if f"{n}:" in query]
        # prefixes in the first line: errors name lines
        parameters = [("query", "".join(used) + guard.decode_iris(query))]
        given = default_graph is not None or named_graphs is not None
        asked = [[graph.value for graph in at or ()] for at in (default_graph, named_graphs)]
        if given or shape.graphs or shape.named_graphs:
            parameters += self._dataset(*(asked if given else (shape.graphs, shape.named_graphs)))
        elif self.default:
            parameters += _graphs([self.default], self.named)
        accept = _ROWS if shape.form in ("SELECT", "ASK") else _TRIPLES
        kind, body = self._fetch(urlencode(parameters).encode(), accept)
        try:
            if accept == _ROWS:
                return ox.parse_query_results(_standard(body), format=ox.QueryResultsFormat.JSON)
            form = ox.RdfFormat.from_media_type(kind) or ox.RdfFormat.N_TRIPLES
            return iter([quad.triple for quad in ox.parse(body, format=form)])
        except (SyntaxError, ValueError) as error:
            what = f"sent what is not {kind}, or cut it short: {shorten(str(error))}"
            raise BadStore(f"{self.address} {what}") from None

    def quads_for_pattern(self, *pattern: object) -> Iterator[ox.Quad]:
        """Yield all quads, graph by graph; raises BadStore for a pattern."""
        if any(part is not None for part in pattern):
            raise BadStore("an endpoint is asked by SPARQL, not by pattern")
        yield from (ox.Quad(s, p, o) for s, p, o in self._rows("triples"))
        for name in self.named or sorted(row[0].value for row in self._rows("named-graphs")):
            if name != self.default and name.startswith(iris.BASE):
                graph = ox.NamedNode(name)
                yield from (ox.Quad(s, p, o, graph) for s, p, o in self._rows("triples", [graph]))

    def _rows(self, name: str, graphs: Sequence[ox.NamedNode] | None = None) -> Iterator[Any]:
        sparql = queries.internal(name).sparql
        return iter(cast(Any, self.query(sparql, prefixes=iris.PREFIXES, default_graph=graphs)))

    def _dataset(self, default: Iterable[str], named: Iterable[str]) -> list[tuple[str, str]]:
        """Return the parameters for those of the graphs that the engine holds."""
        exists = queries.internal("graph-exists")
        given = _graphs(default, named)
        held = [(name, graph) for name, graph in given if self.query(exists.bind({"graph": f"<{graph}>"}))]
        return held or _graphs([_NO_GRAPH], [])

    def _fetch(self, body: bytes, accept: str) -> tuple[str, bytes]:
        """Return the media type and body of an answer; raises SyntaxError or BadStore."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        try:
            response = self.client.request("POST", self.address, headers, body)
        except HttpError as error:
            if error.status == 400 or (error.status == 500 and "syntax" in error.text.lower()):
                raise SyntaxError(f"{self.address} answers: {error.text}") from None
            refused = error.status in (401, 403)
            what = f"does not let us in ({error.status})" if refused else f"answered {error.status}"
            raise BadStore(f"{self.address} {what}: {error.text}") from None
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if cap := response.headers.get("X-SPARQL-MaxRows"):
            raise BadStore(f"{self.address} cut the answer at {cap} rows: raise its limit (ResultSetMaxRows)")
        if not re.search("json" if accept == _ROWS else "n-triples|turtle|plain|n3", kind):
            what = "not RDF or results of a query: is this a SPARQL endpoint?"
            raise BadStore(f"{self.address} sent {kind}, {what}")
        return kind, response.content


def open_endpoint(address: str) -> Store:
    """Open the endpoint at an address and find out its default graph; raises BadStore if there is none."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadStore(f"{address} is not the address of an endpoint: http://... or https://...")
    plain = Endpoint(address)
    if not plain.query(queries.internal("graph-exists").bind({"graph": f"<{STATED}>"})):
        return cast(Store, plain)
    graphs = {row[0].value for row in plain._rows("graphs-of-sources")}
    graphs |= {iris.iri(f"graph/{name}") for name in _OURS}
    return cast(Store, Endpoint(address, plain.client, STATED, tuple(sorted(graphs))))


def _graphs(default: Iterable[str], named: Iterable[str]) -> list[tuple[str, str]]:
    graphs = {"default-graph-uri": default, "named-graph-uri": named}
    return [(name, graph) for name, of_it in graphs.items() for graph in of_it]


def shorten(text: str) -> str:
    """Return a text in one line of at most 300 characters."""
    words = " ".join(text.split())
    return words if len(words) <= 300 else words[:300] + " ..."


def _standard(body: bytes) -> bytes:
    """Return results as the standard has them: Virtuoso has 1 and 0 for booleans, and a row for ASK."""
    if b"XMLSchema#boolean" not in body and b"__ASK_RETVAL" not in body[:200]:
        return body
    found = json.loads(body)
    rows = found["results"]["bindings"]
    if found["head"]["vars"] == ["__ASK_RETVAL"]:
        found = {"head": {}, "boolean": any(row["__ASK_RETVAL"]["value"] != "0" for row in rows)}
    for cell in (cell for row in rows for cell in row.values()):
        if cell.get("datatype", "").endswith("XMLSchema#boolean"):
            cell["value"] = {"1": "true", "0": "false"}.get(cell["value"], cell["value"])
    return json.dumps(found).encode()
