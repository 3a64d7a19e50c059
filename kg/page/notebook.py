"""A page inside a notebook: JupyterLab and VS Code show it in place, without a network."""

from __future__ import annotations

import html
from dataclasses import dataclass


@dataclass(frozen=True)
class Inline:
    """An HTML page that a notebook shows in a frame of its own, ``height`` pixels high.

    >>> Inline("<p>A page</p>", height=100)._repr_html_().count("srcdoc=")
    1
    """

    page: str
    height: int = 560

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{self.height}px;border:1px solid #d9dee4"
        return f'<iframe srcdoc="{html.escape(self.page)}" style="{style}"></iframe>'

    def __repr__(self) -> str:
        return f"Inline(a page of {len(self.page):,} characters, height={self.height})"
