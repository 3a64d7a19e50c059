"""Commands of a curator: check, fmt, new."""

import datetime
import sys
from dataclasses import asdict
from pathlib import Path

import click

from kg import iris
from kg import ontology as ontologies
from kg.check import run, sections
from kg.check.entities import check_vanished
from kg.check.run import Report
from kg.cli import options, terminal
from kg.cli.watch import run_on_change
from kg.errors import KgError, Problem, shorten
from kg.read import scaffold
from kg.read import seeds as tables


@click.command("check")
@options.seeds
@options.ontology
@options.texts
@click.option("--write", is_flag=True, help="Record where quotes and names of entities stand in the texts.")
@click.option("--gaps", is_flag=True, help="List runs of words under no quote and no coverage row.")
@click.option("--shacl", is_flag=True, help="Validate the graph against the SHACL shapes, too (slower).")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="List ids of this earlier graph that vanished without a redirect.",
)
@click.option("--watch", is_flag=True, help="Check again whenever a table or a text changes, until Ctrl-C.")
@click.option("--limit", type=click.IntRange(0), default=50, help="How many problems to print; 0 for all.")
@options.as_json
@options.quiet
def check_command(
    seeds: Path, ontology: Path, texts: tuple[Path, ...], write: bool, gaps: bool, shacl: bool,
    against: Path | None, watch: bool, limit: int, as_json: bool, quiet: bool,
) -> None:  # fmt: skip
    """Check the curated tables, and their quotes against the texts.

    All problems of a run are reported at once, each with file, line and column, the text, and what would be
    right. Exit code 1 if there are any.

    \b
    Example:
      kg check --texts texts --gaps
    """
    if write and not texts:
        raise click.UsageError("--write needs the texts: name their folder with --texts")
    if write and watch:
        raise click.UsageError("--watch only looks: run kg check --write when the rows are sound")

    def check() -> bool:
        return _check_once(
            seeds, ontology, texts, write=write, gaps=gaps, shacl=shacl, against=against, limit=limit,
            as_json=as_json, quiet=quiet,
        )  # fmt: skip

    def check_again() -> None:
        try:
            check()
        except KgError as error:  # an ontology that is just being edited, for one
            terminal.echo(f"kg: {error}", err=True)
        terminal.echo("waiting for changes (Ctrl-C ends)", err=True)

    if watch:
        run_on_change(check_again, (seeds, ontology, *texts))
    else:
        raise click.exceptions.Exit(0 if check() else 1)


def _check_once(
    seeds: Path, ontology: Path, texts: tuple[Path, ...], *, write: bool, gaps: bool, shacl: bool,
    against: Path | None, limit: int, as_json: bool, quiet: bool,
) -> bool:  # fmt: skip
    """Check and print what was found; return whether all is well."""
    report = run.check_seeds(seeds, ontology, texts, write=write)
    problems = list(report.problems)
    if shacl and not problems:
        from kg.compile.reference import lines  # late, as the next: pyshacl is an extra and slow to import
        from kg.compile.shacl import validate_lines

        graph = lines(report.seeds, report.ontology, ontology, version="")
        problems.extend(validate_lines(graph, ontology))
    if against:
        problems.extend(_vanished(report, against))
    if as_json:
        found = {"counts": report.counts(), "verified": report.verified, "unverified": report.unverified}
        listed = [str(gap) for gap in report.gaps] if gaps else []
        shown = {"problems": list(map(asdict, problems)), "notices": report.notices, "gaps": listed}
        terminal.write_json({**found, **shown})
    else:
        terminal.problems(problems[: limit or None], len(problems), more=" (--limit 0 prints all)")
        for gap in report.gaps if gaps else ():
            terminal.echo(f"gap: {gap}")
        for name, document in report.seeds.documents.items() if gaps else ():
            if others := sections.split_read(document)[1]:
                terminal.echo(f"not read: {name}:{', '.join(others)}")
        if not quiet:
            _print_summary(report, len(problems), gaps=gaps)
    return not problems and not (gaps and report.gaps)


@click.command("fmt")
@click.argument("files", nargs=-1, type=options.FILE)
@options.seeds
@click.option("--encoding", default="utf-8", help="Of files that are not UTF-8.")
@options.quiet
def fmt_command(files: tuple[Path, ...], seeds: Path, encoding: str, quiet: bool) -> None:
    """Sort the rows of tables; repair encoding and line ends.

    Without FILES all tables of the folder. Cells are trimmed; empty rows, and rows that repeat an earlier
    one whole, are dropped, other rows never. A table that cannot be read is left as it is, with a message.
    Tables that are UTF-8 stay so, whatever --encoding says.

    \b
    Example:
      kg fmt seeds/orgs.csv --encoding gb18030
    """
    known = {*tables.COMMON_TABLES, *tables.SOURCE_TABLES}
    chosen = files or tuple(sorted(path for path in seeds.rglob("*.csv") if path.name in known))
    done = scaffold.format_tables(chosen, encoding=encoding)
    failed = [error for error in done.values() if isinstance(error, KgError)]
    changed = [path for path, result in done.items() if result is True]
    if not quiet:
        for path in changed:
            terminal.echo(f"formatted: {path}")
        unread = f", {len(failed)} not readable" if failed else ""
        terminal.echo(f"{terminal.count(len(chosen), 'table')}, {len(changed)} changed{unread}")
    for error in failed:
        terminal.echo(f"kg: {error}", err=True)
    raise click.exceptions.Exit(2 if failed else 0)


@click.group("new")
def new_command() -> None:
    """Add a source, or an entity with its names, to the curated tables.

    \b
    Example:
      kg new entity City --en Foshan --zh 佛山市 --in place/guangdong --ground "gd-2031 ¶12"
    """


@new_command.command("source")
@click.argument("file", type=options.FILE)
@options.seeds
@click.option(
    "--id", "name", help="The source's id (default with a year: PLACE-gwr-YEAR, else from the file's name)."
)
@click.option("--place", default="", help="The place that the document is about: place/guangdong.")
@click.option("--year", type=click.IntRange(1900, 2999), help="The year of a work report.")
@click.option("--kind", help="What it is, in a few words (default with a year: government work report).")
@click.option("--publisher", help="Who published it.")
@click.option("--date", "published", help="When it was published: 2031-01-20.")
@click.option("--language", help="The language of the text: en or zh (default: what it looks like).")
@click.option("--translated-from", help="The language of the original, for a translation.")
@click.option("--address", help="Where the document is published.")
@click.option("--original", help="Where the original of a translation is published.")
@click.option("--title", help="Its title, in our own words.")
@click.option("--title-zh", help="The title of the Chinese original.")
def new_source(
    file: Path, seeds: Path, name: str | None, place: str, year: int | None, **given: str | None
) -> None:
    """Scaffold the tables of a new source from its text.

    Adds the source to sources.csv, proposes its sections from the headings, with the parts of a work report
    and their periods, and makes a folder of empty tables. At a terminal it asks for what is not given.

    \b
    Example:
      kg new source texts/hubei.txt --place place/hubei --year 2031 --address https://example.org/report
    """
    cells = {column: value for column, value in given.items() if value}
    if year:
        cells = {"kind": "government work report", **cells}
        if place:
            region = place.partition("/")[2]
            name = name or f"{region}-gwr-{year}"
            cells = {"title": f"Work report of {region.replace('-', ' ').title()}, {year}", **cells}
    if sys.stdin.isatty():
        for column in ("kind", "title", "publisher", "published", "address"):
            if column not in cells:
                cells[column] = click.prompt(column, default="", show_default=False)
    chosen, paragraphs, sections = scaffold.scaffold_source(
        seeds, file, name or "", cells=cells, place=place, year=year or 0
    )
    heads = {section.first: section for section in sections}
    for number, paragraph in enumerate(paragraphs, 1):
        if (section := heads.get(number)) and len(sections) > 1:
            about = ", ".join(filter(None, (section.part, section.region, section.period)))
            terminal.echo(f"      -- {section.heading}{f' ({about})' if about else ''}")
        terminal.echo(f"{number:4}  {shorten(paragraph, width=92)}")
    terminal.echo(f"""
{terminal.count(len(paragraphs), "paragraph")}, {terminal.count(len(sections), "section")} proposed. Now:
  1. complete its row in {seeds / "sources.csv"} (publisher, date, address)
  2. correct {seeds / chosen / "sections.csv"}: which region and period each run of paragraphs is about
  3. write statements.csv and targets.csv; kg find NAME shows whether an entity exists, kg new entity adds it
  4. kg check --texts {file.parent} --gaps, with --watch while you write, then with --write""")


@new_command.command("entity")
@click.argument("kind")
@click.option("--en", required=True, help="Its English label.")
@click.option("--zh", default="", help="Its Chinese label.")
@click.option(
    "--alias", "aliases", multiple=True, help="A good variant or short form; more than once for more."
)
@click.option("--printed", multiple=True, help="A form as a document prints it, never shown as the name.")
@click.option("--ground", required=True, help="What the names rest on: gd-2031 ¶12, a page, knowledge.")
@click.option("--confidence", default="certain", help="How sure the names are: certain, probable ...")
@click.option("--in", "place", default="", help="The place that it lies in; tells generic names apart.")
@click.option("--date", "day", help="When the names were decided (default: today).")
@click.option("--unit", default="", help="Of an indicator: the unit of its values.")
@click.option("--id", "name", default="", help="Its id (default: from the English label).")
@click.option("--note", default="", help="A remark for curators.")
@options.seeds
@options.ontology
def new_entity(
    kind: str, en: str, zh: str, aliases: tuple[str, ...], printed: tuple[str, ...], ground: str,
    confidence: str, place: str, day: str | None, unit: str, name: str, note: str, seeds: Path,
    ontology: Path,
) -> None:  # fmt: skip
    """Add an entity of a class (KIND), with its names, in one step.

    Refuses an id, or a label, that an entity has already, and shows near misses. A province, city or district
    gets its short Chinese name, and its code where the package gb2260 is installed.

    \b
    Example:
      kg new entity Company --en "Acme Optics" --zh 某光学 --ground "gd-2031 ¶12" --in place/guangdong
    """
    from kg.read import new_entity as entities  # late: rapidfuzz is for near misses alone

    date = day or datetime.date.today().isoformat()
    given = entities.NewEntity(
        kind, en, zh, ground, date, name, confidence, aliases, printed, place, unit, note
    )
    added = entities.add_entity(seeds, given, ontologies.read(ontology))
    for file, rows in added.rows.items():
        for row in rows:
            terminal.echo(f"{file}: {', '.join(filter(None, row.values()))}")
    for entity in added.shared:
        terminal.echo(
            f"note: {entity} has one of the names too: if the words alone do not tell, mark both ambiguous"
        )
    for entity, near in added.near:
        if entity not in added.shared:
            terminal.echo(f"near: {entity} ({near})")


def _vanished(report: Report, earlier: Path) -> list[Problem]:
    from kg.query import graph, internal_rows  # late: other checks read no graph

    with graph.open_graph(earlier) as before:
        ids = [iris.short(row["id"]) for row in internal_rows(before.store, "ids").values()]
    return list(check_vanished(report.seeds, ids))


def _print_summary(report: Report, problems: int, *, gaps: bool) -> None:
    for notice in report.notices:
        terminal.echo(f"note: {notice}")
    terminal.echo(f"checked {terminal.counts(report.counts())}")
    away = "the texts are not in this copy"
    if report.verified or not report.unverified:
        terminal.echo(f"{terminal.count(report.verified, 'quote')} verified")
    if report.recorded:
        earlier = terminal.count(report.recorded, "quote")
        when = report.verified_on() or "earlier"
        terminal.echo(f"{earlier} verified {when}, against texts with the recorded hashes; {away}")
    if never := report.unverified - report.recorded:
        terminal.echo(f"{terminal.count(never, 'quote')} not verified: {away}")
    if gaps:
        terminal.echo(f"gaps: {len(report.gaps):,}")
    terminal.echo(terminal.count(problems, "problem"))
