"""The headers that answers bear, the tag by which a client knows an answer again, and whom a Host names."""

from __future__ import annotations

import functools
import hashlib
import ipaddress
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from kg.server.sink import KEY

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After, Link",
}
TRACE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Server": "regiograph"}
VARY = "Accept, Accept-Encoding"
ETAG = b"\r\nETag: "  # stands in the lines of every answer that does not change while the graph is the same


def task_key(task: Mapping[str, Any]) -> str:
    """A task's short name: the same task, the same answer."""
    text = repr(sorted(task.items()))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=KEY // 2).hexdigest()


def etag(version: str, key: str) -> str:
    """The ETag of a task's answer while the graph is the same."""
    return f'W/"{version}-{key}"'


def bearing(head: Mapping[str, Any], tag: str) -> dict[str, str]:
    """The headers of an answer with this head (``type``, ``encoding``, ``volatile`` ...)."""
    headers = {**CORS, **TRACE, "Vary": VARY, "Content-Type": head["type"]}
    if head.get("encoding"):
        headers["Content-Encoding"] = head["encoding"]
    if head.get("volatile"):
        headers["Cache-Control"] = "no-store"
    else:
        headers["ETag"] = tag
        headers["Cache-Control"] = "no-cache"
    if head["type"].startswith("text/html"):
        headers["Content-Security-Policy"] = (
            POLICY.replace("frame-ancestors 'self'", "frame-ancestors *") if head.get("framed") else POLICY
        )
    for name in ("Location", "Link", "Content-Disposition"):
        if name in head:
            headers[name] = head[name]
    return headers


@functools.lru_cache(maxsize=64)
def _lines(head: bytes) -> bytes:
    """The status line and the headers of an answer with this head, with a NUL for the tag."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in bearing(json.loads(head), "\0").items())
    return b"HTTP/1.1 200 OK\r\n" + lines.encode()


def lines(head: bytes, tag: str, length: int, *, close: bool = False) -> bytes:
    """All that goes before the date of a good answer: its head is a JSON object as a worker sends it."""
    end = b"Content-Length: %d\r\n" % length + (b"Connection: close\r\n" if close else b"")
    return _lines(head).replace(b"\0", tag.encode()) + end


@functools.lru_cache(maxsize=64)
def known_host(host: str, names: frozenset[str], *, http10: bool = False) -> bool:
    """Whether a Host header names this server: an IP address, which no DNS can rebind, or a known name."""
    if not host:
        return http10
    try:
        name = urlsplit(f"//{host}").hostname or ""
        ipaddress.ip_address(name)
    except ValueError:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name.rstrip(".").lower() in names and not set(host) & set("/@?#\\ ")
    return not set(host) & set("/@?#\\ ")
