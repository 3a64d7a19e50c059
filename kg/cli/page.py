from __future__ import annotations

from pathlib import Path

import click

from kg.cli import option, terminal
from kg.page import Part, render_page
from kg.query.graph import open_graph

_OUTPUT = "build/graph.html"


@click.command("page")
@option.graph
@click.option("-o", "--output", default=_OUTPUT, show_default=True, help="File; - is standard output.")
@click.option("--region", help="Only what lies within two steps of a region.")
@click.option("--around", help="Only the neighbourhood of an entity.")
@click.option(
    "--depth", default=1, show_default=True, type=click.IntRange(1, 9), help="How many steps --around goes."
)
@click.option("--kind", "kinds", multiple=True, help="Only this kind, such as Company; may be repeated.")
@click.option(
    "--shared", type=click.IntRange(1), help="Only regions, and what at least so many of them name."
)
@click.option(
    "--hierarchy/--no-hierarchy", default=True, help="Whether assumed links come along.", show_default=True
)
@option.quiet
def command(
    graph: Path | None,
    output: str,
    region: str | None,
    around: str | None,
    depth: int,
    kinds: tuple[str, ...],
    shared: int | None,
    hierarchy: bool,
    quiet: bool,
) -> None:
    """Write the graph as one interactive HTML page.

    The file holds all it needs: it can be mailed and opened from disk, without a server or network.

    \b
    Example:
      kg page
      kg page --around "silicon carbide" --depth 2 -o silicon-carbide.html
    """
    part = Part(region, around, depth, kinds, shared or 0, hierarchy)
    html = render_page(open_graph(graph), part)
    if output == _OUTPUT:
        Path(output).parent.mkdir(exist_ok=True)
    terminal.write(html, output)
    if not quiet and output != "-":
        click.echo(f"{output}: {len(html.encode()) / 1e6:.2f} MB; open it in a browser")
