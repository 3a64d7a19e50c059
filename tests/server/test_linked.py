"""Linked data: every address answers by Accept, says the same in every form, and shows its evidence."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from kg import iris
from kg.query import graph
from kg.read import queries
from kg.server import app as server
from kg.server.linked_data import REPRESENTATIONS
from kg.store import oxigraph
from tests.serving import Client, in_process, sample_store, wait_until

RDF = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD, "nt": ox.RdfFormat.N_TRIPLES}


IDENTITY = f"<{iris.iri('graph/identity')}>"
FIELDS = f"<{iris.iri('graph/fields')}>"
MORE = (
    f'<{iris.iri("statement/0a")}> <{iris.expand("prov:invalidatedAtTime")}> "2030-01-04" {IDENTITY} .\n',
    f'<{iris.iri("statement/0a")}> <{iris.expand("kg:note")}> "a chapter title" {IDENTITY} .\n',
    f"<{iris.iri('statement/0b')}> <{iris.expand('dcterms:isReplacedBy')}> <{iris.iri('statement/0c')}> {IDENTITY} .\n",
    f'<{iris.iri("field/sei-2018-5.3")}> <{iris.expand("skos:prefLabel")}> "vehicles"@en {FIELDS} .\n',
    f'<{iris.iri("field/sei-2018-5.3")}> <{iris.expand("skos:prefLabel")}> "汽车"@zh {FIELDS} .\n',
    f'<{iris.iri("field/gbt-4754-2017-C37")}> <{iris.expand("skos:notation")}> "C37" {FIELDS} .\n',
    f'<{iris.iri("graph/mentions/sample")}> <{iris.expand("rdfs:label")}> "mentions" {FIELDS} .\n',
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample_store(tmp_path_factory.mktemp("store"), MORE)


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    with in_process(folder) as found:
        yield found


QUESTIONS = iris.iri("question")


@pytest.fixture(scope="module")
def things(folder: Path) -> list[str]:
    """An id of every sort of thing that the graph holds; a question's address is its query page."""
    rows = oxigraph.select(
        oxigraph.open_folder(folder),
        "SELECT ?s { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER (?p != dcterms:isReplacedBy) }",
    )
    ids = {
        iris.short(row["s"])
        for row in rows.values()
        if row["s"].startswith(iris.BASE) and "#" not in row["s"] and not row["s"].startswith(QUESTIONS)
    }
    by_sort = {
        re.sub(r"\d+|[0-9a-f]{32}", "*", one.partition("/")[0] + one.partition("/")[2][8:]): one
        for one in ids - {"statement/0a", "statement/0b"}
    }
    assert len(by_sort) > 12
    return sorted(by_sort.values())


def test_every_address_sees_other_by_accept(client: Client, things: list[str]) -> None:
    for one in things:
        for twin, kind in REPRESENTATIONS.items():
            answer = client.ask(f"/{one}", Accept=kind)
            assert (answer.status, answer.headers["location"]) == (303, f"/{one}.{twin}")
            assert "Accept" in answer.headers["vary"]
            followed = client.ask(answer.headers["location"])
            assert followed.status == 200, (one, twin)
            assert followed.headers["content-type"].partition(";")[0] == kind
            assert f'</{one}.ttl>; rel="alternate"' in followed.headers["link"] or twin == "ttl"


def test_the_forms_of_rdf_say_the_same(client: Client, things: list[str]) -> None:
    for one in things:
        said = [
            {str(quad.triple) for quad in ox.parse(client.ask(f"/{one}.{twin}").body, format=form)}
            for twin, form in RDF.items()
        ]
        assert said[0] == said[1] == said[2]
        assert said[0], one


def test_browsers_get_pages_and_programs_get_rdf(client: Client) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert client.ask("/place/sample-city", Accept=browser).headers["location"].endswith(".html")
    rdflib = "text/turtle, application/rdf+xml;q=0.9, */*;q=0.1"
    assert client.ask("/place/sample-city", Accept=rdflib).headers["location"].endswith(".ttl")
    assert client.ask("/place/sample-city", Accept="image/png").status == 406


def test_an_entitys_page_shows_statements_with_evidence(client: Client, folder: Path) -> None:
    page = client.ask("/place/sample-province.html").text
    opened = graph.Graph(oxigraph.open_folder(folder), "sample")
    rows = oxigraph.select(
        opened.store, "SELECT ?r { GRAPH ?g { ?r a kg:Statement ; rdf:subject place:sample-province } }"
    ).values()
    assert rows
    for record, evidence in opened.evidence(iris.short(row["r"]) for row in rows).items():
        assert f"<q>{evidence.quote}</q>" in page
        assert f'href="/{record}"' in page
    assert 'href="/#sel=place/sample-province"' in page
    assert 'href="/topic/lidar"' in page
    assert 'href="/question/backing?region=place%2Fsample-province"' in page
    quoted = client.ask(f"/{iris.short(rows[0]['r'])}.html").text
    assert "<blockquote>" in quoted


def test_a_replaced_address_leads_to_the_new_one(client: Client) -> None:
    answer = client.ask("/topic/laser-radar")
    assert (answer.status, answer.headers["location"]) == (301, "/topic/lidar")
    assert client.ask("/topic/laser-radar.ttl").headers["location"] == "/topic/lidar.ttl"


def test_statements_that_are_gone(client: Client) -> None:
    """One that was replaced leads to the new one, one that was withdrawn says why."""
    answer = client.ask("/statement/0b.json")
    assert (answer.status, answer.headers["location"]) == (301, "/statement/0c.json")
    for path in ("/statement/0a", "/statement/0a.ttl"):
        answer = client.ask(path)
        assert (answer.status, answer.text) == (410, "statement/0a was withdrawn: a chapter title\n")


@pytest.mark.parametrize(
    ("one", "title"),
    [
        ("field/sei-2018-5.3", "vehicles"),
        ("field/gbt-4754-2017-C37", "field/gbt-4754-2017-C37"),
        ("graph/mentions/sample", "mentions"),
    ],
)
def test_fields_and_graphs_of_mentions_are_linked_data(client: Client, one: str, title: str) -> None:
    """Their ids hold dots, capitals and slashes."""
    assert client.ask(f"/{one}", Accept="text/turtle").headers["location"] == f"/{one}.ttl"
    assert f"<h1>{title}</h1>" in client.ask(f"/{one}.html").text
    assert list(ox.parse(client.ask(f"/{one}.nt").body, format=ox.RdfFormat.N_TRIPLES))
    assert client.ask(f"/{one}.4").status == 404


@pytest.mark.parametrize(
    "path", ["/place/nowhere", "/place/nowhere.ttl", "/place/", "/statement/0000", "/Place/x"]
)
def test_what_is_not_there(client: Client, path: str) -> None:
    assert client.ask(path).status == 404


def test_terms_are_found_in_one_document(client: Client) -> None:
    assert 'id="promotes"' in client.ask("/ns.html").text
    found = {str(quad.subject) for quad in ox.parse(client.ask("/ns.ttl").body, format=ox.RdfFormat.TURTLE)}
    assert f"<{iris.NS}promotes>" in found
    assert any(row["term"] == f"{iris.NS}promotes" for row in json.loads(client.ask("/ns.json").body))


def test_void_and_dcat_describe_the_data(client: Client) -> None:
    described = ox.Store()
    described.load(client.ask("/.well-known/void", Accept="text/turtle").body, format=ox.RdfFormat.TURTLE)

    def asks(pattern: str) -> bool:
        return bool(described.query(f"ASK {{ {pattern} }}", prefixes=iris.PREFIXES))

    assert asks(
        "?d a void:Dataset, dcat:Dataset ; void:triples ?n ; void:sparqlEndpoint ?e ; dcterms:license ?l"
    )
    assert asks("?d dcat:distribution/dcat:accessService ?s . ?s dcat:servesDataset ?d ; dcat:endpointURL ?e")
    assert asks("?d void:classPartition [ void:class kg:City ; void:entities ?n ]")
    assert asks("?d void:propertyPartition [ void:property kg:promotes ; void:triples ?n ]")
    assert asks(
        "?d void:classPartition [ void:class kg:Region ;"
        " void:propertyPartition [ void:property kg:promotes ; void:triples ?n ] ]"
    )
    assert asks("?q a sh:SPARQLExecutable ; sh:select ?text ; rdfs:comment ?c ; sh:prefixes/sh:declare ?p")
    for row in described.query("SELECT ?text { ?q sh:select ?text }", prefixes=iris.PREFIXES):  # type: ignore[union-attr]
        assert client.query(row[0].value).status == 200


def test_health_and_readiness(client: Client) -> None:
    assert client.ask("/health").text == "alive\n"
    assert client.ask("/ready").text == "ready\n"


def test_questions_have_addresses(client: Client) -> None:
    assert "/question/backing" in client.ask("/query").text
    page = client.ask("/question/promoters?topic=lidar")
    assert page.status == 200
    assert "sample province" in page.text
    rows = client.ask("/question/promoters.csv?topic=lidar").text.splitlines()
    assert rows[0].startswith("region,")
    assert json.loads(client.ask("/question/promoters.json?topic=%E6%BF%80%E5%85%89%E9%9B%B7%E8%BE%BE").body)
    assert client.ask("/question/promoters?topic=nothing-like-it").status == 400
    assert client.ask("/question/promoters.csv?topic=nothing-like-it").status == 404
    assert client.ask("/question/no-such-question").status == 404


def test_doubt_and_links_are_shown_with_the_evidence(client: Client, folder: Path) -> None:
    page = client.ask("/topic/lidar.html").text
    found = graph.Graph(oxigraph.open_folder(folder), "sample").statements(entity="topic/lidar")
    assert [one.id for one in found if one.evidence.doubt]
    for one in found:
        for shown in (page, client.ask(f"/{one.id}.html").text):
            assert html.escape(one.evidence.doubt) in shown
            assert f'href="{html.escape(one.evidence.link)}"' in shown or not one.evidence.link


def test_a_topics_page_answers_who_backs_it(client: Client) -> None:
    page = client.ask("/topic/lidar.html").text
    assert '<h2><a href="/question/backing?topic=topic%2Flidar">' in page
    assert "<p>lidar: 1 region names it; withheld: Sample City</p>" in page
    assert page.count('<td><a href="/place/sample-province">') > 0


def test_keys_are_repeated_for_several_values(client: Client) -> None:
    several = "topic=lidar&topic=sensor&topic="
    rows = {
        line.split(",")[2] for line in client.ask(f"/question/backing.csv?{several}").text.splitlines()[1:]
    }
    assert rows == {"topic/lidar", "topic/sensor"}
    page = client.ask(f"/question/backing?{several}").text
    assert page.count('<input name="topic"') == 2
    assert 'href="/question/backing.csv?topic=lidar&amp;topic=sensor"' in page
    assert client.ask("/question/backing?topic=lidar&exact=yes&exact=no").status == 400


def test_every_question_has_a_page_and_its_forms(client: Client) -> None:
    assert queries.catalogue()
    for question in queries.catalogue().values():
        values = {"place": "place/sample-province", "source": "source/hubei-2030"}
        needed = "&".join(
            f"{one.name}={values.get(one.type, 'lidar')}" for one in question.parameters if one.needed
        )
        page = client.ask(f"/question/{question.name}?{needed}")
        assert page.status == 200, question.name
        for one in question.parameters:
            assert f'name="{one.name}"' in page.text
        header = client.ask(f"/question/{question.name}.csv?{needed}").text.splitlines()[0].split(",")
        shown = re.findall("<th>(.*?)</th>", page.text)
        assert shown == [name.replace("_", " ") for name in header if not name.endswith("_label")]


@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
def test_unknown_parameters_of_a_question(client: Client, ending: str) -> None:
    """A misspelt one would be answered as if left out; what campaigns add to an address is not meant for us."""
    plain = client.ask(f"/question/promoters{ending}?topic=lidar")
    assert plain.status == 200
    for foreign in ("utm_source=x", "utm_medium=y&fbclid=1", "view=chart", "region=", "gclid=%3Cscript%3E"):
        assert client.ask(f"/question/promoters{ending}?topic=lidar&{foreign}").status == 200
    for wrong in ("self", "question_name", "question", "topics", "graph", "class", "<script>", "x" * 500):
        answer = client.ask(f"/question/promoters{ending}?" + urlencode({"topic": "lidar", wrong: "1"}))
        assert answer.status == 400
        assert "it has topic, " in answer.text
        assert ("did you mean topic?" in answer.text) is (wrong == "topics")


def test_unknown_parameters_elsewhere_are_ignored(client: Client) -> None:
    assert client.ask("/sparql?utm_source=x", Accept="text/turtle").status == 200
    assert client.ask("/sparql?query=ASK%7B%7D&timeout=5&debug=on&self=1").status == 200
    assert client.ask("/place/sample-city.ttl?utm_source=x").status == 200
    assert client.ask("/query?utm_source=x").status == 200


def test_forms_offer_what_a_parameter_takes(client: Client) -> None:
    page = client.ask("/question/targets").text
    assert '<input name="year" value="" type="number"' in page
    assert '<select name="tier"><option></option><option>' in client.ask("/question/promoters").text
    page = client.ask("/question/compare?region=sample-city&other=sample-province&only=both").text
    assert "<option selected>both</option>" in page
    assert 'name="region" value="sample-city" data-type="place"' in page


def test_the_explorer_is_served_at_the_root(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "graph.html"
    page.write_text(
        "<!doctype html><script>let one = 1;</script><script type='x'>{}</script>", encoding="utf-8"
    )
    with in_process(folder, page=page) as found:
        answer = found.ask("/")
        assert answer.text == page.read_text(encoding="utf-8")
        assert answer.headers["content-security-policy"].count("'sha256-") == 2
        assert found.ask("/", If_None_Match=answer.headers["etag"]).status == 304
        page.unlink()
        assert "/sparql" in found.ask("/").text


def test_a_new_build_is_served_without_a_restart(folder: Path, tmp_path: Path) -> None:
    query = "ASK { place:brand-new a kg:City }"
    fresh = (
        "<https://w3id.org/regiograph/place/brand-new> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        " <https://w3id.org/regiograph/ns#City> .\n"
    )
    other = sample_store(tmp_path, (fresh,))
    with in_process(folder) as found:
        first = found.query(query)
        assert json.loads(first.body)["boolean"] is False
        found.renew(other)
        answer = found.query(query)
        assert json.loads(answer.body)["boolean"] is True
        assert answer.headers["etag"] != first.headers["etag"]
        assert found.ask("/place/brand-new.ttl").status == 200


def test_the_watch_opens_a_changed_graph_and_survives_a_broken_one(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(server, "_LOOK_SECONDS", 0.05)
    lines = (oxigraph.open_folder(folder).dump(format=ox.RdfFormat.N_QUADS) or b"").decode()
    graph_file, query = tmp_path / "graph.nq", "ASK { place:brand-new a kg:City }"
    graph_file.write_text(lines)
    with in_process(graph_file) as found:
        assert json.loads(found.query(query).body)["boolean"] is False
        (tmp_path / "broken").write_text("no quads")
        (tmp_path / "broken").replace(graph_file)
        wait_until(lambda: "the graph that is served stays" in caplog.text)
        assert found.query(query + " # still").status == 200
        fresh = f"<{iris.iri('place/brand-new')}> <{iris.expand('rdf:type')}> <{iris.NS}City> .\n"
        (tmp_path / "fresh").write_text(lines + fresh)
        (tmp_path / "fresh").replace(graph_file)
        wait_until(lambda: bool(json.loads(found.query(query).body)["boolean"]))
        assert found.ask("/ready").status == 200
