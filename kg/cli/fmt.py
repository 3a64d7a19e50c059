from __future__ import annotations

import sys
from pathlib import Path

import click

from kg import locations
from kg.cli import option, terminal
from kg.errors import KgError
from kg.read import scaffold
from kg.read import seeds as tables


@click.command("fmt")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option.seeds
@click.option(
    "--encoding", default="utf-8", show_default=True, help="Encoding of the files that are not UTF-8."
)
@option.quiet
def command(files: tuple[Path, ...], seeds: Path | None, encoding: str, quiet: bool) -> None:
    """Order the rows of tables, mend encoding and line ends.

    Without FILES all tables of the folder. Cells are trimmed; empty rows are dropped, other rows never. A
    table that cannot be read is left as it is, with a message. Tables that are UTF-8 stay so, whatever
    --encoding says.

    \b
    Example:
      kg fmt
      kg fmt seeds/orgs.csv --encoding gb18030
    """
    folder = locations.seeds(seeds)
    known = {*tables.COMMON_TABLES, *tables.SOURCE_TABLES}
    chosen = files or tuple(sorted(path for path in folder.rglob("*.csv") if path.name in known))
    done = scaffold.format_tables(chosen, encoding=encoding)
    failed = [error for error in done.values() if isinstance(error, KgError)]
    changed = [path for path, result in done.items() if result is True]
    if not quiet:
        for path in changed:
            click.echo(f"formatted: {path}")
        unread = f", {len(failed)} not readable" if failed else ""
        click.echo(f"{terminal.count(len(chosen), 'table')}, {len(changed)} changed{unread}")
    for error in failed:
        click.echo(f"kg: {error}", err=True)
    if failed:
        sys.exit(2)
