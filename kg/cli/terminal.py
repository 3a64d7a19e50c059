"""Printing for people: tables that fit the terminal, and files or standard output in one place."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.table import replace


def console() -> Console:
    """Standard output as rich sees it: as wide as the terminal, 100 columns where there is none."""
    return Console(width=shutil.get_terminal_size((100, 24)).columns, highlight=False)


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", whole: Sequence[str] = ()
) -> None:
    """Print a table; cells wrap, but for the columns in ``whole``; Chinese counts double."""
    shown = Table(
        box=SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False, header_style="bold"
    )
    for at, column in enumerate(columns):
        numeric = all(_is_number(row[at]) for row in rows) and bool(rows)
        shown.add_column(
            column.replace("_", " "),
            overflow="fold",
            justify="right" if numeric else "left",
            no_wrap=column in whole,
        )
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console().print(shown)


def write(content: str | bytes, output: str) -> None:
    """Write to a file in one step, or to standard output as it is."""
    if output == "-":
        sys.stdout.buffer.write(content if isinstance(content, bytes) else content.encode())
        sys.stdout.flush()
        return
    path = Path(output)
    if not path.parent.is_dir():
        raise click.ClickException(f"no folder {path.parent}")
    try:
        replace(path, content)
    except OSError as error:
        raise click.ClickException(
            f"cannot write {path}: {error.strerror}; what was there is intact"
        ) from None


def count(number: int, noun: str) -> str:
    """``1 problem``, ``1,200 quads``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _is_number(cell: str) -> bool:
    return not cell or cell.replace(",", "").replace(".", "", 1).lstrip("-").isdigit()
