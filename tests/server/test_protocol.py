"""The SPARQL 1.1 Protocol as the W3C's cases put it, negotiation, conditional requests, refusals."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import subprocess
import sys
import urllib.request
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from kg import iris
from kg.server import negotiation
from tests.serving import Client, in_process, sample_store

IDENTITY, REFERENCE = iris.iri("graph/identity"), iris.iri("graph/reference")
SELECT = "SELECT ?s WHERE { ?s a kg:Region } ORDER BY ?s"
CONSTRUCT = "CONSTRUCT { ?s a kg:Region } WHERE { ?s a kg:Region }"
QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with in_process(sample_store(tmp_path_factory.mktemp("store"))) as found:
        yield found


def path(**parameters: str) -> str:
    return "/sparql?" + urlencode(parameters)


def test_query_via_get(client: Client) -> None:
    answer = client.ask(path(query=SELECT))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/sparql-results+json"
    found = json.loads(answer.body)
    assert found["head"]["vars"] == ["s"]
    assert iris.iri("place/sample-city") in [row["s"]["value"] for row in found["results"]["bindings"]]


def test_query_via_post_form_and_direct_say_the_same(client: Client) -> None:
    direct = client.ask("/sparql", method="POST", body=SELECT, Content_Type=f"{QUERY}; charset=utf-8")
    form = client.ask("/sparql", method="POST", body=urlencode({"query": SELECT}), Content_Type=FORM)
    assert direct.status == form.status == 200
    assert direct.body == form.body == client.ask(path(query=SELECT)).body


@pytest.mark.parametrize("how", ["get", "form", "direct"])
@pytest.mark.parametrize(
    ("dataset", "in_default", "in_named"),
    [
        ([], True, True),
        ([("default-graph-uri", IDENTITY)], True, False),
        ([("named-graph-uri", IDENTITY)], False, True),
        ([("default-graph-uri", REFERENCE), ("named-graph-uri", IDENTITY)], True, True),
        ([("default-graph-uri", REFERENCE), ("default-graph-uri", IDENTITY)], True, False),
    ],
)
def test_datasets(
    client: Client, how: str, dataset: list[tuple[str, str]], in_default: bool, in_named: bool
) -> None:
    for pattern, expected in (("?s ?p ?o", in_default), ("GRAPH ?g { ?s ?p ?o }", in_named)):
        query = f"ASK {{ {pattern} }}"
        if how == "get":
            answer = client.ask("/sparql?" + urlencode([("query", query), *dataset]))
        elif how == "form":
            body = urlencode([("query", query), *dataset])
            answer = client.ask("/sparql", method="POST", body=body, Content_Type=FORM)
        else:
            address = "/sparql?" + urlencode(dataset)
            answer = client.ask(address, method="POST", body=query, Content_Type=QUERY)
        assert answer.status == 200, answer.text
        assert json.loads(answer.body)["boolean"] is expected


def test_the_protocols_dataset_goes_before_the_querys(client: Client) -> None:
    query = f"ASK FROM <{IDENTITY}> {{ ?name kg:names ?entity }}"
    assert json.loads(client.query(query).body)["boolean"] is True
    answer = client.query(query, **{"default-graph-uri": REFERENCE})
    assert json.loads(answer.body)["boolean"] is False


@pytest.mark.parametrize("form", negotiation.RESULTS, ids=lambda form: form.name)
def test_every_results_format(client: Client, form: negotiation.Format) -> None:
    for accept in form.types:
        answer = client.query(SELECT, accept=accept)
        assert answer.headers["content-type"].partition(";")[0] == accept
        assert isinstance(form.writer, ox.QueryResultsFormat)
        if form.name in ("json", "xml", "tsv"):
            rows = ox.parse_query_results(answer.body, format=form.writer)
            assert isinstance(rows, ox.QuerySolutions)
            assert iris.iri("place/sample-city") in [row[0].value for row in rows]
        else:
            assert answer.text.splitlines()[0] == "s"
        asked = client.query("ASK {}", accept=accept)
        assert asked.status == 200
        assert b"true" in asked.body
    assert client.query(SELECT, format=form.name).headers["content-type"].startswith(form.type)


@pytest.mark.parametrize("form", negotiation.GRAPHS, ids=lambda form: form.name)
def test_every_graph_format(client: Client, form: negotiation.Format) -> None:
    assert isinstance(form.writer, ox.RdfFormat)
    expected = {str(t.triple) for t in ox.parse(client.query(CONSTRUCT).body, format=ox.RdfFormat.TURTLE)}
    assert expected
    for accept in form.types:
        answer = client.query(CONSTRUCT, accept=accept)
        assert answer.headers["content-type"].partition(";")[0] == accept
        assert {str(t.triple) for t in ox.parse(answer.body, format=form.writer)} == expected
    described = client.query("DESCRIBE place:sample-city", accept=form.type)
    assert described.status == 200
    assert any(ox.parse(described.body, format=form.writer))


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv, application/sparql-results+xml;q=0.9", "text/csv"),
        ("text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
        ("application/*;q=0.2, text/tab-separated-values;q=0.3", "text/tab-separated-values"),
        ("APPLICATION/SPARQL-RESULTS+XML ; Q=1", "application/sparql-results+xml"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/sparql-results+json"),
        ("image/png", None),
        ("application/sparql-results+json;q=0", None),
        ("text/turtle", None),
    ],
)
def test_negotiation(client: Client, accept: str, chosen: str | None) -> None:
    answer = client.query(SELECT, accept=accept)
    if chosen is None:
        assert answer.status == 406
        assert "application/sparql-results+json" in answer.text
    else:
        assert answer.headers["content-type"].partition(";")[0] == chosen
        assert "Accept" in answer.headers["vary"]


BAD = [
    (400, "GET", path(query="SELECT * {"), None, ""),
    (400, "GET", path(query=""), None, ""),
    (400, "GET", "/sparql?default-graph-uri=a:b", None, ""),
    (400, "GET", path(query=SELECT) + "&" + urlencode({"query": SELECT}), None, ""),
    (400, "GET", "/sparql?query=ASK%20%7B%7D%FF", None, ""),
    (400, "GET", path(query="ASK {}", **{"default-graph-uri": "no IRI"}), None, ""),
    (400, "GET", "/sparql?format=csv", None, ""),
    (400, "GET", path(query="SELECT * { SERVICE <http://127.0.0.1:9/> {} }"), None, ""),
    (400, "GET", path(query="INSERT DATA { <a:b> <a:b> <a:b> }"), None, ""),
    (400, "GET", path(query="SELECT (<http://example.org/f>(1) AS ?x) {}"), None, ""),
    (400, "GET", path(query="SELECT * { ?s ?p ?o FILTER (<http://example.org/f>(?s)) }"), None, ""),
    (403, "GET", path(update="CLEAR ALL"), None, ""),
    (403, "POST", "/sparql", b"update=CLEAR%20ALL", FORM),
    (403, "POST", "/sparql", b"CLEAR ALL", "application/sparql-update"),
    (415, "POST", "/sparql", b"ASK {}", "text/plain"),
    (415, "POST", "/sparql", b"ASK {}", ""),
    (415, "POST", "/sparql", "ASK {}".encode("utf-16"), f"{QUERY}; charset=UTF-16"),
    (400, "POST", "/sparql", b"ASK { ?s ?p '\xff' }", QUERY),
    (400, "POST", "/sparql", b"query=%FF", FORM),
    (413, "POST", "/sparql", b"x" * (2 << 20), QUERY),
    (414, "GET", "/sparql?query=" + "x" * 17_000, None, ""),
    (405, "PUT", "/sparql", b"", ""),
    (405, "DELETE", "/sparql", None, ""),
    (405, "PATCH", "/place/sample-city", b"", ""),
    (405, "TRACE", "/", None, ""),
    (405, "POST", "/place/sample-city", b"", ""),
    (404, "GET", "/nowhere", None, ""),
]


@pytest.mark.parametrize(("status", "method", "where", "body", "kind"), BAD)
def test_bad_requests(
    client: Client, status: int, method: str, where: str, body: bytes | None, kind: str
) -> None:
    headers = {"Content_Type": kind} if kind else {}
    answer = client.ask(where, method=method, body=body, **headers)
    assert answer.status == status, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert len(answer.text) > 10
    assert "Traceback" not in answer.text
    if status == 405:
        assert "GET" in answer.headers["allow"]


def test_a_syntax_error_says_where(client: Client) -> None:
    answer = client.ask(path(query="SELECT * {\n ?s kg:promotes }"))
    place, line, mark = answer.text.splitlines()
    assert (answer.status, place) == (
        400,
        "the query is malformed at line 2, column 17: '}' is not expected here",
    )
    assert (line, mark) == ("   ?s kg:promotes }", " " * 18 + "^")


def test_head_has_the_headers_of_get(client: Client) -> None:
    head, whole = client.ask(path(query=SELECT), method="HEAD"), client.ask(path(query=SELECT))
    assert head.status == 200
    assert head.body == b""
    for name in ("content-type", "content-length", "etag", "vary"):
        assert head.headers[name] == whole.headers[name]


def test_preflight(client: Client) -> None:
    answer = client.ask("/sparql", method="OPTIONS", Origin="https://example.org",
                        Access_Control_Request_Method="POST")  # fmt: skip
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "Content-Type" in answer.headers["access-control-allow-headers"]
    assert (
        client.ask(path(query="ASK {}"), Origin="https://x.org").headers["access-control-allow-origin"] == "*"
    )


def test_an_etag_saves_the_answer(client: Client) -> None:
    first = client.ask(path(query=SELECT))
    again = client.ask(path(query=SELECT), If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = client.ask(path(query=SELECT), Accept="text/csv", If_None_Match=first.headers["etag"])
    assert other.status == 200
    several = client.ask(path(query=SELECT), If_None_Match=f'"other", {first.headers["etag"]}')
    assert several.status == 304
    posted = client.ask(
        "/sparql", method="POST", body=SELECT, Content_Type=QUERY, If_None_Match=first.headers["etag"]
    )
    assert posted.status == 200
    changing = client.ask(path(query="SELECT (NOW() AS ?now) {}"))
    assert "etag" not in changing.headers
    assert changing.headers["cache-control"] == "no-store"


def test_gzip(client: Client) -> None:
    query = "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?s ?p ?o"
    packed = client.ask(path(query=query), Accept_Encoding="br, gzip;q=0.5")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == client.ask(path(query=query)).body
    assert len(packed.body) < len(gzip.decompress(packed.body)) / 4
    assert "content-encoding" not in client.ask(path(query=query), Accept_Encoding="gzip;q=0").headers
    assert "content-encoding" not in client.ask(path(query="ASK {}"), Accept_Encoding="gzip").headers


def test_xml_is_sound_whatever_it_holds(client: Client) -> None:
    answer = client.query('SELECT ("<a>&\'" AS ?x) {}', accept="application/sparql-results+xml")
    assert "<a>&'" in "".join(ET.fromstring(answer.body).itertext())


def test_chinese_comes_back_as_it_went(client: Client) -> None:
    query = "SELECT ('碳化硅' AS ?x) {}"
    assert "碳化硅" in client.query(query, accept="text/csv").text
    assert "碳化硅" in client.ask(path(query=query)).text


def test_the_service_describes_itself(client: Client) -> None:
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for form in negotiation.GRAPHS:
        assert isinstance(form.writer, ox.RdfFormat)
        answer = client.ask("/sparql", Accept=form.type)
        assert answer.status == 200
        found = ox.Store()
        found.load(answer.body, format=form.writer)
        assert found.query(f"ASK {{ ?s a <{sd}Service> ; <{sd}endpoint> ?e ; <{sd}resultFormat> ?f }}")
        assert found.query(f"ASK {{ ?s <{sd}defaultDataset>/<{sd}namedGraph>/<{sd}name> <{IDENTITY}> }}")
    assert client.ask("/sparql", Accept="image/png").status == 406
    assert client.ask("/sparql", Accept="text/html").status == 303


def test_it_runs_from_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "serve", "--graph", str(sample_store(tmp_path)), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    line = process.stdout.readline()
    port = int(line.rsplit(":", 1)[1].strip("/ \n"))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=10) as answer:
        assert answer.status == 200
    with socket.create_connection(("127.0.0.1", port), 10) as plain:
        plain.sendall("GET /health?\x1b[31m碳 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert plain.recv(12) in (b"HTTP/1.1 200", b"HTTP/1.1 400")
        plain.sendall("GET /health?碳 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "GET /ready 200" in log
    assert log.isascii()
    assert "\x1b" not in log


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [
            sys.executable,
            "-m",
            "kg",
            "serve",
            "--graph",
            str(sample_store(tmp_path)),
            "--port",
            port,
        ]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"port {port} of 127.0.0.1 cannot be listened on" in ended.stderr
    assert "Traceback" not in ended.stderr
