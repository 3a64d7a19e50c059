"""Commands: kg draft, accept."""

from pathlib import Path

import click

from kg import ontology as ontologies
from kg.check.texts import read_text
from kg.cli import options, terminal
from kg.draft.accept import accept_rows, read_draft
from kg.draft.document import propose_rows, without_rows
from kg.draft.rows import COLUMNS, cells_of
from kg.errors import KgError, Problem
from kg.read import files
from kg.read.seeds import Seeds, read_seeds


def draft_of(seeds: Path, source: str, chosen: Path | None) -> Path:
    """Return the draft of a source: the one chosen, else beside the folder of curated tables."""
    return chosen or seeds.resolve().parent / "drafts" / f"{source}.csv"


def read_source(seeds: Path, source: str) -> Seeds:
    """Read the curated tables; raise KgError if they have no such source."""
    found, problems = read_seeds(seeds)
    if source not in found.documents:
        wrong = [str(problem) for problem in problems if problem.file == "sources.csv"]
        known = ", ".join(found.documents) or "none"
        reason = (
            f"its row cannot be read:\n{wrong[0]}" if wrong else f"sources: {known}; kg new source adds one"
        )
        raise KgError(f"no source {source}: {reason}")
    return found


@click.command("draft")
@click.argument("source")
@options.seeds
@options.ontology
@options.texts
@click.option(
    "-o", "--output", type=options.NEW_FILE, help="The draft (default: drafts/SOURCE.csv beside seeds/)."
)
@click.option("--paragraphs", default="", help="Draft these alone: 12-40, or 3,7,12-40.")
@click.option("--model", default="", metavar="URL", help="Ask a language model at this address, too.")
@click.option("--model-name", default="", help="The name of the model at that address.")
def draft_command(
    source: str, seeds: Path, ontology: Path, texts: tuple[Path, ...], output: Path | None, paragraphs: str,
    model: str, model_name: str,
) -> None:  # fmt: skip
    """Draft rows for a source: statements, targets, new names.

    The draft is one table beside the folder of curated tables, drafts/SOURCE.csv, never in that folder: what
    nobody has read is no part of a build, a release or the repository. Each row is a proposal with its quote,
    its place and why it was made. Write yes or no into the column accept, mend what is wrong, then: kg accept
    SOURCE. A new name is a row of kind entity; statements name it as new:NAME until it is accepted. Drafting
    again keeps the rows that are decided, and those of a model.

    Nothing is sent anywhere without --model. With it each paragraph is sent to that OpenAI-compatible
    endpoint, with the key of the environment variable KG_MODEL_KEY. Of the answers only statements are taken
    whose quote stands in the paragraph once, whose ids exist and whose predicate joins them.

    \b
    Example:
      kg draft gwr-2024 --texts texts
      kg draft gwr-2024 --paragraphs 12-40 --model http://localhost:11434/v1 --model-name my-model
    """
    if bool(model) != bool(model_name):
        raise click.UsageError("--model and --model-name go together: where the model is, and which")
    known = read_source(seeds, source)
    path = draft_of(seeds, source, output)
    if path.resolve().is_relative_to(seeds.resolve()):
        raise KgError(f"{path} lies in the folder of curated tables: a draft stands beside it")
    raw = read_text(known.documents[source], texts)
    only = _numbers(paragraphs, len(raw))
    kept, terms = _kept(path), ontologies.read(ontology)
    rows = without_rows(propose_rows(known, terms, source, raw, only=only), kept)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_table(path, COLUMNS, [*kept, *rows])
    whole = True
    if model:
        from kg.cli.model import ask_model  # late: httpx is for models alone

        sections = known.documents[source].section
        places = [(number, text, sections(number)) for number, text in enumerate(raw, 1)]
        asked = [(n, text, s.region) for n, text, s in places if s and s.region and (not only or n in only)]
        whole = ask_model((model, model_name), asked, known, terms, path)
    _print_draft(path, source)
    raise click.exceptions.Exit(0 if whole else 2)


def _print_draft(path: Path, source: str) -> None:
    found, _ = read_draft(path)
    nouns = {"statement": "statement", "target": "target", "entity": "new name"}
    numbers = [terminal.count(sum(row.kind == kind for row in found), noun) for kind, noun in nouns.items()]
    terminal.echo(f"{terminal.near(path)}: {', '.join(numbers)}")
    terminal.echo(f"write yes or no into the column accept, then: kg accept {source}")


def _numbers(chosen: str, most: int) -> set[int]:
    """Return the numbers of paragraphs that 3,7,12-40 names."""
    numbers: set[int] = set()
    for part in filter(None, chosen.split(",")):
        first, _, last = part.partition("-")
        if not (first.isdecimal() and (last or first).isdecimal() and 0 < int(first) <= int(last or first)):
            raise click.UsageError(f"--paragraphs {chosen}: {part!r} is no number or range such as 12-40")
        numbers.update(range(int(first), int(last or first) + 1))
    if numbers and min(numbers) > most:
        raise click.UsageError(f"--paragraphs {chosen}: the text has {most} paragraphs")
    return numbers


def _kept(path: Path) -> list[dict[str, str]]:
    """Return the rows of an earlier draft that a person decided or a model proposed.

    Refuse a draft that cannot be read.
    """
    if not path.is_file():
        return []
    rows, problems = read_draft(path)
    if problems:
        raise KgError(f"{min(problems)}\nthe earlier draft stays as it is: correct it, or move it away")
    return [cells_of(row) for row in rows if row.accept or row.model]


@click.command("accept")
@click.argument("source")
@options.seeds
@options.ontology
@options.texts
@click.option("--draft", type=options.NEW_FILE, help="The draft (default: drafts/SOURCE.csv beside seeds/).")
def accept_command(
    source: str, seeds: Path, ontology: Path, texts: tuple[Path, ...], draft: Path | None
) -> None:
    """Move the accepted rows of a draft into the curated tables.

    Rows with yes in the column accept are moved, new entities and names first, if the check finds nothing
    wrong with the tables as they would be; else none is, and each problem names the row of the draft. Rows
    that are not accepted stay in the draft.

    \b
    Example:
      kg accept gwr-2024 --texts texts
    """
    known = read_source(seeds, source)
    path = draft_of(seeds, source, draft)
    found = accept_rows(known, ontology, source, path, texts)
    if found.problems:
        _refuse(found.problems)
    moved = ", ".join(f"{number} to {table}" for table, number in found.added.items())
    terminal.echo(f"moved {moved}" if moved else "no row has yes in the column accept; nothing was moved")
    if moved:
        left = terminal.count(found.left, "row")
        terminal.echo(f"{left} left in the draft; now: kg check --texts DIR --write, then kg fmt")
        if "topics.csv" in found.added:
            terminal.echo("new topics need a row in crosswalks/topics-fields.sssom.tsv: kg check names them")


def _refuse(problems: tuple[Problem, ...]) -> None:
    terminal.problems(problems, len(problems))
    terminal.echo(f"{terminal.count(len(problems), 'problem')}; nothing was moved")
    raise click.exceptions.Exit(1)
