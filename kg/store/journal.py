"""A bulk load under way: the folder of what is compiled, and a journal of how far it came."""

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

from kg.compile.counts import Backed
from kg.errors import Problem
from kg.read import tables

_COLUMNS = ("file", "line", "column", "code", "what", "text", "remedy")


@dataclass
class State:
    """How far a load came: after which source, and at which line of each table the next row stands."""

    source: str = ""
    paragraph: int = 0
    ended: bool = True
    lines: dict[str, int] = field(default_factory=dict)
    links: list[tuple[str, str, str, str, int, bool]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    problems: int = 0
    compiled: int = 0
    backed: int = 0
    reported: int = 0
    complete: bool = False

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number


class Work:
    """The compiled lines and the report of a load, written as it goes; ``save`` makes both last.

    What was written after the last save is cut off when the work is taken up again.
    """

    def __init__(self, folder: Path, *, shown: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.compiled = folder / "compiled.nq"
        self.report = folder / "problems.csv"
        self._counted = folder / "backed.txt"
        self.first: list[Problem] = []
        self._shown = shown
        self._journal = folder / "journal.json"
        self.state = self._read()
        for path, size in self._written(self.state):
            path.touch()
            os.truncate(path, size)
        self._lines = self.compiled.open("ab")
        self._backed = self._counted.open("ab")
        self._problems = self.report.open("a", encoding="utf-8", newline="")
        if not self.state.reported:
            self._problems.writelines(tables.spreadsheet([_COLUMNS]))
        else:
            self.first = read_report(self.report, shown)

    def __enter__(self) -> Work:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        del kind, error, trace
        with ExitStack() as all_of_them:  # closing writes what waits, for which a full disk has no room
            for file in (self._lines, self._backed, self._problems):
                all_of_them.callback(file.close)

    @property
    def begun(self) -> bool:
        """Whether an earlier run came past the common tables."""
        return self._journal.is_file()

    def put(self, lines: Iterable[str]) -> None:
        waiting = iter(lines)
        while some := list(islice(waiting, 10_000)):
            self._lines.write("".join(some).encode())

    def back(self, found: Iterable[Backed]) -> None:
        """Note which regions back which topics, to be counted at the end."""
        self._backed.write("".join(f"{' '.join(parts)}\n" for parts in found).encode())

    def backed(self) -> Iterator[Backed]:
        """All that was noted."""
        self._backed.flush()
        with self._counted.open(encoding="utf-8") as noted:
            for line in noted:
                region, topic, year = line.split()
                yield region, topic, year

    def tell(self, problem: Problem) -> None:
        self.state.problems += 1
        if len(self.first) < self._shown:
            self.first.append(problem)
        self._problems.writelines(tables.spreadsheet([asdict(problem).values()]))

    def save(self) -> None:
        """Make what is written so far last, and note that it does."""
        for file in (self._lines, self._backed, self._problems):
            file.flush()
            os.fsync(file.fileno())
        self.state.compiled = self._lines.tell()
        self.state.backed = self._backed.tell()
        self.state.reported = os.fstat(self._problems.fileno()).st_size
        tables.replace(self._journal, json.dumps(asdict(self.state)))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _written(self, state: State) -> tuple[tuple[Path, int], ...]:
        """The files, and how much of each the journal knows of."""
        return (
            (self.compiled, state.compiled),
            (self._counted, state.backed),
            (self.report, state.reported),
        )

    def _read(self) -> State:
        try:
            found = json.loads(self._journal.read_text(encoding="utf-8"))
            state = State(**found)
            state.links = [(*link,) for link in found["links"]]
            if any(path.stat().st_size < size for path, size in self._written(state)):
                raise ValueError("what the journal speaks of is gone")
        except (OSError, ValueError, TypeError, KeyError):
            self._journal.unlink(missing_ok=True)
            return State()
        return state


def read_report(path: Path, most: int) -> list[Problem]:
    """The first problems of a report."""
    found: list[Problem] = []
    with path.open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            if len(found) == most:
                break
            line = int(cells.pop("line"))
            found.append(Problem(line=line, **{key: tables.plain_text(cell) for key, cell in cells.items()}))
    return found
