"""Rules for targets: a number with its unit, as written and normalised alike."""

from __future__ import annotations

from collections.abc import Iterator

from kg import text
from kg.check.references import evidence, one_end, terms, unknown
from kg.ontology import Ontology
from kg.problems import Problem
from kg.read import models, numbers
from kg.read.entity_index import Register
from kg.read.seeds import Document, Seeds

_COUNTED = ("count", "multiple")


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
    if "value-not-in-quote" in target.flags:
        if not target.note:
            yield target.problem(
                "note", "missing-note", "the quote does not hold the value", target.quote, "say why in a note"
            )
    else:
        for column in ("written", "unit_written"):
            if not text.contains(target.quote, getattr(target, column)):
                yield target.problem(
                    column,
                    "value-not-in-quote",
                    "the quote does not hold it",
                    getattr(target, column),
                    "write it as the quote has it",
                )
    bounds = numbers.parse_range(target.written)
    expected = bounds or (numbers.parse(target.written), None)
    if expected[0] is None and target.value is None and target.upper is None:
        if target.comparator != "several" and not target.note:
            yield target.problem(
                "note",
                "missing-note",
                "the target has no number",
                target.written,
                "say in a note what is meant",
            )
        return
    if (target.comparator == "range") != (target.upper is not None):
        yield target.problem(
            "upper",
            "range-bounds",
            "an upper bound stands with the comparator range only",
            target.upper or "",
            "give both bounds of a range",
        )
    if expected[0] is None or (target.value, target.upper) != expected:
        shown = (
            "no number"
            if expected[0] is None
            else "-".join(format(n, "f") for n in expected if n is not None)
        )
        yield target.problem(
            "value",
            "number-mismatch",
            f"the words {target.written!r} say {shown}",
            "" if target.value is None else target.value,
            f"write {shown}, or mend the words",
        )
