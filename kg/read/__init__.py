"""Text in, typed values out: the curated tables, named queries, numbers and periods."""
