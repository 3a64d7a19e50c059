"""Words of documents: found by paragraph, in English and Chinese, with and without the texts."""

from pathlib import Path

import pytest

from kg.errors import NotFound
from kg.query.graph import Graph
from tests.cli.test_consoles import inside
from tests.conftest import SAMPLE

TEXTS = (SAMPLE / "texts",)


def places(graph: Graph, words: str, **narrower: object) -> set[tuple[object, object]]:
    return {(row["source"], row["paragraph"]) for row in graph.search(words, texts=(), **narrower)}  # type: ignore[arg-type]


def test_all_words_stand_in_one_paragraph(curated: Graph) -> None:
    both = places(curated, "silicon carbide")
    assert ("source/gwr-2024", 30) in both
    assert both <= places(curated, "silicon") & places(curated, "carbide")
    assert places(curated, "carbides SILICON") == both
    assert places(curated, "silicon carbide unobtainium") == places(curated, "") == set()


def test_region_and_source_narrow_a_search(curated: Graph) -> None:
    assert {number for _, number in places(curated, "energy storage", region="Changsha")} == {24}
    one, other = (places(curated, "chips", source=source) for source in ("gwr-2024", "sh-sei-2021"))
    assert (
        one | other
        == places(curated, "chips", source=["gwr-2024", "sh-sei-2021"])
        == places(curated, "chips")
    )
    assert not one & other
    with pytest.raises(NotFound, match="is a person"):
        curated.search("chips", region="Wang Qingxian")


def test_a_chinese_name_finds_what_the_texts_call_it(curated: Graph) -> None:
    assert places(curated, "碳化硅") == places(curated, "silicon carbide")


def test_a_row_has_the_words_and_what_rests_on_them(curated: Graph) -> None:
    (row,) = curated.search("gallium nitride", region="Shandong", source="gwr-2024", texts=())[:1]
    assert "gallium nitride" in str(row["words"])
    found = curated.search("silicon carbide", region="Jinan", texts=())
    assert any("SICC silicon carbide project in Jinan" in str(row["states"]) for row in found)
    assert all(row["links"] for row in curated.cite(found) if row["states"])


def test_texts_at_hand_are_searched(sample_graph: Graph, tmp_path: Path) -> None:
    found = sample_graph.search("光谷", texts=TEXTS)
    assert any("(text" in str(row["words"]) or "text)" in str(row["words"]) for row in found)
    (tmp_path / "notes.txt").write_text("Nothing here.\n\nA paragraph about unobtainium and more.\n")
    (row,) = sample_graph.search("unobtainium", texts=(tmp_path,))
    assert (row["region"], row["source"], row["paragraph"]) == (None, "notes", 2)
    assert row["words"] == "“…A paragraph about unobtainium and more.…” (text)"
    assert len(sample_graph.search("unobtainium", region="Sample City", texts=(tmp_path,))) == 0


def test_the_command_says_what_was_searched(
    built: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("KG_TEXTS", raising=False)
    done = inside("search", "silicon", "carbide", "--graph", str(built), "-f", "csv", cwd=tmp_path)
    assert (done.returncode, done.stdout.partition("\n")[0]) == (
        0,
        "region,region_label,source,source_label,paragraph,words,states,doubt",
    )
    assert "the texts are not at hand" in done.stderr
    assert inside("search", "unobtainium", "--graph", str(built), cwd=tmp_path).returncode == 1
