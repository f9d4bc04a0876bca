"""Readers: one for each repository and its rules, kept while they are asked."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.store.search import Names
from bot.questions.reader import Reader

if TYPE_CHECKING:
    from bot.find import Find
    from summarizer.topics import TopicRules

MOST = 8
"""Each is some 2 MB."""


@dataclass(slots=True)
class KnownNames:
    """Whom and what labels a repository knows, as of the last question about it."""

    known: Names = field(default_factory=Names)

    def is_login(self, word: str) -> bool:
        return word.casefold() in self.known.logins

    def is_label(self, word: str) -> bool:
        return word.casefold() in self.known.labels


class Readers:
    """Makes readers, and tells them whom and what a repository knows."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._made: OrderedDict[tuple[str, str], tuple[Reader, KnownNames]] = OrderedDict()

    async def of(self, repo: str, rules: TopicRules) -> tuple[Reader, KnownNames]:
        """The reader for a repository by its present name, and the names that it goes by. Raises StoreError."""
        key = (repo.lower(), rules.hash)
        made = self._made.get(key)
        if made is None:
            names = KnownNames()
            # making one takes a while, which is no time of the event loop's
            reader = await asyncio.to_thread(Reader, rules, names.is_login, names.is_label)
            made = self._made.setdefault(key, (reader, names))
            while len(self._made) > MOST:
                self._made.popitem(last=False)
        else:
            self._made.move_to_end(key)
        made[1].known = await self._find.names(repo)
        return made
