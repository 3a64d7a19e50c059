"""Statements that a language model proposes for a paragraph, and which of them may stand in a draft.

A model sees one paragraph at a time, with the ids of entities that it names. A proposal is taken only if its
quote stands once in the paragraph, its ids exist or its new name stands there, and its predicate exists and
joins the two: all else is listed with the reason.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg import text
from kg.draft.chat import Chat, NoAnswer
from kg.draft.rows import CUE_HAN, CUE_WORDS, NEW, blank, fits, language, may_govern
from kg.draft.vocabulary import Vocabulary
from kg.errors import shorten
from kg.ontology import Ontology
from kg.text import Span

#: After so many failures in a row the model is asked no more.
IN_VAIN = 3
#: Cells that a proposal of a model may fill, besides the class and English label of a new name.
_CELLS = ("quote", "said", "subject", "predicate", "object", "stage", "tier", "cue")
_PROMPT = Path(__file__).with_name("prompt.txt")


@dataclass(frozen=True)
class Passage:
    """A paragraph that a model is asked about: its number, its text, and the region that it speaks of."""

    number: int
    raw: str
    region: str


@dataclass(frozen=True)
class Answer:
    """What became of a paragraph: rows for the draft, rejected proposals with the reason, or a failure."""

    passage: Passage
    rows: Sequence[dict[str, str]] = ()
    rejected: Sequence[str] = ()
    failure: str = ""


class _Rejected(Exception):
    """A proposal that may not stand in a draft, with the reason."""


def propose_with_model(
    chat: Chat, passages: Iterable[Passage], vocabulary: Vocabulary, labels: Mapping[str, str]
) -> Iterator[Answer]:
    """Yield the answer for each paragraph; stop after a lasting failure, or several in a row.

    ``labels`` are the English labels of entities by their ids.
    """
    in_vain = 0
    system = f"{_PROMPT.read_text(encoding='utf-8')}\n{_lists(vocabulary.ontology)}"
    for passage in passages:
        try:
            content = chat.ask(system, _question(passage, vocabulary, labels))
            found = _parse(content)
        except NoAnswer as error:
            in_vain += 1
            yield Answer(passage, failure=str(error))
            if error.lasting or in_vain == IN_VAIN:
                return
            continue
        in_vain = 0
        yield _judge(passage, found, vocabulary, chat.model)


def _lists(ontology: Ontology) -> str:
    """Return the closed lists that a model chooses from."""
    predicates = (
        f"- {p.name}: {'|'.join(p.subjects)} {p.label} {'|'.join(p.objects)}"
        for p in ontology.predicates.values()
        if not p.datatype and p.cues
    )
    kinds = (kind.name for kind in ontology.classes.values() if "Entity" in kind.ancestors)
    schemes = (f"{name}: {', '.join(ontology.schemes[name])}" for name in ("stages", "tiers"))
    return "\n".join(("predicates:", *predicates, *schemes, f"classes: {', '.join(kinds)}"))


def _question(passage: Passage, vocabulary: Vocabulary, labels: Mapping[str, str]) -> str:
    outer, inner = vocabulary.find_names(passage.raw)
    ids = dict.fromkeys([passage.region, *(key for found in (*outer, *inner) for key in found.keys)])
    listed = (f"- {one} ({vocabulary.kinds[one]}): {labels.get(one, '')}" for one in ids)
    return "\n".join((f"region: {passage.region}", "entities:", *listed, "paragraph:", passage.raw))


def _parse(content: str) -> list[object]:
    """Return the rows of an answer, which may be fenced as code or the value of one key."""
    fenced = re.search(r"```(?:json)?\s*(.*?)```", content, re.DOTALL)
    try:
        found = json.loads(fenced[1] if fenced else content)
    except (ValueError, RecursionError):
        raise NoAnswer("the answer is no JSON") from None
    if isinstance(found, dict) and len(found) == 1:
        found = next(iter(found.values()))
    if not isinstance(found, list):
        raise NoAnswer("the answer is no JSON array")
    return found


def _judge(passage: Passage, found: Iterable[object], vocabulary: Vocabulary, model: str) -> Answer:
    rows: list[dict[str, str]] = []
    rejected = []
    for one in found:
        try:
            rows += _rows(passage, one, vocabulary, model)
        except _Rejected as reason:
            rejected.append(f"{reason}: {shorten(json.dumps(one, ensure_ascii=False), width=160)}")
    return Answer(passage, rows, rejected)


def _rows(passage: Passage, one: object, vocabulary: Vocabulary, model: str) -> list[dict[str, str]]:
    """Return the rows that a proposal becomes: its new names, then the statement."""
    if not isinstance(one, dict) or not all(isinstance(value, str | None) for value in one.values()):
        raise _Rejected("no object of texts")
    cells = {name: (one.get(name) or "").strip() for name in (*_CELLS, "class", "label")}
    cells["subject"] = cells["subject"] or passage.region
    quote = _quote(passage.raw, cells)
    made = [
        _entity(passage, cells, cells[column], model)
        for column in ("subject", "object")
        if cells[column].startswith(NEW)
    ]
    kinds = [_kind(passage, cells, cells[column], vocabulary) for column in ("subject", "object")]
    _check_predicate(cells["predicate"], kinds, vocabulary.ontology)
    if cells["subject"] == cells["object"]:
        raise _Rejected("subject and object are the same")
    _check_words(passage.raw, cells, vocabulary.ontology)
    stated = {name: cells[name] for name in _CELLS}
    return [*made, blank("statement", passage.number, quote, "proposed by a model", model=model, **stated)]


def _quote(raw: str, cells: Mapping[str, str]) -> Span:
    quote = cells["quote"]
    start = raw.find(quote) if quote else -1
    if start < 0:
        raise _Rejected("the quote is not in the paragraph")
    number = len(text.find(raw, quote)[0])
    if number != 1:
        how = "stands in the paragraph more than once" if number else "ends within a word or figure"
        raise _Rejected(f"the quote {how}")
    if not fits(quote):
        raise _Rejected("the quote is too long")
    return Span(start, start + len(quote))


def _kind(passage: Passage, cells: Mapping[str, str], cell: str, vocabulary: Vocabulary) -> str:
    """Return the class of what a cell names."""
    if not cell.startswith(NEW):
        if cell not in vocabulary.kinds:
            raise _Rejected(f"no such entity {shorten(cell)!r}")
        return vocabulary.kinds[cell]
    name = cell.removeprefix(NEW)
    if not name or name not in passage.raw:
        raise _Rejected("the new name is not in the paragraph")
    if not vocabulary.ontology.is_a(cells["class"], ("Entity",)):
        raise _Rejected(f"no class of entities {shorten(cells['class'])!r}")
    return cells["class"]


def _check_predicate(name: str, kinds: Sequence[str], ontology: Ontology) -> None:
    predicate = ontology.predicates.get(name)
    if predicate is None or predicate.datatype:
        raise _Rejected(f"no such predicate {shorten(name)!r}")
    if not (ontology.is_a(kinds[0], predicate.subjects) and ontology.is_a(kinds[1], predicate.objects)):
        raise _Rejected(f"{name} does not join {kinds[0]} to {kinds[1]}")


def _check_words(raw: str, cells: Mapping[str, str], ontology: Ontology) -> None:
    """Check governing words, stage and tier, and the words that these rest on."""
    said, cue = cells["said"], cells["cue"]
    if said and (said not in raw or not may_govern(said)):
        raise _Rejected("the governing words are not in the paragraph, or too long")
    for column in ("stage", "tier"):
        if cells[column] and cells[column] not in ontology.schemes[f"{column}s"]:
            raise _Rejected(f"no such {column} {shorten(cells[column])!r}")
    words, han = text.length(cue)
    if cue and (cue not in raw or words > CUE_WORDS or han > CUE_HAN):
        raise _Rejected("the words of stage or tier are not in the paragraph, or too long")
    if bool(cue) != bool(cells["stage"] or cells["tier"]):
        raise _Rejected("a stage or tier needs its words, and words need a stage or tier")


def _entity(passage: Passage, cells: Mapping[str, str], cell: str, model: str) -> dict[str, str]:
    name = cell.removeprefix(NEW)
    start = max(passage.raw.find(name), 0)
    named = {
        "class": cells["class"], "name": name, "lang": language(name), "label": cells["label"], "model": model
    }  # fmt: skip
    why = "new name, proposed by a model"
    return blank("entity", passage.number, Span(start, start + len(name)), why, **named)
