"""The bulk load: tables of any length become a store on disk, with flat memory, resumed after interruption.

The tables are those of a folder of seeds, each as CSV, JSON Lines or Parquet; tables of the sources are in
each source's folder or, with a first column ``source``, once for all. Rows are checked by the same rules and
compiled by the same code as those of ``kg build``; the lines go to a file, the file to the store.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, starmap
from pathlib import Path

from kg import locations
from kg import ontology as ontologies
from kg.check import entities as links
from kg.check import quotes, sections, statements, targets
from kg.check import texts as text_files
from kg.compile import counts as count_cube
from kg.compile import derived, mentions, reference
from kg.compile import statements as compiler
from kg.errors import KgError, Problem
from kg.read import models
from kg.read.fields import CROSSWALK
from kg.read.seeds import Document
from kg.read.tables import ENDINGS
from kg.store import build, oxigraph
from kg.store.bulk_journal import BACKED, LINKS, PREMISES, Work, read_report
from kg.store.bulk_tables import Part, Tables, read_entities, read_parts
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
        with Work(work_folder, shown=options.shown) as work:
            if not work.state.complete:
                _Compilation(tables, ontology, work, texts, options.keep_good, progress).run()
        number = work.state.problems
        report.unlink(missing_ok=True)
        if number:
            try:
                shutil.copyfile(work.report, report)
            except FileNotFoundError as error:
                raise KgError(f"cannot write the report {report}: {error.strerror}") from None
        built = _store(where, work, made_from, progress) if options.keep_good or not number else None
        shutil.rmtree(work_folder, ignore_errors=True)
        return Loaded(built, built is not None, number, tuple(work.first), report if number else None)


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
        self._register, self._paragraphs = found.register, found.paragraphs
        self._names = mentions.Names(found.register)
        for problem in tables.unread(found.order):
            work.problem(problem)
        for what, number in found.counts.items():
            work.count(what, number)
        work.end_step()
        for parts in read_parts(tables, found.order, work.problem):
            self._source(parts)
        work.put(self._links())
        work.put(derived.lines(starmap(derived.Premise, work.kept(PREMISES))))
        work.put(count_cube.lines(work.kept(BACKED)))
        work.put(reference.metadata_lines(self.folder, locations.VERSION))
        work.state.complete = True
        work.save()

    def _source(self, parts: Iterator[Part]) -> None:
        """Compile one source, a run of paragraphs at each step."""
        work, head = self.work, next(parts)
        last = head.document.source.paragraphs
        file = (self.texts or {}).get(head.document.source.sha256)
        paragraphs = text_files.read_paragraphs(file) if file else None
        if self._is_faulty(head.document, file, paragraphs) or head.faults["sections"]:
            work.count("rows left out", sum(len(list(part.document.evidence())) for part in parts))
            return
        done = 0
        for part in parts:
            first, done = done + 1, min(part.upto or last, last)
            if not work.replaying:
                self._part(part.document, range(first, done + 1), paragraphs)
                work.count("rows left out", part.faults["statements"] + part.faults["targets"])
            work.end_step(len(part.document.statements) + len(part.document.targets))
            self.progress("rows", done - first + 1, self._paragraphs)

    def _part(self, part: Document, numbers: range, paragraphs: list[str] | None) -> None:
        """Check and compile a run of paragraphs."""
        work = self.work
        sound = self._sound(part, paragraphs)
        if self.keep_good or not work.state.problems:
            if numbers.start == 1:
                work.put(compiler.section_lines(sound))
                work.put(mentions.search_lines(sound, self._names))
            work.put(compiler.paragraph_lines(sound, numbers))
            work.put(compiler.statement_lines(sound, self._register, self._ontology))
            work.put(mentions.mention_lines(sound, sound.mentions, self._names))
            work.keep(PREMISES, derived.premises(sound, self._register, self._ontology))
            work.keep(BACKED, count_cube.backed(sound, self._register, self._ontology))
        for at in sound.statements:
            if at.predicate in links.LINKS:  # they are closed when all tables are read
                counts = at.predicate in reference.CLOSED and not self._ontology.withholds(at.flags)
                work.keep(LINKS, [(at.subject, at.predicate, at.object, at.file, at.line, counts)])
        work.count("statements", len(sound.statements))
        work.count("targets", len(sound.targets))
        left_out = len(part.statements) + len(part.targets) - len(sound.statements) - len(sound.targets)
        work.count("rows left out", left_out)

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

    def _sound(self, part: Document, paragraphs: list[str] | None) -> Document:
        """Return the rows of a part that pass the checks; report the others."""
        found = chain(
            statements.check_statements(part, self._register, self._ontology),
            targets.check_targets(part, self._register, self._ontology),
            self._verify(part, paragraphs) if self.texts is not None else (),
        )
        bad: set[tuple[str, int]] = set()
        for problem in found:
            self._report(problem, bad)
        if not bad:
            return part
        tables = {
            name: tuple(row for row in getattr(part, name) if (row.file, row.line) not in bad)
            for name in ("statements", "targets", "positions", "mentions")
        }
        return replace(part, **tables)  # type: ignore[arg-type]

    def _verify(self, part: Document, paragraphs: list[str] | None) -> Iterable[Problem]:
        """Verify the quotes of a part against the text; without a text they are only counted."""
        asked = {(at.paragraph, at.quote) for at in part.evidence()}
        if paragraphs is None:
            self.work.count("quotes not verified", len(asked))
            return
        found = quotes.verify_quotes(part, paragraphs)
        self.work.count("quotes verified", len(found.quotes))
        yield from found.problems
        yield from (missing.problem for missing in found.missing)
        if part.positions:
            whole = quotes.paragraph_positions(paragraphs, {at.paragraph for at in part.positions})
            yield from quotes.check_positions(part, [*whole, *found.quotes, *found.words], contexts=False)

    def _report(self, problem: Problem, bad: set[tuple[str, int]]) -> None:
        self.work.problem(problem)
        bad.add((problem.file, problem.line))

    def _links(self) -> Iterator[str]:
        """Yield the assumed links, and the hierarchies that they and the stated ones make.

        A link that has a problem or closes a circle is left out.
        """
        stated = list(self.work.kept(LINKS))
        known: links.Links = {link[:3]: link[3:5] for link in stated}
        bad: set[tuple[str, int]] = set()
        assumed = self.tables.rows("hierarchy", models.HierarchyRow, self.work.problem)
        for fault in links.check_links(assumed, self._register, self._ontology, known):
            self._report(fault, bad)
        for fault in links.check_circles(known):
            self._report(fault, bad)
        parents: reference.Parents = {relation: {} for relation in reference.CLOSED}
        for child, relation, parent, file, line, counts in stated:
            if counts and (file, line) not in bad:
                parents[relation].setdefault(child, set()).add(parent)
        for link in self.tables.rows("hierarchy", models.HierarchyRow):
            if (link.file, link.line) not in bad:
                if link.relation in reference.CLOSED:
                    parents[link.relation].setdefault(link.child, set()).add(link.parent)
                yield from reference.link_lines(link, self._ontology)
        yield from reference.closure_lines(parents)


def _store(where: Path, work: Work, made_from: str, progress: Progress) -> Built:
    found = {**work.state.counts, "problems": work.state.problems}
    counts = {what: n for what, n in found.items() if n or what not in ("problems", "rows left out")}
    size = work.compiled.stat().st_size

    def fill(part: Path) -> int:
        return oxigraph.create(part, work.compiled, lambda done: progress("bytes", done, size))

    return build.place(where, made_from, counts, fill)


def _fingerprint(tables: Tables, ontology: Path, texts: Mapping[str, Path] | None, *, keep_good: bool) -> str:
    """Return a hash over all that a load depends on."""
    at_hand = "no texts" if texts is None else " ".join(sorted(texts))
    state = hashlib.sha256(f"bulk\0{keep_good}\0{build.code(ontology)}\0{at_hand}".encode())
    files = sorted(tables.folder.rglob("*"))  # also of those that are not read: they are problems
    state.update("\0".join(str(path.relative_to(tables.folder)) for path in files).encode())
    files += sorted([*tables.common.iterdir(), tables.common / CROSSWALK]) if tables.common else []
    endings = (*ENDINGS, ".tsv")  # the crosswalk
    for path in (path for path in files if path.suffix in endings and path.is_file()):
        state.update(f"{path.name}\0{path.parent.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            state.update(hashlib.file_digest(file, "sha256").digest())
    return state.hexdigest()
