"""Printing for people: tables that fit the terminal, and files or standard output in one place."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kg.read.tables import replace

WIDEST_WORD = 22


def console() -> Console:
    """Standard output as rich sees it: as wide as the terminal, 100 columns where there is none."""
    return Console(width=shutil.get_terminal_size((100, 24)).columns, highlight=False)


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", whole: Sequence[str] = ()
) -> None:
    """Print a table: cells wrap between words (Chinese counts double), those of ``whole`` columns do not.

    Empty columns are left out. Where the table is too wide all the same, each row is printed as a list.
    """
    kept = [at for at in range(len(columns)) if any(row[at] for row in rows) or not rows]
    least = [_least(columns[at], [row[at] for row in rows], whole=columns[at] in whole) for at in kept]
    out = console()
    if title:
        out.print(Text(title, style="bold"), end="\n\n", soft_wrap=True)
    if sum(least) + 2 * len(least) > out.width:
        _list(columns, rows, out)
        return
    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold", show_edge=False)
    for at, width in zip(kept, least, strict=True):
        numeric = all(_is_number(row[at]) for row in rows) and bool(rows)
        shown.add_column(
            columns[at].replace("_", " "), overflow="fold", min_width=width, no_wrap=columns[at] in whole,
            justify="right" if numeric else "left",
        )  # fmt: skip
    for row in rows:
        shown.add_row(*(Text(row[at]) for at in kept))
    out.print(shown)


def constant(
    columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[list[str], list[list[str]], dict[str, str]]:
    """A table less the columns that say the same in every row, and what these say. One row has none."""
    same = [at for at in range(len(columns)) if len(rows) > 1 and len({row[at] for row in rows}) == 1]
    if len(same) == len(columns):
        same = []
    keep = [at for at in range(len(columns)) if at not in same]
    said = {columns[at].replace("_", " "): rows[0][at] for at in same if rows[0][at]}
    return [columns[at] for at in keep], [[row[at] for at in keep] for row in rows], said


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


def near(path: Path) -> Path:
    """A path as seen from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def count(number: int, noun: str) -> str:
    """``1 problem``, ``1,200 quads``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _list(columns: Sequence[str], rows: Sequence[Sequence[str]], out: Console) -> None:
    """Rows one below the other, a line a cell."""
    names = [column.replace("_", " ") for column in columns]
    width = max(map(len, names))
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            if cell:
                out.print(Text(f"{name:<{width}}  {cell}"), soft_wrap=True)
        out.print()


def _least(column: str, cells: Sequence[str], *, whole: bool) -> int:
    """The width below which a column would cut its words."""
    parts = [column.replace("_", " "), *cells]
    words = parts if whole else [word for part in parts for word in part.split()]
    longest = max(map(cell_len, words), default=1)
    return longest if whole else min(longest, WIDEST_WORD)


def _is_number(cell: str) -> bool:
    return not cell or cell.replace(",", "").replace(".", "", 1).lstrip("-").isdigit()
