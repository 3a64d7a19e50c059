"""Targets that the numbers of a paragraph may state: value, unit, comparator, indicator and period."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from kg import text
from kg.draft.clauses import sentences
from kg.draft.rows import blank, choose_quote
from kg.draft.statements import Frame
from kg.draft.vocabulary import HAN, Found
from kg.read import numbers
from kg.text import Span

_UNIT = r"个百分点|[%％]|percent|per cent|yuan|[A-Za-z][\w-]*(?: [a-z][\w-]*){0,2}|[\u4e00-\u9fff]{1,2}"
_FIGURE = re.compile(
    r"(?<![A-Za-z0-9_.,/%“\"-])(?P<number>[0-9](?:[0-9,]*[0-9])?(?:\.[0-9]+)?%?(?:[—–~～至-][0-9]+(?:\.[0-9]+)?)?"
    r"(?:(?:万亿|亿|万|千|百)| (?:billion|million|trillion|thousand))?)"
    rf"(?P<more>多|余)?\s?(?P<unit>{_UNIT})?"
    r"|(?<![A-Za-z])(?P<multiple>翻[一两]?番|翻一番|[一二两三四五六七八九]成|doubl(?:ed|ing|e))"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}$")
_BY_YEAR = re.compile(r"(?P<by>\bby |到)?(?P<year>20[0-9]{2})(?=年|\b)")
_NO_COUNT = re.compile(r"[年月日号届次版层点时分度期批线]|(?:st|nd|rd|th|G|D)\b")
#: Words of an indicator's name that say no more than that something is counted.
_COUNTING = re.compile(
    r"\b(?:number|of|the|a|an|as|share|scale|average|annual|net)\b|数量?$|规模$|增速|总额|水平"
)


class Figure(NamedTuple):
    """A number in a paragraph: where it stands, with its unit, as a table writes it."""

    span: Span
    value: Decimal
    upper: Decimal | None
    written: str
    unit: str
    unit_written: str
    more: str = ""


def propose_targets(frame: Frame, period: str, *, over: bool) -> Iterator[dict[str, str]]:
    """Yield a proposal for each number that has a unit; an indicator that is not known is left empty.

    ``period`` is that of the paragraph, ``over`` tells whether it was over when the source was published.
    """
    names, _ = frame.vocabulary.find_names(frame.raw)
    cues = frame.vocabulary.find_cues(frame.raw)
    for sentence in sentences(frame.raw):
        for figure in _figures(frame, sentence):
            quote = choose_quote(frame.raw, figure.span)
            if quote is None:
                continue
            indicator = _indicator(frame, figure, sentence)
            comparator, word = _comparator(frame, figure, cues)
            lack = "" if indicator else "; fill the indicator"
            why = f"number with unit, {word or 'no word of comparison'}{lack}"
            cells = {
                "quote": frame.raw[quote.start : quote.end], "place": frame.region, "indicator": indicator,
                "topic": _topic(figure, names, sentence), "comparator": comparator,
                "value": _plain(figure.value), "upper": _plain(figure.upper),
                "unit": figure.unit, "written": figure.written, "unit_written": figure.unit_written,
                "period": _period(frame.raw, figure, sentence) or period,
                "status": _status(figure, sentence, cues) if over else "",
            }  # fmt: skip
            yield blank("target", frame.number, quote, why, **cells)


def _plain(number: Decimal | None) -> str:
    """Return a number without an exponent and without zeros at its end; nothing for none."""
    if number is None:
        return ""
    return str(int(number)) if number == number.to_integral_value() else format(number.normalize(), "f")


def _figures(frame: Frame, sentence: Span) -> Iterator[Figure]:
    for match in _FIGURE.finditer(frame.raw, *sentence):
        figure = _multiple(match) if match["multiple"] else _figure(frame, match)
        if figure:
            yield figure


def _multiple(match: re.Match[str]) -> Figure | None:
    value = numbers.parse(match["multiple"])
    unit = "percent" if "成" in match["multiple"] else "multiple"
    return (
        Figure(Span(*match.span()), value, None, match["multiple"], unit, "") if value is not None else None
    )


def _figure(frame: Frame, match: re.Match[str]) -> Figure | None:
    written, unit_written = match["number"], match["unit"] or ""
    if written.endswith("%"):
        written, unit_written = written[:-1], "%"
    unit, unit_written = _unit(frame, unit_written)
    if not unit or (unit == "count" and _YEAR.match(written)):
        return None
    span = _span(frame.raw, match, unit_written)
    if bounds := numbers.parse_range(written):
        return Figure(span, *bounds, written, unit, unit_written)
    value = numbers.parse(written)
    return (
        None if value is None else Figure(span, value, None, written, unit, unit_written, match["more"] or "")
    )


def _span(raw: str, match: re.Match[str], unit_written: str) -> Span:
    """Return the run from the number to the end of its unit."""
    at = raw.find(unit_written, match.end("number") - 1) if unit_written else -1
    end = at + len(unit_written) if at >= 0 else match.end("number")
    return Span(match.start(), max(end, match.end("number")))


def _unit(frame: Frame, written: str) -> tuple[str, str]:
    """Return the unit by the cue words of the scheme, and as written; a counted noun in English is one."""
    key = text.key(written)
    units = frame.vocabulary.ontology.schemes["units"].values()
    if _NO_COUNT.match(written):
        return "", ""
    for unit in units:
        for cue in sorted(unit.cues, key=len, reverse=True):
            if key == text.key(cue) or (HAN.search(written) and written.startswith(cue)):
                return unit.notation, written[: len(cue)]
    if written in ("％", "%", "个百分点"):
        return "percent", written
    return ("count", written) if written and not HAN.search(written) else ("", "")


def _comparator(frame: Frame, figure: Figure, cues: list[Found]) -> tuple[str, str]:
    """Return the comparator by the cue words right before or behind the number."""
    if figure.upper is not None:
        return "range", "a range"
    if figure.more:
        return "more-than", repr(figure.more)
    for cue in cues:
        key = next((key for key in cue.keys if key.startswith("comparators/")), "")
        before = frame.raw[cue.end : figure.span.start] if cue.end <= figure.span.start else None
        behind = frame.raw[figure.span.end : cue.start] if cue.start >= figure.span.end else None
        if key and ((before is not None and before.strip() in ("", "to", "the", "达")) or behind == ""):
            return key.partition("/")[2], f"{cue.words!r}"
    return "exactly", ""


def _indicator(frame: Frame, figure: Figure, sentence: Span) -> str:
    """Return the indicator of the figure's unit whose name shares most with the words around it."""
    near = text.key(frame.raw[max(sentence.start, figure.span.start - 60) : figure.span.end + 30])
    best, most = "", 0.0
    for entity, unit, words in frame.indicators:
        if unit == figure.unit and (share := _shared(words, near)) > most:
            best, most = entity, share
    return best if most >= 0.5 else ""


def _shared(name: str, near: str) -> float:
    """Return which part of a name's words, or of its Han characters, stands in a text."""
    name = _COUNTING.sub("", name).strip()
    if HAN.search(name):
        return 1.0 if name in near else 0.0
    words = [word.rstrip("s") for word in name.split()]
    return sum(word in near for word in words) / len(words) if words else 0.0


def _topic(figure: Figure, names: list[Found], sentence: Span) -> str:
    """Return the known topic nearest before the number in its sentence."""
    found = [n for n in names if sentence.start <= n.start and n.end <= figure.span.start]
    topics = [key for n in reversed(found) for key in n.keys if key.startswith("topic/")]
    return topics[0] if topics else ""


def _period(raw: str, figure: Figure, sentence: Span) -> str:
    """Return the year that the sentence names before the number, in EDTF: ``../2025`` for by 2025."""
    years = list(_BY_YEAR.finditer(raw, sentence.start, figure.span.start))
    return f"{'../' if years[-1]['by'] else ''}{years[-1]['year']}" if years else ""


def _status(figure: Figure, sentence: Span, cues: list[Found]) -> str:
    """Return the status of a figure of a time that is over: achieved, unless a word before it says else."""
    before = (cue for cue in cues if sentence.start <= cue.start and cue.end <= figure.span.start)
    found = [key for cue in before for key in cue.keys if key.startswith("statuses/")]
    return found[-1].partition("/")[2] if found else "achieved"
