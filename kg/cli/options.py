"""Options that several commands share. Folders that are not given are the project's own."""

from collections.abc import Callable
from pathlib import Path

import click

from kg import locations
from kg.query.result import FORMATS

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, path_type=Path)
NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)
PATH = click.Path(path_type=Path)


def _located(
    *names: str, find: Callable[[Path | None], object], text: str
) -> Callable[..., Callable[..., object]]:
    return click.option(*names, type=PATH, callback=lambda _context, _option, value: find(value), help=text)


seeds = _located("--seeds", find=locations.seeds, text="Folder of curated tables (default: the project's).")
ontology = _located(
    "--ontology", find=locations.ontology, text="Folder of the ontology (default: the project's)."
)
texts = _located(
    "--texts", find=locations.texts, text="Folder of document texts (default: $KG_TEXTS, else ./texts)."
)
builds = _located(
    "--graph", "folder", find=locations.build, text="Folder of the built graph (default: build/)."
)
graph = click.option(
    "--graph",
    metavar="PATH|ADDRESS",
    help="Built graph: a folder of kg build, an RDF file, or an endpoint's address (default: the project's).",
)
form = click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="table")
output = click.option("-o", "--output", default="-", help="File to write; - is standard output.")
quiet = click.option("-q", "--quiet", is_flag=True, help="Only print problems.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def page(graph: str | None) -> Path:
    """Return where kg page writes the page of a graph, and kg serve looks for it.

    That is in the folder of a built graph, else in the current folder.
    """
    folder = locations.build() if graph is None else Path(graph)
    return folder / "graph.html" if graph is None or folder.is_dir() else Path("graph.html")
