"""Beside the queries: suggestions, previews, data extension, JSONP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from tests.reconciling import CELLS, MORE, batch, check_named, extend, path, read
from tests.serving import Client, in_process, sample_store


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with in_process(sample_store(tmp_path_factory.mktemp("store"), MORE)) as found:
        yield found


@pytest.mark.parametrize("encoded", [True, False])
def test_addresses_of_the_manifest_answer(client: Client, encoded: bool) -> None:
    """Older clients put an id in an address as it is, newer ones encode its slash."""
    found = read(client, "/reconcile")
    identifier = quote("place/sample-city", safe="" if encoded else "/")
    view = found["view"]["url"].replace("{{id}}", identifier)
    flyouts = {
        "entity": (identifier, "Sample City"),
        "type": ("City", "city"),
        "property": ("locatedIn", "located in"),
    }
    assert client.ask(path(client, view)).headers["location"] == "/place/sample-city.html"
    assert client.ask(path(client, found["preview"]["url"].replace("{{id}}", identifier))).status == 200
    assert (
        client.ask(path(client, found["feature_view"]["url"].replace("{{id}}", "exact_name"))).status == 200
    )
    assert found["suggest"].keys() == flyouts.keys()
    for what, (name, label) in flyouts.items():
        one = found["suggest"][what]
        flyout = read(
            client,
            path(client, one["flyout_service_url"] + one["flyout_service_path"]).replace("${id}", name),
        )
        assert label in flyout["html"]
        assert flyout["id"] in (name, "place/sample-city")
        assert read(
            client, path(client, one["service_url"] + one["service_path"] + f"?prefix={quote(label)}")
        )["result"]
    extend = found["extend"]["propose_properties"]
    assert read(client, path(client, extend["service_url"] + extend["service_path"]))["properties"]


def test_jsonp_takes_names_of_functions_only(client: Client) -> None:
    answer = client.ask("/reconcile?callback=jQuery12_3.done&_=1700000000000")
    assert answer.headers["content-type"].startswith("application/javascript")
    assert answer.headers["x-content-type-options"] == "nosniff"
    called = re.fullmatch(r"/\*\*/jQuery12_3\.done\((.*)\);\n", answer.text)
    assert called
    assert json.loads(called[1]) == read(client, "/reconcile?_=1")
    assert client.ask("/reconcile/suggest/type?prefix=c&callback=f").text.startswith("/**/f({")
    for bad in ("alert(1)", "a;b", "<script>", "a b", "a.", "1a", "é", "x" * 300):
        assert client.ask("/reconcile?" + urlencode({"callback": bad})).status == 400


@pytest.mark.parametrize(
    ("status", "address"),
    [
        (400, "suggest/entity"), (400, "suggest/type?prefix=a&cursor=x"), (404, "suggest/other?prefix=a"),
        (400, "suggest/type?prefix=a&cursor=%C2%B2"), (400, "suggest/type?prefix=a&cursor=" + "9" * 5000),
        (404, "suggest"), (404, "preview?id=place/none"), (400, "preview"), (404, "flyout/type?id=None"),
        (404, "flyout/other?id=City"), (404, "feature/none"), (400, "extend/propose?limit=%C2%B2"),
        (404, "extend"), (404, "other"),
    ],
)  # fmt: skip
def test_bad_addresses_are_refused(client: Client, status: int, address: str) -> None:
    answer = client.ask(f"/reconcile/{address}")
    assert answer.status == status, answer.text
    assert len(answer.text) > 10


@pytest.mark.parametrize(
    ("what", "prefix", "first"),
    [
        ("entity", "samp", "place/sample-city"), ("entity", "样本", "place/sample-city"),
        ("entity", "place/sample-city", "place/sample-city"), ("entity", "optics p", "place/optics-park"),
        ("type", "comp", "Company"), ("type", "企业", "Company"), ("type", "ns#City", "City"), ("type", "City", "City"),
        ("property", "prom", "promotes"), ("property", "kg:locatedIn", "locatedIn"), ("property", "纬度", "lat"),
    ],
)  # fmt: skip
def test_suggestions(client: Client, what: str, prefix: str, first: str) -> None:
    prefix = prefix.replace("ns#", "https://w3id.org/regiograph/ns#")
    found = read(client, f"/reconcile/suggest/{what}?" + urlencode({"prefix": prefix, "type": "/a/b"}))[
        "result"
    ]
    assert found[0]["id"] == first
    for one in found:
        check_named(one)
        for above in one.get("broader", ()):
            check_named(above)
        assert all(isinstance(kind, str) for kind in one.get("notable", ()))


def test_suggestions_are_paged(client: Client) -> None:
    pages = [
        [one["id"] for one in read(client, f"/reconcile/suggest/property?prefix=&cursor={at}")["result"]]
        for at in ("", 0, 20, 1000)
    ]
    assert pages[0] == pages[1]
    assert len(pages[0]) == 20
    assert pages[2]
    assert not set(pages[0]) & set(pages[2])
    assert pages[3] == []
    park = read(client, "/reconcile/suggest/type?prefix=park")["result"][0]
    assert park["broader"] == [{"id": "Place", "name": "place"}]


def test_preview(client: Client) -> None:
    assert "lidar" in client.ask("/reconcile/preview?id=topic%2Flaser-radar").text
    answer = client.ask("/reconcile/preview?id=place/optics-park")
    assert "optics park" in answer.text
    assert "<dt>located in</dt><dd>Sample City</dd>" in answer.text
    assert "<nav>" not in answer.text, "the frame is small"
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers


def test_proposed_properties(client: Client) -> None:
    found = read(client, "/reconcile/extend/propose?type=Place&limit=3")
    assert (found["type"], found["limit"], len(found["properties"])) == ("Place", 3, 3)
    everything, company = (
        [one["id"] for one in read(client, f"/reconcile/extend/propose?type={kind}")["properties"]]
        for kind in ("", "Company")
    )
    assert set(company) < set(everything)
    assert {"type", "prefLabel"} <= set(company)
    assert not set(company) & {"iso31662", "mayorOf"}
    assert read(client, "/reconcile/extend/propose?type=Nothing")["properties"]


def test_data_extension(client: Client) -> None:
    city = "https://w3id.org/regiograph/place/sample-city"
    found = extend(
        client, ["place/optics-park", city, "place/none"],
        {"id": "kg:locatedIn"}, {"id": "lat"}, {"id": "prefLabel", "settings": {"limit": "1"}}, {"id": "type"},
    )["rows"]  # fmt: skip
    assert found["place/optics-park"]["kg:locatedIn"] == [{"id": "place/sample-city", "name": "Sample City"}]
    assert found[city]["lat"] == [{"float": 30.5}]
    assert len(found[city]["prefLabel"]) == 1
    assert {"str": "city"} in found[city]["type"], "a class is no entity that could be shown"
    other = extend(client, ["org/acme-optics"], *({"id": name} for name in ("issued", "temporal", "long")))
    assert other["rows"]["org/acme-optics"] == {
        "issued": [{"date": "2030-01-02T00:00:00Z"}],
        "temporal": [{"str": "true"}],
        "long": [{"str": "INF"}],
    }
    old = extend(client, ["topic/laser-radar"], {"id": "type"})["rows"]["topic/laser-radar"]["type"]
    assert {"str": "technology"} in old, "an id that was replaced still answers"
    assert found["place/none"] == {"kg:locatedIn": [], "lat": [], "prefLabel": [], "type": []}


def test_every_value_has_the_shape_of_a_cell(client: Client) -> None:
    properties = read(client, "/reconcile/extend/propose")["properties"]
    ids = [
        one["id"]
        for words in ("optics", "sample", "lidar", "sensors", "output", "report")
        for one in batch(client, q0={"query": words, "limit": 50})["q0"]["result"]
    ]
    rows = extend(client, list(dict.fromkeys(ids)), *({"id": one["id"]} for one in properties))["rows"]
    shapes = {tuple(cell) for row in rows.values() for cells in row.values() for cell in cells}
    assert shapes == set(CELLS)
