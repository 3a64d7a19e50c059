"""N-Quads in, a graph that can be opened out: Oxigraph on disk, or any SPARQL endpoint."""
