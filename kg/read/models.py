"""Rows of curated tables: pydantic models at the boundary, one class a table, its fields the columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from kg import iris
from kg.errors import Problem
from kg.read import periods

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_CONTROL = re.compile(r"[\x00-\x1f]")


def _trimmed(value: str) -> str:
    if value != value.strip() or _CONTROL.search(value):
        raise ValueError("white space at an end, or a control character")
    return value


def _number(value: str) -> Decimal | None:
    if value and not _PLAIN.fullmatch(value):
        raise ValueError("not a plain number")
    return Decimal(value) if value else None


def _whole(value: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise ValueError("not a whole number")
    return int(value)


def _kept(test: Callable[[str], object]) -> BeforeValidator:
    """A cell that is empty or passes a test."""

    def keep(value: str) -> str:
        if value and not test(value):
            raise ValueError("not of that form")
        return value

    return BeforeValidator(keep)


def _flags(value: str) -> tuple[str, ...]:
    flags = tuple(value.split(";")) if value else ()
    if any(flag != flag.strip() or not flag for flag in flags) or len(set(flags)) != len(flags):
        raise ValueError("not a list of flags")
    return flags


def _matching(pattern: str, what: str, *, most: int | None = None) -> Any:
    return Field(pattern=rf"^(?:{pattern})$", max_length=most, description=what)


_ENTITY = iris.ID.pattern.replace("?P<segment>", "?:").replace("?P<slug>", "")
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]+)?"

ENTITY = _matching(_ENTITY, "an id such as place/jinan")
MAYBE_ENTITY = _matching(f"|{_ENTITY}", "an id such as topic/steel, or nothing")
WORD = _matching(r"[A-Za-z][A-Za-z0-9-]*", "one word of a closed list")
MAYBE_WORD = _matching(r"|[A-Za-z][A-Za-z0-9-]*", "one word of a closed list, or nothing")
MAYBE_NUMBER = _matching(r"[0-9]*", "a paragraph's number, or nothing")
SLUG = _matching(iris.SLUG, "at most 100 lower-case letters, digits and hyphens", most=100)
HASH = _matching(r"[0-9a-f]{64}", "64 hexadecimal digits")
ADDRESS = _matching(r"https?://\S+", "an address that begins with http")

Cell = Annotated[str, BeforeValidator(_trimmed), Field(description="text without spaces at its ends")]
Text = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, description="a text that is not empty")]
Day = Annotated[str, _kept(periods.is_day), Field(min_length=1, description="a day that exists: 2024-01-21")]
MaybeDay = Annotated[
    str, _kept(periods.is_day), Field(description="a day that exists: 2024-01-21, or nothing")
]
Edtf = Annotated[str, _kept(periods.parse), Field(description="a period in EDTF: 2024, 2021/2025, ../2025")]
Whole = Annotated[int, BeforeValidator(_whole), Field(gt=0, description="a whole number from 1")]
Offset = Annotated[int, BeforeValidator(_whole), Field(ge=0, description="a whole number from 0")]
Number = Annotated[Decimal | None, BeforeValidator(_number), Field(description="a plain number: 65800000000")]
Latitude = Annotated[
    Annotated[Decimal, Field(ge=-90, le=90)] | None,
    BeforeValidator(_number),
    Field(description="degrees north"),
]
Longitude = Annotated[
    Annotated[Decimal, Field(ge=-180, le=180)] | None,
    BeforeValidator(_number),
    Field(description="degrees east"),
]
Flags = Annotated[
    tuple[str, ...], BeforeValidator(_flags), Field(description="flags of the list, with ; between")
]


class Row(BaseModel):
    """A row and where it stands; ``columns()`` are the cells, in the table's order."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    place_keys: ClassVar[tuple[str, ...]] = ("file", "line")
    file: str
    line: int

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        return tuple(
            field.alias or name for name, field in cls.model_fields.items() if name not in cls.place_keys
        )

    def problem(self, column: str, code: str, what: str, text: object = "", remedy: str = "") -> Problem:
        return Problem(self.file, self.line, column, code, what, str(text), remedy)


class EntityRow(Row):
    id: str = ENTITY
    kind: str = WORD
    note: Cell


class PlaceRow(EntityRow):
    gb2260: str = _matching(r"|[0-9]{6}", "six digits, or nothing")
    iso31662: str = _matching(r"|[A-Z]{2}(-[A-Z0-9]{1,3})?", "a code such as CN-SD, or nothing")
    latitude: Latitude
    longitude: Longitude
    ground: Cell


class IndicatorRow(EntityRow):
    unit: str = WORD


class SourceRow(Row):
    id: str = SLUG
    kind: Text
    title: Text
    title_zh: Cell
    publisher: Text
    published: Day
    language: str = _matching(_LANGUAGE, "a language code such as en")
    translated_from: str = _matching(f"|{_LANGUAGE}", "a language code, or nothing")
    translator: Cell
    address: str = ADDRESS
    original: str = _matching(r"|https?://\S+", "an address that begins with http, or nothing")
    sha256: str = HASH
    paragraphs: Whole


class NameRow(Row):
    entity: str = ENTITY
    name: Text
    lang: str = _matching("en|zh", "en or zh")
    role: str = WORD
    confidence: str = WORD
    ground: Text
    date: Day


class HierarchyRow(Row):
    child: str = ENTITY
    relation: str = WORD
    parent: str = ENTITY
    ground: Text


class RedirectRow(Row):
    old: str = ENTITY
    new: str = ENTITY
    date: Day
    note: Cell


class SectionRow(Row):
    first: Whole
    last: Whole
    region: str = MAYBE_ENTITY
    heading: Text
    under: str = MAYBE_NUMBER
    read: MaybeDay
    reread: MaybeDay

    @property
    def headings(self) -> tuple[int, ...]:
        """Paragraphs whose words stand over the section: its first one, and a wider heading."""
        return (self.first, *([int(self.under)] if self.under else []))


class ParagraphRow(Row):
    """A row about one paragraph of a source."""

    paragraph: Whole


class Evidence(ParagraphRow):
    """What statements and targets share: the words they rest on, and the source that says them."""

    place_keys: ClassVar[tuple[str, ...]] = ("file", "line", "source")
    source: str
    quote: Text


class StatementRow(Evidence):
    subject: str = ENTITY
    predicate: str = WORD
    object: Text
    stage: str = MAYBE_WORD
    tier: str = MAYBE_WORD
    cue: Cell
    period: Edtf
    flags: Flags
    note: Cell

    @cached_property
    def id(self) -> str:
        """Never over quote, stage, flags or labels: mending a quote is not a deletion."""
        key = (self.source, self.paragraph, self.subject, self.predicate, self.object, self.period)
        return f"statement/{iris.digest(*key)}"


class TargetRow(Evidence):
    place: str = ENTITY
    topic: str = MAYBE_ENTITY
    indicator: str = ENTITY
    comparator: str = WORD
    value: Number
    upper: Number
    unit: str = MAYBE_WORD
    written: Text
    unit_written: Cell
    period: Edtf
    flags: Flags
    note: Cell

    @cached_property
    def id(self) -> str:
        key = (
            self.source,
            self.paragraph,
            self.place,
            self.topic,
            self.indicator,
            self.comparator,
            self.written,
            self.period,
        )
        return f"target/{iris.digest(*key)}"


class CoverageRow(ParagraphRow):
    begins: Cell = Field(alias="from", description="the first words of the span, at most 4, or nothing")
    to: Cell
    reason: str = WORD
    repeats: str = MAYBE_NUMBER
    read: Day
    reread: MaybeDay


class PositionRow(ParagraphRow):
    """Written by the machine: where a quote stands in its raw paragraph; an empty quote is the paragraph."""

    quote: Cell
    start: Offset
    end: Offset
    exact: str
    hash: str = HASH


class VerificationRow(Row):
    """Written by the machine: when the quotes of a source were last verified, and against which text."""

    source: str = SLUG
    date: Day
    sha256: str = HASH


R = TypeVar("R", bound=Row)


def parse(
    model: type[R], cells: Mapping[str, str], *, file: str, line: int, source: str = ""
) -> R | list[Problem]:
    """One row from its cells, or what is wrong with each of them.

    ``source`` is the one that the row belongs to where the table's folder does not say it.
    """
    where = {"file": file, "line": line}
    if "source" in model.place_keys:
        where["source"] = source or file.partition("/")[0]
    try:
        return model.model_validate({**cells, **where})
    except ValidationError as error:
        problems = []
        for fault in error.errors(include_url=False, include_context=False):
            column = str(fault["loc"][0])
            field = next(f for n, f in model.model_fields.items() if (f.alias or n) == column)
            problems.append(
                Problem(
                    file,
                    line,
                    column,
                    "bad-cell",
                    "the cell is not as it should be" if cells[column] else "the cell is empty",
                    cells[column],
                    f"it should hold {field.description}",
                )
            )
        return problems
