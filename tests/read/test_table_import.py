"""Your own table as a graph."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import iris, locations, ontology, text
from kg.check import run
from kg.errors import KgError
from kg.query.graph import open_graph
from kg.read import seeds, table_columns
from kg.read.table_columns import Columns, Triple
from kg.read.table_import import MOST_ERRORS, Imported, Origin, import_table
from kg.store import build

KINDS = {"company": "Company", "country": "Country"}
FACTS = [("company", "locatedIn", "country")]
ONTOLOGY = ontology.read(locations.ontology())
TABLE = "company,country\nAcme & Sons,Norway\n极光科技,China\nMüller,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my companies.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def written(
    file: Path,
    folder: Path,
    *,
    kinds: Mapping[str, str] = KINDS,
    facts: Sequence[Triple] = FACTS,
    published: str = "2024-03-01",
) -> Imported:
    origin = Origin("Mine", "me", published)
    return import_table(file, folder, Columns(kinds, facts), origin, ONTOLOGY)


def test_a_table_becomes_sound_seeds_and_a_graph(file: Path, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    assert written(file, seeds) == Imported("my-companies", 4, 2)
    assert run.check_seeds(seeds, locations.ontology()).problems == ()
    build.build_graph(seeds, locations.ontology(), tmp_path / "build")
    graph = open_graph(tmp_path / "build")
    cited = graph.cite(graph.ask("statements", entity="极光科技"))
    assert [(row["object"], row["quotes"]) for row in cited] == [("place/china", "极光科技,China")]
    assert set(graph.names.entities) - {"source/my-companies"} == {
        "org/acme-sons",
        "org/x-c8d7572d",
        "place/china",
        "place/norway",
    }
    assert graph.resolve("Acme & Sons") == "org/acme-sons"


def seeds_of(content: str | bytes, tmp_path: Path) -> seeds.Seeds:
    """Tables of a file, sound by the check, which holds each quote against the file itself."""
    texts = tmp_path / "texts"
    texts.mkdir(parents=True)
    file = texts / "table.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    source = written(file, tmp_path / "seeds").source
    report = run.check_seeds(tmp_path / "seeds", locations.ontology(), texts, write=True)
    assert report.problems == ()
    document = report.seeds.documents[source]
    assert report.unverified == 0
    assert report.verified == len({(s.paragraph, s.quote) for s in document.statements}) > 0
    paragraphs = text.paragraphs(file.read_bytes().decode())
    for statement in document.statements:
        assert len(text.find(paragraphs[statement.paragraph - 1], statement.quote)[0]) == 1
    return report.seeds


def named(found: seeds.Seeds) -> dict[str, set[str]]:
    """Names by entity, the label that was made longer to be told apart left out."""
    return {
        entity: {name.name for name in names if not name.name.endswith(f" ({entity.partition('/')[2]})")}
        for entity, names in found.names_of.items()
    }


def stated(found: seeds.Seeds) -> list[tuple[int, str, str, str]]:
    """Paragraph, subject and object by name, quote."""
    names = {entity: min(them) for entity, them in named(found).items()}
    [document] = found.documents.values()
    return [(s.paragraph, names[s.subject], names[s.object], s.quote) for s in document.statements]


ALIKE = [
    ("Müller", "Muller"), ("TCL科技", "TCL华星"), ("C++ Ltd", "C# Ltd"), ("*ST星光", "ST星光", "ST云海"), ("ABB", "abb"),
    ("Café", "Cafe", "Cafe\u0301"), ("A B", "A\u00a0B", "A\u200bB", "A-B", "A  B"), ("🛰 Corp", "🚀 Corp", "Corp"),
    ("行业Ⅲ", "行业III"), ("Ａcme", "Acme"), ("x c8d7572d", "极光科技"), ("A, B", "A; B"), ("+", "-"),
    (f"Acme {'9' * 84} b c", f"Acme {'9' * 84} b d"),
]  # fmt: skip


@pytest.mark.parametrize("names", ALIKE, ids=ascii)
def test_each_name_is_one_entity_whatever_the_order_of_rows(names: tuple[str, ...], tmp_path: Path) -> None:
    """What a slug cannot tell apart a digest does; nothing is lost, and each row keeps its own company."""
    found = []
    for at, order in enumerate((names, names[::-1])):
        table = "company,country\n" + "".join(f'"{name}",Norway\n' for name in order)
        one = seeds_of(table, tmp_path / str(at))
        assert [name for _, name, _, _ in stated(one)] == list(order)
        found.append({entity: them for entity, them in named(one).items() if entity.startswith("org/")})
    assert found[0] == found[1]
    assert sorted(found[0].values(), key=min) == sorted(({name} for name in names), key=min)


def test_ids_stay_readable_where_nothing_is_lost(tmp_path: Path) -> None:
    names = ["Acme & Sons", "Acme, Inc.", "7-Eleven", "Müller", "中芯国际"]
    table = "company,country\n" + "".join(f'"{name}",Norway\n' for name in names)
    ids = {min(them): entity for entity, them in named(seeds_of(table, tmp_path)).items()}
    assert [ids[name] for name in names] == [
        "org/acme-sons", "org/acme-inc", "org/7-eleven",
        f"org/muller-{iris.digest('Müller')[:8]}", f"org/x-{iris.digest('中芯国际')[:8]}",
    ]  # fmt: skip


def test_digests_that_meet_are_lengthened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Names of which the short digests are equal (found by search) keep ids of their own."""
    first = "甲乙"
    monkeypatch.setattr(iris, "digest", lambda name: "0" * 8 + hashlib.sha256(name.encode()).hexdigest()[:24])
    assert len(set(iris.assign_slugs([first, "丙丁", "戊"]).values())) == 3


NAMES = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), include_characters="'\"é\u00a0中Ⅲ, ;"), min_size=1, max_size=12
).map(str.strip).filter(bool)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(rows=st.lists(st.tuples(NAMES, NAMES, st.text(max_size=40)), min_size=1, max_size=6))
def test_any_table_keeps_its_names_and_its_evidence(
    rows: list[tuple[str, str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        [("company", "country", "about"), *((a, b, c.replace("\x00", "")) for a, b, c in rows)]
    )
    try:
        content = out.getvalue().encode()
    except UnicodeEncodeError:
        return
    found = seeds_of(content, tmp_path_factory.mktemp("any"))
    assert {name for entity, them in named(found).items() if entity.startswith("org/") for name in them} == {
        company for company, _, _ in rows
    }
    assert len([entity for entity in found.entities if entity.startswith("org/")]) == len(
        {company for company, _, _ in rows}
    )
    assert [(a, b) for _, a, b, _ in stated(found)] == [(a, b) for a, b, _ in rows]


def test_one_name_under_two_classes_is_refused_with_both(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("company,school\nAcme,Beta\nBeta,Gamma\n")
    with pytest.raises(KgError) as error:
        written(
            file, tmp_path / "seeds", facts=[("company", "collaboratesWith", "school")],
            kinds={"company": "Company", "school": "Institute"},
        )  # fmt: skip
    assert str(error.value) == (
        f"{file}:3:company: 'Beta' has the class Company here and Institute in {file}:2:school: tell the two apart"
    )
    assert not (tmp_path / "seeds").exists()


def test_names_are_labelled_in_the_language_that_their_script_shows(tmp_path: Path) -> None:
    names = {
        "极光科技": {"en", "zh"},
        "TCL科技": {"en", "zh"},
        "Acme": {"en"},
        "トヨタ自動車": {"en"},
        "Газпром": {"en"},
    }
    found = seeds_of("company,country\n" + "".join(f"{n},Norway\n" for n in names), tmp_path)
    assert {
        n: {row.lang for row in found.names if row.name == n and row.role == "label"} for n in names
    } == names


MANY = " ".join(f"word{n}" for n in range(40))
HAN = "".join(chr(0x4E00 + n) for n in range(60))
#: A table, and what it says: paragraph, subject, object, quote.
TABLES = {
    "line break in a cell that is not used": (
        'company,country,about\nAlpha,Norway,"one\n\ntwo, Norway"\nBeta,Finland,glass\nGamma,Norway,\n',
        [(2, "Alpha", "Norway", "Alpha,Norway"), (4, "Beta", "Finland", "Beta,Finland"),
         (5, "Gamma", "Norway", "Gamma,Norway")],
    ),
    "line break between the two cells": (
        'company,about,country\nAlpha,"one\ntwo",Norway\nBeta,,Norway\n',
        [(3, "Alpha", "Norway", "Norway"), (4, "Beta", "Norway", "Beta,,Norway")],
    ),
    "long cells": (
        f"company,country,about\nAlpha,Norway,{MANY}\nBeta,Norway,{HAN}\n",
        [(2, "Alpha", "Norway", "Alpha,Norway"), (3, "Beta", "Norway", "Beta,Norway")],
    ),
    "a long cell between": (
        f"company,about,country\nAlpha,{MANY},Norway\nNorway Glass,{HAN},Norway\n",
        [(2, "Alpha", "Norway", "Norway"), (3, "Norway Glass", "Norway", ",Norway")],
    ),
    "byte order mark": ("\ufeffcompany,country\nAlpha,Norway\n", [(2, "Alpha", "Norway", "Alpha,Norway")]),
    "byte order mark before quotation marks": (
        '\ufeff"company","country"\n"Alpha","Norway"\n', [(2, "Alpha", "Norway", 'Alpha","Norway')],
    ),
    "CRLF": ("company,country\r\nAlpha,Norway\r\n", [(2, "Alpha", "Norway", "Alpha,Norway")]),
    "tabs": ("company\tcountry\nAlpha\tNorway\n", [(2, "Alpha", "Norway", "Alpha Norway")]),
    "bars": ("company|country\nAlpha|Norway\n", [(2, "Alpha", "Norway", "Alpha|Norway")]),
    "semicolons": ('"a,b,c";company;country\n1,5;Alpha;Norway\n', [(2, "Alpha", "Norway", "Alpha;Norway")]),
    "blanks": (
        "company , country\n Alpha ,  Norway\t\n\u3000Beta, \"Norway, North\" \n".replace('" \n', '"\n'),
        [(2, "Alpha", "Norway", "Alpha ,  Norway"), (3, "Beta", "Norway, North", 'Beta, "Norway, North')],
    ),
    "empty rows and columns": (
        "\n \ncompany,,country,\n,,,\nAlpha,,Norway,\n\n  \nBeta,,Norway,,\n,,Norway,\n",
        [(3, "Alpha", "Norway", "Alpha,,Norway"), (4, "Beta", "Norway", "Beta,,Norway")],
    ),
    "a column that is not used stands twice": (
        "company,x,x,country\nAlpha,1,2,Norway\n", [(2, "Alpha", "Norway", "Alpha,1,2,Norway")],
    ),
    "a fact twice in a row": (
        "company,country\nAlpha,Norway\nAlpha,Norway\n",
        [(2, "Alpha", "Norway", "Alpha,Norway"), (3, "Alpha", "Norway", "Alpha,Norway")],
    ),
    "quotation marks": (
        'company,country\n"Al ""pha"", Ltd",Norway\n', [(2, 'Al "pha", Ltd', "Norway", 'Al ""pha"", Ltd",Norway')],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLES)
def test_each_fact_rests_on_the_line_that_says_it(what: str, tmp_path: Path) -> None:
    content, expected = TABLES[what]
    assert stated(seeds_of(content, tmp_path)) == expected


@pytest.mark.parametrize(
    ("name", "quote"),
    [
        (MANY, " ".join(f"word{n}" for n in range(12))),
        (HAN, HAN[:30]),
        ("中华" * 30, f'"{"中华" * 15}'),
        ('No ""rway""', 'Alpha,"No ""rway""'),
    ],
)
def test_an_object_that_no_quote_can_name_is_flagged(name: str, quote: str, tmp_path: Path) -> None:
    found = seeds_of(f'company,country\nAlpha,"{name}"\n', tmp_path)
    [statement] = found.documents["table"].statements
    assert (statement.quote, statement.flags) == (quote, ("object-not-in-quote",))
    assert statement.note


REFUSED = {
    "UTF-16": (TABLE.encode("utf-16"), "t.csv:1: not UTF-8 at byte 0, perhaps utf-16: save it as UTF-8 (Excel: CSV UTF-8)"),
    "UTF-16 without a mark": ("company,country\n".encode("utf-16-le"), "t.csv:1: a NUL character, perhaps utf-16-le: save it as UTF-8"),
    "GB18030": (TABLE.encode("gb18030"), "t.csv:3: not UTF-8 at byte 35, perhaps gb18030: save it as UTF-8"),
    "Windows-1252": (TABLE[:-1].replace("极光科技", "").encode("cp1252"), "perhaps gb18030 (or windows-1252): save it as UTF-8"),
    "Latin-1": (b"company,country\nCaf\xe9,Norway\n", "t.csv:2: not UTF-8 at byte 19, perhaps windows-1252: save"),
    "carriage returns": (TABLE.replace("\n", "\r").encode(), "its lines end with carriage returns alone: save it"),
    "UTF-32": (TABLE.encode("utf-32"), "t.csv:1: UTF-32, not UTF-8: save it as UTF-8"),
    "a workbook": (b"PK\x03\x04\x14\0\x06\0" + bytes(40), "t.csv:1: a workbook or another ZIP archive, not text: save"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + bytes(40), "t.csv:1: a workbook of an old Excel, not text: save it as"),
    "compressed": (b"\x1f\x8b\x08\0" + bytes(9), "t.csv:1: a file compressed with gzip, not text: save it as"),
    "Parquet": (b"PAR1\x15\x04" + bytes(9), "t.csv:1: a Parquet file, not text: save it as UTF-8"),
    "nothing": (b"", "is empty: its first line holds the names of its columns"),
    "blanks alone": (b"\xef\xbb\xbf \n\n", "is empty: its first line holds the names of its columns"),
    "a column twice": (b"company,country,country\na,b,c\n", "2 columns are called 'country': rename all but one"),
    "a line for Excel": (b"sep=;\ncompany;country\nAlpha;Norway\n", "t.csv:1: sep=; is for Excel alone"),
    "a title": (b"Firms\ncompany,country\nAlpha,Norway\n", "t.csv:2: 2 cells where the header has 1: the first line must name"),
    "too many cells": (b"company,country\nAlpha,Norway\nA, Ltd,Norway\n", "t.csv:3: 3 cells where the header has 2"),
    "too few cells": (b"company,country\nAlpha\n", "t.csv:2: 1 cells where the header has 2"),
    "an open quotation mark": (b'company,country\nAlpha,"Norway\nBeta,x\n', "t.csv:2: the row cannot be read: "),
    "text after a quotation": (b'company,country\nA,B\n"Al"pha,Norway\n', "t.csv:3: the row cannot be read: "),
    "a line break in a name": (b'company,country\n"Al\npha",Norway\n', "t.csv:2:company: the name 'Al\\npha' holds"),
    "a tab in a name": (b"company,country\nAlpha,No\trway\n", "t.csv:2:country: the name 'No\\trway' holds"),
    "no words that tell it apart": (
        f"company,country,x\n{MANY},{MANY},{MANY}\n".encode(), "t.csv:2:country: no 12 words of the line tell",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_for_certain_is_refused_by_name(what: str, tmp_path: Path) -> None:
    content, message = REFUSED[what]
    file = tmp_path / "t.csv"
    file.write_bytes(content)
    with pytest.raises(KgError) as error:
        written(file, tmp_path / "seeds")
    assert message in str(error.value)
    assert not (tmp_path / "seeds").exists()


def test_a_cell_may_be_long(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"company,about,country\nAlpha,{'word ' * 60_000},Norway\n")
    written(file, tmp_path / "seeds")
    [statement] = seeds.read_seeds(tmp_path / "seeds")[0].documents["t"].statements
    assert (statement.subject, statement.object) == ("org/alpha", "place/norway")


def test_mistakes_say_what_would_be_right(file: Path, tmp_path: Path) -> None:
    with pytest.raises(
        KgError, match=r"my companies\.csv: 'firm' is no column with a class; there are company, country"
    ):
        written(file, tmp_path / "a", facts=[("firm", "locatedIn", "country")])
    with pytest.raises(KgError, match="'Compny' is no class of entity; did you mean Company"):
        written(file, tmp_path / "a", kinds={"company": "Compny", "country": "Country"})
    with pytest.raises(KgError, match="'Xyz' is no class of entity; there are Base, City, Cluster, "):
        written(file, tmp_path / "a", kinds={"company": "Xyz", "country": "Country"})
    with pytest.raises(KgError, match="'locatedin' is no predicate between entities; did you mean locatedIn"):
        written(file, tmp_path / "a", facts=[("company", "locatedin", "country")])
    with pytest.raises(KgError, match="'issued' is no predicate between entities; "):
        written(file, tmp_path / "a", facts=[("company", "issued", "country")])
    with pytest.raises(
        KgError, match="develops goes from Organisation to Topic, not from Company to Country"
    ):
        written(file, tmp_path / "a", facts=[("company", "develops", "country")])
    for kind in ("Source", "Statement", "Target"):  # no table of entities holds them
        with pytest.raises(KgError, match=f"'{kind}' is no class of entity"):
            written(file, tmp_path / "a", kinds={"company": kind, "country": "Country"})
    for day in ("2024-02-30", "2024-13-01", "２０２４-03-01", "2024", ""):
        with pytest.raises(KgError, match=f"a day that exists, such as 2024-03-01, not '{day}'"):
            written(file, tmp_path / "a", published=day)
    assert not (tmp_path / "a").exists()
    written(file, tmp_path / "a")
    with pytest.raises(KgError, match="not empty"):
        written(file, tmp_path / "a")


def test_all_cells_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("company,country\n" + "".join(f"A{n},Nor\tway{n}\n" for n in range(MOST_ERRORS + 2)))
    with pytest.raises(KgError) as error:
        written(file, tmp_path / "seeds")
    what = "holds a line break, a tab or another control character: write it in one line"
    assert str(error.value).split("\n") == [
        *(f"{file}:{n + 2}:country: the name 'Nor\\tway{n}' {what}" for n in range(MOST_ERRORS)), "and 2 more"
    ]  # fmt: skip


def test_a_table_that_states_nothing_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("company,country\nAlpha,\n,Norway\n")
    with pytest.raises(KgError, match="states nothing: no row has both cells"):
        written(file, tmp_path / "seeds")


#: A header, and what is proposed for it.
PROPOSALS = {
    "company,country,sector": (
        {"company": "Company", "country": "Country", "sector": "Sector"},
        ["company:locatedIn:country", "company:inSector:sector"],
    ),
    "Provider Name,provider_id,providedName,provided_id,share_provided,year": (
        {"Provider Name": "Company", "providedName": "Technology"}, ["Provider Name:develops:providedName"],
    ),
    "企业名称,城市,行业代码,行业": (
        {"企业名称": "Company", "城市": "City", "行业": "Sector"}, ["企业名称:locatedIn:城市", "企业名称:inSector:行业"],
    ),
    "country,companies": ({"country": "Country", "companies": "Company"}, ["companies:locatedIn:country"]),
    "project,company,place": (
        {"project": "Project", "company": "Company", "place": "Place"},
        ["project:byCompany:company", "project:locatedIn:place"],
    ),
    "person,province": ({"person": "Person", "province": "Province"}, ["person:governorOf:province"]),
    "from_industry,to_industry": (
        {"from_industry": "Sector", "to_industry": "Sector"}, ["from_industry:usedIn:to_industry"],
    ),
    "company,company,country": ({"country": "Country"}, []),
    "name,code,value": ({}, []),
    "source,statement,target,entity": ({}, []),
    "": ({}, []),
}  # fmt: skip


@pytest.mark.parametrize("header", PROPOSALS)
def test_headers_suggest_what_columns_mean(header: str) -> None:
    found = table_columns.propose(header.split(","), ONTOLOGY)
    assert (dict(found.entities), [":".join(triple) for triple in found.statements]) == PROPOSALS[header]


def test_columns_are_parsed_from_options() -> None:
    header = ["a=b", "c:d", "e"]
    assert table_columns.parse_columns(header, ["a=b=Company", "e=City"], ["c:d:locatedIn:e"]) == Columns(
        {"a=b": "Company", "e": "City"}, [("c:d", "locatedIn", "e")]
    )
    for entity in ("e", "=City", "e=", ""):
        with pytest.raises(KgError, match="must be COLUMN=CLASS, such as company=Company"):
            table_columns.parse_columns(header, [entity], [])
    for statement in ("", "a", "a:locatedIn"):
        with pytest.raises(
            KgError, match="must be COLUMN:PREDICATE:COLUMN, such as company:locatedIn:country"
        ):
            table_columns.parse_columns(header, [], [statement])
