"""What rows may refer to: entities with their kinds and names, small enough to hold for millions of rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Register:
    """Look-ups by id. ``keys`` are names as they are compared; ``labels`` are English;
    ``units`` belong to indicators; ``regions`` are places of which sections speak;
    ``within`` tells in which places a place is assumed to lie."""

    kinds: Mapping[str, str]
    keys: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]
    units: Mapping[str, str]
    regions: Collection[str]
    within: Mapping[str, Collection[str]]

    def label(self, identifier: str) -> str:
        """The English label, else the slug."""
        return self.labels.get(identifier) or identifier.partition("/")[2]
