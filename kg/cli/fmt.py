from __future__ import annotations

from pathlib import Path

import click

from kg import locations
from kg.cli import option, terminal
from kg.read import scaffold
from kg.read import seeds as tables


@click.command("fmt")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option.seeds
@click.option("--encoding", default="utf-8", show_default=True, help="What the files are saved in now.")
@option.quiet
def command(files: tuple[Path, ...], seeds: Path | None, encoding: str, quiet: bool) -> None:
    """Order the rows of tables, mend encoding and line ends.

    Without FILES all tables of the folder. Rows are never dropped; a table that cannot be read stays as it
    is, and says why.

    \b
    Example:
      kg fmt
      kg fmt seeds/orgs.csv --encoding gb18030
    """
    folder = locations.seeds(seeds)
    known = {*tables.COMMON_TABLES, *tables.SOURCE_TABLES}
    chosen = files or tuple(sorted(path for path in folder.rglob("*.csv") if path.name in known))
    changed = 0
    for path in chosen:
        if scaffold.tidy(path, encoding=encoding):
            changed += 1
            if not quiet:
                click.echo(f"put in order: {path}")
    if not quiet:
        click.echo(f"{terminal.count(len(chosen), 'table')}, {changed} changed")
