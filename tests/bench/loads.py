"""Loads of a multiplied graph into each engine: seconds, bytes on disk, peak memory, and a question's time.

    python tests/bench/loads.py BUILD_FOLDER [--times 20]

The graph is its N-Quads with the ids of entities and records renamed for each copy, so that copies share the
ontology and nothing else. Needs the ``oxigraph`` package and Debian's virtuoso-opensource-7-bin; what is
missing is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from kg import iris
from kg.store import endpoint, graph_store, oxigraph
from kg.store.oxigraph import Store
from tests import engines

_RENAMED = re.compile(rf"<{re.escape(iris.BASE)}((?!ns[#>]|ns\b|dataset|graph/(?:ontology|dataset))[^>]*)>")
_COUNT = (
    "SELECT ?region (COUNT(DISTINCT ?topic) AS ?n) { ?region a kg:Region ; kg:promotes ?topic } "
    "GROUP BY ?region ORDER BY DESC(?n) LIMIT 10"
)
_ONE = "SELECT ?p ?o { place:jinan-c1 ?p ?o }"


def copies(path: Path, times: int) -> Iterator[str]:
    """Lines of the graph, so many times."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for number in range(times):
        for line in lines:
            renamed = _RENAMED.sub(rf"<{iris.BASE}\1-c{number}>", line)
            if renamed != line or number == 0:
                yield renamed


def size(folder: Path) -> int:
    """Bytes of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def memory(pid: int) -> int:
    """Peak resident MiB of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) >> 10


def asked(opened: Store) -> dict[str, float]:
    """Milliseconds of two questions, the better of three tries."""
    found = {}
    for name, query in (("aggregate_ms", _COUNT), ("lookup_ms", _ONE)):
        spent = []
        for _ in range(3):
            start = time.perf_counter()
            oxigraph.select(opened, query)
            spent.append(time.perf_counter() - start)
        found[name] = round(min(spent) * 1000, 1)
    return found


def say(engine: str, quads: int, seconds: float, folder: Path, peak: int, opened: Store) -> None:
    """One line of figures."""
    bytes_ = size(folder)
    figures = {
        "engine": engine,
        "quads": quads,
        "seconds": round(seconds, 1),
        "quads_per_second": round(quads / seconds),
        "disk_mib": bytes_ >> 20,
        "bytes_per_quad": round(bytes_ / quads),
        "peak_mib": peak,
    }
    print(json.dumps({**figures, **asked(opened)}), flush=True)


def main() -> None:
    """Measure them one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        file = work / "graph.nq"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(copies(given.folder / "graph.nq", given.times))
        quads = sum(1 for _ in file.open(encoding="utf-8"))
        print(json.dumps({"quads": quads, "bytes": file.stat().st_size, "cores": os.cpu_count()}), flush=True)
        start = time.perf_counter()
        code = (
            "import sys,pyoxigraph as ox; s=ox.Store(sys.argv[1]); "
            "s.bulk_load(path=sys.argv[2],format=ox.RdfFormat.N_QUADS); s.optimize(); s.flush()"
        )
        subprocess.run([sys.executable, "-c", code, str(work / "disk"), str(file)], check=True)
        spent = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        say(
            "oxigraph on disk (bulk_load)",
            quads,
            spent,
            work / "disk",
            peak,
            oxigraph.open_folder(work / "disk"),
        )
        try:
            with engines.oxigraph_server(work) as address:
                start = time.perf_counter()
                graph_store.send(graph_store.open_source(file), f"{address}/store")
                spent = time.perf_counter() - start
                opened = endpoint.open_endpoint(f"{address}/query")
                say("oxigraph server (Graph Store Protocol)", quads, spent, work / "http", 0, opened)
        except engines.Absent as missing:
            print(f"left out: {missing}")
        try:
            folder = work / "virtuoso"
            folder.mkdir()
            start = time.perf_counter()
            source = graph_store.open_source(file)
            graph_store.write_parts(source, folder / "parts", 64 << 20, stated=True)
            cutting = time.perf_counter() - start
            with engines.virtuoso_server(folder, buffers=170_000) as (address, port):
                start = time.perf_counter()
                engines.virtuoso_load(folder / "parts", port)
                spent = time.perf_counter() - start
                print(json.dumps({"cutting_seconds": round(cutting, 1)}))
                for part in (folder / "parts").iterdir():
                    part.unlink()
                say("virtuoso (bulk loader)", quads, spent, folder, 0, endpoint.open_endpoint(address))
        except engines.Absent as missing:
            print(f"left out: {missing}")


if __name__ == "__main__":
    main()
