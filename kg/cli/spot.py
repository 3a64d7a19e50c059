"""Command that spots names of topics in many reports."""

import os
import sys
from pathlib import Path

import click

from kg.check import reports
from kg.check import texts as texts_at_hand
from kg.cli import options, terminal
from kg.errors import KgError
from kg.read import seeds as tables


@click.command("spot")
@options.seeds
@options.texts
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Processes that share the regions."
)
@options.quiet
def spot_command(seeds: Path, texts: tuple[Path, ...], jobs: int, quiet: bool) -> None:
    """Spot names of topics in many reports, and record where.

    The reports are those of reports/reports.csv; their parts, and the mentions by region, are written.
    A region is written when the texts of all its reports are at hand. The rows are the same whatever --jobs.

    \b
    Example:
      kg spot --texts texts
    """
    found, problems = tables.read_seeds(seeds)
    if problems:
        terminal.problems(list(problems[:20]), len(problems))
        raise KgError("the tables cannot be read whole: kg check lists why")
    if not found.reports.reports:
        raise KgError(f"{seeds} has no reports/reports.csv")
    paths = texts_at_hand.find_files(texts)
    written = reports.write_spotted(found, paths, jobs=jobs)
    number = len(found.reports.regions)
    with click.progressbar(length=number, label="regions", hidden=quiet, file=sys.stderr) as bar:
        rows = []
        for _, length in written:
            rows.append(length)
            bar.update(1)
    if not quiet:
        terminal.echo(f"{terminal.count(sum(rows), 'mention row')} of {terminal.count(len(rows), 'region')}")
