"""Build a store on disk from curated tables, in a new folder; then one manifest file is replaced."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import filelock
import pyoxigraph as ox

from kg import locations
from kg.check import run
from kg.check.run import Report
from kg.compile import cache, reference
from kg.errors import KgError, Problem
from kg.read import files
from kg.store import manifest, names, oxigraph
from kg.store.manifest import TEXT, Built

WAIT_SECONDS = 120
_CODE = ("*.py", "read/*", "check/*", "compile/*", "store/*", "query/*/*")
_ENDINGS = {".py", ".rq", ".sql"}


class Unsound(KgError):
    """The seeds have problems, so nothing was built."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problems in the seeds; nothing was built")
        self.problems = problems


def build_graph(
    seed_folder: Path, ontology: Path, folder: Path, *, texts: Path | None = None
) -> tuple[Built, bool]:
    """Build into a folder unless it holds this very graph; return it, and whether it was built now.

    Sources that did not change since an earlier build are not compiled again. Two builds in one folder wait
    for each other; one that is interrupted leaves what was there. Raises Unsound if the seeds have problems,
    KgError if the folder cannot be written.
    """
    made_from = fingerprint(seed_folder, ontology)
    with hold(folder):
        present = manifest.read(folder)
        if present and present.made_from == made_from and is_whole(present.path(folder)):
            (folder / manifest.NAME).touch()  # tells locations.newer that nothing newer was left out
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
    """Lock a folder of builds; raises KgError if it stays locked, is full or cannot be written."""
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
    """Put a new graph into a folder of builds; the manifest is replaced last.

    ``fill`` makes the store and returns its number of quads; ``text`` is the same as sorted N-Quads. The
    current store is not touched.
    """
    present = manifest.read(folder)
    name = f"store-{made_from[:16]}"
    if present and present.store == name:  # its index was lost, or it is damaged
        name = f"{name}-2"
    part = folder / f".{name}.{os.getpid()}"
    keep = {name, present.store} if present else {name}
    _sweep(folder, keep)
    try:
        quads = fill(part)
        built = Built(manifest.FORMAT, name, made_from, locations.VERSION, quads, dict(counts))
        final = built.path(folder)
        if final.exists():
            shutil.rmtree(final)
        part.rename(final)
        names.index_graph(names.index_path(final), oxigraph.open_folder(final))
        if text is None:
            (folder / TEXT).unlink(missing_ok=True)
        else:
            files.replace_file(folder / TEXT, text)
        files.replace_file(folder / manifest.NAME, built.as_json())
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _sweep(folder, keep)
    return built


def fingerprint(seed_folder: Path, ontology: Path) -> str:
    """Return a hash over all that a build depends on: tables, ontology, and the code that compiles them."""
    parts = [code(ontology), locations.fingerprint(seed_folder, ontology)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def code(ontology: Path, package: Path = locations.PACKAGE) -> str:
    """Return a hash over the ontology, the code that turns rows into a store, and Oxigraph's version."""
    state = hashlib.sha256(f"{ox.__version__}\0{locations.fingerprint(ontology)}".encode())
    for path in code_files(package):
        content = path.read_bytes()
        state.update(f"{path.relative_to(package).as_posix()}\0{len(content)}\0".encode())
        state.update(content)
    return state.hexdigest()


def code_files(package: Path = locations.PACKAGE) -> list[Path]:
    """Return the files of the package that a build may depend on: all steps up to the store, all queries."""
    found = {path for pattern in _CODE for path in package.glob(pattern) if path.suffix in _ENDINGS}
    return sorted(found)


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
    """Return whether a store and its index are both there."""
    return final.is_dir() and names.is_sound(names.index_path(final))


def _sweep(folder: Path, keep: set[str]) -> None:
    """Remove stores and indexes but for those to keep; the one before stays for those who have it open."""
    kept = keep | {names.index_path(folder / name).name for name in keep}
    for path in folder.iterdir():
        if path.name in kept or not path.name.lstrip(".").startswith(("store-", "search-")):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == ".sqlite":
            path.unlink(missing_ok=True)
