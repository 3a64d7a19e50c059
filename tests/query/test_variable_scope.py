"""Queries assign no variable that their own pattern has in scope (SPARQL 1.1, 18.2.1): Jena refuses that."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from kg import locations
from kg.read import queries

_SELECT = re.compile(r"SELECT\b(?P<head>[^{]*)\{")
_ASSIGNED = re.compile(r"\bAS\s+\?(\w+)\s*\)")
_VARIABLE = re.compile(r"\?(\w+)")
FILES = sorted([*locations.QUERIES.glob("*.rq"), *locations.INTERNAL_QUERIES.glob("*.rq")])


def end_of_group(text: str, start: int) -> int:
    """The place after the brace that closes the group that begins before ``start``."""
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[start], 0)
        start += 1
    return start


def assigned_twice(text: str) -> Iterator[str]:
    """Variables that a SELECT assigns although its pattern has them; of an inner SELECT its head counts."""
    at = 0
    while found := _SELECT.search(text, at):
        end = end_of_group(text, found.end())
        body = text[found.end() : end]
        yield from assigned_twice(body)
        outer, place = "", 0
        while inner := _SELECT.search(body, place):
            outer += body[place : inner.start()] + inner["head"]
            place = end_of_group(body, inner.end())
        in_scope = set(_VARIABLE.findall(outer + body[place:]))
        yield from sorted(set(_ASSIGNED.findall(found["head"])) & in_scope)
        at = end


def test_the_check_sees_what_it_should() -> None:
    assert list(assigned_twice("SELECT (SAMPLE(?a) AS ?b) { VALUES ?b { UNDEF } }")) == ["b"]
    assert list(assigned_twice("SELECT ?b { { SELECT (COUNT(?a) AS ?b) { ?c ?d ?a } } }")) == []
    assert list(assigned_twice("SELECT (1 AS ?b) { { SELECT ?b { ?b ?d ?a } } }")) == ["b"]
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_variable_is_assigned_twice(path: object) -> None:
    text = queries.read(path, example_needed=False).sparql  # type: ignore[arg-type]
    assert list(assigned_twice(text)) == []
