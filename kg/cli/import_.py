"""The command that imports a user's own table."""

import shlex
from itertools import islice
from pathlib import Path

import click

from kg import ontology as ontologies
from kg.cli import options, terminal
from kg.cli.build import build_command
from kg.errors import shorten
from kg.ontology import Ontology
from kg.read import table_columns, table_import
from kg.read.table_import import UserTable, read_user_table

SHOWN = 4


@click.command("import")
@click.argument("table", type=options.FILE)
@click.option("--entity", multiple=True, metavar="COLUMN=CLASS", help="Class of what a column names.")
@click.option("--statement", multiple=True, metavar="COLUMN:PREDICATE:COLUMN", help="What two cells state.")
@click.option("--title", help="Title of the table (default: the file's name).")
@click.option("--publisher", help="Who published the table.")
@click.option("--published", metavar="DAY", help="When it was published, such as 2024-03-01.")
@click.option("--address", default="https://example.org/", help="Where it is published.")
@click.option("--out", "folder", type=options.PATH, help="New folder for the curated tables.")
@click.option("--build", "graph", type=options.PATH, help="Build the graph, too, into this folder.")
@options.ontology
@click.pass_context
def import_command(
    context: click.Context, table: Path, entity: tuple[str, ...], statement: tuple[str, ...],
    title: str | None, publisher: str | None, published: str | None, address: str, folder: Path | None,
    graph: Path | None, ontology: Path,
) -> None:  # fmt: skip
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
    known = ontologies.read(ontology)
    found = read_user_table(table)
    if not (entity and statement):
        _propose(table, found, known)
        return
    if folder is None or not publisher or not published:
        given = {"--publisher": publisher, "--published": published, "--out": folder}
        missing = [name for name, value in given.items() if not value]
        raise click.UsageError(f"missing {', '.join(missing)}", context)
    columns = table_columns.parse_columns(found.header, entity, statement)
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
    context.invoke(build_command, seeds=folder, ontology=ontology, folder=graph, as_json=False, quiet=False)


def _propose(file: Path, table: UserTable, known: Ontology) -> None:
    """Print the first rows, and the command that imports what the headers seem to say."""
    first = islice(table.rows, SHOWN)
    rows = [[shorten(cells[column].text, width=40) for column in table.header] for cells in first]
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
