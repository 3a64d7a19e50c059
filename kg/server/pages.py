"""HTML pages: the templates, and the index, the query page, and questions with their answers."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.exceptions import HTTPException

from kg import iris
from kg.compile import reference
from kg.errors import KgError
from kg.query import result
from kg.query.graph import Graph
from kg.query.parameters import entity_segments
from kg.query.result import STATED, Answer
from kg.read import queries
from kg.read.queries import Parameter, Question
from kg.server.negotiation import choose, content_type

#: Status, headers, body.
Response = tuple[int, dict[str, str], bytes]
_WRITERS = {"csv": result.as_csv, "json": result.as_json}
_TYPES = {"csv": "text/csv", "json": "application/json"}
_MOST_SHOWN = 2000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
#: Parameters that others add to an address: of campaigns, and of our own page's views.
_FOREIGN = ("view", "fbclid", "gclid", "msclkid", "mc_cid", "mc_eid", "ref")


def address_here(address: str) -> str:
    """Return where this server answers for one of our IRIs, or an address that a browser may open, or ""."""
    if address.startswith(iris.NS):
        return f"/ns#{quote(address.removeprefix(iris.NS), safe='')}"
    if address.startswith(iris.BASE):
        return "/" + quote(address.removeprefix(iris.BASE), safe="/#")
    return address if address.startswith(("http://", "https://")) else ""


_ENVIRONMENT = Environment(
    loader=PackageLoader("kg.server"), autoescape=select_autoescape(), undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
_ENVIRONMENT.globals.update(iri=iris.iri, short=iris.short, address_here=address_here)


def render(template: str, **context: Any) -> bytes:
    """Render a template of the folder ``templates``; everything that comes from data is escaped."""
    return _ENVIRONMENT.get_template(template).render(context).encode()


def respond_with(
    media: str, body: bytes, headers: Mapping[str, str] = {}, *, status: int = 200, framed: bool = False
) -> Response:
    """Return a response; pages say what they may load, and those ``framed`` may stand in others' frames."""
    policy = _POLICY + ("*" if framed else "'self'")
    more = {"Content-Security-Policy": policy} if media == "text/html" else {}
    return status, {"Content-Type": content_type(media), **more, **headers}, body


def respond(graph: Graph, task: Mapping[str, Any]) -> Response:
    """Answer with the index, the query page, or a question with its answer."""
    path, parameters = str(task["path"]), task["parameters"]
    if path == "/query":
        query = dict(parameters).get("query", queries.internal("regions").sparql)
        page = render("query.html", questions=queries.catalogue().values(), query=query)
        return respond_with("text/html", page)
    if not path.startswith("/question/"):
        some = sorted(graph.names.entities)[:12]
        page = render("index.html", count=len(graph.names.entities), some=some, labels=graph.labels)
        return respond_with("text/html", page)
    name, _, form = path.removeprefix("/question/").partition(".")
    if form and form not in _WRITERS:
        raise HTTPException(404, "an answer can be had as .csv and .json")
    question = queries.find(name)
    given = _own_parameters(question, parameters)
    if not form:
        chosen = choose(str(task["accept"]), ["text/html", *_TYPES.values()])
        form = next((name for name, kind in _TYPES.items() if kind == chosen), "")
    if not form:
        return _page(graph, question, given)
    body = _WRITERS[form](graph.uncounted(graph.ask(question.name, **given))).encode()
    disposition = f'attachment; filename="{question.name}.{form}"'
    return respond_with(_TYPES[form], body, {"Content-Disposition": disposition})


def _own_parameters(question: Question, parameters: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the parameters of a question with their values, blank and foreign ones left out.

    Raises HTTPException for one that it does not have: a misspelt one would be answered as if left out.
    """
    own: dict[str, list[str]] = {parameter.name: [] for parameter in question.parameters}
    for name, value in parameters:
        if name in own:
            own[name] += [value] * bool(value.strip())
        elif name not in _FOREIGN and not name.startswith("utm_"):
            near = get_close_matches(name, own, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            has = ", ".join(own) or "none"
            raise HTTPException(400, f"{question.name} has no parameter {name[:80]!r}; it has {has}{hint}")
    return {name: values for name, values in own.items() if values}


def answer(graph: Graph, question: Question, given: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return an answer as templates show it: rows of cells, columns, the lines that sum it up."""
    found = graph.uncounted(graph.ask(question.name, **given))
    summary = graph.summary(question.name, **given)
    return {
        "number": len(found), "columns": found.columns, "rows": _rows(found), "summary": summary,
        "most": _MOST_SHOWN, "address": f"/question/{question.name}", "query": urlencode(given, doseq=True),
    }  # fmt: skip


def _page(graph: Graph, question: Question, given: Mapping[str, list[str]]) -> Response:
    """Answer a question as a page, with a form; what is wrong with the values is said in it."""
    found, trouble, bound = None, "", question.sparql
    if all(parameter.name in given for parameter in question.parameters if parameter.needed):
        try:
            bound = question.bind(graph.terms(question, given))
            found = answer(graph, question, given)
        except KgError as error:
            trouble = str(error)
    page = render(
        "question.html", question=question, given=given, trouble=trouble, bound=bound, found=found,
        choices={one.name: _choices(graph, one) for one in question.parameters}, forms=_WRITERS,
        editor=urlencode({"query": reference.standing_alone(bound)}),
    )  # fmt: skip
    return respond_with("text/html", page, status=400 if trouble else 200)


def _choices(graph: Graph, parameter: Parameter) -> tuple[str, ...]:
    """Return the words from which a parameter chooses; none where it is free."""
    if parameter.type == "boolean":
        return ("yes", "no")
    if parameter.type in graph.vocabulary.schemes:
        return tuple(graph.vocabulary.schemes[parameter.type])
    words = tuple(parameter.type.split("|"))
    return words if len(words) > 1 and not entity_segments(parameter) else ()


def _rows(found: Answer) -> Iterable[list[list[tuple[str, str]]]]:
    """Yield rows of cells, each a list of (IRI, text); the IRI is empty where there is no link."""
    for terms, shown in zip(found.terms[:_MOST_SHOWN], found.shown()[:_MOST_SHOWN], strict=True):
        yield [_cell(*one) for one in zip(terms, shown, found.columns, strict=True)]


def _cell(term: object, shown: str, column: str) -> list[tuple[str, str]]:
    if isinstance(term, ox.NamedNode):
        return [(term.value, column.rstrip("s") if column in STATED else shown)]
    if column in STATED and isinstance(term, ox.Literal):
        return [(part, str(number)) for number, part in enumerate(term.value.split(), 1)]
    return [("", shown)]
