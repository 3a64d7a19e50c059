"""An answer: rows of RDF terms, shown as a table or written as CSV, TSV, JSON or Markdown."""

import html
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, overload

import pyoxigraph as ox

from kg import iris
from kg.query.statements import Evidence
from kg.query.values import Value, ids_of, value
from kg.read import files
from kg.store.oxigraph import Term

if TYPE_CHECKING:
    import pandas as pd

#: What evidence adds to a row, lists in one order: sources, paragraphs, quotes, pages opened at the quotes.
EVIDENCE = ("sources", "paragraphs", "quotes", "links")
#: Stands between the parts of a list of evidence; JSON has lists.
BETWEEN = " | "
#: Columns that name the statements or targets behind a row, or counts of them, with spaces between.
STATED = ("statement", "statements", "target", "targets", "counts", "spottings")
#: Columns that list entities, ids with spaces between, which people read as labels.
LISTS = (
    "regions", "topics", "peer_topics", "sectors", "projects", "companies", "part_of", "lies_in", "holds",
    "issuers", "venue", "retells", "groups", "which", "wider", "listed_under",
)  # fmt: skip
FORMATS = ("table", "csv", "tsv", "json", "md")
_HTML_ROWS, _TEXT_ROWS = 50, 10  # rows that a notebook and a prompt show
_HTML_LINKS = 3  # evidence that a cell of a notebook links to
_TEXT_WIDTH = 28  # characters of a cell at a prompt


@dataclass(frozen=True)
class Passage:
    """What an answer quotes from one paragraph: its place (``gwr-2024 ¶40``), quotes, and their links."""

    place: str
    quotes: tuple[str, ...]
    links: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.place} {'; '.join(f'“{quote}”' for quote in self.quotes)}"


@dataclass(frozen=True)
class Answer(Sequence[dict[str, "Value"]]):
    """Rows of a query: a sequence of dicts that keeps the RDF terms and knows labels and evidence.

    ``columns`` are in the query's order and ``terms`` holds a tuple of RDF terms a row, None where unbound.
    ``labels`` names entities and terms for people. Iterating and indexing give dicts of Python values: ids
    (``place/jinan``) for entities, numbers, dates and booleans for literals; a slice is an Answer again.

    >>> import kg
    >>> answer = kg.open_graph().ask("backing", topic="silicon carbide")
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
    def __getitem__(self, at: slice) -> "Answer": ...

    def __getitem__(self, at: int | slice) -> "dict[str, Value] | Answer":
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
        columns = [name for name in self.columns if name not in EVIDENCE or name == "quotes"]
        rows = [[self._html_cell(name, row, evidence) for name in columns] for row in some.terms]
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
        note = f"{_count(self)}{f' (the first {_HTML_ROWS} are shown)' if len(self) > _HTML_ROWS else ''}"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{note}</p>"

    def to_pandas(self, *, ids: bool = True, labels: bool = True) -> "pd.DataFrame":
        """Return the rows as a DataFrame whose columns have the types of ``kg.query.dataframe``.

        A column of ids is followed by one of ``labels``; without ``ids`` labels take the place of ids, and
        columns of statements go. Raises MissingExtra if pandas is not installed.
        """
        from kg.query import dataframe  # late: pandas takes half a second to import

        columns: dict[str, Sequence[Value]] = {}
        answer = self if ids else self.without(STATED)
        for at, name in enumerate(answer.columns):
            values = [value(row[at]) for row in answer.terms]
            shown = [self.label(one) if isinstance(one, str) else None for one in values]
            named = any(shown) and shown != values
            columns[name] = values if ids else [s or v for s, v in zip(shown, values, strict=True)]
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
            if isinstance(cell, str) and column not in EVIDENCE and self.labels.get(cell, cell) != cell
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
        return [one for row in self.terms for cell in at for one in ids_of(row[cell])]

    def without(self, names: Collection[str]) -> "Answer":
        """Return the answer less some columns, each row once."""
        keep = [at for at, column in enumerate(self.columns) if column not in names]
        rows = dict.fromkeys(tuple(row[at] for at in keep) for row in self.terms)
        return replace(self, columns=tuple(self.columns[at] for at in keep), terms=tuple(rows))

    def mapped(self, column: str, change: Callable[[list[str]], str], name: str = "") -> "Answer":
        """Return the answer with the ids in the cells of a column made texts, and the column renamed."""
        if column not in self.columns:
            return self
        at = self.columns.index(column)
        texts = (ox.Literal(change(ids)) if (ids := ids_of(row[at])) else row[at] for row in self.terms)
        rows = tuple((*row[:at], text, *row[at + 1 :]) for row, text in zip(self.terms, texts, strict=True))
        columns = (*self.columns[:at], name or column, *self.columns[at + 1 :])
        return replace(self, columns=columns, terms=rows)

    def cited(self, column: str, evidence: Mapping[str, Evidence]) -> "Answer":
        """Return the answer with the evidence of the statements named in ``column`` in its place.

        A row lists its evidence in the order of the documents, each passage once.
        """
        at = self.columns.index(column)
        rows = []
        for row in self.terms:
            behind = {evidence[one] for one in ids_of(row[at]) if one in evidence}
            ordered = sorted((e.source, e.paragraph, e.start or 0, e.words, e.link) for e in behind)
            places = list(dict.fromkeys((source, at, words, link) for source, at, _, words, link in ordered))
            lists = [[str(place[part]) for place in places] for part in range(4)]
            rows.append((*row[:at], *row[at + 1 :], *(ox.Literal(BETWEEN.join(parts)) for parts in lists)))
        columns = (*self.columns[:at], *self.columns[at + 1 :], *EVIDENCE)
        return replace(self, columns=columns, terms=tuple(rows))

    def doubted(self, find: Callable[[Collection[str]], Mapping[str, str]]) -> "Answer":
        """Return the answer with a column ``doubt`` if a row is doubtful: its statements, or what it names.

        ``find`` returns texts by id. What the columns ``flags`` and ``note`` say already is not said again.
        """
        if "doubt" in self.columns or not self.columns:
            return self
        told = {"flags", "note"} & set(self.columns)
        ids: list[tuple[list[str], list[str]]] = []  # of the statements behind each row, and of what it names
        for row in self.terms:
            cells = list(zip(self.columns, row, strict=True))
            behind = [one for name, cell in cells if name in STATED for one in ids_of(cell)]
            named = [c for name, c in cells if name not in STATED and isinstance(c, ox.NamedNode)]
            ids.append((behind, [one for cell in named for one in ids_of(cell)]))
        known = find({one for pair in ids for some in pair for one in some})
        texts = []
        for cited, (behind, entities) in zip(self, ids, strict=True):
            flags = [known[one] for one in behind if one in known and "note" not in told]
            unsure: dict[str, list[str]] = {}
            for one in entities if "identity" not in str(cited.get("flags")) else ():
                if one in known:
                    unsure.setdefault(known[one].partition(":")[0], []).append(self.label(one) or one)
            parts = [text.partition(": ")[2] if told else text for text in flags]
            parts += [f"{how}: {', '.join(dict.fromkeys(labels))}" for how, labels in unsure.items()]
            texts.append("; ".join(dict.fromkeys(part.rstrip(".") for part in parts if part)))
        rows = tuple((*row, ox.Literal(text)) for row, text in zip(self.terms, texts, strict=True))
        return replace(self, columns=(*self.columns, "doubt"), terms=rows) if any(texts) else self

    def for_people(self, cite: Callable[["Passage"], str] = str) -> tuple[list[str], list[list[str]]]:
        """Return columns and rows as people read them, a row's evidence in one cell, a line a passage."""
        keep = [at for at, name in enumerate(self.columns) if name not in EVIDENCE]
        rows = [[self._show(row[at]) for at in keep] for row in self.terms]
        columns = [self.columns[at] for at in keep]
        if len(keep) == len(self.columns):
            return columns, rows
        cells = ("\n".join(map(cite, self._passages(row))) for row in self.terms)
        return [*columns, "evidence"], [[*row, cell] for row, cell in zip(rows, cells, strict=True)]

    def _passages(self, row: tuple[Term | None, ...]) -> list["Passage"]:
        """Return the passages that the evidence of a cited row quotes."""
        if not set(EVIDENCE) <= set(self.columns):
            return []
        lists = (self._show(row[self.columns.index(name)]).split(BETWEEN) for name in EVIDENCE)
        found: dict[str, list[tuple[str, str]]] = {}
        for source, number, quote, link in zip(*lists, strict=True):
            if number:
                found.setdefault(f"{source.partition('/')[2]} ¶{number}", []).append((quote, link))
        return [Passage(place, *map(tuple, zip(*same, strict=True))) for place, same in found.items()]

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
        found = [each for one in ids_of(item) for each in evidence.get(one, ())] if name in STATED else []
        if found:
            names = [f"{each.source.partition('/')[2]} ¶{each.paragraph}" for each in found[:_HTML_LINKS]]
            links = ", ".join(_link(e.link, n, e.quote) for e, n in zip(found, names, strict=False))
            return links + (f" +{len(found) - _HTML_LINKS}" if len(found) > _HTML_LINKS else "")
        if name == "quotes" and (passages := self._passages(row)):
            return "<br>".join(_link(p.links[0], p.place, "; ".join(p.quotes)) for p in passages)
        if isinstance(item, ox.NamedNode):
            return f'<span title="{html.escape(iris.short(item.value))}">{html.escape(shown)}</span>'
        return html.escape(shown)


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
    """Return a JSON list of objects, labels beside ids, evidence as lists."""
    rows = [
        {name: str(v).split(BETWEEN) if v and name in EVIDENCE else v for name, v in row.items()}
        for row in answer.labelled()
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1, default=str) + "\n"  # str: dates


def as_markdown(answer: Answer) -> str:
    """Return a Markdown table as GitHub renders it; each quote of evidence is a link to the page."""

    def cite(passage: Passage) -> str:
        quotes = (
            f"[“{q}”]({link})" if link else q for q, link in zip(passage.quotes, passage.links, strict=True)
        )
        return f"{passage.place} {'; '.join(quotes)}"

    return markdown_table(*answer.for_people(cite))


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a cell's line breaks become spaces."""
    lines = [header, ["---"] * len(header), *rows]
    escaped = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in escaped)
