"""Your own table as a graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg import locations
from kg.check import run
from kg.errors import KgError
from kg.query.graph import open_graph
from kg.read import table_import
from kg.store import build

KINDS = {"company": "Company", "country": "Country"}
FACTS = [("company", "locatedIn", "country")]
TABLE = "company,country\nAcme & Sons,Norway\n极光科技,China\nMüller,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "my companies.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def written(file: Path, folder: Path, **changes: object) -> str:
    given = {"kinds": KINDS, "facts": FACTS, "title": "Mine", "publisher": "me", "published": "2024-03-01"}
    return table_import.write(file, folder, **{**given, **changes})  # type: ignore[arg-type]


def test_a_table_becomes_sound_seeds_and_a_graph(file: Path, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    assert written(file, seeds) == "my-companies"
    assert run.run(seeds, locations.ontology()).problems == ()
    build.build_graph(seeds, locations.ontology(), tmp_path / "build")
    graph = open_graph(tmp_path / "build")
    cited = graph.cite(graph.ask("statements", entity="极光科技"))
    assert [(row["object"], row["quote"]) for row in cited] == [("place/china", "极光科技,China")]
    assert set(graph.names.entities) - {"source/my-companies"} == {
        "org/acme-sons",
        "org/x-c8d7572d",
        "place/china",
        "place/norway",
    }
    assert graph.names.resolve("Acme & Sons") == "org/acme-sons"


def test_mistakes_say_what_would_be_right(file: Path, tmp_path: Path) -> None:
    with pytest.raises(KgError, match="'firm' is no column with a class; my companies"):
        written(file, tmp_path / "a", facts=[("firm", "locatedIn", "country")])
    with pytest.raises(KgError, match="'Firm' is no class"):
        written(file, tmp_path / "a", kinds={"company": "Firm", "country": "Country"})
    assert not (tmp_path / "a").exists()
    written(file, tmp_path / "a")
    with pytest.raises(KgError, match="not empty"):
        written(file, tmp_path / "a")
