"""Speed of ``kg serve`` beside Oxigraph's own server, both in one run over the same store, measured by wrk.

    python tests/bench/serve.py BUILD_FOLDER [--seconds 5] [--rounds 5]

Fifty kept connections ask queries that all differ: ``look-ups`` of some triples of an entity, the
``questions`` of the catalogue with entities as parameters, and ``mixed``, nine look-ups to one question, as
when a page or a notebook asks. Then eight clients ask look-ups alone, beside four slow queries, and beside
250 clients that send a byte of a head now and then. Each figure is the median of the rounds. Needs wrk
(Debian) and the ``oxigraph`` command.

A round of questions must last long beside the slowest of them: each of fifty connections may sit in one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from kg import iris
from kg.compile import reference
from kg.query import graph
from kg.query.graph import Graph
from kg.read import queries
from kg.server.app import locate_graph

LOOK_UPS = (
    "SELECT ?p ?o {{ <{0}> ?p ?o }} LIMIT 20",
    "SELECT ?s {{ ?s ?p <{0}> }} LIMIT 20",
    'SELECT ?l {{ <{0}> <http://www.w3.org/2004/02/skos/core#prefLabel> ?l FILTER (lang(?l) = "en") }}',
    "ASK {{ <{0}> a ?kind }}",
)
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SCRIPT = """
local queries, n = {}, 0
for line in io.lines("FILE") do queries[#queries + 1] = line end
function init(args) math.randomseed(os.time()); n = math.random(1, 1000000000) end
function request()
  n = n + 1
  return wrk.format("GET", "PATH?query=" .. queries[math.random(#queries)] .. "%20%23" .. n,
    {Accept = "application/sparql-results+json"})
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{"per_second": %.0f, "p50_ms": %.1f, "p99_ms": %.1f, "failed": %d}',
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
"""
Figures = dict[str, float]


def look_ups(opened: Graph) -> list[str]:
    things = sorted(opened.names.entities)
    return [random.choice(LOOK_UPS).format(iris.iri(random.choice(things))) for _ in range(2000)]


def questions(opened: Graph) -> list[str]:
    """Questions of the catalogue, each with an entity for one of its parameters."""
    entities = sorted(opened.names.entities)
    found = []
    for question in queries.catalogue().values():
        for parameter in question.parameters:
            fitting = [one for one in entities if one.partition("/")[0] in parameter.type.split("|")]
            if fitting and not any(other.needed for other in question.parameters if other != parameter):
                found += [
                    question.bind({parameter.name: f"<{iris.iri(random.choice(fitting))}>"})
                    for _ in range(40)
                ]
    return [reference.standing_alone(query) for query in found]


def mixed(found: list[str], asked: list[str]) -> list[str]:
    """Nine look-ups to one question."""
    return [query for question in asked for query in (question, *random.sample(found, 9))]


def measure(port: int, path: str, texts: list[str], connections: int, seconds: float) -> Figures:
    """Let wrk ask for a while."""
    with tempfile.TemporaryDirectory() as folder:
        file, script = Path(folder) / "queries.txt", Path(folder) / "ask.lua"
        file.write_text("\n".join(quote(text, safe="") for text in texts))
        script.write_text(SCRIPT.replace("FILE", str(file)).replace("PATH", path))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(script)]
        ended = subprocess.run(
            [*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True
        )
    found: Figures = json.loads(ended.stdout[ended.stdout.index('{"per_second"') :])
    return found


def median(rounds: list[Figures]) -> Figures:
    """The median of each figure; of failures the sum."""
    found = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    return {**found, "failed": sum(one["failed"] for one in rounds)}


@contextlib.contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def both(folder: Path) -> Iterator[dict[str, tuple[int, str]]]:
    """Both servers over one store: name to port and path."""
    command = shutil.which("oxigraph") or str(Path(sys.executable).with_name("oxigraph"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    store = locate_graph(folder)
    reading = [command, "serve-read-only", "--location", store, "--bind", f"127.0.0.1:{port}"]
    serving = [sys.executable, "-m", "kg", "serve", "--graph", str(folder), "--port", "0", "--quiet"]
    with started(reading), started(serving) as kg:
        assert kg.stdout
        ours = int(kg.stdout.readline().rsplit(":", 1)[1].strip("/ \n"))
        for _ in range(200):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.05)
        yield {"oxigraph": (port, "/query"), "kg": (ours, "/sparql")}


@contextlib.contextmanager
def slow_queries(port: int, number: int) -> Iterator[None]:
    """So many slow queries run all the while."""
    stop = threading.Event()

    def ask(at: int) -> None:
        while not stop.is_set():
            url = f"http://127.0.0.1:{port}/sparql?query={quote(f'{SLOW} # {at} {time.time()}')}"
            with contextlib.suppress(urllib.error.HTTPError, OSError):
                urllib.request.urlopen(url, timeout=60).close()

    threads = [threading.Thread(target=ask, args=(at,), daemon=True) for at in range(number)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    yield
    stop.set()


@contextlib.contextmanager
def trickling(port: int, number: int) -> Iterator[None]:
    """So many clients send a byte of a head every half second."""
    stop = threading.Event()

    def send() -> None:
        head = b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 100
        held: list[socket.socket] = []
        sent = [0] * number
        while not stop.wait(0.5):
            for at in range(number):
                if at >= len(held):
                    held.append(socket.create_connection(("127.0.0.1", port), 5))
                try:
                    held[at].sendall(head[sent[at] : sent[at] + 1])
                    sent[at] = min(sent[at] + 1, len(head) - 1)
                except OSError:
                    held[at].close()
                    sent[at] = 0
                    held[at] = socket.create_connection(("127.0.0.1", port), 5)
        for one in held:
            one.close()

    thread = threading.Thread(target=send)
    thread.start()
    time.sleep(2)
    yield
    stop.set()
    thread.join()


def main() -> None:
    """Measure and print one JSON object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    random.seed(7)
    opened = graph.open_graph(str(given.folder))
    mixes = {"look-ups": look_ups(opened), "questions": questions(opened)}
    mixes["mixed"] = mixed(mixes["look-ups"], mixes["questions"])
    print(json.dumps({"cores": os.cpu_count(), **{name: len(texts) for name, texts in mixes.items()}}))
    with both(given.folder) as servers:
        for mix, texts in mixes.items():
            rounds: dict[str, list[Figures]] = {name: [] for name in servers}
            for at in range(given.rounds + 1):  # the first one warms up
                for name, (port, path) in servers.items():
                    found = measure(port, path, texts, 50, given.seconds if at else 1)
                    rounds[name] += [found] if at else []
            for name, figures in rounds.items():
                print(json.dumps({"mix": mix, "server": name, "clients": 50, **median(figures)}), flush=True)
        port, path = servers["kg"]
        for beside, hinder in (
            ("nobody", contextlib.nullcontext()),
            ("4 slow queries", slow_queries(port, 4)),
            ("250 trickling heads", trickling(port, 250)),
        ):
            with hinder:
                figures = [
                    measure(port, path, mixes["look-ups"], 8, given.seconds) for _ in range(given.rounds)
                ]
            print(json.dumps({"server": "kg", "clients": 8, "beside": beside, **median(figures)}), flush=True)


if __name__ == "__main__":
    main()
