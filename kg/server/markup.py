"""HTML of the server's pages: one frame for all, everything that comes from data escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from kg import iris

_HEADER = (
    '<header><a class="home" href="/">Regiograph</a><nav><a href="/query">Questions</a> '
    '<a href="/ns">Terms</a> <a href="/.well-known/void">About the data</a></nav></header>'
)


def page(
    title: str, *body: str, alternates: Sequence[tuple[str, str]] = (), script: bool = False,
    framed: bool = False,
) -> bytes:  # fmt: skip
    """A whole page. ``alternates`` are (media type, address) of its other forms; ``framed`` is for a page
    shown in a small frame of another, without our header."""
    links = "".join(
        f'<link rel="alternate" type="{escape(kind)}" href="{escape(where)}">' for kind, where in alternates
    )
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)} · Regiograph</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/static/site.css">{links}'
        + ('<script src="/static/query.js" defer></script>' if script else "")
        + ('</head><body class="framed"><main>' if framed else f"</head><body>{_HEADER}<main>")
        + "".join(body)
        + "</main></body></html>\n"
    ).encode()


def text(value: object) -> str:
    """Text, escaped."""
    return escape(str(value))


def local(address: str) -> str:
    """Where this server answers for one of our IRIs; any other address as it is, if a browser may open it."""
    if address.startswith(iris.NS):
        return f"/ns#{quote(address.removeprefix(iris.NS), safe='')}"
    if address.startswith(iris.BASE):
        return "/" + quote(address.removeprefix(iris.BASE), safe="/#")
    return address if address.startswith(("http://", "https://")) else ""


def link(address: str, shown: str, **attributes: str) -> str:
    """A link to an IRI with its label; only the label where no browser should follow."""
    where = local(address)
    if not where:
        return text(shown)
    extra = "".join(f' {name.rstrip("_")}="{escape(value)}"' for name, value in attributes.items())
    outside = "" if where.startswith("/") else ' rel="noopener nofollow"'
    return f'<a href="{escape(where)}"{extra}{outside}>{text(shown)}</a>'


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are HTML already."""
    head = "".join(f"<th>{text(column)}</th>" for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Names with values; values are HTML already."""
    return "<dl>" + "".join(f"<dt>{text(name)}</dt><dd>{value}</dd>" for name, value in rows) + "</dl>"
