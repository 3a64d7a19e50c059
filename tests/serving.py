"""A server over a small graph for the tests: in process, or in a thread behind a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kg import locations
from kg.check import run as checks
from kg.compile import reference
from kg.server import app as server
from kg.server.limits import Limits
from kg.server.pool import Pool
from kg.store import oxigraph

SAMPLE = Path(__file__).parent / "sample" / "seeds"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail long after it should."""
    for _ in range(1200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


@dataclass(frozen=True)
class Reply:
    """An answer to a request; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Client:
    """How tests ask an application, in process or by the port that it listens on."""

    app: Starlette
    port: int
    in_process: TestClient | None = None
    running: uvicorn.Server | None = None

    @property
    def pool(self) -> Pool:
        found: Pool = self.app.state.pool
        return found

    def stop(self) -> None:
        """Let the server stop as by a signal."""
        assert self.running
        self.running.should_exit = True

    def renew(self, where: Path) -> None:
        """Let the pool open another graph."""
        assert self.in_process
        assert self.in_process.portal
        self.in_process.portal.call(self.pool.renew, str(where), server.graph_version(str(where)))

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | str | None = None, **headers: str
    ) -> Reply:
        """One request on a connection of its own; header names have _ for -."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body.encode() if isinstance(body, str) else body
        if self.in_process:
            given = {"Accept": "", "Accept-Encoding": "", **given}
            self.in_process.follow_redirects = False
            with self.in_process.stream(method, path, content=content, headers=given) as answer:
                return Reply(answer.status_code, dict(answer.headers), b"".join(answer.iter_raw()))
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, content, given)
            found = connection.getresponse()
            return Reply(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read())
        finally:
            connection.close()

    def query(self, query: str, *, accept: str = "", **parameters: str) -> Reply:
        """A query by POST."""
        headers = {"Content_Type": FORM["Content-Type"], **({"Accept": accept} if accept else {})}
        body = urlencode({"query": query, **parameters})
        return self.ask("/sparql", method="POST", body=body, **headers)


def sample_store(folder: Path, extra: tuple[str, ...] = ()) -> Path:
    """A store on disk with the sample seeds."""
    report = checks.check_seeds(SAMPLE, locations.ontology())
    assert not report.problems
    lines = reference.lines(report.seeds, report.ontology, locations.ontology(), version="test")
    oxigraph.create(folder / "store", [*lines, *extra])
    return folder / "store"


@contextlib.contextmanager
def in_process(where: Path | str, limits: Limits | None = None, page: Path | None = None) -> Iterator[Client]:
    """The application with its pool of real workers, asked without a socket."""
    app = server.create_app(str(where), limits=limits, page=page)
    with TestClient(app, base_url="http://127.0.0.1:7878") as client:
        yield Client(app, 7878, client)


@contextlib.contextmanager
def serving(where: Path | str, limits: Limits | None = None, page: Path | None = None) -> Iterator[Client]:
    """A server in a thread, stopped in the end."""
    app = server.create_app(str(where), limits=limits, page=page)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    config = server.configure_uvicorn(app)
    running = uvicorn.Server(config)
    troubles: list[BaseException] = []

    def main() -> None:
        try:
            with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                runner.run(running.serve(sockets=[listener]))
        except BaseException as error:
            troubles.append(error)

    thread = threading.Thread(target=main)
    thread.start()
    try:
        client = Client(app, listener.getsockname()[1], running=running)
        while not running.started and thread.is_alive():
            thread.join(0.02)
        if troubles:
            raise troubles[0]
        yield client
    finally:
        running.should_exit = True
        thread.join(60)
        listener.close()
