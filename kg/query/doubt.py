"""Doubt about statements, targets and entities: flags with their notes, and identities below certain."""

from collections.abc import Iterable
from itertools import groupby

from kg import iris
from kg.query import internal_rows
from kg.store.oxigraph import Store

#: More ids than this are looked up by reading all doubts, which is faster.
MANY = 200


def doubts(store: Store, ids: Iterable[str] | None = None) -> dict[str, str]:
    """Return by id what is doubtful about statements, targets and entities (all by default), as a text.

    The text of a statement or target has the labels of its flags, then its note: ``garbled; read from the
    name: Acme is probably meant``; flags that withhold say so (``unresolved, withheld``). The text of an
    entity has its names that are less than certain, then their ground: ``identity probable: 海谱润斯, Haplun
    (knowledge)``. What is beyond doubt is left out, and so are ids of any other kind. The text of a statement
    says nothing of the entities that it joins: look them up beside it.
    """
    wanted = None if ids is None else set(ids)
    if wanted is not None and not wanted:
        return {}
    bound = sorted(wanted) if wanted and len(wanted) <= MANY else ()
    rows = internal_rows(store, "doubts", id=bound).values()
    found = {iris.short(one): _text(list(same)) for one, same in groupby(rows, key=lambda row: row["id"])}
    return found if wanted is None else {one: found[one] for one in wanted if one in found}


def _text(rows: list[dict[str, str]]) -> str:
    if not rows[0]["name"]:
        labels = dict.fromkeys(row["doubt"] for row in rows)
        return f"{'; '.join(labels)}{': ' * bool(rows[0]['remark'])}{rows[0]['remark']}"
    alike: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row["doubt"], row["remark"]), []).append(row["name"])
    parts = (f"identity {how}: {', '.join(names)} ({ground})" for (how, ground), names in alike.items())
    return "; ".join(parts)
