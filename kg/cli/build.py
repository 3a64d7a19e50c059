"""Commands that build and load the graph: build, bulk, load."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from kg import locations
from kg.cli import options, terminal
from kg.errors import BadStore, Problem
from kg.store import build, bulk, graph_store

_STAGES = {
    "names": "reading entities and names",
    "rows": "checking and compiling rows",
    "bytes": "loading the store",
}


@click.command("build")
@options.seeds
@options.ontology
@options.builds
@options.as_json
@options.quiet
def build_command(
    seeds: Path | None, ontology: Path | None, folder: Path | None, as_json: bool, quiet: bool
) -> None:
    """Build the graph from the curated tables.

    The tables are checked first; with problems nothing is built. If nothing changed since the last
    build, nothing is done. An interrupted build leaves the graph that was there.

    \b
    Example:
      kg build
      kg build --seeds my-seeds --graph my-build
    """
    where = locations.build(folder)
    try:
        built, fresh = build.build_graph(locations.seeds(seeds), locations.ontology(ontology), where)
    except build.Unsound as error:
        raise refused(error) from None
    if as_json:
        terminal.write_json(asdict(built))
    elif not quiet:
        _print_built(terminal.near(where), built.quads, built.counts, fresh=fresh)


@click.command("bulk")
@click.argument("folder", type=options.FOLDER)
@click.option("--graph", "where", type=options.PATH, required=True, help="Folder to build the graph into.")
@click.option(
    "--common", type=options.FOLDER, help="Curated tables of entities and names, where FOLDER has none."
)
@click.option(
    "--texts", type=options.FOLDER, help="Texts to verify quotes against (default: quotes are not verified)."
)
@options.ontology
@click.option("--keep-good", is_flag=True, help="Leave out rows with problems, instead of building nothing.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file for all problems (default: problems.csv beside the graph).",
)
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="How many problems to print."
)
@options.as_json
@options.quiet
def bulk_command(
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

    FOLDER holds the tables of kg build, each as .csv, .jsonl or .parquet. Those of the sources
    (statements, targets, sections, positions, coverage) are in a folder for each source, or once for all in
    FOLDER itself with a first column source, in the order of the sources. Rows are checked by the rules of
    kg check, except that entities may be unused; with --texts quotes are verified in files whose hash the
    source names. Memory stays flat. An interrupted load continues when it is run again.

    \b
    Example:
      kg bulk corpus --graph corpus-graph
      kg bulk corpus --graph corpus-graph --texts texts --keep-good --report problems.csv
    """
    with _progress(quiet=quiet or as_json) as progress:
        loaded = bulk.load(
            folder,
            locations.ontology(ontology),
            where,
            bulk.Options(common, texts, keep_good, report, limit),
            progress=progress,
        )
    if as_json:
        terminal.write_json(
            {
                "built": asdict(loaded.built) if loaded.built else None,
                "problems": loaded.problems,
                "first": [problem.as_json() for problem in loaded.first],
                "report": str(loaded.report) if loaded.report else None,
            }
        )
    else:
        print_problems(loaded.first, loaded.problems)
        if loaded.built and not quiet:
            _print_built(
                loaded.built.path(where), loaded.built.quads, loaded.built.counts, fresh=loaded.fresh
            )
        if loaded.problems:
            ending = "the other rows are in the graph" if loaded.built else "nothing was built"
            number = terminal.count(loaded.problems, "problem")
            terminal.echo(f"kg: {number}, all of them in {loaded.report}; {ending}", err=True)
    raise click.exceptions.Exit(1 if loaded.problems else 0)


@click.command("load")
@click.argument("where")
@click.option("--graph", "source", type=options.PATH, help="Folder of kg build or kg bulk, or an RDF file.")
@click.option("--stated", is_flag=True, help="Put the default graph into graph/stated (Virtuoso, Neptune).")
@click.option(
    "--size",
    type=click.IntRange(1),
    default=256,
    show_default=True,
    help="MiB of a file, if WHERE is a folder.",
)
@click.option("--again", is_flag=True, help="Send everything, also what had arrived before.")
@options.quiet
def load_command(where: str, source: Path | None, stated: bool, size: int, again: bool, quiet: bool) -> None:
    """Load the graph into another SPARQL engine.

    WHERE is the address of its graph store (SPARQL 1.1 Graph Store Protocol), or a folder to fill with
    N-Quads files for the engine's bulk loader; part files of an earlier load are removed there. An
    interrupted load continues where it stopped; if the engine has lost its graphs, everything is sent again.
    The page on engines in the documentation says what suits which engine.

    \b
    Example:
      kg load http://127.0.0.1:7879/store
      kg load parts/ --stated --size 64
    """
    quads = graph_store.open_source(locations.build(source))
    if where.startswith(("http://", "https://")):
        _send(quads, where, stated=stated, again=again, quiet=quiet)
        return
    if "://" in where:
        raise BadStore(
            f"{where} is neither a folder nor the address of a graph store: http://... or https://..."
        )
    paths = graph_store.write_parts(quads, Path(where), size << 20, stated=stated)
    if not quiet:
        terminal.echo(f"{terminal.count(len(paths), 'file')} in {where}")


def _send(quads: graph_store.Source, where: str, *, stated: bool, again: bool, quiet: bool) -> None:
    def progress(done: int) -> None:
        if not quiet:
            terminal.echo(f"{done:,} quads", err=True)

    sent = graph_store.send(quads, where, stated=stated, again=again, progress=progress)
    if quiet:
        return
    if sent.before:
        number = terminal.count(sent.before, "quad")
        terminal.echo(f"{number} had arrived by {sent.when}; --again sends them again")
    terminal.echo(f"sent {terminal.count(sent.now, 'quad')} to {where}")


def refused(error: build.Unsound) -> click.exceptions.Exit:
    """Print why the tables cannot be built; return the exit that ends the command."""
    print_problems(error.problems[:20], 0)
    terminal.echo(f"kg: {error}; kg check lists them all", err=True)
    return click.exceptions.Exit(1)


def print_problems(problems: tuple[Problem, ...], total: int) -> None:
    """Print problems on standard error, and how many more there are of a total."""
    for problem in problems:
        terminal.echo(str(problem), err=True)
    if total > len(problems):
        terminal.echo(f"... and {total - len(problems):,} more", err=True)


def _print_built(where: Path, quads: int, numbers: dict[str, int], *, fresh: bool) -> None:
    done = "built" if fresh else "up to date:"
    terminal.echo(f"{done} {where}: {terminal.count(quads, 'quad')} from {terminal.counts(numbers)}")


@contextmanager
def _progress(*, quiet: bool) -> Iterator[bulk.Progress]:
    """Show a progress bar on standard error if that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=quiet or not console.is_terminal) as bar:
        tasks = {stage: bar.add_task(words, total=None, visible=False) for stage, words in _STAGES.items()}

        def update(stage: str, done: int, total: int) -> None:
            bar.update(tasks[stage], advance=done, total=total or None, visible=True)

        yield update
