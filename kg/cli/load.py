from __future__ import annotations

from pathlib import Path

import click

from kg import locations
from kg.cli import option, terminal
from kg.errors import BadStore
from kg.store import graph_store


@click.command("load")
@click.argument("where")
@click.option(
    "--graph",
    "source",
    type=click.Path(path_type=Path),
    help="Folder of kg build or kg bulk, or an RDF file.",
)
@click.option("--stated", is_flag=True, help="Put the default graph into graph/stated (Virtuoso, Neptune).")
@click.option("--size", default=256, show_default=True, help="MiB of a file, where WHERE is a folder.")
@click.option("--again", is_flag=True, help="Send everything, also what had arrived before.")
@option.quiet
def command(where: str, source: Path | None, stated: bool, size: int, again: bool, quiet: bool) -> None:
    """Load the graph into another SPARQL engine.

    WHERE is the address of its graph store (SPARQL 1.1 Graph Store Protocol), or a folder that is filled
    with N-Quads files for the engine's bulk loader; part files of an earlier load are removed there. A load
    that broke off is resumed where it stopped; if the engine has lost its graphs, everything is sent again.
    docs/engines.md says what suits which engine.

    \b
    Example:
      kg load http://127.0.0.1:7879/store
      kg load parts/ --stated --size 64
    """
    quads = graph_store.open_source(locations.build(source))
    if where.startswith(("http://", "https://")):
        _send(quads, where, stated=stated, again=again, quiet=quiet)
        return
    if "://" in where:
        raise BadStore(
            f"{where} is neither a folder nor the address of a graph store: http://... or https://..."
        )
    paths = graph_store.write_parts(quads, Path(where), size << 20, stated=stated)
    if not quiet:
        click.echo(f"{terminal.count(len(paths), 'file')} in {where}")


def _send(quads: graph_store.Source, where: str, *, stated: bool, again: bool, quiet: bool) -> None:
    def progress(done: int) -> None:
        click.echo(f"{done:,} quads", err=True)

    sent = graph_store.send(quads, where, stated=stated, again=again, progress=None if quiet else progress)
    if quiet:
        return
    if sent.before:
        click.echo(
            f"{terminal.count(sent.before, 'quad')} had arrived by {sent.when}; --again sends them again"
        )
    click.echo(f"sent {terminal.count(sent.now, 'quad')} to {where}")
