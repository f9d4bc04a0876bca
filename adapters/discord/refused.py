"""Refused: channels where the bot was not allowed to post, and where nothing is tried for a while.

Discord bans an address that is refused too often: 10,000 answers of 401, 403 or 429 within ten minutes
(docs.discord.com/developers/topics/rate-limits, "Invalid Request Limit").
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog
from discord import Permissions

from adapters.discord.errors import DiscordError, NoPermission
from adapters.discord.permissions import missing
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

log = structlog.get_logger()

CLOSED_S: Final = 3600
"""How long nothing is tried. Whoever changes a permission need not wait for it: see `Closed.open`."""

_OPEN: Final = b""

_ENDS_POSTING: Final = Permissions(view_channel=True, send_messages=True, send_messages_in_threads=True)


class Kept(Protocol):
    """Bytes with a time to live, known to all processes."""

    async def get(self, key: str) -> bytes | None: ...

    async def put(self, key: str, value: bytes, ttl_s: int) -> None: ...


class Closed:
    """By channel. While the store cannot be reached every channel counts as open: one refusal more is no harm."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def check(self, channel: int) -> None:
        """Raise the DiscordError that the channel was closed with, unless it is open."""
        if (error := await self._closed_with(channel)) is not None:
            raise error

    async def close(self, channel: int, error: DiscordError) -> None:
        """After a refusal: nothing is tried there for `CLOSED_S`, if it is one that the next message would meet too."""
        if not ends_posting(error):
            return
        log.info("channel closed", channel=channel, error=error.key)
        await self._put(channel, _written(error), CLOSED_S)

    async def open(self, channel: int, granted: Permissions) -> None:
        """Discord has told what the bot may do there: try again if that is what was missing. granted: all of it for a
        person who has just written to the bot."""
        error = await self._closed_with(channel)
        if error is None or (isinstance(error, NoPermission) and error.is_guess):
            return
        lacked = error.missing if isinstance(error, NoPermission) else Permissions.all()
        if not missing(lacked, granted).value:
            log.info("channel opened", channel=channel)
            await self._put(channel, _OPEN, 1)

    async def _closed_with(self, channel: int) -> DiscordError | None:
        try:
            written = await self._kept.get(_key(channel))
        except StoreError as error:
            log.warning("closed channels not looked up", error=error.key)
            return None
        return _read(written) if written else None

    async def _put(self, channel: int, value: bytes, ttl_s: int) -> None:
        try:
            await self._kept.put(_key(channel), value, ttl_s)
        except StoreError as error:
            log.warning("closed channels not kept", error=error.key)


def ends_posting(error: DiscordError) -> bool:
    """Whether no message at all can be sent there, whatever it holds."""
    if isinstance(error, NoPermission):
        return bool(error.missing.value & _ENDS_POSTING.value)
    return error.key == "discord.no_dm"


def _key(channel: int) -> str:
    return f"discord:closed:{channel}"


def _written(error: DiscordError) -> bytes:
    told: dict[str, object] = {"key": error.key}
    if isinstance(error, NoPermission):
        told |= {"missing": error.missing.value, "place": error.place, "is_guess": error.is_guess}
    return json.dumps(told).encode()


def _read(written: bytes) -> DiscordError:
    told: Mapping[str, Any] = json.loads(written)
    if "missing" in told:
        is_guess = bool(told.get("is_guess"))
        return NoPermission(Permissions(int(told["missing"])), str(told["place"]), is_guess=is_guess)
    return DiscordError(str(told["key"]))
