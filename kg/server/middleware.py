"""What stands before every handler: limits of connections and addresses, Host check, headers, access log."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import logging
import re
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.server.sandbox import Limits

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


class ResponseHeaders:
    """Adds the headers that every answer has, unless the answer sets them itself; answers OPTIONS.

    Starlette's CORSMiddleware would add ``Vary: Origin``, and caches would keep each answer once an origin.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
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
    return short.encode("unicode_escape").decode("ascii")


class LimitedProtocol(HttpToolsProtocol):
    """A connection with limits that uvicorn has not: of a head's bytes and time, and of unread answers.

    Without them one client makes the server keep an endless head, or an answer that nobody reads.
    """

    limits = Limits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_done()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_timer:
            self._head_bytes += len(data)
            if self._head_bytes > self.limits.head + self.limits.address:
                self.send_400_response("The head of the request is too long.")
                return
        elif self.cycle and self.cycle.response_complete:
            self._await_head()
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope["extensions"] = {ABORT: self.transport.abort}

    def on_headers_complete(self) -> None:
        self._head_done()
        super().on_headers_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread_timer = self.loop.call_later(self.limits.write_time, self.transport.abort)

    def resume_writing(self) -> None:
        if self._unread_timer:
            self._unread_timer.cancel()
            self._unread_timer = None
        super().resume_writing()

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(self.limits.header_time, self.transport.abort)

    def _head_done(self) -> None:
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None


def limited_protocol(limits: Limits) -> type[LimitedProtocol]:
    """Return the protocol with other limits."""
    return type("LimitedProtocol", (LimitedProtocol,), {"limits": limits})
