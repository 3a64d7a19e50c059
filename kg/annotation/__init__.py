"""The annotated text of a source: what was read, proposed and passed over, marked in its paragraphs."""
