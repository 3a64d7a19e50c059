"""Rows of curated tables: pydantic models at the boundary, one class a table, its fields the columns.

The type of a column carries a ``Form``: what a message says that its cells hold.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo

from kg import iris
from kg.errors import Problem
from kg.read import periods


class Form(str):
    """What a cell of a type holds, as a message about a wrong one says it."""


def passes(test: Callable[[str], object], *, empty: str | None = "") -> BeforeValidator:
    """Let a cell through that passes a test; an empty one becomes ``empty``."""

    def validate(value: str) -> str | None:
        if value and not test(value):
            raise ValueError
        return value or empty

    return BeforeValidator(validate)


def _flags(value: str) -> tuple[str, ...]:
    flags = tuple(value.split(";")) if value else ()
    if any(flag != flag.strip() or not flag for flag in flags) or len(set(flags)) != len(flags):
        raise ValueError
    return flags


def matches(pattern: str) -> Any:
    """Let a cell through that a regular expression matches whole."""
    return Field(pattern=rf"^(?:{pattern})$")


_ENTITY = iris.ID.pattern.replace("?P<segment>", "?:").replace("?P<slug>", "")
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]+)?"
_EVIDENCE = "(?:statement|target|result)/[0-9a-f]{32}"
_RETIRED = "an id such as place/jinan, or statement/, target/ or result/ and 32 hexadecimal digits"
_WORD = r"[A-Za-z][A-Za-z0-9-]*"

Cell = Annotated[str, Form("text")]
Text = Annotated[str, Field(min_length=1), Form("text")]
Id = Annotated[str, matches(_ENTITY), Form("an id such as place/jinan")]
Retired = Annotated[str, matches(f"(?:{_ENTITY})|{_EVIDENCE}"), Form(_RETIRED)]
MaybeRetired = Annotated[str, matches(f"|(?:{_ENTITY})|{_EVIDENCE}"), Form(f"{_RETIRED}, or nothing")]
MaybeId = Annotated[str, matches(f"|{_ENTITY}"), Form("an id such as topic/steel, or nothing")]
Word = Annotated[str, matches(_WORD), Form("one word of its list")]
MaybeWord = Annotated[str, matches(f"|{_WORD}"), Form("one word of its list, or nothing")]
MaybeYes = Annotated[str, matches("|yes"), Form("yes, or nothing")]
Kind = Annotated[str, matches(_WORD), Form("a class of the ontology such as Company")]
Predicate = Annotated[str, matches(_WORD), Form("a predicate of the ontology such as promotes")]
_SLUG_FORM = Form("at most 100 lower-case letters, digits and hyphens")
Slug = Annotated[str, matches(iris.SLUG), Field(max_length=100), _SLUG_FORM]
MaybeSlug = Annotated[str, matches(f"|{iris.SLUG}"), Form("the id of a source, or nothing")]
Language = Annotated[str, matches(_LANGUAGE), Form("a language code such as en")]
MaybeLanguage = Annotated[str, matches(f"|{_LANGUAGE}"), Form("a language code such as zh, or nothing")]
Address = Annotated[str, matches(r"https?://\S+"), Form("an address that begins with http")]
MaybeAddress = Annotated[str, matches(r"|https?://\S+"), Form("an address that begins with http or nothing")]
Hash = Annotated[str, matches("[0-9a-f]{64}"), Form("64 hexadecimal digits")]
Day = Annotated[str, passes(periods.is_day), Field(min_length=1), Form("a day that exists: 2024-01-21")]
MaybeDay = Annotated[str, passes(periods.is_day), Form("a day that exists: 2024-01-21, or nothing")]
Edtf = Annotated[str, passes(periods.parse), Form("a period in EDTF: 2024, 2021/2025, ../2025")]
_DIGITS = passes(re.compile("[0-9]+").fullmatch)
Whole = Annotated[int, _DIGITS, Field(gt=0), Form("a whole number from 1")]
Offset = Annotated[int, _DIGITS, Form("a whole number from 0")]
MaybeParagraph = Annotated[str, matches("[0-9]*"), Form("a paragraph's number, or nothing")]
_DECIMAL = passes(re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)").fullmatch, empty=None)
Number = Annotated[Decimal | None, _DECIMAL, Form("a plain number: 65800000000, or nothing")]
Latitude = Annotated[Decimal | None, Field(ge=-90, le=90), _DECIMAL, Form("degrees from -90 to 90")]
Longitude = Annotated[Decimal | None, Field(ge=-180, le=180), _DECIMAL, Form("degrees from -180 to 180")]
Flags = Annotated[tuple[str, ...], BeforeValidator(_flags), Form("words of the flags' list, with ; between")]
Division = Annotated[str, matches("|[0-9]{6}"), Form("six digits, or nothing")]
Territory = Annotated[str, matches("|[A-Z]{2}(-[A-Z0-9]{1,3})?"), Form("a code such as CN-SD, or nothing")]


def about(description: str, **more: Any) -> Any:
    """Return the description of a column."""
    return Field(description=description, **more)


class Row(BaseModel):
    """A row of a curated table, with the file and line that hold it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    place_keys: ClassVar[tuple[str, ...]] = ("file", "line")
    #: Columns that a table may lack; their cells are empty then.
    optional: ClassVar[tuple[str, ...]] = ()
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

    id: Id = about("Segment of the table and a slug; never changed or used again.")
    kind: Kind = about("Its class, below the class of the table.")
    note: Cell = about("A remark for curators.")


class PlaceRow(EntityRow):
    """A place, with its codes and coordinates."""

    gb2260: Division = about("Code of the administrative division in GB/T 2260.")
    iso31662: Territory = about("Code of the country or province in ISO 3166.")
    latitude: Latitude = about("Degrees north of a point in it (WGS 84).")
    longitude: Longitude = about("Degrees east of the same point.")
    ground: Cell = about("What codes and coordinates rest on: a data set and its version.")


class IndicatorRow(EntityRow):
    """Something that targets measure."""

    unit: Word = about("The unit in which its values are given.")


class SourceRow(Row):
    """A document or table that was read."""

    optional = ("abridged",)
    id: Slug = about("Its short name, and the name of its folder of tables.")
    kind: Text = about("What it is, in a few words; a user's own table is a table.")
    title: Text = about("Its title in English.")
    title_zh: Cell = about("The title of the Chinese original.")
    publisher: Text = about("Who published it.")
    published: Day = about("When it was published.")
    language: Language = about("The language in which it was read.")
    translated_from: MaybeLanguage = about("The language of the original, for a translation.")
    translator: Cell = about("Who translated it, or which machine.")
    address: Address = about("Where it is published.")
    original: MaybeAddress = about("Where the original of a translation is published.")
    sha256: Hash = about("SHA-256 of the text's bytes.")
    paragraphs: Whole = about("How many lines of the text are not blank.")
    abridged: MaybeYes = about("yes for a digest or an excerpt of the document that it tells of.", default="")


class NameRow(Row):
    """A name of an entity, with how sure it is and on what ground."""

    optional = ("ambiguous",)
    entity: Id = about("The entity that bears the name.")
    name: Text = about("The name as it is written.")
    lang: Annotated[str, matches("en|zh"), Form("en or zh")] = about("Its language.")
    role: Word = about("label (one a language), alias, abbreviation, or printed (found, but not shown).")
    confidence: Word = about("How sure it is that the name is the entity's.")
    ground: Text = about("What that rests on: knowledge, a document, or a page with its address.")
    date: Day = about("When that was decided.")
    ambiguous: MaybeYes = about("yes for words that are common, or part of other words.", default="")


class HierarchyRow(Row):
    """A link that is assumed from general knowledge, not stated by a source."""

    child: Id = about("The narrower entity.")
    relation: Predicate = about("How it lies below the other: broader, isPartOf or locatedIn.")
    parent: Id = about("The wider entity.")
    ground: Text = about("What the link rests on.")


class RedirectRow(Row):
    """An id that is no longer used."""

    old: Retired = about("The retired id.")
    new: MaybeRetired = about("The id that replaces it; nothing for what is withdrawn.")
    date: Day = about("When it was retired.")
    note: Cell = about("Why.")


class SectionRow(Row):
    """A run of paragraphs of a source with one heading."""

    optional = ("period", "digest_of")
    first: Whole = about("Its first paragraph.")
    last: Whole = about("Its last paragraph.")
    region: MaybeId = about("The place that it is about.")
    heading: Text = about("The heading, in the curators' words.")
    under: MaybeParagraph = about("The paragraph of a wider heading that holds for it too.")
    read: MaybeDay = about("When it was read.")
    reread: MaybeDay = about("When it was read again, independently.")
    period: Edtf = about("When its statements hold that name no period of their own.", default="")
    digest_of: MaybeSlug = about(
        "The source that it is a digest or a copy of, where that was read too: counts take the original.",
        default="",
    )

    @property
    def headings(self) -> tuple[int, ...]:
        """Return the paragraphs that head the section: its first one, and a wider heading."""
        return (self.first, *([int(self.under)] if self.under else []))


class ParagraphRow(Row):
    """A row about one paragraph of a source."""

    paragraph: Whole = about("The paragraph's number, counted over lines that are not blank.")


class Evidence(ParagraphRow):
    """What statements and targets share: the source and the words that they rest on."""

    place_keys: ClassVar[tuple[str, ...]] = ("file", "line", "source")
    source: str
    quote: Text = about("The words it rests on, at most 12 words or 16 Han characters.")


class StatementRow(Evidence):
    """A statement that a person read in a source: subject, predicate, object, with qualifiers."""

    optional = ("said", "said_paragraph")
    said: Cell = about(
        "Governing words that the quote lacks: at most 8 words, 12 Han characters.", default=""
    )
    said_paragraph: MaybeParagraph = about("The heading that holds them, if another paragraph.", default="")
    subject: Id = about("The entity that the statement is about.")
    predicate: Predicate = about("What is stated of it.")
    object: Text = about("The other entity, or a day or text where the predicate takes one.")
    stage: MaybeWord = about("How far it has come, where the source tells: planned, under way ...")
    tier: MaybeWord = about("What the source calls the object: core, future, traditional ...")
    cue: Cell = about("The words of the section that stage and tier rest on.")
    period: Edtf = about("When it holds, if the quote says so.")
    flags: Flags = about("What a reader has to know: garbled, object-not-in-quote ...")
    note: Cell = about("A remark for readers; some flags need one.")

    @cached_property
    def id(self) -> str:
        """Return its id, which does not depend on quote, stage, flags or labels: a quote can be repaired."""
        key = (self.source, self.paragraph, self.subject, self.predicate, self.object, self.period)
        return f"statement/{iris.digest(*key)}"


class TargetRow(Evidence):
    """A number that somebody aims at, or reports as reached."""

    optional = ("status",)
    place: Id = about("Where it is to be reached.")
    topic: MaybeId = about("What it is about, beside the place.")
    indicator: Id = about("What is measured.")
    comparator: Word = about("How the aim relates to the value: exactly, about, at-least, range ...")
    value: Number = about("The number in the unit; the lower bound of a range; empty if none is given.")
    upper: Number = about("The upper bound of a range.")
    unit: MaybeWord = about("The unit of value and upper: the indicator's.")
    written: Text = about("The number as the source writes it.")
    unit_written: Cell = about("The unit as the source writes it.")
    period: Edtf = about("By when, or for when.")
    status: MaybeWord = about(
        "Nothing for an aim; achieved or estimated for a figure of the past.", default=""
    )
    flags: Flags = about("What a reader has to know.")
    note: Cell = about("A remark for readers; needed where the number cannot be read by a program.")

    @cached_property
    def id(self) -> str:
        """Return its id, which does not depend on quote, flags or labels."""
        what = (self.place, self.topic, self.indicator, self.comparator, self.written, self.period)
        return f"{'result' if self.status else 'target'}/{iris.digest(self.source, self.paragraph, *what)}"


class CoverageRow(ParagraphRow):
    """Words of a paragraph that state nothing for the graph, with the reason."""

    begins: Cell = about("The first words, at most four; nothing for the whole paragraph.", alias="from")
    to: Cell = about("The last words, at most four.")
    reason: Word = about("Why they are not coded: page-furniture, general-rhetoric ...")
    repeats: MaybeParagraph = about("The paragraph whose content they repeat.")
    read: Day = about("When that was decided.")
    reread: MaybeDay = about("When it was decided again, independently.")


class PositionRow(ParagraphRow):
    """Where words of a row stand in the text; written by ``kg check --texts --write``."""

    optional = ("prefix", "suffix", "repeated", "heading")
    quote: Cell = about("Quote, governing words or cue of a row; nothing for the paragraph itself.")
    start: Offset = about("Their first character in the paragraph, from 0.")
    end: Offset = about("The character after their last.")
    exact: Annotated[str, Form("text")] = about("The words of the text, where they differ.")
    prefix: Annotated[str, Form("text")] = about("Words before that tell a quote from others.", default="")
    suffix: Annotated[str, Form("text")] = about("Words after it that do.", default="")
    repeated: MaybeYes = about("yes for a quote that stands earlier too: no link leads to it.", default="")
    heading: MaybeParagraph = about("The paragraph that holds the words, if another.", default="")
    hash: Hash = about("SHA-256 of the folded text of the paragraph that holds the words.")


class VerificationRow(Row):
    """When the quotes of a source were last verified; written by ``kg check --texts --write``."""

    source: Slug = about("The id of the source.")
    date: Day = about("The day of the last check that verified all its quotes.")
    sha256: Hash = about("SHA-256 of the text that they were verified against.")


def form(field: FieldInfo) -> str:
    """Return what a column's cells hold: an id such as place/jinan."""
    return next((found for found in field.metadata if isinstance(found, Form)), "text")
