"""The SPARQL 1.1 Protocol, read-only: what a request to ``/sparql`` asks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from kg.server import front
from kg.server.front import Service

METHODS = ("GET", "HEAD", "POST")
_FORM, _QUERY, _UPDATE = (
    "application/x-www-form-urlencoded",
    "application/sparql-query",
    "application/sparql-update",
)
_OURS = {"query", "update", "default-graph-uri", "named-graph-uri", "format", "output"}


@dataclass(frozen=True)
class Asked:
    """A query with its dataset; ``format`` names a format that goes before the Accept header."""

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    format: str


class BadRequest(Exception):
    """A request that the protocol does not allow, with its status."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


async def respond(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """Answer a request to the endpoint."""
    try:
        asked = await read(service, request)
    except BadRequest as error:
        headers = {"Accept-Post": f"{_FORM}, {_QUERY}"} if error.status == 415 else {}
        return front.plain(error.status, str(error), **headers)
    accept = request.headers.get("Accept", "")
    if asked is None:
        task = {"kind": "describe", "what": "service", "accept": accept, "address": address(request)}
        return await front.answer(service, request, task)
    wanted: dict[str, Any] = {
        "kind": "sparql",
        "query": asked.query,
        "default": asked.default,
        "named": asked.named,
        "accept": accept,
        "format": asked.format,
    }
    return await front.answer(service, request, wanted)


async def read(service: Service, request: web.BaseRequest) -> Asked | None:
    """What is asked, None where nothing is (the service description); raises BadRequest."""
    given = pairs(request.raw_path.partition("?")[2].encode("utf-8", "surrogateescape"))
    query = None
    if request.method == "POST":
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        charset = (request.charset or "utf-8").lower()
        if kind == _UPDATE:
            raise BadRequest(403, "this endpoint is read-only: it takes no updates")
        if kind not in (_FORM, _QUERY):
            raise BadRequest(415, f"send a query as {_FORM} (query=...) or as {_QUERY}")
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise BadRequest(415, f"send the query in UTF-8, not in {charset[:40]}")
        body = await body_of(service, request)
        if kind == _FORM:
            given += pairs(body)
        else:
            query = decoded(body, "the query")
    if any(name == "update" for name, _ in given):
        raise BadRequest(403, "this endpoint is read-only: it takes no updates")
    queries = [value for name, value in given if name == "query"]
    if query is not None:
        queries.append(query)
    if len(queries) > 1:
        raise BadRequest(400, "send one query, not several")
    if not queries:
        if request.method == "POST" or given:
            raise BadRequest(400, "there is no query; send one as query=...")
        return None
    if len(queries[0]) > service.limits.query:
        raise BadRequest(413, f"a query may have {service.limits.query:,} characters")
    if not queries[0].strip():
        raise BadRequest(400, "the query is empty")
    form = next((value for name, value in given if name in ("format", "output")), "")
    return Asked(
        queries[0],
        tuple(value for name, value in given if name == "default-graph-uri"),
        tuple(value for name, value in given if name == "named-graph-uri"),
        form,
    )


def pairs(data: bytes) -> list[tuple[str, str]]:
    """Names and values of a form; raises BadRequest where they are not UTF-8."""
    try:
        return parse_qsl(
            data.decode("utf-8"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=1000,
        )
    except (UnicodeDecodeError, ValueError):
        raise BadRequest(400, "the request is not encoded in UTF-8, or has too many fields") from None


def decoded(data: bytes, what: str) -> str:
    """Text from UTF-8; raises BadRequest."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(400, f"{what} is not UTF-8 (byte {error.start})") from None


async def body_of(service: Service, request: web.BaseRequest) -> bytes:
    """The body of a request, within its size and time; raises BadRequest."""
    too_long = BadRequest(413, f"a body may have {service.limits.body:,} bytes")
    if (request.content_length or 0) > service.limits.body:
        raise too_long
    try:
        async with asyncio.timeout(service.limits.body_time):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise too_long from None
    except TimeoutError:
        raise BadRequest(408, "the body did not come in time") from None
    except web.RequestPayloadError:
        raise BadRequest(400, "the body is broken") from None


def address(request: web.BaseRequest) -> str:
    """The scheme and host by which this server was reached, be it through a proxy that speaks TLS for it."""
    before = request.headers.get("X-Forwarded-Proto", "").partition(",")[0].strip().lower()
    return f"{before if before in ('http', 'https') else request.scheme}://{request.host}"
