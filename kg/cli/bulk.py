from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from kg import locations
from kg.cli import option, terminal
from kg.store import bulk

_STAGES = {
    "names": "reading entities and names",
    "rows": "checking and compiling rows",
    "bytes": "loading the store",
}


@click.command("bulk")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--graph", "where", type=click.Path(path_type=Path), required=True, help="Folder to build the graph into."
)
@click.option(
    "--common",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Curated tables to take entities and names from, where FOLDER has none.",
)
@click.option(
    "--texts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Texts of the sources, to verify quotes against (default: quotes are not verified).",
)
@option.ontology
@click.option("--keep-good", is_flag=True, help="Leave out rows with problems, instead of building nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file for all problems (default: problems.csv beside the graph).",
)
@click.option("--limit", default=20, show_default=True, help="How many problems to print.")
@option.as_json
@option.quiet
def command(
    folder: Path,
    where: Path,
    common: Path | None,
    texts: Path | None,
    ontology: Path | None,
    keep_good: bool,
    report: Path | None,
    limit: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Load tables of any length: CSV, JSON Lines or Parquet.

    FOLDER holds the tables of kg build, each as .csv, .jsonl or .parquet; those of the sources
    (statements, targets, sections, positions, coverage) stand in a folder for each source, or once for
    all in FOLDER itself with a first column source, ordered as the sources are. Rows are checked by the
    rules of kg check, less entities without use; with --texts quotes are verified where a file has the
    hash that its source names. Memory stays flat. A load that was interrupted goes on where it stood
    when it is run again.

    \b
    Example:
      kg bulk corpus --graph corpus-graph
      kg bulk corpus --graph corpus-graph --texts texts --keep-good --report problems.csv
    """
    with _bar(quiet=quiet or as_json) as progress:
        loaded = bulk.load(
            folder,
            locations.ontology(ontology),
            where,
            bulk.Options(common, texts, keep_good, report, limit),
            progress=progress,
        )
    if as_json:
        found = {
            "built": asdict(loaded.built) if loaded.built else None,
            "problems": loaded.problems,
            "first": [problem.as_json() for problem in loaded.first],
            "report": str(loaded.report) if loaded.report else None,
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        for problem in loaded.first:
            click.echo(str(problem), err=True)
        if loaded.problems > len(loaded.first):
            click.echo(f"... and {loaded.problems - len(loaded.first):,} more", err=True)
        if loaded.built and not quiet:
            counts = ", ".join(f"{number:,} {what}" for what, number in loaded.built.counts.items())
            done = "built" if loaded.fresh else "up to date:"
            quads = terminal.count(loaded.built.quads, "quad")
            click.echo(f"{done} {loaded.built.path(where)}: {quads} from {counts}")
        if loaded.problems:
            ending = "the other rows are in the graph" if loaded.built else "nothing was built"
            click.echo(
                f"kg: {terminal.count(loaded.problems, 'problem')}, all of them in {loaded.report}; {ending}",
                err=True,
            )
    sys.exit(1 if loaded.problems else 0)


@contextmanager
def _bar(*, quiet: bool) -> Iterator[bulk.Progress]:
    """A progress bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        tasks = {stage: bar.add_task(words, total=None, visible=False) for stage, words in _STAGES.items()}

        def update(stage: str, done: int, total: int) -> None:
            bar.update(tasks[stage], advance=done, total=total or None, visible=True)

        yield update
