"""Commands that write the graph for others: page, export, diff, dist."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from kg.cli import build as builds
from kg.cli import options, terminal
from kg.export import dictionary, diff, rdf, release, statements
from kg.page import Part, render_page
from kg.query.graph import open_graph

_FORMATS = sorted({form for forms in rdf.EXPORTS.values() for form in forms})


@click.command("page")
@options.graph
@click.option("-o", "--output", help="File; - is standard output (default: in the graph's folder).")
@click.option("--region", help="Only what lies within two steps of a region.")
@click.option("--around", help="Only the neighbourhood of an entity.")
@click.option("--depth", default=1, type=click.IntRange(1, 9), help="How many steps --around goes.")
@click.option("--kind", "kinds", multiple=True, help="Only this kind, such as Company; may be repeated.")
@click.option("--shared", default=0, type=click.IntRange(0), help="Only what so many regions name, and them.")
@click.option("--hierarchy/--no-hierarchy", default=True, help="Whether to include assumed links.")
@options.quiet
def page_command(graph: str | None, output: str | None, quiet: bool, **part: Any) -> None:
    """Write the graph as one interactive HTML page.

    The file is complete: it can be mailed and opened from disk, without a server or network. kg serve
    shows the one in the graph's folder.

    \b
    Example:
      kg page --around "silicon carbide" --depth 2 -o silicon-carbide.html
    """
    html = render_page(open_graph(graph), Part(**part))
    file = output or str(terminal.near(options.page(graph)))
    terminal.write(html, file)
    if not quiet and file != "-":
        terminal.echo(f"{file}: {len(html.encode()) / 1e6:.2f} MB; open it in a browser")


@click.command("export")
@click.argument("what", type=click.Choice(list(rdf.EXPORTS)))
@options.graph
@click.option("-f", "--format", "form", type=click.Choice(_FORMATS), help="Default: the first of WHAT.")
@click.option("--hierarchy", is_flag=True, help="Add assumed links to the networkx view.")
@options.output
def export_command(what: str, graph: str | None, form: str | None, hierarchy: bool, output: str) -> None:
    """Write the graph as RDF, GraphML, GEXF, CSV or JSON Lines.

    Lines are in a fixed order: the same graph gives the same bytes.

    \b
    rdf         the whole graph: nq, trig, ttl, nt, jsonld, rdf
    graph       the networkx view: graphml, gexf, json (node-link)
    statements  every statement and target, one a line: jsonl, csv
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
    writers: dict[str, Callable[[], str | bytes]] = {
        "rdf": lambda: rdf.rdf_bytes(opened, chosen),
        "graph": lambda: rdf.view_bytes(opened, chosen, hierarchy=hierarchy),
        "statements": lambda: statements.statement_bytes(opened, chosen),
        "dictionary": lambda: dictionary.dictionary_markdown(opened),
    }
    terminal.write(writers[what](), output)
    if what == "rdf" and (note := rdf.graph_names_note(chosen)):
        terminal.echo(note, err=True)


@click.command("diff")
@click.argument("old", type=options.EXISTING)
@click.argument("new", type=options.EXISTING)
@click.option(
    "--limit", type=click.IntRange(0), default=50, help="How many of each list to print; 0 for all."
)
@options.as_json
@options.output
def diff_command(old: Path, new: Path, limit: int, as_json: bool, output: str) -> None:
    """List what differs between two builds.

    OLD and NEW are folders of kg build or kg bulk, or N-Quads files (.nq). Statements and targets are
    compared by their ids, which do not change when a quote is corrected or a row moves; for each changed one
    the differences are listed. The text is Markdown.

    \b
    Example:
      kg diff old-build new-build --json
    """
    found = diff.compare(old, new)
    if as_json:
        terminal.write_json(found.as_json(), output)
    else:
        terminal.write(diff.render(found, limit=limit), output)


@click.command("dist")
@click.argument("target", metavar="[FOLDER]", type=options.NEW_FOLDER, default="dist")
@options.seeds
@options.ontology
@options.builds
@click.option("--since", type=options.EXISTING, help="The previous release: N-Quads, or a folder of builds.")
@options.quiet
def dist_command(
    target: Path, seeds: Path, ontology: Path, folder: Path, since: Path | None, quiet: bool
) -> None:
    """Write a release: page, quads, tables, changes.

    The graph is built first. FOLDER (default: dist) then holds the page, the graph as N-Quads, statements
    and targets as one table, the curated tables as an archive, the data's version and, with --since, what
    changed in the data. Changes of the code are listed in CHANGELOG.md.

    \b
    Example:
      kg dist release --since old-release/regiograph.nq
    """
    builds.build_tables(seeds, ontology, folder)
    for path in release.write(seeds, folder, target, since=since):
        if not quiet:
            terminal.echo(f"{path}: {path.stat().st_size / 1e6:.2f} MB")
