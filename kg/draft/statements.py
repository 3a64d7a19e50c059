"""Statements that the words of a paragraph may bear: what a region, or what begins a clause, does."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kg import text
from kg.draft.clauses import Thing, things
from kg.draft.rows import CUE_HAN, CUE_WORDS, NEW, blank, choose_quote, governing_words, language
from kg.draft.vocabulary import HAN, Found, Vocabulary
from kg.text import Span

#: Roots of the classes whose stage a document tells; topics have none.
_STAGED = ("Project", "Programme", "Place", "Organisation")
#: Stages in the order in which the governing words decide.
_STAGES = ("cancelled", "completed", "in-production", "under-way", "planned", "encouraged")
_LONGEST = 9  # words of a new name
_NARROWER = 2  # fewer words beside a known name make a narrower thing of it
#: Between a subject and its verb, and before a subject.
_VERB_FOLLOWS = re.compile(r"\s*(?:(?:will|shall|to|\w+ly) )*|(?:将|要|重点|着力|全力|主要)*")
_CLAUSE_BEGINS = re.compile(r"(?:^|[,，。；;:：.])\s*(?:the |and )?$", re.IGNORECASE)
_WHERE = re.compile(r"(?:\b(?:in|at|from)(?: the)? |[在于])$", re.IGNORECASE)
_ADMINISTRATIVE = ("Country", "Province", "City", "District", "Town", "MacroRegion")
_ADJECTIVE = re.compile("(?:al|ive|ed|ing|able|ary|ous|ic|ly|ent|ful)$")


@dataclass(frozen=True)
class Frame:
    """What the statements of a paragraph share: its number, words, region, and what rows elsewhere say.

    ``usage`` counts predicates of curated statements by whether a region is the subject, and the root of
    the object's class.
    """

    number: int
    raw: str
    region: str
    regions: frozenset[str]
    vocabulary: Vocabulary
    usage: Mapping[tuple[bool, str, str], int] = field(default_factory=Counter)
    #: Of each name of an indicator: the indicator, its unit, the name as it is compared.
    indicators: Sequence[tuple[str, str, str]] = ()


@dataclass(frozen=True)
class Named:
    """Something that a statement may join: an id or ``new:`` and a name, its class, its place."""

    id: str
    kind: str
    span: Span


def propose_statements(frame: Frame) -> Iterator[dict[str, str]]:
    """Yield proposals of statements, each new name first as an entity."""
    names, _ = frame.vocabulary.find_names(frame.raw)
    cues = frame.vocabulary.find_cues(frame.raw, names)
    tiers = [c for c in frame.vocabulary.find_cues(frame.raw) if any(k.startswith("tiers/") for k in c.keys)]
    for thing in things(frame.raw, names, cues):
        for named in _named(frame, thing, names):
            if named.id.startswith(NEW):
                yield _entity(frame, named, thing)
            yield from _backing(frame, thing, named, names, tiers)


def _named(frame: Frame, thing: Thing, names: Sequence[Found]) -> Iterator[Named]:
    """Yield the known entities in a thing, and the thing itself where it may be a new name."""
    raw, vocabulary = frame.raw, frame.vocabulary
    inner = [n for n in names if thing.span.start <= n.start and n.end <= thing.span.end]
    words = raw[thing.span.start : thing.span.end]
    whole = bool(inner) and _adds_nothing(raw, thing.span, inner, vocabulary)
    kind = vocabulary.class_of(words)
    is_new = not whole and _may_be_name(words, thing, kind, vocabulary)
    for name in inner:
        entity = _choose(frame, name)
        known = vocabulary.kinds[entity]
        narrower = is_new and len(words.split()) - len(name.words.split()) < _NARROWER
        apart = whole or not (is_new and (narrower or vocabulary.root(known) == "Place"))
        if entity != frame.region and apart:
            yield Named(entity, known, Span(name.start, name.end))
    if is_new:
        guess = "Programme" if thing.quoted else "Technology"
        yield Named(f"{NEW}{words}", _governed_class(frame, thing, kind or guess), thing.span)


def _governed_class(frame: Frame, thing: Thing, kind: str) -> str:
    """Return a class of new names that the governing words can have as object, this one if they can."""
    borne = _borne(thing)
    region = frame.vocabulary.kinds.get(frame.region, "")
    for guess in (kind, "Programme", "Technology") if borne else ():
        if any(_joins(frame.vocabulary, predicate, region, guess) for predicate in borne):
            return guess
    return kind


def _borne(thing: Thing) -> dict[str, str]:
    """Return the predicates that the governing words bear, with the words."""
    return {
        key.partition("/")[2]: cue.words
        for cue in thing.governing
        for key in cue.keys
        if key.startswith("predicate/")
    }


def _choose(frame: Frame, name: Found) -> str:
    """Return the entity that bears a name: of several the one that this region's id begins."""
    slug = frame.region.partition("/")[2]
    own = [key for key in name.keys if slug and slug in key]
    return (own or list(name.keys))[0]


def _adds_nothing(raw: str, span: Span, inner: Sequence[Found], vocabulary: Vocabulary) -> bool:
    """Whether a thing is a known name, with nothing more than a word such as industry behind it."""
    rest = raw[inner[-1].end : span.end].strip(" ”》\"'")
    return raw[span.start : inner[0].start].strip(" “《\"'") == "" and (not rest or vocabulary.is_head(rest))


def _may_be_name(words: str, thing: Thing, kind: str, vocabulary: Vocabulary) -> bool:
    number, han = text.length(words)
    if (
        vocabulary.is_head(words)
        or vocabulary.is_tier(words)
        or number > _LONGEST
        or not re.search(r"[^\W\d_]", words)
    ):
        return False
    if not han:
        plain = words == words.lower() and number == 1 and (len(words) < 5 or _ADJECTIVE.search(words))
        nearby = number in (2, 3, 4) and any(0 <= thing.span.start - cue.end < 3 for cue in thing.governing)
        return bool(kind or thing.quoted or (thing.listed and not plain) or nearby)
    return han + number > 1 and bool(kind or thing.quoted or (thing.listed and han > 2))


def _entity(frame: Frame, named: Named, thing: Thing) -> dict[str, str]:
    name = named.id.removeprefix(NEW)
    lang = language(name)
    why = "in quotation marks" if thing.quoted else "in a list" if thing.listed else "by its last word"
    cells = {"class": named.kind, "name": name, "lang": lang, "label": name if lang == "en" else ""}
    return blank("entity", frame.number, named.span, f"new name, {why}", **cells)


def _backing(
    frame: Frame, thing: Thing, named: Named, names: Sequence[Found], tiers: Sequence[Found]
) -> Iterator[dict[str, str]]:
    """Yield what the region, or a thing named before the governing words, does with what is named."""
    subject, kind = _subject(frame, thing, names, named)
    if not subject or subject == named.id:
        return
    if named.kind in _ADMINISTRATIVE and _WHERE.search(frame.raw[: named.span.start]):
        return  # where something is done
    predicate, why = _predicate(frame, thing, (subject, kind), named)
    quote = choose_quote(frame.raw, named.span, thing.governing) if predicate else None
    if not quote:
        return
    said = governing_words(frame.raw, thing.governing, quote)
    cells = {
        "subject": subject, "predicate": predicate, "object": named.id,
        "quote": frame.raw[quote.start : quote.end], "said": said,
        **_qualifiers(frame, thing, named, tiers),
    }  # fmt: skip
    yield blank("statement", frame.number, quote, why, **cells)


def _subject(frame: Frame, thing: Thing, names: Sequence[Found], named: Named) -> tuple[str, str]:
    """Return the place, project or organisation that begins a clause before its verb, else the region."""
    kinds, start = frame.vocabulary.kinds, min((cue.start for cue in thing.governing), default=0)
    before = [n for n in names if thing.sentence.start <= n.start and n.end <= start]
    if before and _VERB_FOLLOWS.fullmatch(frame.raw[before[-1].end : start]):
        entity = _choose(frame, before[-1])
        begins = _CLAUSE_BEGINS.search(frame.raw[thing.sentence.start : before[-1].start])
        able = frame.vocabulary.root(kinds[entity]) in ("Place", "Organisation", "Project")
        if begins and able and entity not in (frame.region, named.id):
            return entity, kinds[entity]
    return frame.region, kinds.get(frame.region, "")


def _predicate(frame: Frame, thing: Thing, subject: tuple[str, str], named: Named) -> tuple[str, str]:
    """Return the predicate that the governing words bear and rows elsewhere use most, and the reason."""
    borne = _borne(thing)
    is_region, root = subject[0] in frame.regions, frame.vocabulary.root(named.kind)
    if borne and not is_region and root == "Topic":
        borne.setdefault("focusesOn", thing.governing[-1].words)
    fitting = [p for p in sorted(borne) if _joins(frame.vocabulary, p, subject[1], named.kind)]
    if not fitting:
        return "", ""
    best = max(fitting, key=lambda p: (frame.usage.get((is_region, root, p), 0), -_cue_count(frame, p)))
    known = "known name" if not named.id.startswith(NEW) else "new name"
    return best, f"{known} governed by {borne[best]!r}"


def _cue_count(frame: Frame, predicate: str) -> int:
    """Return how many words bear a predicate: the fewer, the more each says."""
    return len(frame.vocabulary.ontology.predicates[predicate].cues)


def _joins(vocabulary: Vocabulary, name: str, subject: str, other: str) -> bool:
    predicate, ontology = vocabulary.ontology.predicates[name], vocabulary.ontology
    return ontology.is_a(subject, predicate.subjects) and ontology.is_a(other, predicate.objects)


def _qualifiers(frame: Frame, thing: Thing, named: Named, tiers: Sequence[Found]) -> dict[str, str]:
    """Return tier or stage with the words that it rests on."""
    root = frame.vocabulary.root(named.kind)
    if root == "Topic" and named.kind != "TierWord" and (cue := _tier(frame.raw, thing, tiers)):
        return {"tier": _key(cue, "tiers/"), "cue": cue.words}
    if root not in _STAGED:
        return {}
    found = {_key(cue, "stages/"): cue for cue in thing.governing if _key(cue, "stages/")}
    stage = next((stage for stage in _STAGES if stage in found), "")
    if not stage:
        return {}
    words, han = text.length(found[stage].words)
    return {"stage": stage, "cue": found[stage].words} if words <= CUE_WORDS and han <= CUE_HAN else {}


def _key(cue: Found, scheme: str) -> str:
    return next((key.removeprefix(scheme) for key in cue.keys if key.startswith(scheme)), "")


def _tier(raw: str, thing: Thing, tiers: Sequence[Found]) -> Found | None:
    """Return the word of a tier that classes a thing: future industries such as it, 它等未来产业."""
    for cue in tiers:
        if HAN.search(cue.words):
            is_class = re.search(r"(?:产业|技术|赛道)$", cue.words) or re.match(
                "产业|技术|赛道", raw[cue.end :]
            )
            between = raw[thing.span.end : cue.start] if is_class and cue.start >= thing.span.end else "。"
            if re.fullmatch(r"[^，。；：]*?等?[^，。；：、]{0,6}", between) and (
                "等" in between or "、" not in between
            ):
                return cue
        elif thing.sentence.start <= cue.start and cue.end <= thing.span.start:
            after = raw[cue.end : thing.span.start]
            if re.match(
                r"\s*(?:industr|technolog|track|racetrack|sector|field)\w*[^.;]*?(?:such as|including|like)",
                after,
            ):
                verbs = [c for c in thing.governing if c.start > cue.end]
                return None if verbs else cue
    return None
