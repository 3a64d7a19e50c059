"""Fields of official classifications (``fields.csv``), and the SSSOM crosswalk that maps topics to them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from kg.errors import Problem
from kg.read import files, models, tables
from kg.read.models import Cell, Form, Number, Slug, Text, matches

FILE, CROSSWALK = "fields.csv", "crosswalks/topics-fields.sssom.tsv"
NO_TERM = "sssom:NoTermFound"
_CODE = r"[A-Z0-9]+(?:\.[0-9]+)*"


class FieldRow(models.Row):
    """A place in an official classification."""

    code: Annotated[str, matches(_CODE), Form("a code such as 1.2 or C39")] = models.about(
        "Its code in the classification."
    )
    scheme: Slug = models.about("The classification: sei-2018, gbt-4754-2017.")
    name: Text = models.about("Its name in English.")
    name_zh: Text = models.about("Its Chinese name.")
    parent: Cell = models.about("The code of the field above it in the same scheme.")
    ground: Text = models.about("The page from which it was read.")

    @property
    def id(self) -> str:
        """Return its id: ``field/sei-2018-1.2``."""
        return f"field/{self.scheme}-{self.code}"


class MappingRow(models.Row):
    """A topic mapped to a field, or found to have none, as SSSOM has it."""

    subject_id: Annotated[str, matches(r"topic:[a-z0-9-]+"), Form("a topic such as topic:steel")] = (
        models.about("The topic.")
    )
    subject_label: Cell = models.about("The topic's name, for readers.")
    predicate_id: Annotated[
        str, matches("skos:(exact|broad|narrow|related)Match"), Form("a SKOS match such as skos:broadMatch")
    ] = models.about("How the field relates to the topic: broadMatch where the field is wider.")
    object_id: Annotated[
        str, matches(rf"field:[a-z0-9-]+?-{_CODE}|{NO_TERM}"), Form(f"a field, or {NO_TERM}")
    ] = models.about("The field.")
    object_label: Cell = models.about("The field's name, for readers.")
    mapping_justification: Annotated[
        str, matches("semapv:[A-Za-z]+"), Form("a justification such as semapv:ManualMappingCuration")
    ] = models.about("How the mapping was made.")
    confidence: Number = models.about("How sure it is, from 0 to 1.")
    comment: Cell = models.about("A remark.")

    @property
    def topic(self) -> str:
        """Return the topic's id."""
        return self.subject_id.replace(":", "/", 1)

    @property
    def field(self) -> str:
        """Return the field's id; empty if there is none."""
        return "" if self.object_id == NO_TERM else self.object_id.replace(":", "/", 1)


def read_fields(folder: Path) -> Iterator[FieldRow | Problem]:
    """Yield the fields of a folder of seeds, and what cannot be read; nothing without the table."""
    path = folder / FILE
    if path.exists():
        yield from tables.read_rows(path, FieldRow, name=FILE)


def read_crosswalk(folder: Path) -> Iterator[MappingRow | Problem]:
    """Yield the rows of the SSSOM crosswalk, whose metadata stand in lines that begin with #."""
    path = folder / CROSSWALK
    if not path.exists():
        return
    raw = path.read_bytes()
    if fault := files.encoding_fault(raw):
        yield Problem(CROSSWALK, fault[0], "", "encoding", fault[1], "", "save it as UTF-8")
        return
    lines = [f"{line}\n" for line in raw.decode().split("\n")]
    above = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = [line for line in lines[above:] if line.strip()]
    for found in tables.parse_rows(rows, MappingRow.columns(), name=CROSSWALK, delimiter="\t"):
        at = replace(found, line=found.line + above)
        row = at if isinstance(at, Problem) else tables.parse_row(MappingRow, at, file=CROSSWALK)
        yield from row if isinstance(row, list) else [row]
