"""Clauses of a paragraph: the governing words, and the things that they govern, in English and Chinese."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.draft.vocabulary import HAN, Found
from kg.text import Span

_SENTENCE = re.compile(r"[。！？；]|[.!?;](?=\s|$|[A-Z“\"])(?<!\b[A-Z]\.)")
_QUOTED = re.compile(r"“[^“”]{1,40}”|(?<!\w)\"[^\"]{1,50}\"(?!\w)|《[^《》]{1,60}》|「[^「」]{1,40}」")
_COMMA = re.compile("[，。；：！？]")
_JOINING = (
    "and or with for in to by as on from into at that which through among between is are was were "
    "has have will we it be led represented characterized characterised around also etc other"
)
_JOINING_HAN = (
    r"和 (?<!参)与 以及 (?<![普涉以])及 (?<!合)并 等(?!级) 暨 或 (?<=[，。；：、])以(?![上内下]) "
    r"在(?!线) 作?为(?!主) (?<!方)向(?=[^量]) (?<![针相])对 把 将 使得? 让 (?<!自)由 从(?!业)"
)
#: What parts things: punctuation, and words that join things or begin another phrase.
_PART = re.compile(
    r"[,，、：:；;。！？!?()（）\[\]【】—]|--+|\.(?=\s|$)"
    r"|\b(?:as well as|such as|including|namely|of which|so as|(?:the )?fields? of|"
    rf"{'|'.join(_JOINING.split())})\b"
    rf"|{'|'.join(_JOINING_HAN.split())}",
    re.IGNORECASE,
)
#: Words with a joining word inside.
_FIXED = re.compile(
    r"\b(?:science|scientific|research|inspection|packaging|industrial|industry) and "
    r"(?:technology|technological|innovation|development|testing|supply|information)\b"
    r"|small and medium-sized|key and core",
    re.IGNORECASE,
)
_DETERMINERS = (
    "the a an of its our their this these those other some more each all both two three four five "
    r"six seven eight nine ten \d+ major important various first high-quality vigorously actively "
    "further in-depth city's province's country's related relevant large-scale"
)
_DETERMINERS_HAN = (
    "一批 一个 一系列 若干 更多 新的 各类 各 首个 首批 重点 全国 全省 全市 国家级 省级 市级 的 "
    "高质量 高水平 大力 积极 加快 深入 持续 全面 着力 扎实 有序 加大 高标准 稳步 统筹 协同 一体化 "
    "支持 世界级 具有全球影响力的"
)
_MEASURED = (
    r"(?:\d+(?:余|多)?(?:万|亿)?[个家项条座批类大]|[一二三四五六七八九十百]+[个家项条座批类大])(?:以上|左右)?"
)
#: What is said of a thing, in English before it: the scale of the chip industry.
_ASPECTS = (
    "level scale capacity ability capability capabilities efficiency momentum formation localization yield "
    "advantages application supply safety resilience need collaboration clustering development construction "
    "promotion layout expansion"
)
#: Words before a thing that are no part of its name.
_BEFORE = re.compile(
    r"(?:[\s“\"'·-]*"
    r"(?:\b(?:(?:a )?(?:number|batch|group|series) of|key(?= core| and)|"
    rf"(?:[\w-]+ ){{0,2}}(?:{'|'.join(_ASPECTS.split())}) of|{'|'.join(_DETERMINERS.split())})\b"
    rf"|{_MEASURED}|{'|'.join(_DETERMINERS_HAN.split())}))+\s*",
    re.IGNORECASE,
)
#: Words after a thing that are no part of its name.
_AFTER = re.compile(
    r"\s*(?:(?:建设|发展|攻关|研发|应用|推广|培育|改造|升级|突破|布局|落地|实施|开工|投产|建成|"
    rf"投用|等|的|{_MEASURED}|[\s.,，。])+"
    r"|\b(?:development|construction|cultivation|and|of|the)\b\s*)+$",
    re.IGNORECASE,
)
_ADVERBS = (
    "大力 积极 加快 深入 持续 全面 着力 扎实 有序 全力 加大 高标准 高水平 高质量 稳步 统筹 协同 "
    "一体 优化 主动 前瞻 系统 进一步 更好 重点 继续 推进 推动 要 将 再 新 努力 奋力 聚力 切实 "
    "尽快 争取 力争 提速 加力 科学 布局 精准 稳妥 滚动 梯度 梯次 集中 联合 共同 规划 有力 启动 "
    "抓好 做好 促进 坚持 提质 扩围 引导 支持 鼓励 实施 完善 建立 健全 全年 今年 我们"
)
#: What may stand in a Chinese clause before its verb.
_FRAME = re.compile(".*(?:等|领域|方面|过程中|基础上)")  # a clause goes on after it
_ADVERB = re.compile(rf"(?:{'|'.join(_ADVERBS.split())})*")


@dataclass(frozen=True)
class Thing:
    """A thing that words may name, and the governing words; ``listed`` where others stand beside it."""

    span: Span
    governing: tuple[Found, ...]
    sentence: Span
    listed: bool
    quoted: bool


def sentences(raw: str) -> Iterator[Span]:
    """Yield the sentences of a paragraph; a semicolon ends one."""
    start = 0
    for sign in _SENTENCE.finditer(raw):
        if sign.end() > start:
            yield Span(start, sign.end())
        start = sign.end()
    if raw[start:].strip():
        yield Span(start, len(raw))


def things(raw: str, names: Sequence[Found], cues: Sequence[Found]) -> Iterator[Thing]:
    """Yield what stands between cues, punctuation and joining words of a paragraph, known or not."""
    closed = [Span(m.start(), m.end()) for m in _QUOTED.finditer(raw)]
    whole = [*(Span(n.start, n.end) for n in names), *(Span(*m.span()) for m in _FIXED.finditer(raw))]
    earlier: tuple[Found, ...] = ()
    for sentence in sentences(raw):
        verbs = [c for c in _within(cues, sentence) if _is_verb(raw, c, sentence) and not _inside(c, closed)]
        cuts = sorted({*_cuts(raw, sentence, [*closed, *whole]), *((v.start, v.end) for v in verbs)})
        pieces = list(_pieces(raw, sentence, cuts))
        for at, piece in enumerate(pieces):
            governing = _governing(raw, verbs, piece) or earlier
            beside = pieces[max(0, at - 1) : at] + pieces[at + 1 : at + 2]
            listed = any(_is_joint(raw, piece, other) for other in beside)
            quoted = any(c.start <= piece.start and piece.end <= c.end + 8 for c in closed)
            yield Thing(piece, governing, sentence, listed, quoted)
        if not HAN.search(raw[sentence.start : sentence.end]):
            earlier = _governing(raw, verbs, Span(sentence.end, sentence.end)) or earlier


def _within(found: Sequence[Found], span: Span) -> list[Found]:
    return [one for one in found if span.start <= one.start and one.end <= span.end]


def _cuts(raw: str, sentence: Span, closed: Sequence[Span]) -> Iterator[tuple[int, int]]:
    for part in _PART.finditer(raw, *sentence):
        if not any(c.start <= part.start() and part.end() <= c.end for c in closed):
            yield part.span()


def _inside(cue: Found, closed: Sequence[Span]) -> bool:
    return any(c.start < cue.start and cue.end < c.end for c in closed)


def _is_verb(raw: str, cue: Found, sentence: Span) -> bool:
    """Whether a cue governs: any English one; a Chinese one at the beginning or the end of a clause."""
    if not HAN.search(cue.words):
        return any(key.startswith(("predicate/", "stages/")) for key in cue.keys)
    if not any(key.startswith(("predicate/", "stages/")) for key in cue.keys):
        return False
    before = re.split(r"[，。；：、！？（）,;:\s和与及并—]", raw[sentence.start : cue.start])[-1]
    if _ADVERB.fullmatch(_FRAME.sub("", before)):
        return True
    return bool(re.match(r"[，。；：、！？]|$", raw[cue.end : sentence.end]))


def _pieces(raw: str, sentence: Span, cuts: Sequence[tuple[int, int]]) -> Iterator[Span]:
    at = sentence.start
    for start, end in [*cuts, (sentence.end, sentence.end)]:
        if start > at and (span := trim(raw, Span(at, start))):
            yield span
        at = max(at, end)


def trim(raw: str, span: Span) -> Span | None:
    """Return a run without the words around it that are no part of a name; None if nothing is left."""
    start, end = span
    if match := _BEFORE.match(raw, start, end):
        start = match.end()
    inner = _AFTER.sub("", raw[start:end])
    end = start + len(inner)
    while start < end and raw[start] in " \t\u3000·'":
        start += 1
    while start < end and raw[end - 1] in " \t\u3000·'":
        end -= 1
    return Span(start, end) if end - start > 1 else None


def _governing(raw: str, verbs: Sequence[Found], piece: Span) -> tuple[Found, ...]:
    """Return the run of cues nearest before a thing of which one bears a predicate, else one after it.

    In Chinese a comma ends what a verb governs.
    """
    before = [v for v in verbs if v.end <= piece.start]
    after = [v for v in verbs if v.start >= piece.end and _bears(v)]
    if HAN.search(raw[piece.start : piece.end]):
        before = [v for v in before if not _COMMA.search(raw, v.end, piece.start)]
        after = [v for v in after if not _COMMA.search(raw, piece.end, v.start)]
    while before and not _bears(before[-1]):
        before.pop()
    if not before:
        return tuple(after[:1])
    run = [before[-1]]
    for verb in reversed(before[:-1]):
        if run[0].start - verb.end > 1:
            break
        run.insert(0, verb)
    return tuple(run)


def _bears(cue: Found) -> bool:
    return any(key.startswith("predicate/") for key in cue.keys)


def _is_joint(raw: str, one: Span, other: Span) -> bool:
    """Whether nothing but the sign of a list stands between two things."""
    between = raw[min(one.end, other.end) : max(one.start, other.start)].strip()
    return bool(re.fullmatch(r"(?:、|和|与|及|以及|,? ?(?:and|or)(?: the)?|,)", between, re.IGNORECASE))
