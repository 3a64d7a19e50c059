"""Configuration of the documentation site: Sphinx with MyST, built offline by ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs" / "_ext")]

from kg import locations  # noqa: E402 - the checkout's package, found on the path above

project = "Regiograph"
author = "The Regiograph authors"
copyright = "The Regiograph authors; code Apache 2.0, data and texts CC BY 4.0"
version = release = locations.VERSION
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click", "reference"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_ext"]
nitpicky = False
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_display_short_literal_types = True
napoleon_google_docstring = True

html_theme = "furo"
html_title = f"Regiograph {version}"
html_show_sourcelink = False
html_copy_source = False
html_last_updated_fmt = None  # equal sources make equal pages
