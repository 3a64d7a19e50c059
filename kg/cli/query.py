from __future__ import annotations

import sys
from pathlib import Path

import click
import pyoxigraph as ox

from kg import iris
from kg.cli import option, terminal
from kg.errors import BadQuery
from kg.query.graph import Graph, open_graph
from kg.query.result import Answer
from kg.store import guard, oxigraph
from kg.store.oxigraph import Rows

_RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
    "xml": ox.QueryResultsFormat.XML,
}


@click.command("query")
@click.argument("query")
@option.graph
@click.option(
    "-f", "--format", "form", type=click.Choice(["table", *_RESULTS]), default="table", show_default=True
)
@click.option("--allow-service", is_flag=True, help="Let the query call other servers with SERVICE.")
@option.output
def command(query: str, graph: Path | None, form: str, allow_service: bool, output: str) -> None:
    """Run a SPARQL query.

    QUERY is a file, the query itself, or - for standard input. The usual prefixes (kg:, place:, topic:,
    skos:, prov: ...) need no declaration. CONSTRUCT and DESCRIBE print Turtle.

    \b
    Example:
      kg query 'SELECT ?region { ?region kg:promotes topic:silicon-carbide }'
      kg query count.rq --format csv -o count.csv
    """
    opened = open_graph(graph)
    text = _text(query)
    answer = opened.query(text, allow_service=allow_service)
    if oxigraph.is_triples(answer):
        if form != "table":
            raise BadQuery(f"CONSTRUCT and DESCRIBE give RDF, printed as Turtle: --format {form} is for rows")
        shown = ox.serialize(answer, format=ox.RdfFormat.TURTLE, prefixes=iris.PREFIXES)
        terminal.write(shown or b"", output)
    elif form != "table" and isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
        terminal.write(answer.serialize(format=_RESULTS[form]) or b"", output)
    elif isinstance(answer, ox.QuerySolutions):
        _table(opened, answer, text)
    else:
        click.echo("yes" if answer else "no")


def _table(opened: Graph, answer: ox.QuerySolutions, text: str) -> None:
    names = tuple(variable.value for variable in answer.variables)
    found: Answer = opened.answer(Rows(names, tuple(tuple(row) for row in answer)))
    terminal.table(names, found.shown())
    click.echo(terminal.count(len(found), "row"), err=True)
    if not len(found):
        for message in oxigraph.unknown_terms(opened.store, text):
            click.echo(message, err=True)


def _text(query: str) -> str:
    if query == "-":
        return sys.stdin.read()
    if "{" in query:
        return query
    path = Path(query)
    if not path.is_file():
        if guard.is_form(guard.read(query)):  # DESCRIBE needs no brace
            return query
        raise click.UsageError(f"no file {query}, and this is not a query")
    return path.read_text(encoding="utf-8")
