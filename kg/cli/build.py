"""Commands that build and load the graph: build, bulk, load."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from kg import locations
from kg.cli import options, terminal
from kg.errors import BadStore
from kg.store import build, bulk, graph_store
from kg.store.manifest import Built


@click.command("build")
@options.seeds
@options.ontology
@options.builds
@options.as_json
@options.quiet
def build_command(seeds: Path, ontology: Path, folder: Path, as_json: bool, quiet: bool) -> None:
    """Build the graph from the curated tables.

    The tables are checked first; with problems nothing is built. If nothing changed since the last
    build, nothing is done. An interrupted build leaves the graph that was there.

    \b
    Example:
      kg build --seeds my-seeds --graph my-build
    """
    built, fresh = build_tables(seeds, ontology, folder)
    if as_json:
        terminal.write_json(asdict(built))
    elif not quiet:
        _print_built(terminal.near(folder), built, fresh=fresh)


@click.command("bulk")
@click.argument("folder", type=options.FOLDER)
@click.option("--graph", "where", type=options.PATH, required=True, help="Folder to build the graph into.")
@click.option("--common", type=options.FOLDER, help="Tables of entities and names, where FOLDER has none.")
@click.option("--texts", type=options.FOLDER, help="Texts to verify quotes against (default: none).")
@options.ontology
@click.option("--keep-good", is_flag=True, help="Leave out rows with problems, instead of building nothing.")
@click.option("--report", type=options.NEW_FILE, help="CSV of all problems (default: beside the graph).")
@click.option("--limit", "shown", type=click.IntRange(0), default=20, help="How many problems to print.")
@options.as_json
@options.quiet
def bulk_command(folder: Path, where: Path, ontology: Path, as_json: bool, quiet: bool, **how: Any) -> None:
    """Load tables of any length: CSV, JSON Lines or Parquet.

    FOLDER holds the tables of kg build, each as .csv, .jsonl or .parquet. Those of the sources
    (statements, targets, sections, coverage, positions, mentions, searched) are in a folder for each
    source, or once for all in FOLDER itself with a first column source, in the order of the sources. Rows
    are checked by the rules of kg check, except that entities may be unused; with --texts quotes are
    verified in files whose hash the source names. Memory stays flat: one source is held at a
    time. An interrupted load continues when it is run again.

    \b
    Example:
      kg bulk corpus --graph corpus-graph --texts texts --keep-good --report problems.csv
    """
    with _progress(quiet=quiet or as_json) as progress:
        loaded = bulk.load(folder, ontology, where, bulk.Options(**how), progress=progress)
    built, number = loaded.built, loaded.problems
    if as_json:
        terminal.write_json(asdict(loaded))
    else:
        terminal.problems(loaded.first, number, err=True)
        if built and not quiet:
            _print_built(built.path(where), built, fresh=loaded.fresh)
        if number:
            rest = "the other rows are in the graph" if built else "nothing was built"
            counted = terminal.count(number, "problem")
            terminal.echo(f"kg: {counted}, all of them in {loaded.report}; {rest}", err=True)
    raise click.exceptions.Exit(1 if number else 0)


@click.command("load")
@click.argument("where")
@click.option("--graph", "source", type=options.PATH, help="Folder of kg build or kg bulk, or an RDF file.")
@click.option("--stated", is_flag=True, help="Put the default graph into graph/stated (Virtuoso, Neptune).")
@click.option("--size", type=click.IntRange(1), default=256, help="MiB of a file, if WHERE is a folder.")
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

        def progress(done: int) -> None:
            if not quiet:
                terminal.echo(f"{done:,} quads", err=True)

        sent = graph_store.send(quads, where, stated=stated, again=again, progress=progress)
        if sent.before and not quiet:
            number = terminal.count(sent.before, "quad")
            terminal.echo(f"{number} had arrived by {sent.when}; --again sends them again")
        done = f"sent {terminal.count(sent.now, 'quad')} to {where}"
    elif "://" in where:
        raise BadStore(f"{where} is neither a folder nor the address of a graph store, http(s)://...")
    else:
        paths = graph_store.write_parts(quads, Path(where), size << 20, stated=stated)
        done = f"{terminal.count(len(paths), 'file')} in {where}"
    if not quiet:
        terminal.echo(done)


def build_tables(seeds: Path, ontology: Path, folder: Path) -> tuple[Built, bool]:
    """Build the graph, and return it and whether it was built now; end the command if there are problems."""
    try:
        return build.build_graph(seeds, ontology, folder)
    except build.Unsound as error:
        terminal.problems(error.problems[:20], len(error.problems), err=True)
        terminal.echo(f"kg: {error}; kg check lists them all", err=True)
        raise click.exceptions.Exit(1) from None


def _print_built(where: Path, built: Built, *, fresh: bool) -> None:
    done, quads = "built" if fresh else "up to date:", terminal.count(built.quads, "quad")
    terminal.echo(f"{done} {where}: {quads} from {terminal.counts(built.counts)}")


@contextmanager
def _progress(*, quiet: bool) -> Iterator[bulk.Progress]:
    """Show progress bars on standard error if that is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=quiet or not console.is_terminal) as bars:
        bar = cache(partial(bars.add_task, total=None))
        yield lambda stage, done, total: bars.update(bar(stage), advance=done, total=total or None)
