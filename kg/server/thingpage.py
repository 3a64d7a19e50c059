"""Pages of things: an entity with all that is stated and where, any other node, and our terms."""

from __future__ import annotations

from kg import iris
from kg.query.description import Description
from kg.query.graph import Graph
from kg.query.statements import Statement, Target
from kg.server import markup
from kg.server.markup import link, text
from kg.store import oxigraph

_OUT = """
SELECT DISTINCT ?property ?value ?graph {
  VALUES ?thing { UNDEF }
  { ?thing ?property ?value } UNION { GRAPH ?graph { ?thing ?property ?value } }
} ORDER BY ?property ?value LIMIT 500
"""
_IN = """
SELECT DISTINCT ?thing ?property {
  VALUES ?value { UNDEF }
  { ?thing ?property ?value } UNION { GRAPH ?graph { ?thing ?property ?value } }
} ORDER BY ?property ?thing LIMIT 500
"""
_TERMS = """
SELECT ?term ?kind ?label ?text {
  GRAPH graph:ontology {
    ?term a ?kind .
    OPTIONAL { ?term rdfs:label|skos:prefLabel ?label FILTER (lang(?label) = "en") }
    OPTIONAL { ?term rdfs:comment|skos:definition|skos:scopeNote ?text FILTER (lang(?text) = "en") }
  }
  FILTER (STRSTARTS(STR(?term), STR(kg:)))
} ORDER BY ?term ?kind
"""
_TWINS = (("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("application/n-triples", "nt"),
          ("application/json", "json"))  # fmt: skip


def entity(found: Description, graph: Graph) -> bytes:
    """Everything about an entity, each statement with its quote."""
    names = [
        (f"{n.role} ({n.lang})", text(n.name) + _small(f"{n.confidence}; {n.ground}")) for n in found.names
    ]
    facts = [(name, text(value)) for name, value in found.properties]
    graph_link = f'<a href="/#sel={text(found.entity)}">See it in the graph</a>'
    return markup.page(
        found.label,
        f"<h1>{text(found.label)}</h1><p class='kind'>{text(', '.join(found.kinds))} · "
        f"<code>{text(iris.iri(found.entity))}</code> · {graph_link}</p>",
        f"<h2>Names</h2>{markup.pairs(names)}",
        f"<h2>Reference</h2>{markup.pairs(facts)}" if facts else "",
        _said("Stated", found.statements, graph),
        _said("Targets", found.targets, graph),
        _forms(found.entity),
        alternates=[(kind, f"/{found.entity}.{twin}") for kind, twin in _TWINS],
    )


def _said(title: str, items: tuple[Statement, ...] | tuple[Target, ...], graph: Graph) -> str:
    if not items:
        return ""
    rows = []
    for item in items:
        place = item.evidence
        reached = (item.stage, item.tier, item.period) if isinstance(item, Statement) else ()
        qualifiers = "; ".join(part for part in (*reached, *item.flags, item.note) if part)
        words = text(item.label) if isinstance(item, Target) else _sentence(item, graph)
        rows.append(
            [
                words,
                text(qualifiers),
                f"<q>{text(place.quote)}</q>",
                f"{link(iris.iri(place.source), place.title)}, "
                + (f"{link(place.link, f'paragraph {place.paragraph}')}"),
                link(iris.iri(item.id), "statement" if item.id.startswith("statement") else "target"),
            ]
        )
    count = f"{len(items):,}"
    return f"<h2>{title} <small>{count}</small></h2>" + markup.table(
        ("what", "how", "words", "where", "record"), rows
    )


def _sentence(item: Statement, graph: Graph) -> str:
    subject = link(iris.iri(item.subject), graph.labels.get(item.subject, item.subject))
    phrase = text(graph.vocabulary.phrase(item.predicate))
    known = item.object in graph.names.entities
    value = (
        link(iris.iri(item.object), graph.labels.get(item.object, item.object))
        if known
        else text(item.object)
    )
    return f"{subject} {phrase} {value}"


def around(graph: Graph, identifier: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What is said of a node and what names it, as rows of strings."""
    address = f"<{iris.iri(identifier)}>"
    out = oxigraph.select(graph.store, _OUT.replace("UNDEF", address)).values()
    return out, oxigraph.select(graph.store, _IN.replace("UNDEF", address)).values()


Rows = list[dict[str, str]]


def thing(identifier: str, out: Rows, into: Rows, graph: Graph) -> bytes:
    """A node that is no entity: a statement, a paragraph, a quote, a graph."""
    records = [identifier] if identifier.startswith(("statement/", "target/")) else []
    evidence = graph.evidence(records).get(identifier)
    quoted = ""
    if evidence:
        source = link(iris.iri(evidence.source), evidence.title)
        quoted = (
            f"<blockquote>{text(evidence.quote)}</blockquote>"
            f"<p>{source}, {link(evidence.link, f'paragraph {evidence.paragraph}')}</p>"
        )
    properties = [
        (_name(row["property"], graph), _value(row["value"], graph) + _small(iris.short(row["graph"])))
        for row in out
    ]
    backwards = [[_value(row["thing"], graph), text(_name(row["property"], graph))] for row in into]
    return markup.page(
        identifier,
        f"<h1>{text(_title(out, identifier))}</h1>",
        f"<p class='kind'><code>{text(iris.iri(identifier))}</code></p>",
        quoted,
        markup.pairs(properties),
        "<h2>Named by</h2>" + markup.table(("thing", "as"), backwards) if backwards else "",
        _forms(identifier),
        alternates=[(kind, f"/{identifier}.{twin}") for kind, twin in _TWINS],
    )


def terms(graph: Graph) -> list[dict[str, str]]:
    """Our terms with label and meaning."""
    return oxigraph.select(graph.store, _TERMS).values()


def terms_page(graph: Graph) -> bytes:
    """All terms on one page, each with an anchor, so that ``ns#promotes`` is found."""
    rows: list[list[str]] = []
    seen: set[str] = set()
    for row in terms(graph):
        name = row["term"].removeprefix(iris.NS)
        if name in seen:
            continue
        seen.add(name)
        rows.append(
            [f'<code id="{text(name)}">kg:{text(name)}</code>', text(row["label"]),
             text(iris.short(row["kind"])), text(row["text"])]
        )  # fmt: skip
    return markup.page(
        "Terms", "<h1>Terms</h1>", markup.table(("term", "label", "kind", "meaning"), rows), _forms("ns")
    )


def _title(out: list[dict[str, str]], identifier: str) -> str:
    said = {iris.short(row["property"]): row["value"] for row in out}
    return said.get("rdfs:label") or said.get("dcterms:title") or identifier


def _name(address: str, graph: Graph) -> str:
    short = iris.short(address)
    return graph.labels.get(short, short)


def _value(value: str, graph: Graph) -> str:
    return link(value, _name(value, graph)) if value.startswith(("http://", "https://")) else text(value)


def _small(words: str) -> str:
    return f" <small>{text(words)}</small>" if words else ""


def _forms(identifier: str) -> str:
    links = " ".join(f'<a href="/{text(identifier)}.{twin}">{twin}</a>' for _, twin in _TWINS)
    return f"<p class='forms'>Also as {links}</p>"
