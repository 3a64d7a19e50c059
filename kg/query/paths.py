"""Paths: chains of statements between two entities, the shortest first, each step with its statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import NamedTuple

import pyoxigraph as ox

from kg import iris
from kg.query.graph import Graph
from kg.query.result import Answer
from kg.read import queries
from kg.store import oxigraph
from kg.store.oxigraph import Rows

COLUMNS = ("path", "step", "subject", "relation", "object", "statement")
_SOURCE = iris.iri("source/")


class _Step(NamedTuple):
    subject: str
    relation: str
    object: str
    statement: str


_Near = dict[str, dict[str, list[_Step]]]


def find_paths(
    graph: Graph, start: str, end: str, *, longest: int = 4, limit: int = 10, avoid: Collection[str] = ()
) -> Answer:
    """Return paths between two entities, the shortest first, one row a statement.

    Statements are followed whichever way they point; sources are never passed through. A row holds the path's
    number, the step in it, subject, relation, object and the statement; ``Graph.cite`` adds the evidence. A
    path is a way to read on: it does not say that one end acts on the other.

    Args:
        graph: The graph to search.
        start: The name, alias or id of one end.
        end: The other end.
        longest: The most statements on a path.
        limit: The most paths.
        avoid: Entities that are not passed through.

    Raises:
        NotFound: A name stands for no entity.
        Ambiguous: A name stands for several.

    >>> import kg
    >>> [row["relation"] for row in find_paths(kg.open_graph(), "Jinan", "BYD", limit=1)]
    ['implements', 'participatesIn']
    """
    first, last = (iris.iri(graph.names.resolve(name)) for name in (start, end))
    avoided = {iris.iri(graph.names.resolve(name)) for name in avoid}
    near: _Near = {}
    read: set[str] = set()
    ends = [{first}, {last}]
    for turn in range(longest):  # from both ends by turns, so that each goes half the way
        frontier = ends[turn % 2] - read
        read |= frontier
        ends[turn % 2] = _widen(graph, frontier, near, avoided)
    rows: list[tuple[oxigraph.Term, ...]] = []
    found = _simple_paths(near, first, last, longest) if first != last else iter(())
    for number, nodes in zip(range(1, limit + 1), found, strict=False):
        for step, (one, other) in enumerate(pairwise(nodes), 1):
            rows.extend(_row(number, step, each) for each in sorted(near[one][other]))
    return graph.answer(Rows(COLUMNS, tuple(rows)))


def _widen(graph: Graph, frontier: set[str], near: _Near, avoided: set[str]) -> set[str]:
    """Read the statements of a frontier into ``near``; return the entities that they reach beyond it."""
    if not frontier:
        return set()
    ends = " ".join(str(ox.NamedNode(node)) for node in sorted(frontier))
    bound = queries.internal("steps").bind({"subject": ends, "object": ends})
    steps = {
        _Step(*(row[key] for key in _Step._fields)) for row in oxigraph.select(graph.store, bound).values()
    }
    reached: set[str] = set()
    for step in sorted(steps):
        if not step.object.startswith(iris.BASE) or step.subject.startswith(_SOURCE):
            continue
        if step.subject in avoided or step.object in avoided:
            continue
        for one, other in ((step.subject, step.object), (step.object, step.subject)):
            known = near.setdefault(one, {}).setdefault(other, [])
            if step not in known:
                known.append(step)
        reached |= {step.subject, step.object}
    return reached - frontier


def _simple_paths(near: _Near, first: str, last: str, longest: int) -> Iterator[tuple[str, ...]]:
    """Yield paths without a repeated entity, by length, then by the ids on the way."""
    away = _distances(near, last)
    for length in range(1, longest + 1):
        yield from _of_length(near, away, (first,), last, length)


def _of_length(
    near: _Near, away: dict[str, int], so_far: tuple[str, ...], last: str, left: int
) -> Iterator[tuple[str, ...]]:
    if so_far[-1] == last:
        if left == 0:
            yield so_far
        return
    for other in sorted(near.get(so_far[-1], {})):
        if other not in so_far and away.get(other, left) < left:
            yield from _of_length(near, away, (*so_far, other), last, left - 1)


def _distances(near: _Near, last: str) -> dict[str, int]:
    found = {last: 0}
    waiting = [last]
    for node in waiting:
        for other in near.get(node, {}):
            if other not in found:
                found[other] = found[node] + 1
                waiting.append(other)
    return found


def _row(number: int, step: int, each: _Step) -> tuple[oxigraph.Term, ...]:
    return (ox.Literal(number), ox.Literal(step), *(ox.NamedNode(part) for part in each))
