"""Checks of entities, their names, assumed links and retired ids."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from hashlib import blake2b
from itertools import pairwise
from sys import intern

from kg import text
from kg.check.references import check_ends, check_terms, unknown_entity, unknown_term
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models
from kg.read.seeds import EntityIndex, Seeds

LINKS = ("broader", "isPartOf", "locatedIn")
EVIDENCE = ("statement/", "target/", "result/")
#: Words of a note by which the meaning of a row is open.
OPEN = re.compile(r"\b(?:alternatives?|unresolved|(?:is|are) not settled)\b")
#: Child, relation, parent → file and line.
Links = dict[tuple[str, str, str], tuple[str, int]]
_Labels = dict[int, str]


def check_entity(entity: models.EntityRow, register: EntityIndex, ontology: Ontology) -> Iterator[Problem]:
    """Check that the kind of an entity fits its id, that it has a label, and a basis for its codes."""
    root = ontology.segments[entity.id.partition("/")[0]]
    if entity.kind not in ontology.classes or root not in ontology.classes[entity.kind].ancestors:
        kinds = [name for name, c in ontology.classes.items() if root in c.ancestors]
        yield unknown_term(entity, "kind", "unknown-kind", entity.kind, kinds)
    if entity.id not in register.labels:
        what, remedy = "the entity has no English label", "add a row with role label to names.csv"
        yield entity.problem("id", "missing-label", what, entity.id, remedy)
    if isinstance(entity, models.IndicatorRow):
        yield from check_terms(entity, ontology, "unit")
    if isinstance(entity, models.PlaceRow):
        yield from _check_place(entity)


def check_use(seeds: Seeds) -> Iterator[Problem]:
    """Check that some row uses each entity."""
    used = {end for link in seeds.hierarchy for end in (link.child, link.parent)}
    for document in seeds.documents.values():
        used |= {section.region for section in document.sections}
        used |= {end for s in document.statements for end in (s.subject, s.object)}
        used |= {end for t in document.targets for end in (t.place, t.topic, t.indicator)}
    used |= {report.place for report in seeds.reports.reports}
    for entity in seeds.entities.values():
        if entity.id not in used:
            what, remedy = "no row uses the entity", "use it or delete it"
            yield entity.problem("id", "unused-entity", what, entity.id, remedy)


def check_withheld(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Check that rows are withheld where nothing identifies an entity, or a note leaves the meaning open."""
    unknown = {name.entity for name in seeds.names if (name.role, name.confidence) == ("label", "unresolved")}
    remedy = "flag it unresolved"
    for row in (row for document in seeds.documents.values() for row in document.evidence()):
        if ontology.withholds(row.flags):
            continue
        for column in ("subject", "object", "place", "topic"):
            if (entity := getattr(row, column, "")) in unknown:
                what = "nothing settles which entity it is"
                yield row.problem(column, "unresolved-entity", what, entity, remedy)
        if OPEN.search(row.note):
            yield row.problem("note", "open-note", "the note leaves open what is meant", row.note, remedy)


def check_names(
    rows: Iterable[models.NameRow], register: EntityIndex, ontology: Ontology, seen: set[int], labels: _Labels
) -> Iterator[Problem]:
    """Check that names belong to known entities, are not repeated, and that a label names one entity.

    ``seen`` and ``labels`` carry over from one run of names to the next, as hashes, so that they stay small.
    """
    for name in rows:
        if name.entity not in register.kinds:
            yield unknown_entity(name, "entity", register)
        yield from check_terms(name, ontology, "role", "confidence")
        if name.confidence == "certain" and name.ground.startswith("translated"):
            what, remedy = (
                "a name that we translated is never certain",
                "make it probable, or name what prints it",
            )
            yield name.problem("confidence", "coined-name", what, name.name, remedy)
        if _is_repeated(seen, name.entity, name.lang, name.name):
            what, remedy = "an earlier row has the name already", "keep one of the rows"
            yield name.problem("name", "duplicate-name", what, name.name, remedy)
        elif name.role == "label":
            yield from _check_label(name, register, seen, labels)


def check_hierarchy(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Check assumed links, and that stated and assumed links together run in no circle."""
    links: Links = {
        (s.subject, s.predicate, s.object): (s.file, s.line)
        for d in seeds.documents.values()
        for s in d.statements
        if s.predicate in LINKS
    }
    yield from check_links(seeds.hierarchy, seeds.register, ontology, links)
    yield from check_circles(links)


def check_links(
    rows: Iterable[models.HierarchyRow], register: EntityIndex, ontology: Ontology, links: Links
) -> Iterator[Problem]:
    """Check assumed links one by one; add the new ones to ``links``."""
    for link in rows:
        if link.relation not in LINKS:
            yield unknown_term(link, "relation", "unknown-predicate", link.relation, LINKS)
            continue
        predicate = ontology.predicates[link.relation]
        yield from check_ends(link, ("child", "parent"), predicate, register, ontology)
        yield from _check_tier_word(link, register)
        before = links.setdefault((link.child, link.relation, link.parent), (link.file, link.line))
        if before != (link.file, link.line):
            what = f"the link is in {before[0]}:{before[1]} already"
            yield link.problem("child", "duplicate-link", what, link.child, "delete this row")


def _check_tier_word(link: models.HierarchyRow, register: EntityIndex) -> Iterator[Problem]:
    """Check that no link stands above or below a word for a tier, which has no kinds."""
    for column in ("child", "parent"):
        entity = getattr(link, column)
        if register.kinds.get(entity) == "TierWord":
            what, remedy = "a word for a tier has nothing above or below it", "delete the link"
            yield link.problem(column, "tier-in-hierarchy", what, entity, remedy)


def check_circles(links: Links) -> Iterator[Problem]:
    """Find hierarchies that run in a circle; each is a problem of the link on it that was read last."""
    for relation in LINKS:
        parents: dict[str, dict[str, tuple[str, int]]] = {}
        for (child, name, parent), at in links.items():
            if name == relation:
                parents.setdefault(child, {})[parent] = at
        while circle := _find_circle(parents):
            (file, line), child, parent = max((parents[a][b], a, b) for a, b in pairwise(circle))
            del parents[child][parent]
            column = "parent" if file.startswith("hierarchy.") else "object"
            what = f"{relation} runs in a circle: {' → '.join(circle)}"
            yield Problem(file, line, column, "circle", what, parent, "delete one of the links")


def check_redirect(redirect: models.RedirectRow, register: EntityIndex) -> Iterator[Problem]:
    """Check that a retired id is not in use again and leads to one that is, or says why to none.

    Ids of statements and targets are not in the register: ``check_evidence_redirects`` looks them up.
    """
    if redirect.old in register.kinds:
        what, remedy = "a retired id is in use", "give the entity a new id"
        yield redirect.problem("old", "reused-id", what, redirect.old, remedy)
    if not redirect.new:
        if not redirect.note:
            what, remedy = "the id leads nowhere", "say in a note why it was withdrawn"
            yield redirect.problem("note", "missing-note", what, redirect.old, remedy)
    elif redirect.new not in register.kinds and not redirect.new.startswith(EVIDENCE):
        yield unknown_entity(redirect, "new", register)


def check_evidence_redirects(seeds: Seeds) -> Iterator[Problem]:
    """Check that retired statements and targets are gone, and that their successors exist."""
    known = {row.id for document in seeds.documents.values() for row in document.evidence()}
    for redirect in seeds.redirects:
        if redirect.old in known:
            what, remedy = "a retired id is in use", "delete this row, or the one that has the id again"
            yield redirect.problem("old", "reused-id", what, redirect.old, remedy)
        if redirect.new.startswith(EVIDENCE) and redirect.new not in known:
            what, remedy = "no row has this id", "kg show finds the id of a statement; nothing withdraws it"
            yield redirect.problem("new", "unknown-statement", what, redirect.new, remedy)


def check_vanished(seeds: Seeds, before: Iterable[str]) -> Iterator[Problem]:
    """Check that each id of an earlier graph is still in use, or was retired."""
    known = seeds.kinds.keys() | {
        row.id for document in seeds.documents.values() for row in document.evidence()
    }
    for one in sorted(set(before) - known - {redirect.old for redirect in seeds.redirects}):
        what, remedy = (
            "an id of the earlier graph is gone",
            f"add {one} and what replaces it, or why nothing does",
        )
        yield Problem("redirects.csv", 0, "old", "vanished-id", what, one, remedy)


def _check_place(place: models.PlaceRow) -> Iterator[Problem]:
    codes = (place.gb2260, place.iso31662, place.latitude, place.longitude)
    if any(code not in ("", None) for code in codes) and not place.ground:
        what, remedy = "codes and coordinates need a ground", "name package and version"
        yield place.problem("ground", "missing-ground", what, "", remedy)
    if (place.latitude is None) != (place.longitude is None):
        what = "latitude and longitude are given together or not at all"
        yield place.problem("longitude", "bad-point", what, "", "give both or neither")


def _check_label(
    name: models.NameRow, register: EntityIndex, seen: set[int], labels: _Labels
) -> Iterator[Problem]:
    segment = name.entity.partition("/")[0]
    label, places = (segment, name.lang, text.key(name.name)), register.within.get(name.entity, ())
    taken = labels.setdefault(_hash(*label), intern(name.entity))
    if taken != name.entity and places and _lie_apart(places, register.within.get(taken, ())):
        taken = labels.setdefault(_hash(*label, *sorted(places)), intern(name.entity))
    if taken != name.entity:
        remedy = "make them one entity, tell the labels apart, or say in hierarchy.csv where each lies"
        yield name.problem("name", "label-taken", f"{taken} has this label too", name.name, remedy)
    if _is_repeated(seen, name.entity, name.lang):
        what = f"{name.entity} has a label in {name.lang} already"
        yield name.problem("role", "second-label", what, name.name, "make all but one an alias")


def _lie_apart(places: Collection[str], others: Collection[str]) -> bool:
    """Whether both lie somewhere, and nowhere together."""
    return bool(others) and set(places).isdisjoint(others)


def _is_repeated(seen: set[int], *parts: str) -> bool:
    size = len(seen)
    seen.add(_hash(*parts))
    return len(seen) == size


def _hash(*parts: str) -> int:
    """64 bits for a text: among ten million names two are mistaken for one by a chance of 1 in 300,000."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big")


def _find_circle(parents: Mapping[str, Iterable[str]]) -> list[str]:
    """The nodes of a circle from child to parent, the first one again at the end; empty if there is none."""
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []
