"""Throughput of ``kg serve`` beside Oxigraph's own server: 200 clients, small queries, the same run.

    python tests/bench/serve.py BUILD_FOLDER [--clients 200] [--seconds 10]

Each client asks one query after another over entities of the graph. ``repeated`` draws from a few hundred
queries, as people and pages do; ``unlike`` makes every query a new text, so that nothing that was kept can
answer it; ``anew`` makes it a new text on a new connection. Both servers read the same store, one after the
other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

from kg.query import graph
from kg.server import source
from kg.store import oxigraph as oxigraph_store

QUERIES = (
    "SELECT ?p ?o WHERE {{ <{thing}> ?p ?o }} LIMIT 20",
    "SELECT ?s WHERE {{ ?s ?p <{thing}> }} LIMIT 20",
    "SELECT ?l WHERE {{ <{thing}> <http://www.w3.org/2004/02/skos/core#prefLabel> ?l "
    'FILTER(lang(?l) = "en") }}',
    "ASK {{ <{thing}> a ?kind }}",
)


KINDS = ("repeated", "unlike", "anew")


async def client(port: int, texts: list[str], end: float, *, kind: str, times: list[float]) -> int:
    """One client until the end; returns how many answers were not 200."""
    failed = 0
    numbers = itertools.count(random.randrange(1 << 40))
    while time.perf_counter() < end:
        opened = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while time.perf_counter() < end:
                text = random.choice(texts) + ("" if kind == "repeated" else f" # {next(numbers)}")
                start = opened if kind == "anew" else time.perf_counter()
                writer.write(
                    f"GET {PATH}?query={quote(text)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                    "Accept: application/sparql-results+json\r\n\r\n".encode()
                )
                head = await reader.readuntil(b"\r\n\r\n")
                if b"chunked" in head.lower():
                    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
                        await reader.readexactly(size + 2)
                    await reader.readexactly(2)
                else:
                    length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
                    await reader.readexactly(int(length))
                times.append(time.perf_counter() - start)
                failed += b" 200 " not in head[:16]
                if kind == "anew":
                    break
        writer.close()
    return failed


PATH = "/sparql"


async def load(port: int, texts: list[str], clients: int, seconds: float, *, kind: str) -> dict[str, object]:
    """Run all clients and sum up."""
    times: list[float] = []
    start = time.perf_counter()
    end = start + seconds
    failed = await asyncio.gather(*(client(port, texts, end, kind=kind, times=times) for _ in range(clients)))
    spent = time.perf_counter() - start
    times.sort()
    return {
        "per_second": round(len(times) / spent),
        "p50_ms": round(statistics.median(times) * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "failed": sum(failed),
    }


@contextlib.asynccontextmanager
async def oxigraph(where: str) -> AsyncIterator[int]:
    """Oxigraph's own server over the same store."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = Path(sys.executable).with_name("oxigraph")
    process = subprocess.Popen(
        [command, "serve-read-only", "--location", where, "--bind", f"127.0.0.1:{port}"],
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            await asyncio.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


@contextlib.asynccontextmanager
async def ours(where: str) -> AsyncIterator[int]:
    """``kg serve`` as a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "serve", "--graph", where, "--port", "0", "--quiet"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        line = process.stdout.readline()
        yield int(line.rsplit(":", 1)[1].strip().strip("/"))
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Measure both and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    given = parser.parse_args()
    opened = graph.open_graph(given.folder)
    things = [
        row["s"] for row in oxigraph_store.select(opened.store, "SELECT DISTINCT ?s { ?s a ?k }").values()
    ]
    random.seed(7)
    texts = [
        random.choice(QUERIES).format(thing=thing) for thing in random.sample(things, min(400, len(things)))
    ]
    where = source.locate(given.folder)

    async def run() -> None:
        global PATH
        for name, started, path in (
            ("oxigraph", oxigraph(where), "/query"),
            ("kg", ours(str(given.folder)), "/sparql"),
        ):
            PATH = path
            async with started as port:
                for kind in KINDS:
                    await load(port, texts, 20, 1, kind=kind)
                    found = await load(port, texts, given.clients, given.seconds, kind=kind)
                    print(json.dumps({"server": name, "queries": kind, **found}), flush=True)

    print(json.dumps({"cores": os.cpu_count(), "clients": given.clients, "queries": len(texts)}))
    asyncio.run(run())


if __name__ == "__main__":
    main()
