"""Proposes, parses and checks what the columns of a user's table mean."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from kg.errors import KgError
from kg.ontology import Ontology
from kg.read import seeds

#: Column, predicate, column: company, locatedIn, country.
Triple = tuple[str, str, str]

#: Words of headers beside the classes' own names and labels.
_WORDS: Mapping[str, str] = {
    "Company": "firm enterprise business manufacturer vendor supplier provider corporation 企业 公司 厂商",
    "Country": "nation 国家 国别",
    "Province": "province state 省 省份",
    "City": "城市 市 地级市",
    "Park": "园区 产业园 开发区",
    "Sector": "industry 产业 行业 领域",
    "Technology": "product tool component material input output provided 技术 产品 材料 设备",
    "Institute": "university school 研究机构 高校 大学 研究院 研究所",
    "Person": "ceo founder chairman author 人物 姓名 董事长 法人",
    "Project": "项目",
    "Place": "location region address area 地点 地区 地址",
}
#: Words of headers that do not change what a column is about, and words of columns that name nothing.
_NEUTRAL = re.compile(r"(name|names|fullname|title|label|名称|名|简称|全称)$")
_NO_NAME = re.compile(
    r"\b(id|ids|code|codes|key|url|link|date|year|time|type|share|number|count|amount|note|description|alias)\b"
    r"|(代码|编号|日期|时间|类型)$"
)
#: Predicates to propose with the class of their object, the more specific first.
_PREDICATES = (
    ("locatedIn", "Place"), ("inSector", "Sector"), ("develops", "Topic"), ("inSector", "Topic"),
    ("byCompany", "Organisation"), ("governorOf", "Place"), ("promotes", "Topic"), ("usedIn", "Topic"),
    ("focusesOn", "Topic"), ("isPartOf", "Entity"), ("collaboratesWith", "Entity"),
    ("participatesIn", "Entity"),
)  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """What the columns of a table mean: the class of the entities in a column, and statements."""

    entities: Mapping[str, str]
    statements: Sequence[Triple]


def propose(header: Sequence[str], known: Ontology) -> Columns:
    """Return the columns whose header names a class, and statements from the first of them to each other.

    It is a guess for the user to change; without a header that names a class both are empty.
    """
    words = {word: kind for kind, names in _WORDS.items() for word in names.split()}
    for name, found in known.classes.items():
        if segment_of(known, name):
            words |= {found.label: name, name.lower(): name}
    entities = {
        column: kind for column in header if (kind := _class(column, words)) and header.count(column) == 1
    }
    statements: list[Triple] = []
    first, *others = entities or [""]
    for other in others:
        fitting = (
            (a, name, b)
            for name, kind in _PREDICATES
            for a, b in ((first, other), (other, first))
            if known.is_a(entities[b], (kind,)) and _joins(known, name, entities[a], entities[b])
        )
        statements += [one for one in [next(fitting, None)] if one]
    return Columns(entities, statements)


def parse_columns(header: Sequence[str], entities: Sequence[str], statements: Sequence[str]) -> Columns:
    """Parse ``company=Company`` and ``company:locatedIn:country``; raise KgError for another form.

    Names of columns may hold the signs.
    """
    classes = {}
    for text in entities:
        column, _, kind = text.rpartition("=")
        if not column or not kind:
            raise KgError(f"--entity {text!r} must be COLUMN=CLASS, such as company=Company")
        classes[column] = kind
    return Columns(classes, [_triple(header, text) for text in statements])


def check_columns(columns: Columns, header: Sequence[str], known: Ontology) -> None:
    """Raise KgError for a column, class or predicate that does not exist or does not fit."""
    ends = (end for left, _, right in columns.statements for end in (left, right))
    for column in dict.fromkeys([*columns.entities, *ends]):
        if column not in header or column not in columns.entities:
            raise KgError(
                f"{column!r} is no column with a class; there are {', '.join(filter(None, header))}"
            )
        if header.count(column) > 1:
            raise KgError(f"{header.count(column)} columns are called {column!r}: rename all but one")
    for kind in columns.entities.values():
        if not segment_of(known, kind):
            classes = [name for name in known.classes if segment_of(known, name)]
            raise KgError(f"{kind!r} is no class of entity; {_nearest(kind, classes)}")
    linking = [name for name, predicate in known.predicates.items() if not predicate.datatype]
    for left, name, right in columns.statements:
        if name not in linking:
            raise KgError(f"{name!r} is no predicate between entities; {_nearest(name, linking)}")
        subject, object_ = columns.entities[left], columns.entities[right]
        if not _joins(known, name, subject, object_):
            one = known.predicates[name]
            may = f"{' or '.join(one.subjects)} to {' or '.join(one.objects)}"
            raise KgError(f"{name} goes from {may}, not from {subject} to {object_}")


def segment_of(known: Ontology, kind: str) -> str:
    """Return the segment of ids of a class's members; empty for what is no class of entity."""
    return next((s for s in seeds.SEGMENT_TABLES if known.is_a(kind, (known.segments[s],))), "")


def _joins(known: Ontology, predicate: str, subject: str, object_: str) -> bool:
    found = known.predicates[predicate]
    return known.is_a(subject, found.subjects) and known.is_a(object_, found.objects)


def _nearest(word: str, words: Iterable[str]) -> str:
    near = get_close_matches(word, list(words), 3, 0.5)
    return f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(words))}"


def _triple(header: Sequence[str], text: str) -> Triple:
    parts = text.split(":")
    cuts = [(":".join(parts[:at]), parts[at], ":".join(parts[at + 1 :])) for at in range(1, len(parts) - 1)]
    if not cuts:
        form = "COLUMN:PREDICATE:COLUMN, such as company:locatedIn:country"
        raise KgError(f"--statement {text!r} must be {form}")
    return next((cut for cut in cuts if cut[0] in header and cut[2] in header), cuts[0])


def _class(column: str, words: Mapping[str, str]) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", column).strip().lower()
    if _NO_NAME.search(spaced):
        return ""
    plain = _NEUTRAL.sub("", spaced).strip()
    for token in (plain, *reversed(plain.split())):
        for form in (token, token.removesuffix("s"), re.sub("ies$", "y", token)):
            if form in words:
                return words[form]
    return ""
