"""Rows of one table, source by source: from a file with a column ``source``, or from each source's folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Generic, TypeVar

from kg.errors import Problem
from kg.read import models, streams
from kg.read.seeds import ENTITY_TABLES, Document
from kg.read.tables import Record

#: So many statements are held at once; a source that has more is taken in runs of whole paragraphs.
RUN = 2_000
R = TypeVar("R", bound=models.Row)
Tell = Callable[[Problem], None]


COMMON = (
    "sources",
    "names",
    "hierarchy",
    "redirects",
    *(name.removesuffix(".csv") for name in ENTITY_TABLES),
)
OF_SOURCES = ("sections", "coverage", "statements", "targets", "positions")


@dataclass(frozen=True)
class Tables:
    """A folder of tables, and another one for the common tables that it lacks."""

    folder: Path
    common: Path | None = None

    def find(self, stem: str) -> Path | None:
        """A common table."""
        found = streams.find(self.folder, stem)
        return found or (streams.find(self.common, stem) if self.common else None)

    def files(self) -> list[Path]:
        """Return all files that a load depends on."""
        found = [*self.folder.rglob("*"), *(self.common.iterdir() if self.common else ())]
        return sorted(path for path in found if path.suffix in streams.ENDINGS and path.is_file())

    def unread(self, sources: Collection[str]) -> Iterator[Problem]:
        """Yield a problem for each file or folder that looks like a table and is not read."""
        yield from _unread(self.folder, {*COMMON, *OF_SOURCES}, "")
        for path in sorted(self.folder.iterdir()):
            if not path.is_dir() or path.name.startswith("."):
                continue
            if path.name in sources:
                yield from _unread(path, OF_SOURCES, f"{path.name}/")
            elif any(_stem(file) in OF_SOURCES for file in path.iterdir()):
                near = get_close_matches(path.name.casefold(), sources, 1)
                remedy = f"rename it to {near[0]}" if near else "add the source to the sources' table"
                yield Problem(
                    f"{path.name}/", 0, "", "unread-folder", "no source has this id", path.name, remedy
                )
        if streams.find(self.folder, "statements") is None:
            for source in sources:
                if streams.find(self.folder / source, "statements") is None:
                    remedy = f"its first line must be {','.join(models.StatementRow.columns())}"
                    what = "the source has no table of statements"
                    yield Problem(f"{source}/statements.csv", 0, "", "missing-file", what, "", remedy)

    def rows(self, stem: str, model: type[R], tell: Tell) -> Iterator[R]:
        """The good rows of a common table."""
        path = self.find(stem)
        if path is None:
            return
        for record in streams.records(path, model.columns(), name=path.name, optional=model.optional):
            if found := parse(record, model, tell, file=path.name):
                yield found


class Feed(Generic[R]):
    """A table of the sources, read in step with others: turn to a source, then take its rows.

    Rows stand in the order of the sources' table, within a source by paragraph; others are reported.
    """

    def __init__(
        self, tables: Tables, stem: str, model: type[R], order: Mapping[str, int], tell: Tell
    ) -> None:
        self.stem = stem
        self.line = 0  # of the first row that nobody took
        self.faults = 0  # rows of the present source that could not be
        self._tables, self._model, self._order, self._tell = tables, model, order, tell
        path = streams.find(tables.folder, stem)
        self._file = path.name if path else ""
        columns = ("source", *model.columns())
        self._flat = streams.records(path, columns, name=path.name, optional=model.optional) if path else None
        self._rows: Iterator[Record | Problem] = iter(())
        self._held: Record | None = None
        self._next: R | None = None
        self._source = ""
        self._paragraph = 0

    @property
    def more(self) -> bool:
        """Whether the source has rows that were not taken."""
        return self._next is not None

    def turn(self, source: str, after: int = 0, *, within: bool = False) -> None:
        """Turn to the next source; rows above the line ``after`` were taken by an earlier run, which
        stopped ``within`` this source or before it."""
        if self._next is not None:
            raise ValueError(f"rows of {self._source} in {self.stem} were not taken")
        self._source, self._paragraph, self.faults = source, 0, 0
        if self._flat is None:
            path = streams.find(self._tables.folder / source, self.stem)
            self._file = f"{source}/{path.name}" if path else ""
            columns, optional = self._model.columns(), self._model.optional
            self._rows = (
                streams.records(path, columns, name=self._file, optional=optional) if path else iter(())
            )
            after = after if within else 0
        else:
            self._rows = self._of_source(after)
        if after:
            self._rows = (found for found in self._rows if found.line >= after)
        self._advance()

    def take(self, upto: int | None = None, *, limit: int = 0) -> list[R]:
        """The next rows: up to a paragraph, or about so many, and then whole paragraphs."""
        found: list[R] = []
        while self._next is not None:
            paragraph = getattr(self._next, "paragraph", 0)
            if upto is not None and paragraph > upto:
                break
            if limit and len(found) >= limit and paragraph != getattr(found[-1], "paragraph", 0):
                break
            found.append(self._next)
            self._advance()
        return found

    def finish(self, after: int) -> None:
        """Report what is left once all sources are done, from the line ``after``."""
        if self._flat is not None:
            for _ in self._of_source(after, over=True):
                pass

    def _advance(self) -> None:
        for record in self._rows:
            self.line = record.line
            found = parse(record, self._model, self._tell, file=self._file, source=self._source)
            if found is None:
                self.faults += 1
                continue
            paragraph = getattr(found, "paragraph", 0)
            if paragraph < self._paragraph:
                what = "the row stands after a later paragraph"
                remedy = "order the rows by paragraph"
                self._tell(found.problem("paragraph", "unsorted", what, paragraph, remedy))
                self.faults += 1
                continue
            self._paragraph = paragraph
            self._next = found
            return
        self._next = None
        if self._held is None:
            self.line += 1

    def _of_source(self, after: int, *, over: bool = False) -> Iterator[Record | Problem]:
        """Records of the present source from the one file; those of sources that passed are reported."""
        assert self._flat is not None
        here = len(self._order) if over else self._order[self._source]
        while True:
            found = self._held or next(self._flat, None)
            self._held = None
            if found is None:
                return
            if isinstance(found, Problem):
                if found.line >= after:
                    self._tell(found)
                continue
            name = found.cells["source"]
            place = self._order.get(name)
            if place == here:
                cells = {column: cell for column, cell in found.cells.items() if column != "source"}
                yield Record(found.line, cells)
            elif place is not None and place > here:
                self._held = found
                self.line = found.line
                return
            elif found.line >= after:
                self._tell(_astray(self._file, found.line, name, known=place is not None))


class Feeds:
    """The tables of the sources, read in step."""

    def __init__(self, tables: Tables, order: Mapping[str, int], on_problem: Tell) -> None:
        self.sections = Feed(tables, "sections", models.SectionRow, order, on_problem)
        self.coverage = Feed(tables, "coverage", models.CoverageRow, order, on_problem)
        self.statements = Feed(tables, "statements", models.StatementRow, order, on_problem)
        self.targets = Feed(tables, "targets", models.TargetRow, order, on_problem)
        self.positions = Feed(tables, "positions", models.PositionRow, order, on_problem)
        self.all = (self.sections, self.coverage, self.statements, self.targets, self.positions)
        self._begun: dict[str, int] = {}

    def turn(self, source: str, after: dict[str, int], *, within: bool) -> list[models.SectionRow]:
        """Turn all to the next source; returns its sections."""
        for feed in self.all:
            feed.turn(source, after.get(feed.stem, 0), within=within)
        self._begun = {feed.stem: feed.line for feed in (self.sections, self.coverage)}
        return self.sections.take()

    def parts(self, document: Document) -> Iterator[tuple[Document, int | None]]:
        """A source in runs of whole paragraphs, each with its last one; None: up to the end."""
        more = True
        while more:
            lead, other = self.statements, self.targets
            if not self.statements.more:
                lead, other = other, lead  # type: ignore[assignment]
            found = lead.take(limit=RUN)
            upto = found[-1].paragraph if found and (lead.more or other.more) else None
            found = [*found, *other.take(upto)]  # type: ignore[list-item]
            more = self.statements.more or self.targets.more
            upto = upto if more else None
            yield (
                replace(
                    document,
                    statements=tuple(at for at in found if isinstance(at, models.StatementRow)),
                    targets=tuple(at for at in found if isinstance(at, models.TargetRow)),
                    positions=tuple(self.positions.take(upto)),
                ),
                upto,
            )

    def lines(self) -> dict[str, int]:
        """Where an interrupted load goes on in each table."""
        ended = not (self.statements.more or self.targets.more)
        return {feed.stem: feed.line for feed in self.all} | ({} if ended else self._begun)

    def pass_over(self) -> int:
        """Leave out the rest of a source; returns how many statements and targets it has."""
        self.positions.take()
        return len(self.statements.take()) + len(self.targets.take())

    def finish(self, after: dict[str, int]) -> None:
        """Report rows of sources that are not known."""
        for feed in self.all:
            feed.finish(after.get(feed.stem, 0))


def _unread(folder: Path, stems: Collection[str], prefix: str) -> Iterator[Problem]:
    """Yield a problem for each file whose name is nearly that of a table: statements.CSV, statement.csv."""
    for path in sorted(folder.iterdir()):
        near = get_close_matches(_stem(path), stems, 1, 0.85)
        if near and path.is_file() and path.name not in {f"{near[0]}{ending}" for ending in streams.ENDINGS}:
            names = " or ".join(f"{near[0]}{ending}" for ending in streams.ENDINGS)
            what, remedy = "the file is not read", f"save it as {names}"
            yield Problem(f"{prefix}{path.name}", 0, "", "unread-file", what, "", remedy)


def _stem(path: Path) -> str:
    return path.name.partition(".")[0].casefold()


def parse(record: Record | Problem, model: type[R], tell: Tell, *, file: str, source: str = "") -> R | None:
    """A good row, or None and its problems told."""
    if isinstance(record, Problem):
        tell(record)
        return None
    found = models.parse(model, record.cells, file=file, line=record.line, source=source)
    if isinstance(found, list):
        for problem in found:
            tell(problem)
        return None
    return found


def _astray(file: str, line: int, source: str, *, known: bool) -> Problem:
    if known:
        what, remedy = "the row stands after a later source", "order the rows as the sources' table is"
        return Problem(file, line, "source", "unsorted", what, source, remedy)
    what = "no such source, or one with problems"
    return Problem(file, line, "source", "unknown-source", what, source, "add it to the sources' table")
