"""The page's script: ES modules joined into one, each after the modules that it imports.

A module imports with ``import { a, b } from "./other.js";`` on one line and exports with ``export`` before a
function, constant or class, so that the files also run unjoined. Each keeps its own scope: it becomes a
function that returns its exports.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import (?P<names>\{[^}]*\}) from "\./(?P<file>[\w-]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) (?P<name>\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def join_modules(folder: Path, main: str) -> str:
    """Return one script from the module ``main`` and all that it imports, each once.

    Raises ValueError for modules that import each other in a circle, and for other forms of import or export.
    """
    parts: dict[str, str] = {}

    def add(name: str, importers: tuple[str, ...]) -> None:
        if name in importers:
            raise ValueError(f"{' → '.join((*importers, name))}: modules import each other in a circle")
        if name in parts:
            return
        code = (folder / f"{name}.js").read_text(encoding="utf-8")
        for match in _IMPORT.finditer(code):
            add(match["file"], (*importers, name))
        exports = ", ".join(match["name"] for match in _EXPORT.finditer(code))
        body = _EXPORT.sub("", _IMPORT.sub(r"const \g<names> = in_\g<file>;", code)).strip()
        if left := _OTHER.search(body):
            raise ValueError(f"{name}.js: {left[0]!r} is a form of import or export that is not supported")
        parts[name] = f"const in_{name} = (() => {{\n{body}\nreturn {{ {exports} }};\n}})();"

    add(main, ())
    return "\n\n".join(parts.values())
