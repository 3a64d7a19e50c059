"""A graph in, files and tables of other formats out."""
