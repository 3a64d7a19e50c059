"""Answers: shown to people, written for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.iris import expand, iri
from kg.query.result import Answer, as_csv, as_json, as_markdown
from kg.query.statements import Evidence
from kg.query.values import value
from kg.read import files

JINAN = ox.NamedNode(iri("place/jinan"))
LABELS = {"place/jinan": "Jinan", "promotes": "promotes", "topic/lidar": "激光雷达"}


def typed(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(expand(f"xsd:{kind}")))


def answer(*columns: str, rows: list[tuple[ox.NamedNode | ox.Literal | None, ...]]) -> Answer:
    return Answer(columns, tuple(rows), LABELS)


@pytest.mark.parametrize(
    ("term", "python", "shown"),
    [
        (JINAN, "place/jinan", "Jinan"),
        (ox.NamedNode(iri("source/gwr-2024")), "source/gwr-2024", "gwr-2024"),
        (ox.NamedNode("http://example.org/x"), "http://example.org/x", "http://example.org/x"),
        (typed("7", "integer"), 7, "7"),
        (typed("65800000000", "decimal"), 65800000000, "65,800,000,000"),
        (typed("0.5", "decimal"), 0.5, "0.5"),
        (typed("65800000000.50", "decimal"), 65800000000.5, "65,800,000,000.5"),
        (typed("99999999999999999999", "integer"), 99999999999999999999, "99,999,999,999,999,999,999"),
        (typed("1", "boolean"), True, "yes"),
        (typed("2024-01-21+08:00", "date"), date(2024, 1, 21), "2024-01-21"),
        (typed("1e3", "double"), 1000.0, "1,000"),
        (typed("true", "boolean"), True, "yes"),
        (typed("2024-01-21", "date"), date(2024, 1, 21), "2024-01-21"),
        (ox.Literal("gallium", language="en"), "gallium", "gallium"),
        (None, None, ""),
    ],
)  # fmt: skip
def test_terms_become_values(term: ox.NamedNode | ox.Literal | None, python: object, shown: str) -> None:
    assert value(term) == python
    assert type(value(term)) is type(python)
    assert answer("it", rows=[(term,)]).shown() == [[shown]]


ODD = [
    ("abc", "integer"), ("", "integer"), ("1_000", "integer"), ("１２", "integer"), (" 7", "integer"), ("9" * 5000, "integer"),
    ("x", "decimal"), ("12 kg", "decimal"), ("1e5", "decimal"), ("Infinity", "decimal"), ("NaN", "decimal"),
    ("1234567890123456.5", "decimal"), ("9" * 5000 + ".0", "decimal"), ("2024", "date"), ("-0044-03-15", "date"),
    ("12024-01-01", "date"), ("2024-02-30", "date"), ("2024-13-01", "date"), ("２０２４-01-01", "date"), ("2024-01-21T00:00", "date"),
    ("", "date"), ("NaN", "double"), ("INF", "double"), ("-INF", "float"), ("nan", "double"), ("infinity", "float"),
    ("1e400", "double"), ("x", "float"), ("yes", "boolean"), ("TRUE", "boolean"), ("", "boolean"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "kind"), ODD)
def test_what_is_not_of_its_datatype_is_shown_as_written(words: str, kind: str) -> None:
    found = answer("it", rows=[(typed(words, kind),)])
    assert value(typed(words, kind)) == words
    assert found.shown() == [[words]]
    assert list(csv.reader(io.StringIO(as_csv(found))))[1:] in ([[words]], [[f"'{words}"]])
    assert json.loads(as_json(found), parse_constant=pytest.fail) == [{"it": words}]
    assert as_markdown(found).splitlines()[2] == f"| {words} |"


@given(
    st.sampled_from(["integer", "decimal", "double", "float", "boolean", "date", "dateTime", "gYear"]),
    st.text(max_size=12),
)
def test_no_literal_breaks_an_answer(kind: str, words: str) -> None:
    found = answer("it", rows=[(typed(words, kind),)])
    assert len(found.shown()) == len(list(found)) == 1
    assert as_csv(found).startswith("it\n")
    assert len(json.loads(as_json(found), parse_constant=pytest.fail)) == 1
    assert as_markdown(found).count("\n") >= 3


def test_another_vocabulary_has_its_own_datatypes() -> None:
    assert value(ox.Literal("12", datatype=ox.NamedNode("http://example.org/u#decimal"))) == "12"


def test_csv_has_labels_beside_ids_and_no_formulas() -> None:
    found = answer(
        "place", "words", "day", "sure",
        rows=[(JINAN, ox.Literal("=SUM(A1)"), typed("2024-01-21", "date"), typed("true", "boolean"))],
    )  # fmt: skip
    assert list(csv.reader(io.StringIO(as_csv(found)))) == [
        ["place", "place_label", "words", "day", "sure"],
        ["place/jinan", "Jinan", "'=SUM(A1)", "2024-01-21", "yes"],
    ]
    assert as_csv(found, delimiter="\t").splitlines()[0] == "place\tplace_label\twords\tday\tsure"


FORMULAS = ["=1+1", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1"]


@pytest.mark.parametrize("words", FORMULAS)
def test_no_text_cell_of_a_csv_is_a_formula(words: str) -> None:
    """Labels stand in cells too; an apostrophe before a formula sign says that the cell is text."""
    found = Answer(("place", "words"), ((JINAN, ox.Literal(words)),), {"place/jinan": words})
    assert list(csv.reader(io.StringIO(as_csv(found), newline="")))[1] == [
        "place/jinan",
        f"'{words}",
        f"'{words}",
    ]
    assert files.plain_text(f"'{words}") == words


@pytest.mark.parametrize("words", ["-3", "+3", "-0.5", "-1e-05", "", "a=b", "'tis", "Ji'nan"])
def test_numbers_and_plain_words_are_written_as_they_are(words: str) -> None:
    assert as_csv(answer("words", "day", rows=[(ox.Literal(words), typed("2024-01-21", "date"))])) == (
        f"words,day\n{words},2024-01-21\n"
    )
    assert files.plain_text(words) == words


def test_negative_numbers_and_empty_cells() -> None:
    rows: list[tuple[ox.NamedNode | ox.Literal | None, ...]] = [
        (typed("-3", "integer"), typed("-0.5", "decimal"), None, ox.Literal(""))
    ]
    for bom in (False, True):
        written = as_csv(answer("whole", "part", "none", "empty", rows=rows), bom=bom)
        assert written.removeprefix("\ufeff") == "whole,part,none,empty\n-3,-0.5,,\n"


@pytest.mark.parametrize("words", ["3-4", "1/2", "2021/12", "2024-03", "007", "1E5", "12345678901234567"])
def test_excel_is_kept_from_making_dates_and_numbers_of_words(words: str) -> None:
    found = answer("written", rows=[(ox.Literal(words),)])
    assert as_csv(found, bom=True) == f'\ufeffwritten\n"=""{words}"""\n'
    assert as_csv(found) == f"written\n{words}\n"


@pytest.mark.parametrize("words", ["2021/2025", "../2025", "350 billion", "10", "5G", "Phase 2", "3-4 areas"])
def test_excel_leaves_other_words_alone(words: str) -> None:
    assert as_csv(answer("written", rows=[(ox.Literal(words),)]), bom=True) == f"\ufeffwritten\n{words}\n"


def test_json_and_markdown() -> None:
    found = answer("place", "day", rows=[(JINAN, typed("2024-01-21", "date")), (None, None)])
    assert json.loads(as_json(found)) == [
        {"place": "place/jinan", "place_label": "Jinan", "day": "2024-01-21"},
        {"place": None, "place_label": None, "day": None},
    ]
    piped = answer("words", rows=[(ox.Literal("a|b\nc"),)])
    assert as_markdown(piped) == "| words |\n| --- |\n| a\\|b c |\n"


def test_columns_go_and_rows_that_are_then_alike_with_them() -> None:
    found = answer("place", "statement", rows=[(JINAN, ox.Literal("a")), (JINAN, ox.Literal("b"))])
    assert found.without(("statement",)).shown() == [["Jinan"]]
    assert found.ids("statement") == ["a", "b"]


def evidence(number: int, quote: str, *, address: str = "https://x.org") -> Evidence:
    return Evidence(f"s/{number}", "source/x", "X", address, number, quote, None, None, "x.csv:1")


def test_a_row_lists_its_evidence_in_the_order_of_the_document() -> None:
    known = {"s/1": evidence(4, "later"), "s/2": evidence(3, "earlier"), "s/3": evidence(3, "again")}
    known["s/5"] = replace(known["s/2"], start=40, end=47)  # the same words once more
    found = answer(
        "place", "statements", rows=[(JINAN, ox.Literal("s/1 s/2 s/3 s/4 s/5")), (JINAN, ox.Literal("s/4"))]
    )
    cited = found.cited("statements", known)
    assert cited.columns == ("place", "sources", "paragraphs", "quotes", "links")
    assert cited.shown() == [
        [
            "Jinan", "source/x | source/x | source/x", "3 | 3 | 4", "again | earlier | later",
            "https://x.org#:~:text=again | https://x.org#:~:text=earlier | https://x.org#:~:text=later",
        ],
        ["Jinan", "", "", "", ""],
    ]  # fmt: skip
    assert cited.for_people() == (
        ["place", "evidence"],
        [["Jinan", "x ¶3 “again”; “earlier”\nx ¶4 “later”"], ["Jinan", ""]],
    )
    assert json.loads(as_json(cited))[0]["paragraphs"] == ["3", "3", "4"]
    assert as_csv(cited).splitlines()[0] == "place,place_label,sources,paragraphs,quotes,links"
    assert as_markdown(cited).splitlines()[2] == (
        "| Jinan | x ¶3 [“again”](https://x.org#:~:text=again); [“earlier”](https://x.org#:~:text=earlier)"
        " x ¶4 [“later”](https://x.org#:~:text=later) |"
    )


def test_doubt_about_statements_and_what_a_row_names_stands_in_a_column() -> None:
    known = {
        "s/1": "garbled: Jinan is meant",
        "place/jinan": "identity probable: Jinan, Jining (knowledge)",
    }
    found = answer("place", "statements", rows=[(JINAN, ox.Literal("s/1 s/2")), (None, ox.Literal("s/2"))])
    doubted = found.doubted(lambda ids: {one: known[one] for one in ids if one in known})
    assert doubted.columns == ("place", "statements", "doubt")
    assert [row["doubt"] for row in doubted] == ["garbled: Jinan is meant; identity probable: Jinan", ""]
    assert found.doubted(lambda ids: {}) is found
    flagged = answer("place", "flags", "statements", rows=[(None, ox.Literal("garbled"), ox.Literal("s/1"))])
    assert [row["doubt"] for row in flagged.doubted(lambda ids: known)] == ["Jinan is meant"]
    sure = answer(
        "place", "flags", "statements", rows=[(JINAN, ox.Literal("identity probable"), ox.Literal("s/2"))]
    )
    assert sure.doubted(lambda ids: known) is sure
    noted = answer("flags", "note", "statements", rows=[(ox.Literal("garbled"), None, ox.Literal("s/1"))])
    assert noted.doubted(lambda ids: known) is noted


def test_rows_are_indexed_and_sliced() -> None:
    found = answer("place", "number", rows=[(JINAN, typed("1", "integer")), (None, typed("2", "integer"))])
    assert found[0] == {"place": "place/jinan", "number": 1}
    assert found[-1] == {"place": None, "number": 2}
    assert isinstance(found[1:], Answer)
    assert list(found[1:]) == [found[1]]
    with pytest.raises(IndexError):
        found[2]


def test_the_repr_is_a_table_of_the_first_rows() -> None:
    rows: list[tuple[ox.NamedNode | ox.Literal | None, ...]] = [(JINAN, ox.Literal("x" * 40))] * 12
    assert repr(answer("place", "words", rows=rows)).splitlines() == [
        "<Answer: 12 rows: place, words>",
        "place  words",
        *[f"Jinan  {'x' * 27}…"] * 10,
        "… 2 more",
    ]
    assert repr(answer("place", rows=[])) == "<Answer: 0 rows: place>"
    assert repr(answer("place", rows=[(None,)])) == "<Answer: 1 row: place>\nplace\n"


def test_html_is_escaped_and_links_to_evidence() -> None:
    where = Evidence("statement/1", "source/x", "X", "https://x.org/", 3, '<"b">', None, None, "x.csv:1")
    found = Answer(
        ("place", "words", "statements"),
        ((JINAN, ox.Literal("<script>alert(1)</script>"), ox.Literal("statement/1 statement/2")),),
        {"place/jinan": "<i>Jinan</i>"},
        lambda ids: {"statement/1": [where]} if set(ids) == {"statement/1", "statement/2"} else {},
    )
    assert found._repr_html_() == (
        "<table><thead><tr><th>place</th><th>words</th><th>statements</th></tr></thead><tbody><tr>"
        '<td><span title="place/jinan">&lt;i&gt;Jinan&lt;/i&gt;</span></td>'
        "<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>"
        '<td><a href="https://x.org/#:~:text=%3C%22b%22%3E" title="&lt;&quot;b&quot;&gt;">x ¶3</a></td>'
        "</tr></tbody></table><p>1 row</p>"
    )


def test_html_of_a_cited_answer_links_the_quotes_and_nothing_but_the_web() -> None:
    for address, link in (
        ("https://x.org/#a", '<a href="https://x.org/#a#:~:text=w%2Ds" title="w-s">x ¶1</a>'),
        ("javascript:alert(1)", "x ¶1"),
    ):
        found = answer("statement", rows=[(ox.Literal("s/1"),)]).cited(
            "statement", {"s/1": evidence(1, "w-s", address=address)}
        )
        assert found._repr_html_() == (
            f"<table><thead><tr><th>quotes</th></tr></thead><tbody><tr><td>{link}</td></tr></tbody></table><p>1 row</p>"
        )
