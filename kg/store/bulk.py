"""The bulk load: tables of any length become a store on disk, with flat memory, resumed after interruption.

The tables are those of a folder of seeds, each as CSV, JSON Lines or Parquet; tables of the sources are in
each source's folder or, with a first column ``source``, once for all. Rows are checked by the same rules and
compiled by the same code as those of ``kg build``; the lines go to a file, the file to the store.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from kg import locations
from kg import ontology as ontologies
from kg.check import entities as links
from kg.check import quotes, sections, statements, targets
from kg.check import texts as text_files
from kg.compile import counts as count_cube
from kg.compile import derived, reference
from kg.compile import statements as compiler
from kg.errors import KgError, Problem
from kg.read import models
from kg.read.seeds import Document
from kg.store import build, bulk_entities, manifest, oxigraph
from kg.store.bulk_reader import Feeds, Tables
from kg.store.journal import Work, read_report
from kg.store.manifest import Built

#: Progress callback: stage (names, rows or bytes), units done since the last call, total.
Progress = Callable[[str, int, int], None]
#: So many rows at most are lost when a load is killed.
SAVE = 20_000


@dataclass(frozen=True)
class Options:
    """How to load: ``common`` has the tables that the folder lacks, ``texts`` verifies the quotes.

    Without ``keep_good`` any problem means that nothing is built; with it rows with problems are left out.
    ``report`` is the file of all problems, ``shown`` how many of them are returned.
    """

    common: Path | None = None
    texts: Path | None = None
    keep_good: bool = False
    report: Path | None = None
    shown: int = 20


@dataclass(frozen=True)
class Loaded:
    """How a load ended; ``built`` is None if there were problems and only a whole load was wanted.

    ``first`` are the first problems, ``report`` is the file of all of them, if there are any.
    """

    built: Built | None
    fresh: bool
    problems: int
    first: tuple[Problem, ...]
    report: Path | None


def load(
    folder: Path,
    ontology: Path,
    where: Path,
    options: Options | None = None,
    *,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Loaded:
    """Load tables into a folder of builds; a load that was interrupted is resumed.

    Raises KgError if it cannot run; what was there is then intact.
    """
    options = options or Options()
    tables = Tables(folder, options.common)
    with build.hold(where):
        texts = text_files.find_files([options.texts]) if options.texts else None
        made_from = _fingerprint(tables, ontology, texts, keep_good=options.keep_good)
        report = options.report or where / "problems.csv"
        present = manifest.read(where)
        if present and present.made_from == made_from and build.is_whole(present.path(where)):
            number = present.counts.get("problems", 0)
            first = read_report(report, options.shown) if number and report.is_file() else []
            return Loaded(present, False, number, tuple(first), report if first else None)
        _remove_other_work(where, made_from)
        with Work(where / f".bulk-{made_from[:16]}", shown=options.shown) as work:
            if not work.state.complete:
                _Compilation(tables, ontology, work, texts, options.keep_good, progress).run()
        number, first = work.state.problems, list(work.first)
        if number:
            _copy(work.report, report)
        else:
            report.unlink(missing_ok=True)
        built = _store(where, work, made_from, progress) if options.keep_good or not number else None
        work.remove()
        return Loaded(built, built is not None, number, tuple(first), report if number else None)


class _Compilation:
    """The compilation of all tables into the lines of a load."""

    def __init__(
        self,
        tables: Tables,
        ontology: Path,
        work: Work,
        texts: Mapping[str, Path] | None,
        keep_good: bool,
        progress: Progress,
    ) -> None:
        self._tables, self._work, self._texts, self._keep_good = tables, work, texts, keep_good
        self._folder, self._ontology, self._progress = ontology, ontologies.read(ontology), progress
        self._unsaved = 0

    def run(self) -> None:
        """Compile what an earlier run did not."""
        work = self._work
        self._progress("names", 0, 0)
        if work.begun:
            found = bulk_entities.read(
                self._tables, self._ontology, lambda _lines: None, lambda _problem: None
            )
        else:
            found = bulk_entities.read(self._tables, self._ontology, work.put, work.problem)
            for problem in self._tables.unread(found.order):
                work.problem(problem)
            work.state.counts = dict(found.counts)
            work.save()
        self._common = found
        self._sources()
        work.put(self._links())
        work.put(derived.lines(work.premises()))
        work.put(count_cube.lines(work.backed()))
        work.put(reference.itself(self._folder, locations.VERSION))
        work.state.complete = True
        work.save()

    def _done(self, paragraphs: int) -> None:
        self._progress("rows", paragraphs, self._common.paragraphs)

    def _sources(self) -> None:
        """Compile all sources after the one at which an earlier run stopped."""
        state = self._work.state
        feeds = Feeds(self._tables, self._common.order, self._work.problem)
        reached = not state.source
        place = 0
        for source in self._tables.rows("sources", models.SourceRow, lambda _problem: None):
            if self._common.order.get(source.id) != place:
                continue
            place += 1
            if reached:
                self._source(source, feeds, done=0)
                continue
            reached = source.id == state.source
            if not reached or state.ended:
                self._done(source.paragraphs)
                continue
            self._source(source, feeds, done=state.paragraph, within=True)
        feeds.finish(state.lines)

    def _source(self, source: models.SourceRow, feeds: Feeds, *, done: int, within: bool = False) -> None:
        """Compile one source, or what is left of it after an earlier run."""
        work, state = self._work, self._work.state
        self._done(done)
        found = tuple(feeds.turn(source.id, state.lines, within=within))
        document = Document(source, found, (), (), tuple(feeds.coverage.take()), ())
        file = (self._texts or {}).get(source.sha256)
        paragraphs = text_files.read_paragraphs(file) if file else None
        if not within and (self._faulty(document, file, paragraphs) or feeds.sections.faults):
            state.count("rows left out", feeds.pass_over())
            return
        for part, upto in feeds.parts(document):
            sound = self._sound(part, paragraphs)
            first, done = done + 1, min(upto or source.paragraphs, source.paragraphs)
            if self._keep_good or not state.problems:
                if first == 1:
                    work.put(compiler.sections(sound))
                work.put(compiler.paragraphs(sound, range(first, done + 1)))
                work.put(compiler.records(sound, self._common.register, self._ontology))
                work.keep(derived.premises(sound, self._common.register, self._ontology))
                work.back(count_cube.backed(sound, self._common.register, self._ontology))
            self._keep_links(sound)
            state.count("statements", len(sound.statements))
            state.count("targets", len(sound.targets))
            size = len(part.statements) + len(part.targets)
            state.count("rows left out", size - len(sound.statements) - len(sound.targets))
            state.source, state.paragraph, state.ended = source.id, done, upto is None
            self._save(size, feeds)
            self._done(done - first + 1)
        state.count("rows left out", feeds.statements.faults + feeds.targets.faults)

    def _save(self, rows: int, feeds: Feeds) -> None:
        self._unsaved += rows
        if self._unsaved >= SAVE:
            self._unsaved, self._work.state.lines = 0, feeds.lines()
            self._work.save()

    def _faulty(self, document: Document, file: Path | None, paragraphs: list[str] | None) -> bool:
        """Report the problems of a source as a whole; return whether it has to be left out."""
        source = document.source
        faults = list(sections.check_sections(document, self._common.register, self._ontology))
        if paragraphs is not None:
            faults += text_files.check_count(source, paragraphs)
        elif file:
            faults.append(text_files.not_utf8(source, file))
        for problem in chain(faults, sections.check_coverage(document, self._ontology)):
            self._work.problem(problem)
        return bool(faults)

    def _sound(self, part: Document, paragraphs: list[str] | None) -> Document:
        """Return the rows of a part that pass the checks; report the others."""
        register = self._common.register
        found = chain(
            statements.check_statements(part, register, self._ontology),
            targets.check_targets(part, register, self._ontology),
            self._verify(part, paragraphs) if self._texts is not None else (),
        )
        bad = set()
        for problem in found:
            self._work.problem(problem)
            bad.add((problem.file, problem.line))
        if not bad:
            return part
        return replace(
            part,
            statements=tuple(at for at in part.statements if (at.file, at.line) not in bad),
            targets=tuple(at for at in part.targets if (at.file, at.line) not in bad),
            positions=tuple(at for at in part.positions if (at.file, at.line) not in bad),
        )

    def _verify(self, part: Document, paragraphs: list[str] | None) -> Iterable[Problem]:
        """Verify the quotes of a part against the text; without a text they are only counted."""
        state = self._work.state
        asked = {(at.paragraph, at.quote) for at in part.evidence()}
        if paragraphs is None:
            state.count("quotes not verified", len(asked))
            return
        found = quotes.verify_quotes(part, paragraphs)
        state.count("quotes verified", found.verified)
        yield from found.problems
        yield from (missing.problem() for missing in found.missing)
        if part.positions:
            whole = quotes.paragraph_positions(paragraphs, {at.paragraph for at in part.positions})
            yield from quotes.check_positions(part, [*whole, *found.positions])

    def _keep_links(self, part: Document) -> None:
        """Keep the hierarchical statements; they are closed when all tables are read."""
        for at in part.statements:
            if at.predicate in links.LINKS:
                counts = at.predicate in reference.CLOSED and not compiler.withheld(at, self._ontology)
                self._work.link((at.subject, at.predicate, at.object, at.file, at.line, counts))

    def _links(self) -> Iterator[str]:
        """Yield the assumed links, and the hierarchies that they and the stated ones make.

        A link that has a problem or closes a circle is left out.
        """
        stated = list(self._work.links())
        known: links.Links = {
            (child, relation, parent): (file, line) for child, relation, parent, file, line, _ in stated
        }
        bad: set[tuple[str, int]] = set()

        def on_problem(problem: Problem) -> None:
            self._work.problem(problem)
            bad.add((problem.file, problem.line))

        for link in self._tables.rows("hierarchy", models.HierarchyRow, on_problem):
            for fault in links.check_links([link], self._common.register, self._ontology, known):
                on_problem(fault)
        for fault in links.check_circles(known):
            on_problem(fault)
        parents: reference.Parents = {relation: {} for relation in reference.CLOSED}
        for child, relation, parent, file, line, counts in stated:
            if counts and (file, line) not in bad:
                parents[relation].setdefault(child, set()).add(parent)
        for link in self._tables.rows("hierarchy", models.HierarchyRow, lambda _problem: None):
            if (link.file, link.line) not in bad:
                if link.relation in reference.CLOSED:
                    parents[link.relation].setdefault(link.child, set()).add(link.parent)
                yield from reference.assumed(link, self._ontology)
        yield from reference.closed(parents)


def _store(where: Path, work: Work, made_from: str, progress: Progress) -> Built:
    counts = {**work.state.counts, "problems": work.state.problems}
    counts = {
        what: number for what, number in counts.items() if number or what not in ("problems", "rows left out")
    }
    size = work.compiled.stat().st_size

    def fill(part: Path) -> int:
        return oxigraph.create_from(part, work.compiled, lambda done: progress("bytes", done, size))

    return build.place(where, made_from, counts, fill)


def _fingerprint(tables: Tables, ontology: Path, texts: Mapping[str, Path] | None, *, keep_good: bool) -> str:
    """Return a hash over all that a load depends on."""
    at_hand = "no texts" if texts is None else " ".join(sorted(texts))
    state = hashlib.sha256(f"bulk\0{keep_good}\0{build.code(ontology)}\0{at_hand}".encode())
    for path in sorted(tables.folder.rglob("*")):  # files that are not read are problems
        state.update(f"{path.relative_to(tables.folder)}\0".encode())
    for path in tables.files():
        state.update(f"{path.name}\0{path.parent.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            state.update(hashlib.file_digest(file, "sha256").digest())
    return state.hexdigest()


def _remove_other_work(where: Path, made_from: str) -> None:
    """Remove work on other tables, or on these before they changed."""
    for path in where.glob(".bulk-*"):
        if path.name != f".bulk-{made_from[:16]}":
            shutil.rmtree(path, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a file in one step, however long it is; raises KgError if the target cannot be written."""
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    except FileNotFoundError as error:
        raise KgError(f"cannot write the report {target}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
