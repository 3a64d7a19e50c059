"""The graph as a service, read-only: SPARQL protocol, linked data, reconciliation, a query page."""
