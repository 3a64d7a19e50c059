"""Commands that ask the graph: ask, show, find, query. They import no slow library."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
import pyoxigraph as ox

from kg import iris, locations
from kg.cli import arguments, empty, options, terminal
from kg.errors import BadQuery, NotFound
from kg.query import result
from kg.query.entities import describe_entity
from kg.query.graph import open_graph
from kg.query.result import Answer
from kg.query.statements import Mention, Statement, Target
from kg.read import queries
from kg.read.queries import Question
from kg.store import names, oxigraph
from kg.store.oxigraph import Rows

_RESULTS = ("json", "csv", "tsv", "xml")
#: Questions by what a user wants to know; what is in no group stands under the last.
_GROUPS = {
    "Who backs a topic, and how": ("backing", "coverage", "tiers", "topics"),
    "What a region has and wants": ("inventory", "projects", "companies", "places", "programmes", "targets"),
    "Regions compared": ("compare", "alike", "shared", "peers", "matrix"),
    "What a document says": ("sources", "outline", "statements", "deliveries", "doubts"),
    "What changes between documents": ("change", "outcomes"),
    "How things hang together": (),
}


@click.command("ask", context_settings={"ignore_unknown_options": True}, add_help_option=False)
@click.argument("name", required=False)
@click.argument("values", nargs=-1, type=click.UNPROCESSED)
@options.graph
@click.option("--list", "listed", is_flag=True, help="List the named questions.")
@options.form
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

    VALUES fill the question's parameters, each the one that takes it, or by name (--topic "silicon carbide"),
    which may be repeated. A value is a name in English or Chinese, a part of one, or an id. Words are joined
    where the graph knows them so; quote names that have spaces to be sure. kg ask NAME --help describes a
    question, kg search finds words in the documents, kg show tells all about one thing.

    \b
    Example:
      kg ask backing "silicon carbide" --evidence
      kg ask targets --region Ningbo --format csv -o ningbo.csv
    """
    if name is None or listed:
        if helped and not listed:
            terminal.echo(context.get_help() + "\n")
        _list_questions()
        return
    try:
        asked = queries.find(name)
    except NotFound as error:
        raise NotFound(_suggest(name, graph) or str(error)) from None
    if helped:
        _describe(asked)
        return
    opened = open_graph(graph)
    given = arguments.assign(opened, asked, values)
    if as_sparql:
        terminal.echo(asked.bind(opened.terms(asked, given)).rstrip())
        return
    found = opened.ask(name, **given)
    unread = list(arguments.unread_places(opened, asked, given))
    for note in (*arguments.readings(opened, asked, given), *unread):
        terminal.echo(f"note: {note}", err=True)
    found = opened.cite(found) if evidence else found.without(result.STATED)
    summary = opened.summary(name, **given)
    _write(found, form, output, title=asked.title, summary=summary, bom=bom)
    for reason in empty.reasons(opened, asked, given) if not found and not unread else ():
        terminal.echo(f"note: {reason}", err=True)


@click.command("show")
@click.argument("entity", nargs=-1, required=True)
@options.graph
@click.option("-n", "--limit", type=click.IntRange(0), default=30, help="Statements to show; 0 shows all.")
@click.option("--rows", is_flag=True, help="Add file and line of the curated table.")
@options.as_json
def show_command(entity: tuple[str, ...], graph: str | None, limit: int, rows: bool, as_json: bool) -> None:
    """Show everything known about an entity, with evidence.

    That is its names, notes, where documents name it, and what they state of it, with what is
    doubtful. ENTITY is a name or alias in English or Chinese, a part of one, or an id.

    \b
    Example:
      kg show Jinan
      kg show 碳化硅
    """
    opened = open_graph(graph)
    identifier = opened.resolve(" ".join(entity))
    found = describe_entity(opened, identifier)
    if as_json:
        terminal.write_json(asdict(found))
        return
    terminal.echo(f"{click.style(found.label, bold=True)}  {found.entity}  ({', '.join(found.kinds)})")
    for name in found.names:
        sure = "" if name.confidence == "certain" else f", {name.confidence}"
        terminal.echo(f"  {name.role:12} {name.name}  [{name.lang}{sure}; {name.ground}]")
    for key, value in found.properties:
        terminal.echo(f"  {key:12} {value}")
    for source, places in _named_in(opened.mentions(entity=identifier)).items():
        terminal.echo(f"  {'named in':12} {source} {', '.join(places)}")
    said: list[Statement | Target] = [*found.statements, *found.targets]
    shown = said[: limit or None]
    cells = [_row(one, opened.sentence(one, about=identifier)) for one in shown]
    terminal.echo()
    terminal.table(_SHOWN, [row if rows else [*row[:-1], ""] for row in cells], whole=("row",))
    counts = (
        terminal.count(len(found.statements), "statement"),
        terminal.count(len(found.targets), "target"),
    )
    rest = f"; {len(said) - len(shown):,} not shown: --limit 0 shows all" if len(said) > len(shown) else ""
    terminal.echo(f"\n{', '.join(counts)}{rest}")


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--region", multiple=True, help="Only in what a document says of this region; may be repeated.")
@click.option("--source", multiple=True, help="Only in this document; may be repeated.")
@options.texts
@options.graph
@options.form
@options.output
def search_command(
    words: Sequence[str], region: Sequence[str], source: Sequence[str], texts: Sequence[Path],
    graph: str | None, form: str, output: str,
) -> None:  # fmt: skip
    """Search the words of the documents, by region.

    Quotes, governing words, cues, names and headings are searched, and the texts themselves where they are
    at hand. A paragraph is found if it holds all WORDS, English or Chinese, in any order; plurals and case
    do not matter. A row has the words found and the statements that rest on them. Exit code 1 if none is
    found.

    \b
    Example:
      kg search energy storage --region Changsha
      kg search 碳化硅
    """
    opened = open_graph(graph)
    found = opened.search(" ".join(words), region=region, source=source, texts=texts)
    _write(found.without(result.STATED), form, output, title=f"Paragraphs that hold: {' '.join(words)}")
    if not texts:
        where = "quotes, governing words, cues, names and headings were searched"
        terminal.echo(f"the texts are not at hand (--texts, KG_TEXTS): {where}", err=True)
    given = {"region": region, "source": source}
    for reason in empty.search_reasons(opened, " ".join(words), given) if not found else ():
        terminal.echo(f"note: {reason}", err=True)
    raise click.exceptions.Exit(0 if found else 1)


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


def _write(
    found: Answer, form: str, output: str, *, title: str, summary: Sequence[str] = (), bom: bool = False
) -> None:
    """Print a table with what sums it up below it, or write rows in another form."""
    if form == "table" and output == "-":
        terminal.table(*found.for_people(), title=title)
        terminal.echo("\n" + terminal.count(len(found), "row"))
        for line in summary:
            terminal.echo(line)
        return
    csv = partial(result.as_csv, bom=bom, delimiter="\t" if form == "tsv" else ",")
    writers: dict[str, Callable[[Answer], str]] = {"json": result.as_json, "csv": csv, "tsv": csv}
    terminal.write(writers.get(form, result.as_markdown)(found), output)


def _list_questions() -> None:
    """Print the questions by what a user wants to know, a line each, with an example to copy."""
    known = queries.catalogue()
    rest = set(known).difference(*_GROUPS.values())
    lines = {name: f"{name} {asked.example}" for name, asked in known.items()}
    for title, chosen in _GROUPS.items():
        terminal.echo(click.style(f"{title}:", bold=True))
        for name in (name for name in chosen or sorted(rest) if name in known):
            terminal.echo(f"  {lines[name]:<{max(map(len, lines.values()))}}  {known[name].title}")
    terminal.echo("\nEach line is an example: put kg ask before it. kg ask NAME --help describes a question.")


def _describe(asked: Question) -> None:
    terminal.echo(f"{asked.title}\n")
    terminal.echo(click.wrap_text(asked.prose, terminal.console().width - 2) + "\n")
    rows = [
        (f"--{p.name}", p.type.replace("|", " or "), p.text + (" (needed)" if p.needed else ""))
        for p in asked.parameters
    ]
    if rows:
        terminal.table(("parameter", "takes", "which is"), rows, whole=("parameter",))
        terminal.echo("\nA parameter may be repeated. Names of parameters may be left out.")
    terminal.echo(f"\nExample:\n  kg ask {asked.name} {asked.example}")


def _suggest(name: str, graph: str | None) -> str:
    """Return what to ask about the thing that somebody named in place of a question; nothing if none."""
    opened, known = open_graph(graph), queries.catalogue()
    if not (found := opened.names.candidates(name, exact=True)):
        return ""
    segment = found[0].partition("/")[0]
    order = ("backing", *_GROUPS["What a region has and wants"], *known)
    taking = [one for one in order if one in known and known[one].parameters[0].type == segment]
    asking = f"kg ask {(*taking, 'statements --entity')[0]} {name!r}"
    return (
        f"{name!r} is no question but {opened.labels.get(found[0], name)}; try {asking} or kg show {name!r}"
    )


_SHOWN = ("what is said", "stage, tier, period", "note", "evidence", "row")


def _row(said: Statement | Target, sentence: str) -> list[str]:
    evidence = said.evidence
    reached = (said.stage, said.tier, said.period) if isinstance(said, Statement) else (said.period,)
    note = said.note if said.note not in said.doubt else ""
    return [
        sentence,
        ", ".join(filter(None, reached)),
        "; ".join(filter(None, (said.doubt, note))),
        f"{evidence.source.partition('/')[2]} ¶{evidence.paragraph} “{evidence.words}”",
        evidence.row.rpartition("/")[2],
    ]


def _named_in(mentions: Sequence[Mention]) -> dict[str, list[str]]:
    """Return by source the paragraphs that name an entity: ``¶30``, ``¶26 (heading)``, ``¶7 (ambiguous)``."""
    found: dict[str, dict[int, str]] = {}
    for one in mentions:
        how = " (heading)" if one.in_heading else " (ambiguous)" if one.ambiguous else ""
        numbers = found.setdefault(one.source.partition("/")[2], {})
        numbers[one.paragraph] = min(how, numbers.get(one.paragraph, how))
    return {
        source: [f"¶{at}{how}" for at, how in sorted(numbers.items())] for source, numbers in found.items()
    }
