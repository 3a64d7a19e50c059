"""The client of an endpoint against dead, slow, busy and lying ones."""

from __future__ import annotations

import http.server
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg import locations
from kg.cli import cli
from kg.errors import BadQuery, BadStore, MissingExtra
from kg.query import graph
from kg.store import build, endpoint, oxigraph
from tests.conftest import SAMPLE
from tests.engines import free_port
from tests.responding import JSON, ROWS, Respond, reply, responding
from tests.serving import sample_store, serving


def ask(address: str, *, timeout: float = 5, retries: int = 0, query: str = "SELECT ?x {}") -> list[str]:
    found = endpoint.Endpoint(address, endpoint.Client(timeout, retries)).query(query)
    assert isinstance(found, ox.QuerySolutions)
    return [row[0].value for row in found]


def test_an_answer() -> None:
    with responding(reply()) as (address, asked):
        assert ask(address) == ["1"]
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("respond", "words"),
    [
        (reply(body=ROWS[:40]), "not application/sparql-results"),
        (reply(body=ROWS[:40], length=len(ROWS)), "cut short"),
        (reply(body=b"<html>log in</html>", kind="text/html"), "is this a SPARQL endpoint"),
        (reply(X_SPARQL_MaxRows="10000"), "cut the answer at 10000 rows"),
        (reply(status=401, body=b"who are you"), "does not let us in"),
        (reply(status=404, body=b"nothing"), "answered 404"),
        (reply(status=500, body=b"broken inside"), "answered 500: broken inside"),
        (reply(status=503, body=b"busy"), "503 busy"),
    ],
)
def test_trouble_is_told_in_words(respond: Respond, words: str) -> None:
    with responding(respond) as (address, _), pytest.raises(BadStore, match=words):
        ask(address)


def test_a_malformed_query() -> None:
    with responding(reply(status=400, body=b"line 1: what?")) as (address, _):
        with pytest.raises(SyntaxError, match="what"):
            ask(address)
        with pytest.raises(BadQuery, match="what"):
            oxigraph.select(endpoint.Endpoint(address), "SELECT ?x {}")  # type: ignore[arg-type]


def test_passing_trouble_is_tried_again() -> None:
    def respond(request: http.server.BaseHTTPRequestHandler, number: int) -> None:
        reply(status=503, body=b"busy", Retry_After="0")(request, number) if number < 3 else reply()(
            request, number
        )

    with responding(respond) as (address, asked):
        assert ask(address, retries=3) == ["1"]
        assert len(asked) == 3


def test_a_dead_endpoint() -> None:
    address = f"http://127.0.0.1:{free_port()}/sparql"
    with pytest.raises(BadStore, match=r"does not answer: Connection refused \(3 tries\)"):
        ask(address, retries=2)


@pytest.mark.parametrize("trickle", [False, True])
def test_a_slow_endpoint(trickle: bool) -> None:
    def respond(request: http.server.BaseHTTPRequestHandler, _number: int) -> None:
        if trickle:
            request.send_response(200)
            request.send_header("Content-Type", JSON)
            request.end_headers()
        for _ in range(20):
            time.sleep(0.1)
            if trickle:
                try:
                    request.wfile.write(b" ")
                    request.wfile.flush()
                except OSError:
                    return

    with responding(respond) as (address, _), pytest.raises(BadStore, match=r"within 0.5 s"):
        ask(address, timeout=0.5)


def test_no_call_leaves_through_an_endpoint() -> None:
    with responding(reply()) as (address, asked), pytest.raises(BadQuery):
        ask(address, query="SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }")
    assert not asked


@pytest.mark.parametrize("address", ["ftp://example.org/", "http:///sparql", "file:///etc/passwd"])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(BadStore):
        endpoint.open_endpoint(address)


def test_our_own_server_is_an_endpoint_and_serves_another(tmp_path: Path) -> None:
    folder = sample_store(tmp_path)
    query = "SELECT ?s ?o { ?s kg:promotes ?o } ORDER BY ?s ?o"
    expected = graph.Graph(oxigraph.open_folder(folder), "").select(query).terms
    assert expected
    with serving(folder) as first:
        address = f"http://127.0.0.1:{first.port}/sparql"
        opened = graph.open_graph(address)
        assert opened.select(query).terms == expected
        with serving(address) as second:
            through = graph.open_graph(f"http://127.0.0.1:{second.port}/sparql")
            assert through.select(query).terms == expected
            assert second.ask("/place/sample-city.html").status == 200
            assert second.query("SELECT * {").status == 400


def test_triples_from_an_endpoint_are_printed(tmp_path: Path) -> None:
    with serving(sample_store(tmp_path)) as served:
        address = f"http://127.0.0.1:{served.port}/sparql"
        for query in ("CONSTRUCT { ?s kg:promotes ?o } { ?s kg:promotes ?o }", "DESCRIBE place:sample-city"):
            found = graph.open_graph(address).query(query)
            assert oxigraph.is_triples(found)
            done = CliRunner().invoke(cli, ["query", query, "--graph", address])
            assert done.exit_code == 0, done.output
            assert set(ox.parse(done.stdout, format=ox.RdfFormat.TURTLE)) == {
                ox.Quad(*triple) for triple in found
            }
            assert "place:sample-" in done.stdout
            done = CliRunner().invoke(cli, ["query", query, "--graph", address, "-f", "json"])
            assert isinstance(done.exception, BadQuery)


def test_without_its_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    monkeypatch.delitem(sys.modules, "kg.store.endpoint")
    monkeypatch.delattr("kg.store.endpoint")
    with pytest.raises(MissingExtra, match=r"regiograph\[endpoint\]"):
        graph.open_graph("http://127.0.0.1:9/sparql")


def test_a_graph_on_disk_needs_no_http_library(tmp_path: Path) -> None:
    build.build_graph(SAMPLE / "seeds", locations.ontology(), tmp_path)
    code = (
        "import sys; from kg.query.graph import open_graph; g = open_graph(sys.argv[1]); "
        "assert len(g.ask('promoters')); g.close(); assert not {'httpx', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
