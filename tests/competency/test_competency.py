"""Competency questions: written from the documents, answered by named questions, compared item by item."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from kg.query.graph import Graph
from kg.query.values import Value
from kg.store.matching import key
from tests.competency.answers import ANSWERS, OUTSIDE

QUESTIONS = Path(__file__).parent / "questions.csv"
READINGS = Path(__file__).parent / "readings.csv"
LEAST = 160


def questions() -> list[dict[str, str]]:
    with QUESTIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def readings() -> dict[str, str]:
    """What the reader's words stand for where they are no name in the graph; never a question's answer."""
    with READINGS.open(encoding="utf-8", newline="") as file:
        return {row["words"]: row["meaning"] for row in csv.DictReader(file)}


def same(graph: Graph, wanted: str, cell: Value) -> bool:
    """Whether a cell is what the reader wrote: an entity by any of its names, a number, words."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return wanted.replace(",", "") == f"{cell:.10g}"
    if key(wanted) == key(str(cell)):
        return True
    entities = {entity for entity, _ in graph.names.exact(wanted)}
    return str(cell) in {*entities, readings().get(wanted, "")}


def differences(
    graph: Graph, expected: str, found: Sequence[Sequence[Value]], *, path: bool = False
) -> list[str]:
    """What is missing and what is too much, item by item.

    A step of a path is compared by its two ends: the reader's words for the relation are only a guide.
    """
    left = [*found, *(row[::-1] for row in found)] if path else list(found)
    missing = []
    for line in expected.splitlines():
        cells = line.split(" | ")
        if path:
            cells = [cells[0], cells[-1]]
        fits = (
            row
            for row in left
            if len(row) == len(cells)
            and all(same(graph, wanted, cell) for wanted, cell in zip(cells, row, strict=True))
        )
        match = next(fits, None)
        if match is None:
            missing.append(f"missing: {line}")
        else:
            left.remove(match)
            if path:
                left.remove(match[::-1])
    if path:
        left = [row for row in left if row in found]
    return missing + [f"too much: {' | '.join(map(str, row))}" for row in left]


@pytest.mark.parametrize("asked", questions(), ids=lambda asked: asked["id"])
def test_question_is_answered_as_the_document_does(curated: Graph, asked: dict[str, str]) -> None:
    if asked["id"] in OUTSIDE:
        pytest.skip(OUTSIDE[asked["id"]])
    found = [tuple(row) for row in ANSWERS[asked["id"]](curated)]
    assert differences(curated, asked["expected"], found, path=asked["kind"] == "path") == []


def test_every_question_is_asked_or_said_to_be_outside() -> None:
    ids = [asked["id"] for asked in questions()]
    assert len(ids) == len(set(ids))
    assert sorted([*ANSWERS, *OUTSIDE]) == sorted(ids)
    assert len(ANSWERS) >= LEAST


def test_all_kinds_of_answer_are_asked_for() -> None:
    kinds = {asked["kind"] for asked in questions() if asked["id"] in ANSWERS}
    assert kinds == {"set", "empty", "boolean", "number", "table", "path"}
