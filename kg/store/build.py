"""The build: curated tables become a store on disk, in a new folder, then one pointer file is replaced."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import filelock

from kg import locations
from kg.check import run
from kg.check.run import Report
from kg.compile import cache, nquads, reference, statements
from kg.compile import counts as count_cube
from kg.errors import KgError, Problem
from kg.read import entity_index, models, periods, seeds, tables
from kg.store import manifest, names_file, oxigraph, search, tokens
from kg.store.manifest import Built

WAIT_SECONDS = 120
TEXT = "graph.nq"


class Unsound(KgError):
    """The seeds have problems, so nothing was built."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problems in the seeds; nothing was built")
        self.problems = problems


def build(
    seed_folder: Path, ontology: Path, folder: Path, *, texts: Path | None = None
) -> tuple[Built, bool]:
    """Build into a folder unless it holds this very graph; the second value tells whether it was built now.

    Sources that did not change since an earlier build are not compiled again. Raises Unsound where the
    seeds have problems. Two builds in one folder wait for each other; one that is interrupted leaves what
    was there.
    """
    made_from = fingerprint(seed_folder, ontology)
    with hold(folder):
        present = manifest.read(folder)
        if present and present.made_from == made_from and is_whole(present.path(folder)):
            (folder / manifest.NAME).touch()  # a sign to home.newer that nothing newer was left out
            return present, False
        before = cache.tables(seed_folder)
        report = run.check_seeds(seed_folder, ontology, texts)
        if report.problems:
            raise Unsound(report.problems)
        after = cache.tables(seed_folder)
        # a table that somebody saved while it was read is not known by its hash
        steady = {name: state for name, state in before.items() if after.get(name) == state}
        lines = _lines(report, ontology, cache.Cache(folder / cache.NAME, code(ontology), steady))

        def fill(part: Path) -> int:
            oxigraph.create(part, lines)
            return len(lines)

        return place(folder, made_from, report.counts(), fill, text="".join(lines)), True


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold a folder of builds: others wait; what fails for want of space or leave is said in words."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / ".lock", timeout=WAIT_SECONDS):
            yield
    except filelock.Timeout:
        raise KgError(f"another build holds {folder}; waited {WAIT_SECONDS} s") from None
    except OSError as error:
        raise KgError(
            f"cannot build into {folder}: {error.strerror or error}; what was there is intact"
        ) from None


def place(
    folder: Path,
    made_from: str,
    counts: Mapping[str, int],
    fill: Callable[[Path], int],
    *,
    text: str | None = None,
) -> Built:
    """Put a new graph into a folder of builds, the pointer to it last.

    ``fill`` makes the store and tells how many quads it has; ``text`` is the same as sorted N-Quads.
    """
    present = manifest.read(folder)
    name = f"store-{made_from[:16]}"
    part = folder / f".{name}.{os.getpid()}"
    _sweep(folder, {name, present.store if present else ""})
    try:
        quads = fill(part)
        built = Built(manifest.FORMAT, name, made_from, locations.VERSION, quads, dict(counts))
        final = built.path(folder)
        if final.exists():
            shutil.rmtree(final)
        part.rename(final)
        search.write(search.beside(final), oxigraph.open_folder(final))
        if text is None:
            (folder / TEXT).unlink(missing_ok=True)
        else:
            tables.replace(folder / TEXT, text)
        tables.replace(folder / manifest.NAME, built.as_json())
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _sweep(folder, {name, present.store if present else ""})
    return built


def fingerprint(seed_folder: Path, ontology: Path) -> str:
    """A hash over all that a build depends on: tables, ontology, and the code that compiles them."""
    parts = [code(ontology), locations.fingerprint(seed_folder, ontology)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def code(ontology: Path) -> str:
    """A hash over the ontology and the code that turns rows into lines."""
    modules = (
        nquads,
        statements,
        count_cube,
        reference,
        periods,
        entity_index,
        models,
        seeds,
        names_file,
        tokens,
    )
    parts = [locations.VERSION, str(manifest.FORMAT), locations.fingerprint(ontology, locations.QUERIES)]
    parts += [hashlib.sha256(Path(str(found.__file__)).read_bytes()).hexdigest() for found in modules]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _lines(report: Report, ontology: Path, kept: cache.Cache) -> list[str]:
    found, names = report.seeds, report.seeds.register
    lines = reference.lines(
        found,
        report.ontology,
        ontology,
        version=locations.VERSION,
        stated=lambda document: kept.lines(document, names, report.ontology),
    )
    kept.sweep(found.documents.values(), names)
    return lines


def is_whole(final: Path) -> bool:
    """Whether a store and its index are both there."""
    return final.is_dir() and search.is_sound(search.beside(final))


def _sweep(folder: Path, keep: set[str]) -> None:
    """Take away stores that nothing points to; the one before stays for those who have it open."""
    kept = keep | {search.beside(folder / name).name for name in keep}
    for path in folder.iterdir():
        if path.name in kept or not path.name.lstrip(".").startswith(("store-", "search-")):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == ".sqlite":
            path.unlink(missing_ok=True)
