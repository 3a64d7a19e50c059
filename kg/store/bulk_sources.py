"""Sources of a bulk load, one after the other: their rows checked by the rules, compiled, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from kg.check import entities as links
from kg.check import quotes as quote_check
from kg.check import sections as frame
from kg.check import statements, targets
from kg.check import texts as text_files
from kg.compile import counts as count_cube
from kg.compile import reference
from kg.compile import statements as statement_rules
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models
from kg.read.seeds import Document
from kg.store.bulk_entities import Common
from kg.store.bulk_reader import Feed, Tables
from kg.store.journal import Work

#: So many statements are held at once; a source that has more is taken in runs of whole paragraphs.
SLICE = 2_000
#: How many rows may be lost when the load is killed.
SAVE = 20_000


def compile_sources(
    tables: Tables,
    common: Common,
    ontology: Ontology,
    work: Work,
    *,
    texts: Mapping[str, Path] | None,
    keep_good: bool,
    tick: Callable[[int], None],
) -> None:
    """All sources after the one at which an earlier run stopped; ``tick`` hears of paragraphs done.

    Quotes are held against ``texts``, files by the hash that a source names, unless that is None.
    """
    state, order = work.state, common.order
    feeds = _Feeds(tables, order, work)
    reached = not state.source
    place = rows = 0
    for source in tables.rows("sources", models.SourceRow, lambda _problem: None):
        if order.get(source.id) != place:
            continue
        place += 1
        if not reached:
            reached = source.id == state.source
            if not reached or state.ended:
                tick(source.paragraphs)
                continue
        within = source.id == state.source and not state.ended
        done = state.paragraph if within else 0
        tick(done)
        sections = feeds.turn(source.id, state.lines, within=within)
        document = Document(source, tuple(sections), (), (), tuple(feeds.coverage.take()), ())
        paragraphs, unreadable = _read_text(source, texts or {})
        if not within:
            faults = [*unreadable, *frame.check_sections(document, common.register, ontology)]
            faults += text_files.check_count(source, paragraphs) if paragraphs is not None else []
            _tell(work, chain(faults, frame.check_coverage(document, ontology)))
            if faults or feeds.sections.faults:
                state.count("rows left out", feeds.pass_over())
                continue
        for part, upto in feeds.parts(document):
            held = _held(part, paragraphs, work) if texts is not None else []
            sound = _sound(part, common, ontology, work, held)
            first, done = done + 1, min(upto or source.paragraphs, source.paragraphs)
            if keep_good or not state.problems:
                if first == 1:
                    work.put(statement_rules.sections(sound))
                work.put(statement_rules.paragraphs(sound, range(first, done + 1)))
                work.put(statement_rules.records(sound, common.register, ontology))
                work.back(count_cube.backed(sound, common.register, ontology))
            _note_links(sound, ontology, work)
            size = len(part.statements) + len(part.targets)
            state.count("statements", len(sound.statements))
            state.count("targets", len(sound.targets))
            state.count("rows left out", size - len(sound.statements) - len(sound.targets))
            state.source, state.paragraph, state.ended = source.id, done, upto is None
            rows += size
            if rows >= SAVE:
                rows, state.lines = 0, feeds.lines()
                work.save()
            tick(done - first + 1)
        state.count("rows left out", feeds.statements.faults + feeds.targets.faults)
    feeds.finish(state.lines)


class _Feeds:
    """The tables of the sources, read in step."""

    def __init__(self, tables: Tables, order: dict[str, int], work: Work) -> None:
        self.sections = Feed(tables, "sections", models.SectionRow, order, work.tell)
        self.coverage = Feed(tables, "coverage", models.CoverageRow, order, work.tell)
        self.statements = Feed(tables, "statements", models.StatementRow, order, work.tell)
        self.targets = Feed(tables, "targets", models.TargetRow, order, work.tell)
        self.positions = Feed(tables, "positions", models.PositionRow, order, work.tell)
        self.all = (self.sections, self.coverage, self.statements, self.targets, self.positions)
        self._begun: dict[str, int] = {}

    def turn(self, source: str, after: dict[str, int], *, within: bool) -> list[models.SectionRow]:
        """Turn all to the next source; returns its sections."""
        for feed in self.all:
            feed.turn(source, after.get(feed.stem, 0), within=within)
        self._begun = {feed.stem: feed.line for feed in (self.sections, self.coverage)}
        return self.sections.take()

    def parts(self, document: Document) -> Iterator[tuple[Document, int | None]]:
        """A source in runs of whole paragraphs, each with its last one; None: up to the end."""
        more = True
        while more:
            lead, other = self.statements, self.targets
            if not self.statements.more:
                lead, other = other, lead  # type: ignore[assignment]
            found = lead.take(limit=SLICE)
            upto = found[-1].paragraph if found and (lead.more or other.more) else None
            found = [*found, *other.take(upto)]  # type: ignore[list-item]
            more = self.statements.more or self.targets.more
            upto = upto if more else None
            yield (
                replace(
                    document,
                    statements=tuple(at for at in found if isinstance(at, models.StatementRow)),
                    targets=tuple(at for at in found if isinstance(at, models.TargetRow)),
                    positions=tuple(self.positions.take(upto)),
                ),
                upto,
            )

    def lines(self) -> dict[str, int]:
        """Where an interrupted load goes on in each table."""
        ended = not (self.statements.more or self.targets.more)
        return {feed.stem: feed.line for feed in self.all} | ({} if ended else self._begun)

    def pass_over(self) -> int:
        """Leave out the rest of a source; returns how many statements and targets it has."""
        self.positions.take()
        return len(self.statements.take()) + len(self.targets.take())

    def finish(self, after: dict[str, int]) -> None:
        """Report rows of sources that are not known."""
        for feed in self.all:
            feed.finish(after.get(feed.stem, 0))


def _held(part: Document, paragraphs: list[str] | None, work: Work) -> list[Problem]:
    """What holding the quotes of a part against the text shows; without a text they are only counted."""
    quotes = {(at.paragraph, at.quote) for at in part.evidence()}
    if paragraphs is None:
        work.state.count("quotes not verified", len(quotes))
        return []
    found = quote_check.verify_quotes(part, paragraphs)
    work.state.count("quotes verified", found.verified)
    problems = [*found.problems, *(missing.problem() for missing in found.missing)]
    if not part.positions:
        return problems
    whole = quote_check.paragraph_positions(paragraphs, {at.paragraph for at in part.positions})
    return [*problems, *quote_check.check_positions(part, [*whole, *found.positions])]


def _read_text(
    source: models.SourceRow, texts: Mapping[str, Path]
) -> tuple[list[str] | None, tuple[Problem, ...]]:
    """The paragraphs of a source's text, None if there is none, and the problem if it is not UTF-8."""
    file = texts.get(source.sha256)
    try:
        return text_files.read_paragraphs(file) if file else None, ()
    except UnicodeDecodeError as error:
        return None, (text_files.not_utf8(source, texts[source.sha256], error.start),)


def _sound(
    part: Document, common: Common, ontology: Ontology, work: Work, held: Iterable[Problem]
) -> Document:
    """What of a part keeps the rules and stands in its text; the rest is told."""
    found = chain(
        statements.check_statements(part, common.register, ontology),
        targets.check_targets(part, common.register, ontology),
        held,
    )
    bad = set()
    for problem in found:
        work.tell(problem)
        bad.add((problem.file, problem.line))
    if not bad:
        return part
    return replace(
        part,
        statements=tuple(at for at in part.statements if (at.file, at.line) not in bad),
        targets=tuple(at for at in part.targets if (at.file, at.line) not in bad),
        positions=tuple(at for at in part.positions if (at.file, at.line) not in bad),
    )


def _note_links(part: Document, ontology: Ontology, work: Work) -> None:
    """Keep what is stated of hierarchies; they are closed when all is read."""
    for at in part.statements:
        if at.predicate in links.LINKS:
            counts = at.predicate in reference.CLOSED and not statement_rules.withheld(at, ontology)
            work.state.links.append((at.subject, at.predicate, at.object, at.file, at.line, counts))


def _tell(work: Work, problems: Iterable[Problem]) -> None:
    for problem in problems:
        work.tell(problem)
