"""An answer: rows of RDF terms, shown as a table or written as CSV, TSV, JSON or Markdown."""

from __future__ import annotations

import html
import json
import math
import re
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, overload

import pyoxigraph as ox

from kg import iris
from kg.query.statements import Evidence
from kg.read import files, periods
from kg.store.oxigraph import Term

if TYPE_CHECKING:
    import pandas as pd

Value = str | int | float | bool | date | None
#: What evidence adds to a row: source, paragraph from 1, quote, and the page opened at the quote.
EVIDENCE = ("source", "paragraph", "quote", "link")
#: Columns that name the statements or targets behind a row, or counts of them, with spaces between.
STATED = ("statement", "statements", "target", "targets", "counts")
#: Columns that list entities, ids with spaces between, which people read as labels.
LISTS = ("regions", "topics", "which", "wider")
FORMATS = ("table", "csv", "tsv", "json", "md")
_XSD = iris.STANDARD["xsd"]
_INTEGERS = ("integer", "nonNegativeInteger", "int", "long")
_DECIMAL = r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})"
#: What a literal of a datatype looks like; foreign graphs hold others ("abc"^^xsd:integer).
_LEXICAL = {
    **dict.fromkeys(_INTEGERS, r"[+-]?[0-9]{1,400}"),
    "decimal": _DECIMAL,
    **dict.fromkeys(("double", "float"), rf"{_DECIMAL}(?:[eE][+-]?[0-9]{{1,9}})?"),
    "boolean": "true|false|1|0",
}
_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_HTML_ROWS, _TEXT_ROWS = 50, 10  # rows that a notebook and a prompt show
_HTML_LINKS = 3  # evidence that a cell of a notebook links to
_TEXT_WIDTH = 28  # characters of a cell at a prompt


@dataclass(frozen=True)
class Answer(Sequence[dict[str, "Value"]]):
    """Rows of a query: a sequence of dicts that keeps the RDF terms and knows labels and evidence.

    ``columns`` are in the query's order and ``terms`` holds a tuple of RDF terms a row, None where unbound.
    ``labels`` names entities and terms for people. Iterating and indexing give dicts of Python values: ids
    (``place/jinan``) for entities, numbers, dates and booleans for literals; a slice is an Answer again.

    >>> import kg
    >>> answer = kg.open_graph().ask("promoters", topic="silicon carbide")
    >>> answer[0]["region"], len(answer[:2])
    ('place/shandong', 2)
    """

    columns: tuple[str, ...]
    terms: tuple[tuple[Term | None, ...], ...]
    labels: Mapping[str, str]
    find_evidence: Callable[[Collection[str]], Mapping[str, Sequence[Evidence]]] | None = field(
        default=None, repr=False, compare=False
    )

    def __len__(self) -> int:
        return len(self.terms)

    @overload
    def __getitem__(self, at: int) -> dict[str, Value]: ...

    @overload
    def __getitem__(self, at: slice) -> Answer: ...

    def __getitem__(self, at: int | slice) -> dict[str, Value] | Answer:
        if isinstance(at, slice):
            return replace(self, terms=self.terms[at])
        return dict(zip(self.columns, map(value, self.terms[at]), strict=True))

    def __repr__(self) -> str:
        head = f"<Answer: {_count(self)}: {', '.join(self.columns)}>"
        lines = [list(self.columns), *self[:_TEXT_ROWS].shown()] if self.columns and len(self) else []
        short = [[c if len(c) <= _TEXT_WIDTH else f"{c[: _TEXT_WIDTH - 1]}…" for c in line] for line in lines]
        widths = [max(map(len, column)) for column in zip(*short, strict=True)]
        rows = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in short)
        more = [f"… {len(self) - _TEXT_ROWS:,} more"] if len(self) > _TEXT_ROWS else []
        return "\n".join([head, *rows, *more])

    def _repr_html_(self) -> str:
        """Return the first rows as an HTML table for notebooks; all text is escaped."""
        some = self[:_HTML_ROWS]
        wanted = {one for name in self.columns if name in STATED for one in some.ids(name)}
        evidence = self.find_evidence(wanted) if self.find_evidence and wanted else {}
        columns = [name for name in self.columns if name != "link" or "quote" not in self.columns]
        rows = [[self._html_cell(name, row, evidence) for name in columns] for row in some.terms]
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
        note = f"{_count(self)}{f' (the first {_HTML_ROWS} are shown)' if len(self) > _HTML_ROWS else ''}"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{note}</p>"

    def to_pandas(self, *, ids: bool = True, labels: bool = True) -> pd.DataFrame:
        """Return the rows as a DataFrame whose columns have the types of ``kg.query.dataframe``.

        A column of ids is followed by one of ``labels``; without ``ids`` labels take the place of ids, and
        columns of statements go. Raises MissingExtra if pandas is not installed.

        >>> import kg
        >>> answer = kg.open_graph().ask("targets", indicator="output value")
        >>> answer.to_pandas()[["region_label", "value", "due"]].dtypes.astype(str).tolist()
        ['string', 'Int64', 'datetime64[s]']
        """
        from kg.query import dataframe  # late: pandas takes half a second to import

        columns: dict[str, Sequence[Value]] = {}
        answer = self if ids else self.without(STATED)
        for at, name in enumerate(answer.columns):
            values = [value(row[at]) for row in answer.terms]
            shown = [self.label(one) if isinstance(one, str) else None for one in values]
            named = any(shown) and shown != values
            columns[name] = (
                [s or v for s, v in zip(shown, values, strict=True)] if named and not ids else values
            )
            if named and ids and labels:
                columns[f"{name}_label"] = shown
        return dataframe.typed_frame(columns)

    def shown(self) -> list[list[str]]:
        """Return rows as people read them: labels in place of ids, numbers with thousands separated."""
        return [[self._show(item) for item in row] for row in self.terms]

    def labelled(self) -> list[dict[str, Value]]:
        """Return rows as dicts in which a column of entities (``region``) is followed by ``region_label``."""
        rows = list(self)
        named = {
            column
            for row in rows
            for column, cell in row.items()
            if isinstance(cell, str) and self.labels.get(cell, cell) != cell
        }
        return [
            {
                name: self.labels.get(str(cell)) if name != column else cell
                for column, cell in row.items()
                for name in ([column, f"{column}_label"] if column in named else [column])
            }
            for row in rows
        ]

    def label(self, identifier: str) -> str | None:
        """Return what people call an entity or term; a source by the short name of its tables."""
        if identifier.startswith("source/"):
            return identifier.removeprefix("source/")  # a title would fill the table
        return self.labels.get(identifier)

    def ids(self, column: str) -> list[str]:
        """Return the ids in a column, in order, if it is there; a list of ids counts as several."""
        at = [at for at, name in enumerate(self.columns) if name == column]
        return [one for row in self.terms for cell in at for one in _ids(row[cell])]

    def without(self, names: Collection[str]) -> Answer:
        """Return the answer less some columns, each row once."""
        keep = [at for at, column in enumerate(self.columns) if column not in names]
        rows = dict.fromkeys(tuple(row[at] for at in keep) for row in self.terms)
        return replace(self, columns=tuple(self.columns[at] for at in keep), terms=tuple(rows))

    def mapped(self, column: str, name: str, change: Callable[[list[str]], str]) -> Answer:
        """Return the answer with a column, if it is there, renamed and the ids in its cells made texts."""
        at = [one == column for one in self.columns]
        rows = (
            tuple(
                ox.Literal(change(_ids(t))) if here and _ids(t) else t
                for here, t in zip(at, row, strict=True)
            )
            for row in self.terms
        )
        columns = tuple(name if here else one for here, one in zip(at, self.columns, strict=True))
        return replace(self, columns=columns, terms=tuple(rows)) if any(at) else self

    def expand(self, column: str, evidence: Mapping[str, Evidence]) -> Answer:
        """Return a row for each statement named in ``column``, which gives way to its evidence."""
        at = self.columns.index(column)
        rows = []
        for row in self.terms:
            for one in _ids(row[at]) or [""]:
                cells = [getattr(evidence[one], name) if one in evidence else "" for name in EVIDENCE]
                rows.append((*row[:at], *row[at + 1 :], *map(ox.Literal, cells)))
        columns = (*self.columns[:at], *self.columns[at + 1 :], *EVIDENCE)
        return replace(self, columns=columns, terms=tuple(rows))

    def _show(self, item: Term | None) -> str:
        found = value(item)
        if isinstance(item, ox.NamedNode):
            return self.label(str(found)) or str(found)
        if isinstance(found, bool):
            return "yes" if found else "no"
        if isinstance(found, int | float):
            return f"{found:,.10g}" if isinstance(found, float) and abs(found) < 10**9 else f"{found:,}"
        return "" if found is None else str(found)

    def _html_cell(
        self, name: str, row: tuple[Term | None, ...], evidence: Mapping[str, Sequence[Evidence]]
    ) -> str:
        """Return a cell as HTML: evidence as links, a cited quote as one, an entity with its id as title."""
        item = row[self.columns.index(name)]
        shown = self._show(item)
        found = [each for one in _ids(item) for each in evidence.get(one, ())] if name in STATED else []
        if found:
            names = [f"{each.source.partition('/')[2]} ¶{each.paragraph}" for each in found[:_HTML_LINKS]]
            links = ", ".join(_link(e.link, n, e.quote) for e, n in zip(found, names, strict=False))
            return links + (f" +{len(found) - _HTML_LINKS}" if len(found) > _HTML_LINKS else "")
        if name == "quote" and "link" in self.columns:
            return _link(self._show(row[self.columns.index("link")]), shown, "")
        if isinstance(item, ox.NamedNode):
            return f'<span title="{html.escape(iris.short(item.value))}">{html.escape(shown)}</span>'
        return html.escape(shown)


def value(item: Term | None) -> Value:
    """Return a term as a Python value: an id, a number, a date, a boolean, a text, or None.

    A literal that is not of its datatype, or that Python's type cannot hold (years before 1, NaN, INF), is
    returned as it is written.
    """
    if item is None:
        return None
    if isinstance(item, ox.NamedNode):
        return iris.short(item.value)
    if not isinstance(item, ox.Literal):
        return str(item)
    kind = item.datatype.value.removeprefix(_XSD)
    if kind == "date":
        day, zone = item.value[:10], item.value[10:]
        return date.fromisoformat(day) if periods.is_day(day) and _ZONE.fullmatch(zone) else item.value
    if kind not in _LEXICAL or not re.fullmatch(_LEXICAL[kind], item.value):
        return item.value
    return item.value in ("true", "1") if kind == "boolean" else _number(kind, item.value)


def _number(kind: str, text: str) -> int | float | str:
    """Return a number; the text where a float would be infinite or another amount."""
    exact = Decimal(text)
    if kind in _INTEGERS or (kind == "decimal" and exact == exact.to_integral_value()):
        return int(exact)
    found = float(text)
    same = math.isfinite(found) and (kind != "decimal" or exact.adjusted() < sys.float_info.dig)
    return found if same else text


def _ids(item: Term | None) -> list[str]:
    """Return the ids in a cell, which lists them with spaces between."""
    cell = value(item)
    return [iris.short(part) for part in cell.split()] if isinstance(cell, str) else []


def _count(answer: Answer) -> str:
    return f"{len(answer):,} {'row' if len(answer) == 1 else 'rows'}"


def _link(address: str, text: str, title: str) -> str:
    """Return a link in HTML; only the text where the address is not one of the web."""
    if not address.startswith(("https://", "http://")):
        return html.escape(text)
    return f'<a href="{html.escape(address)}" title="{html.escape(title)}">{html.escape(text)}</a>'


def as_csv(answer: Answer, *, delimiter: str = ",", bom: bool = False) -> str:
    """Return comma- or tab-separated values, labels beside ids; no text is read as a formula.

    ``bom`` is for Excel: it shows Chinese, and words such as 3-4 do not turn into dates or numbers.
    """
    rows = answer.labelled()
    lines: list[list[Value]] = [list(rows[0] if rows else answer.columns)]
    lines += ([("no", "yes")[v] if isinstance(v, bool) else v for v in row.values()] for row in rows)
    return ("\ufeff" if bom else "") + "".join(files.spreadsheet(lines, delimiter=delimiter, excel=bom))


def as_json(answer: Answer) -> str:
    """Return a JSON list of objects, labels beside ids."""
    return json.dumps(answer.labelled(), ensure_ascii=False, indent=1, default=str) + "\n"  # str: dates


def as_markdown(answer: Answer) -> str:
    """Return a Markdown table as GitHub renders it."""
    return markdown_table(answer.columns, answer.shown())


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a cell's line breaks become spaces."""
    lines = [header, ["---"] * len(header), *rows]
    escaped = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)
