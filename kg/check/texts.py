"""Texts of the sources: found in folders by their content, not by their names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg import text
from kg.errors import Problem
from kg.read.models import SourceRow
from kg.read.seeds import Document
from kg.read.tables import encoding_fault


@dataclass(frozen=True)
class Texts:
    """Files by SHA-256 of their bytes, and the paragraphs of those that are UTF-8."""

    files: Mapping[str, Path]
    paragraphs: Mapping[str, list[str]]


@dataclass(frozen=True)
class Match:
    """The text of a source, None if there is none, and what is to be said of it."""

    sha256: str = ""
    paragraphs: list[str] | None = None
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()


def find_files(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the files of folders, and of folders in them, by SHA-256 of their bytes."""
    inside = {path for folder in folders for path in folder.rglob("*") if not path.name.startswith(".")}
    found = {}
    for path in sorted(path for path in inside if path.is_file()):
        with path.open("rb") as file:
            found[hashlib.file_digest(file, "sha256").hexdigest()] = path
    return found


def read_texts(folders: Iterable[Path]) -> Texts:
    """Read all texts of folders."""
    files = find_files(folders)
    found = ((digest, read_paragraphs(path)) for digest, path in files.items())
    return Texts(files, {digest: paragraphs for digest, paragraphs in found if paragraphs is not None})


def read_paragraphs(path: Path) -> list[str] | None:
    """Read the paragraphs of a text; return None if it is not UTF-8."""
    try:
        return text.paragraphs(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        return None


def match_text(document: Document, texts: Texts) -> Match:
    """Find the text of a source: by its hash, else the file that has most of its paragraphs."""
    source = document.source
    if source.sha256 in texts.paragraphs:
        paragraphs = texts.paragraphs[source.sha256]
        return Match(source.sha256, paragraphs, tuple(check_count(source, paragraphs)))
    if source.sha256 in texts.files:
        return Match(problems=(not_utf8(source, texts.files[source.sha256]),))
    return _match_by_paragraphs(document, texts)


def check_count(source: SourceRow, paragraphs: list[str]) -> list[Problem]:
    """Check that a text has as many paragraphs as its source says."""
    number = len(paragraphs)
    if number == source.paragraphs:
        return []
    what = f"the text has {number} paragraphs"
    return [source.problem("paragraphs", "paragraph-count", what, source.paragraphs, f"write {number}")]


def not_utf8(source: SourceRow, path: Path) -> Problem:
    """Return the problem of a text that has the recorded hash and cannot be read."""
    _, fault, _ = encoding_fault(path.read_bytes()) or (0, "was saved meanwhile", "")
    remedy = "save it as UTF-8, and write the hash of that file here"
    return source.problem("sha256", "encoding", f"the text is there, but {fault}", path.name, remedy)


def _match_by_paragraphs(document: Document, texts: Texts) -> Match:
    name = document.source.id
    known = {p.hash for p in document.positions if not p.quote}
    shared = {
        digest: len(known.intersection(map(text.folded_hash, found)))
        for digest, found in texts.paragraphs.items()
    }
    best = max(shared, key=shared.__getitem__, default="")
    number = shared.get(best, 0)
    as_before = f"{number} of {len(known)} paragraphs are as they were"
    if number and 2 * number >= len(known):
        notice = f"{name}: the file's hash is not the recorded one; {as_before}"
        return Match(best, texts.paragraphs[best], notices=(notice,))
    notices = []
    if number:
        file = texts.files[best].name
        notices.append(f"{name}: {file} seems another edition, {as_before}; its quotes were not verified")
    for digest, path in texts.files.items():
        if digest not in texts.paragraphs and path.suffix == ".txt":
            _, fault, _ = encoding_fault(path.read_bytes()) or (0, "was saved meanwhile", "")
            notices.append(f"{name}: {path.name} is there, but {fault}")
    return Match(notices=tuple(notices))
