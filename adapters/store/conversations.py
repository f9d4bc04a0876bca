"""Conversations: what was asked last in each, for a week. Expiring state."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.store.codec import Codec
from adapters.store.room import passed_over
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from adapters.store.connection import Connection

log = structlog.get_logger()

KEEP_S: Final = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a further line may mean something by.

    digest: the last line that was a digest's, in its canonical spelling; "" where the last line was a question.
    query: the last question's, as `Query.as_dict` tells it; None where there was none.
    choices: the readings that were asked back, likewise, in the order in which they were numbered.
    """

    digest: str = ""
    query: dict[str, Any] | None = None
    choices: tuple[dict[str, Any], ...] = ()


_CONVERSATION: Codec[Conversation] = Codec(Conversation)


class Conversations:
    """By the platform's id of the thread, direct message or terminal."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def load(self, key: str) -> Conversation:
        """An empty one where nothing was asked for a week. Raises StoreError."""
        data = await self._connection.call("GET", _key(key))
        if data is None:
            return Conversation()
        try:
            return _CONVERSATION.load(data)
        except StoreError as error:
            log.warning("kept conversation unreadable", error=error.key)  # another version's
            return Conversation()

    async def save(self, key: str, conversation: Conversation) -> None:
        """Keep it for a week from now; without room for it the next line stands for itself. Raises StoreError."""
        with passed_over("conversation"):
            await self._connection.call("SET", _key(key), _CONVERSATION.dump(conversation), "EX", KEEP_S)

    async def forget(self, key: str) -> bool:
        """Whether there was anything to forget. Raises StoreError."""
        return bool(await self._connection.call("DEL", _key(key)))


def _key(key: str) -> str:
    # platforms' ids are of any length and alphabet
    return f"vllm-digest:conversation:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
