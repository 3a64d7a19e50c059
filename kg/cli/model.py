"""Asks a language model while a draft is made, and tells what became of each paragraph."""

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from kg.cli import terminal
from kg.draft.accept import read_draft
from kg.draft.chat import Chat
from kg.draft.document import known_names, without_rows
from kg.draft.model import Passage, propose_with_model
from kg.draft.rows import COLUMNS, cells_of
from kg.draft.vocabulary import Vocabulary
from kg.ontology import Ontology
from kg.read import files
from kg.read.seeds import Seeds


def ask_model(
    model: tuple[str, str],
    asked: Sequence[tuple[int, str, str]],
    seeds: Seeds,
    ontology: Ontology,
    path: Path,
) -> bool:
    """Add what a model proposes to a draft, after each answer; return whether all paragraphs have one.

    ``model`` is its address and its name; ``asked`` are paragraphs with their numbers and regions.
    """
    chat = Chat(*model, key=os.environ.get("KG_MODEL_KEY", ""))
    vocabulary = Vocabulary(ontology, seeds.kinds, known_names(seeds))
    passages = [Passage(*one) for one in asked]
    terminal.echo(f"sending {terminal.count(len(passages), 'paragraph')} to {chat.host}, model {chat.model}")
    rows = [cells_of(row) for row in read_draft(path)[0]]
    before, done, rejected = len(rows), [], 0
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("paragraphs", total=len(passages))
        for answer in propose_with_model(chat, passages, vocabulary, seeds.register.labels):
            rows += without_rows(answer.rows, rows)
            files.write_table(path, COLUMNS, rows)
            number = answer.passage.number
            for reason in answer.rejected:
                terminal.echo(f"¶{number}: rejected, {reason}")
            if answer.failure:
                terminal.echo(f"¶{number}: {answer.failure}")
            else:
                done.append(number)
            rejected += len(answer.rejected)
            bars.advance(bar)
    unanswered = [one.number for one in passages if one.number not in done]
    terminal.echo(f"the model: {terminal.count(len(rows) - before, 'new row')}, {rejected} rejected")
    if unanswered:
        terminal.echo(
            f"{terminal.count(len(unanswered), 'paragraph')} without an answer; what was drafted is kept"
        )
        terminal.echo(f"to ask again: --paragraphs {_ranges(unanswered)}")
    return not unanswered


def _ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers as --paragraphs takes them: 3,7-9."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
