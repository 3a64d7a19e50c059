"""The Reconciliation Service API 0.2 as OpenRefine uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.serving import FORM, Client, sample_store, serving


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with serving(sample_store(tmp_path_factory.mktemp("store"))) as found:
        yield found


def batch(client: Client, **queries: dict[str, Any]) -> dict[str, Any]:
    body = urlencode({"queries": json.dumps(queries)})
    answer = client.ask("/reconcile", method="POST", body=body, Content_Type=FORM["Content-Type"])
    assert answer.status == 200, answer.text
    found: dict[str, Any] = json.loads(answer.body)
    assert found.keys() == queries.keys()
    return found


def test_manifest(client: Client) -> None:
    found = json.loads(client.ask("/reconcile").body)
    assert found["versions"] == ["0.2"]
    assert found["name"]
    assert found["identifierSpace"].startswith("https://")
    assert found["schemaSpace"].startswith("https://")
    assert "{{id}}" in found["view"]["url"]
    assert set(found["suggest"]) == {"entity", "type", "property"}
    assert {"url", "width", "height"} <= set(found["preview"])
    assert found["defaultTypes"]
    view = found["view"]["url"].replace("{{id}}", "place/sample-city").partition(str(client.port))[2]
    assert client.ask(view).status == 303
    assert client.ask("/reconcile").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("words", "entity", "match"),
    [
        ("Sample City", "place/sample-city", True),
        ("sample  CITY", "place/sample-city", True),
        ("Sampel City", "place/sample-city", None),
        ("样本市", "place/sample-city", True),
        ("激光雷达", "topic/lidar", True),
        ("The park", "place/optics-park", True),
        ("Acme Optic", "org/acme-optics", None),
    ],
)
def test_names_are_matched(client: Client, words: str, entity: str, match: bool | None) -> None:
    best = batch(client, q0={"query": words})["q0"]["result"][0]
    assert best["id"] == entity
    assert 0 < best["score"] <= 100
    assert match is None or best["match"] is match
    assert {"id", "name", "type", "score", "match", "features"} <= set(best)
    assert {feature["id"] for feature in best["features"]} >= {"name_similarity", "exact_name"}


def test_types_and_limits(client: Client) -> None:
    found = batch(
        client,
        all={"query": "optics", "limit": 10},
        one={"query": "optics", "limit": 1},
        place={"query": "optics", "type": "Place"},
        several={"query": "optics", "type": ["Company", "Sector"], "type_strict": "any"},
        should={"query": "optics", "type": "Park", "type_strict": "should", "limit": 10},
        none={"query": "zzzzqqqq"},
    )
    assert len(found["all"]["result"]) > 1 == len(found["one"]["result"])
    assert {one["id"].partition("/")[0] for one in found["place"]["result"]} == {"place"}
    assert {one["id"].partition("/")[0] for one in found["several"]["result"]} == {"org", "topic"}
    assert len(found["should"]["result"]) > 1
    assert found["none"]["result"] == []


def test_properties_tell_apart(client: Client) -> None:
    right = {"query": "optics park", "properties": [{"pid": "locatedIn", "v": "Sample City"}]}
    wrong = {
        "query": "optics park",
        "properties": [{"pid": "locatedIn", "v": {"id": "place/sample-province"}}],
    }
    found = batch(client, right=right, wrong=wrong)
    near = next(one for one in found["right"]["result"] if one["id"] == "place/optics-park")
    far = next(one for one in found["wrong"]["result"] if one["id"] == "place/optics-park")
    assert near["score"] > far["score"]
    assert {"id": "locatedIn", "value": 100.0} in near["features"]


def test_queries_by_get(client: Client) -> None:
    address = "/reconcile?" + urlencode({"queries": json.dumps({"q0": {"query": "lidar"}})})
    assert json.loads(client.ask(address).body)["q0"]["result"][0]["id"] == "topic/lidar"


@pytest.mark.parametrize(
    ("status", "parameters"),
    [
        (400, {"queries": "{"}), (400, {"queries": "[]"}), (400, {"queries": '{"q0": 1}'}),
        (400, {"queries": '{"q0": {}}'}), (400, {"queries": '{"q0": {"query": 1}}'}),
        (400, {"queries": '{"q0": {"query": "x", "limit": -1}}'}),
        (400, {"queries": '{"q0": {"query": "x", "limit": "many"}}'}),
        (400, {"queries": '{"q0": {"query": "x", "type": "Nothing"}}'}),
        (400, {"queries": '{"q0": {"query": "x", "type_strict": "maybe"}}'}),
        (400, {"queries": '{"q0": {"query": "x", "properties": [{"pid": "a"}]}}'}),
        (400, {"queries": "[" * 20_000}), (400, {"wrong": "x"}), (400, {"extend": "{}"}),
        (400, {"extend": '{"ids": ["place/sample-city"], "properties": [{"id": "nothing"}]}'}),
        (413, {"queries": json.dumps({f"q{n}": {"query": "x"} for n in range(101)})}),
    ],
)  # fmt: skip
def test_bad_input_is_refused(client: Client, status: int, parameters: dict[str, str]) -> None:
    body = urlencode(parameters)
    answer = client.ask("/reconcile", method="POST", body=body, Content_Type=FORM["Content-Type"])
    assert answer.status == status
    assert len(answer.text) > 10


def test_suggestions(client: Client) -> None:
    def suggest(what: str, prefix: str, cursor: str = "") -> list[dict[str, Any]]:
        address = f"/reconcile/suggest/{what}?" + urlencode(
            {"prefix": prefix, **({"cursor": cursor} if cursor else {})}
        )
        found: list[dict[str, Any]] = json.loads(client.ask(address).body)["result"]
        return found

    assert suggest("entity", "samp")[0]["id"].startswith("place/sample")
    assert suggest("entity", "样本")[0]["id"] == "place/sample-city"
    assert "Company" in [one["id"] for one in suggest("type", "comp")]
    assert "promotes" in [one["id"] for one in suggest("property", "prom")]
    assert suggest("property", "", "500") == []
    assert client.ask("/reconcile/suggest/entity").status == 400
    assert client.ask("/reconcile/suggest/type?prefix=a&cursor=x").status == 400
    assert client.ask("/reconcile/suggest/other?prefix=a").status == 404


def test_preview(client: Client) -> None:
    answer = client.ask("/reconcile/preview?id=place/sample-city")
    assert "Sample City" in answer.text
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert client.ask("/reconcile/preview?id=place/none").status == 404
    assert client.ask("/reconcile/preview").status == 400


def test_data_extension(client: Client) -> None:
    proposed = json.loads(client.ask("/reconcile/extend/propose?type=Place&limit=3").body)
    assert (proposed["type"], proposed["limit"], len(proposed["properties"])) == ("Place", 3, 3)
    wanted = {
        "ids": ["place/optics-park", "place/sample-city", "place/none"],
        "properties": [{"id": "locatedIn"}, {"id": "lat"}, {"id": "prefLabel", "settings": {"limit": "1"}}],
    }
    body = urlencode({"extend": json.dumps(wanted)})
    answer = client.ask("/reconcile", method="POST", body=body, Content_Type=FORM["Content-Type"])
    found = json.loads(answer.body)
    assert [one["id"] for one in found["meta"]] == ["locatedIn", "lat", "prefLabel"]
    assert found["rows"]["place/optics-park"]["locatedIn"] == [
        {"id": "place/sample-city", "name": "Sample City"}
    ]
    assert found["rows"]["place/sample-city"]["lat"] == [{"float": 30.5}]
    assert len(found["rows"]["place/sample-city"]["prefLabel"]) == 1
    assert found["rows"]["place/none"] == {"locatedIn": [], "lat": [], "prefLabel": []}
