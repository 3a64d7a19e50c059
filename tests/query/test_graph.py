"""The graph as Python users hold it."""

from __future__ import annotations

import doctest
import importlib
import re
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.errors import Ambiguous, BadQuery, BadStore, KgError, NotFound
from kg.query.graph import Graph, open_graph
from kg.query.statements import Evidence
from kg.read import queries
from tests.conftest import ROOT

MODULES = (
    "kg", "kg.query.graph", "kg.query.result", "kg.query.dataframe", "kg.query.entities",
    "kg.query.networkx_view", "kg.query.paths", "kg.query.vocabulary", "kg.export.dataframes", "kg.export.measures",
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")  # rdflib warns of its own use
@pytest.mark.parametrize("name", MODULES)
def test_examples_of_docstrings_run(built: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(name)
    monkeypatch.setattr(kg, "open_graph", lambda *_: open_graph(built))
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0


def test_ask_takes_names_aliases_ids_and_iris(sample_graph: Graph) -> None:
    forms = (
        "lidar",
        "Lidar",
        "激光雷达",
        "topic/lidar",
        "https://w3id.org/regiograph/topic/lidar",
        "topic:lidar",
    )
    answers = {tuple(map(tuple, sample_graph.ask("backing", topic=form).shown())) for form in forms}
    assert len(answers) == 1


def test_errors_say_what_there_is(sample_graph: Graph) -> None:
    with pytest.raises(NotFound, match="it has topic, region, exact, by, tier, source"):
        sample_graph.ask("backing", sector="optics")
    with pytest.raises(NotFound, match="nothing is called 'optic fibre'"):
        sample_graph.ask("backing", topic="optic fibre")
    with pytest.raises(NotFound, match=r"is a city \(place/sample-city\); use --region"):
        sample_graph.ask("backing", topic="place/sample-city")
    with pytest.raises(NotFound, match=r"is a city .*; chain takes a topic as its topic; try kg show"):
        sample_graph.ask("chain", topic="Sample City")
    with pytest.raises(NotFound, match="core, disruptive-technology, emerging, future"):
        sample_graph.ask("backing", tier="tiptop")
    with pytest.raises(NotFound, match="yes or no"):
        sample_graph.ask("backing", exact="perhaps")
    with pytest.raises(KgError, match="takes a number"):
        sample_graph.ask("targets", year="soon")
    for words in ("nan", "inf", "-Infinity", "1e999", "1_000", "２０２４", "0x10", "1,000", "2024 ", "٢"):
        with pytest.raises(KgError, match=re.escape(f"year takes a number, not {words!r}")):
            sample_graph.ask("targets", year=words)
    with pytest.raises(NotFound, match="byCompany"):
        sample_graph.ask("statements", relation="loves")
    with pytest.raises(NotFound, match="Base, City"):
        sample_graph.ask("places", kind="Castle")
    with pytest.raises(
        NotFound, match="kind is one of Idea, Sector, Technology, TierWord, Topic, not 'City'"
    ):
        sample_graph.ask("topics", kind="City")
    with pytest.raises(NotFound, match="taxonomy, stated, listed"):
        sample_graph.ask("hierarchy", standing="true")


@pytest.mark.parametrize(
    ("given", "literal"),
    [
        (2030, "2030"), (10**16, "10000000000000000"), (1e16, "10000000000000000"), (0.5, "0.5"), (-3, "-3"), (1e-7, "0.0000001"),
        ("12345678901234567890.123456789", "12345678901234567890.123456789"), ("2030.0", "2030.0"),
    ],
)  # fmt: skip
def test_numbers_keep_their_digits(sample_graph: Graph, given: str | float, literal: str) -> None:
    terms = sample_graph.terms(queries.find("targets"), {"year": str(given)})
    assert terms["year"] == f'"{literal}"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    sample_graph.ask("targets", year=given)


def test_classes_predicates_and_empty_values_are_understood(sample_graph: Graph) -> None:
    for kind in ("park", "Park", "https://w3id.org/regiograph/ns#Park"):
        assert {row["place"] for row in sample_graph.ask("places", kind=kind)} == {"place/optics-park"}
    assert len(sample_graph.ask("statements", relation="located in")) == 1
    assert len(sample_graph.ask("statements", relation="targets")) == 3
    assert sample_graph.ask("backing", topic="").shown() == sample_graph.ask("backing").shown()


def test_evidence_opens_at_the_quote(sample_graph: Graph) -> None:
    found = sample_graph.cite(sample_graph.ask("backing", topic="lidar", by="names"))
    (row,) = found
    assert (row["sources"], row["paragraphs"], row["quotes"]) == (
        "source/hubei-2030",
        "2",
        "cultivate … such as lidar",
    )
    assert row["links"] == "https://example.org/en-report#:~:text=such%20as%20lidar"
    where = Evidence("statement/1", "source/a", "A", "https://a.org/", 1, "a-b, c", None, None, "a.csv:1")
    assert where.link == "https://a.org/#:~:text=a%2Db%2C%20c"
    assert replace(where, address="").link == ""


def test_an_answer_without_statements_is_cited_as_it_is(sample_graph: Graph) -> None:
    found = sample_graph.ask("names", entity="lidar")
    assert sample_graph.cite(found) is found
    assert sample_graph.evidence([]) == {}


def test_select_and_query(sample_graph: Graph) -> None:
    found = sample_graph.select("SELECT ?place { ?place a kg:Region } ORDER BY ?place")
    assert found.shown() == [["Sample City"], ["sample province"]]
    with pytest.raises(BadQuery, match="SELECT"):
        sample_graph.select("ASK { ?a ?b ?c }")
    with pytest.raises(BadQuery, match="malformed"):
        sample_graph.query("SELECT ?a { ?a")
    with pytest.raises(BadQuery, match="another server"):
        sample_graph.query("SELECT ?a { SERVICE <http://x.org/> { ?a ?b ?c } }")


def test_files_open_and_odd_ones_say_why(sample_graph: Graph, tmp_path: Path) -> None:
    file = tmp_path / "graph.nq"
    sample_graph.store.dump(file, format=ox.RdfFormat.N_QUADS)
    assert len(open_graph(file).ask("backing")) == len(sample_graph.ask("backing"))
    (tmp_path / "graph.docx").write_text("")
    with pytest.raises(BadStore, match="not an RDF format"):
        open_graph(tmp_path / "graph.docx")
    (tmp_path / "broken.nq").write_text("not a quad\n")
    with pytest.raises(BadStore, match="cannot be read"):
        open_graph(tmp_path / "broken.nq")


def test_ambiguous_names_list_their_bearers(curated: Graph) -> None:
    names = curated.names
    known = {name: names.exact(name) for entity in names.entities for _, name in names.names(entity)}
    clashes = {
        name: bearers
        for name, bearers in known.items()
        if len({e for e, _ in bearers}) > 1 and all(role != "label" for _, role in bearers)
    }
    if clashes:
        name, bearers = sorted(clashes.items())[0]
        with pytest.raises(Ambiguous, match=bearers[0][0]):
            curated.resolve(name)


def test_the_queries_of_the_docs_have_answers(curated: Graph) -> None:
    text = (ROOT / "docs/explanation/model.md").read_text(encoding="utf-8")
    queries = re.findall(r"```sparql\n(.*?)```", text, flags=re.DOTALL)
    assert len(queries) == 3
    assert all(len(curated.select(query)) > 0 for query in queries)


def test_two_places_side_by_side_mean_the_inner_one(curated: Graph) -> None:
    for words in ("Minhang Maqiao", "Maqiao Minhang", "Shanghai Zhangjiang", "闵行区 马桥"):
        assert curated.resolve(words) in ("place/maqiao", "place/zhangjiang")
    assert curated.resolve("Minhang Maqiao", segments=("place",)) == "place/maqiao"
    for words in ("Beijing Shanghai", "Minhang silicon carbide"):
        with pytest.raises(NotFound):
            curated.resolve(words)
    with pytest.raises(NotFound):
        curated.resolve("Minhang Maqiao", segments=("topic",))


def test_laboratories_are_looked_for_under_facilities(curated: Graph) -> None:
    kinds = {row["kind"] for row in curated.ask("inventory", region="Anhui", kind="Facility")}
    assert {"Laboratory"} <= kinds <= {"Facility", "Laboratory"}
    assert {row["kind"] for row in curated.ask("projects", kind="Facility")} == {"Facility"}


def test_questions_list_the_classes_that_they_take(curated: Graph) -> None:
    never = {"Country", "Region", "Person", "Source", "Indicator", "Level", "Growth", "Share"}
    known = {term.name for term in curated.vocabulary.entity_classes().values()} - never | {"Target"}
    for name in ("inventory", "compare"):
        text = next(p.text for p in queries.find(name).parameters if p.name == "kind")
        assert set(re.findall(r"\b[A-Z]\w+", text)) == known
