"""Full text over names and quotes: an SQLite file beside the store, fast at a million entities."""

from kg.store.names import Hit, Index, Labels, Quoted
from kg.store.names_file import beside, is_sound, memory, of, open, write, write_names
from kg.store.tokens import Name, key

__all__ = (
    "Hit", "Index", "Labels", "Name", "Quoted", "beside", "is_sound", "key", "memory", "of", "open",
    "write", "write_names",
)  # fmt: skip
