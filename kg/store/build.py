"""Build a store on disk from curated tables, in a new folder; then one manifest file is replaced."""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import filelock
import pyoxigraph as ox

from kg import locations
from kg.check import run
from kg.compile import reference
from kg.errors import BadStore, KgError, Problem
from kg.read import files
from kg.store import manifest, names, oxigraph
from kg.store.manifest import TEXT, Built

WAIT_SECONDS = 120
_CODE = ("*.py", "read/*", "check/*", "compile/*", "store/*", "query/*/*")
_ENDINGS = {".py", ".rq", ".sql"}


class Unsound(KgError):
    """The seeds have problems, so nothing was built."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        number = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{number} in the seeds; nothing was built")
        self.problems = problems


def build_graph(
    seed_folder: Path | None = None, ontology: Path | None = None, folder: Path | None = None, *,
    texts: Path | None = None,
) -> tuple[Built, bool]:  # fmt: skip
    """Build into a folder unless it holds this very graph; return it, and whether it was built now.

    Folders that are not given are the project's own. Two builds in one folder wait for each other; one that
    is interrupted leaves what was there. Raises Unsound if the seeds have problems, KgError if the folder
    cannot be written.
    """
    seed_folder, ontology = locations.seeds(seed_folder), locations.ontology(ontology)
    folder = locations.build(folder)
    parts = f"{code(ontology)}\0{locations.fingerprint(seed_folder, ontology)}"
    made_from = hashlib.sha256(parts.encode()).hexdigest()
    with hold(folder):
        if present := find_built(folder, made_from):
            (folder / manifest.NAME).touch()  # tells locations.newer that nothing newer was left out
            return present, False
        report = run.check_seeds(seed_folder, ontology, texts)
        if report.problems:
            raise Unsound(report.problems)
        lines = reference.lines(report.seeds, report.ontology, ontology, version=locations.VERSION)
        text, counts = "".join(lines), report.counts()
        return place(folder, made_from, counts, lambda part: oxigraph.create(part, [text]), text=text), True


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Lock a folder of builds; raises KgError if it stays locked, is full or cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / ".lock", timeout=WAIT_SECONDS):
            yield
    except filelock.Timeout:
        raise KgError(f"another build holds {folder}; waited {WAIT_SECONDS} s") from None
    except (OSError, sqlite3.OperationalError) as error:  # the disk is full, or permission is denied
        what = getattr(error, "strerror", None) or error
        raise KgError(f"cannot build into {folder}: {what}; what was there is intact") from None


def place(
    folder: Path, made_from: str, counts: Mapping[str, int], fill: Callable[[Path], int], *, text: str = ""
) -> Built:
    """Put a new graph into a folder of builds; the manifest is replaced last, the current store stays.

    ``fill`` makes the store and returns its number of quads; ``text`` is the same as sorted N-Quads.
    """
    present = manifest.read(folder)
    name = f"store-{made_from[:16]}"
    if present and present.store == name:  # its index was lost, or it is damaged
        name = f"{name}-2"
    final, part = folder / name, folder / f".{name}.{os.getpid()}"
    keep = {name, present.store} if present else {name}
    _sweep(folder, keep)
    try:
        built = Built(manifest.FORMAT, name, made_from, locations.VERSION, fill(part), dict(counts))
        if final.exists():
            shutil.rmtree(final)
        part.rename(final)
        graph = oxigraph.open_folder(final)
        names.write_index(names.index_path(final), names.names_of(graph), names.quotes_of(graph))
        if text:
            files.replace_file(folder / TEXT, text)
        else:
            (folder / TEXT).unlink(missing_ok=True)
        files.replace_file(folder / manifest.NAME, json.dumps(asdict(built), indent=1) + "\n")
    finally:
        shutil.rmtree(part, ignore_errors=True)
    _sweep(folder, keep)
    return built


def code(ontology: Path, package: Path = locations.PACKAGE) -> str:
    """Return a hash over the ontology, the code that turns rows into a store, and Oxigraph's version."""
    state = hashlib.sha256(f"{ox.__version__}\0{locations.fingerprint(ontology)}".encode())
    for path in code_files(package):
        content = path.read_bytes()
        state.update(f"{path.relative_to(package).as_posix()}\0{len(content)}\0".encode() + content)
    return state.hexdigest()


def code_files(package: Path = locations.PACKAGE) -> list[Path]:
    """Return the files of the package that a build may depend on: all steps up to the store, all queries."""
    return sorted({path for at in _CODE for path in package.glob(at) if path.suffix in _ENDINGS})


def find_built(folder: Path, made_from: str) -> Built | None:
    """Return the graph that a folder holds, if it is whole and made from just this."""
    present = manifest.read(folder)
    if present is None or present.made_from != made_from or not present.path(folder).is_dir():
        return None
    try:
        names.open_index(names.index_path(present.path(folder))).close()
    except BadStore:
        return None
    return present


def _sweep(folder: Path, keep: set[str]) -> None:
    """Remove stores and indexes but for those to keep; the one before stays for those who have it open."""
    kept = keep | {names.index_path(folder / name).name for name in keep}
    for path in folder.iterdir():
        if path.name not in kept and path.name.lstrip(".").startswith(("store-", "search-")):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.suffix == ".sqlite":
                path.unlink(missing_ok=True)
