"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from kg import locations


class Where(click.ParamType[str | Path]):
    """A path, or the address of an endpoint as it is (a path would lose one of its slashes)."""

    name = "path|address"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | Path:
        """Return an address as text, anything else as a path."""
        del param, ctx
        return value if str(value).startswith(("http://", "https://")) else Path(value)


FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
PATH = click.Path(path_type=Path)

seeds = click.option("--seeds", type=PATH, help="Folder of curated tables (default: the project's).")
ontology = click.option("--ontology", type=PATH, help="Folder of the ontology (default: the project's).")
texts = click.option(
    "--texts", type=PATH, help="Folder of document texts (default: $KG_TEXTS, else ./texts)."
)
graph = click.option(
    "--graph",
    type=Where(),
    help="Built graph: a folder of kg build, an RDF file, or an endpoint's address (default: the project's).",
)
builds = click.option("--graph", "folder", type=PATH, help="Folder of the built graph (default: build/).")
output = click.option(
    "-o", "--output", default="-", help="File to write; - is standard output.", show_default=True
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Only print problems.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def page(graph: str | Path | None) -> Path:
    """Return where kg page writes the page of a graph, and kg serve looks for it.

    That is in the folder of a built graph, else in the current folder.
    """
    if graph is None:
        return locations.build() / "graph.html"
    path = Path(graph)
    return path / "graph.html" if path.is_dir() else Path("graph.html")
