"""One job in a process of its own, so that its peak of memory is its own; prints seconds and bytes."""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox


def build(seeds: str, folder: str) -> dict[str, float]:
    from kg import locations
    from kg.store import build as builds

    return timed(lambda: builds.build_graph(Path(seeds), locations.ontology(), Path(folder)))


def bulk(tables: str, folder: str, keep: str) -> dict[str, float]:
    """A load whose compiled lines are kept as a file; ``rows`` is the memory that it took before the store's."""
    from kg import locations
    from kg.store import bulk as loads

    before, rows = _peak(), 0

    def tick(stage: str, _done: int, _all: int) -> None:
        nonlocal rows
        if stage == "bytes" and not rows:
            rows = _peak() - before
            Path(keep).unlink(missing_ok=True)
            Path(keep).hardlink_to(next(Path(folder).glob(".bulk-*/compiled.nq")))

    took = timed(lambda: loads.load(Path(tables), locations.ontology(), Path(folder), progress=tick))
    return {**took, "rows": rows}


def mapping(tables: str, folder: str) -> dict[str, float]:
    from tests.bench import mapped

    return timed(lambda: mapped.load(tables, folder))


def load(file: str, folder: str) -> dict[str, float]:
    def run() -> None:
        store = ox.Store(folder)
        store.bulk_load(path=file, format=ox.RdfFormat.N_QUADS)
        store.flush()

    return timed(run)


def query(store: str, file: str) -> dict[str, float]:
    """One query over a store on disk, from a file."""
    from kg.store import oxigraph as stores

    opened = stores.open_folder(Path(store))
    return timed(lambda: stores.select(opened, Path(file).read_text(encoding="utf-8")))


def rdflib(file: str) -> dict[str, float]:
    from rdflib import Dataset

    return timed(lambda: Dataset().parse(file, format="nquads"))


def rdflib_queries(file: str, queries: str, limit: str) -> dict[str, float]:
    """Seconds of each query by name; none for one that fails or takes longer than the limit."""
    import warnings

    from rdflib import Dataset, Namespace

    from kg import iris

    warnings.simplefilter("ignore")  # rdflib warns of its own deprecated parts
    graph = Dataset()
    graph.parse(file, format="nquads")
    spaces = {prefix: Namespace(address) for prefix, address in iris.PREFIXES.items()}
    found = {}
    for name, text in json.loads(Path(queries).read_text(encoding="utf-8")).items():
        with _limit(int(limit)), contextlib.suppress(Exception):
            begin = time.perf_counter()
            list(graph.query(text, initNs=spaces))
            found[name] = time.perf_counter() - begin
    return found


def timed(run: Callable[[], object]) -> dict[str, float]:
    """Seconds of a job, and the peak of memory in bytes that it added to this process."""
    before = _peak()
    begin = time.perf_counter()
    run()
    return {"seconds": time.perf_counter() - begin, "memory": _peak() - before}


@contextlib.contextmanager
def _limit(seconds: int) -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _peak() -> int:
    """Peak of this process's own memory; getrusage would tell its parent's, where that was larger."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


JOBS: dict[str, Callable[..., dict[str, float]]] = {
    "build": build, "bulk": bulk, "load": load, "mapped": mapping, "query": query, "rdflib": rdflib, "rdflib-queries": rdflib_queries
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(JOBS[sys.argv[1]](*sys.argv[2:])))
