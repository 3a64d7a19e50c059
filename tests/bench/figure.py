"""A measured figure, and how it is measured: in turns with what it is held against, several times over."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
OURS = "regiograph"


@dataclass(frozen=True)
class Figure:
    """What one party took for one case at one size; one value a repeat.

    ``size`` is in what the benchmark counts (statements, nodes, names); ``done`` is how much was done, in
    ``what`` (quads, rows, edges), so that a speed can be told. ``floor`` names the party that a ratio is
    taken against, ``most`` the ratio (or with no floor the value) that is aimed at.
    """

    benchmark: str
    case: str
    size: int
    who: str
    values: tuple[float, ...]
    unit: str = "s"
    done: int = 0
    what: str = ""
    floor: str = ""
    most: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def race(
    parties: Mapping[str, Callable[[], object]], repeats: int, *, seconds: float = 20, least: float = 0.3
) -> dict[str, tuple[float, ...]]:
    """Seconds of each party, run in turns so that a busy moment hits all.

    At least ``repeats`` times, quick ones until ``least`` seconds are spent; it stops when the time is up.
    """
    times: dict[str, list[float]] = {who: [] for who in parties}
    begin = time.perf_counter()
    for turn in range(1, 51):
        for who, run in parties.items():
            start = time.perf_counter()
            run()
            times[who].append(time.perf_counter() - start)
        spent = time.perf_counter() - begin
        if spent > seconds or (turn >= repeats and (spent > least or repeats == 1)):
            break
    return {who: tuple(found) for who, found in times.items()}


def child(*arguments: str | Path, seconds: float = 600, python: str = sys.executable) -> dict[str, float]:
    """What ``tests.bench.child`` measures of itself in a process of its own; empty where time ran out."""
    try:
        done = subprocess.run(
            [python, "-m", "tests.bench.child", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return {}
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, arguments))}: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def disk(folder: Path) -> int:
    """Bytes of the files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
