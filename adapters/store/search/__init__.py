"""Search: which items hold a person's words. A SQLite file per host, derived from the mirror, made anew when lost."""

from adapters.store.search.index import Document, Hit, TextIndex, open_index

__all__ = ["Document", "Hit", "TextIndex", "open_index"]
