"""Curated tables made larger for benchmarks: their sources copied under new ids until the size is reached."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path


def scale(seeds: Path, folder: Path, statements: int) -> int:
    """Write tables with at least this many statements into a new folder; returns how many there are.

    Entities, names and links stay the curated ones; each copy of a source states the same again.
    """
    folder.mkdir(parents=True)
    for path in seeds.glob("*.csv"):
        shutil.copy(path, folder)
    header, *sources = _read(seeds / "sources.csv")
    written, rows, copy = 0, [], 0
    while written < statements:
        copy += 1
        for identifier, *cells in sources:
            name = identifier if copy == 1 else f"{identifier}-{copy:04}"
            rows.append([name, *cells])
            written += _copy(seeds / identifier, folder / name)
    _write(folder / "sources.csv", [header, *sorted(rows)])
    return written


def _copy(source: Path, target: Path) -> int:
    target.mkdir()
    old, new = f"source/{source.name}", f"source/{target.name}"
    for path in source.glob("*.csv"):
        rows = _read(path)
        _write(target / path.name, [[new if cell == old else cell for cell in row] for row in rows])
    return len(_read(target / "statements.csv")) - 1


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
