"""The journal of a bulk load: what it wrote, and how far that was when it was last saved."""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, astuple, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Self

from kg.errors import Problem

#: Hierarchical statements: child, relation, parent, file, line, whether it is asserted.
LINKS = "links"
#: Which regions back which topics in which years.
BACKED = "backed"
PROBLEMS = "problems"
#: So many rows at most are lost when a load is killed.
SAVE = 20_000
_CREATE = "CREATE TABLE IF NOT EXISTS state (json); CREATE TABLE IF NOT EXISTS kept (name, row);"


@dataclass
class State:
    """How far a load came: how many steps it took, and the bytes, counts and problems that they wrote."""

    steps: int = 0
    size: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    problems: int = 0
    complete: bool = False


class Work:
    """The files of a load, which takes the same steps each time that it is run.

    What was written after the last save is lost when the work is resumed. The steps before it are taken
    again without effect: while ``replaying`` nothing is written, counted or reported.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.compiled, self._journal = folder / "compiled.nq", folder / "journal.sqlite"
        self.compiled.touch()
        try:
            self.state = self._read()
        except (sqlite3.DatabaseError, ValueError):  # damaged
            self._database.close()
            self._journal.unlink()
            self.state = self._read()
        self._steps = self._unsaved = 0
        self._lines = self.compiled.open("a", encoding="utf-8", newline="")
        self._lines.truncate(self.state.size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()
        self._lines.close()  # writes what waits, for which a full disk has no room

    @property
    def replaying(self) -> bool:
        """Whether the present step was taken by an earlier run."""
        return self._steps < self.state.steps

    def end_step(self, rows: int = SAVE) -> None:
        """End a step that took so many rows; save if there were many since the last save."""
        if not self.replaying:
            self.state.steps += 1
            self._unsaved += rows
            if self._unsaved >= SAVE:
                self.save()
        self._steps += 1

    def save(self) -> None:
        """Write to the disk, and note how far that is."""
        self._lines.flush()
        os.fsync(self._lines.fileno())
        self.state.size = self.compiled.stat().st_size
        self._database.execute("DELETE FROM state")
        self._database.execute("INSERT INTO state VALUES (?)", [json.dumps(asdict(self.state))])
        self._database.commit()
        self._unsaved = 0

    def put(self, lines: Iterable[str]) -> None:
        """Write compiled lines."""
        if not self.replaying:
            self._lines.writelines(lines)

    def count(self, what: str, number: int) -> None:
        """Add to a count."""
        if not self.replaying:
            self.state.counts[what] = self.state.counts.get(what, 0) + number

    def problem(self, problem: Problem) -> None:
        """Keep a problem."""
        if not self.replaying:
            self.state.problems += 1
            self.keep(PROBLEMS, [astuple(problem)])

    def problems(self, most: int | None = None) -> Iterator[Problem]:
        """Yield the problems, or the first of them."""
        return (Problem(*row) for row in islice(self.kept(PROBLEMS), most))

    def keep(self, name: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Keep rows that are needed when all tables are read: LINKS, BACKED or PROBLEMS."""
        found = ((name, json.dumps(row)) for row in rows)
        self._database.executemany("INSERT INTO kept VALUES (?, ?)", found)

    def kept(self, name: str) -> Iterator[Any]:
        """Yield everything that ``keep`` kept."""
        rows = self._database.execute("SELECT row FROM kept WHERE name = ? ORDER BY rowid", [name])
        return (tuple(json.loads(row)) for (row,) in rows)

    def _read(self) -> State:
        """Open the journal; raise DatabaseError or ValueError where it is damaged."""
        self._database = sqlite3.connect(self._journal)
        self._database.executescript(_CREATE)
        if self._database.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise ValueError("the journal is damaged")
        found = self._database.execute("SELECT json FROM state").fetchone()
        state = State(**json.loads(found[0])) if found else State()
        if self.compiled.stat().st_size < state.size:
            raise ValueError("compiled lines are lost")
        return state
