"""The journal of a bulk load: the files that it writes, and how far each was written when it was saved."""

import csv
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any, Self

from kg.errors import Problem
from kg.read import files

#: Hierarchical statements: child, relation, parent, file, line, whether it is asserted.
LINKS = "links.jsonl"
#: Which regions back which topics in which years.
BACKED = "backed.jsonl"
#: Premises: statements from which something may follow, once all of their source are known.
PREMISES = "premises.jsonl"
#: So many rows at most are lost when a load is killed.
SAVE = 20_000
_FILES = ("compiled.nq", BACKED, LINKS, PREMISES, "problems.csv")


@dataclass
class State:
    """How far a load came: how many steps it took, and what they wrote."""

    steps: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    problems: int = 0
    complete: bool = False
    sizes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_FILES, 0))


class Work:
    """The files of a load, which takes the same steps each time that it is run.

    What was written after the last save is cut off when the work is resumed. The steps before it are taken
    again without effect: while ``replaying`` nothing is written, counted or reported.
    """

    def __init__(self, folder: Path, *, shown: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.compiled, self.report = folder / "compiled.nq", folder / "problems.csv"
        self.first: list[Problem] = []
        self._shown = shown
        self._journal = folder / "journal.json"
        self.state = self._read()
        self._steps = self._unsaved = 0
        self._files = {name: (folder / name).open("a", encoding="utf-8", newline="") for name in _FILES}
        for name, file in self._files.items():
            file.truncate(self.state.sizes[name])
        if self.state.sizes["problems.csv"]:
            self.first = read_report(self.report, shown)
        else:
            self._report([at.name for at in fields(Problem)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with ExitStack() as closing:  # closing writes what waits, for which a full disk has no room
            for file in self._files.values():
                closing.callback(file.close)

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
        for name, file in self._files.items():
            file.flush()
            os.fsync(file.fileno())
            self.state.sizes[name] = os.fstat(file.fileno()).st_size
        files.replace_file(self._journal, json.dumps(asdict(self.state)))
        self._unsaved = 0

    def put(self, lines: Iterable[str]) -> None:
        """Write compiled lines."""
        if not self.replaying:
            self._files["compiled.nq"].writelines(lines)

    def count(self, what: str, number: int) -> None:
        """Add to a count."""
        if not self.replaying:
            self.state.counts[what] = self.state.counts.get(what, 0) + number

    def problem(self, problem: Problem) -> None:
        """Write a problem to the report."""
        if not self.replaying:
            self.state.problems += 1
            self.first += [problem] if len(self.first) < self._shown else []
            self._report(asdict(problem).values())

    def keep(self, name: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Write rows that are needed when all tables are read: LINKS, BACKED or PREMISES."""
        self._files[name].writelines(f"{json.dumps(row)}\n" for row in rows)

    def kept(self, name: str) -> Iterator[Any]:
        """Yield everything that ``keep`` wrote."""
        self._files[name].flush()
        with (self.folder / name).open(encoding="utf-8") as lines:
            yield from (tuple(json.loads(line)) for line in lines)

    def _report(self, row: Iterable[object]) -> None:
        self._files["problems.csv"].writelines(files.spreadsheet([row]))

    def _read(self) -> State:
        with suppress(OSError, ValueError, TypeError, KeyError):  # none, damaged, or of another version
            found = json.loads(self._journal.read_text(encoding="utf-8"))
            whole = set(found) == {at.name for at in fields(State)}
            state = State(**found)
            if whole and all((self.folder / name).stat().st_size >= state.sizes[name] for name in _FILES):
                return state
        self._journal.unlink(missing_ok=True)
        return State()


def read_report(path: Path, most: int) -> list[Problem]:
    """Return the first problems of a report."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(islice(csv.DictReader(file), most))
    plain = ({column: files.plain_text(cell) for column, cell in row.items()} for row in rows)
    return [Problem(**{**row, "line": int(row["line"])}) for row in plain]  # type: ignore[arg-type]
