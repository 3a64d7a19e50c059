from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from kg import locations
from kg.cli import option, terminal
from kg.query.graph import open_graph
from kg.store import names


@click.command("find")
@click.argument("words", nargs=-1, required=True)
@option.graph
@option.seeds
@click.option("-n", "--limit", default=10, show_default=True, help="How many entities to show.")
@option.as_json
def command(
    words: tuple[str, ...], graph: Path | None, seeds: Path | None, limit: int, as_json: bool
) -> None:
    """Find entities by name, and near misses: English, Chinese, as printed, with typing errors.

    Looks in the built graph, or with --seeds in curated tables, before they are built. Exit code 1 when
    nothing is near.

    \b
    Example:
      kg find silicon carbid
      kg find 封测
    """
    index = _seed_index(seeds) if seeds else open_graph(graph).names
    hits = index.search(" ".join(words), limit=limit)
    if as_json:
        click.echo(json.dumps([asdict(hit) for hit in hits], ensure_ascii=False, indent=1))
    elif hits:
        rows = [
            [hit.entity, index.labels.get(hit.entity, ""), hit.name, hit.role, f"{hit.score:g}"]
            for hit in hits
        ]
        terminal.table(("entity", "label", "found as", "role", "score"), rows, whole=("entity",))
    else:
        click.echo("nothing like it")
    sys.exit(0 if hits else 1)


def _seed_index(folder: Path) -> names.Index:
    from kg.read import seeds as tables  # late: reading tables needs pydantic, searching a graph does not

    found, _ = tables.read(locations.seeds(folder))
    return names.index_in_memory((n.entity, n.role, n.lang, n.name) for n in found.names)
