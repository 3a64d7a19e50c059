"""Questions in, rows out."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kg import iris
from kg.read import queries
from kg.store import oxigraph
from kg.store.oxigraph import Rows, Store


def internal_rows(store: Store, name: str, /, **ids: Iterable[str]) -> Rows:
    """Run an internal query with short ids bound to its parameters; a parameter without ids is left out."""
    terms = {key: " ".join(str(ox.NamedNode(iris.iri(one))) for one in some) for key, some in ids.items()}
    return oxigraph.select(store, queries.internal(name).bind({k: v for k, v in terms.items() if v}))
