"""Encodings of curated tables and texts: whether bytes are UTF-8 text, and what they are likely to be."""

import re
import shlex
from contextlib import suppress
from pathlib import Path

from kg.errors import Problem

SAVE_AS_UTF8 = "save it as UTF-8 (Excel: CSV UTF-8)"
#: How files begin that are no text.
_NOT_TEXT = {
    b"PK\x03\x04": "a workbook or another ZIP archive, not text",
    b"\xd0\xcf\x11\xe0": "a workbook of an old Excel, not text",
    b"\x1f\x8b": "a file compressed with gzip, not text",
    b"\xff\xfe\0\0": "UTF-32, not UTF-8",
    b"PAR1": "a Parquet file, not text",
}


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
