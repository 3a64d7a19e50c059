"""Named questions through our API, beside raw pyoxigraph on the same SPARQL and rows, and beside rdflib."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator

import pyoxigraph as ox

from kg import iris
from kg.query.graph import Graph
from kg.read import queries as named_queries
from kg.read.queries import Question
from kg.store import oxigraph
from tests.bench.figure import OURS, Figure, child, race
from tests.bench.ground import Ground
from tests.conftest import example

RAW = "pyoxigraph"
RDFLIB_MOST = 2_000  # statements
QUICK = 0.5  # seconds: such a query runs at least five times for each
SLOW = 5  # seconds: such a query runs once for each
LONG = 30  # seconds: at the largest size such a query is left out, and said so
MEMORY_MOST = 200_000  # statements: above, a store in memory alone takes most of the machine
#: Things of every corpus, by the type of the parameter that they stand for.
THINGS = {
    "place": ("place/synthetic-city-1", "place/synthetic-county-2"),
    "topic": ("topic/synthetic-7",),
    "org": ("org/synthetic-2",),
    "programme": ("programme/synthetic-1",),
    "project": ("project/synthetic-1",),
    "source": ("synthetic-city-1-2016",),
    "indicator": ("indicator/synthetic-output",),
    "entity": ("place/synthetic-city-1", "topic/synthetic-7"),
}


def figures(ground: Ground, repeats: int, *, seconds: float = 2, rdflib: bool = True) -> Iterator[Figure]:
    bound: dict[str, str] = {}
    for where in ("disk", "memory") if ground.size <= MEMORY_MOST else ("disk",):
        graph = ground.graph if where == "disk" else _memory(ground)
        for asked in named_queries.catalogue().values():
            given = standing(asked)
            bound[asked.name] = asked.bind(graph.terms(asked, given))
            if ground.size > MEMORY_MOST and not _ends(ground, bound[asked.name]):
                print(f"left out: {asked.name} takes longer than {LONG} s", file=sys.stderr, flush=True)
                continue
            rows: set[int] = set()
            parties = {
                OURS: lambda: rows.add(len(graph.ask(asked.name, **given))),  # noqa: B023
                RAW: lambda: rows.add(len(_raw(graph.store, bound[asked.name]))),  # noqa: B023
            }
            begin = time.perf_counter()
            parties[RAW]()  # brings into memory what the query reads, for both
            once = time.perf_counter() - begin
            often = repeats if once > QUICK else max(repeats, 5)
            times = race(parties, often, seconds=seconds) if once < SLOW else {RAW: (once,)}
            if once >= SLOW:
                times |= race({OURS: parties[OURS]}, 1)
            assert len(rows) == 1, f"{asked.name}: {rows} rows"
            for who, values in times.items():
                done, case = max(rows), f"{asked.name}, {where}"
                yield Figure("query", case, ground.size, who, values, "s", done, "rows", RAW, _most(who))
    if rdflib and ground.size <= RDFLIB_MOST:
        yield from _rdflib(ground, bound)


def standing(asked: Question) -> dict[str, list[str]]:
    """The documented example of a question with things of the synthetic corpus in place of curated ones."""
    given = example(asked)
    kinds = {parameter.name: parameter.type for parameter in asked.parameters}
    used: dict[str, int] = {}
    for name in given:
        kind = next((kind for kind in THINGS if kind in kinds[name].split("|")), "")
        if kind:
            given[name] = [THINGS[kind][used.get(kind, 0)]]
            used[kind] = used.get(kind, 0) + 1
    return given


def _ends(ground: Ground, sparql: str) -> bool:
    """Whether a query ends in time, seen in a process of its own, for only that can be stopped."""
    file = ground.folder.parent / "query.rq"
    file.write_text(sparql, encoding="utf-8")
    return bool(child("query", ground.built.path(ground.folder), file, seconds=LONG))


def _memory(ground: Ground) -> Graph:
    found = Graph(oxigraph.Store(), "memory", ground.graph.index)
    found.store.bulk_load(path=str(ground.file), format=ox.RdfFormat.N_QUADS)
    return found


def _raw(graph: ox.Store, sparql: str) -> list[object]:
    found = graph.query(sparql, prefixes=iris.PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(row) for row in found]


def _rdflib(ground: Ground, bound: dict[str, str]) -> Iterator[Figure]:
    queries = ground.folder.parent / "queries.json"
    queries.write_text(json.dumps(bound), encoding="utf-8")
    for name, took in child("rdflib-queries", ground.file, queries, "2").items():
        yield Figure("query", f"{name}, memory", ground.size, "rdflib", (took,), floor=RAW)


def _most(who: str) -> float | None:
    return 1.3 if who == OURS else None
