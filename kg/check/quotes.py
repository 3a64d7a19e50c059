"""Quotes held against the texts of the sources: found, unique, with their positions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from kg import text
from kg.check import context, sections, words
from kg.check.texts import find_files, match_text, read_paragraphs
from kg.errors import Problem
from kg.read import models
from kg.read.seeds import Document, Seeds

MAX_QUOTED = 0.6
_ROW = models.StatementRow | models.TargetRow
_WRITE = "kg check --texts DIR --write"
#: Rows that moved alike are one problem from this number on; so many quotes may be looked for in vain.
ALIKE, IN_VAIN = 3, 200


class Position(NamedTuple):
    """Where words of a row stand, as a row of positions.csv; no words are the paragraph itself."""

    paragraph: int
    quote: str
    start: int
    end: int
    exact: str = ""
    prefix: str = ""
    suffix: str = ""
    repeated: str = ""
    heading: str = ""
    hash: str = ""

    @property
    def span(self) -> context.Run:
        """Return the words by the paragraph that holds them, and their place in it."""
        return context.Run(int(self.heading or self.paragraph), self.start, self.end)


class Missing(NamedTuple):
    """A row whose quote is not in its paragraph; it may stand ``moved`` paragraphs later."""

    at: _ROW
    moved: int | None
    problem: Problem


@dataclass(frozen=True)
class Verification:
    """Result of verifying a source: quotes, governing words and cues; ``problems`` lack missing quotes."""

    quotes: list[Position]
    words: list[Position]
    missing: list[Missing]
    problems: list[Problem]
    notices: list[str]


@dataclass
class Result:
    """Result of verifying all sources; an earlier check verified ``recorded`` of the unverified quotes."""

    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    positions: dict[str, list[Position]] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    paragraphs: dict[str, list[str]] = field(default_factory=dict)
    gaps: list[sections.Gap] = field(default_factory=list)
    verified: int = 0
    unverified: int = 0
    recorded: int = 0


def verify_seeds(seeds: Seeds, folders: Iterable[Path]) -> Result:
    """Verify every quote of the seeds against the texts in folders, matched by content, not by name."""
    result = Result()
    files = find_files(folders)
    texts = {digest: read_paragraphs(path) for digest, path in files.items()}
    for name, document in seeds.documents.items():
        match = match_text(document, files, texts)
        result.problems += match.problems
        result.notices += match.notices
        if match.paragraphs is not None:
            result.hashes[name], result.paragraphs[name] = match.sha256, match.paragraphs
            _verify_document(document, match.paragraphs, result)
            continue
        result.problems += check_recorded(document)
        quoted = {(row.paragraph, row.quote) for row in document.evidence()}
        unknown = {
            (row.paragraph, row.quote) for row in document.evidence() if not _is_recorded(row, document)
        }
        result.unverified += len(quoted)
        result.recorded += len(quoted - unknown)
        if not match.problems and not match.notices and unknown:
            result.notices.append(f"{name}: the text is not at hand, so its quotes could not be verified")
    return result


def _verify_document(document: Document, paragraphs: list[str], result: Result) -> None:
    name = document.source.id
    found = verify_quotes(document, paragraphs)
    result.verified += len(found.quotes)
    under: dict[int, list[text.Span]] = {}
    for number, start, end in (at.span for at in (*found.quotes, *found.words)):
        under.setdefault(number, []).append(text.Span(start, end))
    covered, problems = sections.cover(document, paragraphs, under)
    result.problems += [*found.problems, *missing_problems(document, found), *problems]
    read, _ = sections.split_read(document)
    result.gaps += [gap for gap in sections.gaps(name, paragraphs, covered) if gap.paragraph in read]
    quoted, total = sections.words_under(paragraphs, under), sections.count_words(paragraphs)
    whole = document.source.kind == "table"  # a user's own table is quoted whole
    room = (total if whole else int(MAX_QUOTED * total)) - len(quoted)
    contexts, added = context.find_contexts([at.span for at in found.quotes], paragraphs, quoted, room)
    result.positions[name] = _with_paragraphs(paragraphs, found, contexts)
    share = (len(quoted) + added) / total if total else 0.0
    result.notices += [*found.notices, f"{name}: quotes cover {share:.0%} of the document's {total} words"]
    if share > MAX_QUOTED and not whole:
        what = f"quotes, governing words and cues cover {share:.1%} of the document's words"
        remedy = f"shorten quotes: {MAX_QUOTED:.0%} at most"
        result.problems.append(document.source.problem("id", "too-much-quoted", what, name, remedy))


def verify_quotes(document: Document, paragraphs: Sequence[str]) -> Verification:
    """Find the quotes and cues of a source, or of a part of it, in the paragraphs of its text."""
    found: dict[tuple[int, str], Position] = {}
    missing, problems, notices = [], [], []
    for row in document.evidence():
        at = (row.paragraph, row.quote)
        if row.paragraph > len(paragraphs) or at in found:  # the first is a problem of the rows
            continue
        raw = paragraphs[row.paragraph - 1]
        spans, folded = text.find(raw, row.quote)
        if not spans:
            missing.append(row)
        elif len(spans) > 1:
            what = f"the quote stands {len(spans)} times in paragraph {row.paragraph}"
            remedy = "lengthen it until it is unique"
            problems.append(row.problem("quote", "quote-repeated", what, row.quote, remedy))
        else:
            found[at] = _position(row, row.quote, row.paragraph, spans[0], raw)
            if folded:
                notices.append(f"{row.file}:{row.line}:quote: found after folding {', '.join(folded)}")
    lost = []
    for row, moved in zip(missing, _find_elsewhere(missing, paragraphs), strict=True):
        what = f"the quote is not in paragraph {row.paragraph}"
        remedy = text.near(paragraphs[row.paragraph - 1], row.quote) or "copy the words as they are printed"
        if moved is not None:
            remedy = f"it stands in paragraph {row.paragraph + moved}"
        lost.append(Missing(row, moved, row.problem("quote", "quote-missing", what, row.quote, remedy)))
    located: set[Position] = set()
    for statement, said, place in words.locate(document, paragraphs):
        if place is None:
            problems += words.missing(statement, said, document, paragraphs)
        else:
            number, *span = place
            located.add(_position(statement, said, number, text.Span(*span), paragraphs[number - 1]))
    return Verification(list(found.values()), list(located - set(found.values())), lost, problems, notices)


def _position(row: _ROW, quote: str, number: int, span: text.Span, raw: str) -> Position:
    exact, heading = raw[slice(*span)], "" if number == row.paragraph else str(number)
    found = Position(row.paragraph, quote, *span, "" if exact == quote else exact, heading=heading)
    return found._replace(hash=text.folded_hash(raw))


def _with_paragraphs(
    paragraphs: Sequence[str], found: Verification, contexts: Mapping[context.Run, context.Context]
) -> list[Position]:
    """Return all positions of a source, quotes with their contexts, in the order of the table."""
    whole = paragraph_positions(paragraphs, range(1, len(paragraphs) + 1))
    quotes = (
        at._replace(**contexts[at.span]._asdict()) if at.span in contexts else at for at in found.quotes
    )
    return sorted([*whole, *quotes, *found.words], key=lambda at: (at.paragraph, bool(at.quote), at[2:], at))


def paragraph_positions(paragraphs: Sequence[str], numbers: Iterable[int]) -> list[Position]:
    """Return the positions of whole paragraphs, by their numbers."""
    texts = ((n, paragraphs[n - 1]) for n in numbers if n <= len(paragraphs))
    return [Position(n, "", 0, len(raw), hash=text.folded_hash(raw)) for n, raw in texts]


def check_positions(
    document: Document, positions: Iterable[Position], *, contexts: bool = True
) -> Iterator[Problem]:
    """Compare the recorded positions of a source, or of a part of it, with those just found.

    Without ``contexts``, those of quotes are not compared.
    """
    facts = [name for name in Position._fields if contexts or name not in context.Context._fields]
    fresh: dict[tuple[int, str, str], set[tuple[object, ...]]] = {}
    for new in positions:
        found = fresh.setdefault((new.paragraph, new.quote, new.heading), set())
        found.add(tuple(getattr(new, name) for name in facts))
    for old in document.positions:
        at = (old.paragraph, old.quote, old.heading)
        if at not in fresh:
            what = "no row has these words any more"
        elif tuple(getattr(old, name) for name in facts) not in fresh[at]:
            what = "the position is not what the text shows"
        else:
            continue
        yield old.problem("start", "stale-position", what, old.quote, _WRITE)
    known = {(old.paragraph, old.quote, old.heading) for old in document.positions}
    if number := sum(len(found) for at, found in fresh.items() if at not in known):
        what = f"{number} positions are not recorded yet" if number > 1 else "a position is not recorded yet"
        yield Problem(f"{document.source.id}/positions.csv", 0, "quote", "stale-position", what, "", _WRITE)


def check_recorded(document: Document) -> Iterator[Problem]:
    """Check that recorded positions fit their words and paragraphs, for a text that is not at hand."""
    for position in document.positions:
        whole, printed = (
            document.found.get((int(position.heading or position.paragraph), "")),
            position.exact or position.quote,
        )
        fits = not printed or position.end - position.start == len(printed)
        if not (fits and whole and position.end <= whole.end and position.hash == whole.hash):
            what = "the position fits neither its words nor its paragraph"
            yield position.problem("start", "stale-position", what, position.quote, _WRITE)


def _is_recorded(row: _ROW, document: Document) -> bool:
    """Whether the positions of a row's quote, governing words and cue are recorded."""
    found = (position for *_, position in words.recorded(row, document))
    return (row.paragraph, row.quote) in document.found and all(found)


def missing_problems(document: Document, found: Verification) -> Iterator[Problem]:
    """Yield one problem for quotes that moved alike or are all missing, else one for each."""
    moves: dict[int | None, list[Missing]] = {}
    for one in found.missing:
        moves.setdefault(one.moved, []).append(one)
    lost, held = len(moves.get(None, ())), len(found.quotes) + len(found.missing)
    for moved, alike in moves.items():
        first = min(alike, key=lambda one: one.at.paragraph).at
        if moved is None and lost > max(ALIKE, held - lost):
            what = f"{lost} quotes are not in the text: it is another edition, or another text"
            remedy = "give the text from which the quotes were copied"
            yield document.source.problem("sha256", "another-text", what, document.source.sha256, remedy)
        elif moved is None or len(alike) < ALIKE:
            yield from (one.problem for one in alike)
        else:
            way = f"{abs(moved)} paragraph{'s' * (abs(moved) > 1)} {'later' if moved > 0 else 'earlier'}"
            where = f"{way} than their rows say, from paragraph {first.paragraph} on"
            what = f"{len(alike)} quotes all stand {where}"
            remedy = f"give the text that was read, or change the paragraphs of these rows by {moved:+d}"
            yield first.problem("paragraph", "quotes-moved", what, first.paragraph, remedy)


def _find_elsewhere(rows: Sequence[_ROW], paragraphs: Sequence[str]) -> Iterator[int | None]:
    """By how many paragraphs each quote stands later than its row says; None if it is not found."""
    folded = [text.fold(raw).text for raw in paragraphs] if rows else []
    moved = in_vain = 0
    for row in rows:
        needle, texts = text.fold(row.quote).text, folded if in_vain < IN_VAIN else []
        places = chain([row.paragraph + moved], (n for n, hay in enumerate(texts, 1) if needle in hay))
        valid = (n for n in places if 0 < n <= len(paragraphs))
        found = next((n for n in valid if text.find(paragraphs[n - 1], row.quote)[0]), None)
        if found is None:
            in_vain += 1
        else:
            moved = found - row.paragraph
        yield None if found is None else moved
