"""Paths: chains of statements between two entities, the shortest first, each step with its statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain, islice, pairwise

import networkx as nx
import pyoxigraph as ox

from kg import iris
from kg.query import internal_rows
from kg.query.graph import Graph
from kg.query.result import Answer
from kg.store.oxigraph import Rows, Term

COLUMNS = ("path", "step", "subject", "relation", "object", "statement")
_SOURCE = iris.iri("source/")


def find_paths(
    graph: Graph, start: str, end: str, *, longest: int = 4, limit: int = 10, avoid: Collection[str] = ()
) -> Answer:
    """Return paths between two entities, the shortest first, one row a statement.

    Statements are followed whichever way they point; sources are never passed through. A row holds the path's
    number, the step in it, subject, relation, object and the statement; ``Graph.cite`` adds the evidence. A
    path is a way to read on: it does not say that one end acts on the other.

    ``longest`` is the most statements on a path, ``limit`` the most paths; entities of ``avoid`` are not
    passed through. Raises NotFound or Ambiguous for a name of no or of several entities.

    >>> import kg
    >>> [row["relation"] for row in find_paths(kg.open_graph(), "Jinan", "BYD", limit=1)]
    ['implements', 'participatesIn']
    """
    first, last = (iris.iri(graph.resolve(name)) for name in (start, end))
    avoided = {iris.iri(graph.resolve(name)) for name in avoid}
    near = _neighbourhood(graph, first, last, longest, avoided)
    away = nx.single_source_shortest_path_length(near, last)

    def extend(path: tuple[str, ...], left: int) -> Iterator[tuple[str, ...]]:
        """Yield the paths without a repeated entity that go on from one in so many steps, in order."""
        if left == 0 and path[-1] == last:
            yield path
        for node in sorted(near[path[-1]]) if path[-1] != last else ():
            if node not in path and away.get(node, left) < left:
                yield from extend((*path, node), left - 1)

    found = chain.from_iterable(extend((first,), length) for length in range(1, longest + 1))
    rows: tuple[tuple[Term, ...], ...] = tuple(
        (ox.Literal(number), ox.Literal(step), *(ox.NamedNode(part) for part in statement))
        for number, path in enumerate(islice(found, limit), 1)
        for step, (one, other) in enumerate(pairwise(path), 1)
        for statement in sorted(near[one][other])
    )
    return graph.answer(Rows(COLUMNS, rows))


def _neighbourhood(graph: Graph, first: str, last: str, longest: int, avoided: set[str]) -> nx.MultiGraph:
    """Return what lies around two ends; edges are keyed by the last four columns of an answer."""
    near = nx.MultiGraph()
    near.add_nodes_from((first, last))
    read: set[str] = set()
    ends = [{first}, {last}]
    for turn in range(longest):  # from both ends by turns, so that each goes half the way
        frontier = ends[turn % 2] - read
        read |= frontier
        ends[turn % 2] = set()
        ids = sorted(node.removeprefix(iris.BASE) for node in frontier)
        found = internal_rows(graph.store, "steps", subject=ids, object=ids).values() if ids else []
        for row in found:
            both = {row["subject"], row["object"]}
            passed = all(node.startswith(iris.BASE) for node in both) and not both & avoided
            if passed and not row["subject"].startswith(_SOURCE):
                near.add_edge(row["subject"], row["object"], tuple(row[name] for name in COLUMNS[2:]))
                ends[turn % 2] |= both
    return near
