"""Editions: digests that are kept for good and may be published. State.

A digest is there before the index names it, and goes after the index names it no more: what is listed can be opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from secrets import randbits
from typing import TYPE_CHECKING

import structlog

from adapters.store.codec import Codec
from summarizer.digests import Outcome
from summarizer.errors import StoreError
from summarizer.windows import Edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.store.connection import Command, Connection

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """What a list tells of a digest besides. since: when its window began. kept_at: when this revision was kept.
    topics: keys of those that have something in it. filters: as they are written on a line."""

    since: datetime | None = None
    kept_at: datetime | None = None
    revision: int = 1
    outcome: Outcome = "normal"
    counts: Mapping[str, int] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptEdition:
    """A kept digest, as a list tells it. repo: as it was spelt when it was kept. at: when its window ended, aware.
    titles: plain words, by the codes of the languages that it is kept in. kept: when what is kept in each of them was,
    where that is known."""

    repo: str
    id: str
    at: datetime
    edition: Edition
    titles: Mapping[str, str]
    told: Told = field(default_factory=Told)
    kept: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _About:
    """What a list tells of a digest in one language."""

    repo: str
    at: datetime
    title: str
    edition: Edition
    told: Told = field(default_factory=Told)


_ABOUT: Codec[_About] = Codec(_About)


class Editions:
    """By repository, whose name ignores case, and a digest's id. Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(
        self,
        repo: str,
        digest_id: str,
        lang: str,
        data: bytes,
        at: datetime,
        title: str,
        edition: Edition,
        told: Told | None = None,
    ) -> None:
        """Keep a digest in one language, in place of an earlier revision. data: opaque. The rest: see `KeptEdition`."""
        about = _ABOUT.dump(_About(repo, at, title, edition, told or Told()))
        await self._connection.call_many(
            [("HSET", _data(repo, digest_id), lang, data), ("HSET", _about(repo, digest_id), lang, about)]
        )
        await self._connection.call_many([("ZADD", _index(repo), _score(at), digest_id), _changed(repo)])

    async def load(self, repo: str, digest_id: str, lang: str) -> bytes | None:
        """What was kept, None where nothing was."""
        data: bytes | None = await self._connection.call("HGET", _data(repo, digest_id), lang)
        return data

    async def languages(self, repo: str, digest_id: str) -> tuple[str, ...]:
        """The codes of the languages that it is kept in, in alphabetical order; empty where it is not kept."""
        return tuple(
            sorted(lang.decode() for lang in await self._connection.call("HKEYS", _data(repo, digest_id)))
        )

    async def touch(self, repo: str) -> None:
        """What is told beside the digests has changed."""
        await self._connection.call(*_changed(repo))

    async def changes(self, repo: str) -> int:
        """Another number as soon as a digest was kept or let go, or what is told beside them has changed."""
        return int(await self._connection.call("GET", _changes(repo)) or 0)

    async def newest(
        self,
        repo: str,
        limit: int,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        skip: int = 0,
    ) -> Sequence[KeptEdition]:
        """At most `limit`, at least one, those whose windows ended last first; where they are fewer, there are no
        more. since, until: in `[since, until)`. skip: after so many of them."""
        highest = f"({_score(until)}" if until else "+inf"
        lowest = str(_score(since)) if since else "-inf"
        found: dict[str, KeptEdition] = {}
        passed = skip
        while len(found) < limit:
            command = ("ZREVRANGEBYSCORE", _index(repo), highest, lowest, "LIMIT", passed, limit - len(found))
            ids = [id_.decode() for id_ in await self._connection.call(*command)]
            if not ids:
                break
            # of which some cannot be told: they have gone just now, or are another version's
            passed += len(ids)
            found |= {kept.id: kept for kept in await self.listed(repo, ids)}
        return [*found.values()]

    async def listed(self, repo: str, ids: Sequence[str]) -> Sequence[KeptEdition]:
        """Those of these ids that are kept, in their order."""
        replies = await self._connection.call_many([("HGETALL", _about(repo, id_)) for id_ in ids])
        return [kept for id_, each in zip(ids, replies, strict=True) if (kept := _listed(id_, each))]

    async def remove(self, repo: str, digest_id: str) -> None:
        """Let it go in all languages."""
        await self._connection.call_many([("ZREM", _index(repo), digest_id), _changed(repo)])
        await self._connection.call("DEL", _data(repo, digest_id), _about(repo, digest_id))
        await self.touch(repo)  # a page may have been made of it in between


def _listed(id_: str, by_lang: Mapping[bytes, bytes]) -> KeptEdition | None:
    """None where it has gone since the index was read, or is another version's."""
    found: dict[str, _About] = {}
    for lang, data in sorted(by_lang.items()):
        try:
            found[lang.decode()] = _ABOUT.load(data)
        except StoreError as error:
            log.warning("kept edition unreadable", id=id_, error=error.key)
    if not found:
        return None
    last = max(found.values(), key=lambda about: about.at)
    titles = {lang: about.title for lang, about in found.items()}
    kept = {lang: about.told.kept_at for lang, about in found.items() if about.told.kept_at is not None}
    return KeptEdition(last.repo, id_, last.at, last.edition, titles, last.told, kept)


def _score(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _index(repo: str) -> str:
    return f"vllm-digest:editions:{{{repo.lower()}}}"  # GitHub ignores case in names


def _changes(repo: str) -> str:
    return f"vllm-digest:editions:{{{repo.lower()}}}:changes"


def _changed(repo: str) -> Command:
    """At random: one that counted from the beginning again, once the repository was forgotten, would come to numbers
    that there were before."""
    return "SET", _changes(repo), randbits(62)


def _data(repo: str, digest_id: str) -> str:
    return f"vllm-digest:edition:{{{repo.lower()}:{digest_id}}}"


def _about(repo: str, digest_id: str) -> str:
    return f"{_data(repo, digest_id)}:about"
