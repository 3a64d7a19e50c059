"""rdflib's view of the graph: the same data as an ``rdflib.Dataset`` over the open store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg import iris
from kg.errors import missing_extra
from kg.store.oxigraph import Store

if TYPE_CHECKING:
    import rdflib


def dataset(store: Store) -> rdflib.Dataset:
    """The open store seen through rdflib, without a copy (oxrdflib)."""
    try:
        import oxrdflib
        import rdflib
    except ImportError:
        raise missing_extra("rdf", "the rdflib view") from None
    found = rdflib.Dataset(store=oxrdflib.OxigraphStore(store=store))
    for prefix, namespace in iris.PREFIXES.items():
        found.bind(prefix, namespace, override=True, replace=True)
    return found
