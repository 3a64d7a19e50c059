"""A problem is a value: where something is wrong, what, and what would be right."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One finding of a check.

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

    def as_json(self) -> dict[str, str | int]:
        return asdict(self)


def shorten(text: str, *, width: int = 80) -> str:
    """Cut a text for a message, marking the cut."""
    return text if len(text) <= width else text[: width - 1] + "…"
