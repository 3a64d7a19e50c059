"""Connections with limits in time and number: slow heads, clients that never read, and too many at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, cast

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger, AbstractStreamWriter
from aiohttp.http_exceptions import LineTooLong

from kg.server.express import Express, fit
from kg.server.limits import Limits

ACCESS = logging.getLogger("kg.serve")
_SMALL = 32 << 10  # bytes that the transport takes at once
_UNREAD = 4 << 20  # bytes that a client may leave unread while it asks for more
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: 36\r\nConnection: close\r\n\r\nthe server has too many connections\n"
)


class Kept(web.Response):
    """An answer that stays the same until the graph changes."""


class Connection(web.RequestHandler):
    """A client's connection. A head must come in whole, and an answer be read, in the time allowed."""

    def __init__(
        self, manager: Server, *, loop: asyncio.AbstractEventLoop, limits: Limits, **rest: Any
    ) -> None:
        super().__init__(manager, loop=loop, **rest)
        self._limits = limits
        self._server = manager
        self._head_timer: asyncio.TimerHandle | None = None
        self._answering = False
        self._whole = True  # nothing but whole requests has come so far
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if len(self._server.connections) > self._limits.connections and isinstance(
            transport, asyncio.Transport
        ):
            transport.write(_FULL)
            transport.close()
            return
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self._whole and fit(data):
            if self._waiter is not None and not self._waiter.done():  # no request is under way
                answer = self._server.express.answer(data)
                if answer is not None and self.transport is not None:
                    self._send_at_once(data, answer)
                    return
            self._asked = data if not self._answering else b""
        else:
            self._whole = False
            self._asked = b""
        if self._head_timer is None and not self._answering:
            self._await_head()
        super().data_received(data)

    def _send_at_once(self, data: bytes, answer: bytes) -> None:
        transport = cast(asyncio.Transport, self.transport)
        transport.write(answer)
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None
        self._next_keepalive_close_time = self._loop.time() + self._limits.idle_time
        if transport.get_write_buffer_size() > _UNREAD:
            transport.abort()  # it asks and asks and never reads
        if self._server.logs:
            path = data.split(b" ", 2)[1][:300].decode("ascii", "backslashreplace")
            peer = transport.get_extra_info("peername") or ("-",)
            size = len(answer) - answer.find(b"\r\n\r\n") - 4
            ACCESS.info("%s GET %s %s %s 0.0ms", peer[0], path, answer[9:12].decode(), size)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.head_came()
        super().connection_lost(exc)

    def head_came(self) -> None:
        """The head of a request is complete."""
        self._answering = True
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        try:
            if isinstance(resp, web.Response) and (resp.content_length or 0) < _SMALL and self._drained:
                done = await super().finish_response(request, resp, start_time)  # it will not have to wait
            else:
                async with asyncio.timeout(self._limits.write_time):
                    done = await super().finish_response(request, resp, start_time)
            if self._asked and not done[1] and isinstance(resp, Kept) and resp.keep_alive:
                self._server.express.keep(self._asked, resp)
            return done
        except TimeoutError:
            if request.transport:
                request.transport.abort()
            return resp, True
        finally:
            self._answering = False
            self._asked = b""

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:  # fmt: skip
        del message
        self.head_came()
        if status >= 500:
            logging.getLogger("kg.serve.error").error("failed on a request", exc_info=exc)
            text = "this server failed on the request; its log says more"
        elif isinstance(exc, LineTooLong):
            status, text = 431, "the address or a header of the request is too long"
        else:
            text = "this is not a request that HTTP allows"
        if request.writer.output_size > 0:
            raise ConnectionError("part of the answer has gone out already")
        response = web.Response(status=status, text=text + "\n")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.force_close()
        return response

    @property
    def _drained(self) -> bool:
        transport = self.transport
        return isinstance(transport, asyncio.Transport) and transport.get_write_buffer_size() == 0

    def _await_head(self) -> None:
        loop = asyncio.get_running_loop()
        self._head_timer = loop.call_later(self._limits.header_time, self._too_slow)

    def _too_slow(self) -> None:
        self._head_timer = None
        if self.transport and not self._answering:
            self.transport.abort()


class Server(web.Server):
    """aiohttp's server with our connections; a client that goes away cancels what is done for it."""

    def __init__(self, handler: Handler, limits: Limits, *, quiet: bool = False) -> None:
        super().__init__(
            handler,
            request_factory=self._request,
            handler_cancellation=True,
            keepalive_timeout=limits.idle_time,
            max_line_size=limits.address + 8192,
            max_field_size=limits.address + 8192,
            lingering_time=2.0,
            access_log=None if quiet else ACCESS,
            access_log_class=AccessLog,
        )
        self._limits = limits
        self.express = Express(limits.cache)
        self.logs = not quiet

    def __call__(self) -> Connection:
        return Connection(self, loop=self._loop, limits=self._limits, **self._kwargs)

    def _request(
        self, message: Any, payload: Any, protocol: Any, writer: AbstractStreamWriter, task: Any
    ) -> web.BaseRequest:
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._loop, client_max_size=self._limits.body
        )


class AccessLog(AbstractAccessLogger):
    """One line a request: client, method, address, status, bytes, milliseconds. Nothing in it is raw."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        path = request.raw_path if len(request.raw_path) < 300 else request.raw_path[:300] + "..."
        shown = path.encode("unicode_escape").decode("ascii")
        self.logger.info(
            "%s %s %s %s %s %.1fms",
            request.remote or "-", request.method, shown, response.status, response.body_length, time * 1000,
        )  # fmt: skip
