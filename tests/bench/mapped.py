"""The same statements through a mapping: Morph-KGC, an RML engine, in an environment of its own.

``MORPH_KGC`` names the Python that has it, for its libraries and ours exclude one another. Its triples are
fewer: it takes the table of statements alone, without evidence, checks or counts.
"""

from __future__ import annotations

import os
from pathlib import Path

WHO = "Morph-KGC"
_MAPPING = """
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix kg: <https://w3id.org/regiograph/ns#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
<#statements> rml:logicalSource [ rml:source "{table}" ; rml:referenceFormulation ql:CSV ] ;
  rr:subjectMap [ rr:template "https://w3id.org/regiograph/statement/{{source}}/{{paragraph}}/{{subject}}/{{object}}" ;
    rr:class kg:Statement ] ;
  rr:predicateObjectMap [ rr:predicate rdf:subject ; rr:objectMap [ rr:template "https://w3id.org/regiograph/{{subject}}" ] ] ;
  rr:predicateObjectMap [ rr:predicate rdf:predicate ; rr:objectMap [ rr:template "https://w3id.org/regiograph/ns#{{predicate}}" ] ] ;
  rr:predicateObjectMap [ rr:predicate rdf:object ; rr:objectMap [ rr:template "https://w3id.org/regiograph/{{object}}" ] ] ;
  rr:predicateObjectMap [ rr:predicate kg:stage ; rr:objectMap [ rml:reference "stage" ] ] ;
  rr:predicateObjectMap [ rr:predicate kg:tier ; rr:objectMap [ rml:reference "tier" ] ] ;
  rr:predicateObjectMap [ rr:predicate kg:period ; rr:objectMap [ rml:reference "period" ] ] ;
  rr:predicateObjectMap [ rr:predicate kg:quote ; rr:objectMap [ rml:reference "quote" ] ] .
"""


def python() -> str:
    """The Python that has Morph-KGC, or nothing."""
    return os.environ.get("MORPH_KGC", "")


def load(tables: str, folder: str) -> int:
    """Map the table of statements into a store in memory; returns how many quads came of it."""
    import morph_kgc

    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    mapping = where / "mapping.ttl"
    mapping.write_text(_MAPPING.format(table=Path(tables) / "statements.csv"), encoding="utf-8")
    store = morph_kgc.materialize_oxigraph(
        f"[CONFIGURATION]\nlogging_level: ERROR\n[ours]\nmappings: {mapping}\n"
    )
    return len(store)
