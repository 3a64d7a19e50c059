"""Files written in one step, so that others see no part; tables as CSV text; whether bytes are UTF-8."""

import csv
import io
import os
import re
import secrets
import shlex
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from kg.errors import Problem

#: Words that Excel would turn into a date or another number.
_MISREAD = re.compile(
    r"\d{1,2}[-/.]\d{1,2}([-/.]\d{2,4})?|\d{4}[-/.](0?[1-9]|1[0-2])([-/.]\d{1,2})?|0\d+|\d+[eE]\d+|\d{16,}"
)
#: What a spreadsheet takes for the beginning of a formula, behind apostrophes or not; a number is none.
_FORMULA = re.compile(r"(?![+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\Z)'*[=+\-@\t\r\n]")
SAVE_AS_UTF8 = "save it as UTF-8 (Excel: CSV UTF-8)"
#: How files begin that are no text.
_NOT_TEXT = {
    b"PK\x03\x04": "a workbook or another ZIP archive, not text",
    b"\xd0\xcf\x11\xe0": "a workbook of an old Excel, not text",
    b"\x1f\x8b": "a file compressed with gzip, not text",
    b"\xff\xfe\0\0": "UTF-32, not UTF-8",
    b"PAR1": "a Parquet file, not text",
}


def replace_file(path: Path, content: str | bytes) -> None:
    """Replace the content of a file in one step; its permissions stay, and so does a symbolic link to it.

    What is no regular file (a device, a FIFO, a pipe of the shell) is written into. Raises OSError with
    the path; the old file is intact then, and nothing is left beside it.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        old = path.stat() if path.exists() else None
        # /dev/stdout names a regular file where the shell sends it to one; replaced, the shell would lose it
        if (old and not stat.S_ISREG(old.st_mode)) or path.absolute().parts[1:2] in (("dev",), ("proc",)):
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") as out:
                out.write(data)
        else:
            _replace_regular(path.resolve(), data, old)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield a folder to write into; it becomes ``path`` at the end, or vanishes if anything is raised.

    ``path`` may be an empty folder. Raises OSError where it is not, or cannot be written.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path)
    try:
        temporary.mkdir()
        yield temporary
        temporary.replace(path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _replace_regular(path: Path, data: bytes, old: os.stat_result | None) -> None:
    temporary = _beside(path)
    try:
        with temporary.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if old:
            with suppress(PermissionError):  # only the superuser keeps another's ownership
                shutil.chown(temporary, old.st_uid, old.st_gid)
            temporary.chmod(stat.S_IMODE(old.st_mode))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _beside(path: Path) -> Path:
    """Return a path in the same folder that no reader of tables takes for one."""
    return path.parent / f".{path.name[:40]}.{secrets.token_hex(6)}"


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return a curated table as CSV text: commas, newlines, the columns in this order."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a curated table in one step; raise OSError where that fails."""
    replace_file(path, csv_text(columns, rows))


def spreadsheet(
    rows: Iterable[Iterable[object]], *, delimiter: str = ",", excel: bool = False
) -> Iterator[str]:
    """Yield the lines of a CSV file for spreadsheets: no text in it is run as a formula.

    A text that begins like a formula gets an apostrophe before it. Numbers, also those that are texts
    such as -3, and empty cells stay as they are. The curated tables are not written so, since programs
    read them back. With ``excel`` texts that Excel would turn into dates or numbers are protected too.
    """

    def protected(cell: object) -> object:
        if not isinstance(cell, str):
            return cell
        if excel and _MISREAD.fullmatch(cell):
            return f'="{cell}"'
        return f"'{cell}" if _FORMULA.match(cell) else cell

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")  # so that a lone \r is quoted
    for row in rows:
        writer.writerow(map(protected, row))
        yield out.getvalue().removesuffix("\r\n") + "\n"
        out.seek(0)
        out.truncate()


def plain_text(cell: str) -> str:
    """Return the text that ``spreadsheet`` wrote into a cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def encoding_problem(path: Path, raw: bytes, *, name: str) -> Problem | None:
    """Return the problem of a curated table that is not UTF-8, with the command that repairs it."""
    fault = encoding_fault(raw)
    if not fault:
        return None
    line, what, guess = fault
    command = f", or: kg fmt {shlex.quote(str(path))} --encoding {guess}"
    return Problem(
        name, line, "", "encoding", what, "", f"save it as UTF-8{command}" if guess else SAVE_AS_UTF8
    )


def encoding_fault(raw: bytes) -> tuple[int, str, str] | None:
    """Return line, fault and likely encoding (empty: none) of bytes that are not UTF-8 text, or None."""
    for magic, what in _NOT_TEXT.items():
        if raw.startswith(magic):
            return 1, what, ""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return 1, "not UTF-8 at byte 0", "utf-16"
    if 0 in raw:
        likely = ("utf-16-be" if raw[0] == 0 else "utf-16-le") if raw.count(0) > len(raw) / 4 else ""
        return line_at(raw, raw.index(0)), "a NUL character", likely
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return line_at(raw, error.start), f"not UTF-8 at byte {error.start}", _guess(raw)
    return None


def _guess(raw: bytes) -> str:
    """Return the likely encoding; empty if part of the text is UTF-8, so that no single one can be right.

    Some words in a Western encoding are also Chinese characters of GB18030, but not of GB2312.
    """
    for encoding, guess in (("gb2312", "gb18030"), ("gb18030", "gb18030 (or windows-1252)")):
        with suppress(UnicodeDecodeError):
            raw.decode(encoding)
            return guess
    return "" if re.search("[一-鿿]", raw.decode(errors="ignore")) else "windows-1252"


def line_at(raw: bytes, at: int) -> int:
    """Return the line, from 1, of the byte at an offset."""
    return raw.count(b"\n", 0, at) + 1
