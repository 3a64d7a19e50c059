from __future__ import annotations

from pathlib import Path

import click

from kg import locations
from kg.cli import terminal
from kg.errors import BadStore
from kg.store import upload


@click.command("load")
@click.argument("where")
@click.option(
    "--graph", "source", type=click.Path(path_type=Path), help="Folder of kg build, or an N-Quads file."
)
@click.option("--stated", is_flag=True, help="Put the default graph into graph/stated (Virtuoso, Neptune).")
@click.option("--size", default=256, show_default=True, help="MiB of a file, where WHERE is a folder.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems.")
def command(where: str, source: Path | None, stated: bool, size: int, quiet: bool) -> None:
    """Load the graph into another SPARQL engine.

    WHERE is the address of its graph store (SPARQL 1.1 Graph Store Protocol), or a folder that is filled
    with N-Quads files for the engine's bulk loader. A load that broke off goes on where it stopped.
    docs/engines.md says what suits which engine.

    \b
    Example:
      kg load http://127.0.0.1:7879/store
      kg load parts/ --stated --size 64
    """
    path = locations.build(source)
    path = path / "graph.nq" if path.is_dir() else path
    if not path.is_file():
        raise BadStore(f"no N-Quads at {path}: kg build writes them")
    if not where.startswith(("http://", "https://")):
        with path.open(encoding="utf-8") as lines:
            paths = upload.cut(lines, Path(where), size << 20, stated=stated)
        if not quiet:
            click.echo(f"{terminal.count(len(paths), 'file')} in {where}")
        return

    def progress(done: int) -> None:
        click.echo(f"{done:,} quads", err=True)

    sent = upload.send(path, where, stated=stated, progress=None if quiet else progress)
    if not quiet:
        click.echo(f"sent {terminal.count(sent, 'quad')} to {where}")
