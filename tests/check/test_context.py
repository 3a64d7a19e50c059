"""Words beside a quote that tell it from others, as few as will do."""

import pytest

from kg.check.context import Context, Run, find_contexts
from kg.check.sections import Words, count_words, words_under
from kg.text import Span

CHIPS = [
    "Chips for cars",
    "Build chips. Support chips, displays and robots.",
    "It supports chips, displays and lamps, and low-power chips too.",
]


def runs(paragraphs: list[str], *found: tuple[int, str, int]) -> list[Run]:
    """Runs by paragraph, words, and which of the words' places in it, from 0."""
    at = []
    for number, words, which in found:
        start = -1
        for _ in range(which + 1):
            start = paragraphs[number - 1].index(words, start + 1)
        at.append(Run(number, start, start + len(words)))
    return at


#: The text, a quote of it, words covered already, how many may be added; the context, and the words it adds.
CASES: list[tuple[list[str], tuple[int, str, int], Words, int, Context | None, int]] = [
    (CHIPS, (2, "robots", 0), set(), 9, None, 0),
    (CHIPS, (1, "Chips", 0), set(), 9, Context("", " for"), 1),
    (CHIPS, (2, "chips", 0), set(), 9, Context("Build "), 1),
    (CHIPS, (2, "chips", 1), set(), 9, Context("Support "), 1),
    (CHIPS, (3, "chips, displays and", 0), set(), 9, Context("supports "), 1),
    (CHIPS, (3, "chips", 1), set(), 9, Context("low-power "), 1),
    (CHIPS, (3, "power chips", 0), set(), 9, None, 0),
    (CHIPS, (2, "chips, displays", 0), {(2, 33), (2, 37)}, 9, Context("Support "), 1),
    (CHIPS, (2, "chips, displays", 0), {(2, 37), (2, 41)}, 9, Context("", " and robots."), 0),
    (CHIPS, (2, "chips, displays", 0), set(), 0, Context(), 0),
    (CHIPS, (3, "chips, displays", 0), set(), 0, Context(repeated="yes"), 0),
    (["same words here", "same words here"], (1, "words", 0), set(), 9, Context(), 0),
    (["same words here", "same words here"], (2, "words", 0), set(), 9, Context(repeated="yes"), 0),
    (["a b c d x e", "z b c d x e"], (2, "x", 0), set(), 9, Context(repeated="yes"), 0),
    (["a c d x e", "z c d x e"], (2, "x", 0), set(), 9, Context("z c d "), 3),
    (["发展芯片产业", "支持芯片产业"], (2, "芯片", 0), set(), 9, Context("持"), 1),
    (["甲乙丙丁戊芯片", "子乙丙丁戊芯片"], (2, "芯片", 0), set(), 9, Context(repeated="yes"), 0),
    (["one two three four five six seven eight nine ten eleven twelve", "2 two three four five six seven eight nine ten eleven twelve end"],
     (2, "two three four five six seven eight nine ten eleven twelve", 0), set(), 9, Context("2 "), 1),
    (["x one two three four five six seven eight nine ten eleven twelve", "y one two three four five six seven eight nine ten eleven twelve"],
     (2, "one two three four five six seven eight nine ten eleven twelve", 0), set(), 9, Context(repeated="yes"), 0),
]  # fmt: skip


@pytest.mark.parametrize(("paragraphs", "quote", "covered", "room", "expected", "words"), CASES)
def test_the_fewest_new_words_are_taken(
    paragraphs: list[str],
    quote: tuple[int, str, int],
    covered: Words,
    room: int,
    expected: Context | None,
    words: int,
) -> None:
    [at] = runs(paragraphs, quote)
    quoted = words_under(paragraphs, {at.paragraph: [Span(at.start, at.end)]}) | covered
    found, added = find_contexts([at], paragraphs, quoted, room)
    assert (found, added) == ({} if expected is None else {at: expected}, words)


def test_quotes_that_no_link_finds_come_first_when_room_is_short() -> None:
    first, second = runs(CHIPS, (2, "chips, displays", 0), (3, "chips, displays", 0))
    found, added = find_contexts([first, second], CHIPS, set(), 3)
    assert found == {second: Context("supports "), first: Context()}
    assert added == 3
    assert count_words(CHIPS) == 20
