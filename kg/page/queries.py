"""The queries that fill a page, each in a fixed order."""

from __future__ import annotations

CLASSES = """
SELECT ?kind ?root ?label ?label_zh ?drawn {
  GRAPH graph:ontology {
    ?kind rdfs:subClassOf* ?root ; rdfs:label ?label ; rdfs:label ?label_zh ; kg:drawnAs ?drawn .
    ?root kg:segment ?segment
  }
  FILTER (lang(?label) = "en" && lang(?label_zh) = "zh")
} ORDER BY ?kind
"""
PREDICATES = """
SELECT ?predicate ?label ?phrase ?drawn ?backs {
  GRAPH graph:ontology {
    ?predicate a kg:Predicate ; rdfs:label ?label ; kg:phrase ?phrase ; kg:drawnAs ?drawn .
    BIND (EXISTS { ?predicate rdfs:subPropertyOf kg:backs } AS ?backs)
  }
  FILTER (lang(?label) = "en")
} ORDER BY ?predicate
"""
CONCEPTS = """
SELECT ?scheme ?notation ?label ?definition ?withholds {
  GRAPH graph:ontology {
    ?concept skos:inScheme ?scheme ; skos:notation ?notation ; skos:prefLabel ?label ;
             skos:definition ?definition .
    OPTIONAL { ?concept kg:withholds ?withholds }
  }
  FILTER (lang(?label) = "en")
} ORDER BY ?scheme ?notation
"""
ENTITIES = """
SELECT ?entity ?kind ?label ?label_zh ?note ?lat ?long {
  { SELECT DISTINCT ?entity ?kind { ?entity a ?kind FILTER (?kind != kg:Region) } }
  GRAPH graph:ontology { ?kind rdfs:subClassOf*/kg:segment ?segment }
  OPTIONAL { ?entity skos:prefLabel ?label FILTER (lang(?label) = "en") }
  OPTIONAL { ?entity skos:prefLabel ?label_zh FILTER (lang(?label_zh) = "zh") }
  OPTIONAL { GRAPH graph:reference { ?entity kg:note ?note } }
  OPTIONAL { GRAPH graph:reference { ?entity geo:lat ?lat ; geo:long ?long } }
} ORDER BY ?entity
"""
REGIONS = "SELECT ?region { ?region a kg:Region }"
NAMES = """
SELECT ?entity ?name ?lang ?role ?confidence ?ground {
  GRAPH graph:identity {
    ?node kg:names ?entity ; skosxl:literalForm ?name ; kg:role ?role ;
          kg:confidence ?confidence ; kg:ground ?ground
  }
  BIND (lang(?name) AS ?lang)
} ORDER BY ?entity ?role ?lang ?name
"""
_RECORD = """
    ?record kg:paragraph/kg:number ?paragraph ; kg:evidence/oa:hasSelector/oa:exact ?quote ; kg:row ?row .
    OPTIONAL { ?record kg:period ?period }
    OPTIONAL { ?record kg:note ?note }
"""
STATEMENTS = f"""
SELECT ?record ?subject ?predicate ?object ?source ?paragraph ?quote ?stage ?tier ?cue ?period ?note ?row {{
  GRAPH ?graph {{
    ?record a kg:Statement ; rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object .{_RECORD}
    OPTIONAL {{ ?record kg:stage ?stage }}
    OPTIONAL {{ ?record kg:tier ?tier }}
    OPTIONAL {{ ?record kg:cue ?cue }}
  }}
  ?graph prov:wasDerivedFrom ?source .
}} ORDER BY ?source ?paragraph ?quote ?record
"""
TARGETS = f"""
SELECT ?record ?place ?topic ?indicator ?comparator ?value ?upper ?unit ?label
       ?source ?paragraph ?quote ?period ?note ?row {{
  GRAPH ?graph {{
    ?record a kg:Target ; rdfs:label ?label ; kg:place ?place ; kg:indicator ?indicator ;
            kg:comparator ?comparator ; kg:unit ?unit .{_RECORD}
    OPTIONAL {{ ?record kg:topic ?topic }}
    OPTIONAL {{ ?record kg:value ?value }}
    OPTIONAL {{ ?record kg:upper ?upper }}
  }}
  ?graph prov:wasDerivedFrom ?source .
}} ORDER BY ?source ?paragraph ?quote ?record
"""
FLAGS = "SELECT ?record ?flag { GRAPH ?graph { ?record kg:flag ?flag } } ORDER BY ?record ?flag"
LINKS = """
SELECT ?child ?relation ?parent ?ground {
  GRAPH graph:reference {
    ?link a kg:Link ; rdf:subject ?child ; rdf:predicate ?relation ; rdf:object ?parent ; kg:ground ?ground
  }
} ORDER BY ?child ?relation ?parent
"""
SHARED = """
SELECT ?entity (COUNT(DISTINCT ?region) AS ?regions) {
  ?region a kg:Region ; ?predicate ?entity . GRAPH graph:ontology { ?predicate a kg:Predicate }
} GROUP BY ?entity ORDER BY ?entity
"""
NUMBER = "SELECT (COUNT(*) AS ?number) { { SELECT DISTINCT ?entity { ?entity skos:prefLabel ?label } } }"
SOURCES = """
SELECT ?source ?title ?title_zh ?address ?citation ?kind ?how ?paragraphs {
  GRAPH graph:dataset {
    ?source dcterms:identifier ?address ; dcterms:bibliographicCitation ?citation ;
            dcterms:description ?kind ; kg:paragraphs ?paragraphs .
    OPTIONAL { ?source dcterms:provenance ?how }
  }
  OPTIONAL { ?source skos:prefLabel ?title FILTER (lang(?title) = "en") }
  OPTIONAL { ?source skos:prefLabel ?title_zh FILTER (lang(?title_zh) = "zh") }
} ORDER BY ?source
"""
SECTIONS = """
SELECT ?source ?section ?heading ?region ?read ?reread (MIN(?number) AS ?first) (MAX(?number) AS ?last) {
  GRAPH ?graph {
    ?section a kg:Section ; dcterms:title ?heading .
    ?paragraph kg:section ?section ; kg:number ?number .
    OPTIONAL { ?section kg:ofRegion ?region }
    OPTIONAL { ?section kg:readOn ?read }
    OPTIONAL { ?section kg:rereadOn ?reread }
  }
  ?graph prov:wasDerivedFrom ?source .
} GROUP BY ?source ?section ?heading ?region ?read ?reread ORDER BY ?source ?first
"""
DATASET = """
SELECT ?title ?licence ?version (MAX(?day) AS ?date) {
  GRAPH graph:dataset {
    ?set a dcat:Dataset ; dcterms:title ?title ; dcterms:license ?licence ; dcat:version ?version
  }
  OPTIONAL { GRAPH graph:identity { ?name dcterms:date ?day } }
} GROUP BY ?title ?licence ?version
"""
