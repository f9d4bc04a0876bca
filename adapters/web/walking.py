"""Walking through the kept digests of a repository, from the newest back, in an order that stands still."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.web.archive import Archive, Listed, Visitor

BATCH: Final = 100
"""Digests that are listed at once."""

_INSTANT: Final = timedelta(microseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE: Final = re.compile(r"([0-9]{1,16})\.([A-Za-z0-9][A-Za-z0-9._+-]{0,199})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a digest stands: when its window ended, and its id among those of the same instant."""

    at: datetime
    id: str

    @classmethod
    def of(cls, listed: Listed) -> Place:
        return cls(listed.until, listed.id)

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """As `str()` writes it; None where that is none."""
        found = _PLACE.fullmatch(text)
        return cls(_EPOCH + int(found[1]) * _INSTANT, found[2]) if found else None

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _INSTANT}.{self.id}"


async def walk(
    archive: Archive,
    repo: str,
    visitor: Visitor,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    before: Place | None = None,
    batch: int = BATCH,
) -> AsyncIterator[Listed]:
    """All of them whose windows ended in `[since, until)`, those that ended last first, and those that stand behind
    `before`. Raises StoreError.

    The archive lists by instants, and several digests may share one: those of the last instant of a batch are told with
    the next one, which holds all of them.
    """
    end = until
    if before is not None:
        end = before.at + _INSTANT if until is None else min(until, before.at + _INSTANT)
    while True:
        listed = await archive.newest(repo, visitor, since=since, until=end, limit=batch)
        oldest = min(each.until for each in listed) if len(listed) >= batch else None
        for each in sorted(listed, key=Place.of, reverse=True):
            if each.until == oldest:
                break
            if before is None or Place.of(each) < before:
                yield each
        if oldest is None:
            return
        if end is not None and oldest + _INSTANT >= end:  # a whole batch of one instant
            batch *= 2
        end = oldest + _INSTANT
