"""Rows of curated tables: pydantic models at the boundary, one class a table, its fields the columns."""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from kg import iris
from kg.errors import Problem
from kg.read import periods

_CONTROL = re.compile(r"[\x00-\x1f]")


class Form(str):
    """What a cell of a type holds, as a message about a wrong one says it."""


def _matching(pattern: str) -> BeforeValidator:
    """Let a cell through that has a form; an empty one, where the form allows it, is no value."""

    def validate(value: str) -> str | None:
        if not re.fullmatch(pattern, value):
            raise ValueError
        return value or None

    return BeforeValidator(validate)


def _flags(value: str) -> tuple[str, ...]:
    flags = tuple(value.split(";")) if value else ()
    if any(flag != flag.strip() or not flag for flag in flags) or len(set(flags)) != len(flags):
        raise ValueError
    return flags


def _passes(test: Callable[[str], object]) -> BeforeValidator:
    """Let a cell through that is empty or passes a test."""

    def validate(value: str) -> str:
        if value and not test(value):
            raise ValueError
        return value

    return BeforeValidator(validate)


def _matches(pattern: str) -> Any:
    return Field(pattern=rf"^(?:{pattern})$")


def _about(description: str, **more: Any) -> Any:
    return Field(description=description, **more)


_ENTITY = iris.ID.pattern.replace("?P<segment>", "?:").replace("?P<slug>", "")
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]+)?"
_WORD = r"[A-Za-z][A-Za-z0-9-]*"

Cell = Annotated[str, Form("text")]
Text = Annotated[str, Field(min_length=1), Form("text")]
Id = Annotated[str, _matches(_ENTITY), Form("an id such as place/jinan")]
MaybeId = Annotated[str, _matches(f"|{_ENTITY}"), Form("an id such as topic/steel, or nothing")]
Word = Annotated[str, _matches(_WORD), Form("one word of its list")]
MaybeWord = Annotated[str, _matches(f"|{_WORD}"), Form("one word of its list, or nothing")]
Kind = Annotated[str, _matches(_WORD), Form("a class of the ontology such as Company")]
Predicate = Annotated[str, _matches(_WORD), Form("a predicate of the ontology such as promotes")]
_SLUG_FORM = Form("at most 100 lower-case letters, digits and hyphens")
Slug = Annotated[str, _matches(iris.SLUG), Field(max_length=100), _SLUG_FORM]
Language = Annotated[str, _matches(_LANGUAGE), Form("a language code such as en")]
MaybeLanguage = Annotated[str, _matches(f"|{_LANGUAGE}"), Form("a language code such as zh, or nothing")]
Address = Annotated[str, _matches(r"https?://\S+"), Form("an address that begins with http")]
MaybeAddress = Annotated[str, _matches(r"|https?://\S+"), Form("an address that begins with http or nothing")]
Hash = Annotated[str, _matches("[0-9a-f]{64}"), Form("64 hexadecimal digits")]
Day = Annotated[str, _passes(periods.is_day), Field(min_length=1), Form("a day that exists: 2024-01-21")]
MaybeDay = Annotated[str, _passes(periods.is_day), Form("a day that exists: 2024-01-21, or nothing")]
Edtf = Annotated[str, _passes(periods.parse), Form("a period in EDTF: 2024, 2021/2025, ../2025")]
Whole = Annotated[int, _matching("[0-9]+"), Field(gt=0), Form("a whole number from 1")]
Offset = Annotated[int, _matching("[0-9]+"), Form("a whole number from 0")]
MaybeParagraph = Annotated[str, _matches("[0-9]*"), Form("a paragraph's number, or nothing")]
_DECIMAL = _matching(r"(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))?")
Number = Annotated[Decimal | None, _DECIMAL, Form("a plain number: 65800000000, or nothing")]
_Latitude = Annotated[Decimal, Field(ge=-90, le=90)]
_Longitude = Annotated[Decimal, Field(ge=-180, le=180)]
Latitude = Annotated[_Latitude | None, _DECIMAL, Form("degrees from -90 to 90")]
Longitude = Annotated[_Longitude | None, _DECIMAL, Form("degrees from -180 to 180")]
Flags = Annotated[tuple[str, ...], BeforeValidator(_flags), Form("words of the flags' list, with ; between")]
Division = Annotated[str, _matches("|[0-9]{6}"), Form("six digits, or nothing")]
Territory = Annotated[str, _matches("|[A-Z]{2}(-[A-Z0-9]{1,3})?"), Form("a code such as CN-SD, or nothing")]


class Row(BaseModel):
    """A row of a curated table, with the file and line that hold it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    place_keys: ClassVar[tuple[str, ...]] = ("file", "line")
    file: str
    line: int

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Return the columns in the table's order."""
        fields = cls.model_fields.items()
        return tuple(field.alias or name for name, field in fields if name not in cls.place_keys)

    def problem(self, column: str, code: str, what: str, text: object = "", remedy: str = "") -> Problem:
        """Return a problem at a cell of this row."""
        return Problem(self.file, self.line, column, code, what, str(text), remedy)


class EntityRow(Row):
    """An entity: an organisation, topic, project, programme, person or event."""

    id: Id = _about("Segment of the table and a slug; never changed or used again.")
    kind: Kind = _about("Its class, below the class of the table.")
    note: Cell = _about("A remark for curators.")


class PlaceRow(EntityRow):
    """A place, with its codes and coordinates."""

    gb2260: Division = _about("Code of the administrative division in GB/T 2260.")
    iso31662: Territory = _about("Code of the country or province in ISO 3166.")
    latitude: Latitude = _about("Degrees north of a point in it (WGS 84).")
    longitude: Longitude = _about("Degrees east of the same point.")
    ground: Cell = _about("What codes and coordinates rest on: a data set and its version.")


class IndicatorRow(EntityRow):
    """Something that targets measure."""

    unit: Word = _about("The unit in which its values are given.")


class SourceRow(Row):
    """A document or table that was read."""

    id: Slug = _about("Its short name, and the name of its folder of tables.")
    kind: Text = _about("What it is, in a few words; a user's own table is a table.")
    title: Text = _about("Its title in English.")
    title_zh: Cell = _about("The title of the Chinese original.")
    publisher: Text = _about("Who published it.")
    published: Day = _about("When it was published.")
    language: Language = _about("The language in which it was read.")
    translated_from: MaybeLanguage = _about("The language of the original, for a translation.")
    translator: Cell = _about("Who translated it, or which machine.")
    address: Address = _about("Where it is published.")
    original: MaybeAddress = _about("Where the original of a translation is published.")
    sha256: Hash = _about("SHA-256 of the text's bytes.")
    paragraphs: Whole = _about("How many lines of the text are not blank.")


class NameRow(Row):
    """A name of an entity, with how sure it is and on what ground."""

    entity: Id = _about("The entity that bears the name.")
    name: Text = _about("The name as it is written.")
    lang: Annotated[str, _matches("en|zh"), Form("en or zh")] = _about("Its language.")
    role: Word = _about("label (one a language), alias, abbreviation, or printed (found, but not shown).")
    confidence: Word = _about("How sure it is that the name is the entity's.")
    ground: Text = _about("What that rests on: knowledge, a document, or a page with its address.")
    date: Day = _about("When that was decided.")


class HierarchyRow(Row):
    """A link that is assumed from general knowledge, not stated by a source."""

    child: Id = _about("The narrower entity.")
    relation: Predicate = _about("How it lies below the other: broader, isPartOf or locatedIn.")
    parent: Id = _about("The wider entity.")
    ground: Text = _about("What the link rests on.")


class RedirectRow(Row):
    """An id that is no longer used."""

    old: Id = _about("The retired id.")
    new: Id = _about("The id that replaces it.")
    date: Day = _about("When it was retired.")
    note: Cell = _about("Why.")


class SectionRow(Row):
    """A run of paragraphs of a source with one heading."""

    first: Whole = _about("Its first paragraph.")
    last: Whole = _about("Its last paragraph.")
    region: MaybeId = _about("The place that it is about.")
    heading: Text = _about("The heading, in the curators' words.")
    under: MaybeParagraph = _about("The paragraph of a wider heading that holds for it too.")
    read: MaybeDay = _about("When it was read.")
    reread: MaybeDay = _about("When it was read again, independently.")

    @property
    def headings(self) -> tuple[int, ...]:
        """Return the paragraphs that head the section: its first one, and a wider heading."""
        return (self.first, *([int(self.under)] if self.under else []))


class ParagraphRow(Row):
    """A row about one paragraph of a source."""

    paragraph: Whole = _about("The paragraph's number, counted over lines that are not blank.")


class Evidence(ParagraphRow):
    """What statements and targets share: the source and the words that they rest on."""

    place_keys: ClassVar[tuple[str, ...]] = ("file", "line", "source")
    source: str
    quote: Text = _about("The words it rests on, at most 12 words or 30 Han characters.")


class StatementRow(Evidence):
    """A statement that a person read in a source: subject, predicate, object, with qualifiers."""

    subject: Id = _about("The entity that the statement is about.")
    predicate: Predicate = _about("What is stated of it.")
    object: Text = _about("The other entity, or a day or text where the predicate takes one.")
    stage: MaybeWord = _about("How far it has come, where the source tells: planned, under way ...")
    tier: MaybeWord = _about("What the source calls the object: core, future, traditional ...")
    cue: Cell = _about("The words of the section that stage and tier rest on.")
    period: Edtf = _about("When it holds, if the quote says so.")
    flags: Flags = _about("What a reader has to know: garbled, object-not-in-quote ...")
    note: Cell = _about("A remark for readers; some flags need one.")

    @cached_property
    def id(self) -> str:
        """Return its id, which does not depend on quote, stage, flags or labels: a quote can be repaired."""
        key = (self.source, self.paragraph, self.subject, self.predicate, self.object, self.period)
        return f"statement/{iris.digest(*key)}"


class TargetRow(Evidence):
    """A number that somebody aims at, or reports."""

    place: Id = _about("Where it is to be reached.")
    topic: MaybeId = _about("What it is about, beside the place.")
    indicator: Id = _about("What is measured.")
    comparator: Word = _about("How the aim relates to the value: exactly, about, at-least, range ...")
    value: Number = _about("The number in the unit; the lower bound of a range; empty if none is given.")
    upper: Number = _about("The upper bound of a range.")
    unit: MaybeWord = _about("The unit of value and upper: the indicator's.")
    written: Text = _about("The number as the source writes it.")
    unit_written: Cell = _about("The unit as the source writes it.")
    period: Edtf = _about("By when, or for when.")
    flags: Flags = _about("What a reader has to know.")
    note: Cell = _about("A remark for readers; needed where the number cannot be read by a program.")

    @cached_property
    def id(self) -> str:
        """Return its id, which does not depend on quote, flags or labels."""
        what = (self.place, self.topic, self.indicator, self.comparator, self.written, self.period)
        return f"target/{iris.digest(self.source, self.paragraph, *what)}"


class CoverageRow(ParagraphRow):
    """Words of a paragraph that state nothing for the graph, with the reason."""

    begins: Cell = _about("The first words, at most four; nothing for the whole paragraph.", alias="from")
    to: Cell = _about("The last words, at most four.")
    reason: Word = _about("Why they are not coded: page-furniture, general-rhetoric ...")
    repeats: MaybeParagraph = _about("The paragraph whose content they repeat.")
    read: Day = _about("When that was decided.")
    reread: MaybeDay = _about("When it was decided again, independently.")


class PositionRow(ParagraphRow):
    """Where a quote stands in the text; written by ``kg check --texts --write``."""

    quote: Cell = _about("The quote; nothing for the paragraph itself.")
    start: Offset = _about("Its first character in the paragraph, from 0.")
    end: Offset = _about("The character after its last.")
    exact: Annotated[str, Form("text")] = _about("The words of the text, where they differ from the quote.")
    hash: Hash = _about("SHA-256 of the paragraph's folded text.")


class VerificationRow(Row):
    """When the quotes of a source were last verified; written by ``kg check --texts --write``."""

    source: Slug = _about("The id of the source.")
    date: Day = _about("The day of the last check that verified all its quotes.")
    sha256: Hash = _about("SHA-256 of the text that they were verified against.")


R = TypeVar("R", bound=Row)


def form(field: FieldInfo) -> str:
    """Return what a column's cells hold, such as: an id such as place/jinan."""
    return next((found for found in field.metadata if isinstance(found, Form)), "text")


def parse(
    model: type[R], cells: Mapping[str, str], *, file: str, line: int, source: str = ""
) -> R | list[Problem]:
    """Return one row of its cells, or what is wrong with each of them.

    ``source`` is the one that the row belongs to, where the table's folder does not say it.
    """
    where: dict[str, Any] = {"file": file, "line": line}
    if "source" in model.place_keys:
        where["source"] = source or file.partition("/")[0]
    if problems := [
        Problem(file, line, column, "bad-cell", what, cell, remedy)
        for column, cell in cells.items()
        for what, remedy in _white_space(column, cell)
    ]:
        return problems
    try:
        return model.model_validate({**cells, **where})
    except ValidationError as error:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        for fault in error.errors(include_url=False, include_context=False):
            column = str(fault["loc"][0])
            what = "the cell has another form" if cells[column] else "the cell is empty"
            remedy = f"it should hold {form(fields[column])}"
            problems.append(Problem(file, line, column, "bad-cell", what, cells[column], remedy))
        return problems


def _white_space(column: str, cell: str) -> Iterator[tuple[str, str]]:
    """Yield the fault and the remedy of a cell with blanks around it or control characters in it."""
    inner = cell.strip()
    if column == "exact" or (inner == cell and not _CONTROL.search(cell)):
        return
    fault = "a line break or control character" if _CONTROL.search(inner) else "white space at an end"
    yield f"{fault} of the cell", f"write {' '.join(inner.split())!r}" if inner else "kg fmt trims cells"
