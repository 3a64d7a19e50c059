"""Recorded mentions, and the names that texts were searched for, held against a search just done."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.errors import Problem
from kg.read.mentions import Mention, compile_names, find_mentions, forms_hash
from kg.read.seeds import Document, EntityIndex, Seeds

_WRITE = "kg check --texts DIR --write"


@dataclass(frozen=True)
class Search:
    """What a search of a text found, and the hash of each entity's names that it looked for."""

    mentions: Sequence[Mention]
    forms: Mapping[str, str]

    def rows(self) -> dict[str, list[dict[str, object]]]:
        """Return the rows of both tables."""
        searched: list[dict[str, object]] = [
            {"entity": entity, "forms": forms} for entity, forms in self.forms.items()
        ]
        return {"mentions.csv": [one._asdict() for one in self.mentions], "searched.csv": searched}


def search(texts: Mapping[str, Sequence[str]], register: EntityIndex) -> dict[str, Search]:
    """Search the paragraphs of each source for all names of all entities."""
    if not texts:
        return {}
    automaton, forms = compile_names(register.keys), forms_of(register)
    return {
        name: Search(sorted(find_mentions(paragraphs, automaton)), forms)
        for name, paragraphs in texts.items()
    }


def forms_of(register: EntityIndex) -> dict[str, str]:
    """Return the hash of the names of each entity, in the order of their ids."""
    return {entity: forms_hash(keys) for entity, keys in sorted(register.keys.items())}


def check_mentions(document: Document, found: Search) -> Iterator[Problem]:
    """Compare the recorded mentions of a source, and what was searched for, with a search just done."""
    fresh = {(one.paragraph, one.start, one.entity, one.words): one for one in found.mentions}
    for old in document.mentions:
        new = fresh.pop((old.paragraph, old.start, old.entity, old.words), None)
        if new is None:
            what = "the text does not have this name there"
            yield old.problem("words", "stale-mention", what, old.words, _WRITE)
        elif new.within != old.within:
            what = "the longest name around it is another"
            yield old.problem("within", "stale-mention", what, old.within, _WRITE)
    if fresh:
        number, file = len(fresh), f"{document.source.id}/mentions.csv"
        what = f"{number} mentions are not recorded yet" if number > 1 else "a mention is not recorded yet"
        yield Problem(file, 0, "words", "stale-mention", what, next(iter(fresh.values())).words, _WRITE)
    yield from _check_searched(document, found.forms)


def _check_searched(document: Document, forms: Mapping[str, str]) -> Iterator[Problem]:
    waiting = dict(forms)
    for row in document.searched:
        if waiting.pop(row.entity, None) != row.forms:
            what = "the text was searched for other names than the entity has now"
            yield row.problem("forms", "stale-mention", what, row.entity, _WRITE)
    if waiting:
        number, file = len(waiting), f"{document.source.id}/searched.csv"
        what = f"the text was not searched for the names of {number} {'entities' if number > 1 else 'entity'}"
        yield Problem(file, 0, "entity", "stale-mention", what, next(iter(waiting)), _WRITE)


def changed_names(document: Document, forms: Mapping[str, str]) -> list[str]:
    """Return the entities whose present names were not looked for in the text of a source."""
    searched = document.searched_forms
    return [entity for entity, present in forms.items() if searched.get(entity) != present]


def names_added(seeds: Seeds, searches: Collection[str]) -> Iterator[str]:
    """Yield a notice for each source, not searched now, that was searched before names changed."""
    forms = forms_of(seeds.register)
    for name, document in seeds.documents.items():
        if name not in searches and document.searched and (changed := changed_names(document, forms)):
            entities = "entity has" if len(changed) == 1 else "entities have"
            yield f"{name}: {len(changed)} {entities} names for which its text was not searched: {_WRITE}"
