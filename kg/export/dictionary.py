"""The data dictionary: every class and property, in both languages, with counts and an example each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg import iris
from kg.query.graph import Graph
from kg.query.vocabulary import Term
from kg.read import queries
from kg.store import oxigraph

_PROPERTY_KINDS = {"owl:ObjectProperty", "owl:DatatypeProperty", "Predicate"}


def dictionary_markdown(graph: Graph) -> str:
    """Return the dictionary as Markdown, in a fixed order.

    >>> import kg
    >>> dictionary_markdown(kg.open_graph()).splitlines()[0]
    '# Data dictionary'
    """
    rows = oxigraph.select(graph.store, queries.internal("term-uses").bind({})).values()
    uses = {row["term"]: (row["count"], _code(row["example"])) for row in rows}
    terms = graph.vocabulary.terms.values()
    described = [term for term in terms if term.label and term.label_zh and term.definition]
    classes = [term for term in described if "owl:Class" in term.kinds]
    properties = [term for term in described if _PROPERTY_KINDS.intersection(term.kinds)]
    concepts = sorted((t for t in described if t.scheme), key=lambda t: (t.scheme, t.notation))
    return "\n".join(
        (
            "# Data dictionary\n\nMade by `kg export dictionary` from the ontology and the graph. "
            f"Namespace: `{iris.NS}` (prefix `kg:`).\n",
            "## Classes\n",
            _table(
                ("class", "English", "中文", "below", "members", "example", "what it is"),
                (_class(term, uses) for term in classes),
            ),
            "## Properties\n",
            _table(
                ("property", "English", "中文", "from", "to", "triples", "example subject", "what it says"),
                (_property(term, uses) for term in properties),
            ),
            "## Closed lists\n",
            _table(
                ("list", "value", "English", "中文", "meaning"),
                ((f"`{t.scheme}`", f"`{t.notation}`", t.label, t.label_zh, t.definition) for t in concepts),
            ),
        )
    )


_Uses = Mapping[str, tuple[str, str]]


def _class(term: Term, uses: _Uses) -> Sequence[str]:
    count, example = uses.get(term.iri, ("0", ""))
    below = next((parent for parent in term.parents if ":" not in parent), "")
    return f"`{term.id}`", term.label, term.label_zh, below, count, example, term.definition


def _property(term: Term, uses: _Uses) -> Sequence[str]:
    count, example = uses.get(term.iri, ("0", ""))
    ends = "".join(term.domains[:1]), "".join(term.ranges[:1])
    return f"`{term.id}`", term.label, term.label_zh, *ends, count, example, term.definition


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def _code(address: str) -> str:
    return f"`{iris.short(address)}`" if address else ""
