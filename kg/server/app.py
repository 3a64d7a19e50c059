"""The server as a whole: addresses to handlers, start and stop."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aiohttp import web

from kg import iris
from kg.errors import KgError
from kg.server import front, protocol, site, source
from kg.server.connection import Connection, Server
from kg.server.front import Handler, Service
from kg.server.limits import Limits
from kg.server.pool import Pool

LOCAL = frozenset({"localhost"})
_GRACE_SECONDS = 10
_LOOK_SECONDS = 3
_READ = ("GET", "HEAD")
_THING = re.compile(
    rf"/(?P<id>(?:{'|'.join((*iris.ENTITY_SEGMENTS, *iris.RECORD_SEGMENTS))})/[a-z0-9][a-z0-9/-]*|dataset|ns)"
    r"(?:\.(?P<twin>html|ttl|jsonld|nt|json))?"
)
_EXACT: dict[str, tuple[Handler, tuple[str, ...]]] = {
    "/": (site.home, _READ),
    "/sparql": (protocol.respond, protocol.METHODS),
    "/query": (site.page, _READ),
    "/health": (site.health, _READ),
    "/ready": (site.ready, _READ),
    "/.well-known/void": (site.void, _READ),
    "/graph.html": (site.home, _READ),
    "/robots.txt": (site.robots, _READ),
}
_UNDER: tuple[tuple[str, Handler, tuple[str, ...]], ...] = (
    ("/static/", site.static, _READ),
    ("/question/", site.page, _READ),
    ("/reconcile", site.reconcile, ("GET", "HEAD", "POST")),
)


@dataclass(frozen=True)
class Running:
    """A server that runs: where, and what it uses."""

    address: str
    port: int
    service: Service
    server: Server

    def renew(self, where: str) -> None:
        """Serve another source from now on."""
        self.service.pool.renew(where)
        self.service.forget()
        self.server.express.clear()


def dispatcher(service: Service) -> Callable[[web.BaseRequest], object]:
    """The one function that aiohttp calls."""

    async def dispatch(request: web.BaseRequest) -> web.StreamResponse:
        if isinstance(request.protocol, Connection):
            request.protocol.head_came()
        path = request.path
        handler, methods = _route(path)
        refusal = front.guard(service, request, methods)
        if refusal is not None:
            return refusal
        return await handler(service, request)

    return dispatch


def _route(path: str) -> tuple[Handler, tuple[str, ...]]:
    if path in _EXACT:
        return _EXACT[path]
    for prefix, handler, methods in _UNDER:
        if path.startswith(prefix):
            return handler, methods
    if _THING.fullmatch(path):
        return site.thing, _READ
    return site.missing, _READ


@contextlib.asynccontextmanager
async def running(
    where: str,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    limits: Limits | None = None,
    hosts: Iterable[str] = (),
    page: Path | None = None,
    quiet: bool = False,
) -> AsyncIterator[Running]:
    """Serve a source (``source.locate``) for as long as the context lasts; port 0 takes any free one."""
    chosen = limits or Limits()
    names = LOCAL | {host.lower()} | {name.lower() for name in hosts}
    pool = Pool(where, chosen, names)
    service = Service(pool, chosen, names, page)
    server = Server(dispatcher(service), pool, quiet=quiet)  # type: ignore[arg-type]
    runner = web.ServerRunner(server, shutdown_timeout=_GRACE_SECONDS, handle_signals=False)
    try:
        await pool.start()
        await runner.setup()
        listening = web.TCPSite(runner, host, port, backlog=1024)
        await listening.start()
        bound = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        yield Running(f"http://{shown}:{bound}/", bound, service, server)
    finally:
        pool.crew.stopping = True  # /ready says so while the last answers go out
        await runner.cleanup()
        await pool.stop()


def event_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes the loop: uvloop's, which does twice as much at the door, where it is installed."""
    if importlib.util.find_spec("uvloop"):
        uvloop = importlib.import_module("uvloop")
        return cast(Callable[[], asyncio.AbstractEventLoop], uvloop.new_event_loop)
    return asyncio.new_event_loop


async def serve_until_stopped(
    started: Callable[[Running], None], where: str | None, **settings: object
) -> None:
    """Serve until SIGINT or SIGTERM, then let running answers end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    async with running(source.locate(where), **settings) as server:  # type: ignore[arg-type]
        started(server)
        watching = asyncio.create_task(_watch(server, where))
        await stop.wait()
        watching.cancel()


async def _watch(server: Running, where: str | None) -> None:
    """Turn to the graph of a new build when there is one."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        with contextlib.suppress(KgError, OSError):
            found = await asyncio.to_thread(source.locate, where, fresh=False)
            if found != server.service.pool.crew.where:
                server.renew(found)
