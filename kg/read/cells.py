"""Types of the cells of curated tables: pydantic types, each with what a message says it holds."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from kg import iris
from kg.read import periods


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


def passes(test: Callable[[str], object]) -> BeforeValidator:
    """Let a cell through that is empty or passes a test."""

    def validate(value: str) -> str:
        if value and not test(value):
            raise ValueError
        return value

    return BeforeValidator(validate)


def matches(pattern: str) -> Any:
    """Let a cell through that a regular expression matches whole."""
    return Field(pattern=rf"^(?:{pattern})$")


_ENTITY = iris.ID.pattern.replace("?P<segment>", "?:").replace("?P<slug>", "")
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z]+)?"
_EVIDENCE = "(?:statement|target)/[0-9a-f]{32}"
_RETIRED = "an id such as place/jinan, or statement/ or target/ and 32 hexadecimal digits"
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
Language = Annotated[str, matches(_LANGUAGE), Form("a language code such as en")]
MaybeLanguage = Annotated[str, matches(f"|{_LANGUAGE}"), Form("a language code such as zh, or nothing")]
Address = Annotated[str, matches(r"https?://\S+"), Form("an address that begins with http")]
MaybeAddress = Annotated[str, matches(r"|https?://\S+"), Form("an address that begins with http or nothing")]
Hash = Annotated[str, matches("[0-9a-f]{64}"), Form("64 hexadecimal digits")]
Day = Annotated[str, passes(periods.is_day), Field(min_length=1), Form("a day that exists: 2024-01-21")]
MaybeDay = Annotated[str, passes(periods.is_day), Form("a day that exists: 2024-01-21, or nothing")]
Edtf = Annotated[str, passes(periods.parse), Form("a period in EDTF: 2024, 2021/2025, ../2025")]
Whole = Annotated[int, _matching("[0-9]+"), Field(gt=0), Form("a whole number from 1")]
Offset = Annotated[int, _matching("[0-9]+"), Form("a whole number from 0")]
MaybeParagraph = Annotated[str, matches("[0-9]*"), Form("a paragraph's number, or nothing")]
_DECIMAL = _matching(r"(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))?")
Number = Annotated[Decimal | None, _DECIMAL, Form("a plain number: 65800000000, or nothing")]
_Latitude = Annotated[Decimal, Field(ge=-90, le=90)]
_Longitude = Annotated[Decimal, Field(ge=-180, le=180)]
Latitude = Annotated[_Latitude | None, _DECIMAL, Form("degrees from -90 to 90")]
Longitude = Annotated[_Longitude | None, _DECIMAL, Form("degrees from -180 to 180")]
Flags = Annotated[tuple[str, ...], BeforeValidator(_flags), Form("words of the flags' list, with ; between")]
Division = Annotated[str, matches("|[0-9]{6}"), Form("six digits, or nothing")]
Territory = Annotated[str, matches("|[A-Z]{2}(-[A-Z0-9]{1,3})?"), Form("a code such as CN-SD, or nothing")]
