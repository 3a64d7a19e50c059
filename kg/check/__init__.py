"""Rows in, problems out: the rules that curated tables keep."""
