"""The build: curated tables become a store on disk, in a new folder, then one pointer file is replaced."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import filelock

from kg import check, claim, home, line, nquads, pointer, store, table
from kg.error import KgError
from kg.pointer import Built
from kg.problem import Problem

WAIT_SECONDS = 120


class Unsound(KgError):
    """The seeds have problems, so nothing was built."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{len(problems)} problems in the seeds; nothing was built")
        self.problems = problems


def build(
    seed_folder: Path, ontology: Path, folder: Path, *, texts: Path | None = None
) -> tuple[Built, bool]:
    """Build into a folder unless it holds this very graph; the second value tells whether it was built now.

    Raises Unsound where the seeds have problems. Two builds in one folder wait for each other; one that
    is interrupted leaves what was there.
    """
    made_from = fingerprint(seed_folder, ontology)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / ".lock", timeout=WAIT_SECONDS):
            present = pointer.read(folder)
            if present and present.made_from == made_from and present.path(folder).is_dir():
                return present, False
            report = check.run(seed_folder, ontology, texts)
            if report.problems:
                raise Unsound(report.problems)
            lines = nquads.lines(report.seeds, report.ontology, ontology, version=home.VERSION)
            built = Built(
                pointer.FORMAT,
                f"store-{made_from[:16]}",
                made_from,
                home.VERSION,
                len(lines),
                report.counts(),
            )
            _write_store(folder, built, lines)
            _sweep(folder, {built.store, present.store if present else ""})
            return built, True
    except filelock.Timeout:
        raise KgError(f"another build holds {folder}; waited {WAIT_SECONDS} s") from None
    except OSError as error:
        raise KgError(
            f"cannot build into {folder}: {error.strerror or error}; what was there is intact"
        ) from None


def fingerprint(seed_folder: Path, ontology: Path) -> str:
    """A hash over all that a build depends on: tables, ontology, and the code that compiles them."""
    parts = [home.VERSION, str(pointer.FORMAT), home.fingerprint(seed_folder, ontology)]
    parts += [
        hashlib.sha256(Path(str(code.__file__)).read_bytes()).hexdigest() for code in (line, claim, nquads)
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _write_store(folder: Path, built: Built, lines: list[str]) -> None:
    part = folder / f".{built.store}.{os.getpid()}"
    try:
        store.create(part, lines)
        final = built.path(folder)
        if final.exists():
            shutil.rmtree(final)
        part.rename(final)
        table.replace(folder / "graph.nq", "".join(lines))
        table.replace(folder / pointer.NAME, built.as_json())
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _sweep(folder: Path, keep: set[str]) -> None:
    """Take away stores that nothing points to; the one before stays for those who have it open."""
    for path in folder.iterdir():
        if path.is_dir() and path.name.lstrip(".").startswith("store-") and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)
