"""A request as the bytes on the wire: those of the plainest kind are read here, past any HTTP library.

``promising`` is what the server asks of a piece of bytes before it hands it to a worker; ``read`` is what
the worker makes of it. It reads less than HTTP allows: only what no two readers can take for different
things. For the rest there is aiohttp.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

from kg.server import asked, media
from kg.server.asked import FORM, QUERY, BadRequest
from kg.server.headers import known_host
from kg.server.limits import Limits

PATH = "/sparql"
MOST = 64 << 10  # bytes of a request that may be read here
_BEGINNINGS = (b"GET /sparql?", b"POST /sparql HTTP/1.1\r\n", b"POST /sparql?")
_LENGTH = re.compile(rb"\r\ncontent-length: ?([0-9]{1,6})\r\n", re.IGNORECASE)
_REQUEST = re.compile(
    r"(GET|POST) (/sparql(?:\?([A-Za-z0-9._~:/?@!$&'()*+,;=%\[\]-]*))?) HTTP/1\.1\r\n"
    r"((?:[A-Za-z][A-Za-z0-9-]*:[ -~]*\r\n){1,64})"
)
#: Headers that make a request more than a plain question, or that more than one reader may read.
_UNUSUAL = frozenset(
    {"transfer-encoding", "content-encoding", "expect", "upgrade", "te", "trailer", "if-none-match"}
)
_READ = ("host", "accept", "accept-encoding", "connection", "content-type", "content-length")
_TYPES = {
    FORM: FORM,
    QUERY: QUERY,
    **{f"{kind};{space}charset=utf-8": kind for kind in (FORM, QUERY) for space in ("", " ")},
}


def promising(data: bytes) -> bool:
    """Whether these bytes begin as a query to the endpoint does."""
    return data.startswith(_BEGINNINGS) and len(data) <= MOST


def missing(data: bytes) -> int:
    """How many bytes of the body of a POST are still to come; negative where that cannot be told."""
    end = data.find(b"\r\n\r\n")
    length = _LENGTH.search(data, 0, end + 2) if end > 0 else None
    return end + 4 + int(length[1]) - len(data) if length else -1


def read(data: bytes, limits: Limits, hosts: frozenset[str]) -> dict[str, Any] | None:
    """The task that a whole request sets; None where it is not of the plainest kind, or must be refused."""
    head, _, body = data.partition(b"\r\n\r\n")
    try:
        found = _REQUEST.fullmatch(head.decode("ascii") + "\r\n")
    except UnicodeDecodeError:
        return None
    if found is None or len(found[2]) > limits.address or len(found[4]) > limits.address:
        return None
    method, _, fields, lines = found.groups()
    headers = _headers(lines)
    if headers is None or not known_host(headers.get("host", ""), hosts):
        return None
    try:
        given = asked.pairs((fields or "").encode())
        query = None
        if method == "POST":
            kind = _TYPES.get(headers.get("content-type", "").lower())
            if kind is None or headers.get("content-length") != str(len(body)) or len(body) > limits.body:
                return None
            if kind == FORM:
                given += asked.pairs(body)
            else:
                query = asked.decoded(body, "the query")
        elif body or "content-length" in headers:
            return None
        chosen = asked.choose(given, query, limits, posted=method == "POST")
    except BadRequest:
        return None
    if chosen is None:
        return None
    task = chosen.task(headers.get("accept", ""))
    task["gzip"] = media.takes_gzip(headers.get("accept-encoding", ""))
    return task


@functools.lru_cache(maxsize=64)
def _headers(lines: str) -> Mapping[str, str] | None:
    """The headers that are read here, by name; None where one of all stands twice or is unusual.

    A client sends the same ones again and again.
    """
    names: set[str] = set()
    found: dict[str, str] = {}
    for line in lines.split("\r\n")[:-1]:
        name, _, value = line.partition(":")
        name = name.lower()
        if name in _UNUSUAL or (name in _READ and name in names):
            return None
        names.add(name)
        if name in _READ:
            found[name] = value.strip()
    if found.get("connection", "keep-alive").lower() not in ("keep-alive", "close"):
        return None
    return found
