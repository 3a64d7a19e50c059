"""Rules for entities, their names, assumed links and retired ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from kg import row, text
from kg.ontology import Ontology
from kg.problem import Problem
from kg.rule.end import ends, unknown
from kg.seeds import Seeds

LINKS = ("broader", "isPartOf", "locatedIn")


def entities(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Kinds exist and fit the id's segment; every entity has a label and a use."""
    used = _used(seeds)
    for entity in seeds.entities.values():
        root = ontology.segments[entity.id.partition("/")[0]]
        kinds = [name for name, c in ontology.classes.items() if root in c.ancestors]
        if entity.kind not in kinds:
            yield unknown(entity, "kind", "unknown-kind", entity.kind, kinds)
        if entity.id not in used:
            yield entity.problem(
                "id", "unused-entity", "no row uses the entity", entity.id, "use it or take it away"
            )
        labels = [name for name in seeds.names_of.get(entity.id, ()) if name.role == "label"]
        if not any(name.lang == "en" for name in labels):
            yield entity.problem(
                "id",
                "missing-label",
                "the entity has no English label",
                entity.id,
                "add a row with role label to names.csv",
            )
        for lang, count in Counter(name.lang for name in labels).items():
            if count > 1:
                yield labels[-1].problem(
                    "role",
                    "second-label",
                    f"{entity.id} has {count} labels in {lang}",
                    labels[-1].name,
                    "make all but one an alias",
                )
        if isinstance(entity, row.PlaceRow):
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
        if isinstance(entity, row.IndicatorRow) and entity.unit not in ontology.schemes["units"]:
            yield unknown(entity, "unit", "unknown-term", entity.unit, ontology.schemes["units"])


def names(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Names belong to known entities, stand once, and a label names one entity of its kind."""
    seen: dict[tuple[str, ...], row.NameRow] = {}
    labels: dict[tuple[str, ...], row.NameRow] = {}
    for name in seeds.names:
        if name.entity not in seeds.kinds:
            yield unknown(name, "entity", "unknown-entity", name.entity, seeds.kinds)
        for column, scheme in (("role", "roles"), ("confidence", "confidences")):
            if getattr(name, column) not in ontology.schemes[scheme]:
                yield unknown(name, column, "unknown-term", getattr(name, column), ontology.schemes[scheme])
        same = seen.setdefault((name.entity, name.name, name.lang), name)
        if same is not name:
            yield name.problem(
                "name",
                "duplicate-name",
                f"the name stands in line {same.line} already",
                name.name,
                "keep one of the rows",
            )
        if name.role == "label":
            taken = labels.setdefault((name.entity.partition("/")[0], text.key(name.name), name.lang), name)
            if taken is not name and taken.entity != name.entity:
                yield name.problem(
                    "name",
                    "label-taken",
                    f"{taken.entity} has this label too",
                    name.name,
                    "make them one entity, or tell the labels apart",
                )


def hierarchy(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """Assumed links join what the shapes allow, repeat nothing stated, and no hierarchy runs in a circle."""
    stated: dict[tuple[str, str, str], row.Row] = {
        (s.subject, s.predicate, s.object): s
        for d in seeds.documents.values()
        for s in d.statements
        if s.predicate in LINKS
    }
    links = dict(stated)
    for link in seeds.hierarchy:
        if link.relation not in LINKS:
            yield unknown(link, "relation", "unknown-predicate", link.relation, LINKS)
            continue
        yield from ends(link, "child", link.child, "parent", link.parent, link.relation, seeds, ontology)
        if (link.child, link.relation, link.parent) in links:
            before = links[link.child, link.relation, link.parent]
            yield link.problem(
                "child",
                "duplicate-link",
                f"the link stands in {before.file}:{before.line} already",
                link.child,
                "take this row away",
            )
        links[link.child, link.relation, link.parent] = link
    for relation in LINKS:
        parents: dict[str, dict[str, row.Row]] = {}
        for (child, name, parent), at in links.items():
            if name == relation:
                parents.setdefault(child, {})[parent] = at
        yield from _circles(parents, relation)


def redirects(seeds: Seeds, ontology: Ontology) -> Iterator[Problem]:
    """A retired id is not in use again and leads to one that is."""
    del ontology
    for redirect in seeds.redirects:
        if redirect.old in seeds.kinds:
            yield redirect.problem(
                "old", "reused-id", "a retired id is in use", redirect.old, "give the entity a new id"
            )
        if redirect.new not in seeds.kinds:
            yield unknown(redirect, "new", "unknown-entity", redirect.new, seeds.kinds)


def _used(seeds: Seeds) -> set[str]:
    used = {link.child for link in seeds.hierarchy} | {link.parent for link in seeds.hierarchy}
    for document in seeds.documents.values():
        used |= {section.region for section in document.sections}
        used |= {end for s in document.statements for end in (s.subject, s.object)}
        used |= {end for t in document.targets for end in (t.place, t.topic, t.indicator)}
    return used


def _circles(parents: Mapping[str, Mapping[str, row.Row]], relation: str) -> Iterator[Problem]:
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
                at = parents[node][following]
                column = "parent" if isinstance(at, row.HierarchyRow) else "object"
                circle = " → ".join([*trail[trail.index(following) :], following])
                yield at.problem(
                    column,
                    "circle",
                    f"{relation} runs in a circle: {circle}",
                    following,
                    "take one link away",
                )
            elif following not in done and following in parents:
                stack.append((following, iter(sorted(parents[following]))))
