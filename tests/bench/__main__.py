"""The benchmarks: ``python -m tests.bench`` (``make bench``), with ``--large`` a million statements on disk.

Writes a table (Markdown), every value (JSON) and a chart (SVG). Aims that were missed are listed and change
nothing about the exit code, for a slow machine is no fault: a benchmark that breaks is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.bench import building, drawing, querying, report, searching, starting, verifying, viewing
from tests.bench.figure import ROOT, Figure
from tests.bench.ground import ground

SIZES = (1_000, 10_000, 100_000)
LARGE = (1_000_000,)
NODES_MOST = 20_000  # statements: pages above are for parts of a graph
VIEW_MOST = 200_000  # statements: above, networkx alone takes most of the machine


def figures(folder: Path, sizes: Iterable[int], repeats: int, *, rdflib: bool = True) -> Iterator[Figure]:
    """Every benchmark at every size, one after the other."""
    for number, size in enumerate(sizes):
        on = ground(folder, size)
        again = repeats if size < 50_000 else 1  # long runs: a moment's noise is little in them
        say(f"{on.size:,} statements: build")
        yield from building.figures(on, again, rdflib=rdflib)
        say(f"{on.size:,} statements: query")
        yield from querying.figures(on, again, rdflib=rdflib)
        say(f"{on.size:,} statements: view, page")
        if on.size <= VIEW_MOST:
            yield from viewing.figures(on, again)
        if on.size <= NODES_MOST:
            yield from drawing.figures(on, again)
        if number == 0:
            say("the curated graph: cold start")
            yield from starting.figures(folder / "curated", repeats)
        say(f"{on.size:,} statements: verification, search")
        if on.size <= building.CURATED_MOST:
            yield from verifying.figures(on, repeats)
        yield from searching.figures(folder, size, repeats)
        on.remove()


def say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="statements, about")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--large", action="store_true", help="a million statements, once")
    parser.add_argument("--output", type=Path, default=Path("build"), help="folder for the results")
    parser.add_argument("--docs", action="store_true", help="put tables and chart into docs/ as well")
    given = parser.parse_args(arguments)
    sizes, repeats = (LARGE, 1) if given.large else (given.sizes, given.repeats)
    name = "bench-large" if given.large else "bench"
    begin = time.monotonic()
    found: list[Figure] = []
    try:
        with tempfile.TemporaryDirectory(prefix="regiograph-bench-") as folder:
            for figure in figures(Path(folder), sizes, repeats):
                found.append(figure)
    finally:  # a run that was ended keeps what it has seen
        seconds = time.monotonic() - begin
        write(found, seconds, given.output, name)
    if given.docs:
        report.publish(found, seconds, ROOT / "docs" / "explanation" / "benchmarks.md")
    print(report.markdown(found))
    for line in report.missed(found):
        print(f"aim missed: {line}")
    print(f"{len(found)} figures in {seconds:.0f} s: {given.output / name}.json, .md and .svg")


def write(found: Sequence[Figure], seconds: float, folder: Path, name: str) -> None:
    """The results as every value (JSON), a table (Markdown) and a chart (SVG)."""
    folder.mkdir(parents=True, exist_ok=True)
    for ending, content in (
        ("json", report.as_json(found, seconds)),
        ("md", report.markdown(found)),
        ("svg", report.chart(found)),
    ):
        (folder / f"{name}.{ending}").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
