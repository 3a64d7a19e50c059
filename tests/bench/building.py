"""Tables to a graph on disk, beside the floor: pyoxigraph's own bulk load of the same quads from a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import OURS, Figure, child, disk
from tests.bench.ground import Ground

FLOOR = "pyoxigraph bulk_load"
RDFLIB_MOST = 20_000  # statements: above, its parser alone outlasts the whole run


def figures(ground: Ground, repeats: int, *, rdflib: bool = True) -> Iterator[Figure]:
    folder = ground.folder.parent / "building"
    quads = ground.built.quads
    found: dict[str, list[dict[str, float]]] = {OURS: [], FLOOR: [], "rdflib": []}
    sizes: dict[str, int] = {}
    for _ in range(repeats):
        for who, arguments in (
            (OURS, ("build", ground.seeds, folder)),
            (FLOOR, ("load", ground.file, folder)),
        ):
            shutil.rmtree(folder, ignore_errors=True)
            found[who].append(child(*arguments))
            sizes[who] = _store_size(folder)
    if rdflib and ground.size <= RDFLIB_MOST:
        found["rdflib"].append(child("rdflib", ground.file))
    shutil.rmtree(folder, ignore_errors=True)
    for who, runs in found.items():
        if seconds := tuple(run["seconds"] for run in runs if run):
            done = {"done": quads, "what": "quads", "floor": FLOOR, "most": 2 if who == OURS else None}
            yield Figure("build", "tables to store on disk", ground.size, who, seconds, **done)  # type: ignore[arg-type]
            memory = tuple(run["memory"] / 1e6 for run in runs if run)
            yield Figure("build", "memory", ground.size, who, memory, "MB", floor=FLOOR)
    extra = tuple(
        (ours["memory"] - floor["memory"]) / ground.size
        for ours, floor in zip(found[OURS], found[FLOOR], strict=True)
    )
    yield Figure("build", "memory beyond the store's, a row", ground.size, OURS, extra, "bytes", most=150)
    for who, size in sizes.items():
        yield Figure("build", "store on disk", ground.size, who, (size / 1e6,), "MB", floor=FLOOR)


def _store_size(folder: Path) -> int:
    stores = list(folder.glob("store-*"))
    return disk(stores[0] if stores else folder)
