from __future__ import annotations

from pathlib import Path

import click

from kg import locations
from kg.cli import option
from kg.errors import shorten
from kg.read import scaffold


@click.command("new")
@click.argument("what", type=click.Choice(["source"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option.seeds
@click.option("--id", "name", help="The source's id (default: from the file's name).")
@click.option("--address", default="", help="Where the document is published.")
@click.option("--title", default="", help="Its title, in our own words.")
def command(what: str, file: Path, seeds: Path | None, name: str | None, address: str, title: str) -> None:
    """Scaffold the tables of a new source from its text.

    Prints the numbered paragraphs, adds the source to sources.csv and makes a folder of empty tables for it.

    \b
    Example:
      kg new source texts/hubei-2025.txt --id hubei-2025 --address https://example.org/report
    """
    del what
    chosen = name or "-".join(
        "".join(c if c.isalnum() and c.isascii() else " " for c in file.stem.lower()).split()
    )
    folder = locations.seeds(seeds)
    paragraphs = scaffold.scaffold(folder, file, chosen, address=address, title=title)
    for number, paragraph in enumerate(paragraphs, 1):
        click.echo(f"{number:4}  {shorten(paragraph, width=92)}")
    click.echo(f"\n{len(paragraphs)} paragraphs. Now:")
    click.echo(f"  1. complete its row in {folder / 'sources.csv'} (publisher, date, address)")
    click.echo(
        f"  2. say in {folder / chosen / 'sections.csv'} which region each run of paragraphs speaks of"
    )
    click.echo("  3. write statements.csv and targets.csv; kg find NAME shows whether an entity exists")
    click.echo(f"  4. kg check --texts {file.parent} --gaps, then with --write")
