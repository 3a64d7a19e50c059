"""The SPARQL 1.1 Protocol, read-only: what a request to ``/sparql`` asks."""

from __future__ import annotations

import asyncio

from aiohttp import web

from kg.server import asked, front
from kg.server.asked import FORM, QUERY, Asked, BadRequest, decoded, pairs
from kg.server.front import Service

METHODS = ("GET", "HEAD", "POST")
_UPDATE = "application/sparql-update"


async def respond(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """Answer a request to the endpoint."""
    try:
        found = await read(service, request)
    except BadRequest as error:
        headers = {"Accept-Post": f"{FORM}, {QUERY}"} if error.status == 415 else {}
        return front.plain(error.status, str(error), **headers)
    accept = request.headers.get("Accept", "")
    if found is None:
        task = {"kind": "describe", "what": "service", "accept": accept, "address": address(request)}
        return await front.answer(service, request, task)
    return await front.answer(service, request, found.task(accept))


async def read(service: Service, request: web.BaseRequest) -> Asked | None:
    """What is asked, None where nothing is (the service description); raises BadRequest."""
    given = pairs(request.raw_path.partition("?")[2].encode("utf-8", "surrogateescape"))
    query = None
    if request.method == "POST":
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        charset = (request.charset or "utf-8").lower()
        if kind == _UPDATE:
            raise BadRequest(403, "this endpoint is read-only: it takes no updates")
        if kind not in (FORM, QUERY):
            raise BadRequest(415, f"send a query as {FORM} (query=...) or as {QUERY}")
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise BadRequest(415, f"send the query in UTF-8, not in {charset[:40]}")
        body = await body_of(service, request)
        if kind == FORM:
            given += pairs(body)
        else:
            query = decoded(body, "the query")
    return asked.choose(given, query, service.limits, posted=request.method == "POST")


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
