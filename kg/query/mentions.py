"""Mentions: where names of entities stand in the texts, as a program found them."""

from collections.abc import Iterable
from dataclasses import dataclass

from kg import iris
from kg.query import internal_rows
from kg.query.statements import Evidence
from kg.store.oxigraph import Store


@dataclass(frozen=True)
class Mention:
    """A name of an entity in a text; nobody judged what it means there.

    ``region`` is that of the section, empty where it has none. ``words`` are the text's own, ``start`` counts
    code points of the paragraph from 0, and ``within`` is the longest name around them, if they are a part
    of one. An ``ambiguous`` name need not mean the entity.
    """

    id: str
    entity: str
    source: str
    region: str
    paragraph: int
    start: int
    words: str
    within: str
    ambiguous: bool
    in_heading: bool
    title: str
    address: str

    @property
    def evidence(self) -> Evidence:
        """The place as evidence; its doubt says that it is a mention."""
        doubt = ["mention", *([f"within {self.within!r}"] if self.within else [])]
        doubt += ["ambiguous"] if self.ambiguous else []
        return Evidence(
            id=self.id,
            source=self.source,
            title=self.title,
            address=self.address,
            paragraph=self.paragraph,
            quote=self.words,
            start=self.start,
            end=self.start + len(self.words),
            row="",
            doubt=", ".join(doubt),
        )


def find_mentions(
    store: Store, *, ids: Iterable[str] | None = None, entity: str = "", source: str = ""
) -> list[Mention]:
    """Return mentions in the order of the texts: all, or those of these ids, of an entity, of a source."""
    wanted = sorted(set(ids or ()))
    if ids is not None and not wanted:
        return []
    bound = {"mention": wanted, "entity": filter(None, [entity]), "source": filter(None, [source])}
    return [
        Mention(
            id=iris.short(row["mention"]),
            entity=iris.short(row["entity"]),
            source=iris.short(row["source"]),
            region=iris.short(row["region"]),
            paragraph=int(row["paragraph"]),
            start=int(row["start"]),
            words=row["words"],
            within=row["within"],
            ambiguous=row["ambiguous"] == "true",
            in_heading=row["heading"] == "true",
            title=row["title"],
            address=row["address"],
        )
        for row in internal_rows(store, "mentions", **bound).values()
    ]
