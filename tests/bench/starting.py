"""Cold starts of the commands, beside an empty Python and one that imports pyoxigraph."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kg import locations
from kg.store import build
from tests.bench.figure import OURS, ROOT, Figure, race

PYTHON, ENGINE = "python -c pass", "python -c 'import pyoxigraph'"
_QUERY = "SELECT ?region { ?region a kg:Region }"
#: Arguments of each command, whether it opens the graph, and the milliseconds it may take beyond the floor.
COMMANDS: tuple[tuple[tuple[str, ...], bool, float | None], ...] = (
    (("--help",), False, 150),
    (("--version",), False, 150),
    (("ask", "--list"), False, None),
    (("ask", "backing", "silicon carbide"), True, 300),
    (("show", "silicon carbide"), True, 300),
    (("find", "碳化硅"), True, 300),
    (("query", _QUERY), True, 300),
    (("export", "--help"), False, None),
    (("check", "--help"), False, None),
    (("build", "--help"), False, None),
)


def figures(folder: Path, repeats: int) -> Iterator[Figure]:
    """On the curated graph, built into a folder."""
    size = build.build_graph(locations.seeds(), locations.ontology(), folder)[0].counts["statements"]
    parties: dict[str, Callable[[], object]] = {
        PYTHON: lambda: _run(("-c", "pass")),
        ENGINE: lambda: _run(("-c", "import pyoxigraph")),
    }
    wanted = {}
    for words, opens, most in COMMANDS:
        name = " ".join(("kg", *(f"'{word}'" if " " in word else word for word in words)))
        arguments = ("-m", "kg", *words, *(("--graph", str(folder)) if opens else ()))
        parties[name] = lambda arguments=arguments: _run(arguments)  # type: ignore[misc]
        wanted[name] = (ENGINE if opens else PYTHON, most)
    times = race(parties, repeats, seconds=60)
    for who in (PYTHON, ENGINE):
        yield Figure("cold start", who, size, who, _milliseconds(times[who]), "ms")
    for name, (floor, most) in wanted.items():
        yield Figure("cold start", name, size, OURS, _milliseconds(times[name]), "ms")
        extra = tuple(ours - base for ours, base in zip(times[name], times[floor], strict=True))
        case = f"{name}, beyond {floor}"
        yield Figure("cold start", case, size, OURS, _milliseconds(extra), "ms", most=most)


def _milliseconds(seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(one * 1000 for one in seconds)


def _run(arguments: Sequence[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        capture_output=True,
        cwd=Path(__file__).anchor,
        env=environment,
    )
