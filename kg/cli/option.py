"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click


class Where(click.ParamType[str | Path]):
    """A path, or the address of an endpoint as it is (a path would lose one of its slashes)."""

    name = "path|address"

    def convert(
        self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | Path:
        del param, ctx
        return value if str(value).startswith(("http://", "https://")) else Path(value)


seeds = click.option(
    "--seeds", type=click.Path(path_type=Path), help="Folder of curated tables (default: the project's)."
)
ontology = click.option(
    "--ontology", type=click.Path(path_type=Path), help="Folder of the ontology (default: the project's)."
)
texts = click.option(
    "--texts",
    type=click.Path(path_type=Path),
    help="Folder of document texts (default: $KG_TEXTS, else ./texts).",
)
graph = click.option(
    "--graph",
    type=Where(),
    help="Built graph: a folder of kg build, an RDF file, or an endpoint's address (default: the project's).",
)
output = click.option(
    "-o", "--output", default="-", help="File to write; - is standard output.", show_default=True
)
quiet = click.option("-q", "--quiet", is_flag=True, help="Say nothing but problems.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
