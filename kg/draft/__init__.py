"""Drafts: rows that a program proposes for a source, and that a person accepts or rejects."""
