"""The query page: questions as forms, each with a permanent address, and an editor for SPARQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from kg import iris
from kg.compile import reference
from kg.query import result as answers
from kg.query.graph import Graph
from kg.query.result import RECORDS, Answer
from kg.read import queries
from kg.read.queries import Question
from kg.server import markup, media
from kg.server.markup import link, text
from kg.server.sink import Refused
from kg.server.source import Source

_FIRST = """SELECT ?region ?name {
  ?region a kg:Region ; skos:prefLabel ?name .
  FILTER (lang(?name) = "en")
} ORDER BY ?name
"""
_WRITERS = {"csv": answers.as_csv, "json": answers.as_json}
_TYPES = {"csv": "text/csv", "json": "application/json"}
_MOST_SHOWN = 2000
Response = tuple[int, dict[str, Any], bytes]


def answer(opened: Source, task: Mapping[str, Any]) -> Response:
    """The index, the query page, or a question with its answer."""
    given = [(str(name), str(value)) for name, value in task["given"]]
    if task["what"] == "index":
        return _html(_index(opened))
    if task["what"] == "query":
        query = next((value for name, value in given if name == "query"), _FIRST)
        return _html(_query_page(query))
    name = str(task["path"]).removeprefix("/question/")
    name, _, form = name.partition(".")
    if form and form not in _WRITERS:
        raise Refused(404, "an answer can be had as .csv and .json")
    asked = queries.find(name)
    filled = {key: value for key, value in given if value.strip()}
    return _question(opened.graph, asked, filled, form or _by_accept(str(task.get("accept", ""))))


def _by_accept(accept: str) -> str:
    chosen = media.choose(accept, ["text/html", *_TYPES.values()])
    return next((name for name, kind in _TYPES.items() if kind == chosen), "")


def _question(graph: Graph, asked: Question, given: Mapping[str, str], form: str) -> Response:
    needed = [parameter for parameter in asked.parameters if parameter.needed and parameter.name not in given]
    found: Answer | None = None
    trouble = ""
    if not needed:
        try:
            found = graph.uncounted(graph.ask(asked.name, **given))
        except Exception as error:
            if form:
                raise
            trouble = str(error)
    if form:
        if found is None:
            raise Refused(400, f"{asked.name} needs {', '.join(parameter.name for parameter in needed)}")
        head = {
            "type": media.header(_TYPES[form]),
            "Content-Disposition": f'attachment; filename="{asked.name}.{form}"',
        }
        return 200, head, _WRITERS[form](found).encode()
    bound = asked.sparql if found is None else asked.bind(graph.terms(asked, given))
    status = 400 if trouble else 200
    return _html(_question_page(asked, given, found, trouble, bound), status)


def _question_page(
    asked: Question, given: Mapping[str, str], found: Answer | None, trouble: str, bound: str
) -> bytes:
    encoded = urlencode(given)
    downloads = " ".join(
        f'<a href="/question/{asked.name}.{form}{"?" + text(encoded) if encoded else ""}">{form.upper()}</a>'
        for form in _WRITERS
    )
    editor = text(f"/query?{urlencode({'query': reference.standing_alone(bound)})}")
    result = f"<p class='trouble'>{text(trouble)}</p>" if trouble else ""
    if found is not None:
        shown = f", the first {_MOST_SHOWN:,} shown" if len(found) > _MOST_SHOWN else ""
        result += (
            f"<p class='forms'>{len(found):,} rows{shown}. Download {downloads} · "
            f'<a href="{editor}">open in the editor</a></p><div id="result" data-name="{asked.name}"></div>'
            + _rows(found)
        )
    return markup.page(
        asked.title,
        f"<h1>{text(asked.title)}</h1><p>{text(asked.prose)}</p>",
        _form(asked, given),
        result,
        f"<details><summary>SPARQL</summary><pre>{text(bound)}</pre></details>",
        script=True,
    )


def _rows(found: Answer) -> str:
    rows = []
    for terms, shown in zip(found.terms[:_MOST_SHOWN], found.shown()[:_MOST_SHOWN], strict=True):
        rows.append(
            [
                _cell(item, cell, column)
                for item, cell, column in zip(terms, shown, found.columns, strict=True)
            ]
        )
    return markup.table([column.replace("_", " ") for column in found.columns], rows)


def _cell(item: Any, shown: str, column: str) -> str:
    if isinstance(item, ox.NamedNode):
        return link(item.value, shown if column not in RECORDS else "record")
    if column in RECORDS and isinstance(item, ox.Literal):
        return " ".join(link(part, str(at)) for at, part in enumerate(item.value.split(), 1))
    return text(shown)


def _form(asked: Question, given: Mapping[str, str]) -> str:
    if not asked.parameters:
        return ""
    fields = "".join(
        f"<label>{text(parameter.name)}{' (needed)' if parameter.needed else ''}"
        f'<input name="{text(parameter.name)}" value="{text(given.get(parameter.name, ""))}" '
        f'data-type="{text(parameter.type)}" list="names-{text(parameter.name)}" autocomplete="off">'
        f'<datalist id="names-{text(parameter.name)}"></datalist>'
        f"<small>{text(parameter.text)}</small></label>"
        for parameter in asked.parameters
    )
    return f'<form action="/question/{text(asked.name)}" method="get">{fields}<button>Ask</button></form>'


def _query_page(query: str) -> bytes:
    listed = "".join(
        f'<li><a href="/question/{text(asked.name)}">{text(asked.title)}</a> '
        f"<small>{text(', '.join(p.name for p in asked.parameters))}</small></li>"
        for asked in queries.catalogue().values()
    )
    return markup.page(
        "Questions",
        f"<h1>Questions</h1><ul class='questions'>{listed}</ul>",
        "<h2>SPARQL</h2><p>The usual prefixes need no declaration. Ctrl-Space completes terms and names, "
        "Ctrl-Enter runs. The address of this page keeps the query.</p>"
        '<form id="editor" action="/sparql" method="get"><div class="edit">'
        f'<textarea name="query" rows="14" spellcheck="false" aria-label="SPARQL">{text(query)}</textarea>'
        '<ul id="completions" hidden></ul></div>'
        '<button>Run</button> <select name="format" aria-label="format without scripts"><option>json</option>'
        "<option>csv</option></select></form>"
        '<div id="result"></div>',
        script=True,
    )


def _index(opened: Source) -> bytes:
    parts: Sequence[tuple[str, str]] = (
        ("/query", "Questions, and an editor for SPARQL"),
        ("/sparql", "The SPARQL endpoint: a query as ?query=..., or its description"),
        ("/reconcile", "The reconciliation service, for OpenRefine"),
        ("/ns", "The terms of the graph"),
        ("/.well-known/void", "What the data are (VoID, DCAT)"),
    )
    listed = "".join(f'<li><a href="{where}">{where}</a> {text(what)}</li>' for where, what in parts)
    some = sorted(opened.graph.names.entities)[:12]
    things = " ".join(link(iris.iri(one), opened.graph.labels.get(one, one)) for one in some)
    return markup.page(
        "Regiograph",
        f"<h1>Regiograph</h1><p>{len(opened.graph.names.entities):,} entities. kg page writes the explorer, "
        f"which then stands here.</p><ul>{listed}</ul><p>{things}</p>",
    )


def _html(body: bytes, status: int = 200) -> Response:
    return status, {"type": "text/html; charset=utf-8"}, body
