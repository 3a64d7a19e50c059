from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kg import locations
from kg.check import run
from kg.cli import option, terminal


@click.command("check")
@option.seeds
@option.ontology
@option.texts
@click.option("--write", is_flag=True, help="Record the positions of quotes in positions.csv.")
@click.option("--gaps", is_flag=True, help="List runs of words under no quote and no coverage row.")
@click.option(
    "--shacl", is_flag=True, help="Also validate the compiled graph against the SHACL shapes (slower)."
)
@click.option("--limit", default=50, show_default=True, help="How many problems to print; 0 for all.")
@option.as_json
@option.quiet
def command(
    seeds: Path | None,
    ontology: Path | None,
    texts: Path | None,
    write: bool,
    gaps: bool,
    shacl: bool,
    limit: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Check the curated tables, and their quotes against the texts.

    All problems of a run are reported at once, each with file, line and column, the text, and what
    would be right. Exit code 1 when there are any.

    \b
    Example:
      kg check
      kg check --texts texts --gaps
    """
    if write and not locations.texts(texts):
        raise click.UsageError("--write needs the texts: name their folder with --texts")
    report = run.check_seeds(
        locations.seeds(seeds), locations.ontology(ontology), locations.texts(texts), write=write
    )
    problems = list(report.problems)
    if shacl and not problems:
        from kg.compile.shacl import validate  # late: pyshacl is an extra and slow to import

        problems.extend(validate(report.seeds, report.ontology, locations.ontology(ontology)))
    open_gaps = report.gaps if gaps else ()
    if as_json:
        found = {
            "counts": report.counts(),
            "verified": report.verified,
            "unverified": report.unverified,
            "problems": [problem.as_json() for problem in problems],
            "notices": list(report.notices),
            "gaps": [str(gap) for gap in open_gaps],
        }
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        sys.exit(1 if problems or open_gaps else 0)
    for problem in problems[: limit or None]:
        click.echo(str(problem))
    if limit and len(problems) > limit:
        click.echo(f"... and {len(problems) - limit:,} more (--limit 0 prints all)")
    for gap in open_gaps:
        click.echo(f"gap: {gap}")
    if not quiet:
        for notice in report.notices:
            click.echo(f"note: {notice}")
        counts = ", ".join(f"{number:,} {what}" for what, number in report.counts().items())
        click.echo(f"checked {counts}")
        click.echo(report.verification())
        if gaps:
            click.echo(f"gaps: {len(report.gaps):,}")
        click.echo(terminal.count(len(problems), "problem"))
    sys.exit(1 if problems or open_gaps else 0)
