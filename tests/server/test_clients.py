"""Clients of the field as they come: SPARQLWrapper, rdflib, comunica, reconciler; and other engines behind."""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from kg import iris
from kg.store import oxigraph
from tests import engines
from tests.conftest import absent, node_modules
from tests.serving import Client, sample_store, serving

REGIONS = "SELECT ?s { ?s a kg:Region } ORDER BY ?s"
PREFIX = f"PREFIX kg: <{iris.NS}> "
CITY = iris.iri("place/sample-city")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(sample_store(tmp_path_factory.mktemp("store"))) as found:
        yield found


def installed(name: str) -> ModuleType:
    """A client's module, if it is installed."""
    if importlib.util.find_spec(name) is None:
        absent(f"the client {name} (pip install {name})")
    return importlib.import_module(name)


@pytest.mark.parametrize(
    "form", ["default", "xml", "json", "csv", "tsv", "turtle", "n3", "rdf+xml", "json-ld"]
)
def test_sparqlwrapper_gets_every_form(client: Client, form: str) -> None:
    """It sends names of its own as format= and output=, beside an Accept header that can be met."""
    module = installed("SPARQLWrapper")
    wrapper = module.SPARQLWrapper(f"http://127.0.0.1:{client.port}/sparql")
    if form != "default":
        wrapper.setReturnFormat(form)
    rows = form in ("default", "xml", "json", "csv", "tsv")
    triples = form in ("default", "xml", "turtle", "n3", "rdf+xml", "json-ld")
    queries = [REGIONS] * rows + [
        "CONSTRUCT { ?s a kg:Region } { ?s a kg:Region }",
        f"DESCRIBE <{CITY}>",
    ] * triples
    assert queries
    for query in queries:
        for method in ("GET", "POST"):
            wrapper.setMethod(method)
            wrapper.setQuery(query)
            answer = wrapper.query()
            text = answer.response.read().decode()
            answer.response.close()
            assert CITY in text or "place:sample-city" in text


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
def test_rdflib_reads_the_endpoint_as_a_store(client: Client) -> None:
    store = SPARQLStore(f"http://127.0.0.1:{client.port}/sparql")
    graph = rdflib.Graph(store)
    assert rdflib.URIRef(CITY) in [row[0] for row in graph.query(PREFIX + REGIONS)]  # type: ignore[index]
    assert (rdflib.URIRef(CITY), rdflib.RDF.type, rdflib.URIRef(iris.NS + "City")) in graph
    dataset = rdflib.Dataset(store, default_union=False)
    rows = dataset.query("SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 1")
    assert len(list(rows)) == 0, "it asks for a default graph of its own, which is an empty graph here"


def test_an_unknown_graph_is_an_empty_graph(client: Client) -> None:
    base = f"http://127.0.0.1:{client.port}/"
    identity = iris.iri("graph/identity")
    for query, expected in (
        ("ASK FROM <http://example.org/none> { ?s ?p ?o }", False),
        ("ASK FROM NAMED <http://example.org/none> { GRAPH ?g { ?s ?p ?o } }", False),
        (f"BASE <{iris.BASE}> ASK FROM <graph/identity> {{ ?s ?p ?o }}", True),
        (f"PREFIX g: <graph/> BASE <{iris.BASE}> ASK FROM g:identity {{ ?s ?p ?o }}", False),
        (f"BASE <{iris.BASE}> PREFIX g: <graph/> ASK FROM g:identity {{ ?s ?p ?o }}", True),
        (f"ASK FROM <{identity[:-1]}\\u0079> {{ ?s ?p ?o }}", True),
        (f"ASK FROM NAMED <{identity}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", True),
        ("ASK { FILTER (<x> = <" + base + "x>) }", True),
        ("ASK { FILTER (STR(<>) = '" + base + "sparql') }", True),
    ):
        answer = client.query(query)
        assert (answer.status, json.loads(answer.body)) == (200, {"head": {}, "boolean": expected}), query
    asked = client.query("ASK { ?s ?p ?o }", **{"default-graph-uri": "urn:x-rdflib:default"})
    assert json.loads(asked.body)["boolean"] is False


def test_comunica_finds_the_endpoint_and_asks_it(client: Client) -> None:
    command = node_modules("@comunica/query-sparql") / ".bin/comunica-sparql"
    address = f"http://127.0.0.1:{client.port}/sparql"
    for source in (address, f"sparql@{address}"):
        ended = subprocess.run(
            [command, source, PREFIX + REGIONS], capture_output=True, text=True, timeout=120, check=False
        )
        assert ended.returncode == 0, ended.stderr
        assert CITY in [row["s"] for row in json.loads(ended.stdout)]
    page = f"http://127.0.0.1:{client.port}/place/sample-city"
    query = f"SELECT ?o {{ <{CITY}> a ?o }}"
    ended = subprocess.run([command, page, query], capture_output=True, text=True, timeout=120, check=False)
    assert {"o": iris.NS + "City"} in json.loads(ended.stdout), (
        "linked data is read by following the redirect"
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_reconciler_goes_on_after_a_bad_query(client: Client) -> None:
    module = installed("reconciler")
    pandas = installed("pandas")
    webutils: Any = importlib.import_module("reconciler.webutils")
    address = f"http://127.0.0.1:{client.port}/reconcile"
    try:
        found = module.reconcile(
            pandas.Series(["Sample City", "样本市"]), "City", reconciliation_endpoint=address
        )
        assert list(found["id"]) == ["place/sample-city"] * 2
        keys, answers = webutils.return_reconciled_raw(
            pandas.Series(["Sample City"]), "Nothing", None, address
        )
        assert (list(keys), [one["result"] for one in answers.values()]) == (["Sample City"], [[]])
    finally:
        webutils.http.close()


def test_a_body_is_asked_for_at_once(client: Client) -> None:
    """curl waits a second for 100 Continue before it sends a larger body."""
    body = urlencode({"query": "ASK {} # " + "x" * 2000}).encode()
    with socket.create_connection(("127.0.0.1", client.port), 30) as plain:
        plain.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        assert plain.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        plain.sendall(body)
        answer = b"".join(iter(lambda: plain.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b'"boolean":true}')


def test_another_engine_behind(tmp_path: Path) -> None:
    """CONSTRUCT and DESCRIBE come through whole, and a mistake is the client's."""
    held = oxigraph.open_folder(sample_store(tmp_path)).dump(format=ox.RdfFormat.N_QUADS)
    try:
        with engines.oxigraph_server(tmp_path) as address:
            request = urllib.request.Request(
                f"{address}/store", held, {"Content-Type": "application/n-quads"}
            )
            urllib.request.urlopen(request).close()
            with serving(f"{address}/query") as client:
                check_engine_behind(client)
    except engines.Absent as absence:
        absent(str(absence))


def check_engine_behind(client: Client) -> None:
    for query in ("CONSTRUCT { ?s a kg:Region } { ?s a kg:Region }", f"DESCRIBE <{CITY}>"):
        for form in ("ttl", "nt", "rdf", "jsonld"):
            answer = client.query(query, format=form)
            assert (answer.status, CITY in answer.text or "place:sample-city" in answer.text) == (200, True)
    for bad in ("SELECT (<http://example.org/f>(1) AS ?x) {}", "SELECT * {"):
        assert client.query(bad).status == 400
    assert client.query("ASK FROM <http://example.org/none> { ?s ?p ?o }").text.endswith("false}")
    assert client.ask("/place/sample-city.html").status == 200
