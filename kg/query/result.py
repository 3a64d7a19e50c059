"""An answer: rows of RDF terms, shown as a table or written as CSV, TSV, JSON or Markdown."""

from __future__ import annotations

import html
import json
import math
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, overload

import pyoxigraph as ox

from kg import iris
from kg.query.statements import Evidence
from kg.read import periods, tables
from kg.store.oxigraph import Term

if TYPE_CHECKING:
    import pandas as pd

Value = str | int | float | bool | date | None
#: What evidence adds to a row: source, paragraph from 1, quote, and the page opened at the quote.
EVIDENCE = ("source", "paragraph", "quote", "link")
#: Columns that name the statements or targets behind a row, or counts of them: one id, or several with
#: spaces between.
RECORDS = ("statement", "statements", "target", "targets", "counts")
#: Columns that list entities, ids with spaces between, which people read as labels.
LISTS = ("regions", "topics")
FORMATS = ("table", "csv", "tsv", "json", "md")
_XSD = iris.STANDARD["xsd"]
_INTEGERS = dict.fromkeys(("integer", "nonNegativeInteger", "int", "long"), r"[+-]?[0-9]{1,400}")
_PLAIN = r"[+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})"
#: What a literal of a datatype looks like; foreign graphs hold others ("abc"^^xsd:integer).
_LEXICAL = {
    **_INTEGERS,
    "decimal": _PLAIN,
    "double": rf"{_PLAIN}(?:[eE][+-]?[0-9]{{1,9}})?",
    "float": rf"{_PLAIN}(?:[eE][+-]?[0-9]{{1,9}})?",
    "boolean": "true|false|1|0",
}
_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_HTML_ROWS, _TEXT_ROWS = 50, 10  # rows that a notebook and a prompt show
_HTML_LINKS = 3  # evidence that a cell of a notebook links to
_TEXT_WIDTH = 28  # characters of a cell at a prompt


@dataclass(frozen=True)
class Answer:
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

    def __iter__(self) -> Iterator[dict[str, Value]]:
        for row in self.terms:
            yield self._values(row)

    @overload
    def __getitem__(self, at: int) -> dict[str, Value]: ...

    @overload
    def __getitem__(self, at: slice) -> Answer: ...

    def __getitem__(self, at: int | slice) -> dict[str, Value] | Answer:
        return replace(self, terms=self.terms[at]) if isinstance(at, slice) else self._values(self.terms[at])

    def __repr__(self) -> str:
        head = f"<Answer: {len(self):,} {'row' if len(self) == 1 else 'rows'}: {', '.join(self.columns)}>"
        lines = [list(self.columns), *self[:_TEXT_ROWS].shown()] if self.columns and len(self) else []
        short = [[c if len(c) <= _TEXT_WIDTH else f"{c[: _TEXT_WIDTH - 1]}…" for c in line] for line in lines]
        widths = [max(map(len, column)) for column in zip(*short, strict=True)]
        rows = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in short)
        more = [f"… {len(self) - _TEXT_ROWS:,} more"] if len(self) > _TEXT_ROWS else []
        return "\n".join([head, *rows, *more])

    def _repr_html_(self) -> str:
        """Return the first rows as an HTML table for notebooks; all text is escaped."""
        some = self[:_HTML_ROWS]
        columns = [name for name in self.columns if name != "link" or "quote" not in self.columns]
        wanted = {one for name in self.columns if name in RECORDS for one in some.ids(name)}
        evidence = self.find_evidence(wanted) if self.find_evidence and wanted else {}
        body = "".join(
            "<tr>" + "".join(f"<td>{self._html_cell(name, row, evidence)}</td>" for name in columns) + "</tr>"
            for row in some.terms
        )
        head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
        more = f" (the first {_HTML_ROWS} are shown)" if len(self) > _HTML_ROWS else ""
        rows = f"{len(self):,} {'row' if len(self) == 1 else 'rows'}{more}"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{rows}</p>"

    def to_pandas(self, *, ids: bool = True, labels: bool = True) -> pd.DataFrame:
        """Return the rows as a DataFrame with typed columns; see ``kg.query.dataframe.answer_frame``.

        Args:
            ids: Keep ids; without them labels take their place and columns of statements go.
            labels: Follow each column of ids by one of labels.

        Raises:
            MissingExtra: pandas is not installed.

        >>> import kg
        >>> answer = kg.open_graph().ask("targets", indicator="output value")
        >>> answer.to_pandas()[["region_label", "value", "due"]].dtypes.astype(str).tolist()
        ['string', 'Int64', 'datetime64[s]']
        """
        from kg.query import dataframe  # late: pandas takes half a second to import

        return dataframe.answer_frame(self if ids else self.without(RECORDS), ids=ids, labels=labels)

    def shown(self) -> list[list[str]]:
        """Return rows as people read them: labels in place of ids, numbers with thousands separated."""
        return [[self._show(item) for item in row] for row in self.terms]

    def label(self, identifier: str) -> str | None:
        """Return what people call an entity or term; a source by the short name of its tables."""
        if identifier.startswith("source/"):
            return identifier.removeprefix("source/")  # a title would fill the table
        return self.labels.get(identifier)

    def ids(self, column: str) -> list[str]:
        """Return the ids in a column, in order; a list of ids in one cell counts as several.

        Raises:
            ValueError: The answer has no such column.
        """
        at = self.columns.index(column)
        return [iris.short(part) for row in self.terms for part in _parts(row[at])]

    def without(self, names: Collection[str]) -> Answer:
        """Return the answer less some columns, each row once."""
        keep = [at for at, column in enumerate(self.columns) if column not in names]
        rows = dict.fromkeys(tuple(row[at] for at in keep) for row in self.terms)
        return replace(self, columns=tuple(self.columns[at] for at in keep), terms=tuple(rows))

    def resolved(self, column: str, name: str, members: Mapping[str, Sequence[str]]) -> Answer:
        """Return the answer with each id of a column replaced by its members, and the column renamed."""
        at = self.columns.index(column)
        rows = []
        for row in self.terms:
            found = dict.fromkeys(m for part in _parts(row[at]) for m in members.get(iris.short(part), ()))
            rows.append((*row[:at], ox.Literal(" ".join(found)), *row[at + 1 :]))
        return replace(self, columns=(*self.columns[:at], name, *self.columns[at + 1 :]), terms=tuple(rows))

    def named(self, column: str) -> Answer:
        """Return the answer with each list of ids in a column replaced by their labels, sorted."""
        at = self.columns.index(column)
        rows = []
        for row in self.terms:
            if isinstance(value(row[at]), str):
                ids = (iris.short(part) for part in _parts(row[at]))
                listed = ", ".join(sorted(self.label(one) or one for one in ids))
                row = (*row[:at], ox.Literal(listed), *row[at + 1 :])
            rows.append(row)
        return replace(self, terms=tuple(rows))

    def expand(self, column: str, evidence: Mapping[str, tuple[str | int, ...]]) -> Answer:
        """Return a row for each statement named in ``column``, which gives way to its evidence."""
        at = self.columns.index(column)
        rows = []
        for row in self.terms:
            for part in _parts(row[at]) or [""]:
                where = evidence.get(iris.short(part), ("",) * len(EVIDENCE))
                rows.append((*row[:at], *row[at + 1 :], *(ox.Literal(cell) for cell in where)))
        columns = (*self.columns[:at], *self.columns[at + 1 :], *EVIDENCE)
        return replace(self, columns=columns, terms=tuple(rows))

    def _values(self, row: tuple[Term | None, ...]) -> dict[str, Value]:
        return {name: value(item) for name, item in zip(self.columns, row, strict=True)}

    def _show(self, item: Term | None) -> str:
        if isinstance(item, ox.NamedNode):
            short = iris.short(item.value)
            return self.label(short) or short
        found = value(item)
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
        found = [each for part in _parts(item) for each in evidence.get(iris.short(part), ())]
        if name in RECORDS and found:
            links = [
                _link(each.link, f"{each.source.partition('/')[2]} ¶{each.paragraph}", each.quote)
                for each in found[:_HTML_LINKS]
            ]
            more = f" +{len(found) - _HTML_LINKS}" if len(found) > _HTML_LINKS else ""
            return ", ".join(links) + more
        shown = self._show(item)
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
    if kind == "boolean":
        return item.value in ("true", "1")
    return _number(kind, item.value)


def _number(kind: str, text: str) -> int | float | str:
    """Return a number; the text where a float would be infinite or another amount."""
    if kind in _INTEGERS:
        return int(text)
    exact = Decimal(text)
    if kind == "decimal" and exact == exact.to_integral_value():
        return int(exact)
    found = float(text)
    same = math.isfinite(found) and (kind != "decimal" or exact.adjusted() < sys.float_info.dig)
    return found if same else text


def _parts(item: Term | None) -> list[str]:
    """Return the ids in a cell, which lists them with spaces between."""
    cell = value(item)
    return cell.split() if isinstance(cell, str) else []


def _link(address: str, text: str, title: str) -> str:
    """Return a link in HTML; only the text where the address is not one of the web."""
    if not address.startswith(("https://", "http://")):
        return html.escape(text)
    return f'<a href="{html.escape(address)}" title="{html.escape(title)}">{html.escape(text)}</a>'


def as_csv(answer: Answer, *, delimiter: str = ",", bom: bool = False) -> str:
    """Return comma- or tab-separated values, labels beside ids; no text is read as a formula.

    ``bom`` is for Excel: it shows Chinese, and words such as 3-4 do not turn into dates or numbers.
    """
    named = _entity_columns(answer)
    header = [
        name
        for column in answer.columns
        for name in ([column, f"{column}_label"] if column in named else [column])
    ]
    rows: list[list[object]] = [list(header)]
    for row in answer:
        cells: list[object] = []
        for column, cell in row.items():
            cells.append(("yes" if cell else "no") if isinstance(cell, bool) else cell)
            if column in named:
                cells.append(answer.labels.get(str(cell), ""))
        rows.append(cells)
    return ("\ufeff" if bom else "") + "".join(tables.spreadsheet(rows, delimiter=delimiter, excel=bom))


def as_json(answer: Answer) -> str:
    """Return a JSON list of objects, labels beside ids."""
    named = _entity_columns(answer)
    rows = []
    for row in answer:
        shown: dict[str, object] = {}
        for column, cell in row.items():
            shown[column] = cell.isoformat() if isinstance(cell, date) else cell
            if column in named:
                shown[f"{column}_label"] = answer.labels.get(str(cell))
        rows.append(shown)
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def as_markdown(answer: Answer) -> str:
    """Return a Markdown table as GitHub renders it."""
    lines = [list(answer.columns), ["---"] * len(answer.columns), *answer.shown()]
    escaped = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)


def _entity_columns(answer: Answer) -> set[str]:
    """Columns that hold entities, which have a label to stand beside their id."""
    return {
        column
        for row in answer
        for column, cell in row.items()
        if isinstance(cell, str) and cell in answer.labels and cell != answer.labels[cell]
    }
