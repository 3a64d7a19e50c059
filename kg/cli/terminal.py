"""Printing: tables that fit the terminal, JSON, and files or standard output."""

import json
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kg.errors import KgError, Problem
from kg.read.files import replace_file

#: Words longer than this are folded, so that one address does not take the room of all other columns.
WIDEST_WORD = 22
_NARROWEST, _NARROWEST_TEXT, _TEXT = 12, 40, 90  # widths; a column wider than the last is text
_LINES = ("note", "doubt", "evidence")  # columns with a line of their own below a row
_GAP = 2
#: What would move the cursor, ring the bell or break a line out of its cell.
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> Console:
    """Return standard output for rich: as wide as the terminal, 100 columns if there is none."""
    return _Console(width=shutil.get_terminal_size((100, 24)).columns, highlight=False)


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "", whole: Sequence[str] = ()
) -> None:
    """Print a table; cells wrap between words, those of ``whole`` columns do not, and nothing is cut off.

    Empty columns are left out. If the table does not fit the width, notes, doubt and evidence, then the
    cells of the last columns are printed below their rows; if it does not fit even so, rows become lists.
    """
    kept = [at for at in range(len(columns)) if any(row[at] for row in rows) or not rows]
    names = [columns[at].replace("_", " ") for at in kept]
    cells = [[_visible(row[at]) for at in kept] for row in rows]
    out = console()
    if title:
        out.print(Text(title, style="bold"), end="\n\n", soft_wrap=True)
    lines = list(zip(names, *cells, strict=True))
    last = [at for at in range(len(kept)) if names[at] in _LINES]
    rest = [at for at in reversed(range(len(kept))) if at not in last]
    lower: list[int] = []
    for more in ([], last, *([at] for at in rest[: len(rest) // 2])):
        lower += more
        upper = [at for at in range(len(kept)) if at not in lower]
        fixed = [columns[kept[at]] in whole for at in upper]
        if widths := _widths([lines[at] for at in upper], fixed, out.width):
            _print_rows(names, cells, dict(zip(upper, widths, strict=True)), out)
            return
    if names:
        _print_list(names, cells, out)


def write(content: str | bytes, output: str = "-") -> None:
    """Write UTF-8 to a file in one step, or to standard output, whatever the console's encoding."""
    if output == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(content if isinstance(content, bytes) else content.encode())
        return
    path = Path(output)
    if not path.parent.is_dir():
        raise KgError(f"no folder {path.parent}")
    try:
        replace_file(path, content)
    except OSError as error:
        raise KgError(f"cannot write {path}: {error.strerror}; what was there is intact") from None


def write_json(value: object, output: str = "-") -> None:
    """Write a value as indented JSON, paths as text."""
    write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n", output)


def echo(message: str = "", *, err: bool = False) -> None:
    """Print a line on standard output, or standard error.

    The stream is named because click writes UTF-8 to its own choice of stream where the console is ASCII.
    """
    click.echo(message, file=sys.stderr if err else sys.stdout)


def near(path: Path) -> Path:
    """Return a path relative to the current folder if it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def count(number: int, noun: str) -> str:
    """Return ``1 problem``, ``1,200 quads``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def problems(found: Sequence[Problem], total: int, *, err: bool = False, more: str = "") -> None:
    """Print problems, and how many more there are of a total."""
    for problem in found:
        echo(str(problem), err=err)
    if total > len(found):
        echo(f"... and {total - len(found):,} more{more}", err=err)


def counts(numbers: dict[str, int]) -> str:
    """Return ``2 sources, 907 entities``."""
    return ", ".join(f"{number:,} {what}" for what, number in numbers.items())


def _widths(columns: Sequence[Sequence[str]], fixed: Sequence[bool], room: int) -> list[int]:
    """Widths in terminal cells that fit the room, widest columns narrowed first; empty if nothing fits."""
    widths = [max(cell_len(line) for cell in column for line in cell.split("\n")) or 1 for column in columns]
    words = [max((cell_len(w) for cell in column for w in cell.split()), default=1) for column in columns]
    shapes = zip(fixed, widths, words, strict=True)
    least = [
        width
        if whole
        else min(width, max(min(word, WIDEST_WORD), _NARROWEST if width < _TEXT else _NARROWEST_TEXT))
        for whole, width, word in shapes
    ]
    room -= _GAP * (len(columns) - 1)
    if sum(least) > room:
        return []
    cap = max(widths, default=0)
    while sum(widths) > room:
        cap -= 1
        widths = [max(min(width, cap), low) for width, low in zip(widths, least, strict=True)]
    return widths


def _print_rows(
    names: Sequence[str], rows: Sequence[Sequence[str]], widths: Mapping[int, int], out: Console
) -> None:
    """Print a table of the columns that have a width, and the other cells of a row below it."""
    rest = [at for at in range(len(names)) if at not in widths]
    shown = _new_table(names, rows, widths)
    for row in rows:
        shown.add_row(*(Text(row[at]) for at in widths))
        short = "; ".join(f"{names[at]}: {row[at]}" for at in rest if row[at] and names[at] not in _LINES)
        long = [
            row[at] if names[at] == "evidence" else f"{names[at]}: {row[at]}"
            for at in rest
            if row[at] and names[at] in _LINES
        ]
        if lower := [*filter(None, [short]), *long]:
            out.print(shown)
            out.print(Padding(Text("\n".join(lower)), (0, 0, 0, 4)))
            shown = _new_table(names, rows, widths, header=False)
    if shown.row_count or shown.show_header:
        out.print(shown)


def _new_table(
    names: Sequence[str], rows: Sequence[Sequence[str]], widths: Mapping[int, int], *, header: bool = True
) -> Table:
    shown = Table(
        box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold", show_edge=False,
        show_header=header,
    )  # fmt: skip
    for at, width in widths.items():
        numeric = rows and all(_is_number(row[at]) for row in rows)
        shown.add_column(names[at], overflow="fold", width=width, justify="right" if numeric else "left")
    return shown


def _print_list(names: Sequence[str], rows: Sequence[Sequence[str]], out: Console) -> None:
    """Print rows one below the other, a line a cell."""
    for number, row in enumerate(rows):
        if number:
            out.print()
        shown = Table.grid(padding=(0, 2, 0, 0))
        shown.add_column(min_width=max(map(len, names)), no_wrap=True)
        shown.add_column(overflow="fold")
        for name, cell in zip(names, row, strict=True):
            if cell:
                shown.add_row(Text(name), Text(cell))
        out.print(shown)


def _visible(cell: str) -> str:
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), cell)


def _is_number(cell: str) -> bool:
    return not cell or cell.replace(",", "").replace(".", "", 1).lstrip("-").isdigit()
