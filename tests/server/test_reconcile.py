"""The Reconciliation Service API 0.2 as OpenRefine uses it: the manifest and the queries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from tests.reconciling import MORE, batch, best, check_named, is_number, read
from tests.serving import FORM, Client, in_process, sample_store


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with in_process(sample_store(tmp_path_factory.mktemp("store"), MORE)) as found:
        yield found


def test_manifest(client: Client) -> None:
    found = read(client, "/reconcile")
    assert read(client, "/reconcile/") == found
    assert found["versions"] == ["0.2"]
    assert (found["identifierSpace"], found["schemaSpace"]) == (
        "https://w3id.org/regiograph/",
        "https://w3id.org/regiograph/ns#",
    )
    assert all(isinstance(found[name], str) for name in ("name", "documentation", "serviceVersion"))
    assert found["batchSize"] == 100
    assert all(isinstance(found["preview"][name], int) for name in ("width", "height"))
    for kind in found["defaultTypes"]:
        check_named(kind)
    assert {kind["id"] for kind in found["defaultTypes"]} >= {"Place", "Organisation", "Topic"}
    assert not {kind["id"] for kind in found["defaultTypes"]} & {"Statement", "Target", "Entity"}
    (setting,) = found["extend"]["property_settings"]
    assert (setting["type"], is_number(setting["default"])) == ("number", True)


def test_a_proxy_may_speak_tls(client: Client) -> None:
    found = json.loads(client.ask("/reconcile", X_Forwarded_Proto="https").body)
    assert found["view"]["url"].startswith("https://")
    found = json.loads(client.ask("/reconcile", X_Forwarded_Proto="javascript").body)
    assert found["view"]["url"].startswith("http://")


@pytest.mark.parametrize(
    ("words", "entity", "match"),
    [
        ("Sample City", "place/sample-city", True),
        ("sample  CITY", "place/sample-city", True),
        ("ＳＡＭＰＬＥ　ＣＩＴＹ", "place/sample-city", True),
        ("Sampel City", "place/sample-city", False),
        ("样本市", "place/sample-city", True),
        ("样本", "place/sample-city", True),
        ("激光雷达", "topic/lidar", True),
        ("激光 雷达", "topic/lidar", True),
        ("激光雷答", "topic/lidar", False),
        ("sensor", "topic/sensor", True),
        ("The park", "place/optics-park", True),
        ("Acme Optix", "org/acme-optics", False),
        ("Acme Optics company", "org/acme-optics", True),
        ("Optics Valley Phase I", "project/optics-valley-2", False),
        ("place/sample-city", "place/sample-city", True),
        ("place:sample-city", "place/sample-city", True),
        ("topic/laser-radar", "topic/lidar", True),
        ("https://w3id.org/regiograph/place/sample-city", "place/sample-city", True),
        ("SampleCity", "place/sample-city", False),
        ("sam ple city", "place/sample-city", False),
        ("Sample's City", "place/sample-city", False),
        ("Sample City, Sample Province", "place/sample-city", False),
    ],
)
def test_names_are_matched(client: Client, words: str, entity: str, match: bool) -> None:
    found = best(client, words)
    assert (found["id"], found["match"]) == (entity, match)
    assert 50 < found["score"] <= 100
    features = {one["id"]: one["value"] for one in found["features"]}
    assert match is any(features[name] for name in ("exact_name", "name_and_type", "identifier"))


@pytest.mark.parametrize("words", ["", "  ", "zzzzqqqq", "*", '"', "NEAR(", "\0", "' OR 1=1 --", "🙂"])
def test_what_names_nothing_finds_nothing(client: Client, words: str) -> None:
    assert batch(client, q0={"query": words}) == {"q0": {"result": []}}


def test_types_and_limits(client: Client) -> None:
    found = batch(
        client,
        all={"query": "optics", "limit": 10},
        one={"query": "optics", "limit": 1.0, "type": None, "properties": None},
        place={"query": "optics", "type": "Place"},
        several={"query": "optics", "type": ["Company", "Sector"], "type_strict": "any"},
        both={"query": "Sample City", "type": ["City", "Region"], "type_strict": "all"},
        neither={"query": "Sample City", "type": ["City", "Company"], "type_strict": "all"},
        should={"query": "optics", "type": [{"id": "Park"}], "type_strict": "should", "limit": 10},
    )
    assert len(found["all"]["result"]) > 1 == len(found["one"]["result"])
    assert {one["id"].partition("/")[0] for one in found["place"]["result"]} == {"place"}
    assert {one["id"].partition("/")[0] for one in found["several"]["result"]} == {"org", "topic"}
    assert found["both"]["result"][0]["id"] == "place/sample-city"
    assert found["neither"]["result"] == []
    assert len(found["should"]["result"]) > 1
    other = next(one for one in found["should"]["result"] if one["id"] == "topic/optics")
    assert other["match"] is False, "its name is the very one, but it is no park"


def test_types_are_guessed_from_candidates(client: Client) -> None:
    """OpenRefine asks for ten cells without a type and counts the types of three candidates each."""
    found = batch(client, q0={"query": "Sample City", "limit": 3}, q1={"query": "样本市", "limit": 3})
    assert all({"id": "City", "name": "city"} in one["result"][0]["type"] for one in found.values())


@pytest.mark.parametrize(
    ("value", "near"),
    [
        ("Sample City", 100.0), ("样本市", 100.0), ("place/sample-city", 100.0), ({"id": "place/sample-city"}, 100.0),
        ([{"id": "place/none"}, "sample city"], 100.0), ({"id": "place/sample-province"}, None), (7, None),
        (True, None), ([], 0.0),
    ],
)  # fmt: skip
def test_properties_tell_apart(client: Client, value: object, near: float | None) -> None:
    found = best(client, "optics park", properties=[{"pid": "locatedIn", "v": value}])
    assert found["id"] == "place/optics-park"
    feature = next(one["value"] for one in found["features"] if one["id"] == "locatedIn")
    assert feature == near if near is not None else feature < 90
    assert found["match"] is (near == 100.0)


@pytest.mark.parametrize(
    ("pid", "value", "entity"),
    [
        ("gb2260", "990000", "place/sample-province"), ("gb2260", 990000, "place/sample-province"),
        ("lat", 30.5, "place/sample-city"), ("kg:locatedIn", "样本市", "place/optics-park"),
        ("prefLabel", "光谷二期", "project/optics-valley-2"), ("type", "Park", "place/optics-park"),
    ],
)  # fmt: skip
def test_properties_alone_find(client: Client, pid: str, value: object, entity: str) -> None:
    found = best(client, properties=[{"pid": pid, "v": value}])
    assert (found["id"], found["score"], found["match"]) == (entity, 100.0, True)
    unknown = {"properties": [{"pid": "nothing", "v": value}]}
    assert batch(client, q0=unknown)["q0"]["result"] == []


def test_one_property_given_twice_is_one_feature(client: Client) -> None:
    twice = [{"pid": "locatedIn", "v": "nowhere"}, {"pid": "kg:locatedIn", "v": "Sample City"}]
    assert best(client, "optics park", properties=twice)["match"] is True


def test_queries_by_get_and_alone(client: Client) -> None:
    found = read(client, "/reconcile?" + urlencode({"queries": json.dumps({"q0": {"query": "lidar"}})}))
    alone = {"result": found["q0"]["result"]}
    assert alone["result"][0]["id"] == "topic/lidar"
    assert read(client, "/reconcile?query=lidar") == alone
    assert read(client, "/reconcile?" + urlencode({"query": json.dumps({"query": "lidar"})})) == alone
    assert read(client, "/reconcile?queries=%7B%7D") == {}


def test_browsers_may_ask_from_elsewhere(client: Client) -> None:
    answer = client.ask(
        "/reconcile", method="OPTIONS", Origin="https://example.org",
        Access_Control_Request_Method="POST", Access_Control_Request_Headers="content-type",
    )  # fmt: skip
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()
    assert client.ask("/reconcile?queries=%7B").headers["access-control-allow-origin"] == "*"


BAD_QUERIES = [
    "1", "{}", '{"query": 1}', '{"query": null, "properties": []}', '{"limit": 1}', '{"query": "x", "limit": -1}',
    '{"query": "x", "limit": 0}', '{"query": "x", "limit": "many"}', '{"query": "x", "limit": NaN}',
    '{"query": "x", "type": "Nothing"}', '{"query": "x", "type": [1]}', '{"query": "x", "type": {"name": "City"}}',
    '{"query": "x", "type_strict": "maybe"}', '{"query": "x", "properties": {}}',
    '{"query": "x", "properties": [{"pid": "a"}]}', '{"query": "x", "properties": [{"pid": "a", "v": [[1]]}]}',
    '{"query": "x", "properties": [{"pid": "a", "v": null}, {"v": 1}]}',
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD_QUERIES)
def test_a_bad_query_answers_for_itself(client: Client, bad: str) -> None:
    """A client sends a hundred cells at once: the others keep their candidates."""
    body = urlencode({"queries": f'{{"q0": {bad}, "q1": {{"query": "lidar"}}}}'})
    answer = client.ask("/reconcile", method="POST", body=body, Content_Type=FORM["Content-Type"])
    assert answer.status == 200
    found = json.loads(answer.body)
    assert found["q0"].keys() == {"result", "error"}
    assert found["q0"]["result"] == []
    assert found["q0"]["error"].startswith("query 'q0'")
    assert found["q1"] == batch(client, q1={"query": "lidar"})["q1"]
    alone = client.ask("/reconcile?" + urlencode({"query": bad}))
    assert alone.status == (400 if bad.startswith("{") else 200), "any other text is a name"


@pytest.mark.parametrize(
    ("status", "parameters"),
    [
        (400, {"queries": "{"}), (400, {"queries": "[]"}),
        (400, {"queries": '{"\\ud800": {"query": "x"}}'}), (400, {"queries": '{"q0": {"query": "\\ud800"}}'}),
        (400, {"queries": "[" * 20_000}), (400, {"wrong": "x"}), (400, {"extend": "{}"}),
        (400, {"extend": '{"ids": ["place/sample-city"], "properties": [{"id": "nothing"}]}'}),
        (400, {"extend": '{"ids": ["place/sample-city"], "properties": ["lat"]}'}),
        (400, {"extend": '{"ids": [1], "properties": [{"id": "lat"}]}'}),
        (400, {"extend": '{"ids": [], "properties": [{"id": "lat", "settings": {"limit": "²"}}]}'}),
        (413, {"queries": json.dumps({f"q{n}": {"query": "x"} for n in range(101)})}),
        (413, {"extend": json.dumps({"ids": ["x"] * 1001, "properties": []})}),
    ],
)  # fmt: skip
def test_bad_input_is_refused(client: Client, status: int, parameters: dict[str, str]) -> None:
    body = urlencode(parameters)
    answer = client.ask("/reconcile", method="POST", body=body, Content_Type=FORM["Content-Type"])
    assert answer.status == status, answer.text
    assert len(answer.text) > 10


def test_what_campaigns_add_to_an_address_is_ignored(client: Client) -> None:
    assert read(client, "/reconcile?utm_source=x") == read(client, "/reconcile")


def test_long_cells_do_not_stall_a_batch(client: Client) -> None:
    """A quadratic search would take longer than a query may run."""
    cells = {f"q{n}": {"query": "激光雷达传感器样本省" * 80 + str(n)} for n in range(100)}
    assert all(one["result"] == [] for one in batch(client, **cells).values())


def test_other_bodies_are_refused(client: Client) -> None:
    assert client.ask("/reconcile", method="POST", body="{}", Content_Type="application/json").status == 415
    assert client.ask("/reconcile", method="PUT").status == 405


def test_a_limit_beyond_all_bounds_is_cut(client: Client) -> None:
    found = batch(client, q0={"query": "optics", "limit": 10**30}, q1={"query": "optics", "limit": 100})
    assert found["q0"] == found["q1"]
    assert found["q0"]["result"]
