"""Quotes held against the texts of the sources: found, unique, positioned."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg import text
from kg.check import coverage
from kg.check.coverage import Gap
from kg.errors import Problem
from kg.read.models import SourceRow
from kg.read.seeds import Document, Seeds


@dataclass
class Verification:
    """What holding the quotes against the texts has shown."""

    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    positions: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    verified: int = 0
    unverified: int = 0


def verify(seeds: Seeds, folder: Path | None) -> Verification:
    """Hold every quote of the seeds against the texts in a folder, matched by content, not by name."""
    result = Verification()
    known = files(folder) if folder else {}
    at_hand = {key: found for key, path in known.items() if (found := read(path)) is not None}
    for name, document in seeds.documents.items():
        paragraphs = _match(document, at_hand, result)
        if paragraphs is None:
            result.unverified += len({(e.paragraph, e.quote) for e in document.evidence()})
            result.notices.append(f"{name}: the text is not at hand, so its quotes could not be verified")
            continue
        hold(document, paragraphs, result)
        under = coverage.quoted(result.positions[name])
        covered, problems = coverage.cover(document, paragraphs, under)
        result.problems.extend(problems)
        result.gaps.extend(coverage.gaps(name, paragraphs, covered))
        _report_quoted(document, paragraphs, under, result)
    return result


def hold(document: Document, paragraphs: list[str], result: Verification) -> None:
    """Find the quotes and cues of a source, or of a part of it, in the paragraphs of its text."""
    _verify_quotes(document, paragraphs, result)
    _verify_cues(document, paragraphs, result)


def stale(document: Document, positions: list[dict[str, object]]) -> list[Problem]:
    """Committed positions that differ from those just found."""
    fresh = {(p["paragraph"], p["quote"]): p for p in positions}
    problems = []
    for at, old in document.found.items():
        new = fresh.pop(at, None)
        if new is None or any(getattr(old, c) != new[c] for c in ("start", "end", "exact", "hash")):
            what = (
                "no statement has this quote any more"
                if new is None
                else "the position is not what the text shows"
            )
            problems.append(
                old.problem("start", "stale-position", what, old.quote, "kg check --texts DIR --write")
            )
    name = f"{document.source.id}/positions.csv"
    problems += [
        Problem(
            name,
            0,
            "quote",
            "stale-position",
            f"a position in paragraph {n} is missing",
            str(quote),
            "kg check --texts DIR --write",
        )
        for n, quote in fresh
    ]
    return problems


def files(folder: Path) -> dict[str, Path]:
    """The files of a folder by SHA-256 of their bytes, as sources name them."""
    found = {}
    for path in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        with path.open("rb") as file:
            found[hashlib.file_digest(file, "sha256").hexdigest()] = path
    return found


def read(path: Path) -> list[str] | None:
    """The paragraphs of a text; None where it is not UTF-8."""
    try:
        return text.paragraphs(path.read_bytes().decode("utf-8"))
    except UnicodeDecodeError:
        return None


def counted(source: SourceRow, paragraphs: list[str]) -> list[Problem]:
    """Whether a text has as many paragraphs as its source says."""
    number = len(paragraphs)
    if number == source.paragraphs:
        return []
    what = f"the text has {number} paragraphs"
    return [source.problem("paragraphs", "paragraph-count", what, source.paragraphs, f"write {number}")]


def _match(document: Document, files: Mapping[str, list[str]], result: Verification) -> list[str] | None:
    """The paragraphs of a source: by its hash, else by the file that shares most paragraphs."""
    source = document.source
    if paragraphs := files.get(source.sha256):
        result.problems.extend(counted(source, paragraphs))
        return paragraphs
    known = {p.paragraph: p.hash for p in document.positions if not p.quote}
    best, shared = None, 0
    for paragraphs in files.values():
        same = sum(known.get(n) == text.folded_hash(p) for n, p in enumerate(paragraphs, 1))
        if same > shared:
            best, shared = paragraphs, same
    if best is not None:
        result.notices.append(
            f"{source.id}: the file's hash is not the recorded one; "
            f"{shared} of {source.paragraphs} paragraphs are as they were"
        )
    return best


def _verify_quotes(document: Document, paragraphs: list[str], result: Verification) -> None:
    positions: dict[tuple[int, str], dict[str, object]] = {
        (n, ""): _position(n, "", text.Span(0, len(raw)), raw) for n, raw in enumerate(paragraphs, 1)
    }
    for evidence in document.evidence():
        at = (evidence.paragraph, evidence.quote)
        if evidence.paragraph > len(paragraphs):
            continue  # the rules report it
        if at in positions:
            continue
        raw = paragraphs[evidence.paragraph - 1]
        spans, folded = text.find(raw, evidence.quote)
        if len(spans) == 1:
            positions[at] = _position(evidence.paragraph, evidence.quote, spans[0], raw)
            result.verified += 1
            if folded:
                result.notices.append(
                    f"{evidence.file}:{evidence.line}:quote: found after folding {', '.join(folded)}"
                )
        elif spans:
            result.problems.append(
                evidence.problem(
                    "quote",
                    "quote-repeated",
                    f"the quote stands {len(spans)} times in paragraph {evidence.paragraph}",
                    evidence.quote,
                    "lengthen it until it is unique",
                )
            )
        else:
            elsewhere = [n for n, other in enumerate(paragraphs, 1) if text.find(other, evidence.quote)[0]]
            remedy = (
                f"it stands in paragraph {elsewhere[0]}"
                if elsewhere
                else "copy the words as they are printed"
            )
            result.problems.append(
                evidence.problem(
                    "quote",
                    "quote-missing",
                    f"the quote is not in paragraph {evidence.paragraph}",
                    evidence.quote,
                    remedy,
                )
            )
    result.positions[document.source.id] = [
        positions[at] for at in sorted(positions, key=lambda at: _order(positions[at]))
    ]


def _position(paragraph: int, quote: str, span: text.Span, raw: str) -> dict[str, object]:
    exact = raw[span.start : span.end]
    return {
        "paragraph": paragraph,
        "quote": quote,
        "start": span.start,
        "end": span.end,
        "exact": "" if exact == quote or not quote else exact,
        "hash": text.folded_hash(raw),
    }


def _order(position: Mapping[str, object]) -> tuple[object, ...]:
    return position["paragraph"], bool(position["quote"]), position["start"], position["end"]


def _verify_cues(document: Document, paragraphs: list[str], result: Verification) -> None:
    for statement in document.statements:
        section = document.section(statement.paragraph)
        if not statement.cue or section is None:
            continue
        within = [n for n in (statement.paragraph, *section.headings) if n <= len(paragraphs)]
        if not any(text.contains(paragraphs[n - 1], statement.cue) for n in within):
            result.problems.append(
                statement.problem(
                    "cue",
                    "cue-missing",
                    "the cue stands neither in the paragraph nor in its heading",
                    statement.cue,
                    "quote the words that speak for stage or tier",
                )
            )


def _report_quoted(
    document: Document, paragraphs: list[str], under: coverage.Spans, result: Verification
) -> None:
    share, total = coverage.share_quoted(paragraphs, under)
    result.notices.append(f"{document.source.id}: quotes cover {share:.0%} of the document's {total} words")
    if share > coverage.MAX_QUOTED:
        remedy = f"shorten quotes: {coverage.MAX_QUOTED:.0%} at most"
        what = f"quotes cover {share:.0%} of the document's words"
        result.problems.append(
            document.source.problem("id", "too-much-quoted", what, document.source.id, remedy)
        )
