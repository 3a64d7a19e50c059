from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from kg.cli import option, terminal
from kg.query import result
from kg.query.graph import open_graph
from kg.query.result import Answer
from kg.read import queries
from kg.read.queries import Question


@click.command("ask", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("name", required=False)
@click.argument("values", nargs=-1, type=click.UNPROCESSED)
@option.graph
@click.option("--list", "listed", is_flag=True, help="List the questions of the catalogue.")
@click.option("-f", "--format", "form", type=click.Choice(result.FORMATS), default="table", show_default=True)
@click.option("-e", "--evidence", is_flag=True, help="Add source, paragraph, quote and link to each row.")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, so that Excel shows Chinese.")
@click.option("--sparql", is_flag=True, help="Print the query instead of running it.")
@click.option("--about", is_flag=True, help="Describe the question NAME and its parameters.")
@click.option(
    "-h", "--help", "helped", is_flag=True, help="Show this message, or describe the question NAME."
)
@option.output
@click.pass_context
def command(
    context: click.Context,
    name: str | None,
    values: Sequence[str],
    graph: Path | None,
    listed: bool,
    form: str,
    evidence: bool,
    bom: bool,
    sparql: bool,
    about: bool,
    helped: bool,
    output: str,
) -> None:
    """Answer a question of the catalogue.

    VALUES fill the question's parameters in order, or by name (--topic "silicon carbide"). A value is a
    name or alias in English or Chinese, or an id. kg ask NAME --help describes a question.

    \b
    Example:
      kg ask --list
      kg ask promoters "silicon carbide" --evidence
      kg ask targets --region Ningbo --format csv -o ningbo.csv
    """
    if helped and name is None:
        click.echo(context.get_help())
        return
    if listed or name is None:
        rows = [
            [q.name, q.title, " ".join(p.name for p in q.parameters)] for q in queries.catalogue().values()
        ]
        terminal.table(("question", "what it answers", "parameters"), rows)
        return
    asked = queries.find(name)
    if about or helped:
        _describe(asked)
        return
    given = parameters(asked, values)
    opened = open_graph(graph)
    if sparql:
        click.echo(asked.bind(opened.terms(asked, given)), nl=False)
        return
    found = opened.ask(name, **given)
    plain = form == "table" and output == "-"
    found = opened.cite(found) if evidence else found.without(result.STATED)
    if evidence and plain:
        found = found.without(("link",))
    if plain:
        _print(asked, found)
    else:
        terminal.write(_rendered(found, form, bom=bom), output)


def parameters(asked: Question, values: Sequence[str]) -> dict[str, str]:
    """Values by parameter: named ones by their option, the others in the order of the header."""
    given: dict[str, str] = {}
    plain: list[str] = []
    names = [parameter.name for parameter in asked.parameters]
    waiting = iter(values)
    for item in waiting:
        if not item.startswith("--"):
            plain.append(item)
            continue
        key, equals, text = item.removeprefix("--").partition("=")
        if key not in names:
            raise click.UsageError(f"{asked.name} has no parameter {item}; it has {_options(names)}")
        following = text if equals else next(waiting, None)
        if following is None:
            raise click.UsageError(f"{item} needs a value")
        given[key] = following
    free = [key for key in names if key not in given]
    if len(plain) > len(free):
        raise click.UsageError(f"{asked.name} takes {_options(names)}; quote a name that has spaces")
    return {**given, **dict(zip(free, plain, strict=False))}


def _print(asked: Question, found: Answer) -> None:
    """A table for people: source and paragraph in one cell, what is the same in all rows below it."""
    columns, shown = list(found.columns), found.shown()
    if "source" in columns and "paragraph" in columns and "quote" in columns:
        source, paragraph = columns.index("source"), columns.index("paragraph")
        for row in shown:
            row[source] = f"{row[source].removeprefix('source/')} ¶{row[paragraph]}"
            del row[paragraph]
        columns[source] = "where"
        del columns[paragraph]
    columns, shown, said = terminal.constant(columns, shown)
    terminal.table(columns, shown, title=asked.title, whole=("where",))
    same = "".join(f"; {column}: {cell}" for column, cell in said.items())
    click.echo("\n" + terminal.count(len(found), "row") + same)


def _rendered(found: Answer, form: str, *, bom: bool) -> str:
    if form == "json":
        return result.as_json(found)
    if form in ("md", "table"):
        return result.as_markdown(found)
    return result.as_csv(found, delimiter="\t" if form == "tsv" else ",", bom=bom)


def _describe(asked: Question) -> None:
    click.echo(f"{asked.title}\n")
    click.echo(click.wrap_text(asked.prose, 98) + "\n")
    rows = [
        (f"--{p.name}", p.type.replace("|", " or "), p.text + (" (needed)" if p.needed else ""))
        for p in asked.parameters
    ]
    if rows:
        terminal.table(("parameter", "takes", "which is"), rows, whole=("parameter",))
    click.echo(f"\nExample:\n  kg ask {asked.name} {asked.example}")


def _options(names: Sequence[str]) -> str:
    return ", ".join(f"--{name}" for name in names) or "no parameters"
