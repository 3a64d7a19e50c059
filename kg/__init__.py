"""Regiograph: an evidence-linked knowledge graph read out of regional industrial policy.

Importing ``kg`` does nothing; take what you need from its modules.
"""
