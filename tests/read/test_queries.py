"""The catalogue: headers, parameters, and every question put to both graphs."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg import iris
from kg.cli.ask import ask_command as command
from kg.errors import KgError, NotFound
from kg.query.graph import Graph
from kg.read import queries
from kg.store import oxigraph
from tests.conftest import example

NAMES = list(queries.catalogue())
#: Nothing in the curated graph answers them yet: one document a region, both readings of no section.
EMPTY = {"change"}
#: These ask about reports that only a program read, of which the excerpt has none.
OF_REPORTS = {"trend", "firsts", "spread", "rising", "fading", "profile", "attention", "reports"}


#: Another value for each type of parameter.
OTHERS = {
    "topic": "topic/biomedicine", "place": "place/sichuan", "entity": "org/byd", "source": "source/gwr-2024",
    "programme": "programme/33618",
}  # fmt: skip


def _entities(graph: Graph, sparql: str) -> set[tuple[str, ...]]:
    """The entities and terms of each row, without those in lists."""
    found = oxigraph.select(graph.store, sparql).rows
    return {tuple(str(t) for t in row if isinstance(t, ox.NamedNode)) for row in found}


def test_the_catalogue_holds_what_analysts_ask() -> None:
    assert len(NAMES) >= 20
    titles = [asked.title for asked in queries.catalogue().values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("name", NAMES)
def test_a_header_tells_all(name: str) -> None:
    asked = queries.find(name)
    assert asked.title
    assert len(asked.prose) > 60
    assert set(example(queries.find(name))) <= {parameter.name for parameter in asked.parameters}
    assert "UNDEF" in asked.sparql
    assert "ORDER BY" in asked.sparql
    assert "SELECT *" not in asked.sparql


@pytest.fixture
def asked_of(name: str, request: pytest.FixtureRequest) -> Graph:
    """The graph that a question is asked of: of all documents where it asks about the reports."""
    found = request.getfixturevalue("whole" if name in OF_REPORTS else "curated")
    assert isinstance(found, Graph)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_answered(asked_of: Graph, name: str) -> None:
    curated = asked_of
    assert name in EMPTY or len(curated.ask(name, **example(queries.find(name)))) > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_row_has_evidence_where_it_names_a_statement(asked_of: Graph, name: str) -> None:
    curated = asked_of
    found = curated.ask(name, **example(queries.find(name)))
    cited = curated.cite(found)
    if cited is found:
        assert name in {
            "names",
            "sources",
            "together",
            "change",
            "alike",
            "outline",
            "spread",
            "attention",
            "reports",
        }
        return
    assert cited.columns[-4:] == ("sources", "paragraphs", "quotes", "links")
    for row in cited:
        if row["quotes"] and name not in OF_REPORTS:  # the publisher of a report is known for few
            assert str(row["links"]).startswith("https://")


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_optional_or_says_so(sample_graph: Graph, name: str) -> None:
    asked = queries.find(name)
    if any(parameter.needed for parameter in asked.parameters):
        with pytest.raises(KgError, match="needs"):
            sample_graph.ask(name)
    else:
        sample_graph.ask(name)


def test_backing_below_and_exactly(sample_graph: Graph) -> None:
    below = [(row["region"], row["way"], row["what"]) for row in sample_graph.ask("backing", topic="optics")]
    assert below == [
        ("place/sample-province", "sets a target", None),
        ("place/sample-city", "names something narrower", "topic/lidar"),
        ("place/sample-province", "names something narrower", "topic/lidar"),
        ("place/sample-province", "through a place", "place/optics-park"),
        ("place/sample-city", "withheld", "topic/lidar"),
    ]
    exactly = [row["way"] for row in sample_graph.ask("backing", topic="optics", exact="yes")]
    assert exactly == ["sets a target", "through a place"]
    assert len(sample_graph.ask("backing", topic="lidar", tier="future")) == 1
    assert len(sample_graph.ask("backing", topic="lidar", tier="core")) == 0


def test_what_is_withheld_is_shown_and_not_counted(sample_graph: Graph) -> None:
    rows = [(row["region"], row["way"], row["flags"]) for row in sample_graph.ask("backing", topic="lidar")]
    assert rows == [
        ("place/sample-province", "names it", ""),
        ("place/sample-city", "sets a target", ""),
        ("place/sample-city", "withheld", "object-not-in-quote, unresolved"),
    ]
    assert sample_graph.summary("backing", topic="lidar") == [
        "lidar: 1 region names it, 1 more sets a target"
    ]


def test_names_of_questions_that_went_still_answer(sample_graph: Graph) -> None:
    aliases = {alias: asked.name for asked in queries.catalogue().values() for alias in asked.aliases}
    assert aliases == {"promoters": "backing", "means": "backing", "focus": "places", "fields": "matrix"}
    for alias, name in aliases.items():
        assert queries.find(alias) is queries.find(name)
    assert not set(aliases) & set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_takes_several_values(asked_of: Graph, name: str) -> None:
    """What one value finds is found beside another, too; a list in a cell may be longer then."""
    curated = asked_of
    asked = queries.find(name)
    terms = curated.terms(asked, example(asked))
    once = _entities(curated, asked.bind(terms))
    tried = 0
    for parameter in asked.parameters:
        other = OTHERS.get(parameter.type)
        if parameter.name in terms and other:
            several = f"{terms[parameter.name]} <{iris.iri(other)}>"
            assert once <= _entities(curated, asked.bind({**terms, parameter.name: several})), parameter.name
            tried += 1
    assert tried or not {p.type for p in asked.parameters if p.name in terms} & set(OTHERS)


def test_coverage_says_what_a_text_says_of_a_topic(sample_graph: Graph) -> None:
    columns = ("region", "topic", "found", "which", "wider")
    found = {tuple(row[name] for name in columns) for row in sample_graph.ask("coverage")}
    assert found == {
        ("place/sample-province", "topic/lidar", "stated", "", ""),
        ("place/sample-province", "topic/sensor", "narrower", "lidar", ""),
        ("place/sample-province", "topic/optics", "stated", "lidar, optics park", ""),  # the target
        ("place/sample-city", "topic/lidar", "stated", "", ""),
        ("place/sample-city", "topic/sensor", "narrower", "lidar", ""),
        ("place/sample-city", "topic/optics", "narrower", "lidar", ""),
    }
    exact = {(row["region"], row["topic"]): row["found"] for row in sample_graph.ask("coverage", exact="yes")}
    assert exact["place/sample-province", "topic/sensor"] == "not-named"
    assert exact["place/sample-city", "topic/optics"] == "not-searched"  # it has no Chinese name


def test_targets_stand_like_beside_like(sample_graph: Graph) -> None:
    found = list(sample_graph.ask("targets", indicator="output value"))
    assert [(row["region"], row["scope"], row["value"], row["regions_alike"]) for row in found] == [
        ("place/sample-city", "topic/lidar", 65800000000, 1),
        ("place/sample-province", "topic/optics", 65800000000, 1),
    ]
    assert [row["region"] for row in sample_graph.ask("targets", year=2029)] == ["place/sample-province"]
    assert len(sample_graph.ask("targets", year=2031)) == 0
    assert len(sample_graph.ask("targets", alike="yes")) == 0
    assert len(sample_graph.ask("targets", topic="optics")) == 3


@pytest.mark.parametrize(("name", "column"), [("companies", "sectors"), ("targets", "scope")])
def test_a_topic_leaves_out_what_names_none(curated: Graph, name: str, column: str) -> None:
    below = "SELECT ?below { GRAPH graph:hierarchy { ?below skos:broaderTransitive topic:semiconductor } }"
    wanted = {str(row["below"]) for row in curated.select(below)} | {"topic/semiconductor"}
    wanted |= {curated.labels[one] for one in wanted}
    found = curated.ask(name, topic="semiconductors")
    assert 0 < len(found) < len(curated.ask(name))
    about = "SELECT ?one ?topic { ?one kg:inSector|kg:focusesOn|kg:researches|kg:develops ?topic }"
    wanted |= {str(row["one"]) for row in curated.select(about) if row["topic"] in wanted}
    assert all(wanted & set(str(row[column]).split(", ")) for row in found)


def test_statements_of_a_paragraph_in_reading_order(sample_graph: Graph) -> None:
    found = sample_graph.ask("statements", source="hubei-2030", paragraph=2)
    assert [(row["subject"], row["verb"], row["object"]) for row in found] == [
        ("place/sample-province", "builds", "place/optics-park"),
        ("place/optics-park", "locatedIn", "place/sample-city"),
        ("place/sample-province", "promotes", "topic/lidar"),
    ]


def test_paths_join_two_entities_through_one(sample_graph: Graph) -> None:
    found = sample_graph.ask("paths", start="sample province", end="optics")
    assert [(row["through"], row["subject"], row["object"]) for row in found] == [
        ("place/optics-park", "place/optics-park", "topic/optics"),
        ("place/optics-park", "place/sample-province", "place/optics-park"),
    ]


def test_hierarchy_says_what_is_assumed(sample_graph: Graph) -> None:
    found = {(row["below"], row["above"], row["how"]) for row in sample_graph.ask("hierarchy")}
    assert ("topic/lidar", "topic/sensor", "taxonomy") in found
    assert ("place/optics-park", "place/sample-city", "stated") in found


def test_an_unknown_question_suggests(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="did you mean backing"):
        queries.find("backin")
    bad = tmp_path / "bad.rq"
    bad.write_text("# Title\n# prose\n# @param region place: one\n# @example x\n\nSELECT ?a { ?a ?b ?c }\n")
    with pytest.raises(KgError, match="no VALUES"):
        queries.read_query(bad)
    bad.write_text("SELECT ?a { ?a ?b ?c }\n")
    with pytest.raises(KgError, match="header"):
        queries.read_query(bad)


def test_a_question_describes_itself_on_the_command_line() -> None:
    run = CliRunner()
    told = run.invoke(command, ["paths", "--help"])
    assert told.exit_code == 0
    assert queries.find("paths").title in told.output
    assert "one end (needed)" in told.output
    assert "VALUES fill" in run.invoke(command, ["--help"]).output
    listed = run.invoke(command, ["--list"]).output
    assert all(name in listed for name in NAMES)


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "md"])
def test_every_format_comes_out_as_it_is(curated: Graph, built: Path, form: str) -> None:
    asked = ["backing", "lidar", "--graph", str(built), "--format", form, "--evidence"]
    found = CliRunner().invoke(command, asked)
    assert found.exit_code == 0
    assert "text=" in found.output
    assert len(found.output.splitlines()) > len(curated.ask("backing", topic="lidar"))


@pytest.mark.parametrize("char", "\x0b\x0c\x1c\x85\u2028\u2029", ids=lambda char: f"U+{ord(char):04X}")
def test_a_query_is_read_as_it_stands(tmp_path: Path, char: str) -> None:
    path = tmp_path / "asked.rq"
    path.write_text(f'# A{char}B\n# @example x\nSELECT * {{ ?s ?p "a{char}b" }}\n', encoding="utf-8")
    assert queries.read_query(path).sparql == f'SELECT * {{ ?s ?p "a{char}b" }}\n'
