"""Sphinx extension: replaces ``<!-- generated: NAME -->`` in a page by Markdown made from the code."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from pydantic.fields import FieldInfo
from sphinx.application import Sphinx

import kg
from kg import errors
from kg.read import models, queries, reports, seeds

PACKAGE = Path(kg.__file__).parent
_MARK = re.compile(r"<!-- generated: (?P<name>[a-z-]+) -->")
#: What each folder of the package does, in the order of the data flow.
FOLDERS = MappingProxyType(
    {
        "": "what all folders use",
        "read": "tables, numbers, periods and query files in; typed values out",
        "check": "rows in, problems out",
        "draft": "a text in, proposed rows out; accepted rows into the tables",
        "annotation": "a text with its rows, proposals and gaps as one HTML page for its reader",
        "compile": "rows in, sorted N-Quads out",
        "store": "N-Quads in, a graph that can be opened out; its names, other engines",
        "query": "questions in, rows out",
        "page": "the graph as one interactive HTML page",
        "export": "the graph in other formats, differences, releases",
        "assistant": "calls of tools in; answers with evidence and cautions out, for language models",
        "server": "SPARQL, linked data, reconciliation and assistants over HTTP",
        "cli": "the command `kg`",
    }
)


def questions() -> str:
    """Every named question with its parameters, from the headers of the query files."""
    return "\n".join(line for asked in queries.catalogue().values() for line in _question(asked))


def tables() -> str:
    """Every curated table with its columns, from the pydantic models of its rows."""
    others = {f"{reports.FOLDER}/{name}": model for name, model in reports.TABLES.items()}
    found = {**seeds.COMMON_TABLES, **seeds.SOURCE_TABLES, **others}
    return "\n".join(line for name, model in found.items() for line in _table(name, model))


def error_tree() -> str:
    """Every error that the package raises for a user's mistake."""
    kinds = [k for _, k in inspect.getmembers(errors, inspect.isclass) if issubclass(k, errors.KgError)]
    kinds.sort(key=lambda kind: (len(kind.__mro__), kind.__name__))
    rows = [
        (f"`{kind.__name__}`", f"`{kind.__bases__[0].__name__}`", _sentence(kind.__doc__)) for kind in kinds
    ]
    return _markdown(("error", "is a", "when"), rows)


def modules() -> str:
    """Every module of the package with the first sentence of its docstring, by folder."""
    lines = []
    for folder, text in FOLDERS.items():
        rows = [(f"`{path.relative_to(PACKAGE)}`", _sentence(_docstring(path))) for path in _modules(folder)]
        lines += [f"## `kg/{folder}`" if folder else "## `kg/`", "", f"{text[0].upper()}{text[1:]}.", ""]
        lines += [_markdown(("module", "what it does"), rows), ""]
    return "\n".join(lines)


def public_names() -> str:
    """Documentation of all that ``import kg`` gives, for autodoc."""
    lines = ["```{eval-rst}", ".. currentmodule:: kg", ""]
    for name in kg.__all__:
        value = getattr(kg, name)
        if inspect.isclass(value):
            kind = "exception" if issubclass(value, Exception) else "class"
        elif callable(value):
            kind = "function"
        else:
            continue
        lines += [f".. auto{kind}:: {name}", *([] if kind == "function" else ["   :members:"]), ""]
    return "\n".join([*lines, "```"])


GENERATORS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "errors": error_tree,
        "modules": modules,
        "public-names": public_names,
        "questions": questions,
        "tables": tables,
    }
)


def fill(text: str) -> str:
    """Return a page with each mark replaced by what it names."""
    return _MARK.sub(lambda mark: GENERATORS[mark["name"]](), text)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""

    def on_source_read(_app: Sphinx, _page: str, content: list[str]) -> None:
        content[0] = fill(content[0])

    app.connect("source-read", on_source_read)
    return {"parallel_read_safe": True}


def _question(asked: queries.Question) -> Iterator[str]:
    yield from (f"## {asked.name}", "", f"**{asked.title}.** {asked.prose}", "")
    rows = [
        (f"`--{p.name}`", p.type.replace("|", " or "), p.text + (" (needed)" if p.needed else ""))
        for p in asked.parameters
    ]
    yield from (_markdown(("parameter", "takes", "which is"), rows), "") if rows else ()
    yield from ("```console", f"$ kg ask {asked.name} {asked.example}", "```", "")


def _table(name: str, model: type[models.Row]) -> Iterator[str]:
    yield from (f"## {name}", "")
    if model.__doc__ and model.__doc__ != models.Row.__doc__:
        yield from (_escape(" ".join(model.__doc__.split())), "")
    columns = [(f.alias or n, f) for n, f in model.model_fields.items() if n not in model.place_keys]
    yield from (_markdown(("column", "holds"), [(f"`{c}`", _description(f)) for c, f in columns]), "")


def _description(field: FieldInfo) -> str:
    return f"{field.description} ({models.form(field)})"


def _modules(folder: str) -> list[Path]:
    inside = PACKAGE / folder
    return sorted(inside.glob("*.py")) if not folder else sorted(inside.rglob("*.py"))


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _sentence(text: str | None) -> str:
    """The first sentence of a docstring."""
    joined = " ".join((text or "").split("\n\n")[0].split())
    return re.split(r"(?<=[.:;]) (?=[A-Z])", joined)[0]


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines: list[Sequence[str]] = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(map(_escape, line))} |" for line in lines)


def _escape(cell: str) -> str:
    return cell.replace("``", "`").replace("|", "\\|").replace("<", "&lt;") if "`" not in cell[:1] else cell
