"""The bulk load: tables of any length become a store on disk, with flat memory, and resumed when interrupted.

The tables are those of a folder of seeds, each as CSV, JSON Lines or Parquet; tables of the sources stand
in each source's folder or, with a first column ``source``, once for all. Rows are checked by the same rules
and compiled by the same code as those of ``kg build``; the lines go to a file, the file to the store.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg import locations
from kg import ontology as ontologies
from kg.check import entities as links
from kg.check import texts as text_files
from kg.compile import counts as count_cube
from kg.compile import reference
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models
from kg.store import build, manifest, oxigraph
from kg.store import bulk_entities as commons
from kg.store.bulk_reader import Tables
from kg.store.bulk_sources import compile_sources
from kg.store.journal import Work, read_report
from kg.store.manifest import Built

#: Hears of the stage, how much of it is done since the last word, and how much there is.
Tick = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Loaded:
    """How a load ended. ``built`` is None where rows had problems and only a whole load was wanted;
    ``first`` are the first problems, ``report`` the file of all of them, where there are any."""

    built: Built | None
    fresh: bool
    problems: int
    first: tuple[Problem, ...]
    report: Path | None


def load(
    folder: Path,
    ontology: Path,
    where: Path,
    *,
    common: Path | None = None,
    texts: Path | None = None,
    keep_good: bool = False,
    report: Path | None = None,
    shown: int = 20,
    tick: Tick = lambda _stage, _done, _all: None,
) -> Loaded:
    """Load tables into a folder of builds. With ``keep_good`` rows with problems are left out, else any
    problem means that nothing is built. Common tables that the folder lacks are taken from ``common``;
    quotes are held against the files in ``texts`` that have the hashes of sources.

    Raises KgError where it cannot run; what was there is intact, and a load that was interrupted goes on
    where it stood.
    """
    tables = Tables(folder, common)
    with build.hold(where):
        files = text_files.find_files([texts]) if texts else None
        made_from = _fingerprint(tables, ontology, files, keep_good=keep_good)
        target = report or where / "problems.csv"
        present = manifest.read(where)
        if present and present.made_from == made_from and build.is_whole(present.path(where)):
            told = read_report(target, shown) if present.counts.get("problems") and target.is_file() else []
            return Loaded(
                present, False, present.counts.get("problems", 0), tuple(told), target if told else None
            )
        _sweep(where, made_from)
        with Work(where / f".bulk-{made_from[:16]}", shown=shown) as work:
            if not work.state.complete:
                _compile(tables, ontology, work, texts=files, keep_good=keep_good, tick=tick)
        first = tuple(work.first)
        if work.state.problems:
            _copy(work.report, target)
        else:
            target.unlink(missing_ok=True)
        ending = (work.state.problems, first, target if first else None)
        if work.state.problems and not keep_good:
            work.remove()
            return Loaded(None, False, *ending)
        built = _store(where, work, made_from, tick)
        work.remove()
        return Loaded(built, True, *ending)


def _compile(
    tables: Tables,
    ontology: Path,
    work: Work,
    *,
    texts: Mapping[str, Path] | None,
    keep_good: bool,
    tick: Tick,
) -> None:
    known = ontologies.read(ontology)
    tick("names", 0, 0)
    if work.begun:
        found = commons.read(tables, known, lambda _lines: None, lambda _problem: None)
    else:
        found = commons.read(tables, known, work.put, work.tell)
        work.state.counts = dict(found.counts)
        work.save()
    total = found.paragraphs

    def done(paragraphs: int) -> None:
        tick("rows", paragraphs, total)

    compile_sources(tables, found, known, work, texts=texts, keep_good=keep_good, tick=done)
    work.put(_links(tables, found, known, work))
    work.put(count_cube.lines(work.backed()))
    work.put(reference.itself(ontology, locations.VERSION))
    work.state.complete = True
    work.save()


def _links(tables: Tables, found: commons.Common, ontology: Ontology, work: Work) -> Iterator[str]:
    """Assumed links, and the hierarchies that they and the stated ones make; none that has a problem or
    closes a circle."""
    known: links.Links = {
        (child, relation, parent): (file, line) for child, relation, parent, file, line, _ in work.state.links
    }
    bad: set[tuple[str, int]] = set()

    def tell(problem: Problem) -> None:
        work.tell(problem)
        bad.add((problem.file, problem.line))

    for link in tables.rows("hierarchy", models.HierarchyRow, tell):
        for fault in links.check_links([link], found.register, ontology, known):
            tell(fault)
    for fault in links.check_circles(known):
        tell(fault)
    parents: reference.Parents = {relation: {} for relation in reference.CLOSED}
    for child, relation, parent, file, line, counts in work.state.links:
        if counts and (file, line) not in bad:
            parents[relation].setdefault(child, set()).add(parent)
    for link in tables.rows("hierarchy", models.HierarchyRow, lambda _problem: None):
        if (link.file, link.line) in bad:
            continue
        if link.relation in reference.CLOSED:
            parents[link.relation].setdefault(link.child, set()).add(link.parent)
        yield from reference.assumed(link, ontology)
    yield from reference.closed(parents)


def _store(where: Path, work: Work, made_from: str, tick: Tick) -> Built:
    counts = {**work.state.counts, "problems": work.state.problems}
    counts = {
        what: number for what, number in counts.items() if number or what not in ("problems", "rows left out")
    }
    size = work.compiled.stat().st_size

    def fill(part: Path) -> int:
        return oxigraph.create_from(part, work.compiled, lambda done: tick("bytes", done, size))

    return build.place(where, made_from, counts, fill)


def _fingerprint(tables: Tables, ontology: Path, texts: Mapping[str, Path] | None, *, keep_good: bool) -> str:
    """A hash over all that a load depends on."""
    at_hand = "no texts" if texts is None else " ".join(sorted(texts))
    state = hashlib.sha256(f"bulk\0{keep_good}\0{build.code(ontology)}\0{at_hand}".encode())
    for path in tables.files():
        state.update(f"{path.name}\0{path.parent.name}\0{path.stat().st_size}\0".encode())
        with path.open("rb") as file:
            state.update(hashlib.file_digest(file, "sha256").digest())
    return state.hexdigest()


def _sweep(where: Path, made_from: str) -> None:
    """Take away work on other tables, or on these as they were."""
    for path in where.glob(".bulk-*"):
        if path.name != f".bulk-{made_from[:16]}":
            shutil.rmtree(path, ignore_errors=True)


def _copy(source: Path, target: Path) -> None:
    """Copy a file in one step, however long it is."""
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
