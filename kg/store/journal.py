"""The journal of a bulk load: the files that it writes, and how far each was written when it was saved."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

from kg.compile.counts import Backed
from kg.compile.derived import Premise
from kg.errors import Problem
from kg.read import tables

#: A hierarchical statement: child, relation, parent, file, line, whether it is asserted.
Link = tuple[str, str, str, str, int, bool]
_FILES = ("compiled.nq", "backed.txt", "links.jsonl", "premises.txt", "problems.csv")
_COLUMNS = ("file", "line", "column", "code", "what", "text", "remedy")


@dataclass
class State:
    """How far a load came: after which source, and at which line of each table the next row is."""

    source: str = ""
    paragraph: int = 0
    ended: bool = True
    lines: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    problems: int = 0
    complete: bool = False
    sizes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_FILES, 0))

    def count(self, what: str, number: int = 1) -> None:
        """Add to a count."""
        self.counts[what] = self.counts.get(what, 0) + number


class Work:
    """The files of a load; ``save`` makes them last.

    What was written after the last save is cut off when the work is resumed.
    """

    def __init__(self, folder: Path, *, shown: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.compiled, self.report = folder / "compiled.nq", folder / "problems.csv"
        self.first: list[Problem] = []
        self._shown = shown
        self._journal = folder / "journal.json"
        self.state = self._read()
        self._files = {}
        for name in _FILES:
            (folder / name).touch()
            os.truncate(folder / name, self.state.sizes[name])
            self._files[name] = (folder / name).open("a", encoding="utf-8", newline="")
        if not self.state.sizes["problems.csv"]:
            self._report([_COLUMNS])
        else:
            self.first = read_report(self.report, shown)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as all_of_them:  # closing writes what waits, for which a full disk has no room
            for file in self._files.values():
                all_of_them.callback(file.close)

    @property
    def begun(self) -> bool:
        """Whether an earlier run came past the common tables."""
        return self._journal.is_file()

    def put(self, lines: Iterable[str]) -> None:
        """Write compiled lines."""
        waiting = iter(lines)
        while some := list(islice(waiting, 10_000)):
            self._files["compiled.nq"].write("".join(some))

    def back(self, found: Iterable[Backed]) -> None:
        """Write which regions back which topics, to be counted at the end."""
        self._files["backed.txt"].writelines(f"{' '.join(parts)}\n" for parts in found)

    def backed(self) -> Iterator[Backed]:
        """Yield everything that ``back`` wrote."""
        for line in self._written("backed.txt"):
            region, topic, year = line.split()
            yield region, topic, year

    def keep(self, found: Iterable[Premise]) -> None:
        """Write statements from which something may follow, once all of their source are known."""
        self._files["premises.txt"].writelines("\t".join(premise) + "\n" for premise in found)

    def premises(self) -> Iterator[Premise]:
        """Yield everything that ``keep`` wrote."""
        for line in self._written("premises.txt"):
            yield Premise(*line.rstrip("\n").split("\t"))

    def link(self, link: Link) -> None:
        """Write a hierarchical statement, to be closed at the end."""
        self._files["links.jsonl"].write(f"{json.dumps(link)}\n")

    def links(self) -> Iterator[Link]:
        """Yield everything that ``link`` wrote."""
        for line in self._written("links.jsonl"):
            child, relation, parent, file, number, asserted = json.loads(line)
            yield child, relation, parent, file, number, asserted

    def problem(self, problem: Problem) -> None:
        """Write a problem to the report."""
        self.state.problems += 1
        if len(self.first) < self._shown:
            self.first.append(problem)
        self._report([asdict(problem).values()])

    def save(self) -> None:
        """Make what is written so far last, and note how far that is."""
        for name, file in self._files.items():
            file.flush()
            os.fsync(file.fileno())
            self.state.sizes[name] = os.fstat(file.fileno()).st_size
        tables.replace(self._journal, json.dumps(asdict(self.state)))

    def remove(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _report(self, rows: Iterable[Iterable[object]]) -> None:
        self._files["problems.csv"].writelines(tables.spreadsheet(rows))

    def _written(self, name: str) -> Iterator[str]:
        self._files[name].flush()
        with (self.folder / name).open(encoding="utf-8", newline="\n") as lines:
            yield from lines

    def _read(self) -> State:
        try:
            found = json.loads(self._journal.read_text(encoding="utf-8"))
            if set(found) != set(asdict(State())):
                raise ValueError("the journal is of another version")
            state = State(**found)
            if any((self.folder / name).stat().st_size < state.sizes[name] for name in _FILES):
                raise ValueError("a file is shorter than the journal says")
        except (OSError, ValueError, TypeError, KeyError):
            self._journal.unlink(missing_ok=True)
            return State()
        return state


def read_report(path: Path, most: int) -> list[Problem]:
    """Return the first problems of a report."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = islice(csv.DictReader(file), most)
        return [
            Problem(
                line=int(cells.pop("line")),
                **{column: tables.plain_text(cell) for column, cell in cells.items()},
            )
            for cells in rows
        ]
