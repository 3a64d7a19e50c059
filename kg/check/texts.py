"""Texts of the sources: found in folders by their content, not by their names."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg import text
from kg.errors import KgError, Problem
from kg.read.files import encoding_fault
from kg.read.models import SourceRow
from kg.read.seeds import Document

#: Paragraphs by the hash of the file; None if it is not UTF-8.
Texts = Mapping[str, list[str] | None]
#: So many paragraphs of a text, or twice as many, are looked at first.
_SAMPLE = 12


@dataclass(frozen=True)
class Match:
    """The text of a source, None if there is none, and what is to be said of it."""

    sha256: str = ""
    paragraphs: list[str] | None = None
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()


def find_files(folders: Iterable[Path]) -> dict[str, Path]:
    """Return the files of folders, and of folders in them, by SHA-256 of their bytes."""
    paths = {path for folder in folders for path in folder.rglob("[!.]*") if path.is_file()}
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sorted(paths)}


def read_paragraphs(path: Path) -> list[str] | None:
    """Read the paragraphs of a text; return None if it is not UTF-8."""
    try:
        return text.paragraphs(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        return None


def match_text(document: Document, files: Mapping[str, Path], texts: Texts) -> Match:
    """Find the text of a source: by its hash, else the file that has most of its paragraphs."""
    source = document.source
    if (paragraphs := texts.get(source.sha256)) is not None:
        return Match(source.sha256, paragraphs, tuple(check_count(source, paragraphs)))
    if source.sha256 in files:
        return Match(problems=(not_utf8(source, files[source.sha256]),))
    return _match_by_paragraphs(document, files, texts)


def read_text(document: Document, folders: Iterable[Path]) -> list[str]:
    """Return the paragraphs of a source from the folders of texts; raise KgError if they are not there."""
    files = find_files(folders)
    match = match_text(document, files, {digest: read_paragraphs(path) for digest, path in files.items()})
    if match.paragraphs is None:
        raise KgError(f"the text of {document.source.id} is not at hand: name its folder with --texts")
    return match.paragraphs


def check_count(source: SourceRow, paragraphs: list[str]) -> list[Problem]:
    """Check that a text has as many paragraphs as its source says."""
    said, number = source.paragraphs, len(paragraphs)
    what, remedy = f"the text has {number} paragraphs", f"write {number}"
    problem = source.problem("paragraphs", "paragraph-count", what, said, remedy)
    return [] if number == said else [problem]


def not_utf8(source: SourceRow, path: Path) -> Problem:
    """Return the problem of a text that has the recorded hash and cannot be read."""
    what, remedy = f"the text {_fault(path)}", "save it as UTF-8, and write the hash of that file here"
    return source.problem("sha256", "encoding", what, path.name, remedy)


def _fault(path: Path) -> str:
    fault = encoding_fault(path.read_bytes())
    return f"is there, but {fault[1]}" if fault else "is there"


def _count_shared(paragraphs: list[str], known: set[str]) -> int:
    """Count the paragraphs whose hash is known; 0 if a sample has none, so that many texts are soon seen."""
    sample = paragraphs[:: max(1, len(paragraphs) // _SAMPLE)]
    if known.isdisjoint(map(text.folded_hash, sample)):
        return 0
    return len(known.intersection(map(text.folded_hash, paragraphs)))


def _match_by_paragraphs(document: Document, files: Mapping[str, Path], texts: Texts) -> Match:
    name = document.source.id
    known = {p.hash for p in document.positions if not p.quote}
    near = range((document.source.paragraphs + 1) // 2, 2 * document.source.paragraphs + 1)
    shared = {d: _count_shared(found, known) for d, found in texts.items() if found and len(found) in near}
    best = max(shared, key=shared.__getitem__, default="")
    number = shared.get(best, 0)
    as_before = f"{number} of {len(known)} paragraphs are as they were"
    if number and 2 * number >= len(known):
        notice = f"{name}: the file's hash is not the recorded one; {as_before}"
        return Match(best, texts[best], notices=(notice,))
    notices = []
    if number:
        notices.append(
            f"{name}: {files[best].name} seems another edition, {as_before}; its quotes were not verified"
        )
    unread = (path for digest, path in files.items() if texts[digest] is None and path.suffix == ".txt")
    return Match(notices=(*notices, *(f"{name}: {path.name} {_fault(path)}" for path in unread)))
