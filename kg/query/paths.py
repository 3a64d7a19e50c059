"""Paths: chains of statements between two entities, the shortest first, each step with its statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import NamedTuple

import pyoxigraph as ox

from kg import iris
from kg.query.graph import Graph
from kg.query.result import Answer
from kg.store import oxigraph
from kg.store.oxigraph import Rows

COLUMNS = ("path", "step", "subject", "relation", "object", "statement")
_OUT = """
SELECT ?statement ?subject ?relation ?object {
  VALUES ?subject { UNDEF }
  ?subject ?relation ?object .
  GRAPH ?graph { ?statement rdf:subject ?subject ; rdf:predicate ?relation ; rdf:object ?object }
  ?graph prov:wasDerivedFrom ?source .
}
"""
_IN = _OUT.replace("VALUES ?subject", "VALUES ?object")
_SOURCE = iris.iri("source/")


class _Step(NamedTuple):
    subject: str
    relation: str
    object: str
    statement: str


_Near = dict[str, dict[str, list[_Step]]]


def paths(
    graph: Graph, start: str, end: str, *, longest: int = 4, limit: int = 10, avoid: Collection[str] = ()
) -> Answer:
    """Up to ``limit`` paths between two entities, the shortest first, of at most ``longest`` statements.

    Statements are followed whichever way they point; sources are never passed through, nor the entities of
    ``avoid``. Ends and entities to avoid are names, aliases or ids. One row a statement: the path's number,
    the step in it, subject, relation, object and the statement; ``Graph.cite`` adds the evidence. A path is
    a way to read on: it does not say that one end acts on the other.

    Raises NotFound or Ambiguous for a name that does not stand for one entity.

    >>> from kg.query.graph import open_graph
    >>> found = paths(open_graph(), "Jinan", "BYD", limit=1)
    >>> found.columns
    ('path', 'step', 'subject', 'relation', 'object', 'statement')
    """
    first, last = (iris.iri(graph.names.resolve(name)) for name in (start, end))
    shunned = {iris.iri(graph.names.resolve(name)) for name in avoid}
    near: _Near = {}
    read: set[str] = set()
    ends = [{first}, {last}]
    for turn in range(longest):  # from both ends by turns, so that each goes half the way
        frontier = ends[turn % 2] - read
        read |= frontier
        ends[turn % 2] = _widen(graph, frontier, near, shunned)
    rows: list[tuple[oxigraph.Term, ...]] = []
    found = _simple(near, first, last, longest) if first != last else iter(())
    for number, nodes in zip(range(1, limit + 1), found, strict=False):
        for step, (one, other) in enumerate(pairwise(nodes), 1):
            rows.extend(_row(number, step, each) for each in sorted(near[one][other]))
    return graph.answer(Rows(COLUMNS, tuple(rows)))


def _widen(graph: Graph, frontier: set[str], near: _Near, shunned: set[str]) -> set[str]:
    """Read the statements of a frontier into ``near``; the entities they reach beyond it."""
    wanted = " ".join(f"<{node}>" for node in sorted(frontier))
    reached: set[str] = set()
    for query in (_OUT, _IN) if wanted else ():
        for row in oxigraph.select(graph.store, query.replace("UNDEF", wanted)).values():
            step = _Step(row["subject"], row["relation"], row["object"], row["statement"])
            if not step.object.startswith(iris.BASE) or step.subject.startswith(_SOURCE):
                continue
            if step.subject in shunned or step.object in shunned:
                continue
            for one, other in ((step.subject, step.object), (step.object, step.subject)):
                known = near.setdefault(one, {}).setdefault(other, [])
                if step not in known:
                    known.append(step)
            reached |= {step.subject, step.object}
    return reached - frontier


def _simple(near: _Near, first: str, last: str, longest: int) -> Iterator[tuple[str, ...]]:
    """Paths without a repeated entity, by length, then by the ids on the way."""
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


def _row(number: int, step: int, said: _Step) -> tuple[oxigraph.Term, ...]:
    return (ox.Literal(number), ox.Literal(step), *(ox.NamedNode(part) for part in said))
