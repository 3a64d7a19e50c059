"""Checks of targets: a number with its unit, as written and normalised alike."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from kg import text
from kg.check.references import check_end, check_evidence, check_terms
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models, numbers, periods
from kg.read.seeds import Document, EntityIndex

_COUNTED = ("count", "multiple")
#: More decimals than any figure that a document prints: such a number is the quotient of a fraction.
_DECIMALS = 24
_ENDS = {
    "place": ("Place", "Organisation"),
    "indicator": ("Indicator",),
    "topic": ("Topic", "Programme", "Project", "Place", "Organisation"),
}


def check_targets(document: Document, register: EntityIndex, ontology: Ontology) -> Iterator[Problem]:
    """Check the targets of a source, or of whole paragraphs of it."""
    seen: dict[str, models.TargetRow] = {}
    for target in document.targets:
        yield from check_evidence(target, document)
        yield from check_terms(target, ontology, "comparator", "status", "flags")
        for column, kinds in _ENDS.items():
            if getattr(target, column):
                yield from check_end(target, column, column, kinds, register, ontology)
        yield from _check_unit(target, register, ontology)
        yield from _check_words(target)
        yield from _check_value(target, ontology)
        yield from _check_status(target, document)
        same = seen.setdefault(target.id, target)
        if same is not target:
            what, remedy = f"line {same.line} states it already", "keep one of the two rows"
            yield target.problem("written", "duplicate-statement", what, target.written, remedy)


def is_unread(target: models.TargetRow, ontology: Ontology) -> bool:
    """Whether the value rests on its note alone, as its words are not read as a number."""
    has_value = (target.value, target.upper) != (None, None)
    return bool(target.note) and has_value and not _reading(target, ontology)


class _Reading(NamedTuple):
    """A number, or both bounds of a range, and the comparator that stands with it."""

    value: Decimal
    upper: Decimal | None = None
    comparator: str = ""


def _reading(target: models.TargetRow, ontology: Ontology) -> _Reading | None:
    """Read the words of a value, with or without unit and comparator; None if they are no number."""
    comparators = ontology.schemes["comparators"].items()
    words = {word: name for name, one in comparators if not one.without_number for word in one.cues}
    percent = target.unit == "percent"
    for written in dict.fromkeys((target.written, *_without_unit(target))):
        comparator, number = "", written
        for _ in range(2):  # 超过9000个以上 has two
            if bounds := numbers.parse_range(number, percent=percent):
                return _Reading(*bounds, comparator)
            if (single := numbers.parse(number, percent=percent)) is not None:
                return _Reading(single, None, comparator)
            comparator, number = numbers.split_comparator(number, words)
            if not comparator:
                break
    return None


def _without_unit(target: models.TargetRow) -> Iterator[str]:
    """Yield the words of a value without the Chinese unit that follows the number at once: 1270万吨."""
    unit = target.unit_written
    if text.length(unit)[1] and unit in target.written:
        yield target.written.replace(unit, "")


def _check_value(target: models.TargetRow, ontology: Ontology) -> Iterator[Problem]:
    value, upper = target.value, target.upper
    read = _reading(target, ontology)
    if (read or (value, upper) != (None, None)) and (target.comparator == "range") != (upper is not None):
        what = "an upper bound belongs to the comparator range, and to no other"
        yield target.problem("upper", "range-bounds", what, upper or "", "give both bounds of a range")
    if read is None:
        yield from _check_note(target, ontology)
        return
    if not all(map(_agree, (value, upper), (read.value, read.upper))):
        shown = "-".join(_plain(n) for n in (read.value, read.upper) if n is not None)
        what, remedy = f"the words {target.written!r} say {shown}", f"write {shown}, or correct the words"
        yield target.problem("value", "number-mismatch", what, "" if value is None else value, remedy)
    if read.comparator and target.comparator not in (read.comparator, "range"):
        what = f"the words {target.written!r} say {read.comparator}"
        remedy = f"write {read.comparator}, or correct the words"
        yield target.problem("comparator", "comparator-mismatch", what, target.comparator, remedy)


def _check_status(target: models.TargetRow, document: Document) -> Iterator[Problem]:
    """A figure for a time that was over when its section was written is no aim."""
    section = document.section(target.paragraph)
    over = [
        bounds is not None and bounds.ends is not None and bounds.ends.isoformat() < document.source.published
        for bounds in map(periods.parse, (section.period if section else "", target.period))
    ]
    if over[0] and not target.status and (over[1] or not target.period):
        what = f"it is for {target.period or (section and section.period)}, before the source was published"
        remedy = "write achieved or estimated, or give the aim the period that it is for"
        yield target.problem("status", "past-aim", what, "", remedy)


def _check_unit(target: models.TargetRow, register: EntityIndex, ontology: Ontology) -> Iterator[Problem]:
    remedy = "name the unit, normalised and as written"
    if not target.unit:
        yield target.problem("unit", "number-without-unit", "the number has no unit", target.written, remedy)
        return
    yield from check_terms(target, ontology, "unit")
    unit = register.units.get(target.indicator)
    if unit not in (None, target.unit):
        what, other = f"{target.indicator} is measured in {unit}", "choose the indicator that has this unit"
        yield target.problem("unit", "unit-mismatch", what, target.unit, other)
    if target.value is not None and not target.unit_written and target.unit not in _COUNTED:
        what = "the number has no unit"
        yield target.problem("unit_written", "number-without-unit", what, target.written, remedy)


def _check_words(target: models.TargetRow) -> Iterator[Problem]:
    flagged = "value-not-in-quote" in target.flags
    if flagged and not target.note:
        what = "the quote does not hold the value"
        yield target.problem("note", "missing-note", what, target.quote, "say why in a note")
    for column in () if flagged else ("written", "unit_written"):
        if not text.contains(target.quote, words := getattr(target, column)):
            what = "the quote does not hold it as a word or figure of its own"
            remedy = "write it as the quote has it, with its sign, decimals and scale"
            yield target.problem(column, "value-not-in-quote", what, words, remedy)


def _check_note(target: models.TargetRow, ontology: Ontology) -> Iterator[Problem]:
    """Words that are not read as a number need a note, which says what is meant or bears the value."""
    comparator = ontology.schemes["comparators"].get(target.comparator)
    numbered = comparator is None or not comparator.without_number
    if not target.note and target.value is None and numbered:
        what, remedy = "the target has no number", "say in a note what is meant"
        yield target.problem("note", "missing-note", what, target.written, remedy)
    elif not target.note and target.value is not None:
        what = f"the words of the value {target.value} are not read as a number"
        remedy = "say in a note how the value follows from them"
        yield target.problem("note", "unread-number", what, target.written, remedy)


def _agree(given: Decimal | None, read: Decimal | None) -> bool:
    """Whether both are equal; a fraction without end (1/3) may be given to two figures or more."""
    if given is None or read is None or not _is_endless(read):
        return given == read
    exponent = int(given.as_tuple().exponent)
    return len(given.as_tuple().digits) > 1 and exponent <= 0 and round(read, -exponent) == given


def _is_endless(read: Decimal) -> bool:
    return int(read.as_tuple().exponent) < -_DECIMALS


def _plain(read: Decimal) -> str:
    whole = read == read.to_integral_value()
    return str(int(read)) if whole else format(round(read, 4) if _is_endless(read) else read, "f")
