"""Rules that curated rows keep, each a function from the seeds and the ontology to problems."""

from collections.abc import Callable, Iterator

from kg.check.entities import entities, hierarchy, names, redirects
from kg.check.sections import coverage, sections
from kg.check.statements import statements
from kg.check.targets import targets
from kg.errors import Problem
from kg.ontology import Ontology
from kg.read.seeds import Seeds

Rule = Callable[[Seeds, Ontology], Iterator[Problem]]
ALL: tuple[Rule, ...] = (entities, names, hierarchy, redirects, sections, statements, targets, coverage)
