from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli import option, terminal
from kg.export import diff


@click.command("diff")
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option("--limit", default=50, show_default=True, help="How many of each list to print; 0 for all.")
@option.as_json
@option.output
def command(old: Path, new: Path, limit: int, as_json: bool, output: str) -> None:
    """List what differs between two builds, in words.

    OLD and NEW are folders of kg build or kg bulk, or N-Quads files (.nq). Statements and targets are
    told apart by their ids, which hold when a quote is mended or a row moves; a changed one says what of
    it changed. The text is Markdown.

    \b
    Example:
      kg diff release-1.nq build
      kg diff old-build new-build --json
    """
    found = diff.compare(old, new)
    content = (
        json.dumps(found.as_json(), ensure_ascii=False, indent=1) + "\n"
        if as_json
        else diff.render(found, limit=limit)
    )
    terminal.write(content, output)
