"""Adding an entity with its names in one step."""

from pathlib import Path

import pytest

from kg import locations, ontology
from kg.check import run
from kg.errors import KgError
from kg.read import divisions, new_entity
from kg.read.new_entity import NewEntity
from tests.conftest import SAMPLE

DAY, GROUND = "2030-02-01", "wuhan-2030 ¶2"


@pytest.fixture(scope="module")
def known() -> ontology.Ontology:
    return ontology.read(locations.ontology())


def lines(folder: Path, file: str) -> set[str]:
    before = set((SAMPLE / "seeds" / file).read_text(encoding="utf-8").splitlines())
    return set((folder / file).read_text(encoding="utf-8").splitlines()) - before


def test_entity_names_and_place_are_written_at_once(sample: Path, known: ontology.Ontology) -> None:
    new = NewEntity(
        "Company", "Example Chips", "示例芯片有限公司", GROUND, DAY, aliases=["示例芯片"], printed=["Instance Chips"],
        place="place/sample-city",
    )  # fmt: skip
    added = new_entity.add_entity(sample, new, known)
    assert added.id == "org/example-chips"
    assert lines(sample, "orgs.csv") == {"org/example-chips,Company,"}
    assert {line.partition(",")[2] for line in lines(sample, "names.csv") if line.startswith("org/")} >= {
        f"Example Chips,en,label,certain,{GROUND},{DAY},",
        f"示例芯片有限公司,zh,label,certain,{GROUND},{DAY},",
        f"示例芯片,zh,alias,certain,{GROUND},{DAY},",
        f"Instance Chips,en,printed,certain,{GROUND},{DAY},",
    }
    assert lines(sample, "hierarchy.csv") == {f"org/example-chips,locatedIn,place/sample-city,{GROUND}"}
    assert run.check_seeds(sample, locations.ontology()).problems == ()


REFUSED = {
    "an id that is there": (NewEntity("Company", "Acme Optics", "", GROUND, DAY), "org/acme-optics exists already"),
    "a label that is there": (NewEntity("Company", "ACME optics", "", GROUND, DAY, id="org/acme"), "org/acme-optics has the name"),
    "a retired id": (NewEntity("Topic", "x", "", GROUND, DAY, id="topic/laser-radar"), "is retired"),
    "no class": (NewEntity("Compny", "x", "", GROUND, DAY), "did you mean Company"),
    "no place": (NewEntity("Company", "x", "", GROUND, DAY, place="place/nowhere"), "no such entity place/nowhere"),
    "no confidence": (NewEntity("Company", "x", "", GROUND, DAY, confidence="sure"), "certain, probable, unresolved"),
    "no unit": (NewEntity("Indicator", "x", "", GROUND, DAY, unit="stone"), "is none of the units"),
    "no id": (NewEntity("Company", "x", "", GROUND, DAY, id="firm/x"), "is no id of an entity"),
    "no ground": (NewEntity("Company", "x", "", "", DAY), "ground of names.csv"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_nothing_is_written_where_it_is_refused(what: str, sample: Path, known: ontology.Ontology) -> None:
    new, message = REFUSED[what]
    with pytest.raises(KgError, match=message):
        new_entity.add_entity(sample, new, known)
    assert not any(lines(sample, path.name) for path in sample.glob("*.csv"))


def test_near_misses_are_shown(sample: Path, known: ontology.Ontology) -> None:
    added = new_entity.add_entity(
        sample, NewEntity("Topic", "lidar sensors", "车载激光雷达", GROUND, DAY), known
    )
    assert [entity for entity, _ in added.near] == ["topic/lidar"]


def test_a_generic_label_in_another_place_is_no_conflict(sample: Path, known: ontology.Ontology) -> None:
    def park(identifier: str, place: str) -> NewEntity:
        return NewEntity(
            "Park", f"{identifier} park", "示范园区", GROUND, DAY, id=f"place/{identifier}", place=place
        )

    new_entity.add_entity(sample, park("one", "place/sample-city"), known)
    added = new_entity.add_entity(sample, park("two", "place/sample-province"), known)
    assert added.shared == ["place/one"]
    assert [row["ambiguous"] for row in added.rows["names.csv"]] == ["", "yes"]
    assert "label-taken" not in {p.code for p in run.check_seeds(sample, locations.ontology()).problems}
    with pytest.raises(KgError, match="place/one has the name"):
        new_entity.add_entity(sample, park("three", "place/sample-city"), known)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("深圳市", "深圳"), ("广东省", "广东"), ("内蒙古自治区", "内蒙古"), ("广西壮族自治区", "广西"), ("新疆维吾尔自治区", "新疆"),
        ("宁夏回族自治区", "宁夏"), ("香港特别行政区", "香港"), ("浦东新区", "浦东"), ("延边朝鲜族自治州", "延边"),
        ("红河哈尼族彝族自治州", "红河"), ("石柱土家族自治县", "石柱"), ("恩施土家族苗族自治州", "恩施"), ("黔江区", "黔江"), ("忠县", ""),
        ("大兴安岭地区", "大兴安岭"), ("锡林郭勒盟", "锡林郭勒"), ("深圳", ""), ("两江新区", "两江"),
    ],
)  # fmt: skip
def test_short_names_of_divisions(name: str, short: str) -> None:
    assert divisions.short_name(name) == short


def test_a_division_gets_its_code_and_short_name(sample: Path, known: ontology.Ontology) -> None:
    pytest.importorskip("gb2260")
    added = new_entity.add_entity(sample, NewEntity("City", "Foshan", "佛山市", GROUND, DAY), known)
    assert added.rows["places.csv"][0]["gb2260"] == "440600"
    assert added.rows["names.csv"][-1]["name"] == "佛山"
    assert divisions.code_of("朝阳区") == ""  # in Beijing and in Changchun
