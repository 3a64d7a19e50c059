"""How tests ask the reconciliation service, and what version 0.2 of its API demands of every answer."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from kg import iris
from tests.serving import FORM, Client

_ACME = f"<{iris.iri('org/acme-optics')}>"
#: Values of kinds that the sample seeds have none of.
MORE = tuple(
    f'{_ACME} <{iris.expand(name)}> "{value}"^^<{iris.expand(kind)}> .\n'
    for name, value, kind in (
        ("dcterms:issued", "2030-01-02", "xsd:date"),
        ("dcterms:temporal", "true", "xsd:boolean"),
        ("geo:lat", "30", "xsd:decimal"),
        ("kg:gb2260", "12", "xsd:integer"),
        ("geo:long", "INF", "xsd:double"),
    )
)


def batch(client: Client, **queries: dict[str, Any]) -> dict[str, Any]:
    body = urlencode({"queries": json.dumps(queries)})
    answer = client.ask("/reconcile", method="POST", body=body, Content_Type=FORM["Content-Type"])
    assert answer.status == 200, answer.text
    found: dict[str, Any] = json.loads(answer.body)
    assert found.keys() == queries.keys()
    for one in found.values():
        check_candidates(one["result"])
    return found


def best(client: Client, words: str | None = None, **query: Any) -> dict[str, Any]:
    """The first candidate."""
    asked = {**query, **({} if words is None else {"query": words})}
    found: dict[str, Any] = batch(client, q0=asked)["q0"]["result"][0]
    return found


def read(client: Client, address: str) -> Any:
    answer = client.ask(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json"), answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    return json.loads(answer.body)


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_named(one: dict[str, Any]) -> None:
    """Has an id and a name, and no empty text."""
    assert {"id", "name"} <= one.keys()
    assert all(value and isinstance(value, str) for name, value in one.items() if name in _TEXTS), one


def check_candidates(found: list[dict[str, Any]]) -> None:
    """What 0.2 asks of a result: named and scored entities, best first, at most the first a match."""
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert not any(one["match"] for one in found[1:])
    for one in found:
        check_named(one)
        assert is_number(one["score"])
        assert isinstance(one["match"], bool)
        assert one["type"]
        for kind in one["type"]:
            check_named(kind)
        names = [feature["id"] for feature in one["features"]]
        assert len(names) == len(set(names)), "the ids of a candidate's features differ"
        assert all(isinstance(f["value"], bool) or is_number(f["value"]) for f in one["features"])


_TEXTS = ("id", "name", "description")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CELLS = {
    ("id", "name"): lambda cell: all(isinstance(text, str) and text for text in cell.values()),
    ("str",): lambda cell: isinstance(cell["str"], str),
    ("int",): lambda cell: isinstance(cell["int"], int) and not isinstance(cell["int"], bool),
    ("float",): lambda cell: isinstance(cell["float"], float),
    ("date",): lambda cell: bool(_TIME.fullmatch(cell["date"])),
}


def path(client: Client, address: str) -> str:
    start = f"http://127.0.0.1:{client.port}"
    assert address.startswith(start)
    return address.removeprefix(start)


def extend(client: Client, ids: list[str], *properties: dict[str, Any]) -> dict[str, Any]:
    body = urlencode({"extend": json.dumps({"ids": ids, "properties": properties})})
    answer = client.ask("/reconcile", method="POST", body=body, Content_Type=FORM["Content-Type"])
    found: dict[str, Any] = json.loads(answer.body)
    assert found.keys() == {"meta", "rows"}
    assert [one["id"] for one in found["meta"]] == [one["id"] for one in properties]
    assert found["rows"].keys() == set(ids)
    for row in found["rows"].values():
        assert row.keys() == {one["id"] for one in properties}
        for cell in (cell for cells in row.values() for cell in cells):
            assert CELLS[tuple(cell)](cell), cell
    return found
