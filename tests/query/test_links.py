"""Links to the publishers' pages open at the words of their rows, resolved here as a browser would."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from kg.query.graph import Graph
from kg.query.statements import Evidence

DIRECTIVE = re.compile(r":~:text=(?:(?P<prefix>[^,]+)-,)?(?P<text>[^,]+)(?:,-(?P<suffix>[^,]+))?")
LATIN = r"[^\W\u3007\u3400-\u9fff]"


def words(part: str) -> str:
    """The pattern of a part of a directive: any white space, and whole words of Latin script."""
    decoded = unquote(part)
    pattern = r"\s+".join(map(re.escape, decoded.split()))
    bounds = [bool(re.match(LATIN, char)) for char in (decoded[0], decoded[-1])]
    return f"{f'(?<!{LATIN})' * bounds[0]}{pattern}{f'(?!{LATIN})' * bounds[1]}"


def resolve(link: str, paragraphs: Sequence[str]) -> tuple[int, int] | None:
    """The first place in a text that the directive of a link leads to: paragraph from 1, and offset."""
    _, _, fragment = link.partition("#")
    found = DIRECTIVE.fullmatch(fragment)
    assert found, link
    prefix, text, suffix = (found[name] and words(found[name]) for name in ("prefix", "text", "suffix"))
    pattern = f"{prefix}\\s*" * bool(prefix) + f"(?P<text>{text})" + f"\\s*{suffix}" * bool(suffix)
    for number, raw in enumerate(paragraphs, 1):
        if match := re.search(pattern, raw, re.IGNORECASE):
            return number, match.start("text")
    return None


def evidence(graph: Graph, **chosen: str) -> list[Evidence]:
    return [s.evidence for s in graph.statements(**chosen)] + [t.evidence for t in graph.targets(**chosen)]


def test_each_link_leads_to_the_place_of_its_quote(curated: Graph, texts: Path) -> None:
    known = {path.name[:3]: path.read_text(encoding="utf-8").split("\n") for path in texts.glob("*.txt")}
    paragraphs = {"gwr-2024": known["000"], "sh-sei-2021": known["003"]}
    led: Counter[str] = Counter()
    for name, lines in paragraphs.items():
        text = [line for line in lines if line.strip()]
        for each in evidence(curated, source=f"source/{name}"):
            how = "page" if each.repeated else "context" if each.prefix or each.suffix else "quote"
            led[how] += 1
            if each.repeated:
                assert each.link == each.address != ""
                earlier = resolve(replace(each, repeated=False).link, text)
                assert earlier is not None
                assert earlier < (each.paragraph, each.start or 0), each
            else:
                assert resolve(each.link, text) == (each.paragraph, each.start), each
    assert led["quote"] > 1000
    assert led["context"] > 200
    assert led["page"] < 60, "hardly a quote that no link leads to"


@pytest.mark.parametrize(
    ("quote", "prefix", "suffix", "fragment"),
    [
        ("such as lidar", "", "", "such%20as%20lidar"),
        ("chips", "advanced ", "", "advanced-,chips"),
        ("chips", "", ", and", "chips,-%2C%20and"),
        ("5-nm chips", "low-", "", "low%2D-,5%2Dnm%20chips"),
        ("光谷 二期", "“", "”项目", "%E2%80%9C-,%E5%85%89%E8%B0%B7%20%E4%BA%8C%E6%9C%9F,-%E2%80%9D%E9%A1%B9%E7%9B%AE"),
        ("a\u00a0b & c", "", "", "a%20b%20%26%20c"),
    ],
)  # fmt: skip
def test_context_is_part_of_a_fragment(quote: str, prefix: str, suffix: str, fragment: str) -> None:
    at = Evidence("", "source/x", "X", "https://example.org/x", 1, quote, 0, 1, "x:2", prefix, suffix)
    assert at.link == f"https://example.org/x#:~:text={fragment}"
    assert DIRECTIVE.fullmatch(at.fragment)


def test_a_link_without_a_fragment_or_an_address() -> None:
    known = Evidence("", "source/x", "X", "https://example.org/x", 1, "chips", 0, 1, "x:2", repeated=True)
    assert known.link == "https://example.org/x"
    assert Evidence("", "source/x", "X", "", 1, "chips", 0, 1, "x:2").link == ""
