"""Errors that end a command, in one short tree, and problems: findings of a check, as values."""

from dataclasses import dataclass


class KgError(Exception):
    """A command could not run. The message says what is wrong and what would be right."""


class NotFound(KgError):
    """A named thing does not exist; the message suggests near ones."""


class Ambiguous(KgError):
    """A name fits several things; the message lists them."""


class BadQuery(KgError):
    """A query is malformed, or asks for something that is refused."""


class BadStore(KgError):
    """A built graph is missing, damaged, or of another version."""


class MissingExtra(KgError):
    """An optional library is not installed; the message names the extra."""


def missing_extra(extra: str, purpose: str) -> MissingExtra:
    """Return the error that names the extra to install for a purpose."""
    return MissingExtra(f"{purpose} needs an extra: pip install 'regiograph[{extra}]'")


@dataclass(frozen=True, order=True)
class Problem:
    """One finding of a check: where something is wrong, what, and what would be right.

    ``file`` is relative to the folder that was checked, ``line`` counts from 1 with the header as
    line 1 (0: the file as a whole), ``column`` is a column's name, ``text`` the offending cell.
    """

    file: str
    line: int
    column: str
    code: str
    what: str
    text: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        where = ":".join(part for part in (self.file, str(self.line or ""), self.column) if part)
        shown = f" {shorten(self.text)!r}" if self.text else ""
        remedy = f"\n    {self.remedy}" if self.remedy else ""
        return f"{where}: {self.what}{shown} [{self.code}]{remedy}"


def shorten(text: str, *, width: int = 80) -> str:
    """Cut a text for a message, marking the cut."""
    return text if len(text) <= width else text[: width - 1] + "…"
