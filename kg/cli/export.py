from __future__ import annotations

from pathlib import Path

import click

from kg.cli import option, terminal
from kg.export import dictionary, rdf, statements
from kg.query.graph import open_graph

_FORMATS = sorted({form for forms in rdf.EXPORTS.values() for form in forms})


@click.command("export")
@click.argument("what", type=click.Choice(list(rdf.EXPORTS)))
@option.graph
@click.option(
    "-f", "--format", "form", type=click.Choice(_FORMATS), help="Default: the first listed for WHAT."
)
@click.option("--hierarchy", is_flag=True, help="Add assumed links to the networkx view.")
@option.output
def command(what: str, graph: Path | None, form: str | None, hierarchy: bool, output: str) -> None:
    """Write the graph in other formats, in a fixed order.

    \b
    rdf         the whole graph: nq, trig, ttl, nt, jsonld, rdf
    graph       the networkx view: graphml, gexf, json (node-link)
    statements  every statement and target, one record a line: jsonl, csv
    dictionary  classes, properties and closed lists: md

    \b
    Example:
      kg export statements --format jsonl -o statements.jsonl
      kg export rdf --format trig -o regiograph.trig
    """
    formats = rdf.EXPORTS[what]
    chosen = form or formats[0]
    if chosen not in formats:
        raise click.UsageError(f"{what} is written as {', '.join(formats)}, not as {chosen}")
    opened = open_graph(graph)
    if what == "rdf":
        content: str | bytes = rdf.rdf_bytes(opened, chosen)
        if note := rdf.graph_names_note(chosen):
            click.echo(note, err=True)
    elif what == "graph":
        content = rdf.view_bytes(opened, chosen, hierarchy=hierarchy)
    elif what == "statements":
        content = statements.statement_bytes(opened, chosen)
    else:
        content = dictionary.dictionary_markdown(opened)
    terminal.write(content, output)
