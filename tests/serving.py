"""A server over a small graph, run in a thread for the tests; requests by the standard library."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from kg import locations
from kg.check import run as checks
from kg.compile import reference
from kg.server import app, source
from kg.server.front import Service
from kg.server.limits import Limits
from kg.store import oxigraph

SAMPLE = Path(__file__).parent / "sample" / "seeds"
Loop = Callable[[], asyncio.AbstractEventLoop]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Reply:
    """An answer to a request."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass(frozen=True)
class Client:
    """How tests reach a running server."""

    port: int
    service: Service
    running: app.Running
    loop: asyncio.AbstractEventLoop

    def renew(self, where: Path) -> None:
        """Let the server turn to another source."""

        async def turn() -> None:
            self.running.renew(str(where))

        asyncio.run_coroutine_threadsafe(turn(), self.loop).result(10)

    def ask(
        self, path: str, *, method: str = "GET", body: bytes | str | None = None,         **headers: str,
    ) -> Reply:  # fmt: skip
        """One request on a connection of its own; header names have _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body.encode() if isinstance(body, str) else body, given)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
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
def serving(
    where: Path | str, limits: Limits | None = None, page: Path | None = None, make_loop: Loop | None = None
) -> Iterator[Client]:
    """A server in a thread, stopped in the end; on the loop of ``kg serve`` unless another is given."""
    started: list[Client] = []
    troubles: list[BaseException] = []
    ready = threading.Event()
    loop = (make_loop or app.event_loop())()
    stop = asyncio.Event()

    async def run() -> None:
        async with app.running(source.locate(where), limits=limits, page=page, quiet=True) as server:
            started.append(Client(server.port, server.service, server, loop))
            ready.set()
            await stop.wait()

    def main() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:
            troubles.append(error)
            ready.set()
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    thread = threading.Thread(target=main)
    thread.start()
    ready.wait(60)
    if troubles:
        raise troubles[0]
    try:
        yield started[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
