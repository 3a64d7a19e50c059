"""The front: who may ask, which address answers, and the headers that every answer bears."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from kg.server import media
from kg.server.connection import Connection, Kept
from kg.server.headers import CORS, TRACE, VARY, bearing, etag, known_host, task_key
from kg.server.limits import Limits
from kg.server.outcome import Answer, Busy, Cut
from kg.server.pool import Pool


@dataclass
class Service:
    """What handlers share: the pool, the limits, who may ask, and answers to keep."""

    pool: Pool
    limits: Limits
    hosts: frozenset[str]
    page: Path | None = None
    kept: OrderedDict[str, tuple[Mapping[str, Any], bytes]] = field(default_factory=OrderedDict)
    kept_bytes: int = 0

    def keep(self, key: str, head: Mapping[str, Any], body: bytes) -> bool:
        """Keep a small answer that will not change, the oldest make room; tells whether it is kept."""
        if len(body) > 256 << 10 or head.get("volatile"):
            return False
        if key in self.kept:
            return True
        self.kept[key] = (head, body)
        self.kept_bytes += len(body) + 512
        while self.kept_bytes > self.limits.cache:
            _, (_, old) = self.kept.popitem(last=False)
            self.kept_bytes -= len(old) + 512
        return True

    def forget(self) -> None:
        """Forget what was kept."""
        self.kept.clear()
        self.kept_bytes = 0


Handler = Callable[[Service, web.BaseRequest], Awaitable[web.StreamResponse]]


def plain(status: int, text: str, **headers: str) -> web.Response:
    """A short answer in words."""
    return web.Response(status=status, text=text.rstrip("\n") + "\n", headers={**CORS, **TRACE, **headers})


def guard(service: Service, request: web.BaseRequest, methods: tuple[str, ...]) -> web.Response | None:
    """A refusal for a request that may not be made, whatever it asks; an answer to OPTIONS."""
    if len(request.raw_path) > service.limits.address:
        return plain(414, f"an address may have {service.limits.address:,} bytes; POST takes longer queries")
    if not known_host(request.headers.get("Host", ""), service.hosts, http10=request.version < (1, 1)):
        return plain(421, "this server does not answer to that Host; kg serve --allow-host NAME admits it")
    allowed = ", ".join((*methods, "OPTIONS"))
    if request.method == "OPTIONS":
        return web.Response(
            status=204,
            headers={
                **CORS,
                **TRACE,
                "Allow": allowed,
                "Access-Control-Allow-Methods": allowed,
                "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, X-Requested-With",
                "Access-Control-Max-Age": "86400",
            },
        )
    if request.method not in methods:
        response = plain(405, f"{request.method} is not allowed here; {allowed} are", Allow=allowed)
        response.force_close()
        return response
    return None


async def answer(service: Service, request: web.BaseRequest, task: dict[str, Any]) -> web.StreamResponse:
    """A task's answer over HTTP: from what is kept, else from a worker; whole or as a stream."""
    task["gzip"] = media.takes_gzip(request.headers.get("Accept-Encoding", ""))
    key = task_key(task)
    version = service.pool.crew.version
    tag = etag(version, key)
    if tag in (part.strip() for part in request.headers.get("If-None-Match", "").split(",")):
        return web.Response(status=304, headers={**CORS, **TRACE, "ETag": tag, "Vary": VARY})
    call = request.protocol.take_call() if isinstance(request.protocol, Connection) else None
    kept = service.kept.get(key) if call is None else None
    if kept:
        service.kept.move_to_end(key)
        return _whole(200, *kept, tag, Kept)
    begun = False
    try:
        async with service.pool.ask(task, call) as found:
            if found.rest is None:
                sound = found.status == 200 and found.head.get("key", key) == key
                fresh = version == service.pool.crew.version  # else the answer is of a graph that is gone
                kept_now = sound and fresh and service.keep(key, found.head, found.body)
                return _whole(found.status, found.head, found.body, tag, Kept if kept_now else web.Response)
            begun = True
            return await _stream(service, request, found, tag)
    except Busy:
        return plain(503, "all workers are busy; try again shortly", **{"Retry-After": "5"})
    except (Cut, TimeoutError) as cut:
        if begun or isinstance(cut, TimeoutError):
            raise ConnectionResetError("the answer was cut short") from None
        headers = {"Retry-After": str(cut.retry)} if cut.retry else {}
        return plain(cut.status, cut.text, **headers)


def _whole(
    status: int, head: Mapping[str, Any], body: bytes, tag: str, of: type[web.Response] = web.Response
) -> web.Response:
    if "type" not in head:
        retry = {"Retry-After": str(head["retry"])} if head.get("retry") else {}
        return plain(status, body.decode(), Vary=VARY, **retry)
    headers = bearing(head, tag)
    if status != 200:
        headers.pop("ETag", None)
    return of(status=status, body=body, headers=headers)


async def _stream(service: Service, request: web.BaseRequest, found: Answer, tag: str) -> web.StreamResponse:
    """Send a long answer as it comes; one that is cut short ends the connection, not the body."""
    response = web.StreamResponse(headers=bearing(found.head, tag))
    await response.prepare(request)
    if request.method == "HEAD" or found.rest is None:
        return response
    try:
        await response.write(found.body)
        async for piece in found.rest:
            async with asyncio.timeout(service.limits.write_time):
                await response.write(piece)
        await response.write_eof()
    except BaseException:
        if request.transport:
            request.transport.abort()
        raise
    return response
