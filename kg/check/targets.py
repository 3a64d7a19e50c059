"""Rules for targets: a number with its unit, as written and normalised alike."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from kg import text
from kg.check.references import evidence, one_end, terms, unknown
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models, numbers
from kg.read.entity_index import Register
from kg.read.seeds import Document, Seeds

_COUNTED = ("count", "multiple")
#: More decimals than any figure that a document prints: such a number is the quotient of a fraction.
_DECIMALS = 24


def targets(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Targets have a number with its unit, as written and normalised alike."""
    for document in seeds.documents.values():
        yield from aimed(document, seeds.register, ontology)


def aimed(document: Document, register: Register, ontology: Ontology) -> Iterator[Problem]:
    """The same for one source, or for whole paragraphs of it."""
    seen: dict[str, models.TargetRow] = {}
    for target in document.targets:
        yield from evidence(target, document)
        yield from terms(target, ("comparator", "flags"), ontology)
        yield from _target_ends(target, register, ontology)
        yield from _value(target, register, ontology)
        same = seen.setdefault(target.id, target)
        if same is not target:
            yield target.problem(
                "written",
                "duplicate-statement",
                f"line {same.line} states it already",
                target.written,
                "keep one of the two rows",
            )


def _target_ends(target: models.TargetRow, register: Register, ontology: Ontology) -> Iterator[Problem]:
    allowed = {
        "place": ("Place", "Organisation"),
        "indicator": ("Indicator",),
        "topic": ("Topic", "Programme", "Project", "Place", "Organisation"),
    }
    for column, kinds in allowed.items():
        if getattr(target, column):
            yield from one_end(target, column, getattr(target, column), column, kinds, register, ontology)


def _value(target: models.TargetRow, register: Register, ontology: Ontology) -> Iterator[Problem]:
    yield from _unit(target, register, ontology)
    yield from _as_quoted(target)
    read = reading(target)
    if read or (target.value, target.upper) != (None, None):
        yield from _bounded(target)
    if read is None:
        yield from _unread(target)
        return
    if not all(map(_same, (target.value, target.upper), read)):
        shown = "-".join(_plain(n) for n in read if n is not None)
        yield target.problem(
            "value",
            "number-mismatch",
            f"the words {target.written!r} say {shown}",
            "" if target.value is None else target.value,
            f"write {shown}, or mend the words",
        )


def reading(target: models.TargetRow) -> tuple[Decimal, Decimal | None] | None:
    """What the words of a target say: a number, or both bounds of a range; None where they are not read."""
    percent = target.unit == "percent"
    if bounds := numbers.parse_range(target.written, percent=percent):
        return bounds
    single = numbers.parse(target.written, percent=percent)
    return None if single is None else (single, None)


def unread(target: models.TargetRow) -> bool:
    """Whether the value stands on its note alone, as its words are not read as a number."""
    return (target.value, target.upper) != (None, None) and bool(target.note) and reading(target) is None


def _unit(target: models.TargetRow, register: Register, ontology: Ontology) -> Iterator[Problem]:
    units = ontology.schemes["units"]
    if target.unit and target.unit not in units:
        yield unknown(target, "unit", "unknown-term", target.unit, units)
    unit = register.units.get(target.indicator)
    if unit is not None and target.unit and target.unit != unit:
        yield target.problem(
            "unit",
            "unit-mismatch",
            f"{target.indicator} is measured in {unit}",
            target.unit,
            "choose the indicator that has this unit",
        )
    if not target.unit or (
        target.value is not None and not target.unit_written and target.unit not in _COUNTED
    ):
        yield target.problem(
            "unit" if not target.unit else "unit_written",
            "number-without-unit",
            "the number has no unit",
            target.written,
            "name the unit, normalised and as written",
        )


def _as_quoted(target: models.TargetRow) -> Iterator[Problem]:
    if "value-not-in-quote" in target.flags:
        if not target.note:
            yield target.problem(
                "note", "missing-note", "the quote does not hold the value", target.quote, "say why in a note"
            )
        return
    for column in ("written", "unit_written"):
        if not text.contains(target.quote, getattr(target, column)):
            yield target.problem(
                column,
                "value-not-in-quote",
                "the quote does not hold it",
                getattr(target, column),
                "write it as the quote has it",
            )


def _bounded(target: models.TargetRow) -> Iterator[Problem]:
    if (target.comparator == "range") != (target.upper is not None):
        yield target.problem(
            "upper",
            "range-bounds",
            "an upper bound stands with the comparator range only",
            target.upper or "",
            "give both bounds of a range",
        )


def _unread(target: models.TargetRow) -> Iterator[Problem]:
    """Words that are not read as a number stand with a note: it says what is meant, or bears the value."""
    if target.note or (target.comparator == "several" and target.value is None):
        return
    if target.value is None:
        yield target.problem(
            "note",
            "missing-note",
            "the target has no number",
            target.written,
            "say in a note what is meant",
        )
    else:
        yield target.problem(
            "note",
            "unread-number",
            f"the words of the value {target.value} are not read as a number",
            target.written,
            "say in a note how the value follows from them",
        )


def _same(given: Decimal | None, read: Decimal | None) -> bool:
    """Equal; a fraction without end (1/3) may be given to two figures or more."""
    if given is None or read is None or not _endless(read):
        return given == read
    exponent = int(given.as_tuple().exponent)
    return len(given.as_tuple().digits) > 1 and exponent <= 0 and round(read, -exponent) == given


def _endless(read: Decimal) -> bool:
    return int(read.as_tuple().exponent) < -_DECIMALS


def _plain(read: Decimal) -> str:
    if read == read.to_integral_value():
        return str(int(read))
    return format(round(read, 4) if _endless(read) else read, "f")
