"""Commands that serve the graph: serve over HTTP, mcp to assistants."""

import asyncio
import logging
import signal
import socket
import sys
from pathlib import Path

import click

from kg import iris
from kg.cli import options, terminal
from kg.errors import BadStore, KgError, missing_extra


@click.command("serve")
@options.graph
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option(
    "-p", "--port", type=click.IntRange(0, 65535), default=7878, help="Port to listen on; 0 takes a free one."
)
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="A Host name to answer to.")
@click.option("--page", type=options.PATH, help="Page to serve at / (default: the build's graph.html).")
@click.option("--timeout", default=15.0, help="Seconds a query may run.")
@click.option("--workers", default=4, type=click.IntRange(4), help="Worker processes for quick queries.")
@click.option("--memory", default=1024, type=click.IntRange(512), help="MiB of memory a worker may have.")
@click.option("--rows", default=1_000_000, type=click.IntRange(1), help="Rows that an answer may have.")
@click.option("-q", "--quiet", is_flag=True, help="Write no access log.")
def serve_command(
    graph: str | None, host: str, port: int, hosts: tuple[str, ...], page: Path | None, timeout: float,
    workers: int, memory: int, rows: int, quiet: bool,
) -> None:  # fmt: skip
    """Serve SPARQL, linked data, reconciliation and a query page.

    Strangers' queries run in worker processes with limits of time and memory. Sizing: each worker takes
    40 MB and what its query needs, at most --memory; there are up to twice --workers of them when queries
    run long. A gigabyte and two cores serve a graph of this size to hundreds of people. Put a TLS proxy in
    front before you leave 127.0.0.1. /health says whether it lives, /ready whether it answers; SIGTERM
    stops it after the answers under way.

    \b
    Example:
      kg serve --host 0.0.0.0 --allow-host graph.example.org
      kg serve --graph http://127.0.0.1:7879/query
    """
    try:
        import uvicorn  # the extra: nothing else needs it

        from kg.server import app as server
        from kg.server.limits import Limits
        from kg.server.pool import WorkerDied
    except ImportError:
        raise missing_extra("server", "kg serve") from None
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    for library in ("uvicorn", "mcp"):
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.getLogger("kg.server.access").setLevel(logging.WARNING if quiet else logging.INFO)
    limits = Limits(timeout=timeout, workers=workers, memory=memory << 20, rows=rows)
    page = page or options.page(graph)
    app = server.create_app(graph, limits=limits, hosts=[host, *hosts], page=page)
    config = server.configure_uvicorn(app)
    running = uvicorn.Server(config)
    for name in (signal.SIGINT, signal.SIGTERM):  # uvicorn takes them over, and raises them again in the end
        signal.signal(name, running.handle_exit)

    async def serve() -> None:
        await app.state.pool.start()  # so that nothing is announced that cannot be opened
        address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"
        terminal.echo(f"serving {app.state.pool.where} at {address}")
        if not quiet:
            terminal.echo(f"  SPARQL {address}sparql   questions {address}query", err=True)
            terminal.echo(f"  {iris.BASE}place/... at {address}place/...   stop with Ctrl-C", err=True)
        await running.serve(sockets=[listener])

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise KgError(f"port {port} of {host} cannot be listened on: {error.strerror}") from None
    try:
        with listener, asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(serve())
    except WorkerDied as died:
        ended = f"a worker could not open {graph or 'the graph'} (it ended with {died.code})"
        raise BadStore(f"{ended}; is --memory enough?") from None


@click.command("mcp")
@options.graph
@click.option("--timeout", default=15.0, help="Seconds a query may run.")
@click.option("--memory", default=1024, type=click.IntRange(512), help="MiB of memory a worker may have.")
def mcp_command(graph: str | None, timeout: float, memory: int) -> None:
    """Serve the graph to assistants by the Model Context Protocol (MCP).

    An assistant starts this command itself and talks to it by standard input and output. Its tools find
    entities, ask named questions, show an entity, search words, return evidence and run SPARQL; they only
    read and use no network. kg serve offers the same over HTTP at /mcp.

    \b
    Example:
      kg mcp --graph build
    """
    try:
        from kg.assistant.protocol import create_server  # the extra
        from kg.server import app, assistants
        from kg.server.limits import Limits
        from kg.server.pool import Pool, WorkerDied
    except ImportError:
        raise missing_extra("mcp", "kg mcp") from None
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s", stream=sys.stderr)
    where = app.locate_graph(graph)
    limits = Limits(timeout=timeout, memory=memory << 20, workers=2)
    pool = Pool(where, app.graph_version(where), limits)

    async def serve() -> None:
        async with app.keep_fresh(pool, graph):
            await create_server(lambda *call: assistants.run_tool(pool, *call)).run_stdio_async()

    try:
        asyncio.run(serve())
    except WorkerDied as died:
        raise BadStore(f"a worker could not open {where} (it ended with {died.code})") from None
