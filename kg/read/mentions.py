"""Mentions: the names of entities as they stand in the paragraphs of a text, found in one pass.

Names and text are folded alike: width, case, dashes and white space; quotation marks are dropped, and a
hyphen between words is taken as a space. A name begins and ends at the borders of words, but for Han script,
which has none; an English name is found in the singular and the plural. All names are found, also within
longer ones.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Annotated, NamedTuple
from unicodedata import combining

from kg import text
from kg.read import models
from kg.text import Folded, Span

#: Longer names are recorded by so many of their words, or Han characters.
MAX_WORDS, MAX_HAN = 12, 16
_RECIPE = "2"  # of the forms below: texts are searched again where it changes
#: Quotation marks, single ones where no letters of one word join, and the blanks around an ampersand.
_DROPPED = re.compile(
    r"""["《》〈〉]|(?<![^\W_\u2e80-\U0003ffff])'|'(?![^\W_\u2e80-\U0003ffff])|[ ](?=&)|(?<=&)[ ]"""
)
_HYPHEN = re.compile(r"(?<=\w[^\W\d_])-(?=[^\W\d_]{2})")
_LAST_WORD = re.compile(r"(?<![a-z0-9])[a-z]{2,}$")
#: Endings and what becomes of them; all that fit are looked for, though some make no words: campu.
_PLURAL = (
    ("([^aeiou])y$", r"\1ies"), ("([aiouns]s|x|z|ch|sh|[^aeiou]o)$", r"\1es"),
    ("([^sxzhy]|[^cs]h|[aeiou]y)$", r"\1s"), ("is$", "es"),
    ("[ei]x$", "ices"), ("(l|ea)f$", r"\1ves"), ("ife$", "ives"),
)  # fmt: skip
_SINGULAR = (
    ("ies$", "y"), ("(s|x|z|ch|sh|o)es$", r"\1"), ("([^s])s$", r"\1"), ("([sy])es$", r"\1is"),
    ("ices$", "ix"), ("ices$", "ex"), ("(l|ea)ves$", r"\1f"), ("ives$", "ife"),
)  # fmt: skip
_ONE_NUMBER = re.compile("([a-z]{2}ics|news|series|species)$")
_NO_PLURAL = re.compile("(ss|^[a-z][aiou]s)$")
#: Words and endings as they are written in Britain and in America.
_SPELLINGS = (
    ("centre", "center"), ("fibre", "fiber"), ("isation", "ization"), ("aluminium", "aluminum"),
    ("defence", "defense"), ("programme", "program"), ("colour", "color"), ("licence", "license"),
)  # fmt: skip
#: A word outside Han script, or a Han character.
_WORD = re.compile(r"[\u3007\u3400-\u9fff]|[^\s\u3007\u3400-\u9fff]+")
_Hash = Annotated[str, models.matches("[0-9a-f]{16}"), models.Form("16 hexadecimal digits")]
_HAN = "\u2e80"  # and beyond: scripts that do not part their words


class MentionRow(models.ParagraphRow):
    """A name that stands in the text; written by ``kg check --texts --write``."""

    start: models.Offset = models.about("Its first character in the paragraph, from 0.")
    entity: models.Id = models.about("The entity that bears the name.")
    words: models.Text = models.about("The words of the text.")
    within: models.Cell = models.about("The longest name around them, if they are a part of one.")


class SearchRow(models.Row):
    """An entity whose names were looked for in the text; written by ``kg check --texts --write``."""

    entity: models.Id = models.about("The entity.")
    forms: _Hash = models.about("Hash of the names that were looked for: others added since were not.")


class Mention(NamedTuple):
    """A name of an entity at a place, ``start`` in code points of the raw paragraph, which counts from 1.

    ``words`` are the text's own, ``within`` those of the longest name around them; empty if there is none.
    """

    paragraph: int
    start: int
    entity: str
    words: str
    within: str


@dataclass(frozen=True)
class Automaton:
    """All names that are looked for: ``match`` finds them in a folded text, ``bearers`` by their numbers."""

    match: Callable[[str], Sequence[tuple[int, int, int]]]
    bearers: Sequence[Collection[str]]


def compile_names(names: Mapping[str, Iterable[str]]) -> Automaton:
    """Compile the names of each entity, for any number of texts."""
    from ahocorasick_rs import AhoCorasick, Implementation  # late: only texts at hand are searched

    bearers: dict[str, list[str]] = {}
    for entity, written in sorted(names.items()):
        for form in sorted(forms(written)):
            bearers.setdefault(form, []).append(entity)
    search = AhoCorasick(bearers, implementation=Implementation.ContiguousNFA)
    return Automaton(
        lambda hay: search.find_matches_as_indexes(hay, overlapping=True), tuple(bearers.values())
    )


def find_mentions(paragraphs: Iterable[str], automaton: Automaton) -> Iterator[Mention]:
    """Yield the mentions in the paragraphs of a text, in their order."""
    for number, raw in enumerate(paragraphs, 1):
        folded = fold(raw)
        found = [
            (start, -end, pattern)
            for pattern, start, end in automaton.match(folded.text)
            if _stands_alone(folded.text, start, end)
        ]
        for (start, end, pattern), around in _nest(sorted(found)):
            span = folded.span(start, end)
            within = _clip(raw, folded.span(*around)) if around else ""
            for entity in automaton.bearers[pattern]:
                yield Mention(number, span.start, entity, _clip(raw, span), within)


def fold(raw: str) -> Folded:
    """Fold a text as mentions are found in it."""
    folded = text.fold(raw)
    lowered = folded.text.casefold()
    if len(lowered) != len(folded.text):  # a character that becomes two stays as it is
        lowered = "".join(low if len(low := char.casefold()) == 1 else char for char in folded.text)
    start, end = folded.start, folded.end
    if dropped := {match.start() for match in _DROPPED.finditer(lowered)}:
        kept = [at not in dropped for at in range(len(lowered))]
        start, end = list(compress(start, kept)), list(compress(end, kept))
        lowered = "".join(compress(lowered, kept))
    return Folded(_HYPHEN.sub(" ", lowered), start, end)


def forms(names: Iterable[str]) -> set[str]:
    """Return all that is looked for of an entity: names folded, of both numbers, in both spellings."""
    found = {fold(name).text.strip(" '") for name in names}
    for british, american in _SPELLINGS:
        found |= {form.replace(british, american) for form in found}
        found |= {form.replace(american, british) for form in found if british not in form}
    return {form for name in found for form in _numbers(name) if form}


def forms_hash(keys: Iterable[str]) -> str:
    """Return 64 bits over the names of an entity as ``text.key`` has them, in hexadecimal."""
    parts = "\0".join((_RECIPE, *sorted(set(keys))))
    return hashlib.sha256(parts.encode()).hexdigest()[:16]


def _numbers(form: str) -> Iterator[str]:
    """Yield a name, and its plural or singular, if its last word can have one."""
    yield form
    last = _LAST_WORD.search(form)
    if not last or _ONE_NUMBER.search(last[0]):
        return
    endings = _PLURAL if _NO_PLURAL.search(last[0]) else (*_PLURAL, *_SINGULAR)
    for pattern, ending in endings:
        if re.search(pattern, form):
            yield re.sub(pattern, ending, form, count=1)


def _stands_alone(hay: str, start: int, end: int) -> bool:
    """Whether no word goes on across the ends of a name; there are no borders in Han script."""
    return _is_border(hay, start, hay[start]) and _is_border(hay, end, hay[end - 1])


def _is_border(hay: str, at: int, char: str) -> bool:
    if not 0 < at < len(hay):
        return True
    before, after = hay[at - 1], hay[at]
    if char >= _HAN:
        return not combining(after)
    joined = before.isalnum() and after.isalnum() and before < _HAN and after < _HAN
    return not joined and text.is_border(hay, at)


def _nest(
    found: Iterable[tuple[int, int, int]],
) -> Iterator[tuple[tuple[int, int, int], tuple[int, int] | None]]:
    """Yield each match as start, end and name, with the longest match around it, if there is one.

    ``found`` are sorted by their starts, then by their ends from the last.
    """
    outer: list[tuple[int, int]] = []  # matches that lie in no other: starts and ends ascend
    for start, minus_end, pattern in found:
        end, around = -minus_end, None
        for first, last in reversed(outer):
            if last < end:
                break
            if not around or last - first >= around[1] - around[0]:
                around = first, last
        if not around:
            outer.append((start, end))
        yield (start, end, pattern), around


def _clip(raw: str, span: Span) -> str:
    """Return the words of a span, cut where a name is longer than is recorded."""
    words = raw[span.start : span.end]
    if len(words) <= MAX_HAN:
        return words
    spaced = han = 0
    for word in _WORD.finditer(words):
        is_han = "\u3007" <= word[0] <= "\u9fff"
        han, spaced = han + is_han, spaced + (not is_han)
        if han > MAX_HAN or spaced > MAX_WORDS:
            return words[: word.start()].rstrip()
    return words
