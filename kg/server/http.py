"""HTTP around the workers: what is refused, what a worker answers, headers of every answer, connections."""

import asyncio
import contextlib
import functools
import hashlib
import ipaddress
import json
import logging
import re
import time

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.server.limits import Limits
from kg.server.pool import Pool, WorkerDied

ACCESS = logging.getLogger("kg.server.access")
#: The key of the connection's transport in a scope's extensions: whether the client has left can be read from
#: it, and to abort it keeps clients and proxies from taking a cut answer for a complete one.
TRANSPORT = "kg.transport"
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")
#: Headers of every answer that does not set them itself. Starlette's CORSMiddleware would add the first two
#: only where there is an Origin, but a proxy may keep an answer for a browser.
_HEADERS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Retry-After, Link"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"server", b"regiograph"),
    (b"vary", b"Accept, Accept-Encoding"),
    (b"cache-control", b"no-cache"),  # keep, and ask each time whether it is still so
)
_PREFLIGHT = {
    "Allow": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, X-Requested-With",
    "Access-Control-Max-Age": "86400",
}
_CLOSE = {"Connection": "close"}
_READ = {"accept": "accept", "encoding": "accept-encoding", "type": "content-type"}


class ServiceMiddleware:
    """Refuses requests that are too long or meant for others; adds headers to every answer and logs it."""

    def __init__(self, app: ASGIApp, limits: Limits, hosts: frozenset[str]) -> None:
        self._app, self._limits, self._hosts = app, limits, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def reply(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name for name, _ in message["headers"]}
                more = (pair for pair in _HEADERS if pair[0] not in given)
                message["headers"] = [*message["headers"], *more]
            await send(message)

        try:
            await (self._refuse(Request(scope)) or self._app)(scope, receive, reply)
        finally:
            if ACCESS.isEnabledFor(logging.INFO):
                _log(scope, status, time.perf_counter() - begun)

    def _refuse(self, request: Request) -> Response | None:
        """Return the answer to a preflight, to a head too long, or to a Host that is not this server's."""
        scope, host, limits = request.scope, request.headers.get("host", ""), self._limits
        if len(scope["path"]) + len(scope["query_string"]) > limits.address:
            text = f"an address may have {limits.address:,} bytes; POST takes longer queries\n"
            return PlainTextResponse(text, 414, _CLOSE)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > limits.head:
            return PlainTextResponse(f"headers may have {limits.head:,} bytes\n", 431, _CLOSE)
        if not (names_server(host, self._hosts) if host else scope["http_version"] == "1.0"):
            text = "this server does not answer to that Host; kg serve --allow-host NAME admits it\n"
            return PlainTextResponse(text, 421)
        return Response(status_code=204, headers=_PREFLIGHT) if request.method == "OPTIONS" else None


async def explain_refusal(request: Request, error: Exception) -> Response:
    """Answer with what an HTTPException says; the connection ends where a body may not have been read."""
    assert isinstance(error, HTTPException)
    text = f"{request.method} is not allowed here" if error.status_code == 405 else error.detail
    headers = {**(error.headers or {}), **(_CLOSE if error.status_code in (405, 408, 413) else {})}
    return PlainTextResponse(f"{text}\n", error.status_code, headers)


async def forward(request: Request) -> Response:
    """Let a worker answer; raise HTTPException where none does."""
    pool: Pool = request.app.state.pool
    task = {name: request.headers.get(header, "") for name, header in _READ.items()}
    task |= {"method": request.method.replace("HEAD", "GET"), "path": request.scope["path"]}
    task |= {"query": request.scope["query_string"].decode("latin-1"), "address": _address(request)}
    posts = request.method == "POST"
    line = json.dumps(task).encode() + b"\n" + (await read_body(request, pool.limits) if posts else b"")
    key = hashlib.blake2b(line, digest_size=12).hexdigest()
    tag, known = f'W/"{pool.version}-{key}"', request.headers.get("if-none-match", "").split(",")
    if not posts and tag in (part.strip() for part in known):
        return Response(status_code=304, headers={"ETag": tag})
    transport = request.scope.get("extensions", {}).get(TRANSPORT)
    answer = await pool.run(line, transport.is_closing if transport else bool)
    status, headers = answer.head["status"], answer.head["headers"]
    if status == 200 and "Cache-Control" not in headers:
        headers["ETag"] = f'W/"{answer.version}-{key}"'
    if answer.pieces is None:
        return Response(answer.body, status, headers)
    long = _LongAnswer(answer.pieces, status, headers)
    long.transport = transport
    return long


class _LongAnswer(StreamingResponse):
    """An answer in pieces, whose connection is aborted where it is cut short."""

    transport: asyncio.Transport | None = None

    async def stream_response(self, send: Send) -> None:
        try:
            async with contextlib.aclosing(self.body_iterator):  # type: ignore[type-var]
                await super().stream_response(send)
        except WorkerDied as cut:
            if self.transport is None:
                raise RuntimeError("an answer was cut short") from cut
            self.transport.abort()
            await asyncio.sleep(0)  # until the server has seen that the connection is lost


async def read_body(request: Request, limits: Limits) -> bytes:
    """Read a body within its limits of size and time."""
    body, too_long = bytearray(), HTTPException(413, f"a body may have {limits.body:,} bytes")
    if int(request.headers.get("content-length", "0")) > limits.body:
        raise too_long
    try:
        async with asyncio.timeout(limits.body_time):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limits.body:
                    raise too_long
    except TimeoutError:
        raise HTTPException(408, "the body did not come in time") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body is not complete") from None
    return bytes(body)


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


def _address(request: Request) -> str:
    """Return the scheme and host by which this server was reached, be it through a proxy with TLS."""
    before = request.headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    scheme = before if before in ("http", "https") else request.scope["scheme"]
    return f"{scheme}://{request.headers.get('host') or '{}:{}'.format(*request.scope['server'])}"


def _log(scope: Scope, status: int, seconds: float) -> None:
    """Log client, method, address, status and milliseconds, nothing of it raw (uvicorn's breaks on UTF-8)."""
    address = (scope["raw_path"] + b"?" + scope["query_string"])[:300].rstrip(b"?")
    text = address.decode("ascii", "backslashreplace").encode("unicode_escape").decode("ascii")
    client = scope["client"][0] if scope["client"] else "-"
    ACCESS.info("%s %s %s %s %.1fms", client, scope["method"], text, status, seconds * 1000)


class LimitedProtocol(HttpToolsProtocol):
    """A connection with limits that uvicorn has not: of a head's bytes and time, and of unread answers.

    Without them one client makes the server keep an endless head, or an answer that nobody reads.
    """

    limits = Limits()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._head_bytes = 0
        self._head_since: float | None = self.loop.time()
        self._unread_since: float | None = None
        self._check()

    def data_received(self, data: bytes) -> None:
        """Refuse a head that is too long."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._head_bytes, self._head_since = 0, None
        elif before is None or before.response_complete:
            self._head_bytes += len(data)
            self._head_since = self._head_since or self.loop.time()
            if self._head_bytes > self.limits.head + self.limits.address:
                self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        """Let the application see the connection."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]

    def pause_writing(self) -> None:
        """Give the client time to read."""
        super().pause_writing()
        self._unread_since = self.loop.time()

    def resume_writing(self) -> None:
        """Take note that the client reads."""
        super().resume_writing()
        self._unread_since = None

    def _check(self) -> None:
        now, limits = self.loop.time(), self.limits
        late = now - (self._head_since or now) > limits.header_time
        if late or now - (self._unread_since or now) > limits.write_time:
            self.transport.abort()
        elif not self.transport.is_closing():
            self.loop.call_later(min(1, limits.header_time / 2), self._check)
