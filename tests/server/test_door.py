"""Plain queries are answered at the door, and their answers are those of the long way, byte for byte."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import iris
from kg.server import asked, wire
from kg.server.limits import MIB, Limits
from tests.serving import Client, sample_store, serving

LIMITS = Limits(timeout=3, memory=512 * MIB, header_time=1, idle_time=2, long=0.5, spared=0.6)
SELECT = "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 30"
QUERIES = [
    "SELECT ?s WHERE { ?s a kg:Region } ORDER BY ?s",
    "PREFIX k: <https://w3id.org/regiograph/ns#> SELECT ?s WHERE { ?s a k:Region } ORDER BY ?s",
    SELECT,
    "ASK { ?s a kg:Region }",
    "SELECT ('碳化硅' AS ?x) {}",
    "CONSTRUCT { ?s a kg:Region } WHERE { ?s a kg:Region }",
    "DESCRIBE place:sample-city",
    f"ASK FROM <{iris.iri('graph/identity')}> {{ ?name kg:names ?entity }}",
    'SELECT ?p WHERE { ?s ?p "it\'s + 100% & \\u0041" }',
]
HEADERS = [
    "", "Accept: text/csv\r\n", "Accept: application/sparql-results+xml, text/turtle;q=0.5\r\n",
    "Accept: */*\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n",
    "User-Agent: test\r\nAccept-Encoding: identity\r\nX-Other: a\r\nX-Other: b\r\n", "Connection: close\r\n",
]  # fmt: skip
#: A header that only aiohttp's side reads, which changes nothing there.
LONG_WAY = "TE: trailers\r\n"


@pytest.fixture(scope="module", params=[None, asyncio.new_event_loop], ids=["own loop", "asyncio"])
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(sample_store(tmp_path_factory.mktemp("store")), LIMITS, make_loop=request.param) as found:
        yield found


def message(how: str, query: str, headers: str = "", fields: str = "") -> bytes:
    """A request as its bytes."""
    head = "HTTP/1.1\r\nHost: localhost\r\n" + headers
    if how == "get":
        return f"GET /sparql?query={quote(query)}{fields} {head}\r\n".encode()
    body = (urlencode({"query": query}) + fields).encode() if how == "form" else query.encode()
    kind = "application/x-www-form-urlencoded" if how == "form" else "application/sparql-query"
    path = "/sparql" if how == "form" or not fields else f"/sparql?{fields[1:]}"
    return f"POST {path} {head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def answer(stream: socket.socket, rest: bytes = b"") -> tuple[bytes, bytes, bytes]:
    """The head without its date, the body, and what came behind them."""
    data = rest
    while b"\r\n\r\n" not in data:
        more = stream.recv(1 << 16)
        assert more, data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", head)
    while length and len(body) < int(length[1]) and (more := stream.recv(1 << 16)):
        body += more
    size = int(length[1]) if length else 0
    return re.sub(rb"\r\nDate: [^\r]+", b"", head), body[:size], body[size:]


def send(client: Client, *pieces: bytes, pause: float = 0.05) -> tuple[bytes, bytes]:
    """The answer to a request on a connection of its own, sent in these pieces."""
    with socket.create_connection(("127.0.0.1", client.port), 10) as stream:
        for number, piece in enumerate(pieces):
            time.sleep(pause if number else 0)
            stream.sendall(piece)
        return answer(stream)[:2]


def long_ways(client: Client) -> int:
    """How many requests have come to aiohttp's side."""
    return client.running.server.requests_count


@pytest.mark.parametrize("headers", HEADERS)
@pytest.mark.parametrize("how", ["get", "form", "direct"])
def test_both_ways_give_the_same_answer(client: Client, how: str, headers: str) -> None:
    good = 0
    for query in QUERIES:
        for fields in ("", "&format=json", f"&default-graph-uri={quote(iris.iri('graph/identity'))}"):
            before = long_ways(client)
            short = send(client, message(how, query, headers, fields))
            refused = not short[0].startswith(b"HTTP/1.1 200")
            assert long_ways(client) == before + refused  # a refusal is put into words over there
            assert send(client, message(how, query, headers + LONG_WAY, fields)) == short
            assert long_ways(client) == before + refused + 1
            assert send(client, message(how, query, headers, fields)) == short  # as it is kept
            good += not refused
    assert good > len(QUERIES)


UNPLAIN = [
    ("get", "SELECT * {", "", 400), ("get", "ASK {}", "Accept: image/png\r\n", 406),
    ("form", "LOAD <http://127.0.0.1:9/>", "", 400), ("direct", "CLEAR ALL", "", 400),
    ("get", "ASK { SERVICE <http://127.0.0.1:9/> {} }", "", 400), ("get", " ", "", 400),
    ("get", "ASK {}", "Accept: text/csv\r\nAccept: text/plain\r\n", 200),
    ("get", "ASK {}", "Host: localhost\r\n", 400), ("form", "ASK {}", "Content-Encoding: gzip\r\n", 400),
    ("get", "ASK {}", "Content-Length: 0\r\n", 200), ("form", "ASK {}", "Content-Length: 3\r\n", 400),
    ("get", "SELECT (NOW() AS ?n) {}", "If-None-Match: x\r\n", 200), ("get", "ASK {}", "Bad Name: x\r\n", 400),
    ("get", "ASK {}", "Connection: Upgrade\r\nUpgrade: h2c\r\n", 200), ("get", "ASK {}", "X: \x01\r\n", 400),
    ("form", "ASK {}", "Transfer-Encoding: chunked\r\n", 400), ("get", "ASK {}", "X: a\r\n b\r\n", 400),
]  # fmt: skip


@pytest.mark.parametrize(("how", "query", "headers", "status"), UNPLAIN)
def test_what_is_not_plain_goes_the_long_way(
    client: Client, how: str, query: str, headers: str, status: int
) -> None:
    before = long_ways(client)
    head, _ = send(client, message(how, query, headers))
    assert int(head[9:12]) == status, head
    assert long_ways(client) == before + 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Host: localhost", b"Host: evil.example"), (b"Host: localhost\r\n", b""), (b"HTTP/1.1", b"HTTP/1.0"),
        (b"GET", b"OPTIONS"), (b"GET", b"get"), (b"/sparql", b"//sparql"), (b"/sparql", b"http://localhost/sparql"),
        (b"\r\nHost", b"\nHost"), (b"query=", b"query=ASK%7B%7D&query="), (b"query=", b"update="),
        (b"query=", b"query=%FF"), (b"query=", b"query={"), (b"query=", b"query=%0x"),
    ],
)  # fmt: skip
def test_odd_requests_fare_as_they_would_alone(client: Client, old: bytes, new: bytes) -> None:
    """Where no door reads a request, its answer is that of the long way."""
    plain = message("get", "ASK {}").replace(old, new, 1)
    long = message("get", "ASK {}", LONG_WAY).replace(old, new, 1)
    assert send(client, plain) == send(client, long)


def test_a_kept_connection_goes_both_ways(client: Client) -> None:
    with socket.create_connection(("127.0.0.1", client.port), 10) as stream:
        for number in range(4):
            for how in ("get", "form", "direct"):
                for headers in ("", LONG_WAY):
                    stream.sendall(message(how, f"SELECT (<a:{number}{how}> AS ?x) {{}}", headers))
                    head, body, rest = answer(stream)
                    assert head.startswith(b"HTTP/1.1 200")
                    assert f"a:{number}{how}".encode() in body
                    assert rest == b""


def test_requests_in_pieces_and_in_a_row(client: Client) -> None:
    for how in ("form", "direct"):
        whole = message(how, "ASK {}  # pieces")
        expected = send(client, message(how, "ASK {}  # pieces", LONG_WAY))
        end = whole.index(b"\r\n\r\n") + 4
        for cut, pause in ((1, 0.05), (30, 0.05), (end, 0.05), (end, 0.6), (len(whole) - 1, 0.05)):
            assert send(client, whole[:cut], whole[cut:], pause=pause) == expected
    several = [
        message(how, f"SELECT (<a:row{number}> AS ?x) {{}}")
        for number, how in enumerate(("get", "form", "get", "direct", "get"))
    ]
    for pause in (0.0, 0.001):
        with socket.create_connection(("127.0.0.1", client.port), 10) as stream:
            for one in several if pause else [b"".join(several)]:
                stream.sendall(one)
                time.sleep(pause)
            rest = b""
            for number in range(len(several)):
                head, body, rest = answer(stream, rest)
                assert head.startswith(b"HTTP/1.1 200")
                assert f"a:row{number}".encode() in body


def test_a_closing_client_is_let_go(client: Client) -> None:
    for repeat in range(2):  # from a worker, then as it is kept
        with socket.create_connection(("127.0.0.1", client.port), 10) as stream:
            stream.sendall(message("get", "ASK {} # close", "Connection: close\r\n"))
            head, _, _ = answer(stream)
            assert b"\r\nConnection: close" in head, repeat
            assert stream.recv(10) == b""


def test_an_idle_client_is_let_go(client: Client) -> None:
    with socket.create_connection(("127.0.0.1", client.port), 10) as stream:
        stream.sendall(message("get", "ASK {} # idle"))
        answer(stream)
        start = time.monotonic()
        with contextlib.suppress(ConnectionResetError):
            assert stream.recv(10) == b""
        assert 1.5 < time.monotonic() - start < 4


SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"


def test_quick_calls_do_not_wait_behind_a_slow_one(client: Client) -> None:
    with ThreadPoolExecutor(60) as crowd:
        slow = [crowd.submit(send, client, message("get", f"{SLOW} # {n}")) for n in range(2)]
        times = []

        def quick(number: int) -> bool:
            start = time.monotonic()
            head, _ = send(client, message("get", f"ASK {{}} # quick {number}"))
            times.append(time.monotonic() - start)
            return head.startswith(b"HTTP/1.1 200")

        assert all(crowd.map(quick, range(400)))
        assert max(times) < 2
        assert {one.result()[0][9:12] for one in slow} == {b"504"}


def test_a_worker_that_dies_takes_no_other_call_with_it(client: Client) -> None:
    def ask(number: int) -> bytes:
        return send(client, message("get", f"{SELECT} # dies {number}"))[0][9:12]

    with ThreadPoolExecutor(40) as crowd:
        asking = [crowd.submit(ask, number) for number in range(300)]
        time.sleep(0.1)
        for pid in client.service.pool.pids:
            os.kill(pid, signal.SIGKILL)
        found = [one.result() for one in asking]
    assert set(found) <= {b"200", b"503"}
    assert found.count(b"503") <= LIMITS.workers


def test_clients_that_leave_at_once_cost_no_worker(client: Client) -> None:
    end = time.monotonic() + 10
    while len(client.service.pool.pids) < LIMITS.workers and time.monotonic() < end:
        time.sleep(0.05)
    before = client.service.pool.pids
    for number in range(50):
        with socket.create_connection(("127.0.0.1", client.port), 10) as stream:
            stream.sendall(message("get", f"{SELECT} # leaves {number}"))
    time.sleep(0.5)
    assert client.service.pool.pids == before
    assert send(client, message("get", "ASK {} # after"))[0].startswith(b"HTTP/1.1 200")


def test_a_long_answer_comes_whole(client: Client) -> None:
    query = "SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?s ?p ?o"
    short, long = (client.ask(f"/sparql?query={quote(query)}", **more) for more in ({}, {"TE": "trailers"}))
    assert len(short.body) > 64 << 10
    assert (short.status, short.body) == (long.status, long.body) == (200, short.body)
    assert short.headers["etag"] == long.headers["etag"]


def test_a_plain_query_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    client.running.server.logs = True
    try:
        with caplog.at_level(logging.INFO, "kg.serve"):
            send(client, message("get", "ASK {} # logged"))
    finally:
        client.running.server.logs = False
    assert re.fullmatch(
        r"127\.0\.0\.1 GET /sparql\?query=ASK%20%7B%7D%20%23%20logged 200 \d+ [\d.]+ms", caplog.messages[-1]
    )


WORDS = (  # noqa: SIM905
    "SELECT ASK DESCRIBE PREFIX BASE FROM NAMED GRAPH SERVICE service NOW( rand UUID BNODE knowing İ ı ſ K ß "
    "<http://x/> <a:b#c> kg: select: x:y service:z ?s $x { } ( ) [ ] * \" ' # \n \r \\u0053 \\ , . 'a' \"b\" @en 碳"
).split(" ")


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="%0123456789ABCDEFabcdef+=;{}? é碳", max_size=30))
def test_values_are_read_as_the_library_reads_them(text: str) -> None:
    data = b"query=" + text.encode()
    try:
        expected = parse_qsl(data.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        with pytest.raises(asked.BadRequest):
            asked.pairs(data)
    else:
        assert asked.pairs(data) == expected


def test_reading_a_request_takes_no_time_whatever_it_is() -> None:
    start = time.monotonic()
    for middle in (b"X: " + b" " * 60_000, b"X: a\r\n" * 10_000, b"X:" + b"a:" * 30_000):
        assert (
            wire.read(b"GET /sparql?query=ASK HTTP/1.1\r\n" + middle + b"\r\n\x00", LIMITS, frozenset())
            is None
        )
    assert time.monotonic() - start < 1
