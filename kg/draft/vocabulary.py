"""What a drafter looks for in a text: names of entities, and the cue words of the ontology."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from kg import text
from kg.ontology import Ontology
from kg.read.mentions import Automaton, Mention, compile_names, find_mentions

#: Han script.
HAN = re.compile(r"[\u3007\u3400-\u9fff]")


class Found(NamedTuple):
    """A run of a paragraph that is a cue, or a name; ``keys`` are what it speaks for, or the entities."""

    start: int
    end: int
    words: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The names of entities and the cues of the ontology, ready to be found in paragraphs.

    ``kinds`` holds the class of each entity. The keys of a cue are ``predicate/promotes``,
    ``stages/planned``, ``tiers/core``, ``comparators/about``, ``units/CNY``.
    """

    ontology: Ontology
    kinds: Mapping[str, str]
    names: Mapping[str, Iterable[str]]

    @cached_property
    def _names(self) -> Automaton:
        return compile_names(self.names)

    @cached_property
    def _cues(self) -> Automaton:
        cues = {f"predicate/{p.name}": p.cues for p in self.ontology.predicates.values() if p.cues}
        for scheme in ("stages", "tiers", "comparators", "statuses", "units"):
            cues |= {
                f"{scheme}/{c.notation}": c.cues for c in self.ontology.schemes[scheme].values() if c.cues
            }
        return compile_names(cues)

    @cached_property
    def _heads(self) -> list[tuple[str, str]]:
        """Return the words that end the names of a class, the longest first, with the class."""
        found = [(text.key(cue), kind.name) for kind in self.ontology.classes.values() for cue in kind.cues]
        return sorted(found, key=lambda pair: (-len(pair[0]), pair))

    def find_names(self, raw: str) -> tuple[list[Found], list[Found]]:
        """Return the names in a paragraph that lie in no other, and those that do."""
        found = list(find_mentions([raw], self._names))
        return _join(m for m in found if not m.within), _join(m for m in found if m.within)

    def find_cues(self, raw: str, names: Sequence[Found] = ()) -> list[Found]:
        """Return the cues in a paragraph that lie in no longer one and in none of these names.

        A cue bears the predicates of the shorter ones in it, too.
        """
        mentions = list(find_mentions([raw], self._cues))
        inner = [m for m in mentions if m.within and m.entity.startswith("predicate/")]
        found = []
        for one in _join(m for m in mentions if not m.within):
            if not any(n.start < one.end and one.start < n.end for n in names):
                more = {m.entity for m in inner if one.start <= m.start and m.start + len(m.words) <= one.end}
                found.append(one._replace(keys=tuple(dict.fromkeys((*one.keys, *sorted(more))))))
        return found

    def class_of(self, name: str) -> str:
        """Return the class that the last word of a name speaks for; empty if there is none."""
        key = text.key(name).rstrip("\"'”》 ")
        return next((kind for head, kind in self._heads if _ends(key, head)), "")

    def is_head(self, words: str) -> bool:
        """Whether words are nothing but the end of a name, such as industries or 产业."""
        key = text.key(words)
        return any(key in _numbers(head) for head, _ in self._heads)

    def is_tier(self, words: str) -> bool:
        """Whether words are those of a tier, such as future industries: no name of an industry."""
        key = text.key(words)
        cues = [text.key(cue) for tier in self.ontology.schemes["tiers"].values() for cue in tier.cues]
        return key in cues or any(
            key.startswith(f"{cue} ") and self.is_head(key[len(cue) + 1 :]) for cue in cues
        )

    def root(self, kind: str) -> str:
        """Return the widest class of an entity below Entity: Topic for Sector."""
        ancestors = self.ontology.classes[kind].ancestors if kind in self.ontology.classes else frozenset()
        return next((root for root in self.ontology.segments.values() if root in ancestors), "")


def _ends(key: str, head: str) -> bool:
    """Whether a name ends with a word, in the singular or the plural."""
    if HAN.search(head):
        return key.endswith(head)
    return any(key == end or key.endswith((f" {end}", f"-{end}")) for end in _numbers(head))


def _numbers(head: str) -> tuple[str, ...]:
    """Return a word in the singular and the plural."""
    return (head, f"{head}s", f"{head}es", f"{head[:-1]}ies" if head.endswith("y") else head)


def _join(mentions: Iterable[Mention]) -> list[Found]:
    """Return one run for all that bear the same words at the same place."""
    found: dict[tuple[int, str], list[str]] = {}
    for one in mentions:
        found.setdefault((one.start, one.words), []).append(one.entity)
    runs = (Found(start, start + len(words), words, tuple(keys)) for (start, words), keys in found.items())
    return sorted(runs)
