"""Rules that curated rows keep, each a function from the seeds and the ontology to problems."""

from collections.abc import Callable, Iterator

from kg.ontology import Ontology
from kg.problem import Problem
from kg.rule.entity import entities, hierarchy, names, redirects
from kg.rule.source import coverage, sections
from kg.rule.statement import statements
from kg.rule.target import targets
from kg.seeds import Seeds

Rule = Callable[[Seeds, Ontology], Iterator[Problem]]
ALL: tuple[Rule, ...] = (entities, names, hierarchy, redirects, sections, statements, targets, coverage)
