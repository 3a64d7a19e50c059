"""Names found in invented texts: borders, plurals, widths, marks, overlaps."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.read import mentions
from kg.read.mentions import compile_names, find_mentions

NAMES = {
    "org/core-link": ["Core Link"],
    "org/catl": ["宁德时代", "CATL"],
    "place/xian": ["Xi'an"],
    "programme/stars": ["满天星计划", '"stars" plan'],
    "topic/5g": ["5G"],
    "topic/battery": ["battery", "电池"],
    "topic/chip": ["chips", "芯片"],
    "topic/chip-design": ["chip design", "芯片设计"],
    "topic/3d-printing": ["3D printing"],
    "topic/cpu": ["CPUs"],
    "topic/data-centre": ["data centres"],
    "topic/electronics": ["electronics"],
    "topic/lens": ["lens"],
    "topic/research": ["R&D"],
    "topic/ic": ["IC", "集成电路"],
    "topic/ipv6-plus": ["IPv6+"],
    "topic/nev": ["new energy vehicle", "NEV"],
    "topic/new-energy": ["new energy"],
    "topic/process": ["process"],
}
AUTOMATON = compile_names(NAMES)


def found(raw: str) -> list[tuple[str, str, str]]:
    """Entity, words and within of each mention."""
    return [(one.entity.partition("/")[2], one.words, one.within) for one in find_mentions([raw], AUTOMATON)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("an IC, an ic and ICs", [("ic", "IC", ""), ("ic", "ic", ""), ("ic", "ICs", "")]),
        ("topical music, ICx, 3IC", []),
        ("发展IC产业", [("ic", "IC", "")]),
        ("batteries and a Battery; batterys", [("battery", "batteries", ""), ("battery", "Battery", "")]),
        ("one chip, chips", [("chip", "chip", ""), ("chip", "chips", "")]),
        ("electronic parts; electronics", [("electronics", "electronics", "")]),
        ("processes", [("process", "processes", "")]),
        ("实施‘满天星’计划", [("stars", "满天星’计划", "")]),
        ("a CPU, two CPUs; campus", [("cpu", "CPU", ""), ("cpu", "CPUs", "")]),
        ("a lens, lenses", [("lens", "lens", ""), ("lens", "lenses", "")]),
        ("data center, Data Centers", [("data-centre", "data center", ""), ("data-centre", "Data Centers", "")]),
        ("R & D, r&d", [("research", "R & D", ""), ("research", "r&d", "")]),
        ("3D-printing", [("3d-printing", "3D-printing", "")]),
        ("5G, 15G, 2.5G, 5Gbps, 5G-based", [("5g", "5G", ""), ("5g", "5G", "")]),
        ("the IPv6+ standard", [("ipv6-plus", "IPv6+", "")]),
        ("new-energy  vehicles", [("new-energy", "new-energy", "new-energy  vehicles"), ("nev", "new-energy  vehicles", "")]),
        ("new energy‑vehicle", [("new-energy", "new energy", "new energy‑vehicle"), ("nev", "new energy‑vehicle", "")]),
        ("chip design", [("chip", "chip", "chip design"), ("chip-design", "chip design", "")]),
        ("芯片设计、芯 片", [("chip", "芯片", "芯片设计"), ("chip-design", "芯片设计", ""), ("chip", "芯 片", "")]),
        ("实施“满天星”计划", [("stars", "满天星”计划", "")]),
        ("the ‘stars’ plan, the stars plan", [("stars", "stars’ plan", ""), ("stars", "stars plan", "")]),
        ("Xi’an's", [("xian", "Xi’an", "")]),
        ("ＣＡＴＬ和ＮＥＶ", [("catl", "ＣＡＴＬ", ""), ("nev", "ＮＥＶ", "")]),
        ("😀𠮷集成电路🇨🇳IC", [("ic", "集成电路", ""), ("ic", "IC", "")]),
        ("core link, CORE\tLINK; hardcore link", [("core-link", "core link", ""), ("core-link", "CORE\tLINK", "")]),
        ("集成电路\u0301", []),
        ("", []),
    ],
)  # fmt: skip
def test_names_are_found_as_words_of_their_own(raw: str, expected: list[tuple[str, str, str]]) -> None:
    assert sorted(found(raw)) == sorted(expected)


def test_places_are_code_points_of_the_raw_paragraph() -> None:
    raw = "\u3000\u3000😀 “Core  Link” ﬁrst"
    [one] = find_mentions(["none here", raw], AUTOMATON)
    assert one == (2, 5, "org/core-link", "Core  Link", "")
    assert raw[one.start :].startswith(one.words)


def test_the_longest_name_around_is_told_and_crossing_names_stand_side_by_side() -> None:
    names = {
        "topic/a": ["b c"],
        "topic/b": ["a b c d"],
        "topic/c": ["c d e"],
        "topic/d": ["b c d"],
        "topic/e": ["b c"],
    }
    found = [(one.entity[-1], one.within) for one in find_mentions(["a b c d e"], compile_names(names))]
    assert found == [("b", ""), ("d", "a b c d"), ("a", "a b c d"), ("e", "a b c d"), ("c", "")]


def test_long_names_are_recorded_by_their_first_words() -> None:
    english, chinese = (
        "one two three four five six seven eight nine ten eleven twelve thirteen",
        "一二三四五六七八九十" * 2,
    )
    automaton = compile_names({"topic/en": [english], "topic/zh": [chinese]})
    words = [one.words for one in find_mentions([english, chinese], automaton)]
    assert words == [english.removesuffix(" thirteen"), chinese[:16]]


def test_no_names_are_found_nowhere() -> None:
    assert list(find_mentions(["any text"], compile_names({}))) == []


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["sensors"], {"sensors", "sensor"}),
        (["industry"], {"industry", "industries"}),
        (["technologies"], {"technologies", "technology", "technologie"}),
        (["process"], {"process", "processes"}),
        (["optics"], {"optics"}),
        (["6G", "芯片"], {"6g", "芯片"}),
        (["analysis"], {"analysis", "analysises", "analyses", "analysi"}),
        (["shelf"], {"shelf", "shelfs", "shelves"}),
        (["gas"], {"gas", "gases"}),
        (["fibre"], {"fibre", "fibres", "fiber", "fibers"}),
        (['"star"', "《规划》"], {"star", "stars", "规划"}),
        (["big-data"], {"big data", "big datas"}),
        (["A-share"], {"a-share", "a-shares"}),
        (['""', " "], set()),
    ],
)
def test_forms(names: list[str], expected: set[str]) -> None:
    assert mentions.forms(names) == expected


def test_the_hash_is_of_the_names_in_any_order() -> None:
    assert (
        mentions.forms_hash(["a", "b", "a"]) == mentions.forms_hash(["b", "a"]) != mentions.forms_hash(["ab"])
    )


PIECES = st.sampled_from(
    ["chip design", "chips", "new energy", "new-energy vehicles", "集成电路", "芯片", "芯片设计", "“", "”", '"', " ", "  ",
     "\u3000", "-", "—", "5G", "IC", "s", "x", "3", "，", ",", "😀", "\u200b", "ﬁ", "ＩＣ", "ß", "İ", "́", "Link", "Core"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
def test_every_mention_is_a_run_of_the_text_that_is_a_name(raw: str) -> None:
    runs = {entity: mentions.forms(names) for entity, names in NAMES.items()}
    for one in find_mentions([raw], AUTOMATON):
        assert raw[one.start : one.start + len(one.words)] == one.words
        assert mentions.fold(one.words).text in runs[one.entity]
        assert not one.within or (one.within in raw and len(one.within) > len(one.words))


@given(
    st.lists(
        st.sampled_from(["chip design", "IC", "core link", "batteries", "of", "and", "a 5G"]), max_size=8
    )
)
def test_every_plain_name_is_found(words: list[str]) -> None:
    raw = ", ".join(words)
    expected = sum(
        len(re.findall(rf"(?<!\w){name}(?!\w)", raw))
        for name in ("chip", "chip design", "IC", "core link", "batteries", "5G")
    )
    assert len(found(raw)) == expected


@given(st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=5))
def test_paragraphs_do_not_touch_each_other(paragraphs: list[str]) -> None:
    alone = [
        one._replace(paragraph=number)
        for number, raw in enumerate(paragraphs, 1)
        for one in find_mentions([raw], AUTOMATON)
    ]
    assert list(find_mentions(paragraphs, AUTOMATON)) == alone
