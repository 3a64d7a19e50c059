"""Names found in the index file, beside rapidfuzz over all names in memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import process

from kg.store import matching, names
from tests.bench.figure import OURS, Figure, race

FLOOR = "rapidfuzz over all names"
FLOOR_MOST = 200_000  # entities: above, it takes minutes
QUERIES = ("silicon carbide", "silcon carbide", "photo", "芯片", "光伏", "6G", "封测", "碳化桂", "Jinan park")
_TOPICS = (
    ("silicon carbide", "碳化硅"), ("photovoltaics", "光伏"), ("AI chips", "人工智能芯片"), ("6G", "6G"),
    ("packaging and testing", "封测"), ("new energy vehicles", "新能源汽车"), ("photoresists", "光刻胶"),
    ("biopharmaceuticals", "生物医药"), ("steel", "钢铁"), ("low-altitude economy", "低空经济"),
)  # fmt: skip
_KINDS = (("park", "园区"), ("base", "基地"), ("project", "项目"), ("cluster", "集群"), ("company", "公司"))
_SYLLABLES = ("jin", "nan", "bei", "hai", "zhou", "qing", "dao", "yang", "shan", "xi", "dong", "lin", "he")
_HAN = "济南北海州青岛阳山西东林河安贵台长华平路宁波苏无锡常徐杭温嘉绍金衢丽"


def figures(folder: Path, entities: int, repeats: int) -> Iterator[Figure]:
    given = list(made_up(entities))
    path = folder / f"names-{entities}.search"
    write = race({OURS: lambda: names.write_index(path, given)}, 1)
    yield Figure("search", "write the index", entities, OURS, write[OURS], "s", len(given), "names")
    size = path.stat().st_size / 1e6
    yield Figure("search", "index file", entities, OURS, (size,), "MB")
    index = names.open_index(path)
    keys = [matching.key(name) for _, _, _, name in given]

    def ours() -> None:
        for query in QUERIES:
            index.search(query)

    def bare() -> None:
        for query in QUERIES:
            process.extract(matching.key(query), keys, limit=10, score_cutoff=50)

    parties = {OURS: ours, FLOOR: bare} if entities <= FLOOR_MOST else {OURS: ours}
    for who, values in race(parties, repeats).items():
        yield Figure("search", "look up names", entities, who, values, "s", len(QUERIES), "queries", FLOOR)


def made_up(entities: int) -> Iterator[matching.Name]:
    """Names of entities that do not exist: English and Chinese labels, every other one with an alias."""
    chance = random.Random(7)
    for number in range(entities):
        identifier = f"{chance.choice(('org', 'place', 'project'))}/made-up-{number}"
        (topic, topic_zh), (kind, kind_zh) = chance.choice(_TOPICS), chance.choice(_KINDS)
        place = "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))).capitalize()
        yield identifier, "label", "en", f"{place} {topic} {kind}"
        yield identifier, "label", "zh", f"{''.join(chance.choices(_HAN, k=3))}{topic_zh}{kind_zh}"
        if number % 2:
            yield identifier, "alias", "en", f"{place} {topic}"
