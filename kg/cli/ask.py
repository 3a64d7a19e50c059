"""Commands that ask the graph: ask, show, find, query. They import no slow library."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
import pyoxigraph as ox

from kg import iris, locations
from kg.cli import arguments, options, terminal
from kg.errors import BadQuery
from kg.query import result
from kg.query.entities import describe_entity
from kg.query.graph import open_graph
from kg.query.result import Answer
from kg.query.statements import Statement, Target
from kg.read import queries
from kg.read.queries import Question
from kg.store import names, oxigraph
from kg.store.oxigraph import Rows

_RESULTS = ("json", "csv", "tsv", "xml")


@click.command("ask", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("name", required=False)
@click.argument("values", nargs=-1, type=click.UNPROCESSED)
@options.graph
@click.option("--list", "listed", is_flag=True, help="List the named questions.")
@click.option("-f", "--format", "form", type=click.Choice(result.FORMATS), default="table")
@click.option("-e", "--evidence", is_flag=True, help="Add source, paragraph, quote and link to each row.")
@click.option("--bom", is_flag=True, help="Begin CSV with a byte order mark, so that Excel shows Chinese.")
@click.option("--sparql", "as_sparql", is_flag=True, help="Print the query instead of running it.")
@click.option("-h", "--help", "helped", is_flag=True, help="Show this message, or describe NAME.")
@options.output
@click.pass_context
def ask_command(
    context: click.Context, name: str | None, values: Sequence[str], graph: str | None, listed: bool,
    form: str, evidence: bool, bom: bool, as_sparql: bool, helped: bool, output: str,
) -> None:  # fmt: skip
    """Answer a named question.

    VALUES fill the question's parameters in order, or by name (--topic "silicon carbide"). A value is a
    name or alias in English or Chinese, or an id. Words are joined where the graph knows them so; quote
    names that have spaces to be sure. kg ask NAME --help describes a question.

    \b
    Example:
      kg ask promoters "silicon carbide" --evidence
      kg ask targets --region Ningbo --format csv -o ningbo.csv
    """
    if name is None or listed:
        terminal.echo(context.get_help()) if helped and not listed else _list_questions()
        return
    asked = queries.find(name)
    if helped:
        _describe(asked)
        return
    opened = open_graph(graph)
    given = arguments.assign(opened, asked, values)
    if as_sparql:
        terminal.echo(asked.bind(opened.terms(asked, given)).rstrip())
        return
    found = opened.ask(name, **given)
    found = opened.cite(found) if evidence else found.without(result.STATED)
    if form == "table" and output == "-":
        _print(asked, found, opened.summary(name, **given))
    else:
        csv = partial(result.as_csv, bom=bom, delimiter="\t" if form == "tsv" else ",")
        writers: dict[str, Callable[[Answer], str]] = {"json": result.as_json, "csv": csv, "tsv": csv}
        terminal.write(writers.get(form, result.as_markdown)(found), output)


@click.command("show")
@click.argument("entity", nargs=-1, required=True)
@options.graph
@click.option(
    "--limit", type=click.IntRange(0), default=0, help="Show at most this many statements; 0 shows all."
)
@options.as_json
def show_command(entity: tuple[str, ...], graph: str | None, limit: int, as_json: bool) -> None:
    """Show everything known about an entity, with evidence and rows.

    ENTITY is a name or alias in English or Chinese, or an id.

    \b
    Example:
      kg show Jinan
      kg show 碳化硅
    """
    opened = open_graph(graph)
    found = describe_entity(opened, opened.names.resolve(" ".join(entity)))
    if as_json:
        terminal.write_json(asdict(found))
        return
    terminal.echo(f"{click.style(found.label, bold=True)}  {found.entity}  ({', '.join(found.kinds)})")
    for name in found.names:
        sure = "" if name.confidence == "certain" else f", {name.confidence}"
        terminal.echo(f"  {name.role:12} {name.name}  [{name.lang}{sure}; {name.ground}]")
    for key, value in found.properties:
        terminal.echo(f"  {key:12} {value}")
    said: list[Statement | Target] = [*found.statements, *found.targets]
    shown = said[: limit or None]
    columns = ("what is said", "qualifiers", "quote", "where", "row")
    terminal.table(columns, [_row(one, found.sentences[one.id]) for one in shown], whole=("where", "row"))
    rest = f", {len(said) - len(shown)} not shown" if len(said) > len(shown) else ""
    targets = terminal.count(len(found.targets), "target")
    terminal.echo(f"{terminal.count(len(found.statements), 'statement')}, {targets}{rest}")


@click.command("find")
@click.argument("words", nargs=-1, required=True)
@options.graph
@click.option("--seeds", type=options.PATH, help="Look in curated tables, before they are built.")
@click.option("-n", "--limit", type=click.IntRange(1), default=10, help="How many entities to show.")
@options.as_json
def find_command(words: list[str], graph: str | None, seeds: Path | None, limit: int, as_json: bool) -> None:
    """Find entities by name, and near misses.

    Names are English, Chinese or as printed, and may have typing errors. Exit code 1 if nothing is near.

    \b
    Example:
      kg find silicon carbid
      kg find 封测
    """
    if seeds:
        from kg.read import seeds as tables  # late: reading tables needs pydantic, searching a graph does not

        found = tables.read_seeds(locations.seeds(seeds))[0].names
        index = names.index_in_memory((n.entity, n.role, n.lang, n.name) for n in found)
    else:
        index = open_graph(graph).names
    hits = index.search(" ".join(words), limit=limit)
    if as_json:
        terminal.write_json([asdict(hit) for hit in hits])
    elif hits:
        labels = index.labels
        rows = [[h.entity, labels.get(h.entity, ""), h.name, h.role, f"{h.score:g}"] for h in hits]
        terminal.table(("entity", "label", "found as", "role", "score"), rows, whole=("entity",))
    else:
        terminal.echo("no name is near")
    raise click.exceptions.Exit(0 if hits else 1)


@click.command("query")
@click.argument("query")
@options.graph
@click.option("-f", "--format", "form", type=click.Choice(["table", *_RESULTS]), default="table")
@click.option("--allow-service", is_flag=True, help="Let the query call other servers with SERVICE.")
@options.output
def query_command(query: str, graph: str | None, form: str, allow_service: bool, output: str) -> None:
    """Run a SPARQL query.

    QUERY is a file, the query itself, or - for standard input. The usual prefixes (kg:, place:, topic:,
    skos:, prov: ...) need no declaration. CONSTRUCT and DESCRIBE print Turtle.

    \b
    Example:
      kg query 'SELECT ?region { ?region kg:promotes topic:silicon-carbide }'
      kg query count.rq --format csv -o count.csv
    """
    opened, text = open_graph(graph), arguments.read_query(query)
    answer = opened.query(text, allow_service=allow_service)
    if oxigraph.is_triples(answer):
        if form != "table":
            raise BadQuery(f"CONSTRUCT and DESCRIBE give RDF, printed as Turtle: --format {form} is for rows")
        empty = not (triples := list(answer))
        shown = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=iris.PREFIXES)
        terminal.write(shown or b"", output)
    elif form != "table" and isinstance(answer, ox.QuerySolutions | ox.QueryBoolean):
        terminal.write(answer.serialize(format=ox.QueryResultsFormat.from_extension(form)) or b"", output)
        return
    elif isinstance(answer, ox.QuerySolutions):
        columns = tuple(variable.value for variable in answer.variables)
        found = opened.answer(Rows(columns, tuple(tuple(row) for row in answer)))
        terminal.table(columns, found.shown())
        terminal.echo(terminal.count(len(found), "row"), err=True)
        empty = not found
    else:
        terminal.echo("yes" if answer else "no")
        empty = not answer
    if empty:
        for hint in (*oxigraph.unknown_terms(opened.store, text), *arguments.unknown_entities(opened, text)):
            terminal.echo(f"note: {hint}", err=True)


def _print(asked: Question, found: Answer, summary: Sequence[str]) -> None:
    """Print a table, the evidence of a row in one cell, and below it what sums the answer up."""
    terminal.table(*found.for_people(), title=asked.title)
    terminal.echo("\n" + terminal.count(len(found), "row"))
    for line in summary:
        terminal.echo(line)


def _list_questions() -> None:
    rows = [[q.name, q.title, " ".join(p.name for p in q.parameters)] for q in queries.catalogue().values()]
    terminal.table(("question", "what it answers", "parameters"), rows)


def _describe(asked: Question) -> None:
    terminal.echo(f"{asked.title}\n")
    terminal.echo(click.wrap_text(asked.prose, terminal.console().width - 2) + "\n")
    rows = [
        (f"--{p.name}", p.type.replace("|", " or "), p.text + (" (needed)" if p.needed else ""))
        for p in asked.parameters
    ]
    if rows:
        terminal.table(("parameter", "takes", "which is"), rows, whole=("parameter",))
    terminal.echo(f"\nExample:\n  kg ask {asked.name} {asked.example}")


def _row(said: Statement | Target, sentence: str) -> list[str]:
    evidence = said.evidence
    reached = (said.stage, said.tier, said.period) if isinstance(said, Statement) else ()
    return [
        sentence,
        "; ".join(part for part in (*reached, *said.flags, said.note) if part),
        f"“{evidence.quote}”",
        f"{evidence.source.partition('/')[2]} ¶{evidence.paragraph}",
        evidence.row.rpartition("/")[2],
    ]
