"""What strangers do to a public endpoint: queries without end, floods, slow and broken clients, tricks."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kg.server.limits import MIB, Limits
from tests.serving import Client, sample_store, serving, wait_until

TIMEOUT = 2.0
LIMITS = Limits(
    timeout=TIMEOUT, memory=512 * MIB, rows=200_000, header_time=1, body_time=1, write_time=2, idle_time=5,
    connections=60, waiting=40, waiting_time=30, slow=0.3, spared=0.6, whole=64 << 10,
)  # fmt: skip
PAIRS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
COUNT = PAIRS.replace("*", "(COUNT(*) AS ?n)")
VALUES = "VALUES ?{0} {{ " + " ".join(str(number) for number in range(1000)) + " }}"
GROWING = (
    "SELECT * { " + " ".join(VALUES.format(name) for name in "abcd")
    + " } ORDER BY CONCAT(STR(?a), STR(?b), STR(?c), STR(?d))"
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    hostile = (
        "<https://w3id.org/regiograph/place/hostile> <http://www.w3.org/2004/02/skos/core#prefLabel>"
        ' "<script>alert(1)</script>\\"\'&<img src=x onerror=alert(2)>"@en .\n',
        "<https://w3id.org/regiograph/place/hostile> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        " <https://w3id.org/regiograph/ns#City> .\n",
        "<https://w3id.org/regiograph/place/hostile> <https://w3id.org/regiograph/ns#note>"
        ' "javascript:alert(3)" <https://w3id.org/regiograph/graph/reference> .\n',
        "<https://w3id.org/regiograph/statement/odd> <http://www.w3.org/2000/01/rdf-schema#seeAlso>"
        " <javascript:alert(4)> <https://w3id.org/regiograph/graph/reference> .\n",
    )
    return sample_store(tmp_path_factory.mktemp("store"), hostile)


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with serving(folder, LIMITS) as found:
        yield found


@pytest.fixture(autouse=True)
def alive(client: Client) -> Iterator[None]:
    """After each abuse the server answers, with all its workers."""
    yield
    wait_until(lambda: len(client.pool.pids) == LIMITS.workers and not client.pool.load.slow)
    assert client.query("ASK {}").status == 200
    assert client.ask("/ready").status == 200


def _deep(opening: str, number: int, inner: str = "", closing: str = "") -> str:
    return opening * number + inner + closing * number


DEEP = {
    "braces": "SELECT * " + _deep("{", 2000, "?s ?p ?o", "}"),
    "brackets": "SELECT * { FILTER " + _deep("(", 2000, "1", ")") + " }",
    "nots": "SELECT * { FILTER (" + "!" * 100_000 + "true) }",
    "minus": "SELECT (" + "-" * 50_000 + "1 AS ?x) {}",
    "plus": "SELECT (" + "1+" * 50_000 + "1 AS ?x) {}",
    "or": "SELECT * { FILTER (" + "true||" * 30_000 + "true) }",
    "unions": "SELECT * { {}" + " UNION {}" * 20_000 + " }",
    "path": "SELECT * { ?s kg:a" + "/kg:a" * 20_000 + " ?o }",
    "alternatives": "SELECT * { ?s kg:a" + "|kg:a" * 20_000 + " ?o }",
    "inverse": "SELECT * { ?s " + "^" * 100_000 + "kg:a ?o }",
    "optionals": "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 8000 + " }",
    "chain": "SELECT * { " + " ".join(f"?v{n} kg:a ?v{n + 1} ." for n in range(5000)) + " }",
    "functions": "SELECT (" + _deep("STR(", 120, "1", ")") + " AS ?x) {}",
    "subselects": "SELECT * { " + _deep("{ SELECT * { ", 60, "?s ?p ?o", " } }") + " }",
    "binds": "SELECT * { " + " ".join(f"BIND (1 AS ?b{n})" for n in range(5000)) + " }",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_and_long_queries_end(client: Client, name: str) -> None:
    answer = client.query(DEEP[name])
    assert answer.status in (200, 400, 503, 504), answer.text
    if answer.status in (503, 504):
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("query", [COUNT, PAIRS + " ORDER BY ?a", GROWING, f"SELECT * {{ {COUNT[:-1]} }} }}"])
def test_endless_queries_are_ended(client: Client, query: str) -> None:
    answer = client.query(query)
    assert answer.status in (400, 503, 504)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_memory_is_bounded(client: Client) -> None:
    peak = 0
    stop = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.is_set():
            for pid in client.pool.pids:
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                peak = max(
                    peak, *(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line), 0
                )
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    answer = client.query(GROWING)
    stop.set()
    watcher.join()
    assert answer.status in (503, 504)
    assert 0 < peak < LIMITS.memory // 1024


def test_others_are_served_meanwhile(client: Client) -> None:
    """Ten endless queries for eight places: each quick query is answered while they run."""
    with ThreadPoolExecutor(12) as crowd:
        endless = [crowd.submit(client.query, COUNT + f" # {number}") for number in range(10)]
        wait_until(lambda: client.pool.load.slow > 0)
        answers = [client.query(f"SELECT ?s {{ ?s a kg:Region }} # {number}") for number in range(20)]
        assert {answer.status for answer in answers} == {200}
        ended = [one.result() for one in endless]
    assert {answer.status for answer in ended} <= {503, 504}
    assert all("retry-after" in answer.headers for answer in ended)


def test_a_long_answer_that_is_cut_never_looks_complete(client: Client) -> None:
    with socket.create_connection(("127.0.0.1", client.port), 10) as plain:
        query = PAIRS.replace(" ", "%20").replace("?", "%3F")
        plain.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        received = bytearray()
        try:
            while data := plain.recv(1 << 16):
                received += data
        except ConnectionResetError:
            pass
    assert received.startswith(b"HTTP/1.1 200")
    assert b"chunked" in received[:600].lower()
    assert not received.endswith(b"0\r\n\r\n")


def test_rows_are_limited(folder: Path) -> None:
    two = "SELECT ?a ?b { " + " ".join(VALUES.format(name) for name in "ab") + " }"
    with serving(folder, Limits(rows=20_000, slow=60, timeout=60, whole=64 << 10)) as found:
        for form in ("json", "xml", "csv", "tsv"):
            with pytest.raises(Exception, match=r"(?i)incomplete|reset|aborted|closed"):
                found.query(two, format=form)
            assert found.query(two + " LIMIT 20000", format=form).status == 200
            with pytest.raises(Exception, match=r"(?i)incomplete|reset|aborted|closed"):
                found.query(two + " LIMIT 20001", format=form)
        triples = two.replace("SELECT ?a ?b", "CONSTRUCT { kg:a kg:b ?a , ?b }") + " LIMIT 20000"
        assert found.query(triples.replace("?a , ?b", "?a"), format="nt").status == 200


def leave(client: Client, sent: bytes) -> None:
    """Send a request, wait until a worker has it, and leave."""
    with socket.create_connection(("127.0.0.1", client.port), 10) as plain:
        plain.sendall(sent)
        wait_until(lambda: bool(client.pool.load.busy))


def test_a_client_that_goes_away_stops_its_query(client: Client) -> None:
    before = set(client.pool.pids)
    query = COUNT.replace(" ", "%20").replace("?", "%3F")
    leave(client, f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    wait_until(lambda: bool(before - set(client.pool.pids)))
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in before - set(client.pool.pids)))


LEFT = [
    "/sparql?query=ASK%20%7B%7D", "/", "/query", "/question/promoters", "/place/sample-city.html", "/ns.ttl",
    "/place/sample-city", "/reconcile", "/reconcile?query=sample", "/reconcile/suggest/entity?prefix=s", "/sparql",
    "/.well-known/void", "/health", "/ready", "/robots.txt", "/static/site.css", "/nowhere",
]  # fmt: skip


def test_who_connects_and_leaves_replaces_no_worker(folder: Path) -> None:
    """On any address: to start a worker costs more than to let a quick answer end."""
    with serving(folder, Limits(slow=60, timeout=60)) as found:
        before = found.pool.pids
        for path in LEFT * 6:
            with socket.create_connection(("127.0.0.1", found.port), 10) as plain:
                plain.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert found.query("ASK {}").status == 200
        wait_until(lambda: not found.pool.load.busy)
        assert found.pool.pids == before


@pytest.mark.parametrize(
    "sent",
    [
        b"", b"GET /sparql HTTP/1.1\r\nHost: loc",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
        b"Content-Length: 100\r\n\r\nASK",
    ],
    ids=["nothing", "half a head", "half a body"],
)  # fmt: skip
def test_slow_senders_are_sent_away(client: Client, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", client.port), 60) as plain:
        plain.sendall(sent)
        received = b""
        try:
            while data := plain.recv(4096):
                received += data
        except ConnectionResetError:
            pass
        assert b"200 OK" not in received


def test_drops_of_a_head_do_not_buy_time(client: Client) -> None:
    with socket.create_connection(("127.0.0.1", client.port), 10) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nX: ")
        with pytest.raises(ConnectionError):  # noqa: PT012  one of the drops meets a closed connection
            for _ in range(600):
                plain.sendall(b"x")
                time.sleep(0.1)


def test_a_client_that_never_reads_is_let_go(client: Client) -> None:
    query = f"SELECT * {{ {VALUES.format('a')} {VALUES.format('b')} }} LIMIT 190000".replace(" ", "%20")
    with socket.create_connection(("127.0.0.1", client.port), 10) as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        body = f"query={query}".encode()
        plain.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        wait_until(lambda: bool(client.pool.load.busy))
        wait_until(lambda: not client.pool.load.busy)


def test_too_many_connections_are_refused(client: Client) -> None:
    held = [socket.create_connection(("127.0.0.1", client.port), 10) for _ in range(LIMITS.connections + 5)]
    try:
        held[-1].sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b" 503 " in held[-1].recv(4096)
    finally:
        for one in held:
            one.close()
    wait_until(lambda: client.ask("/health").status == 200)


def test_trickling_heads_do_not_hinder_others(folder: Path) -> None:
    with serving(folder, Limits(header_time=60)) as found:
        held = [socket.create_connection(("127.0.0.1", found.port), 10) for _ in range(250)]
        for one in held:
            one.sendall(b"GET /health HTTP/1.1\r\nHost: loc")
        assert {found.query(f"ASK {{}} # {number}").status for number in range(20)} == {200}
        for one in held:
            one.sendall(b"alhost\r\n\r\n")
        assert {one.recv(12) for one in held} == {b"HTTP/1.1 200"}
        for one in held:
            one.close()


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost@evil", "127.0.0.1:<x>",
        '127.0.0.1:"x', "127.0.0.1:80:80", "127.0.0.1:", "localhost:http", "[::1", "::1", "[localhost]", "[::1]x",
        "127.0.0.1/", "127.0.0.1 evil", "127.1", "localhost,evil",
    ],
)  # fmt: skip
def test_rebound_names_are_refused(client: Client, host: str) -> None:
    for path in ("/sparql?query=ASK%20%7B%7D", "/sparql", "/.well-known/void", "/reconcile", "/health"):
        assert client.ask(path, Host=host).status == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1", "[::1]:7878"])
def test_local_names_are_served(client: Client, host: str) -> None:
    assert client.ask("/sparql?query=ASK%20%7B%7D", Host=host).status == 200


RAW = [
    b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n",
    b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET http://evil.example/sparql?query=ASK%20%7B%7D HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET /sparql?query=ASK%20%7B%7D HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: 1\r\n" * 5000 + b"\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /static/..%2f..%2fapp.py HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /place/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /place/%ff%fe.html HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /%0d%0aSet-Cookie:x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET //evil.example/%2f.. HTTP/1.1\r\nHost: localhost\r\n\r\n",
]


@pytest.mark.parametrize("sent", RAW, ids=lambda sent: repr(sent[:30]))
def test_tricks_get_a_refusal_and_no_traceback(client: Client, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", client.port), 10) as plain:
        plain.sendall(sent)
        received = b""
        try:
            plain.settimeout(3)
            while b"\r\n\r\n" not in received and (data := plain.recv(1 << 16)):
                received += data
        except (ConnectionResetError, TimeoutError):
            pass
    assert received.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), received[:200]
    assert b"Traceback" not in received
    assert b"root:" not in received
    assert b"Set-Cookie" not in received


def test_a_body_that_comes_with_its_head_is_no_part_of_it(client: Client) -> None:
    body = b"#" * 60_000 + b"\nASK {}"
    head = (
        "POST /sparql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/sparql-query\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", client.port), 10) as plain:
        plain.sendall(head.encode() + body)
        received = b""
        while data := plain.recv(1 << 16):
            received += data
    assert received.startswith(b"HTTP/1.1 200")
    assert received.endswith(b'{"head":{},"boolean":true}')


def test_hostile_labels_stay_text(client: Client) -> None:
    for path in ("/place/hostile.html", "/reconcile/preview?id=place/hostile", "/statement/odd.html"):
        answer = client.ask(path)
        assert answer.status == 200
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert 'href="javascript:' not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    hostile = "%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    for path in (f"/query?query={hostile}", f"/question/promoters?topic={hostile}"):
        assert "<script>alert" not in client.ask(path).text


def test_no_request_goes_out(client: Client) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.3)
        where = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for query in (
            f"SELECT * {{ SERVICE <{where}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ ?s ?p trueSERVICE<{where}>{{ ?s ?p ?o }} }}",
            f"SELECT * {{ FILTER(1<2)SERVICE#>\n<{where}>{{ ?s ?p ?o }} }}",
            f"SELECT * {{ VALUES ?x {{ <{where}> }} SERVICE SILENT ?x {{ ?s ?p ?o }} }}",
            f"LOAD <{where}>",
        ):
            assert client.query(query).status == 400
        for unknown in (f"SELECT * FROM <{where}> {{ ?s ?p ?o }}", f"ASK FROM NAMED <{where}> {{}}"):
            assert client.query(unknown).status == 200
        assert client.query("ASK { ?s ?p ?o }", **{"default-graph-uri": where}).text.endswith("false}")
        with pytest.raises(TimeoutError):
            listener.accept()


def test_fuzzed_queries_never_break_it(client: Client) -> None:
    draw = random.Random(11)
    words = (
        "SELECT * { } ( ) ?s < > <a:b> ' \" \\ # FILTER ! || UNION \\u0041 1e5 ; . , [ ] ^^ @en VALUES UNDEF"
        " GROUP BY LIMIT -1 BIND AS kg:a GRAPH OPTIONAL 碳"
    )
    pieces = [*words.split(), "\n", "\x00", "\U0001f600"]
    seen: set[int] = set()
    for _ in range(150):
        text = " ".join(draw.choice(pieces) for _ in range(draw.randrange(1, 40)))
        seen.add(client.query(text).status)
    assert seen <= {200, 400, 503, 504}
    assert 400 in seen


@pytest.mark.parametrize(
    "call", ["socket.socket()", "socket.socketpair", "io_uring"], ids=["socket", "passed on", "io_uring"]
)
def test_the_network_is_closed_to_workers(call: str) -> None:
    asked = {
        "socket.socket()": "socket.socket()",
        "socket.socketpair": "a, b = socket.socketpair()\na.close(); b.close(); raise SystemExit(3)",
        "io_uring": "libc = ctypes.CDLL(None, use_errno=True)\n"
        "assert libc.syscall(425, 1, 0) == -1\nraise OSError(ctypes.get_errno(), 'refused')",
    }[call]
    text = f"from kg.server import limits; import ctypes, socket\nassert limits.close_network()\n{asked}"
    ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    if call == "socket.socketpair":
        assert ended.returncode == 3, "two ends within a process reach nobody"
    else:
        assert "PermissionError" in ended.stderr
        assert ended.returncode == 1
