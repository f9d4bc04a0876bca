"""Feedback: what people think of digests and answers, the newest 10,000. State, one sorted set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat import Opinion
from adapters.store.codec import Codec
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.store.connection import Connection

log = structlog.get_logger()

MOST: Final = 10_000
"""Entries that are kept, some 200 bytes each."""

_KEY: Final = "vllm-digest:feedback"
_TOKEN: Final = 16  # characters before each record, without which two equal ones would be one


@dataclass(frozen=True, slots=True)
class FeedbackEntry:
    """What somebody thinks.

    at: aware. who: as `DIGEST_MANAGERS` names them. team: the platform's id of the workspace or server, "" in a direct
    message. repo, revision: of the digest, "" and 0 unknown. The rest: see `adapters.chat.Feedback`.
    """

    at: datetime
    who: str
    team: str
    repo: str
    opinion: Opinion
    about: str = ""
    section: str = ""
    number: int | None = None
    reason: str = ""
    revision: int = 0


_ENTRY: Codec[FeedbackEntry] = Codec(FeedbackEntry)


class FeedbackEntries:
    """Entries by when they were given."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, entry: FeedbackEntry) -> None:
        """Keep it, and drop the oldest one where there are too many. Raises StoreError."""
        self._connection.room.admit()
        member = token_hex(_TOKEN // 2).encode() + _ENTRY.dump(entry)
        await self._connection.call_many(
            [
                ("ZADD", _KEY, round(entry.at.timestamp() * 1_000_000), member),
                ("ZREMRANGEBYRANK", _KEY, 0, -(MOST + 1)),
            ]
        )

    async def remove(self, chosen: Callable[[FeedbackEntry], bool]) -> int:
        """Drop those that are chosen; how many that were. Raises StoreError."""
        members = await self._connection.call("ZRANGE", _KEY, 0, -1)
        gone = [member for member in members if (entry := _read(member)) is not None and chosen(entry)]
        return int(await self._connection.call("ZREM", _KEY, *gone)) if gone else 0

    async def newest(self, limit: int) -> Sequence[FeedbackEntry]:
        """At most `limit`, at least one, the newest first. Raises StoreError."""
        members = await self._connection.call("ZREVRANGE", _KEY, 0, limit - 1)
        return [entry for member in members if (entry := _read(member)) is not None]


def _read(member: bytes) -> FeedbackEntry | None:
    try:
        return _ENTRY.load(member[_TOKEN:])
    except StoreError as error:
        log.warning("kept feedback unreadable", error=error.key)  # another version's
        return None
