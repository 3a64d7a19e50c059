"""What is doubtful, as it reads beside a row."""

from kg.query.graph import Graph
from kg.query.statements import MANY, doubts

OF = {
    "org/betrix": "identity unresolved: Betrix (knowledge)",
    "org/hyperions": "identity probable: Changchun Hyperions Technology, Haplun, 海谱润斯 (knowledge)",
    "project/jilin-oled-changchun": "identity probable: Jilin OLED Material Tech project (Changchun), Oraide (knowledge)",
}


def test_a_flag_is_read_with_its_note_and_a_withheld_one_says_so(sample_graph: Graph) -> None:
    (lidar,) = (s.id for s in sample_graph.statements(entity="place/sample-city") if s.withheld)
    (acme,) = (s.id for s in sample_graph.statements(entity="org/acme-optics"))
    expected = {
        lidar: "object not named in the quote; unresolved, withheld: The line breaks inside the word.",
        acme: "read from the name",
    }
    phase = {"project/optics-valley-2": "identity probable: Optics Valley Phase II (made up for tests)"}
    assert doubts(sample_graph.store) == expected | phase
    assert doubts(sample_graph.store, [acme, "topic/lidar", "count/x", "statement/unknown"]) == {
        acme: "read from the name"
    }
    assert doubts(sample_graph.store, []) == {}
    assert {s.id: s.doubt for s in sample_graph.statements() if s.doubt} == expected


def test_an_identity_below_certain_is_a_doubt_and_a_coined_chinese_name_is_none(curated: Graph) -> None:
    assert doubts(curated.store, [*OF, "place/jinan", "topic/vehicle-battery"]) == OF
    assert {e.id: e.doubt for e in curated.entities if e.id in OF} == OF


def test_few_and_many_ids_have_the_same_doubts(curated: Graph) -> None:
    every = doubts(curated.store)
    ids = [s.id for s in curated.statements()] + [t.id for t in curated.targets()]
    ids += [entity.id for entity in curated.entities]
    assert len(ids) > MANY
    assert len(every) > 300
    assert doubts(curated.store, ids) == every
    for first in range(0, len(ids), MANY):
        some = ids[first : first + MANY]
        assert doubts(curated.store, some) == {one: every[one] for one in some if one in every}
