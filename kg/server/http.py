"""HTTP around the workers: an ASGI layer that refuses, forwards and adds headers; limited connections."""

import asyncio
import contextlib
import functools
import hashlib
import ipaddress
import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kg.server.limits import Limits
from kg.server.pool import Pool, WorkerDied

ACCESS = logging.getLogger("kg.server.access")
#: The key of the connection's transport in a scope's extensions: whether the client has left can be read from
#: it, and to abort it keeps clients and proxies from taking a cut answer for a complete one.
TRANSPORT = "kg.transport"
Pairs = Iterable[tuple[bytes, bytes]]
_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")
_HEADERS = (
    # also without an Origin: a proxy may keep the answer for a browser
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Retry-After, Link"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"server", b"regiograph"),
    (b"vary", b"Accept, Accept-Encoding"),
    (b"cache-control", b"no-cache"),  # keep, and ask each time whether it is still so
)
_PREFLIGHT = (
    (b"allow", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-methods", b"GET, HEAD, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Content-Type, If-None-Match, X-Requested-With"),
    (b"access-control-max-age", b"86400"),
)
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_CLOSE = {"Connection": "close"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
_READ = {"accept": b"accept", "encoding": b"accept-encoding", "type": b"content-type"}


class ServiceMiddleware:
    """Refuses what is out of limits, lets workers answer, and leaves to the application what is ``own``.

    Starlette's CORSMiddleware would add ``Vary: Origin``, and caches would keep each answer once an origin.
    """

    def __init__(self, app: ASGIApp, pool: Pool, hosts: frozenset[str], own: Callable[[str], bool]) -> None:
        self.app = app
        self._pool = pool
        self._limits = pool.limits
        self._hosts = hosts
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the headers that every answer has unless it sets them itself."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
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
            await self._answer(scope, receive, reply)
        except HTTPException as error:
            headers = [(name.lower().encode(), text.encode()) for name, text in (error.headers or {}).items()]
            await _send_whole(reply, error.status_code, [_TEXT, *headers], f"{error.detail}\n".encode())
        finally:
            if ACCESS.isEnabledFor(logging.INFO):
                _log(scope, status, time.perf_counter() - begun)

    async def _answer(self, scope: Scope, receive: Receive, reply: Send) -> None:
        headers = dict(scope["headers"])
        method, path = scope["method"], scope["path"]
        self._refuse(scope, headers)
        if method == "OPTIONS":
            await _send_whole(reply, 204, _PREFLIGHT)
            return
        posts = path == "/sparql" or path.startswith("/reconcile")
        if method not in ("GET", "HEAD") and not (posts and method == "POST"):
            allowed = "GET, HEAD, POST" if posts else "GET, HEAD"
            text = f"{method} is not allowed here; {allowed} are"
            raise HTTPException(405, text, {"Allow": allowed, **_CLOSE})
        if self._own(path):
            await self.app(scope, receive, reply)
            return
        task = {name: headers.get(header, b"").decode("latin-1") for name, header in _READ.items()}
        task |= {"method": method.replace("HEAD", "GET"), "path": path, "address": _address(scope, headers)}
        task["query"] = scope["query_string"].decode("latin-1")
        body = await self._read_body(headers, receive) if method == "POST" else b""
        line = json.dumps(task).encode() + b"\n" + body
        key = hashlib.blake2b(line, digest_size=12).hexdigest()
        tag, known = _tag(self._pool.version, key), headers.get(b"if-none-match", b"").split(b",")
        if method != "POST" and tag in (part.strip() for part in known):
            await _send_whole(reply, 304, [(b"etag", tag)])
        else:
            await self._forward(line, key, scope.get("extensions", {}).get(TRANSPORT), reply)

    def _refuse(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        """Raise HTTPException for an address or a head too long, or a Host that does not name this server."""
        most = self._limits.address
        if len(scope["path"]) + len(scope["query_string"]) > most:
            raise HTTPException(414, f"an address may have {most:,} bytes; POST takes longer queries", _CLOSE)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > self._limits.head:
            raise HTTPException(431, f"headers may have {self._limits.head:,} bytes", _CLOSE)
        host = headers.get(b"host", b"").decode("latin-1")
        if not (names_server(host, self._hosts) if host else scope["http_version"] == "1.0"):
            text = "this server does not answer to that Host; kg serve --allow-host NAME admits it"
            raise HTTPException(421, text)

    async def _read_body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        """Read a body within its limits of size and time."""
        most, body, more = self._limits.body, bytearray(), True
        size = int(headers.get(b"content-length", b"0"))
        try:
            async with asyncio.timeout(self._limits.body_time):
                while more and max(size, len(body)) <= most:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise HTTPException(400, "the body is not complete")
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
        except TimeoutError:
            raise HTTPException(408, "the body did not come in time", _CLOSE) from None
        if max(size, len(body)) > most:
            raise HTTPException(413, f"a body may have {most:,} bytes", _CLOSE)
        return bytes(body)

    async def _forward(self, task: bytes, key: str, transport: Any, reply: Send) -> None:
        """Let a worker answer; raise HTTPException where none does."""
        answer = await self._pool.run(task, transport.is_closing if transport else bool)
        status, pairs, tagged = _raw_headers(answer.head)
        if tagged:
            pairs = [*pairs, (b"etag", _tag(answer.version, key))]
        if answer.pieces is None:
            await _send_whole(reply, status, pairs, answer.body)
            return
        await reply({"type": "http.response.start", "status": status, "headers": pairs})
        try:
            async with contextlib.aclosing(answer.pieces) as pieces:
                async for piece in pieces:
                    await reply({"type": "http.response.body", "body": piece, "more_body": True})
        except WorkerDied as cut:
            if transport is None:
                raise RuntimeError("an answer was cut short") from cut
            transport.abort()
            await asyncio.sleep(0)  # until the server has seen that the connection is lost
            return
        await reply({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_whole(reply: Send, status: int, headers: Pairs, body: bytes = b"") -> None:
    length = [] if status in (204, 304) else [(b"content-length", b"%d" % len(body))]
    await reply({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await reply({"type": "http.response.body", "body": body})


def _tag(version: str, key: str) -> bytes:
    return f'W/"{version}-{key}"'.encode()


@functools.lru_cache(maxsize=256)
def _raw_headers(line: bytes) -> tuple[int, Pairs, bool]:
    """Return status, headers, and whether there is an ETag, for the head that a worker wrote (JSON).

    ``status``, ``type``, ``volatile`` and ``framed`` have a meaning of their own; the rest are headers.
    """
    head = json.loads(line)
    status, kind, volatile = head.pop("status"), head.pop("type"), head.pop("volatile", False)
    framed = head.pop("framed", False)
    headers = {"content-type": kind, **head}
    if volatile:
        headers["cache-control"] = "no-store"
    if kind.startswith("text/html"):
        headers["content-security-policy"] = _POLICY + ("*" if framed else "'self'")
    pairs = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in headers.items()]
    return status, pairs, status == 200 and not volatile


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


def _address(scope: Scope, headers: dict[bytes, bytes]) -> str:
    """Return the scheme and host by which this server was reached, be it through a proxy with TLS."""
    before = headers.get(b"x-forwarded-proto", b"").partition(b",")[0].strip().lower()
    scheme = before.decode() if before in (b"http", b"https") else scope["scheme"]
    return f"{scheme}://{headers.get(b'host', b'').decode() or '{}:{}'.format(*scope['server'])}"


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
