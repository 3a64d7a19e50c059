"""The client of an endpoint against dead, slow, busy and lying ones, and loads that break off."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg.cli import cli
from kg.errors import BadQuery, BadStore
from kg.query import graph
from kg.store import endpoint, oxigraph, upload
from tests.engines import free_port
from tests.serving import sample_store, serving

ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"1"}}]}}'
JSON = "application/sparql-results+json"
Say = Callable[[http.server.BaseHTTPRequestHandler, int], None]


@contextmanager
def speaking(say: Say) -> Iterator[tuple[str, list[int]]]:
    """A server that says what it is told, given how often it was asked."""
    asked: list[int] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.append(1)
            say(self, len(asked))

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sparql", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def reply(
    status: int = 200, body: bytes = ROWS, kind: str = JSON, length: int | None = None, **headers: str
) -> Say:
    def say(request: http.server.BaseHTTPRequestHandler, _number: int) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return say


def ask(address: str, *, timeout: float = 5, retries: int = 0, query: str = "SELECT ?x {}") -> list[str]:
    found = endpoint.Endpoint(address, timeout, retries).query(query)
    assert isinstance(found, ox.QuerySolutions)
    return [row[0].value for row in found]


def test_an_answer() -> None:
    with speaking(reply()) as (address, asked):
        assert ask(address) == ["1"]
        assert len(asked) == 1


@pytest.mark.parametrize(
    ("say", "words"),
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
def test_trouble_is_told_in_words(say: Say, words: str) -> None:
    with speaking(say) as (address, _), pytest.raises(BadStore, match=words):
        ask(address)


def test_a_malformed_query() -> None:
    with speaking(reply(status=400, body=b"line 1: what?")) as (address, _):
        with pytest.raises(SyntaxError, match="what"):
            ask(address)
        with pytest.raises(BadQuery, match="what"):
            oxigraph.select(endpoint.Endpoint(address), "SELECT ?x {}")  # type: ignore[arg-type]


def test_passing_trouble_is_tried_again() -> None:
    def say(request: http.server.BaseHTTPRequestHandler, number: int) -> None:
        reply(status=503, body=b"busy", Retry_After="0")(request, number) if number < 3 else reply()(
            request, number
        )

    with speaking(say) as (address, asked):
        assert ask(address, retries=3) == ["1"]
        assert len(asked) == 3


def test_a_dead_endpoint() -> None:
    address = f"http://127.0.0.1:{free_port()}/sparql"
    start = time.monotonic()
    with pytest.raises(BadStore, match=r"does not answer: Connection refused \(3 tries\)"):
        ask(address, retries=2)
    assert time.monotonic() - start > 0.7


@pytest.mark.parametrize("trickle", [False, True])
def test_a_slow_endpoint(trickle: bool) -> None:
    def say(request: http.server.BaseHTTPRequestHandler, _number: int) -> None:
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

    with speaking(say) as (address, _), pytest.raises(BadStore, match=r"within 0.5 s"):
        ask(address, timeout=0.5)


def test_no_call_leaves_through_an_endpoint() -> None:
    with speaking(reply()) as (address, asked), pytest.raises(BadQuery):
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


def test_files_are_cut_to_size(tmp_path: Path) -> None:
    lines = [f'<http://x/{n}> <http://x/p> "{n}" .\n' for n in range(1000)]
    paths = upload.cut(lines, tmp_path, 5000)
    assert len(paths) > 5
    assert all(path.stat().st_size <= 5000 for path in paths)
    assert "".join(path.read_text() for path in paths) == "".join(lines)
    stated = upload.cut(lines[:3], tmp_path / "stated", 5000, stated=True)
    assert stated[0].read_text().count(f"<{endpoint.STATED}>") == 3


def test_a_load_that_broke_off_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "graph.nq"
    file.write_text("".join(f'<http://x/{n}> <http://x/p> "{n}" <http://g/{n % 2}> .\n' for n in range(100)))
    taken: list[int] = []

    def say(request: http.server.BaseHTTPRequestHandler, number: int) -> None:
        if number == 5:
            reply(status=400, body=b"disk full")(request, number)
        else:
            taken.append(number)
            reply(status=204, body=b"")(request, number)

    with speaking(say) as (address, _):
        with pytest.raises(BadStore, match="disk full"):
            upload.send(file, address, lines=20)
        done: list[int] = []
        assert upload.send(file, address, lines=20, progress=done.append) == 60
        assert done == [60, 80, 100]
        assert upload.send(file, address, lines=20) == 0


def test_loads_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "graph.nq"
    file.write_text('<http://x/1> <http://x/p> "1" .\n')
    parts = tmp_path / "parts"
    done = CliRunner().invoke(cli, ["load", str(parts), "--graph", str(file), "--stated"])
    assert done.exit_code == 0, done.output
    assert endpoint.STATED in (parts / "part-00001.nq").read_text()
    with speaking(reply(status=204, body=b"")) as (address, asked):
        done = CliRunner().invoke(cli, ["load", address, "--graph", str(file)])
        assert done.exit_code == 0, done.output
        assert len(asked) == 1
