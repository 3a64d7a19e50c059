"""Slugs of names: the last part of an identifier, one for each name."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection

from kg import iris

_DIGEST = re.compile(r"-[0-9a-f]{8}([0-9a-f]{24})?$")
#: Letters, numbers, punctuation and blanks; a slug without marks and symbols is the slug of another name.
_KEPT = "LNPZ"


def assign_slugs(names: Collection[str]) -> dict[str, str]:
    """Return one slug for each name: ``Acme & Sons`` → acme-sons.

    A digest of the name is added where the slug lost letters or signs (``Müller`` → muller-1a2b3c4d),
    where another name has the same slug (ABB, abb), and where the slug seems to end with a digest.
    """
    plain = {name: _ascii(name) for name in names}
    slugs = {name: slug if _tells(name, slug) else "" for name, slug in plain.items()}
    for length in (8, 32):
        counts = Counter(slugs.values())
        for name, slug in slugs.items():
            if not slug or counts[slug] > 1:
                slugs[name] = f"{plain[name][: 99 - length].rstrip('-') or 'x'}-{iris.digest(name)[:length]}"
    return slugs


def _ascii(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", decomposed).strip("-")


def _tells(name: str, slug: str) -> bool:
    """Return whether a slug tells a name but for its case, blanks and punctuation."""
    lost = any(not char.isascii() or unicodedata.category(char)[0] not in _KEPT for char in name)
    return 0 < len(slug) <= 100 and not lost and not _DIGEST.search(slug)
