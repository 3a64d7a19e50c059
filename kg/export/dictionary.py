"""The data dictionary: every class and property, in both languages, with counts and an example each."""

from kg import iris
from kg.query import internal_rows
from kg.query.graph import Graph
from kg.query.result import markdown_table

_PROPERTY_KINDS = {"owl:ObjectProperty", "owl:DatatypeProperty", "Predicate"}
_CLASSES = ("class", "English", "中文", "below", "members", "example", "what it is")
_PROPERTIES = ("property", "English", "中文", "from", "to", "triples", "example subject", "what it says")
_CONCEPTS = ("list", "value", "English", "中文", "meaning")


def dictionary_markdown(graph: Graph) -> str:
    """Return the dictionary as Markdown, in a fixed order.

    >>> import kg
    >>> dictionary_markdown(kg.open_graph()).splitlines()[0]
    '# Data dictionary'
    """
    rows = internal_rows(graph.store, "term-uses").values()
    uses = {row["term"]: (row["count"], f"`{iris.short(row['example'])}`") for row in rows}
    classes, properties, concepts = [], [], []
    for term in graph.vocabulary.terms.values():
        if not (term.label and term.label_zh and term.definition):
            continue
        called = f"`{term.id}`", term.label, term.label_zh
        used = *uses.get(term.iri, ("0", "")), term.definition
        if "owl:Class" in term.kinds:
            classes.append((*called, next((p for p in term.parents if ":" not in p), ""), *used))
        if _PROPERTY_KINDS.intersection(term.kinds):
            properties.append((*called, "".join(term.domains[:1]), "".join(term.ranges[:1]), *used))
        if term.scheme:
            concepts.append((f"`{term.scheme}`", f"`{term.notation}`", *called[1:], term.definition))
    return (
        "# Data dictionary\n\nMade by `kg export dictionary` from the ontology and the graph. "
        f"Namespace: `{iris.NS}` (prefix `kg:`).\n\n## Classes\n\n{markdown_table(_CLASSES, classes)}"
        f"\n## Properties\n\n{markdown_table(_PROPERTIES, properties)}"
        f"\n## Closed lists\n\n{markdown_table(_CONCEPTS, sorted(concepts))}"
    )
