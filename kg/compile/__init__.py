"""Rows in, N-Quads out."""
