"""What to say below an answer without rows: why it has none, and which command comes next."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from kg.query.graph import Graph
from kg.query.parameters import entity_segments
from kg.read.queries import Question

_MOST_PLACES = 6  # paragraphs that a reason names

Given = Mapping[str, Sequence[str]]


def reasons(graph: Graph, asked: Question, given: Given) -> Iterator[str]:
    """Yield why a question has no rows with the values given, and what to ask instead, with the same values.

    Each value is left out in turn, so that a reader sees which of them no row has; then it says of each thing
    named where the documents name it and what is stated of it.
    """
    needed = {parameter.name for parameter in asked.parameters if parameter.needed}
    loosened = False
    for name in given if len(given) > 1 else ():
        rest = {key: value for key, value in given.items() if key != name}
        if needed <= set(rest) and (count := len(graph.ask(asked.name, **rest))):
            values = " ".join(map(shlex.quote, given[name]))
            without = f"without it {_rows(count)}: {_command(asked, rest)}"
            yield f"no row has --{name} {values} with the rest; {without}"
            loosened = True
    if not loosened:
        named = _values(given) or "anything"
        yield f"no document says it of {named}; what else may be asked: kg ask {asked.name} --help"
    for parameter in asked.parameters:
        for value in given.get(parameter.name, ()):
            if segments := entity_segments(parameter):
                yield from _of_entity(graph, value, graph.resolve(value, segments=segments))
            elif parameter.type == "text":
                yield f"words of the documents: kg search {shlex.quote(value)}"
    if len(given.get("topic", ())) == 1 and len(given.get("region", ())) == 1 and asked.name != "coverage":
        both = f"{shlex.quote(given['topic'][0])} {shlex.quote(given['region'][0])}"
        yield f"whether the region's text names it in any way: kg ask coverage {both}"


def search_reasons(graph: Graph, words: str, given: Given) -> Iterator[str]:
    """Yield why no paragraph holds these words, near names, and what to ask instead."""
    asked = shlex.quote(words)
    if any(given.values()) and (count := len(graph.search(words))):
        yield f"elsewhere {count} paragraph{'s hold' if count > 1 else ' holds'} the words: kg search {asked}"
    hits = graph.names.search(words, limit=5, least=60)
    for hit in hits:
        label = graph.labels.get(hit.entity, hit.name)
        yield f"near: {label} ({hit.entity}): kg show {shlex.quote(hit.entity)}"
    yield f"{'more near names' if hits else 'no name is near; names with any of the words'}: kg find {asked}"


def _of_entity(graph: Graph, value: str, entity: str) -> Iterator[str]:
    label, shown = graph.labels.get(entity, value), f"kg show {shlex.quote(value)}"
    statements, targets = graph.statements(entity=entity), graph.targets(entity=entity)
    if count := len(statements) + len(targets):
        only = ", all withheld" if not targets and all(one.withheld for one in statements) else ""
        yield f"{label}: {count:,} statements and targets name it{only}: {shown}"
        return
    places = list(
        dict.fromkeys((m.source.partition("/")[2], m.paragraph) for m in graph.mentions(entity=entity))
    )
    if places:
        some = ", ".join(f"{source} ¶{number}" for source, number in places[:_MOST_PLACES])
        yield f"{label}: nothing is stated of it; it is named in {some}: {shown}"
    else:
        yield f"{label}: no document states or names it: {shown}"


def _command(asked: Question, given: Given) -> str:
    return " ".join(["kg ask", asked.name, _values(given)]).rstrip()


def _values(given: Given) -> str:
    return " ".join(f"--{name} {shlex.quote(value)}" for name, some in given.items() for value in some)


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"
