"""Search: which items hold a person's words, and which a query is about. A SQLite file per host, derived from the
mirror, made anew when lost."""

from adapters.store.search.belonging import Member, Tiers
from adapters.store.search.catalogue import Membership
from adapters.store.search.counting import Happened
from adapters.store.search.file import remove_index
from adapters.store.search.index import TextIndex, open_index
from adapters.store.search.sought import Finding, Names, Sought, TopicSought
from adapters.store.search.writing import Document, Rules

__all__ = [
    "Document",
    "Finding",
    "Happened",
    "Member",
    "Membership",
    "Names",
    "Rules",
    "Sought",
    "TextIndex",
    "Tiers",
    "TopicSought",
    "open_index",
    "remove_index",
]
