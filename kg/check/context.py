"""Context of quotes: the words beside one that tell it from others in its document, as few as will do."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kg import text
from kg.check.sections import WORD, Words

#: So many words, or Han characters, may be recorded beside a quote, and so many with it.
BESIDE, WITH_QUOTE = (3, 4), (12, 16)
_LATIN = r"[^\W\u3007\u3400-\u9fff]"
_TOKEN, _INSIDE = re.compile(rf"{_LATIN}+|[\u3007\u3400-\u9fff]"), re.compile(_LATIN * 2)


class Run(NamedTuple):
    """Words of a text, by their paragraph and their place in it."""

    paragraph: int
    start: int
    end: int


class Context(NamedTuple):
    """The words before and after a quote; without any, whether the quote also stands earlier in the text."""

    prefix: str = ""
    suffix: str = ""
    repeated: str = ""


def find_contexts(
    quotes: Iterable[Run], paragraphs: Sequence[str], covered: Words, room: int
) -> tuple[dict[Run, Context], int]:
    """Return the contexts of quotes that stand in a text more than once, and how many words they add.

    ``covered`` are the words under quotes; contexts may add as many as there is ``room``. Quotes that stand
    earlier, too, come first, since a link with their words alone leads to another place.
    """
    texts = _Texts(paragraphs)
    repeated = {quote: texts.stands_earlier(quote) for quote in quotes if not texts.is_unique(quote)}
    found: dict[Run, Context] = {}
    number_before = room
    for quote in sorted(repeated, key=lambda quote: (not repeated[quote], quote)):
        runs = [
            (len(added), at, run, added)
            for at, run in enumerate(_wider(quote, paragraphs[quote.paragraph - 1]))
            if texts.is_unique(run) and len(added := _words(run, paragraphs) - covered) <= room
        ]
        if runs:
            number, _, run, added = min(runs)
            raw, covered, room = paragraphs[quote.paragraph - 1], covered | added, room - number
            found[quote] = Context(raw[run.start : quote.start], raw[quote.end : run.end])
        else:
            found[quote] = Context(repeated="yes" if repeated[quote] else "")
    return found, number_before - room


def _wider(quote: Run, raw: str) -> Iterator[Run]:
    """Yield a quote with one word before it and more, then with one word after it and more."""
    before = [word.start() for word in WORD.finditer(raw, 0, quote.start)][: -BESIDE[1] - 1 : -1]
    after = [word.end() for word in WORD.finditer(raw, quote.end)][: BESIDE[1]]
    runs = [quote._replace(start=at) for at in before] + [quote._replace(end=at) for at in after]
    for run in runs:
        beside = raw[run.start : quote.start] + raw[quote.end : run.end]
        if _fits(beside, BESIDE) and _fits(raw[run.start : run.end], WITH_QUOTE):
            yield run


def _fits(words: str, limits: tuple[int, int]) -> bool:
    return all(number <= limit for number, limit in zip(text.length(words), limits, strict=True))


def _words(run: Run, paragraphs: Sequence[str]) -> Words:
    found = WORD.finditer(paragraphs[run.paragraph - 1], run.start, run.end)
    return {(run.paragraph, word.start()) for word in found}


class _Texts:
    """The paragraphs of a text, searched as browsers do: in any case, for whole words."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self._raw = paragraphs
        self._keys = [text.key(raw) for raw in paragraphs]
        self._holders: dict[str, list[int]] = {}  # so that a long text is searched in few paragraphs
        for at, key in enumerate(self._keys):
            for token in set(_TOKEN.findall(key)):
                self._holders.setdefault(token, []).append(at)

    def is_unique(self, run: Run) -> bool:
        """Whether words stand nowhere else in the text."""
        key = self._key(run)
        return sum(_count(self._keys[at], key) for at in self._near(key)) <= 1

    def stands_earlier(self, run: Run) -> bool:
        """Whether the words of a run also stand before it."""
        key, upto = self._key(run), text.key(self._raw[run.paragraph - 1][: run.end])
        earlier = (self._keys[at] for at in self._near(key) if at < run.paragraph - 1)
        return _count(upto, key) > 1 or any(_count(hay, key) for hay in earlier)

    def _key(self, run: Run) -> str:
        return text.key(self._raw[run.paragraph - 1][run.start : run.end])

    def _near(self, key: str) -> Sequence[int]:
        """Return the paragraphs that hold the rarest word of a text."""
        return min((self._holders.get(token, []) for token in _TOKEN.findall(key)), key=len, default=[])


def _count(hay: str, key: str) -> int:
    """Count how often a text stands in another without a word of Latin script or a figure cut at its ends."""
    number, at = 0, hay.find(key)
    while at >= 0:
        number += not _cuts(hay, at) and not _cuts(hay, at + len(key))
        at = hay.find(key, at + 1)
    return number


def _cuts(hay: str, at: int) -> bool:
    return 0 < at < len(hay) and bool(_INSIDE.match(hay, at - 1))
