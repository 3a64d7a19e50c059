"""A graph in, one HTML page out."""
