from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import click

from kg import iris, locations
from kg.errors import BadStore, missing_extra

MIB = 1 << 20


@click.command("serve")
@click.option(
    "--graph",
    "where",
    help="Built graph: a folder of kg build, an RDF file, or an endpoint's address (default: the project's).",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("-p", "--port", default=7878, show_default=True, help="Port to listen on; 0 takes a free one.")
@click.option(
    "--allow-host", "hosts", multiple=True, metavar="NAME", help="A Host name to answer to; repeatable."
)
@click.option(
    "--page",
    type=click.Path(path_type=Path),
    help="Explorer page to serve at / (default: the build's graph.html).",
)
@click.option("--timeout", default=15.0, show_default=True, help="Seconds a query may run.")
@click.option(
    "--workers",
    default=4,
    show_default=True,
    type=click.IntRange(4),
    help="Worker processes for quick queries.",
)
@click.option(
    "--memory",
    default=1024,
    show_default=True,
    type=click.IntRange(512),
    help="MiB of address space a worker may have.",
)
@click.option(
    "--rows",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(1),
    help="Rows that an answer may have.",
)
@click.option("-q", "--quiet", is_flag=True, help="Write no access log.")
def command(
    where: str | None, host: str, port: int, hosts: tuple[str, ...], page: Path | None, timeout: float,
    workers: int, memory: int, rows: int, quiet: bool,
) -> None:  # fmt: skip
    """Serve the graph: SPARQL, linked data, reconciliation, query page; read-only.

    Strangers' queries run in worker processes with limits of time and memory. Sizing: each worker takes
    40 MB and what its query needs, at most --memory; there are up to twice --workers of them when queries
    run long. A gigabyte and two cores serve a graph of this size to hundreds of people. Put a TLS proxy in
    front before you leave 127.0.0.1. /health says whether it lives, /ready whether it answers; SIGTERM
    stops it after the answers under way.

    \b
    Example:
      kg serve
      kg serve --host 0.0.0.0 --allow-host graph.example.org
      kg serve --graph http://127.0.0.1:7879/query
    """
    try:
        from kg.server import app, source
        from kg.server.limits import Limits
        from kg.server.process import Lost
    except ImportError:
        raise missing_extra("server", "kg serve") from None
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    limits = Limits(timeout=timeout, workers=workers, memory=memory * MIB, rows=rows)
    explorer = (
        page or locations.build(where if where and not source.is_remote(where) else None) / "graph.html"
    )

    def started(server: app.Running) -> None:
        click.echo(f"serving {server.service.pool.crew.where} at {server.address}")
        if not quiet:
            click.echo(f"  SPARQL {server.address}sparql   questions {server.address}query", err=True)
            click.echo(f"  {iris.BASE}place/... at {server.address}place/...   stop with Ctrl-C", err=True)

    try:
        with asyncio.Runner(loop_factory=app.event_loop()) as runner:
            runner.run(
                app.serve_until_stopped(
                    started, where, host=host, port=port, hosts=hosts, limits=limits, page=explorer,
                    quiet=quiet,
                )
            )  # fmt: skip
    except Lost as lost:
        raise BadStore(
            f"a worker could not open {where or 'the graph'} (it ended with {lost.code}); is --memory enough?"
        ) from None
