"""HTTP around the handlers: limits, Host check, headers, access log, and the responses that workers write."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import ipaddress
import json
import logging
import re
import time
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.server.negotiation import takes_gzip
from kg.server.sandbox import Limits
from kg.server.worker import Answer, WorkerDied
from kg.server.workers import Pool

ACCESS = logging.getLogger("kg.server.access")
#: The key in a scope's extensions of the function that breaks the connection, so that no client and no proxy
#: takes a cut answer for a complete one.
ABORT = "kg.abort"
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")
_HEADERS = {
    "Access-Control-Allow-Origin": "*",  # also without an Origin: a proxy may keep the answer for a browser
    "Access-Control-Expose-Headers": "ETag, Retry-After, Link",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Server": "regiograph",
    "Cache-Control": "no-cache",  # keep, and ask each time whether it is still so
}
_PREFLIGHT = {
    "Allow": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, X-Requested-With",
    "Access-Control-Max-Age": "86400",
}
_VARY = "Accept, Accept-Encoding"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)


class ResponseHeaders:
    """Adds the headers that every answer has, unless the answer sets them itself; answers OPTIONS.

    Starlette's CORSMiddleware would add ``Vary: Origin``, and caches would keep each answer once an origin.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer OPTIONS; let the application answer everything else."""

        async def sender(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, sender)
        else:
            await self.app(scope, receive, sender if scope["type"] == "http" else send)


class Guard:
    """Refuses requests whose address is too long or whose Host does not name this server."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], limits: Limits) -> None:
        self.app = app
        self._hosts = hosts
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer what is not refused."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refuse(scope)
        await (refusal or self.app)(scope, receive, send)

    def _refuse(self, scope: Scope) -> PlainTextResponse | None:
        most = self._limits.address
        if len(scope["path"]) + len(scope["query_string"]) > most:
            text = f"an address may have {most:,} bytes; POST takes longer queries\n"
            return PlainTextResponse(text, 414, {"Connection": "close"})
        host = Headers(scope=scope).get("host", "")
        if not (host or scope["http_version"] == "1.0") or (host and not names_server(host, self._hosts)):
            text = "this server does not answer to that Host; kg serve --allow-host NAME admits it\n"
            return PlainTextResponse(text, 421)
        return None


@functools.lru_cache(maxsize=64)
def names_server(host: str, names: frozenset[str]) -> bool:
    """Return whether a Host header names this server: an IP address, which no DNS can rebind, or a name."""
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found["name"].strip("[]")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.rstrip(".").lower() in names
    return ("[" in host) == (":" in name)


class AccessLog:
    """Logs one line a request: client, method, address, status, bytes, milliseconds. Nothing in it is raw."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Log the request when its answer has gone out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, size, complete = 500, 0, False
        begun = time.perf_counter()

        async def sender(message: Message) -> None:
            nonlocal status, size, complete
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
                complete = not message.get("more_body", False)
            await send(message)

        try:
            await self.app(scope, receive, sender)
        finally:
            client = scope["client"][0] if scope["client"] else "-"
            ACCESS.info(
                "%s %s %s %s %s %.1fms%s",
                client, scope["method"], _shown_address(scope), status, size,
                (time.perf_counter() - begun) * 1000, "" if complete else " cut",
            )  # fmt: skip


def _shown_address(scope: Scope) -> str:
    query = scope["query_string"]
    address = scope.get("raw_path") or scope["path"].encode()
    text = (address + (b"?" + query if query else b"")).decode("ascii", "backslashreplace")
    short = text if len(text) < 300 else text[:300] + "..."
    return str(short).encode("unicode_escape").decode("ascii")


class LimitedProtocol(HttpToolsProtocol):
    """A connection with limits that uvicorn has not: of a head's bytes and time, and of unread answers.

    Without them one client makes the server keep an endless head, or an answer that nobody reads.
    """

    limits = Limits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count the head's bytes and time."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._head_last = b""
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers."""
        self._head_done()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Refuse a head that is too long."""
        if self._head_timer:
            received = self._head_last + data
            end = received.find(b"\r\n\r\n")  # what follows in the same piece is the body
            self._head_bytes += len(data) if end < 0 else end
            self._head_last = received[-3:]
            if self._head_bytes > self.limits.head + self.limits.address:
                self.send_400_response("The head of the request is too long.")
                return
        elif self.cycle and self.cycle.response_complete:
            self._await_head()
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Let the application break the connection."""
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {ABORT: self.transport.abort}

    def on_headers_complete(self) -> None:
        """Stop the head's timer."""
        self._head_done()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        """Give the client time to read."""
        super().pause_writing()
        self._unread_timer = self.loop.call_later(self.limits.write_time, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the timer of an unread answer."""
        if self._unread_timer:
            self._unread_timer.cancel()
            self._unread_timer = None
        super().resume_writing()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_last = b""
        self._head_timer = self.loop.call_later(self.limits.header_time, self.transport.abort)

    def _head_done(self) -> None:
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None


def limited_protocol(limits: Limits) -> type[LimitedProtocol]:
    """Return the protocol with other limits."""
    return type("LimitedProtocol", (LimitedProtocol,), {"limits": limits})


class TaskResponse(Response):
    """Runs a task in the pool and sends what the worker writes, as a stream if that is long."""

    def __init__(self, request: Request, task: Mapping[str, Any]) -> None:
        self._request = request
        accept = request.headers.get("Accept", "")
        gzip = takes_gzip(request.headers.get("Accept-Encoding", ""))
        self._task = json.dumps({**task, "accept": accept, "gzip": gzip}).encode()
        self._key = hashlib.blake2b(self._task, digest_size=12).hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer; raise HTTPException where there is none."""
        pool: Pool = self._request.app.state.pool
        tag, known = self._tag(pool.version), self._request.headers.get("If-None-Match", "").split(",")
        if scope["method"] != "POST" and tag in (part.strip() for part in known):
            await Response(status_code=304, headers={"ETag": tag, "Vary": _VARY})(scope, receive, send)
            return
        async with pool.run(self._task, self._request.is_disconnected) as answer:
            headers = _answer_headers(answer, self._tag(answer.version))
            if answer.pieces is not None:
                await self._stream(answer, headers, scope, send)
                return
        await Response(answer.body, answer.status, headers)(scope, receive, send)

    def _tag(self, version: str) -> str:
        return f'W/"{version}-{self._key}"'

    async def _stream(self, answer: Answer, headers: Mapping[str, str], scope: Scope, send: Send) -> None:
        """Send a long answer as it comes; one that is cut short breaks the connection."""
        raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        assert answer.pieces is not None
        try:
            async for piece in answer.pieces:
                if scope["method"] != "HEAD":
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        except (HTTPException, WorkerDied) as cut:
            abort = scope.get("extensions", {}).get(ABORT)
            if abort is None:
                raise RuntimeError("an answer was cut short") from cut
            abort()
            await asyncio.sleep(0)  # until the server has seen that the connection is lost
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _answer_headers(answer: Answer, tag: str) -> dict[str, str]:
    """Return the headers for the head that a worker wrote (``type``, ``encoding``, ``volatile`` ...)."""
    head = answer.head
    headers = {"Content-Type": head["type"], "Vary": _VARY}
    if head.get("volatile"):
        headers["Cache-Control"] = "no-store"
    elif answer.status == 200:
        headers["ETag"] = tag
    if head.get("encoding"):
        headers["Content-Encoding"] = head["encoding"]
    if head["type"].startswith("text/html"):
        headers["Content-Security-Policy"] = _POLICY + ("*" if head.get("framed") else "'self'")
    for name in ("Location", "Link", "Content-Disposition"):
        if name in head:
            headers[name] = head[name]
    return headers


async def show_error(request: Request, error: Exception) -> Response:
    """Show an error as one line of text."""
    assert isinstance(error, HTTPException)
    text = error.detail
    headers = {"Vary": _VARY, **(error.headers or {})}
    if error.status_code == 404 and text == "Not Found":
        text = "there is nothing at this address; / says what there is"
    if error.status_code == 405:
        text = f"{request.method} is not allowed here; {headers.get('Allow', 'GET, HEAD')} are"
        headers["Connection"] = "close"
    return PlainTextResponse(text.rstrip("\n") + "\n", error.status_code, headers)
