from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from kg.cli import option, terminal
from kg.query.entities import describe_entity
from kg.query.graph import open_graph
from kg.query.statements import Statement, Target


@click.command("show")
@click.argument("entity", nargs=-1, required=True)
@option.graph
@click.option("--limit", default=0, help="Show at most this many statements; 0 shows all.")
@option.as_json
def command(entity: tuple[str, ...], graph: Path | None, limit: int, as_json: bool) -> None:
    """Show everything known about an entity, with evidence and the row it came from.

    ENTITY is a name or alias in English or Chinese, or an id.

    \b
    Example:
      kg show Jinan
      kg show 碳化硅
    """
    opened = open_graph(graph)
    found = describe_entity(opened, opened.names.resolve(" ".join(entity)))
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    click.secho(found.label, bold=True, nl=False)
    click.echo(f"  {found.entity}  ({', '.join(found.kinds)})")
    for name in found.names:
        sure = "" if name.confidence == "certain" else f", {name.confidence}"
        click.echo(f"  {name.role:12} {name.name}  [{name.lang}{sure}; {name.ground}]")
    for key, value in found.properties:
        click.echo(f"  {key:12} {value}")
    said: list[Statement | Target] = [*found.statements, *found.targets]
    shown = said[: limit or None]
    rows = [_row(item, found.sentences[item.id]) for item in shown]
    columns = ("what is said", "qualifiers", "quote", "where", "row")
    terminal.table(columns, rows, whole=("where", "row"))
    rest = f", {len(said) - len(shown)} not shown" if len(said) > len(shown) else ""
    targets = terminal.count(len(found.targets), "target")
    click.echo(f"{terminal.count(len(found.statements), 'statement')}, {targets}{rest}")


def _row(item: Statement | Target, sentence: str) -> list[str]:
    where = f"{item.evidence.source.partition('/')[2]} ¶{item.evidence.paragraph}"
    return [
        sentence,
        _qualifiers(item),
        f"“{item.evidence.quote}”",
        where,
        item.evidence.row.rpartition("/")[2],
    ]


def _qualifiers(item: Statement | Target) -> str:
    reached = (item.stage, item.tier, item.period) if isinstance(item, Statement) else ()
    return "; ".join(part for part in (*reached, *item.flags, item.note) if part)
