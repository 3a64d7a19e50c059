"""The door: a client's connection as it comes in, where plain queries are answered past any HTTP library.

A whole request that was answered before is answered from its bytes; a plain query to the endpoint goes to a
worker as its bytes; everything else goes on to aiohttp, which a connection opens when it first needs it.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, cast

from kg.server import headers, sink, wire
from kg.server.express import Parts, fit

if TYPE_CHECKING:
    from kg.server.call import Call
    from kg.server.connection import Connection, Server

_SOON = 0.2  # seconds in which the body of a plain query comes
_UNREAD = 4 << 20  # bytes that a client may leave unread while it asks for more
_BEHIND = 64 << 10  # bytes of further requests that may lie here while one is answered
_CLOSE = re.compile(rb"\r\nconnection: *close *\r\n", re.IGNORECASE)
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 36\r\nConnection: close\r\n\r\nthe server has too many connections\n"
)


class Door(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._inner: Connection | None = None
        self._call: Call | None = None
        self._request = b""
        self._version = ""
        self._part = b""  # a request whose body is still to come
        self._behind = b""  # what came after the request that is being answered
        self._plain = True  # nothing but whole requests has come so far
        self._shut = False
        self._paused = False
        self._asked = False
        self._since = self._loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._server.doors.add(self)
        if len(self._server.doors) > self._server.limits.connections:
            self._transport.write(_FULL)
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._shut = True
        self._server.doors.discard(self)
        if self._call:
            self._server.pool.drop(self._call)
            self._call = None
        if self._inner:
            self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._paused = True
        if self._inner:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._paused = False
        if self._inner:
            self._inner.resume_writing()

    def data_received(self, data: bytes) -> None:
        if self._shut:
            return
        if self._call:
            self._behind += data
            if len(self._behind) > _BEHIND:
                self._transport.pause_reading()
            return
        inner = self._inner
        if inner and not (self._plain and inner.free):
            self._plain = self._plain and fit(data)
            inner.data_received(data)
            return
        data = self._part + data
        self._part = b""
        gap = wire.missing(data) if data.startswith(b"POST ") and wire.promising(data) else -1
        if 0 < gap < wire.MOST:
            self._part = data
            self._since = self._loop.time()
        elif gap == 0 or fit(data):
            self._whole(data)
        else:
            self._plain = False
            self._open().data_received(data)

    def tick(self, now: float) -> None:
        """Look after what takes long: a query, a body, a client that asks or reads nothing."""
        limits = self._server.limits
        spent = now - self._since
        if self._call:
            pass  # the pool looks after it
        elif self._part:
            if spent > _SOON:
                self._plain = False
                data, self._part = self._part, b""
                self._open().data_received(data)
        elif self._inner and not self._inner.free:
            self._since = now  # aiohttp's side has its own limits
        else:
            unread = spent > limits.write_time and self._transport.get_write_buffer_size() > 0
            idle = not self._inner and spent > (limits.idle_time if self._asked else limits.header_time)
            if unread or idle:
                self._transport.abort()

    def end(self) -> None:
        """Take no more requests, the server stops; aiohttp's side answers the last one."""
        call, self._call = self._call, None
        if call:
            self._server.pool.drop(call)
            self._open().ask(self._request)
        if not self._inner:
            self._close()

    def abort(self) -> None:
        """Leave now."""
        self._transport.abort()

    def _open(self) -> Connection:
        """The connection on aiohttp's side."""
        if self._inner is None:
            self._inner = self._server.connection()
            self._inner.connection_made(self._transport)
            if self._paused:
                self._inner.pause_writing()
        return self._inner

    def _whole(self, request: bytes) -> None:
        """Answer a whole request, or see that it is answered."""
        self._asked = True
        self._since = self._loop.time()
        if self._inner:
            self._inner.idle_from(self._since)
        kept = self._server.express.answer(request)
        if kept:
            self._send(request, kept, close=_closes(request))
            return
        if wire.promising(request):
            self._call = self._server.pool.start_call(request, self._heard)
        if self._call:
            self._request = request
            self._version = self._server.pool.crew.version
        else:
            self._open().ask(request)

    def _heard(self) -> None:
        """The worker has spoken."""
        call, self._call = self._call, None
        if call is None:
            return
        kind, data = call.frame or (b"", b"")
        if not kind:
            self._open().ask(self._request, call)
        elif kind == sink.KEYED:
            close = _closes(self._request)
            parts = self._parts(data, close=close)
            if headers.ETAG in parts[0] and self._version == self._server.pool.crew.version:
                self._server.express.keep_parts(self._request, parts)
            self._send(self._request, self._server.express.dated(parts), close=close)
        else:
            self._plain = self._plain and fit(self._request)  # aiohttp may see the end of a body elsewhere
            self._open().ask(self._request)
        self._go_on()

    def _parts(self, data: bytes, *, close: bool) -> Parts:
        """An answer of a worker as it goes out."""
        head, _, body = data[sink.KEY :].partition(b"\n")
        tag = headers.etag(self._version, data[: sink.KEY].decode())
        return headers.lines(head, tag, len(body), close=close), body

    def _send(self, request: bytes, answer: bytes, *, close: bool) -> None:
        now = self._loop.time()
        if self._server.logs:
            self._server.log(self._transport, request, answer, now - self._since)
        self._since = now
        self._transport.write(answer)
        if self._inner:
            self._inner.idle_from(now)
        if close:
            self._close()
        elif self._transport.get_write_buffer_size() > _UNREAD:
            self._transport.abort()  # it asks and asks and never reads

    def _go_on(self) -> None:
        """Turn to what came meanwhile."""
        if self._behind and not self._shut:
            data, self._behind = self._behind, b""
            if len(data) > _BEHIND:
                self._transport.resume_reading()
            self.data_received(data)

    def _close(self) -> None:
        self._shut = True
        self._transport.close()


def _closes(request: bytes) -> bool:
    """Whether the client wants the connection closed after the answer."""
    return _CLOSE.search(request, 0, request.find(b"\r\n\r\n") + 2) is not None
