"""The page's script: our ES modules joined into one, in the order in which they need each other.

A module names what it takes with ``import { a, b } from "./other.js";`` on one line and gives with
``export`` before a function, constant or class, so that the files also run unjoined. Each keeps a scope of
its own: it becomes a function that returns what it gives.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import (?P<names>\{[^}]*\}) from "\./(?P<file>[\w-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (?P<name>\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def join(folder: Path, main: str) -> str:
    """One script from the module ``main`` and all it imports, each once, the needed before the needing.

    Raises ValueError for a circle, and for an import or export of a form that is not known.
    """
    parts: dict[str, str] = {}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"{' → '.join((*above, name))}: modules import each other in a circle")
        if name in parts:
            return
        code = (folder / f"{name}.js").read_text(encoding="utf-8")
        for match in _IMPORT.finditer(code):
            add(match["file"], (*above, name))
        given = ", ".join(match["name"] for match in _EXPORT.finditer(code))
        body = _EXPORT.sub("", _IMPORT.sub(r"const \g<names> = in_\g<file>;", code)).strip()
        if left := _OTHER.search(body):
            raise ValueError(f"{name}.js: {left[0]!r} is a form that joining does not know")
        parts[name] = f"const in_{name} = (() => {{\n{body}\nreturn {{ {given} }};\n}})();"

    add(main, ())
    return "\n\n".join(parts.values())
