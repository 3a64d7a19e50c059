"""Tables to a graph on disk, beside the floor: pyoxigraph's own bulk load of the same quads from a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.bench import mapped
from tests.bench.figure import OURS, Figure, child, disk
from tests.bench.ground import Ground

FLOOR = "pyoxigraph bulk_load"
RDFLIB_MOST = 20_000  # statements: above, its parser alone outlasts the whole run
MAPPED_MOST = 200_000  # statements
LONG = 1_500  # seconds: no build takes so long
CURATED_MOST = 20_000  # statements: the tables of people are no longer


def figures(ground: Ground, repeats: int, *, rdflib: bool = True) -> Iterator[Figure]:
    folder = ground.folder.parent / "floor"
    runs: dict[str, list[dict[str, float]]] = {OURS: [], FLOOR: [], "rdflib": [], mapped.WHO: []}
    sizes: dict[str, int] = {}
    for _ in range(repeats):
        for who, where, arguments in (
            (OURS, ground.folder, ("bulk", ground.tables, ground.folder, ground.file)),
            (FLOOR, folder, ("load", ground.file, folder)),
        ):
            shutil.rmtree(where, ignore_errors=True)
            runs[who].append(child(*arguments, seconds=LONG))
            sizes[who] = _store_size(where)
    if rdflib and ground.size <= RDFLIB_MOST:
        runs["rdflib"].append(child("rdflib", ground.file))
    if mapped.python() and ground.size <= MAPPED_MOST:
        runs[mapped.WHO].append(child("mapped", ground.tables, folder, python=mapped.python()))
    done = {"done": ground.built.quads, "what": "quads", "floor": FLOOR}
    for who, found in runs.items():
        found = [run for run in found if run]
        if found:
            seconds = tuple(run["seconds"] for run in found)
            most = 2 if who == OURS else None
            yield Figure("build", "tables to store on disk", ground.size, who, seconds, **done, most=most)  # type: ignore[arg-type]
            memory = tuple(run["memory"] / 1e6 for run in found)
            yield Figure("build", "memory", ground.size, who, memory, "MB", floor=FLOOR)
    rows = tuple(ground.rows / run["seconds"] for run in runs[OURS])
    yield Figure("build", "rows a second", ground.size, OURS, rows, "rows/s")
    beyond = tuple(run["rows"] / ground.rows for run in runs[OURS])
    yield Figure("build", "memory a row before the store's", ground.size, OURS, beyond, "bytes", most=150)
    for who, size in sizes.items():
        yield Figure("build", "store on disk", ground.size, who, (size / 1e6,), "MB", floor=FLOOR)
    shutil.rmtree(folder, ignore_errors=True)
    if ground.size <= CURATED_MOST:
        yield from _curated(ground, repeats)


def _curated(ground: Ground, repeats: int) -> Iterator[Figure]:
    """The path of ``kg build``, which holds all rows in memory to check them against one another."""
    folder = ground.folder.parent / "curated"
    text = folder / "graph.nq"
    runs: dict[str, list[float]] = {OURS: [], FLOOR: []}
    for _ in range(repeats):
        shutil.rmtree(folder, ignore_errors=True)
        runs[OURS].append(child("build", ground.curated, folder)["seconds"])
        runs[FLOOR].append(child("load", text, folder / "floor")["seconds"])
    for who, seconds in runs.items():
        yield Figure("build", "curated tables", ground.size, who, tuple(seconds), floor=FLOOR)
    shutil.rmtree(folder, ignore_errors=True)


def _store_size(folder: Path) -> int:
    stores = list(folder.glob("store-*"))
    return disk(stores[0] if stores else folder)
