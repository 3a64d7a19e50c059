"""The pool under pressure: every answer reaches the one who asked, slow readers too, and at the end all are heard."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.server import app
from kg.server.call import Call
from kg.server.limits import Limits
from kg.server.pool import Pool
from kg.server.process import Worker
from tests.serving import sample_store, serving

LONG = "SELECT * { GRAPH ?g { ?s ?p ?o } VALUES ?n { 1 2 3 4 5 6 7 8 } }"
MEDIUM = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?a = ?f) }"
SLOW = "SELECT (COUNT(*) AS ?n) { GRAPH graph:ontology { ?a ?b ?c } GRAPH graph:ontology { ?d ?e ?f } }"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("store"))


def request(query: str, more: str = "") -> bytes:
    return f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


def test_calls_are_taken_back_by_their_numbers(store: Path) -> None:
    box = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for end in box:
        end.setblocking(False)
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process, box[0], box[1]:
        worker = Worker(process, box)
        calls = [Call(0.0, b"request") for _ in range(7)]
        assert all(worker.post(call.number, call.request) for call in calls)
        worker.calls.extend(calls)
        box[1].recv(100)  # the worker begins the first
        assert worker.take_back() == {call.number for call in calls[1:]}
        pool = Pool(str(store), Limits())
        pool._again(worker, {calls[2].number, calls[5].number})  # as if it had read the others meanwhile
        assert list(worker.calls) == [calls[at] for at in (0, 1, 3, 4, 6)]
        assert list(pool._waiting) == [calls[2], calls[5]]


def test_every_answer_reaches_the_one_who_asked(store: Path) -> None:
    with serving(store, Limits(timeout=2, long=0.5)) as client:

        def ask(number: int) -> set[bytes]:
            found = set()
            with socket.create_connection(("127.0.0.1", client.port), 20) as stream:
                answers = stream.makefile("rb")
                for turn in range(40):
                    mark = f"asked-by-{number}-{turn}"
                    slow = turn == number % 40
                    query = (
                        MEDIUM.replace("(COUNT", f"('{mark}' AS ?m) (COUNT") if slow else f"ASK {{}} # {mark}"
                    )
                    query = query if slow else f"SELECT ('{mark}' AS ?m) {{}}"
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
    with serving(store, Limits(write_time=1.5)) as client:
        whole = client.ask(f"/sparql?query={quote(LONG)}").body
        assert len(whole) > 1 << 20
        with socket.socket() as stream:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 10)
            stream.settimeout(10)
            stream.connect(("127.0.0.1", client.port))
            stream.sendall(request(LONG, "Connection: close\r\nTE: trailers\r\n"))
            got, begin = 0, time.monotonic()
            while data := stream.recv(16 << 10):
                got += len(data)
                time.sleep(0.01)
        assert time.monotonic() - begin > 2
        assert got > len(whole)


def test_at_the_end_who_asked_before_is_answered(store: Path) -> None:
    async def run() -> tuple[bytes, float]:
        limits = Limits(workers=1, long=30)
        async with app.running(str(store), limits=limits, quiet=True) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(request(SLOW))
            await asyncio.sleep(0.1)
            begin = time.monotonic()
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        return head, time.monotonic() - begin

    with ThreadPoolExecutor(1) as apart:  # where no other test has left a loop
        head, seconds = apart.submit(lambda: asyncio.run(run())).result()
    assert head.startswith(b"HTTP/1.1 200")
    assert seconds < 5
