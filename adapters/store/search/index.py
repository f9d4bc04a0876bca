"""The index: which items of a repository a query is about, and which hold its words, best first.

It follows the mirror: whoever reads the mirror's feed of changes hands over what changed, and how far that reaches.
Nothing is kept here that the mirror does not hold, so the file may be deleted at any time.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from adapters.store.search import belonging, counting, writing
from adapters.store.search.file import tables_of, transaction
from adapters.store.search.finding import find, names
from adapters.store.search.pool import open_pool
from adapters.store.search.sought import Finding, Names
from adapters.store.search.writing import identity_of, position_of, positions

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from adapters.store.search.belonging import Member, Tiers
    from adapters.store.search.connection import Connection
    from adapters.store.search.counting import Happened
    from adapters.store.search.pool import Pool
    from adapters.store.search.sought import Sought
    from adapters.store.search.writing import Document, Rules
    from summarizer.items import Item
    from summarizer.windows import Window

T = TypeVar("T")


class TextIndex:
    """The index of one host, in any number of processes. Repositories are named `owner/name` in any case.

    A lost or damaged file is no error: it is made anew, empty, and its position is 0 again. Every method raises
    StoreError `store.index` when the file can neither be used nor made anew (no room, no permission).
    SQLite runs in threads of its own: changes one after the other, and searches beside them.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def position(self, repo: str) -> int:
        """How far of the mirror's feed of changes the index has come; 0 when it is new or was lost."""
        return await self._pool.read(lambda connection: position_of(connection, _key(repo)))

    async def positions(self, repo: str, rules: str) -> tuple[int, int]:
        """The same, and how far of it the members of topics are known by rules of this name. The second may be less,
        where another process, which has other rules, followed the feed."""
        return await self._pool.read(lambda connection: _positions(connection, _key(repo), rules))

    async def apply(
        self,
        repo: str,
        documents: Iterable[Document],
        gone: Iterable[int],
        *,
        after: int,
        position: int,
        rules: Rules | None = None,
    ) -> bool:
        """Put documents in place of what is known of their items, take out those in `gone`, and note the position: all
        or nothing.

        after: the position that the changes were read from. Where the index stands elsewhere by now, because another
        process was first or the file was lost, nothing is done and the answer is False. A long list is handed over
        in batches of some hundred, as other writers wait meanwhile; all but the last with `position` equal to `after`.
        rules: by which the items belong to topics.
        """
        changed, removed = list(documents), list(gone)
        return await self._pool.write(
            lambda connection: writing.apply(connection, _key(repo), changed, removed, rules, after, position)
        )

    async def apply_members(
        self, repo: str, items: Iterable[Item], rules: Rules, *, after: int, position: int
    ) -> bool:
        """Note which topics items belong to by rules that are not known that far; `after` and `position`, in the feed,
        are those of the rules, and otherwise as for `apply`."""
        changed = list(items)
        return await self._pool.write(
            lambda connection: writing.apply_members(connection, _key(repo), changed, rules, after, position)
        )

    async def find(self, repo: str, sought: Sought, *, position: int = 0) -> Finding | None:
        """What there is of a query, all of it at one moment. Raises BadInput for filters that mean nothing.

        position: of the feed; None is the answer where the index has not come that far, or not for these rules.
        """
        return await self._pool.read(lambda connection: _find(connection, _key(repo), sought, position))

    async def names(self, repo: str) -> Names:
        """Which logins and labels there are."""
        return await self._pool.read(lambda connection: _names(connection, _key(repo)))

    async def happened(
        self, repo: str, windows: Sequence[Window], bots: Collection[str], *, position: int = 0
    ) -> Sequence[Happened] | None:
        """What a digest of each window counts, all of it at one moment. bots: plain logins of accounts that are bots,
        whatever GitHub says. position: of the feed; None is the answer where the index has not come that far."""
        return await self._at_one_moment(
            repo,
            "",
            position,
            lambda connection, identity: counting.count(connection, identity, windows, bots),
            [counting.Happened() for _ in windows],
        )

    async def tiers(
        self, repo: str, sought: Sequence[Sought], *, position: int = 0
    ) -> Sequence[Mapping[str, Tiers]] | None:
        """How many members the topics that are looked for have in each window, by their names there, all of it at one
        moment. position: as for `find`; the rules are the same for all."""
        return await self._at_one_moment(
            repo,
            sought[0].rules if sought else "",
            position,
            lambda connection, identity: belonging.tiers(connection, identity, sought),
            [{name: belonging.Tiers(0, 0) for name, _ in each.topics} for each in sought],
        )

    async def members(self, repo: str, sought: Sought, *, position: int = 0) -> Sequence[Member] | None:
        """The members of the only topic that is looked for, in no order. position: as for `find`."""
        nothing: Sequence[Member] = ()
        return await self._at_one_moment(
            repo,
            sought.rules,
            position,
            lambda connection, identity: belonging.members(connection, identity, sought),
            nothing,
        )

    async def count(self, repo: str) -> int:
        """How many items are in the index."""
        return await self._pool.read(lambda connection: _count(connection, _key(repo)))

    async def _at_one_moment(
        self, repo: str, rules: str, position: int, work: Callable[[Connection, int], T], nothing: T
    ) -> T | None:
        """What `work` tells, `nothing` of a repository of which nothing is there, and None where the index or the rules
        have not come to that position."""

        def read(connection: Connection) -> T | None:
            try:
                with transaction(connection, "DEFERRED"):
                    if min(positions(connection, _key(repo), rules)) < position:
                        return None
                    identity = identity_of(connection, _key(repo))
                    return nothing if identity is None else work(connection, identity)
            except Exception:
                connection.forget()
                raise

        return await self._pool.read(read)

    async def forget(self, repo: str) -> None:
        """Drop all of a repository, as when its mirror was emptied and its feed began anew."""
        await self._pool.write(lambda connection: writing.forget(connection, _key(repo)))


@asynccontextmanager
async def open_index(path: Path) -> AsyncIterator[TextIndex]:
    """The index in the file at `path`, which is made if it is not there.

    Raises StoreError: `store.no_fts` when this Python's SQLite cannot search text, `store.index`.
    """
    async with open_pool(path) as pool:
        yield TextIndex(pool)


def _key(repo: str) -> str:
    return repo.lower()  # GitHub ignores case in names


def _positions(connection: sqlite3.Connection, repo: str, rules: str) -> tuple[int, int]:
    with transaction(connection, "DEFERRED"):
        return positions(connection, repo, rules)


def _names(connection: Connection, repo: str) -> Names:
    with transaction(connection, "DEFERRED"):
        identity = identity_of(connection, repo)
        if identity is None:
            return Names()
        return connection.kept(("names", identity), lambda: names(connection, identity))


def _count(connection: sqlite3.Connection, repo: str) -> int:
    with transaction(connection, "DEFERRED"):
        identity = identity_of(connection, repo)
        if identity is None:
            return 0
        _, texts = tables_of(identity)
        return int(connection.execute(f"SELECT count(*) FROM {texts}").fetchone()[0])  # noqa: S608 - our own names


def _find(connection: Connection, repo: str, sought: Sought, position: int) -> Finding | None:
    try:
        with transaction(connection, "DEFERRED"):
            if min(positions(connection, repo, sought.rules)) < position:
                return None
            identity = identity_of(connection, repo)
            return Finding() if identity is None else find(connection, identity, sought)
    except Exception:
        connection.forget()
        raise
