"""Numbers as documents write them: read as what they say, or not at all."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.read import numbers

NUMBERS = {
    # figures, their thousands and scales
    "65.8 billion": "65800000000", "1 trillion": "1000000000000", "8,500": "8500", "400,000": "400000",
    "350 billion": "350000000000", "1000": "1000", "10": "10", "65.8bn": "65800000000", "65.8 bn": "65800000000",
    "2tn": "2000000000000", "3m": "3000000", "5 k": "5000", "65.8-billion": "65800000000", "3 hundred thousand": "300000",
    "2 thousand million": "2000000000", "10 000": "10000", "10\u00a0000": "10000", "10\u202f000": "10000",
    "10\u2009000\u2009000": "10000000", "10\u3000000": "10000", "１０，０００": "10000", "10'000": "10000", "0.5": "0.5",
    "500+": "500", "10万+": "100000", "-3": "-3", "−3": "-3", "－3": "-3", "–3": "-3", "+3": "3", "minus three": "-3",
    "-3%": "-3", "20%": "20", "２０％": "20", "20 per cent": "20", "twenty percent": "20", "2 percentage points": "2",
    # English words
    "eight": "8", "zero": "0", "thirty-five": "35", "thirty five": "35", "two hundred and fifty": "250", "a hundred": "100",
    "one million two hundred thousand": "1200000", "two hundred and fifty thousand": "250000", "twelve hundred": "1200",
    "two thousand and five": "2005", "hundred million": "100000000", "one hundred thousand million": "100000000000",
    # parts and multiples
    "doubling": "2", "doubled": "2", "twice": "2", "tripled": "3", "half": "0.5", "a half": "0.5", "½": "0.5", "1½": "1.5",
    "1/4": "0.25", "1 1/4": "1.25", "three quarters": "0.75", "two-fifths": "0.4", "half a million": "500000",
    "two and a half billion": "2500000000", "3 times": "3", "四分之三": "0.75", "一半": "0.5", "三成": "30", "三成五": "35",
    "翻番": "2", "翻一番": "2", "翻两番": "4", "翻了两番": "4", "倍增": "2", "两倍": "2", "1.5倍": "1.5",
    # Chinese
    "658亿": "65800000000", "６５８亿": "65800000000", "1.2万亿": "1200000000000", "1.2萬億": "1200000000000",
    "百分之二十": "20", "百分之20": "20", "百分之三点五": "3.5", "百分之百": "100", "负三": "-3", "两": "2", "兩": "2",
    "两千亿": "200000000000", "二十五": "25", "十": "10", "十五": "15", "一百零五": "105", "一百〇五": "105", "一百五十": "150",
    "三万五千": "35000", "六百五十八亿": "65800000000", "万亿": "1000000000000", "九千八百万": "98000000", "千万": "10000000",
    "一万五": "15000", "十二万五": "125000", "一亿二": "120000000", "一百五": "150", "两千五": "2500", "一万二千五": "12500",
    "一万零五": "10005", "一千零五": "1005", "一万五百": "10500", "一亿零五千": "100005000", "三百零五万": "3050000",
    "二〇二五": "2025", "一二〇": "120", "二〇": "20", "十二点五亿": "1250000000", "三点一四": "3.14", "貳佰": "200",
    "2亿5000万": "250000000", "1万5千": "15000", "1万5000": "15000", "5百万": "5000000", "3,000万": "30000000",
    "三百多亿": "30000000000", "二十余": "20",
}  # fmt: skip
REFUSED = [
    "", " ", "+", "-", "--3", "+-3", "a", "and", "several", "若干", "几十", "十几", "数百", "12-inch", "1.2.3", "3 4", "1,5",
    "12,34", "1,2345", "0,123", "1,234 567", "1.5,000", "10  000", "10²", "①", "٣", "२०", "1e5", "1_000", "nan", "Infinity",
    "24/7", "5/5", "1/0", "11/2", "2024/25", "one two", "five and six", "five six", "ten and fifteen", "nineteen ninety",
    "twenty twenty-five", "million million", "one hundred and", "and five", "zero five", "one thousand thousand",
    "one thousand five million", "one hundred hundred", "hundred and hundred", "two hundred and three hundred",
    "one million and two hundred thousand", "half two", "twenty-fifth", "third", "five and a half hundred", "five m", "three third",
    "三五", "七八", "零五", "一百零", "一万零", "一亿两", "一万两", "一两", "两十", "一亿五千", "一亿十", "一亿二千五", "1亿5000", "1万5",
    "万五", "亿二", "三百万五", "三千万五", "一万二千五亿", "一万五亿", "一亿亿", "万万", "亿万", "千百", "百十", "五千六千", "十十",
    "三点十五", "三点", "点五", "一万三万", "三分之五", "三一成", "翻百番", "兆", "二二三百", "六b", "第三", "三个",
]  # fmt: skip
RANGES = {
    "3-4": (3, 4), "3–4": (3, 4), "3 to 4": (3, 4), "three to four": (3, 4), "三至四": (3, 4), "３～５": (3, 5), "-3--1": (-3, -1),
    "-3 to 5": (-3, 5), "thirty-five to forty": (35, 40), "thirty-forty-five": (30, 45), "five-ten": (5, 10),
    "between 3 and 5": (3, 5), "from 3 to 5": (3, 5), "half to two": (0.5, 2), "10-15%": (10, 15), "10%-15%": (10, 15),
    "between one hundred and twenty and one hundred and thirty": (120, 130), "10 per cent to 15 per cent": (10, 15),
    "百分之十至百分之十五": (10, 15), "百分之十至十五": (10, 15), "百分之二至三成": (2, 30), "1 to 1000": (1, 1000),
    # one scale for both bounds
    "100-150亿": (100 * 10**8, 150 * 10**8), "200-300亿": (200 * 10**8, 300 * 10**8), "3-5万": (30_000, 50_000),
    "100-150 million": (100 * 10**6, 150 * 10**6), "3 to 4 billion": (3 * 10**9, 4 * 10**9), "10-15k": (10_000, 15_000),
    "3-5千": (3_000, 5_000), "3-5万亿": (3 * 10**12, 5 * 10**12), "0.5-1.5亿": (5 * 10**7, 15 * 10**7), "0-5万": (0, 50_000),
    "two to three hundred million": (200 * 10**6, 300 * 10**6), "fifty to one hundred million": (50 * 10**6, 100 * 10**6),
    "二至三百亿": (200 * 10**8, 300 * 10**8), "五百至八百亿": (500 * 10**8, 800 * 10**8), "三至五成": (30, 50), "两到三倍": (2, 3),
    # a scale each
    "3 million to 4 billion": (3 * 10**6, 4 * 10**9), "100亿-150亿": (100 * 10**8, 150 * 10**8), "5k-10k": (5_000, 10_000),
    "三千至五万": (3_000, 50_000), "八千至一万二": (8_000, 12_000), "500 to 1 thousand": (500, 1_000), "一至三十": (1, 30),
    "10,000 to 1 million": (10_000, 10**6), "one hundred-two hundred": (100, 200),
    # two digits side by side
    "二三百": (200, 300), "三四百": (300, 400), "二三百亿": (200 * 10**8, 300 * 10**8), "一两百": (100, 200), "两三万": (20_000, 30_000),
    "两三十": (20, 30), "十七八": (17, 18), "七八十": (70, 80), "七八": (7, 8), "百分之七八十": (70, 80), "两三倍": (2, 3),
}  # fmt: skip
NO_RANGES = [
    "5", "a-b", "1-2-3", "5-3", "3-3", "2024-01-21", "thirty-five", "twenty-one thousand", "five-hundred", "10-million", "two-thirds",
    "3 to 2 million", "30-20 billion", "10%-15", "三万至五万亿", "八千至一亿二千万", "3 to 4 million five hundred thousand",
    "三五百", "几十", "三、四百", "一二百三四十", "二〇二三四", "between 3", "3 to", "-3", "",
]  # fmt: skip


@pytest.mark.parametrize(("written", "expected"), NUMBERS.items())
def test_numbers_as_written(written: str, expected: str) -> None:
    assert numbers.parse(written) == Decimal(expected)
    assert numbers.parse_range(written) is None


@pytest.mark.parametrize("written", REFUSED)
def test_what_is_not_one_number_is_none(written: str) -> None:
    assert numbers.parse(written) is None


@pytest.mark.parametrize(("written", "expected"), RANGES.items())
def test_ranges(written: str, expected: tuple[float, float]) -> None:
    assert numbers.parse(written) is None
    assert numbers.parse_range(written) == tuple(Decimal(str(bound)) for bound in expected)


@pytest.mark.parametrize("written", NO_RANGES)
def test_what_is_not_one_range_is_none(written: str) -> None:
    assert numbers.parse_range(written) is None


def test_fractions_are_quotients_and_count_in_hundredths_of_a_percentage() -> None:
    assert numbers.parse("1/3") == numbers.parse("one third") == numbers.parse("三分之一") == Decimal(1) / 3
    assert numbers.parse("half", percent=True) == numbers.parse("50%", percent=True) == 50
    assert numbers.parse_range("1/4 to 1/2", percent=True) == (Decimal(25), Decimal(50))


@given(st.text(max_size=20))
def test_any_text_is_one_number_or_a_rising_range_or_neither(written: str) -> None:
    found, bounds = numbers.parse(written), numbers.parse_range(written)
    assert found is None or (found.is_finite() and bounds is None)
    assert bounds is None or bounds[0] < bounds[1]


@given(st.integers(0, 10**15), st.sampled_from([",", " ", "\u00a0", "\u202f", "\u2009", "，"]))
def test_figures_are_themselves(value: int, mark: str) -> None:
    grouped = f"{value:,}".replace(",", mark)
    assert numbers.parse(str(value)) == numbers.parse(grouped) == value
    assert numbers.parse(f"-{grouped}") == numbers.parse(f"−{value}") == -value


@given(
    st.decimals(0, 10**6, places=2),
    st.sampled_from([
        (" thousand", 3), (" million", 6), (" billion", 9), (" trillion", 12), ("bn", 9), (" m", 6), ("k", 3), ("万", 4),
        ("亿", 8), ("万亿", 12), ("萬億", 12), ("千亿", 11), ("百万", 6), ("%", 0), ("", 0),
    ]),
)  # fmt: skip
def test_figures_with_a_scale(value: Decimal, scale: tuple[str, int]) -> None:
    assert numbers.parse(f"{value}{scale[0]}") == value.scaleb(scale[1])
    assert numbers.parse_range(f"{value}-{value + 1}{scale[0]}") == (
        value.scaleb(scale[1]),
        (value + 1).scaleb(scale[1]),
    )


ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = dict(enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2))
SCALES = {10**12: "trillion", 10**9: "billion", 10**6: "million", 10**3: "thousand"}


def in_words(value: int, *, hyphen: str = "-", joint: str = " and ") -> str:
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10] + (hyphen + ONES[value % 10] if value % 10 else "")
    if value < 1000:
        tail = joint + in_words(value % 100, hyphen=hyphen) if value % 100 else ""
        return f"{ONES[value // 100]} hundred{tail}"
    unit = next(unit for unit in SCALES if value >= unit)
    words = f"{in_words(value // unit, hyphen=hyphen, joint=joint)} {SCALES[unit]}"
    rest = value % unit
    return words + (
        f"{joint if rest < 100 else ' '}{in_words(rest, hyphen=hyphen, joint=joint)}" if rest else ""
    )


@given(
    st.one_of(st.integers(0, 9_999), st.integers(0, 10**15 - 1)),
    st.sampled_from("- "),
    st.sampled_from([" and ", " "]),
)
def test_english_words_read_back(value: int, hyphen: str, joint: str) -> None:
    written = in_words(value, hyphen=hyphen, joint=joint)
    assert numbers.parse(written) == numbers.parse(written.title()) == value
    assert numbers.parse_range(written) is None


@given(st.integers(0, 10**7), st.integers(1, 10**7), st.sampled_from([" to ", "-", " – ", "至"]))
def test_ranges_of_words_are_their_bounds_or_nothing(low: int, step: int, joint: str) -> None:
    """Between words a scale of the upper bound may be meant for both; then there are two readings."""
    high = low + step
    found = numbers.parse_range(f"{in_words(low)} million{joint}{in_words(high)} billion")
    assert found in {(Decimal(low * 10**6), Decimal(high * 10**9)), None}


HAN = "零一二三四五六七八九"


def in_han(value: int) -> str:
    if value < 10:
        return HAN[value]
    unit, sign = next(
        (10**n, s) for n, s in [(8, "亿"), (4, "万"), (3, "千"), (2, "百"), (1, "十")] if value >= 10**n
    )
    rest = value % unit
    return in_han(value // unit) + sign + (("零" if rest < unit // 10 else "") + in_han(rest) if rest else "")


def without_zeros(written: str) -> str:
    """零 left out where the same number is said: 一百五 is not 105, nor is 一亿五千 plainly 100,005,000."""
    return re.sub(r"(?<=.)(?<!亿)零(?!.$|.[万亿])|(?<=亿)零(?=.*万)(?!.万$)", "", written)


@given(st.one_of(st.integers(0, 99_999), st.integers(0, 10**12 - 1)))
def test_chinese_numerals_read_back(value: int) -> None:
    written = in_han(value)
    forms = {
        written, written.replace("零", "〇"), without_zeros(written), written.translate(str.maketrans("万亿", "萬億")),
        written.replace("二千", "两千").replace("二百", "两百"), f"百分之{written}",
        written.translate(str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")),
        written.removeprefix("一") if written.startswith("一十") else written,
    }  # fmt: skip
    assert {form: numbers.parse(form) for form in forms} == dict.fromkeys(forms, Decimal(value))
    assert numbers.parse_range(written) is None


@given(st.integers(100, 10**12))
def test_digits_by_place(value: int) -> None:
    assert numbers.parse("".join("〇一二三四五六七八九"[int(digit)] for digit in str(value))) == value


VOCABULARY = [*ONES[:3], "five", "ten", "fifteen", "twenty", "ninety", "hundred", "thousand", "million", "billion", "and"]  # fmt: skip


@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=7))
def test_words_in_any_order_are_the_number_they_say_or_none(words: list[str]) -> None:
    found = numbers.parse(" ".join(words))
    assert found is None or " ".join(word for word in words if word != "and") in spellings(int(found))


@cache
def spellings(value: int) -> frozenset[str]:
    """All that says a number, by what its scales multiply: 1,200 is twelve hundred and one thousand two hundred."""
    found = {in_words(value, hyphen=" ", joint=" ")} if value < 100 else set()
    for unit, name in {
        **SCALES,
        100: "hundred",
    }.items():
        names = {name} | (
            {f"thousand {SCALES[unit // 1000]}"} if unit > 10**3 and unit // 1000 in SCALES else set()
        )
        if 0 < value // unit < 10_000:
            heads = spellings(value // unit) | ({""} if value // unit == 1 else set())
            tails = spellings(value % unit) if value % unit else {""}
            found |= {f"{h} {n} {t}".strip() for h in heads for n in names for t in tails}
    return frozenset(found)


@given(st.text(alphabet="零一两二三五九十百千万亿", min_size=1, max_size=7))
def test_numerals_in_any_order_are_the_number_they_say_or_none(written: str) -> None:
    found = numbers.parse(written)
    if not set(written) <= set(HAN):  # those stand by their place
        assert found is None or written.replace("两", "二").replace("一十", "十") in numerals(int(found))


def numerals(value: int) -> set[str]:
    """All that says a number: 零 left out or added, 一 and the last unit unsaid where nothing else is meant."""
    found = {in_han(value)}
    for change in (
        without_zeros,
        lambda form: re.sub(r"亿零(?=.*万)", "亿", form),
        lambda form: re.sub(r"([万亿])(?=[^零万亿])", r"\1零", form),
        lambda form: re.sub(r"亿(?=[^零万亿])", "亿零", form),
        lambda form: re.sub(r"万(?=[^零万亿])", "万零", form),
        lambda form: re.sub(r"^一(?=[十百千万亿])", "", form),
        lambda form: re.sub(r"(百[^零])十$|(千[^零])百$|(万[^零])千$|(亿[^零])千万$", r"\1\2\3\4", form),
    ):  # fmt: skip
        found |= {change(form) for form in found}
    return {form.replace("一十", "十") for form in found}
