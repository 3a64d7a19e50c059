"""Named questions through our API, beside raw pyoxigraph on the same SPARQL and rows, and beside rdflib."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator

import pyoxigraph as ox

from kg import question, store, term
from kg.cli.ask import parameters
from kg.graph import Graph
from tests.bench.figure import OURS, Figure, child, race
from tests.bench.ground import Ground

RAW = "pyoxigraph"
RDFLIB_MOST = 2_000  # statements


def figures(ground: Ground, repeats: int, *, seconds: float = 2, rdflib: bool = True) -> Iterator[Figure]:
    memory = Graph(store.Store(), "memory")
    memory.store.bulk_load(path=str(ground.file), format=ox.RdfFormat.N_QUADS)
    bound: dict[str, str] = {}
    for where, graph in (("disk", ground.graph), ("memory", memory)):
        for asked in question.catalogue().values():
            given = parameters(asked, shlex.split(asked.example))
            bound[asked.name] = asked.bind(graph.terms(asked, given))  # names are in memory from here on
            rows: set[int] = set()
            parties = {
                OURS: lambda: rows.add(len(graph.ask(asked.name, **given))),  # noqa: B023
                RAW: lambda: rows.add(len(_raw(graph.store, bound[asked.name]))),  # noqa: B023
            }
            times = race(parties, repeats, seconds=seconds)
            assert len(rows) == 1, f"{asked.name}: {rows} rows"
            for who, values in times.items():
                done, case = max(rows), f"{asked.name}, {where}"
                yield Figure("query", case, ground.size, who, values, "s", done, "rows", RAW, _most(who))
    if rdflib and ground.size <= RDFLIB_MOST:
        yield from _rdflib(ground, bound)


def _raw(graph: ox.Store, sparql: str) -> list[object]:
    found = graph.query(sparql, prefixes=term.PREFIXES)
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(row) for row in found]


def _rdflib(ground: Ground, bound: dict[str, str]) -> Iterator[Figure]:
    queries = ground.folder.parent / "queries.json"
    queries.write_text(json.dumps(bound), encoding="utf-8")
    for name, took in child("rdflib-queries", ground.file, queries, "2").items():
        yield Figure("query", f"{name}, memory", ground.size, "rdflib", (took,), floor=RAW)


def _most(who: str) -> float | None:
    return 1.3 if who == OURS else None
