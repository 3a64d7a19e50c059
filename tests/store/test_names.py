"""Full text: what people type, in English or Chinese, finds what is meant, in the file as in memory."""

from __future__ import annotations

import gc
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kg.compile.nquads import iri, literal, name, quad
from kg.errors import BadStore
from kg.query.graph import Graph
from kg.store import matching, names, oxigraph
from kg.store.matching import Name, fold, pieces, tokens
from kg.store.names import Index

NAMES: list[Name] = [
    ("topic/chip", "label", "en", "chips"),
    ("topic/chip", "label", "zh", "芯片"),
    ("topic/ai-chip", "label", "en", "AI chips"),
    ("topic/ai-chip", "label", "zh", "人工智能芯片"),
    ("topic/photovoltaics", "label", "zh", "光伏"),
    ("topic/photovoltaics", "label", "en", "photovoltaics"),
    ("topic/photovoltaics", "alias", "en", "PV"),
    ("topic/6g", "label", "en", "6G"),
    ("programme/6g", "label", "en", "national 6G project"),
    ("topic/packaging-and-testing", "label", "en", "packaging and testing"),
    ("topic/packaging-and-testing", "alias", "zh", "封测"),
    ("topic/silicon-carbide", "label", "en", "silicon carbide"),
    ("topic/silicon-carbide", "label", "zh", "碳化硅"),
    ("topic/silicon", "label", "en", "silicon"),
    ("place/jinan", "label", "zh", "济南市"),
    ("place/jinan", "label", "en", "Jinan"),
    ("place/lueliang", "label", "en", "Lüliang"),
    ("place/jinan-silicon-park", "label", "en", "Jinan silicon park"),
    ("org/garbled", "printed", "en", "Tianyue Xianjin"),
]
QUOTES = [
    ("source/a/paragraph/7/quote/ab", "a base for silicon carbide"),
    ("source/a/paragraph/9/quote/cd", "芯片产业"),
]
FOUND = [
    ("芯片", "topic/chip"),
    ("人工智能芯片", "topic/ai-chip"),
    ("光伏", "topic/photovoltaics"),
    ("6G", "topic/6g"),
    ("6g", "topic/6g"),
    ("６Ｇ", "topic/6g"),
    ("封测", "topic/packaging-and-testing"),
    ("photo", "topic/photovoltaics"),
    ("pv", "topic/photovoltaics"),
    ("Silicon Carbides", "topic/silicon-carbide"),
    ("carbide, silicon", "topic/silicon-carbide"),
    ("silcon carbide", "topic/silicon-carbide"),
    ("silicon carbdie", "topic/silicon-carbide"),
    ("xilicon carbide", "topic/silicon-carbide"),
    ("碳化桂", "topic/silicon-carbide"),
    ("碳化", "topic/silicon-carbide"),
    ("济南", "place/jinan"),
    ("luliang", "place/lueliang"),
    ("tianyue", "org/garbled"),
    ("硅", "topic/silicon-carbide"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    path = tmp_path_factory.mktemp("index") / "names.sqlite"
    names.write_index(path, NAMES, QUOTES)
    return names.open_index(path)


@pytest.mark.parametrize(("words", "entity"), FOUND)
def test_what_is_typed_finds_what_is_meant(index: Index, words: str, entity: str) -> None:
    assert [hit.entity for hit in index.search(words, least=30)][:1] == [entity]
    assert index.search(words, least=30) == names.index_in_memory(NAMES).search(words, least=30)


@pytest.mark.parametrize(
    "words", ["", " ", '"', "*", "a" * 5000, "(", "OR", "NOT x", "word : x", "\x00", "😀", "，"]
)
def test_whatever_is_typed_is_no_query_language(index: Index, words: str) -> None:
    assert index.search(words) == []
    assert index.runs(pieces(fold(words))) == []


def test_hits_are_scored_and_best_first(index: Index) -> None:
    hits = index.search("silicon")
    assert [(hit.entity, hit.score) for hit in hits[:2]] == [
        ("topic/silicon", 100.0),
        ("topic/silicon-carbide", 89.7),
    ]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.entity for hit in hits}) == len(hits)
    assert index.search("silicon", limit=1) == hits[:1]


def test_segments_narrow_a_search(index: Index) -> None:
    assert [hit.entity for hit in index.search("silicon", segments=("place",))] == [
        "place/jinan-silicon-park"
    ]
    assert [hit.entity for hit in index.search("6G", segments=("programme", "org"))] == ["programme/6g"]


def test_names_and_labels_are_looked_up(index: Index) -> None:
    assert index.exact("CHIP") == [("topic/chip", "label")]
    assert index.exact("chi") == []
    assert index.names("topic/photovoltaics") == [
        ("label", "光伏"),
        ("label", "photovoltaics"),
        ("alias", "PV"),
    ]
    labels = {entity for entity, role, _, _ in NAMES if role == "label"}
    assert index.labels["place/jinan"] == "Jinan"
    assert index.labels.get("org/garbled") is None
    assert set(index.labels) == labels
    assert len(index.labels) == len(labels)
    assert "org/garbled" in index.entities
    assert list(index.entities) == sorted({entity for entity, *_ in NAMES})
    both = index.labels.beside({"ns#Region": "region"})
    assert (both["ns#Region"], both["place/jinan"], len(both)) == ("region", "Jinan", len(labels) + 1)


def test_words_of_documents_are_found(index: Index) -> None:
    for words, found in (("silicon carbide", QUOTES[:1]), ("产业", QUOTES[1:]), ("photovoltaics", [])):
        assert index.runs(pieces(fold(words))) == found


def test_a_graph_gives_the_same_file_each_time(sample_graph: Graph, tmp_path: Path) -> None:
    for file in ("one", "two"):
        names.write_index(
            tmp_path / file, names.names_of(sample_graph.store), names.quotes_of(sample_graph.store)
        )
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
    opened, memory = (
        names.open_index(tmp_path / "one"),
        names.index_in_memory(names.names_of(sample_graph.store)),
    )
    assert list(opened.entities) == list(memory.entities) != []
    assert opened.connection.execute("SELECT count(*) FROM quote").fetchone()[0] > 5


def test_a_graphs_names_come_from_its_labels() -> None:
    lines = [
        quad(iri("topic/6g"), name("skos:prefLabel"), literal("6G", lang="en")),
        quad(iri("topic/6g"), name("skos:hiddenLabel"), literal("6-G net", lang="en")),
        quad(iri("topic/5g"), name("skos:prefLabel"), literal("5G", lang="en"), "graph/elsewhere"),
    ]
    assert names.index_in_memory(names.names_of(oxigraph.memory(lines))).names("topic/6g") == [
        ("label", "6G"),
        ("printed", "6-G net"),
    ]
    assert list(names.index_in_memory(names.names_of(oxigraph.memory(lines))).entities) == ["topic/6g"]


@pytest.mark.parametrize("content", [b"", b"not a database at all", None])
def test_a_damaged_or_missing_index_is_said_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "names.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadStore, match="kg build makes it again"):
        names.open_index(path)


def test_an_index_is_read_only(index: Index) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        index.connection.execute("DELETE FROM name")


def test_tokens_are_words_pairs_and_characters() -> None:
    assert tokens("6g 芯片 third-generation chips") == "6g 芯片 芯 片 third generation chip"
    assert tokens("硅 lüliang") == "硅 luliang"


def test_the_index_of_a_store_lies_beside_it() -> None:
    assert names.index_path(Path("build/store-12ab")) == Path("build/search-12ab.sqlite")


@pytest.mark.parametrize(
    ("words", "entity"),
    [
        ("siliconcarbide", "topic/silicon-carbide"),
        ("silicon-carbide", "topic/silicon-carbide"),
        ("photo voltaics", "topic/photovoltaics"),
        ("ji nan", "place/jinan"),
        ("Ji'nan", "place/jinan"),
        ("Ji’nan", "place/jinan"),
        ("Jinan, Shandong", "place/jinan"),
        ("Jinan，Shandong", "place/jinan"),
    ],
)
def test_spaces_hyphens_apostrophes_and_what_follows_a_comma(index: Index, words: str, entity: str) -> None:
    assert index.search(words)[0].entity == entity
    if "," not in words and "，" not in words:
        assert index.candidates(words) == [entity]


def test_a_name_with_the_same_spaces_wins() -> None:
    index = names.index_in_memory(
        [("topic/a", "label", "en", "any one"), ("topic/b", "label", "en", "anyone")]
    )
    assert index.exact("anyone") == [("topic/b", "label")]
    assert index.exact("any one") == [("topic/a", "label")]
    assert [(hit.entity, hit.score) for hit in index.search("any one")] == [
        ("topic/a", 100.0),
        ("topic/b", 99.0),
    ]


@pytest.mark.parametrize("length", [40, 800, 20_000])
def test_only_the_beginning_of_a_long_text_is_searched(index: Index, length: int) -> None:
    text = "芯片产业" * (length // 4)
    steps = list(matching.widening(index.connection, pieces(fold(text))))
    assert 3 < len(steps) <= 40
    assert max(map(len, steps)) < 1_000
    assert index.search(text) == []
    assert index.runs(pieces(fold(text))) == []


def test_labels_are_kept_up_to_a_number(index: Index) -> None:
    labels = index.labels.beside({})
    for number in range(70_000):
        assert labels.get(f"topic/no-such-{number}") is None
    assert labels._label.cache_info().currsize == 65_536


def test_an_index_is_closed_once_and_with_its_last_reference(tmp_path: Path) -> None:
    path = tmp_path / "names.sqlite"
    names.write_index(path, NAMES)
    with closing(names.open_index(path)) as opened:
        labels = opened.labels
        assert labels["place/jinan"] == "Jinan"
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened.exact("Jinan")
    kept = names.open_index(path).labels
    assert kept["place/jinan"] == "Jinan"  # labels keep their index open
    connection = kept._index.connection
    del kept
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
