"""The pool under pressure: every answer reaches the one who asked, dead workers are replaced, and a stop waits."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import time
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn

from kg.server import app as server
from kg.server.limits import Limits
from kg.server.pool import Pool, WorkerDied
from tests.serving import sample_store, serving, wait_until

LONG = "SELECT * { GRAPH ?g { ?s ?p ?o } VALUES ?n { 1 2 3 4 5 6 7 8 } }"
MEDIUM = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a = ?f) }"
SLOW = "SELECT (COUNT(*) AS ?n) { GRAPH graph:ontology { ?a ?b ?c } GRAPH graph:ontology { ?d ?e ?f } }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("store"))


def request(query: str, more: str = "") -> bytes:
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


def test_every_answer_reaches_the_one_who_asked(store: Path) -> None:
    with serving(store, Limits(timeout=30, slow=0.5)) as client:

        def ask(number: int) -> set[bytes]:
            found = set()
            with socket.create_connection(("127.0.0.1", client.port), 60) as stream:
                answers = stream.makefile("rb")
                for turn in range(40):
                    mark = f"asked-by-{number}-{turn}"
                    slow = turn == number % 40
                    query = (
                        MEDIUM.replace("(COUNT", f"('{mark}' AS ?m) (COUNT")
                        if slow
                        else f"SELECT ('{mark}' AS ?m) {{}}"
                    )
                    stream.sendall(request(query))
                    head = b""
                    while (line := answers.readline()) not in (b"\r\n", b""):
                        head += line.lower()
                    body = answers.read(int(head.split(b"content-length:")[1].split()[0]))
                    found.add(head[9:12] if mark.encode() in body else b"another's: " + body)
            return found

        with ThreadPoolExecutor(40) as crowd:
            assert set().union(*crowd.map(ask, range(40))) == {b"200"}


def test_a_slow_reader_gets_all_of_a_long_answer(store: Path) -> None:
    with serving(store, Limits(write_time=1.5, timeout=60)) as client:
        whole = client.ask(f"/sparql?query={quote(LONG)}").body
        assert len(whole) > 1 << 20
        with socket.socket() as stream:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
            stream.settimeout(30)
            stream.connect(("127.0.0.1", client.port))
            stream.sendall(request(LONG, "Connection: close\r\n"))
            got = 0
            while data := stream.recv(16 << 10):
                got += len(data)
                time.sleep(0.01)
        assert got > len(whole)


def test_at_the_end_who_asked_before_is_answered(store: Path) -> None:
    with serving(store, Limits(slow=30, timeout=60)) as client, ThreadPoolExecutor(1) as crowd:
        answer = crowd.submit(client.ask, f"/sparql?query={quote(SLOW)}")
        wait_until(lambda: client.pool.load.busy == 1)
        client.stop()
        assert answer.result().status == 200


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT, signal.SIGSEGV])
def test_a_worker_that_dies_is_explained_and_replaced(store: Path, number: signal.Signals) -> None:
    with serving(store, Limits(slow=60, timeout=60)) as client, ThreadPoolExecutor(1) as crowd:
        before = client.pool.pids
        answer = crowd.submit(client.query, ENDLESS)
        wait_until(lambda: client.pool.load.busy == 1)
        for pid in before:
            os.kill(pid, number)
        status, text = answer.result().status, answer.result().text
        assert (status, "complex" in text, "memory" in text) == (
            (400, True, False) if number == signal.SIGSEGV else (503, False, True)
        )
        wait_until(lambda: len(client.pool.pids) == 4 and not set(client.pool.pids) & set(before))
        assert client.query("ASK {}").status == 200


def test_ready_tells_of_living_workers(store: Path, tmp_path: Path) -> None:
    """Without its folder no worker can be replaced, so that what is left can be seen."""
    folder = Path(shutil.copytree(store, tmp_path / "store"))
    with serving(folder, Limits(waiting_time=0.5)) as client:
        assert client.ask("/ready").status == 200
        shutil.rmtree(folder)
        for pid in client.pool.pids:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: client.ask("/ready").status == 503)
        assert client.ask("/health").status == 200
        answer = client.query("ASK {}")
        assert (answer.status, "retry-after" in answer.headers) == (503, True)
        shutil.copytree(store, folder)
        wait_until(lambda: client.ask("/ready").status == 200)
        assert client.query("ASK {}").status == 200


def test_a_slow_query_leaves_the_next_one_alone(store: Path) -> None:
    """A worker that was moved to the slow lane is not used again; its place is filled by one other."""
    with serving(store, Limits(slow=0.2, timeout=2)) as client:
        before = set(client.pool.pids)
        assert client.query(ENDLESS).status == 504
        wait_until(lambda: len(client.pool.pids) == 4 and client.pool.load.slow == 0)
        assert len(set(client.pool.pids) & before) == 3
        after = client.pool.pids
        assert {client.query(f"ASK {{}} # {number}").status for number in range(50)} == {200}
        assert client.pool.pids == after


def test_only_so_many_wait(store: Path) -> None:
    limits = Limits(workers=1, slow=60, timeout=60, waiting=2, waiting_time=60)
    with serving(store, limits) as client, ThreadPoolExecutor(4) as crowd:
        asked = [crowd.submit(client.query, ENDLESS)]
        wait_until(lambda: client.pool.load.busy == 1)
        asked += [crowd.submit(client.query, "ASK {}") for _ in range(2)]
        wait_until(lambda: client.pool.load.waiting == 2)
        assert client.query("ASK {}").status == 503
        os.kill(client.pool.pids[0], signal.SIGKILL)
        assert [one.result().status for one in asked] == [503, 200, 200]


def run_apart(coroutine: Coroutine[object, object, None]) -> None:
    """Run a coroutine in a thread: in this one the browser tests may have left a loop that runs."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, coroutine).result()


def test_a_pool_that_cannot_start_says_so(store: Path, tmp_path: Path) -> None:
    async def start() -> None:
        pool = Pool(str(tmp_path / "nowhere"), "version", Limits())
        try:
            await pool.start()
        finally:
            await pool.stop()

    with pytest.raises(WorkerDied):
        run_apart(start())


def test_the_server_stops_while_workers_start(store: Path) -> None:
    app = server.create_app(str(store))
    running = uvicorn.Server(server.configure_uvicorn(app))
    running.should_exit = True
    with socket.create_server(("127.0.0.1", 0)) as listener:
        run_apart(running.serve(sockets=[listener]))
    assert app.state.pool.pids == []


@pytest.mark.parametrize("dies", [False, True])
def test_who_is_behind_a_slow_query_is_answered(store: Path, dies: bool) -> None:
    """The second query comes while the first has just begun; it goes to the worker that takes the place."""
    with (
        serving(store, Limits(workers=1, slow=0.4, timeout=60)) as client,
        socket.create_connection(("127.0.0.1", client.port), 60) as slow,
        socket.create_connection(("127.0.0.1", client.port), 60) as quick,
    ):
        (pid,) = client.pool.pids
        slow.sendall(request(ENDLESS))
        quick.sendall(request("ASK {}"))
        if dies:
            wait_until(lambda: client.pool.load.busy > 0)
            os.kill(pid, signal.SIGKILL)
            assert slow.recv(12) == b"HTTP/1.1 503"
        assert quick.recv(12) == b"HTTP/1.1 200"
