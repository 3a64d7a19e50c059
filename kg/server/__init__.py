"""The graph as a service: SPARQL protocol, linked data, reconciliation, a query page; read-only throughout."""
