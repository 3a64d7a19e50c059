"""rdflib's view of a store: the same data as an ``rdflib.Dataset``, without a copy."""

from __future__ import annotations

import oxrdflib
import pyoxigraph as ox
import rdflib

from kg import iris


def as_dataset(store: ox.Store) -> rdflib.Dataset:
    """Return an open store seen through rdflib (by oxrdflib), with our prefixes bound."""
    found = rdflib.Dataset(store=oxrdflib.OxigraphStore(store=store))
    for prefix, namespace in iris.PREFIXES.items():
        found.bind(prefix, namespace, override=True, replace=True)
    return found
