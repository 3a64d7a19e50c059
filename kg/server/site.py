"""Addresses beside the endpoint: the explorer page, things, questions, reconciliation, files, health."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from aiohttp import web

from kg.server import front, protocol
from kg.server.asked import BadRequest, pairs
from kg.server.front import Service

_STATIC = Path(__file__).parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)


async def home(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """The explorer page where there is one, else a short index."""
    if service.page is None or not service.page.is_file():
        task = {"kind": "catalogue", "what": "index", "path": "/", "given": []}
        return await front.answer(service, request, task)
    changed = service.page.stat()
    tag = f'W/"{changed.st_mtime_ns:x}-{changed.st_size:x}"'
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
        "ETag": tag,
    }
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    body, policy = await asyncio.to_thread(_explorer, service.page)
    headers["Content-Security-Policy"] = policy
    return web.Response(body=body, headers=headers)


def _explorer(page: Path) -> tuple[bytes, str]:
    """The page with a policy that lets only the scripts run that are written in it."""
    body = page.read_bytes()
    hashes = {
        "'sha256-" + base64.b64encode(hashlib.sha256(found["text"]).digest()).decode() + "'"
        for found in _INLINE.finditer(body)
    }
    allowed = " ".join(sorted(hashes)) if len(hashes) < 40 else "'unsafe-inline'"
    return body, (
        f"default-src 'none'; script-src {allowed or chr(39) + 'none' + chr(39)}; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src data:; connect-src 'self'; worker-src blob:; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )


async def page(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """The query page, or one question with its answer."""
    try:
        given = pairs(request.raw_path.partition("?")[2].encode("utf-8", "surrogateescape"))
    except BadRequest as error:
        return front.plain(error.status, str(error))
    task: dict[str, Any] = {
        "kind": "catalogue",
        "what": "question" if request.path.startswith("/question/") else "query",
        "path": request.path,
        "given": given,
        "accept": request.headers.get("Accept", ""),
    }
    return await front.answer(service, request, task)


async def thing(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """An entity, statement, source, term: a 303 to the document that suits, or that document."""
    task = {"kind": "thing", "path": request.path, "accept": request.headers.get("Accept", "")}
    return await front.answer(service, request, task)


async def void(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """VoID and DCAT."""
    task = {
        "kind": "describe",
        "what": "void",
        "accept": request.headers.get("Accept", ""),
        "address": protocol.address(request),
    }
    return await front.answer(service, request, task)


async def reconcile(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """The reconciliation service; parameters come in the address or in a form."""
    try:
        given = pairs(request.raw_path.partition("?")[2].encode("utf-8", "surrogateescape"))
        if request.method == "POST":
            kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind != "application/x-www-form-urlencoded":
                raise BadRequest(415, "send the queries as application/x-www-form-urlencoded")
            given += pairs(await protocol.body_of(service, request))
    except BadRequest as error:
        return front.plain(error.status, str(error))
    task: dict[str, Any] = {
        "kind": "reconcile",
        "path": request.path,
        "given": dict(given),
        "address": protocol.address(request),
    }
    return await front.answer(service, request, task)


async def static(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """A file of the query page, by its bare name."""
    files = {path.name: path for path in _STATIC.iterdir() if path.suffix in _TYPES}
    path = files.get(request.path.removeprefix("/static/"))
    if path is None:
        return await missing(service, request)
    body = path.read_bytes()
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    headers = {
        "Content-Type": f"{_TYPES[path.suffix]}; charset=utf-8",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        "ETag": tag,
    }
    if tag in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers)


async def health(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """Whether the process lives."""
    del service, request
    return front.plain(200, "alive")


async def ready(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """Whether queries would be answered."""
    del request
    if service.pool.ready:
        return front.plain(200, "ready")
    return front.plain(503, "not ready", **{"Retry-After": "5"})


async def robots(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """Crawlers may read things, not run queries."""
    del service, request
    return front.plain(200, "User-agent: *\nDisallow: /sparql\nDisallow: /question/\nDisallow: /reconcile")


async def missing(service: Service, request: web.BaseRequest) -> web.StreamResponse:
    """Nothing is here."""
    del service, request
    return front.plain(404, "there is nothing at this address; / says what there is")
