from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from kg import locations
from kg.cli import option, terminal
from kg.store import build


@click.command("build")
@option.seeds
@option.ontology
@click.option(
    "--graph", "folder", type=click.Path(path_type=Path), help="Folder to build into (default: build/)."
)
@option.as_json
@option.quiet
def command(
    seeds: Path | None, ontology: Path | None, folder: Path | None, as_json: bool, quiet: bool
) -> None:
    """Build the graph from the curated tables.

    The tables are checked first; with problems nothing is built. When nothing changed since the last
    build, nothing is done. An interrupted build leaves the graph that was there.

    \b
    Example:
      kg build
      kg build --seeds my-seeds --graph my-build
    """
    where = locations.build(folder)
    try:
        built, fresh = build.build_graph(locations.seeds(seeds), locations.ontology(ontology), where)
    except build.Unsound as error:
        for problem in error.problems[:20]:
            click.echo(str(problem), err=True)
        click.echo(f"kg: {error}; kg check lists them all", err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(asdict(built), indent=1))
    elif not quiet:
        counts = ", ".join(f"{number:,} {what}" for what, number in built.counts.items())
        done = "built" if fresh else "up to date:"
        click.echo(f"{done} {terminal.near(where)}: {terminal.count(built.quads, 'quad')} from {counts}")
