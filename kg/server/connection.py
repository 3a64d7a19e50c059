"""Connections with limits in time and number: slow heads, clients that never read, and too many at once."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger, AbstractStreamWriter
from aiohttp.http_exceptions import LineTooLong

from kg.server.call import Call
from kg.server.door import Door
from kg.server.express import Express
from kg.server.limits import Limits
from kg.server.pool import Pool

ACCESS = logging.getLogger("kg.serve")
_SMALL = 32 << 10  # bytes that the transport takes at once
_TICK, _LOOK = 0.02, 0.2  # seconds between looks at calls, and at clients, that take long
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Kept(web.Response):
    """An answer that stays the same until the graph changes."""


class Connection(web.RequestHandler):
    """A client's connection as aiohttp sees it, behind a door. A head must come in whole, and an answer be
    read, in the time allowed."""

    def __init__(
        self, manager: Server, *, loop: asyncio.AbstractEventLoop, limits: Limits, **rest: Any
    ) -> None:
        super().__init__(manager, loop=loop, **rest)
        self._limits = limits
        self._server = manager
        self._head_timer: asyncio.TimerHandle | None = None
        self._answering = False
        self._asked = b""
        self._call: Call | None = None

    @property
    def free(self) -> bool:
        """Whether no request is under way."""
        return self._waiter is not None and not self._waiter.done()

    def data_received(self, data: bytes) -> None:
        self._asked = b""
        if self._head_timer is None and not self._answering:
            self._await_head()
        super().data_received(data)

    def ask(self, request: bytes, call: Call | None = None) -> None:
        """A request that came whole while none is under way; a call for it may be on its way."""
        self._call = call
        self.data_received(request)
        self._asked = request if request.startswith(b"GET ") else b""

    def take_call(self) -> Call | None:
        """The call that is on its way for the request."""
        call, self._call = self._call, None
        return call

    def idle_from(self, now: float) -> None:
        """Begin to wait for the next request: the last one was answered at the door."""
        self._next_keepalive_close_time = now + self._limits.idle_time

    def connection_lost(self, exc: BaseException | None) -> None:
        self.head_came()
        self._drop_call()
        super().connection_lost(exc)

    def head_came(self) -> None:
        """The head of a request is complete."""
        self._answering = True
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None

    def _drop_call(self) -> None:
        """Give up a call that no handler took."""
        call = self.take_call()
        if call:
            self._server.pool.give_up(call)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        try:
            if isinstance(resp, web.Response) and (resp.content_length or 0) < _SMALL and self._drained:
                done = await super().finish_response(request, resp, start_time)  # it will not have to wait
            else:
                async with asyncio.timeout(self._limits.write_time):
                    done = await super().finish_response(request, resp, start_time)
            present = self._server.pool.crew.version in resp.headers.get("ETag", "")  # no older graph's
            if isinstance(resp, Kept) and present and self._asked and resp.keep_alive and not done[1]:
                self._server.express.keep(self._asked, resp)
            return done
        except TimeoutError:
            if request.transport:
                request.transport.abort()
            return resp, True
        finally:
            self._answering = False
            self._asked = b""
            self._drop_call()

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
        return transport is not None and transport.get_write_buffer_size() == 0

    def _await_head(self) -> None:
        loop = asyncio.get_running_loop()
        self._head_timer = loop.call_later(self._limits.header_time, self._too_slow)

    def _too_slow(self) -> None:
        self._head_timer = None
        if self.transport and not self._answering:
            self.transport.abort()


class Server(web.Server):
    """aiohttp's server with our connections; a client that goes away cancels what is done for it."""

    def __init__(self, handler: Handler, pool: Pool, *, quiet: bool = False) -> None:
        limits = pool.limits
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
        self.limits = limits
        self.pool = pool
        self.express = Express(limits.cache)
        self.logs = not quiet
        self.doors: set[Door] = set()
        self._ticking: asyncio.TimerHandle | None = None
        self._next_look = 0.0

    def __call__(self) -> Door:  # type: ignore[override]
        """What a new client comes in by."""
        if self._ticking is None:
            self._tick()
        return Door(self)

    def connection(self) -> Connection:
        """A connection for a client whose request is more than plain."""
        return Connection(self, loop=self._loop, limits=self.limits, **self._kwargs)

    def pre_shutdown(self) -> None:
        for door in tuple(self.doors):
            door.end()
        super().pre_shutdown()

    async def shutdown(self, timeout: float | None = None) -> None:
        if self._ticking:
            self._ticking.cancel()
        for _ in range(3):  # steps until a request that was handed over is seen to be in progress
            await asyncio.sleep(0)
        await super().shutdown(timeout)
        for door in tuple(self.doors):
            door.abort()

    def log(self, transport: asyncio.Transport, request: bytes, answer: bytes, seconds: float) -> None:
        """Log a request that was answered at the door."""
        method, path, _ = request.split(b" ", 2)
        peer = transport.get_extra_info("peername") or ("-",)
        size = len(answer) - answer.find(b"\r\n\r\n") - 4
        ACCESS.info(
            "%s %s %s %s %s %.1fms",
            peer[0], method.decode(), _shown(path.decode("ascii", "backslashreplace")),
            answer[9:12].decode(), size, seconds * 1000,
        )  # fmt: skip

    def _tick(self) -> None:
        now = self._loop.time()
        self.pool.tick(now)
        if now >= self._next_look:
            self._next_look = now + _LOOK
            for door in tuple(self.doors):
                door.tick(now)
        self._ticking = self._loop.call_later(_TICK, self._tick)

    def _request(
        self, message: Any, payload: Any, protocol: Any, writer: AbstractStreamWriter, task: Any
    ) -> web.BaseRequest:
        return web.BaseRequest(
            message, payload, protocol, writer, task, self._loop, client_max_size=self.limits.body
        )


class AccessLog(AbstractAccessLogger):
    """One line a request: client, method, address, status, bytes, milliseconds. Nothing in it is raw."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        self.logger.info(
            "%s %s %s %s %s %.1fms",
            request.remote or "-", request.method, _shown(request.raw_path), response.status,
            response.body_length, time * 1000,
        )  # fmt: skip


def _shown(path: str) -> str:
    short = path if len(path) < 300 else path[:300] + "..."
    return short.encode("unicode_escape").decode("ascii")
