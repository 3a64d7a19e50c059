"""Regiograph: an evidence-linked knowledge graph read out of regional industrial policy.

>>> import kg
>>> graph = kg.open_graph()
>>> graph.ask("backing", topic="silicon carbide")[0]["region"]
'place/shandong'

The names below are imported when they are first used, so that ``import kg`` is cheap.
"""

TYPE_CHECKING = False  # a type checker takes it for true; typing itself would cost more than all the rest
if TYPE_CHECKING:
    from kg.check.run import Report, check_seeds
    from kg.errors import Ambiguous, BadQuery, BadStore, KgError, MissingExtra, NotFound
    from kg.query.graph import Graph, open_graph
    from kg.query.result import Answer
    from kg.query.statements import Evidence, Statement, Target
    from kg.store.build import build_graph

    __version__: str

_HOMES = {
    "open_graph": "kg.query.graph", "Graph": "kg.query.graph", "Answer": "kg.query.result",
    **dict.fromkeys(("Statement", "Target", "Evidence"), "kg.query.statements"),
    **dict.fromkeys(("check_seeds", "Report"), "kg.check.run"), "build_graph": "kg.store.build",
}  # fmt: skip
__all__ = (
    "Ambiguous", "Answer", "BadQuery", "BadStore", "Evidence", "Graph", "KgError", "MissingExtra", "NotFound",
    "Report", "Statement", "Target", "__version__", "build_graph", "check_seeds", "open_graph",
)  # fmt: skip


def __getattr__(name: str) -> object:
    from importlib import import_module  # late: importing kg loads no other module

    if name == "__version__":
        return import_module("kg.locations").VERSION
    if name not in __all__:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    found = getattr(import_module(_HOMES.get(name, "kg.errors")), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
