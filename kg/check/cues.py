"""Checks of cues: the words that stage and tier of a statement rest on, held against the lists."""

from collections.abc import Iterator, Mapping, Sequence, Set

from kg import text
from kg.check.references import check_terms
from kg.errors import Problem
from kg.ontology import Concept, Ontology
from kg.read import models, periods
from kg.read.seeds import Document

CUE_WORDS, CUE_HAN = 5, 8
#: Stages that words name as a result; of what lies ahead of a source the same words name an aim.
RESULTS, AIMS = frozenset({"completed", "in-production"}), frozenset({"planned", "under-way"})


def check_cue(at: models.StatementRow, document: Document, ontology: Ontology) -> Iterator[Problem]:
    """Check stage, tier and cue: that they are of the lists, and that these give the cue to no other."""
    yield from check_terms(at, ontology, "stage", "tier")
    words, han = text.length(at.cue)
    if words > CUE_WORDS or han > CUE_HAN:
        what = f"more than {CUE_WORDS} words or {CUE_HAN} Han characters"
        yield at.problem("cue", "cue-too-long", what, at.cue, "quote fewer")
    for column in ("stage", "tier"):
        if (value := getattr(at, column)) and not at.cue:
            yield at.problem("cue", "missing-cue", f"a {column} rests on words", value, "quote them as cue")
    remedy = "correct the cell, or quote the words that bear it"
    stages, tiers = (ontology.schemes[name] for name in ("stages", "tiers"))
    found = read_cue(at.cue, stages) if at.stage in stages else []
    if found and at.stage not in _stages(at.cue, found, _time(at, document)):
        what = f"the list gives the cue to {_longest(found)}"
        yield at.problem("cue", "cue-of-another-stage", what, at.cue, remedy)
    found = read_cue(at.cue, tiers) if at.tier in tiers else []
    if found and not any(at.tier in names for _, names in found):
        what = f"the list gives the cue to {_longest(found)}"
        yield at.problem("cue", "cue-of-another-tier", what, at.cue, remedy)


def read_cue(cue: str, concepts: Mapping[str, Concept]) -> list[tuple[str, Set[str]]]:
    """Return the words of a list that stand in a cue, in order, and the concepts that each speaks for.

    Words within longer ones of the list are left out.
    """
    key = text.key(cue)
    bearers: dict[str, set[str]] = {}
    for name, concept in concepts.items():
        for word in concept.cues:
            bearers.setdefault(text.key(word), set()).add(name)
    spans = sorted((at, -len(word), word) for word in bearers for at in text.places(key, word))
    found: list[tuple[str, Set[str]]] = []
    end = 0
    for at, minus_length, word in spans:
        if at - minus_length > end:  # neither within the word before nor the same
            found.append((word, bearers[word]))
            end = at - minus_length
    return found


def _stages(cue: str, found: Sequence[tuple[str, Set[str]]], time: int) -> set[str]:
    """Return the stages that a cue may speak for, of a time before (-1) or after (1) the source came out.

    In Chinese the first word governs those after it (加快建成 is under way), but one result may follow
    another (建成投产). In English the order tells nothing. Words for a result name an aim of what lies
    ahead, and words for a plan a result of what is past (新建 in a review).
    """
    allowed: set[str] = set()
    for _, names in found:
        allowed.update(names)
        if text.length(cue)[1] and not RESULTS.intersection(names):
            break
    if time > 0 and allowed and allowed <= RESULTS:
        return allowed | AIMS
    return allowed | RESULTS if time < 0 and allowed == {"planned"} else allowed


def _longest(found: Sequence[tuple[str, Set[str]]]) -> str:
    return " or ".join(sorted(max(found, key=lambda one: len(one[0]))[1]))


def _time(at: models.StatementRow, document: Document) -> int:
    """Return whether a statement is of a time that ends before (-1) or after (1) its source was published."""
    section = document.section(at.paragraph)
    period = periods.parse(at.period or (section.period if section else ""))
    if not period or not period.ends:
        return 0
    return 1 if period.ends.isoformat() > document.source.published else -1
