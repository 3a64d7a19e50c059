"""The command that imports a user's own table."""

from __future__ import annotations

import shlex
from itertools import islice
from pathlib import Path

import click

from kg import locations
from kg import ontology as ontologies
from kg.cli import options, terminal
from kg.errors import shorten
from kg.ontology import Ontology
from kg.read import table_columns, table_import
from kg.read.table_import import UserTable, read_user_table

SHOWN = 4


@click.command("import")
@click.argument("table", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--entity", "entities", multiple=True, metavar="COLUMN=CLASS", help="Class of what a column names."
)
@click.option(
    "--statement", "statements", multiple=True, metavar="COLUMN:PREDICATE:COLUMN",
    help="What a row states of two of its cells.",
)  # fmt: skip
@click.option("--title", help="Title of the table (default: the file's name).")
@click.option("--publisher", help="Who published the table.")
@click.option("--published", metavar="DAY", help="When it was published, such as 2024-03-01.")
@click.option("--address", default="https://example.org/", help="Where it is published.")
@click.option("--out", "folder", type=click.Path(path_type=Path), help="New folder for the curated tables.")
@click.option(
    "--build", "graph", type=click.Path(path_type=Path), help="Build the graph, too, into this folder."
)
@options.ontology
@click.pass_context
def import_command(
    context: click.Context,
    table: Path,
    entities: tuple[str, ...],
    statements: tuple[str, ...],
    title: str | None,
    publisher: str | None,
    published: str | None,
    address: str,
    folder: Path | None,
    graph: Path | None,
    ontology: Path | None,
) -> None:
    """Import a table of your own, CSV or TSV, as curated tables.

    The file must be UTF-8. Each pair of cells becomes a statement that quotes its row. Repeat --entity for
    each column, --statement for each pair. Without them, the first rows and a proposal are printed, and
    nothing is written.

    \b
    Example:
      kg import companies.csv
      kg import companies.csv --entity company=Company --entity country=Country \\
        --statement company:locatedIn:country --publisher "Example Institute" \\
        --published 2024-03-01 --out companies --build companies-graph
    """
    known = ontologies.read(locations.ontology(ontology))
    found = read_user_table(table)
    if not (entities and statements):
        _propose(table, found, known)
        return
    if folder is None or not publisher or not published:
        given = {"--publisher": publisher, "--published": published, "--out": folder}
        raise click.UsageError(
            f"missing {', '.join(name for name, value in given.items() if not value)}", context
        )
    columns = table_columns.parse_columns(found.header, entities, statements)
    origin = table_import.Origin(title or table.stem, publisher, published, address)
    done = table_import.import_table(table, folder, columns, origin, known)
    counts = f"{terminal.count(done.statements, 'statement')} on {terminal.count(done.entities, 'name')}"
    terminal.echo(f"wrote {folder}: {counts}, source {done.source}")
    texts = shlex.quote(str(table.parent))
    if graph is None:
        terminal.echo(f"""Next:
  kg check --seeds {shlex.quote(str(folder))} --texts {texts} --write
  kg build --seeds {shlex.quote(str(folder))} --graph GRAPH""")
        return
    group = context.find_root().command
    build = group.get_command(context, "build") if isinstance(group, click.Group) else None
    if build is not None:
        context.invoke(build, seeds=folder, ontology=ontology, folder=graph, as_json=False, quiet=False)


def _propose(file: Path, table: UserTable, known: Ontology) -> None:
    """Print the first rows, and the command that imports what the headers seem to say."""
    rows = [
        [shorten(cells[column].text, width=40) for column in table.header]
        for cells in islice(table.rows, SHOWN)
    ]
    terminal.table(table.header, rows, title=f"{file}: {terminal.count(len(table.rows), 'row')}")
    columns = table_columns.propose(table.header, known)
    lines = [f"--entity {shlex.quote(f'{column}={kind}')}" for column, kind in columns.entities.items()]
    lines += [f"--statement {shlex.quote(':'.join(triple))}" for triple in columns.statements]
    if columns.statements:
        terminal.echo("\nThe headers suggest (change what is wrong):")
    else:
        terminal.echo("\nThe headers do not show what the table states. Say it in this form:")
        lines = ["--entity COLUMN=CLASS --entity COLUMN=CLASS", "--statement COLUMN:PREDICATE:COLUMN"]
    lines.append("--publisher NAME --published DAY --out FOLDER")
    terminal.echo(f"  kg import {shlex.quote(str(file))} \\\n    " + " \\\n    ".join(lines))
