"""The ASGI application: routes to handlers, start and stop, and the watch for new builds."""

import asyncio
import base64
import contextlib
import hashlib
import logging
import os
import re
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kg import iris, locations
from kg.errors import BadStore, KgError, missing_extra
from kg.query.graph import open_graph
from kg.server.http import LimitedProtocol, ServiceMiddleware, explain_refusal, forward
from kg.server.limits import Limits
from kg.server.pool import Pool, WorkerDied
from kg.store import manifest

if TYPE_CHECKING:
    from kg.server.assistants import AssistantEndpoint

LOG = logging.getLogger("kg.server")
GRACE_SECONDS = 10  # in which answers under way may end when the server stops
_LOOK_SECONDS = 3
_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
#: With the scripts that are written in the page, and no others.
_EXPLORER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src 'self'; "
    "worker-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_ROBOTS = "User-agent: *\nDisallow: /sparql\nDisallow: /question/\nDisallow: /reconcile\n"


def create_app(
    where: str | None = None, *, limits: Limits | None = None, hosts: Iterable[str] = (),
    page: Path | None = None,
) -> Starlette:  # fmt: skip
    """Create the application over a graph (a folder of builds, a file, an endpoint; default: the project's).

    ``hosts`` are names that it answers to besides localhost and IP addresses; ``page`` is the explorer's.
    Raises BadStore where there is no graph.
    """
    chosen = limits or Limits()
    located = locate_graph(where)
    names = frozenset({"localhost", *(name.lower() for name in hosts)})

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with (
            keep_fresh(pool, where),
            assistants.manager.run() if assistants else contextlib.nullcontext(),
        ):
            yield

    pool = Pool(located, graph_version(located), chosen)
    assistants = _assistants(pool, names)
    route = Route("/mcp", assistants or _no_assistants, methods=["GET", "POST", "PUT", "DELETE"])
    app = Starlette(
        routes=[route, *_ROUTES], lifespan=lifespan, exception_handlers={HTTPException: explain_refusal},
        middleware=[Middleware(ServiceMiddleware, limits=chosen, hosts=names)],
    )  # fmt: skip
    app.state.pool, app.state.page = pool, page
    return app


def configure_uvicorn(app: Starlette) -> uvicorn.Config:
    """Return the settings with which uvicorn serves the application within its limits."""
    limits: Limits = app.state.pool.limits
    return uvicorn.Config(
        app, http=type("Protocol", (LimitedProtocol,), {"limits": limits}), ws="none", lifespan="on",
        log_config=None, access_log=False, server_header=False, proxy_headers=False,
        limit_concurrency=limits.connections, timeout_keep_alive=int(limits.idle_time),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def keep_fresh(pool: Pool, where: str | None) -> AsyncIterator[None]:
    """Run the workers for as long as the context lasts, over each new build when there is one."""
    watch = asyncio.create_task(_watch(pool, where))
    try:
        await pool.start()
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)  # it may have workers that just start
        await pool.stop()


def locate_graph(where: str | os.PathLike[str] | None, *, fresh: bool = True) -> str:
    """Return the one address that all workers open: a store's folder, a file, or an endpoint.

    With ``fresh`` it is opened to see that it can be; the project's own graph is built where there is none.
    """
    if where is not None and is_endpoint(str(where)):
        return str(where)
    if where is not None and (Path(where) / "CURRENT").is_file():
        return str(Path(where).resolve())  # a store itself, as kg build keeps it
    path = locations.build(where)
    if fresh:
        with open_graph(where) as opened:
            if opened.index:
                len(opened.names.entities)  # raises BadStore where the index is damaged or of another version
            path = Path(opened.where)
    return str((manifest.current(path).path(path) if path.is_dir() else path).resolve())


def is_endpoint(where: str) -> bool:
    """Return whether this is an endpoint's address."""
    return where.startswith(("http://", "https://"))


def graph_version(where: str) -> str:
    """Return a short hash that changes when what is served changes; it is part of every ETag."""
    if is_endpoint(where):
        return hashlib.sha256(where.encode()).hexdigest()[:12]
    try:
        changed = Path(where).stat().st_mtime_ns
    except OSError as error:
        raise BadStore(f"{where} cannot be read: {error.strerror}") from None
    return hashlib.sha256(f"{iris.BASE}{where}{changed}".encode()).hexdigest()[:12]


async def _watch(pool: Pool, where: str | None) -> None:
    """Open the graph of a new build when there is one."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        try:
            found = await asyncio.to_thread(locate_graph, where, fresh=False)
            version = graph_version(found)
            if found != pool.where or (Path(found).is_file() and version != pool.version):
                await pool.renew(found, version)
        except (KgError, OSError, WorkerDied) as error:
            LOG.warning("the graph that is served stays: %s", error)
        except Exception:
            LOG.exception("the watch for new builds failed; it goes on")


async def _home(request: Request) -> Response:
    """Answer with the explorer's page; a worker answers where there is none."""
    page: Path | None = request.app.state.page
    if page is None or not page.is_file():
        return await forward(request)
    changed = page.stat()
    tag = f'W/"{changed.st_mtime_ns:x}-{changed.st_size:x}"'
    if tag in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers={"ETag": tag})
    body = await asyncio.to_thread(page.read_bytes)
    digests = sorted({hashlib.sha256(text).digest() for text in _INLINE_SCRIPT.findall(body)})
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests) or "'none'"
    headers = {"ETag": tag, "Content-Security-Policy": f"script-src {allowed}; {_EXPLORER_POLICY}"}
    return HTMLResponse(body, headers=headers)


def _assistants(pool: Pool, names: frozenset[str]) -> "AssistantEndpoint | None":
    """Return what answers assistants at /mcp; None where the extra is not installed."""
    try:
        from kg.server.assistants import AssistantEndpoint  # late: the extra
    except ImportError:
        return None
    return AssistantEndpoint(pool, names)


async def _no_assistants(_: Request) -> Response:
    return PlainTextResponse(f"{missing_extra('mcp', 'this address')}\n", 501)


async def _ready(request: Request) -> Response:
    if request.app.state.pool.ready:
        return PlainTextResponse("ready\n")
    return PlainTextResponse("not ready\n", 503, {"Retry-After": "5"})


#: What this process answers itself; workers answer everything else.
_ROUTES = [
    Route("/sparql", forward, methods=["GET", "POST"]),
    Route("/health", PlainTextResponse("alive\n"), methods=["GET"]),
    Route("/ready", _ready),
    Route("/robots.txt", PlainTextResponse(_ROBOTS), methods=["GET"]),
    Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
    Route("/", _home),
    Route("/graph.html", _home),
    Route("/reconcile{rest:path}", forward, methods=["GET", "POST"]),
    Route("/{rest:path}", forward),
]
