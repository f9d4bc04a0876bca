"""Kept: what has no room in Discord's fields - what long buttons carry, and which conversation a message is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.discord import actions
from summarizer.errors import BadInput, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.chat.pressed import Pressed

log = structlog.get_logger()

KEEP_S: Final = 7 * 24 * 3600  # as long as an on-demand digest can be opened


class Values(Protocol):
    """Values that go by themselves; see `adapters.store.cache`. Both methods raise StoreError."""

    async def get(self, name: str) -> bytes | None: ...

    async def put(self, name: str, data: bytes, ttl_s: int) -> None: ...


class Kept:
    """By key, known to all processes."""

    def __init__(self, values: Values) -> None:
        self._values = values

    async def keep(self, pressed: Mapping[str, str]) -> None:
        """What buttons carry that has no room in their ids. A message is better than none, also if they do not work."""
        for key, text in pressed.items():
            try:
                await self._values.put(f"discord pressed:{key}", text.encode(), KEEP_S)
            except StoreError as error:
                log.warning("buttons not kept", error=error.key)
                return

    async def pressed(self, custom_id: str) -> Pressed:
        """What a button or an option carries. Raises BadInput `digest.gone` for what is not known any more, or was
        written by another version; StoreError."""
        key = actions.key_of(custom_id)
        try:
            if key is None:
                return actions.read(custom_id)
            if data := await self._values.get(f"discord pressed:{key}"):
                return actions.read_kept(data.decode())
        except ValueError:
            log.warning("button of another version", action=actions.action_of(custom_id))
        raise BadInput("digest.gone")

    async def talk(self, channel: int, message: int) -> str:
        """The conversation that goes on from a message of ours; one of its own for what is not known any more."""
        try:
            data = await self._values.get(f"discord talk:{message}")
        except StoreError as error:
            log.warning("conversation not looked up", error=error.key)
            data = None
        return data.decode() if data else f"{channel}:{message}"

    async def goes_on(self, message: int, conversation: str) -> None:
        """Whoever replies to that message goes on with the conversation. The message is there, whether or not that is
        kept."""
        try:
            await self._values.put(f"discord talk:{message}", conversation.encode(), KEEP_S)
        except StoreError as error:
            log.warning("conversation not kept", error=error.key)
