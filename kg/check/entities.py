"""Rules for entities, their names, assumed links and retired ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from sys import intern

from kg import text
from kg.check.references import ends, unknown
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read import models
from kg.read.entity_index import Register
from kg.read.seeds import Seeds

LINKS = ("broader", "isPartOf", "locatedIn")
#: Child, relation, parent → file and line.
Links = dict[tuple[str, str, str], tuple[str, int]]


def entities(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Kinds exist and fit the id's segment; every entity has a label and a use."""
    used = _used(seeds)
    for entity in seeds.entities.values():
        yield from sound(entity, seeds.register, ontology)
        if entity.id not in used:
            yield entity.problem(
                "id", "unused-entity", "no row uses the entity", entity.id, "use it or take it away"
            )


def sound(entity: models.EntityRow, register: Register, ontology: Ontology) -> Iterator[Problem]:
    """One entity: its kind fits its segment, it has a label, its facts have a ground."""
    root = ontology.segments[entity.id.partition("/")[0]]
    if entity.kind not in ontology.classes or root not in ontology.classes[entity.kind].ancestors:
        kinds = [name for name, c in ontology.classes.items() if root in c.ancestors]
        yield unknown(entity, "kind", "unknown-kind", entity.kind, kinds)
    if entity.id not in register.labels:
        yield entity.problem(
            "id",
            "missing-label",
            "the entity has no English label",
            entity.id,
            "add a row with role label to names.csv",
        )
    if isinstance(entity, models.PlaceRow):
        facts = (entity.gb2260, entity.iso31662, entity.latitude, entity.longitude)
        if any(fact not in ("", None) for fact in facts) and not entity.ground:
            yield entity.problem(
                "ground",
                "missing-ground",
                "codes and coordinates need a ground",
                "",
                "name package and version",
            )
        if (entity.latitude is None) != (entity.longitude is None):
            yield entity.problem(
                "longitude",
                "bad-point",
                "latitude and longitude stand together or not at all",
                "",
                "give both or neither",
            )
    if isinstance(entity, models.IndicatorRow) and entity.unit not in ontology.schemes["units"]:
        yield unknown(entity, "unit", "unknown-term", entity.unit, ontology.schemes["units"])


def names(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Names belong to known entities, stand once, and a label names one entity of its kind."""
    yield from named(seeds.names, seeds.register, ontology, set(), {})


def named(
    rows: Iterable[models.NameRow],
    register: Register,
    ontology: Ontology,
    seen: set[int],
    labels: dict[int, str],
) -> Iterator[Problem]:
    """The same for a run of names; ``seen`` and ``labels`` carry over to the next run, small as hashes."""
    for name in rows:
        if name.entity not in register.kinds:
            yield unknown(name, "entity", "unknown-entity", name.entity, register.kinds)
        for column, scheme in (("role", "roles"), ("confidence", "confidences")):
            if getattr(name, column) not in ontology.schemes[scheme]:
                yield unknown(name, column, "unknown-term", getattr(name, column), ontology.schemes[scheme])
        if _again(seen, name.entity, name.lang, name.name):
            yield name.problem(
                "name",
                "duplicate-name",
                "the name stands in an earlier row already",
                name.name,
                "keep one of the rows",
            )
            continue
        if name.role == "label":
            segment = name.entity.partition("/")[0]
            taken = labels.setdefault(_key(segment, name.lang, text.key(name.name)), intern(name.entity))
            if taken != name.entity:
                yield name.problem(
                    "name",
                    "label-taken",
                    f"{taken} has this label too",
                    name.name,
                    "make them one entity, or tell the labels apart",
                )
            if _again(seen, name.entity, name.lang):
                yield name.problem(
                    "role",
                    "second-label",
                    f"{name.entity} has a label in {name.lang} already",
                    name.name,
                    "make all but one an alias",
                )


def hierarchy(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Assumed links join what the shapes allow, repeat nothing stated, and no hierarchy runs in a circle."""
    links: Links = {
        (s.subject, s.predicate, s.object): (s.file, s.line)
        for d in seeds.documents.values()
        for s in d.statements
        if s.predicate in LINKS
    }
    yield from linked(seeds.hierarchy, seeds.register, ontology, links)
    yield from circles(links)


def linked(
    rows: Iterable[models.HierarchyRow], register: Register, ontology: Ontology, links: Links
) -> Iterator[Problem]:
    """Assumed links, one by one; those that are new are added to ``links``."""
    for link in rows:
        if link.relation not in LINKS:
            yield unknown(link, "relation", "unknown-predicate", link.relation, LINKS)
            continue
        yield from ends(link, "child", link.child, "parent", link.parent, link.relation, register, ontology)
        before = links.setdefault((link.child, link.relation, link.parent), (link.file, link.line))
        if before != (link.file, link.line):
            yield link.problem(
                "child",
                "duplicate-link",
                f"the link stands in {before[0]}:{before[1]} already",
                link.child,
                "take this row away",
            )


def circles(links: Links) -> Iterator[Problem]:
    """Hierarchies that run in a circle, each told at the link that closes it."""
    for relation in LINKS:
        parents: dict[str, dict[str, tuple[str, int]]] = {}
        for (child, name, parent), at in links.items():
            if name == relation:
                parents.setdefault(child, {})[parent] = at
        yield from _circles(parents, relation)


def redirects(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """A retired id is not in use again and leads to one that is."""
    del ontology
    for redirect in seeds.redirects:
        yield from retired(redirect, seeds.register)


def retired(redirect: models.RedirectRow, register: Register) -> Iterator[Problem]:
    """The same for one."""
    if redirect.old in register.kinds:
        yield redirect.problem(
            "old", "reused-id", "a retired id is in use", redirect.old, "give the entity a new id"
        )
    if redirect.new not in register.kinds:
        yield unknown(redirect, "new", "unknown-entity", redirect.new, register.kinds)


def _again(seen: set[int], *parts: str) -> bool:
    key = _key(*parts)
    known = key in seen
    seen.add(key)
    return known


def _key(*parts: str) -> int:
    """64 bits for a text: among ten million names two are mistaken for one by a chance of 1 in 300,000."""
    return int.from_bytes(blake2b("\0".join(parts).encode(), digest_size=8).digest(), "big")


def _used(seeds: Seeds) -> set[str]:
    used = {link.child for link in seeds.hierarchy} | {link.parent for link in seeds.hierarchy}
    for document in seeds.documents.values():
        used |= {section.region for section in document.sections}
        used |= {end for s in document.statements for end in (s.subject, s.object)}
        used |= {end for t in document.targets for end in (t.place, t.topic, t.indicator)}
    return used


def _circles(parents: Mapping[str, Mapping[str, tuple[str, int]]], relation: str) -> Iterator[Problem]:
    done: set[str] = set()
    for first in sorted(parents):
        trail: list[str] = []
        stack = [(first, iter(sorted(parents[first])))]
        while stack:
            node, above = stack[-1]
            if not trail or trail[-1] != node:
                trail.append(node)
            following = next(above, None)
            if following is None:
                done.add(node)
                stack.pop(), trail.pop()
            elif following in trail:
                file, line = parents[node][following]
                column = "parent" if file.startswith("hierarchy.") else "object"
                circle = " → ".join([*trail[trail.index(following) :], following])
                yield Problem(
                    file,
                    line,
                    column,
                    "circle",
                    f"{relation} runs in a circle: {circle}",
                    following,
                    "take one link away",
                )
            elif following not in done and following in parents:
                stack.append((following, iter(sorted(parents[following]))))
