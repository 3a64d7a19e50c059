"""The bulk load: tables of any length become a store on disk, one source in memory at a time; it is resumed.

The tables are those of a folder of seeds, each as CSV, JSON Lines or Parquet; tables of the sources are in
each source's folder or, with a first column ``source``, once for all. Rows are checked by the same rules and
compiled by the same code as those of ``kg build``; the lines go to a file, the file to the store.
"""

import csv
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields, replace
from itertools import chain, islice
from pathlib import Path

from kg import locations
from kg import ontology as ontologies
from kg.check import entities as links
from kg.check import quotes, sections, statements, targets
from kg.check import texts as text_files
from kg.compile import counts as count_cube
from kg.compile import mentions, reference
from kg.errors import KgError, Problem
from kg.read import files, models
from kg.read.fields import CROSSWALK
from kg.read.seeds import Document
from kg.read.tables import ENDINGS
from kg.store import build, oxigraph
from kg.store.bulk_journal import BACKED, LINKS, Work
from kg.store.bulk_tables import Tables, read_documents, read_entities
from kg.store.manifest import Built

#: Progress callback: stage (names, rows or bytes), units done since the last call, total.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Options:
    """How to load; any problem means that nothing is built, unless ``keep_good`` leaves out its row."""

    common: Path | None = None  # has the tables that the folder lacks
    texts: Path | None = None  # verify the quotes
    keep_good: bool = False
    report: Path | None = None  # takes all problems
    shown: int = 20  # how many of them are returned


@dataclass(frozen=True)
class Loaded:
    """How a load ended; ``built`` is None if there were problems and only a whole load was wanted."""

    built: Built | None
    fresh: bool
    problems: int
    first: tuple[Problem, ...]
    report: Path | None  # has all problems, if there are any


def load(
    folder: Path, ontology: Path, where: Path, options: Options | None = None, *,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Loaded:  # fmt: skip
    """Load tables into a folder of builds; a load that was interrupted is resumed.

    Raises KgError if it cannot run; what was there is then intact.
    """
    options = options or Options()
    tables = Tables(folder, options.common)
    with build.hold(where):
        texts = text_files.find_files([options.texts]) if options.texts else None
        made_from = _fingerprint(tables, ontology, texts, keep_good=options.keep_good)
        report = options.report or where / "problems.csv"
        if present := build.find_built(where, made_from):
            number = present.counts.get("problems", 0)
            first = read_report(report, options.shown) if number and report.is_file() else []
            return Loaded(present, False, number, tuple(first), report if first else None)
        work_folder = where / f".bulk-{made_from[:16]}"
        for path in where.glob(".bulk-*"):
            if path != work_folder:  # of other tables, or of these before they changed
                shutil.rmtree(path, ignore_errors=True)
        with Work(work_folder) as work:
            if not work.state.complete:
                _Compilation(tables, ontology, work, texts, options.keep_good, progress).run()
            number, shown = work.state.problems, tuple(work.problems(options.shown))
            report.unlink(missing_ok=True)
            if number:
                write_report(report, work.problems())
        built = _store(where, work, made_from, progress) if options.keep_good or not number else None
        shutil.rmtree(work_folder, ignore_errors=True)
        return Loaded(built, built is not None, number, shown, report if number else None)


@dataclass
class _Compilation:
    """The compilation of all tables into the lines of a load."""

    tables: Tables
    folder: Path
    work: Work
    texts: Mapping[str, Path] | None
    keep_good: bool
    progress: Progress

    def run(self) -> None:
        """Compile what an earlier run did not."""
        tables, work = self.tables, self.work
        self.progress("names", 0, 0)
        self._ontology = ontologies.read(self.folder)
        found = read_entities(tables, self._ontology, work.put, work.problem)
        self._register = found.register
        self._names = mentions.Names(found.register)
        for problem in tables.unread(found.order):
            work.problem(problem)
        for what, number in found.counts.items():
            work.count(what, number)
        work.end_step()
        for document, faults in read_documents(tables, found.order, work.problem):
            if not work.replaying:
                self._source(document, faults)
            work.end_step(len(document.statements) + len(document.targets))
            self.progress("rows", document.source.paragraphs, found.paragraphs)
        work.put(self._links())
        work.put(count_cube.lines(work.kept(BACKED)))
        work.put(reference.metadata_lines(self.folder, locations.VERSION))
        work.state.complete = True
        work.save()

    def _source(self, document: Document, faults: Counter[str]) -> None:
        """Check and compile the good rows of a source; ``faults`` counts the bad ones by table."""
        work, number = self.work, len(list(document.evidence()))
        file = (self.texts or {}).get(document.source.sha256)
        paragraphs = text_files.read_paragraphs(file) if file else None
        if self._is_faulty(document, file, paragraphs) or faults["sections"]:
            work.count("rows left out", number)
            return
        sound = self._sound(document, paragraphs)
        if self.keep_good or not work.state.problems:
            work.put(reference.document_lines(sound, self._register, self._ontology, self._names))
            work.keep(BACKED, count_cube.backed(sound, self._register, self._ontology))
        for at in sound.statements:
            if at.predicate in links.LINKS:  # they are closed when all tables are read
                asserted = not self._ontology.withholds(at.flags)
                work.keep(LINKS, [(at.subject, at.predicate, at.object, at.file, at.line, asserted)])
        work.count("statements", len(sound.statements))
        work.count("targets", len(sound.targets))
        left_out = number - len(sound.statements) - len(sound.targets)
        work.count("rows left out", left_out + faults["statements"] + faults["targets"])

    def _is_faulty(self, document: Document, file: Path | None, paragraphs: list[str] | None) -> bool:
        """Report the problems of a source as a whole; return whether it has to be left out."""
        source = document.source
        faults = list(sections.check_sections(document, self._register, self._ontology))
        if paragraphs is not None:
            faults += text_files.check_count(source, paragraphs)
        elif file:
            faults.append(text_files.not_utf8(source, file))
        for problem in chain(faults, sections.check_coverage(document, self._ontology)):
            self.work.problem(problem)
        return bool(faults)

    def _sound(self, document: Document, paragraphs: list[str] | None) -> Document:
        """Return the rows of a source that pass the checks; report the others."""
        found = chain(
            statements.check_statements(document, self._register, self._ontology),
            targets.check_targets(document, self._register, self._ontology),
            self._verify(document, paragraphs) if self.texts is not None else (),
        )
        if not (bad := self._report(found)):
            return document
        tables = {
            name: tuple(row for row in getattr(document, name) if (row.file, row.line) not in bad)
            for name in ("statements", "targets", "positions", "mentions")
        }
        return replace(document, **tables)  # type: ignore[arg-type]

    def _verify(self, document: Document, paragraphs: list[str] | None) -> Iterable[Problem]:
        """Verify the quotes of a source against the text; without a text they are only counted."""
        if paragraphs is None:
            asked = {(at.paragraph, at.quote) for at in document.evidence()}
            self.work.count("quotes not verified", len(asked))
            return
        found = quotes.verify_quotes(document, paragraphs)
        self.work.count("quotes verified", len(found.quotes))
        yield from found.problems
        yield from (missing.problem for missing in found.missing)
        if document.positions:
            whole = quotes.paragraph_positions(paragraphs, {at.paragraph for at in document.positions})
            yield from quotes.check_positions(document, [*whole, *found.quotes, *found.words], contexts=False)

    def _report(self, problems: Iterable[Problem]) -> set[tuple[str, int]]:
        """Report problems; return the files and lines of their rows."""
        bad = set()
        for problem in problems:
            self.work.problem(problem)
            bad.add((problem.file, problem.line))
        return bad

    def _links(self) -> Iterator[str]:
        """Yield the assumed links, and the hierarchies that they and the stated ones make.

        A link that has a problem or closes a circle is left out.
        """
        stated = list(self.work.kept(LINKS))
        known: links.Links = {link[:3]: link[3:5] for link in stated}
        assumed = self.tables.rows("hierarchy", models.HierarchyRow, self.work.problem)
        bad = self._report(links.check_links(assumed, self._register, self._ontology, known))
        bad |= self._report(links.check_circles(known))
        closed = [link[:3] for link in stated if link[5] and link[3:5] not in bad]
        for link in self.tables.rows("hierarchy", models.HierarchyRow):
            if (link.file, link.line) not in bad:
                closed.append((link.child, link.relation, link.parent))
                yield from reference.link_lines(link, self._ontology)
        yield from reference.closure_lines(closed)


def write_report(path: Path, problems: Iterable[Problem]) -> None:
    """Write problems as a CSV file for spreadsheets; raise KgError if it cannot be written."""
    columns = tuple(field.name for field in fields(Problem))
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(files.spreadsheet(chain([columns], map(astuple, problems))))
    except OSError as error:
        raise KgError(f"cannot write the report {path}: {error.strerror}") from None


def read_report(path: Path, most: int) -> list[Problem]:
    """Return the first problems of a report."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [list(map(files.plain_text, row)) for row in islice(csv.reader(file), 1, most + 1)]
    return [Problem(name, int(line), *rest) for name, line, *rest in rows]


def _store(where: Path, work: Work, made_from: str, progress: Progress) -> Built:
    found = {**work.state.counts, "problems": work.state.problems}
    counts = {what: n for what, n in found.items() if n or what not in ("problems", "rows left out")}
    return build.place(
        where,
        made_from,
        counts,
        lambda part: oxigraph.create(
            part, work.compiled, lambda done: progress("bytes", done, work.state.size)
        ),
    )


def _fingerprint(tables: Tables, ontology: Path, texts: Mapping[str, Path] | None, *, keep_good: bool) -> str:
    """Return a hash over all that a load depends on."""
    at_hand = "no texts" if texts is None else " ".join(sorted(texts))
    state = hashlib.sha256(f"bulk\0{keep_good}\0{build.code(ontology)}\0{at_hand}".encode())
    paths = sorted(tables.folder.rglob("*"))  # also of those that are not read: they are problems
    state.update("\0".join(str(path.relative_to(tables.folder)) for path in paths).encode())
    paths += sorted([*tables.common.iterdir(), tables.common / CROSSWALK]) if tables.common else []
    endings = (*ENDINGS, ".tsv")  # the crosswalk
    for path in (path for path in paths if path.suffix in endings and path.is_file()):
        state.update(f"{path.name}\0{path.parent.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            state.update(hashlib.file_digest(file, "sha256").digest())
    return state.hexdigest()
