"""Proposes what the columns of a user's table mean, from their headers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from kg.errors import KgError
from kg.ontology import Ontology
from kg.read import seeds
from kg.read.table_import import Columns, Triple, joins

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


def propose(header: Sequence[str], known: Ontology) -> Columns:
    """Return the columns whose header names a class, and statements from the first of them to each other.

    It is a guess for the user to change; without a header that names a class both are empty.
    """
    words = {word: kind for kind, names in _WORDS.items() for word in names.split()}
    for name, found in known.classes.items():
        if any(known.is_a(name, (known.segments[segment],)) for segment in seeds.SEGMENT_TABLES):
            words |= {found.label: name, name.lower(): name}
    entities = {
        column: kind for column in header if (kind := _class(column, words)) and header.count(column) == 1
    }
    statements: list[Triple] = []
    first, *others = entities or [""]
    for other in others:
        ends = ((first, other), (other, first))
        fitting = [
            (a, p, b)
            for p, kind in _PREDICATES
            for a, b in ends
            if known.is_a(entities[b], (kind,)) and joins(known, p, (entities[a], entities[b]))
        ]
        statements += fitting[:1]
    return Columns(entities, statements)


def parse_columns(header: Sequence[str], entities: Sequence[str], statements: Sequence[str]) -> Columns:
    """Parse ``company=Company`` and ``company:locatedIn:country``; raise KgError for another form.

    Names of columns may hold the signs.
    """
    classes = {}
    for text in entities:
        column, sign, kind = text.rpartition("=")
        if not sign or not column or not kind:
            raise KgError(f"--entity {text!r} must be COLUMN=CLASS, such as company=Company")
        classes[column] = kind
    return Columns(classes, [_triple(header, text) for text in statements])


def _triple(header: Sequence[str], text: str) -> Triple:
    parts = text.split(":")
    cuts = [(":".join(parts[:at]), parts[at], ":".join(parts[at + 1 :])) for at in range(1, len(parts) - 1)]
    if not cuts:
        raise KgError(
            f"--statement {text!r} must be COLUMN:PREDICATE:COLUMN, such as company:locatedIn:country"
        )
    return next((cut for cut in cuts if cut[0] in header and cut[2] in header), cuts[0])


def _class(column: str, words: Mapping[str, str]) -> str:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", column).strip().lower()
    if _NO_NAME.search(spaced):
        return ""
    plain = _NEUTRAL.sub("", spaced).strip()
    tokens = [plain, *reversed(plain.split())]
    forms = (
        form for token in tokens for form in (token, token.removesuffix("s"), re.sub("ies$", "y", token))
    )
    return next((words[form] for form in forms if form in words), "")
