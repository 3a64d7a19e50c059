"""Command: kg read."""

from pathlib import Path

import click

from kg.annotation.page import annotate, render_annotated
from kg.check.run import check_seeds
from kg.cli import options, terminal
from kg.cli.draft import draft_of, read_source
from kg.draft.accept import read_draft
from kg.errors import KgError
from kg.read import files

#: Folders beside the curated tables that git ignores and no wheel or release takes.
IGNORED = ("drafts", "texts", "build")


@click.command("read")
@click.argument("source")
@options.seeds
@options.ontology
@options.texts
@click.option("--draft", type=options.NEW_FILE, help="The draft (default: drafts/SOURCE.csv beside seeds/).")
@click.option(
    "-o", "--output", type=options.NEW_FILE, help="The page (default: drafts/SOURCE.html beside seeds/)."
)
def read_command(
    source: str, seeds: Path, ontology: Path, texts: tuple[Path, ...], draft: Path | None, output: Path | None
) -> None:
    """Write a local page of a text with its rows, proposals and gaps.

    The page holds the whole text, each quote, governing word, mention and gap marked, with the rows beside
    it: statements, targets, coverage, the proposals of a draft if there is one, and what kg check finds
    wrong. It is for the reader alone: it stands in drafts/, which is no part of the repository, a build or a
    release.

    \b
    Example:
      kg read gwr-2024 --texts texts
    """
    read_source(seeds, source)
    path = output or seeds.resolve().parent / "drafts" / f"{source}.html"
    _refuse_published(path, seeds.resolve())
    proposed = draft_of(seeds, source, draft)
    rows, problems = read_draft(proposed) if draft or proposed.is_file() else ([], [])
    if problems:
        raise KgError(f"{min(problems)}\ncorrect the draft, or move it away")
    found = annotate(check_seeds(seeds, ontology, texts), source, texts, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.replace_file(path, render_annotated(found))
    numbers = [terminal.count(number, kind) for kind, number in found.counts().items() if kind != "coverage"]
    terminal.echo(f"{terminal.near(path)}: {', '.join(numbers)}")


def _refuse_published(path: Path, seeds: Path) -> None:
    """Raise KgError for a place that would be published with the tables: the page holds a whole text."""
    project = seeds.parent
    kept = (seeds, *((project,) if (project / ".git").exists() else ()))
    ignored = [project / name for name in IGNORED]
    if any(map(path.resolve().is_relative_to, kept)) and not any(map(path.resolve().is_relative_to, ignored)):
        folders = ", ".join(f"{name}/" for name in IGNORED)
        raise KgError(f"{path} could be published with its whole text: write it to {folders} or elsewhere")
