"""Evidence in the graph: quotes, governing words and cues as Web Annotation resources, and headings."""

from dataclasses import replace

from kg import locations, ontology
from kg.compile import statements
from kg.query.graph import Graph
from kg.read import seeds as tables
from kg.store import oxigraph
from tests.conftest import SAMPLE

WORDS = """SELECT ?property ?paragraph ?exact ?prefix ?suffix ?repeated ?start ?end {
  GRAPH ?graph {
    ?statement rdf:object topic:lidar ; kg:tier ?tier ; ?property ?words .
    ?words a oa:SpecificResource ; oa:hasSource/kg:number ?paragraph ; oa:hasSelector ?quote , ?position .
    ?quote a oa:TextQuoteSelector ; oa:exact ?exact . ?position a oa:TextPositionSelector ; oa:start ?start ; oa:end ?end
    OPTIONAL { ?quote oa:prefix ?prefix } OPTIONAL { ?quote oa:suffix ?suffix } OPTIONAL { ?quote kg:repeated ?repeated }
  }
} ORDER BY ?property"""


def words(store: oxigraph.Store) -> list[tuple[str, ...]]:
    rows = oxigraph.select(store, WORDS).values()
    return [(row.pop("property").rpartition("#")[2], *row.values()) for row in rows]


def test_the_words_of_a_statement_are_selected_in_their_paragraph(sample_graph: Graph) -> None:
    assert words(sample_graph.store) == [
        ("cueAt", "2", "future industries", "", "", "", "75", "92"),
        ("evidence", "2", "such as lidar", "", "", "", "93", "106"),
        ("saidAt", "2", "cultivate", "", "", "", "65", "74"),
    ]


def test_context_and_a_heading_that_governs_are_kept() -> None:
    seeds, _ = tables.read_seeds(SAMPLE / "seeds")
    document = seeds.documents["hubei-2030"]
    changes: dict[str, dict[str, object]] = {
        "such as lidar": {"prefix": "industries ", "suffix": ".", "repeated": "yes"},
        "cultivate": {"heading": "1", "start": 3, "end": 9, "exact": "report"},
    }
    positions = tuple(p.model_copy(update=changes.get(p.quote, {})) for p in document.positions)
    rows = tuple(
        row.model_copy(update={"said_paragraph": "1" if row.said else ""}) for row in document.statements
    )
    changed = replace(document, positions=positions, statements=rows)
    known = ontology.read(locations.ontology())
    store = oxigraph.memory(statements.lines(changed, seeds.register, known))
    assert words(store) == [
        ("cueAt", "2", "future industries", "", "", "", "75", "92"),
        ("evidence", "2", "such as lidar", "industries ", ".", "true", "93", "106"),
        ("saidAt", "1", "report", "", "", "", "3", "9"),
    ]


def test_words_that_were_not_located_have_no_place() -> None:
    seeds, _ = tables.read_seeds(SAMPLE / "seeds")
    document = replace(seeds.documents["hubei-2030"], positions=())
    store = oxigraph.memory(statements.lines(document, seeds.register, ontology.read(locations.ontology())))
    assert words(store) == []
    exact = "SELECT ?exact { GRAPH ?g { ?s oa:exact ?exact } } ORDER BY ?exact"
    assert [row["exact"] for row in oxigraph.select(store, exact).values()] == [
        "Acme Optics", "build an optics park", "cultivate", "exceed 65.8 billion yuan", "focuses on optics",
        "future industries", "optics park in Sample City", "such as lidar", "will build",
    ]  # fmt: skip


def test_paragraphs_that_head_sections_say_so(curated: Graph) -> None:
    headings = """SELECT ?paragraph (GROUP_CONCAT(?first; separator=" ") AS ?sections) {
      SELECT ?paragraph ?first { GRAPH ?g {
        ?heading kg:headingOf ?section ; kg:number ?paragraph . ?section a kg:Section
        BIND (REPLACE(STR(?section), "^.*/", "") AS ?first) }
        ?g prov:wasDerivedFrom source:sh-sei-2021
      } ORDER BY ?paragraph xsd:integer(?first)
    } GROUP BY ?paragraph ORDER BY ?paragraph"""
    found = {row["paragraph"]: row["sections"] for row in oxigraph.select(curated.store, headings).values()}
    assert found == {
        "1": "5 7", "7": "7 9 11", "9": "9", "11": "11", "15": "15 17 23 30 32 39", "17": "17", "23": "23", "30": "30",
        "32": "32", "39": "39", "41": "41", "46": "46", "51": "51", "53": "53",
    }  # fmt: skip
