"""Quotes held against the texts of the sources: found, unique, positioned; and what no quote touches."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg import row, text
from kg.problem import Problem
from kg.seeds import Document, Seeds

GAP_WORDS = 6
MAX_QUOTED = 0.6
_WORD = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+")


@dataclass(frozen=True)
class Gap:
    """A run of words under no quote and no coverage row."""

    source: str
    paragraph: int
    words: int
    start: int
    opening: str

    def __str__(self) -> str:
        where = f"{self.source}:{self.paragraph}"
        return f"{where}: {self.words} words from position {self.start}, {self.opening!r} …"


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
    files = _files(folder) if folder else {}
    for name, document in seeds.documents.items():
        paragraphs = _match(document, files, result)
        if paragraphs is None:
            result.unverified += len({(e.paragraph, e.quote) for e in document.evidence()})
            result.notices.append(f"{name}: the text is not at hand, so its quotes could not be verified")
            continue
        _verify_quotes(document, paragraphs, result)
        _verify_cues(document, paragraphs, result)
        covered = _cover(document, paragraphs, result)
        _report_quoted(document, paragraphs, result)
        result.gaps.extend(_gaps(name, paragraphs, covered))
    return result


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


def _files(folder: Path) -> dict[str, str]:
    """Texts of a folder by SHA-256 of their bytes; files that are not UTF-8 are passed over."""
    found = {}
    for path in sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")):
        raw = path.read_bytes()
        try:
            found[hashlib.sha256(raw).hexdigest()] = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return found


def _match(document: Document, files: Mapping[str, str], result: Verification) -> list[str] | None:
    """The paragraphs of a source: by its hash, else by the file that shares most paragraphs."""
    source = document.source
    if source.sha256 in files:
        paragraphs = text.paragraphs(files[source.sha256])
        if len(paragraphs) != source.paragraphs:
            result.problems.append(
                source.problem(
                    "paragraphs",
                    "paragraph-count",
                    f"the text has {len(paragraphs)} paragraphs",
                    source.paragraphs,
                    f"write {len(paragraphs)}",
                )
            )
        return paragraphs
    known = {p.paragraph: p.hash for p in document.positions if not p.quote}
    best, shared = None, 0
    for content in files.values():
        paragraphs = text.paragraphs(content)
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


def _cover(document: Document, paragraphs: list[str], result: Verification) -> dict[int, list[text.Span]]:
    """Spans of each paragraph that a quote or a coverage row accounts for."""
    covered: dict[int, list[text.Span]] = {n: [] for n in range(1, len(paragraphs) + 1)}
    for position in result.positions[document.source.id]:
        if position["quote"]:
            covered[int(str(position["paragraph"]))].append(
                text.Span(int(str(position["start"])), int(str(position["end"])))
            )
    for coverage in document.coverage:
        if coverage.paragraph > len(paragraphs):
            continue
        raw = paragraphs[coverage.paragraph - 1]
        if not coverage.begins:
            covered[coverage.paragraph].append(text.Span(0, len(raw)))
            continue
        starts, _ = text.find(raw, coverage.begins)
        ends = [
            s
            for s in text.find(raw, coverage.to or coverage.begins)[0]
            if len(starts) == 1 and s.end >= starts[0].end
        ]
        if len(starts) != 1 or not ends:
            column = "to" if len(starts) == 1 else "from"
            what = (
                f"the words stand {len(starts)} times in paragraph {coverage.paragraph}"
                if column == "from"
                else ("the words do not follow the span's first ones")
            )
            result.problems.append(
                coverage.problem(
                    column,
                    "span-missing",
                    what,
                    coverage.begins if column == "from" else coverage.to,
                    "name the span by words that stand there once",
                )
            )
            continue
        covered[coverage.paragraph].append(text.Span(starts[0].start, ends[0].end))
    return covered


def _gaps(source: str, paragraphs: list[str], covered: Mapping[int, list[text.Span]]) -> Iterator[Gap]:
    for number, raw in enumerate(paragraphs, 1):
        run: list[re.Match[str]] = []
        for word in [*_WORD.finditer(raw), None]:
            if word and not any(s.start < word.end() and word.start() < s.end for s in covered[number]):
                run.append(word)
                continue
            if len(run) > GAP_WORDS:
                yield Gap(source, number, len(run), run[0].start(), " ".join(w.group() for w in run[:8]))
            run = []


def _report_quoted(document: Document, paragraphs: list[str], result: Verification) -> None:
    quoted = total = 0
    spans: dict[object, list[tuple[int, int]]] = {}
    for position in result.positions[document.source.id]:
        if position["quote"]:
            spans.setdefault(position["paragraph"], []).append(
                (int(str(position["start"])), int(str(position["end"])))
            )
    for number, raw in enumerate(paragraphs, 1):
        for word in _WORD.finditer(raw):
            total += 1
            quoted += any(start < word.end() and word.start() < end for start, end in spans.get(number, ()))
    share = quoted / total if total else 0
    result.notices.append(f"{document.source.id}: quotes cover {share:.0%} of the document's {total} words")
    if share > MAX_QUOTED:
        result.problems.append(
            document.source.problem(
                "id",
                "too-much-quoted",
                f"quotes cover {share:.0%} of the document's words",
                document.source.id,
                "shorten quotes: 60 % at most",
            )
        )


def evidence_of(document: Document, evidence: row.StatementRow | row.TargetRow) -> row.PositionRow | None:
    """The verified position of a row's quote, where there is one."""
    return document.found.get((evidence.paragraph, evidence.quote))
