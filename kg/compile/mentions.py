"""Compiler of mentions: where names of entities stand in a text, in ``graph/mentions/<source>``.

A mention is what a program saw, never a plain triple. One whose name the entity does not bear any more is
left out. Entities whose present names were not looked for are listed: silence about them says nothing.
"""

from collections.abc import Iterator
from functools import cached_property

from kg import iris, text
from kg.compile.nquads import integer, iri, literal, name, quad, quads
from kg.read.mentions import fold, forms, forms_hash
from kg.read.seeds import Document, EntityIndex

_TRUE = literal("true", datatype="xsd:boolean")


class Names:
    """The forms of all names, and those of them that need not mean their entity."""

    def __init__(self, register: EntityIndex) -> None:
        self._register = register

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Return the hash of each entity's names."""
        return {entity: forms_hash(keys) for entity, keys in self._register.keys.items()}

    @cached_property
    def _forms(self) -> dict[str, set[str]]:
        return {entity: forms(keys) for entity, keys in self._register.keys.items()}

    @cached_property
    def _ambiguous(self) -> dict[str, set[str]]:
        return {entity: forms(keys) for entity, keys in self._register.ambiguous.items()}

    def written_in(self, entity: str, language: str) -> bool:
        """Whether an entity has a name in the script of a language: Chinese texts print no English label."""
        return language != "zh" or any(text.length(form)[1] for form in self._forms.get(entity, ()))

    def bears(self, entity: str, form: str) -> bool:
        """Whether an entity bears a name, or one that begins so: long ones are cut."""
        known = self._forms.get(entity, ())
        return form in known or any(one.startswith(form) for one in known)

    def is_ambiguous(self, entity: str, form: str) -> bool:
        """Whether the name of an entity is marked so."""
        return form in self._ambiguous.get(entity, ())


def lines(document: Document, names: Names) -> Iterator[str]:
    """Yield the mentions in a source, for how many entities it was searched, and for which it was not."""
    source, graph = document.source.id, f"graph/mentions/{document.source.id}"
    if document.searched:
        node = iri(f"source/{source}")
        missed = [
            entity
            for entity, now in names.hashes.items()
            if document.searched_forms.get(entity) != now
            or not names.written_in(entity, document.source.language)
        ]
        yield quad(iri(graph), name("prov:wasQuotedFrom"), node)
        yield quad(node, name("kg:searchedEntities"), integer(len(names.hashes) - len(missed)), graph)
        for entity in missed:
            yield quad(node, name("kg:notSearchedFor"), iri(entity), graph)
    headings = {number for section in document.sections for number in section.headings}
    for at in document.mentions:
        form = fold(at.words).text
        if names.bears(at.entity, form):
            pairs = (
                ("rdf:type", name("kg:Mention")),
                ("kg:mentionOf", iri(at.entity)),
                ("kg:paragraph", iri(f"source/{source}/paragraph/{at.paragraph}")),
                ("oa:start", integer(at.start)),
                ("kg:words", literal(at.words)),
                ("kg:within", at.within and literal(at.within)),
                ("kg:ambiguous", _TRUE if names.is_ambiguous(at.entity, form) else ""),
                ("kg:inHeading", _TRUE if at.paragraph in headings else ""),
            )
            node = iri(f"mention/{iris.digest(source, at.paragraph, at.start, at.entity, at.words)}")
            yield from quads(node, pairs, graph)
