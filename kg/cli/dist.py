from __future__ import annotations

import sys
from pathlib import Path

import click

from kg import locations
from kg.cli import option
from kg.export import release
from kg.store import build


@click.command("dist")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default="dist")
@option.seeds
@option.ontology
@click.option("--graph", "where", type=click.Path(path_type=Path), help="Folder of builds (default: build/).")
@click.option(
    "--since",
    type=click.Path(exists=True, path_type=Path),
    help="The release before: its N-Quads file, or a folder of builds.",
)
@option.quiet
def command(
    folder: Path,
    seeds: Path | None,
    ontology: Path | None,
    where: Path | None,
    since: Path | None,
    quiet: bool,
) -> None:
    """Write a release of the graph: page, quads, tables, changes.

    The graph is built first. FOLDER (default: dist) then holds the page, the graph as N-Quads, statements
    and targets as one table, the curated tables as an archive, the data's version and, with --since, what
    changed in the data. The code's changes are told in its own change log.

    \b
    Example:
      kg dist
      kg dist release --since old-release/regiograph.nq
    """
    tables, place = locations.seeds(seeds), locations.build(where)
    try:
        build.build_graph(tables, locations.ontology(ontology), place)
    except build.Unsound as error:
        for problem in error.problems[:20]:
            click.echo(str(problem), err=True)
        click.echo(f"kg: {error}; kg check lists them all", err=True)
        sys.exit(1)
    for path in release.write(tables, place, folder, since=since):
        if not quiet:
            click.echo(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
