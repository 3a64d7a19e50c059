"""For each competency question, the named question that answers it.

``OUTSIDE`` names the questions that a graph of statements does not answer, with the reason. What the reader's
words stand for, where they are no name in the graph, is told in ``readings.csv``.
"""

from __future__ import annotations

import re

from kg.query.graph import Graph
from tests.competency.ways import (
    Row,
    Way,
    aims,
    both,
    column,
    count,
    either,
    first,
    less,
    nameless,
    naming,
    only,
    quoted,
    said,
    silent,
    steps,
    whether,
)

GWR, SHANGHAI = "gwr-2024", "sh-sei-2021"
#: The fifteen regions but Shanghai, which has no section in the digest.
DIGEST = column("coverage", "region", "source", topic="integrated circuits")

OUTSIDE: dict[str, str] = {
    "q101": "asks for the layout of a page, not for what it states",
    "q152": "what is wrong with a slip is told in free words; kg ask doubts lists the slips",
    "q132": "counts a stray word of the translation, which states nothing",
}


def _place(region: str) -> str:
    return f"place/{region}"


def _future(region: str) -> Way:
    return said(subject=_place(region), tier="future")


def _shanghai(
    paragraph: int, relation: str = "", subject: str = "place/shanghai", *, tier: str = "", stage: str = ""
) -> Way:
    return said(
        subject=subject, relation=relation, paragraph=paragraph, source=SHANGHAI, tier=tier, stage=stage
    )


def _digest(
    region: str, paragraph: int, relation: str = "", *, tier: str = "", stage: str = "", kind: str = ""
) -> Way:
    return said(
        subject=_place(region),
        relation=relation,
        paragraph=paragraph,
        source=GWR,
        tier=tier,
        stage=stage,
        kind=kind,
    )


def _ends(way: Way, ending: str) -> Way:
    return only(way, lambda row: str(row[-1]).endswith(ending))


def _below(topic: str, *regions: str) -> Way:
    """Topics directly below one, which the texts of all these regions name, themselves or something below."""

    def way(graph: Graph) -> list[Row]:
        below = column("hierarchy", "below", "above", entity=topic)(graph)
        named = graph.resolve(topic)
        return [
            (low,)
            for low, high in below
            if high == named and {(f"place/{r}",) for r in regions} <= set(naming(str(low))(graph))
        ]

    return way


def _unresolved(subject: str, relation: str) -> Way:
    """Objects of statements that are withheld because something in them is not settled."""

    def way(graph: Graph) -> list[Row]:
        rows = graph.ask("statements", entity=subject, relation=relation)
        return [
            (row["object"],)
            for row in rows
            if row["subject"] == subject and "unresolved" in str(row["flags"])
        ]

    return way


def _backed(topic: str, *regions: str) -> Way:
    """Steps from regions to a topic: a region and what it names, and a narrower thing and the topic."""

    def way(graph: Graph) -> list[Row]:
        wanted = graph.resolve(topic)
        steps: list[Row] = []
        for row in graph.ask("backing", topic=topic):
            if row["region"] in regions:
                narrower = "narrower" in str(row["way"])
                steps.append((row["region"], row["what"] if narrower else wanted))
                steps += [(row["what"], wanted)] if narrower else []
        return list(dict.fromkeys(steps))

    return way


def _alone(region: str, *topics: str) -> Way:
    """Those of the topics that the texts of no other region name."""

    def way(graph: Graph) -> list[Row]:
        return [
            (graph.resolve(topic),)
            for topic in topics
            if naming(topic, exact=True)(graph) == [(_place(region),)]
        ]

    return way


def _sessions(graph: Graph) -> list[Row]:
    """City, session and congress, read from the names of the meetings."""
    ordinals = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
    cities = ("changchun", "changsha", "dalian", "jinan", "ningbo")
    rows: list[Row] = []
    for row in graph.ask("deliveries"):
        found = re.match(r"(\w+) session of the (\d+)", graph.labels.get(str(row["meeting"]), ""))
        if found and str(row["issuers"]).casefold() in cities:
            rows.append((row["issuers"], ordinals[found[1]], int(found[2])))
    return rows


def _belongs(*codes: str) -> Way:
    """Whose code names these are: the reader asks for six, the graph holds more."""

    def way(graph: Graph) -> list[Row]:
        regions = set(column("coverage", "region", topic="integrated circuits")(graph))
        return [
            row
            for code in codes
            for row in column("programmes", "programme", "subject", programme=code)(graph)
            if row[1:] in regions
        ]

    return way


def _pilot_areas(graph: Graph) -> list[Row]:
    """Regions that build a pilot area for future industries, or support those of its cities that do."""
    built = said(relation="builds", object="place/", show=("subject", "object"))(graph)
    builders = {row[0] for row in built if "future-industry-pilot-area" in str(row[1])}
    backing = said(relation="supports", object="place/", show=("subject", "object"))(graph)
    backers = {row[0] for row in backing if row[1] in builders}
    return [(region,) for region in sorted(map(str, builders - {row[1] for row in backing} | backers))]


def _sums(**given: str) -> Way:
    """What is aimed at, yuan in thousand millions."""

    def way(graph: Graph) -> list[Row]:
        rows = aims("what", "comparator", "value", "billion", "unit", **given)(graph)
        return [(what, how, high if unit == "CNY" else value, unit) for what, how, value, high, unit in rows]

    return way


def _yuan(*names: str) -> Way:
    """Amounts of yuan in the digest."""
    return _cut(
        only(aims(*names, "unit", "period", year=2024), lambda row: row[-2:] == ("CNY", "2024")), len(names)
    )


def _cut(way: Way, width: int) -> Way:
    return lambda graph: [row[:width] for row in way(graph)]


def _share(graph: Graph, region: str) -> float:
    found = aims("value", region=region, indicator="added-value-share-of-gdp")(graph)
    return max(float(str(row[0])) for row in found)


def _parts(graph: Graph) -> list[Row]:
    """The places of one body and two wings, their part by the note, and what they are to do."""
    parts = said(
        object="programme/shanghai-one-body-two-wings", relation="isPartOf", show=("subject", "note")
    )(graph)
    chips = said(object="topic/integrated-circuit", paragraph=50, relation="focusesOn", show=("subject",))(
        graph
    )
    rows: list[Row] = []
    for place, note in parts:
        tasks = [
            (thing,)
            for thing, *_ in said(object=str(place), relation="locatedIn", paragraph=50, show=("subject",))(
                graph
            )
            if (thing,) in chips and "new" not in str(thing)
        ] or said(subject=str(place), relation="focusesOn", paragraph=50)(graph)
        rows += [(place, note, task[0]) for task in tasks]
    return rows


def _wafers(graph: Graph) -> list[Row]:
    """Inches and material of the wafers of the new materials part, read from their names."""
    rows: list[Row] = []
    for (topic,) in _shanghai(40, "promotes")(graph):
        label = graph.labels[str(topic)]
        inches = re.search(r"(\d+)-inch", label)
        material = re.search(r"silicon carbide|gallium nitride|silicon", label)
        if inches and material:
            rows.append((int(inches[1]), material[0]))
    return rows


# a firm with machine tool in its name does not count
_MACHINE_TOOLS = first(
    only(
        column("backing", "region", "way", topic="machine tools", exact="yes"),
        lambda row: row[1] != "through an organisation",
    )
)

ANSWERS: dict[str, Way] = {
    "q01": naming("integrated circuits", exact=True),
    "q02": silent("integrated circuits", exact=True),
    "q03": naming("third-generation semiconductors"),
    "q04": naming("silicon carbide"),
    "q05": naming("gallium nitride"),
    "q06": naming("packaging and testing"),
    "q07": naming("artificial intelligence"),
    "q08": silent("artificial intelligence"),
    "q09": column("tiers", "subject", topic="artificial intelligence", tier="future", exact="yes"),
    "q10": _MACHINE_TOOLS,
    "q11": naming("quantum technology"),
    "q12": quoted(
        naming("quantum technology"),
        "backing",
        "region",
        "quantum technology",
        topic="quantum technology",
        exact="yes",
    ),
    "q13": naming("6G"),
    "q14": naming("5G"),
    "q15": naming("new energy vehicles"),
    "q16": naming("automotive chips"),
    "q17": naming("desktop-cpu", "kunpeng-cpu", "phytium-cpu", "cpu-gpu-heterogeneous-architecture"),
    "q18": naming("robots"),
    "q19": naming("humanoid robots"),
    "q20": column("tiers", "subject", topic="life sciences", tier="future", exact="yes"),
    "q21": naming("biomedicine", exact=True),
    "q22": naming("cutting-edge new materials", exact=True),
    "q23": naming("industrial software", exact=True),
    "q24": naming("high-end equipment manufacturing", exact=True),
    "q25": naming("digital economy", "core-area-of-digital-economy", "digital-economy-base", exact=True),
    "q26": naming("new quality productive forces"),
    "q27": naming("new-industrialisation", source=GWR),
    "q28": less(naming("future industries", exact=True, source=GWR), lambda graph: []),
    "q29": _pilot_areas,
    "q30": naming("low-altitude economy"),
    "q31": naming("satellite-internet", "satellite-network", "communications-satellite-manufacturing"),
    "q32": naming("energy storage", "advanced-energy-storage-materials"),
    "q33": naming("internet-backbone-direct-link"),
    "q34": naming("amoled", "oled-module"),
    "q35": naming("intelligent connected vehicles"),
    "q36": less(first(only(DIGEST, lambda row: row[1] == "source/gwr-2024")), column("companies", "region")),
    "q37": both(_future("beijing"), _future("guangdong")),
    "q38": both(_future("guangdong"), _future("shandong")),
    "q39": less(_future("shandong"), _future("changsha")),
    "q40": both(
        said(subject="place/zhangjiang-innovation-pole", relation="focusesOn"),
        said(subject="place/lingang-growth-pole", relation="focusesOn"),
    ),
    "q41": _below("third-generation semiconductors", "shandong", "shanghai"),
    "q42": less(
        _future("dalian"),
        either(
            column("tiers", "classed", tier="leading"),
            *(_future(region) for region in ("beijing", "changsha", "guangdong", "shandong")),
        ),
    ),
    "q43": _alone(
        "anhui",
        "deep space exploration",
        "fusion energy",
        "machine tools",
        "quantum information",
        "integrated circuits",
        "basic software",
    ),
    "q44": column("projects", "project", region="Guangdong", topic="chips", exact="yes"),
    "q45": _ends(column("projects", "project", region="Guangdong", stage="under-way"), "phase-1"),
    "q46": either(
        column("projects", "project", region="Dalian"),
        only(_unresolved("place/dalian", "promotes"), lambda row: str(row[0]).startswith("project/")),
    ),
    "q47": column("projects", "project", region="Changsha", topic="advanced-energy-storage-materials"),
    "q48": column("projects", "project", region="Changsha", topic="new displays"),
    "q49": only(
        _digest("changsha", 24, "promotes", stage="under-way"),
        lambda row: str(row[0]).startswith(("project/saic", "project/gac")),
    ),
    "q50": column("projects", "project", region="Sichuan", stage="under-way"),
    "q51": _ends(said(subject="place/sichuan", relation="builds", stage="planned"), "park"),
    "q52": first(column("projects", "project", "companies", region="Chongqing", topic="wafers")),
    "q53": less(
        column(
            "projects",
            "project",
            region="Chongqing",
            topic="new-generation-electronic-information-manufacturing",
        ),
        column("projects", "project", region="Chongqing", topic="wafers"),
    ),
    "q54": only(
        said(
            object="topic/big-data-and-new-generation-it",
            relation="listedUnder",
            paragraph=47,
            show=("subject",),
        ),
        lambda row: str(row[0]).startswith("project/"),
    ),
    "q55": both(
        said(object="topic/high-quality-steel-and-advanced-materials", show=("subject",)),
        said(subject="place/jinan", relation="supports"),
    ),
    "q57": either(
        only(
            _digest("changchun", 44, "promotes", stage="under-way"),
            lambda row: str(row[0]).startswith("project/"),
        ),
        only(_digest("changchun", 44, "builds", stage="under-way"), lambda row: "chemical" in str(row[0])),
    ),
    "q58": only(
        said(subject="place/jiangsu", paragraph=21, source=GWR, object="org/"),
        lambda row: "national" not in str(row) and "alliance" not in str(row),
    ),
    "q59": said(relation="participatesIn", paragraph=47, source=GWR, show=("subject",)),
    "q60": only(
        said(subject="place/zhangjiang-innovation-pole", relation="focusesOn"),
        lambda row: not str(row[0]).endswith(("innovation", "strategic-emerging-industry")),
    ),
    "q61": either(
        said(subject="place/lingang-growth-pole", relation="focusesOn", paragraph=49, source=SHANGHAI),
        said(subject="place/lingang-growth-pole", relation="promotes"),
    ),
    "q62": either(
        only(_shanghai(50, "builds", stage="under-way"), lambda row: str(row[0]).startswith("place/")),
        only(_unresolved("place/shanghai", "builds"), lambda row: str(row[0]).startswith("place/")),
    ),
    "q63": _unresolved("place/shanghai-new-ic-base", "locatedIn"),
    "q64": _shanghai(10, "upgrades", tier="traditional"),
    "q65": said(subject="programme/shanghai-plan", relation="focusesOn"),
    "q66": _ends(
        said(object="programme/shanghai-two-poles-two-belts", relation="isPartOf", show=("subject",)), "belt"
    ),
    "q67": _shanghai(40, "researches"),
    "q68": either(
        *(
            said(
                object=f"topic/new-display-{group}",
                relation="listedUnder",
                source=SHANGHAI,
                show=("subject",),
            )
            for group in ("key-equipment", "materials")
        )
    ),
    "q69": only(
        _shanghai(22, "promotes"),
        lambda row: str(row[0]).endswith(("machine", "implanter", "metrology-equipment")),
    ),
    "q71": _digest("tianshui", 38, tier="ten-billion"),
    "q72": said(
        object="topic/key-component", relation="listedUnder", show=("subject",), source=GWR, paragraph=10
    ),
    "q74": said(subject="place/anhui-three-innovation-highlands", relation="focusesOn"),
    "q75": said(subject="place/beijing", tier="strategic-emerging"),
    "q76": less(
        column("backing", "what", region="Chongqing", topic="semiconductors", by="narrower"),
        # equipment and materials are one item of the text, two topics here
        lambda graph: [("topic/semiconductor-materials",), ("topic/high-end-devices-and-chips",)],
    ),
    "q77": only(
        _digest("guangdong", 14, "implements"),
        lambda row: any(x in str(row[0]) for x in ("chip", "software", "cuican")),
    ),
    "q78": only(column("names", "name", entity="Lingang New Area", role="printed"), lambda row: True),
    "q79": either(
        less(
            said(
                object="programme/two-cores-one-ecology", relation="isPartOf", show=("subject",), paragraph=25
            ),
            lambda graph: [("topic/kylin-ecosystem",)],
        ),
        said(subject="topic/kylin-ecosystem", relation="basedOn"),
    ),
    "q81": first(only(column("deliveries", "issuers", "day"), lambda row: str(row[1]) == "2024-01-23")),
    "q82": lambda graph: [next((row["issuers"],) for row in graph.ask("deliveries") if row["day"])],
    "q84": said(subject="place/shandong", relation="supports"),
    "q85": said(subject="project/shandong-key-ic-projects", relation="locatedIn"),
    "q86": said(subject="place/changchun", tier="new-track"),
    "q87": said(subject="place/dalian", tier="strategic-emerging"),
    "q88": only(
        said(object="programme/shanghai-sei-plan-14", relation="issues", show=("subject",)),
        lambda row: str(row[0]).startswith("org/"),
    ),
    "q89": _shanghai(37, "researches"),
    "q91": either(
        said(relation="usedIn", paragraph=20, source=SHANGHAI), _ends(_shanghai(20, "researches"), "cpu")
    ),
    "q92": said(subject="place/guangdong", tier="emerging"),
    "q96": both(naming("gallium nitride"), naming("low-altitude economy")),
    "q97": column("companies", "company", region="Zhejiang"),
    "q98": column("deliveries", "speaker", region="Tianshui"),
    "q99": column("projects", "project", stage="cancelled"),
    "q100": only(aims("value", "unit", region="Beijing"), lambda row: row[1] == "CNY"),
    "q103": whether(said(subject="place/chongqing", object="topic/beidou")),
    "q104": whether(said(subject="place/sichuan", object="topic/beidou")),
    "q106": whether(column("doubts", "object", entity="guangdong-pc-14-2", flag="misprint")),
    "q108": whether(aims("value", region="Shanghai", topic="biomedicine", kind="Growth")),
    "q109": whether(said(subject="place/shanghai", object="topic/new-energy-vehicle", tier="core")),
    "q111": whether(both(naming("third-generation semiconductors"), lambda graph: [("place/jiangsu",)])),
    "q114": whether(said(subject="place/jiading", object="programme/shanghai-one-body-two-wings")),
    "q115": whether(
        only(column("statements", "number", entity="forehope-phase-2"), lambda row: row != (48,))
    ),
    "q116": whether(
        both(_shanghai(38, "supports"), lambda graph: [("topic/intelligent-terminal-contract-manufacturer",)])
    ),
    "q117": count(only(DIGEST, lambda row: row[1] == "source/gwr-2024")),
    "q118": aims("billion", region="Tianshui", indicator="attracted-investment"),
    "q119": aims("billion", region="Dalian", indicator="output-value"),
    "q120": aims("billion", region="Changchun", indicator="output-value"),
    "q121": aims("billion", region="Chongqing", indicator="main-business-revenue"),
    "q122": aims("value", region="Changchun", indicator="computing-power-scale"),
    "q123": aims("value", region="Shandong", indicator="data-centre-count"),
    "q124": aims("value", region="Jiangsu", indicator="industrial-chain-count"),
    "q125": aims("value", region="Changsha", indicator="industrial-chain-count"),
    "q126": aims("value", region="Shanghai", indicator="industry-scale-growth", topic="integrated circuits"),
    "q127": lambda graph: [
        (
            sum(
                float(str(row["value"]))
                for row in graph.ask("targets", region="Shanghai", indicator="output-value")
            )
            / 1e9,
        )
    ],
    "q128": count(naming("integrated circuits", exact=True)),
    "q129": aims(
        "value", region="Chongqing", indicator="project-count", topic="chongqing-six-wafer-projects"
    ),
    "q130": aims("value", region="Tianshui", indicator="project-count"),
    "q131": aims("value", region="Jinan", indicator="vehicle-output"),
    "q134": aims("value", region="Shandong", topic="shandong-100-sci-tech-innovation-projects"),
    "q135": aims("value", region="Shanghai", indicator="enterprise-count"),
    "q136": column("deliveries", "issuers", "speaker", "office", "day"),
    "q137": _sessions,
    "q138": only(
        column("tiers", "subject", "classed", tier="future"),
        lambda row: str(row[0]).startswith("place/") and str(row[1]) != "topic/future-industry",
    ),
    "q139": either(
        *(
            only(
                column("tiers", "classed", "tier", region="Shanghai", tier=tier),
                lambda row: str(row[0])[6:] not in ("hydrogen-energy", "energy-storage", "leading-industry"),
            )
            for tier in ("core", "key", "leading")
        )
    ),
    "q140": column("tiers", "subject", "tier", topic="6G", exact="yes"),
    "q142": aims("scope", "comparator", "value", indicator="industry-scale-growth"),
    "q143": aims("region", "comparator", "value", "period", indicator="added-value-share-of-gdp"),
    "q144": aims("scope", "comparator", "value", indicator="enterprise-increase"),
    "q145": only(
        aims("region", "what", "comparator", "value", year=2024),
        lambda row: str(row[1]).endswith(("revenue-growth", "added-value-growth")),
    ),
    "q146": either(
        *(
            aims("scope", "comparator", "value", region="Ningbo", indicator=i)
            for i in ("pilot-count", "demonstration-count")
        )
    ),
    "q147": aims("scope", "value", region="Jinan", indicator="enterprises-added"),
    "q156": _sums(region="Zhejiang"),
    "q157": only(
        said(relation="locatedIn", paragraph=29, source=GWR, show=("object", "subject")),
        lambda row: "cluster" in str(row[1]),
    ),
    "q158": only(
        aims("scope", "comparator", "value", region="Shandong", indicator="cluster-count"), lambda row: True
    ),
    "q159": _cut(_yuan("region", "what", "billion"), 3),
    "q160": either(
        steps("Jinan", "BYD", "programme/jinan-leading-car-makers-capacity"),
        column("projects", "place", "project", region="Jinan", company="BYD Semiconductor"),
        column("hierarchy", "below", "above", entity="byd-semiconductor"),
    ),
    "q165": steps("Shanghai", "Jiading", "programme/shanghai-one-body-two-wings"),
    "q56": only(
        said(object="topic/smart-manufacturing-and-high-end-equipment", show=("subject",)),
        lambda row: not str(row[0]).startswith(("org/", "place/jinan", "project/jinan-", "topic/")),
    ),
    "q70": said(object="topic/key-device", relation="listedUnder", show=("subject",)),
    "q73": only(
        either(
            said(
                object="topic/big-data-and-new-generation-it",
                relation="listedUnder",
                show=("subject",),
                paragraph=47,
            ),
            _ends(_digest("jinan", 47, "promotes"), "key-materials"),
        ),
        lambda row: str(row[0]).startswith("topic/"),
    ),
    "q80": only(_digest("tianshui", 37, "focusesOn"), lambda row: "upgrading" not in str(row[0])),
    "q83": first(only(column("deliveries", "issuers", "office"), lambda row: row[1] == "governorOf")),
    "q90": first(said(paragraph=47, source=GWR, relation="listedUnder")),
    "q93": nameless("lithography machines", "lithography"),
    "q94": naming("hydrogen energy", "hydrogen-energy-and-storage", source=GWR),
    "q95": nameless("photovoltaics", "solar power"),
    "q102": nameless("Huawei", "SMIC"),
    "q105": whether(aims("value", topic="33618")),
    "q107": whether(
        only(
            column("hierarchy", "below", "above", entity="advanced-storage"),
            lambda row: row[1] == "topic/energy-storage",
        )
    ),
    "q110": lambda graph: [("yes" if _share(graph, "Dalian") > _share(graph, "Shanghai") else "no",)],
    "q112": lambda graph: [
        (
            "yes"
            if aims("value", region="Shanghai", indicator="output-value", topic="new energy vehicles")(graph)
            == aims("value", region="Shanghai", indicator="output-value", topic="information-communication")(
                graph
            )
            else "no",
        )
    ],
    "q113": whether(
        both(
            said(
                object="topic/third-generation-semiconductor",
                relation="listedUnder",
                show=("subject",),
                paragraph=30,
            ),
            lambda graph: [("topic/gallium-nitride",), ("topic/silicon-carbide",)],
        )
    ),
    "q133": lambda graph: [(max(float(str(row[0])) for row in _yuan("billion")(graph)),)],
    "q141": only(
        aims("scope", "indicator", "comparator", "billion", region="Shanghai", year=2025),
        lambda row: (
            str(row[0]).startswith("topic/")
            and "enterprise" not in str(row[1])
            and row[3] is not None
            and float(str(row[3])) >= 1
        ),
    ),
    "q148": _belongs(
        "33618",
        "415X",
        "9+X",
        "one body and two wings",
        "two cores and one ecology",
        "two poles and two belts",
    ),
    "q149": _parts,
    "q150": only(
        said(relation="builds", paragraph=50, source=SHANGHAI, show=("subject", "object")),
        lambda row: row[0] != "place/shanghai",
    ),
    "q151": lambda graph: [
        (form.removesuffix(" CPU"), graph.resolve(form, segments=("org", "place", "topic")))
        for form in (
            "FAW Red Flag",
            "Feiteng CPU",
            "GAC Aean",
            "Kirin system",
            "Ningde Times",
            "Zhongchuang Xinhang",
            "closed test",
            "industrial mother-machines",
            "port-adjacent",
            "seal test",
        )
    ],
    "q153": _wafers,
    "q154": only(column("projects", "place", "project", "phase"), lambda row: row[0] != "place/shanghai"),
    "q155": lambda graph: [
        *(
            (graph.resolve(topic), len(list(naming(topic)(graph))))
            for topic in (
                "6G",
                "artificial intelligence",
                "packaging and testing",
                "third-generation semiconductors",
            )
        ),
        ("topic/machine-tool", len(list(_MACHINE_TOOLS(graph)))),
    ],
    "q161": steps("Changsha", "Kunpeng CPU", "programme/two-cores-one-ecology"),
    "q162": steps("Tianshui", "packaging and testing", "project/huatian-packaging-and-testing"),
    "q163": _backed("silicon carbide", "place/shandong", "place/shanghai"),
    "q164": steps("Chengdu", "new energy vehicles", "project/faw-hongqi-chengdu-nev-base"),
    "q166": steps("Shanghai", "new displays", "place/jinshan-new-display-base"),
    "q167": _backed("low-altitude economy", "place/beijing", "place/changchun"),
}
