"""Carrying: single pieces to where they belong - sent, looked for, put in the place of what was sent."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat.delivering import Sent
from adapters.discord.channels import Channel, Memory
from adapters.discord.errors import DiscordError, NoPermission
from adapters.discord.finding import Finding
from adapters.discord.refused import ends_posting
from adapters.discord.rest import nonce_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from adapters.chat.delivering import Destination, Mark
    from adapters.discord.channels import Kind
    from adapters.discord.clearing import Clearing
    from adapters.discord.composing import Piece
    from adapters.discord.looking import Looking
    from adapters.discord.rest import Rest

log = structlog.get_logger()

PREPARE_S: Final = 20.0
"""To find out what the place is like, before anything is posted there."""

THREADS_S: Final = 3600.0
THREADS: Final = 10_000
"""For how long, and how many, threads are known to be there."""

_MADE: Final[tuple[Kind, ...]] = ("text", "announcement")
"""Where a thread can be made from a message."""


class Carrying:
    """Methods raise DiscordError."""

    def __init__(self, rest: Rest, looking: Looking, clearing: Clearing) -> None:
        self._rest = rest
        self._finding = Finding(looking)
        self._clearing = clearing
        self._threads: Memory[int] = Memory(THREADS_S, THREADS)

    async def place(self, at: Destination) -> Channel:
        """The channel, the thread or the conversation. `discord.locked`."""
        async with _prepared():
            if not at.channel:
                return Channel(await self._rest.dm(int(at.person)), "dm")
            place = await self._rest.channel(int(at.channel))
        if place.is_locked:
            raise DiscordError("discord.locked")
        return place

    async def send(self, piece: Piece, place: Channel, mark: Mark, below: Sent | None) -> Sent:
        """Post it, tried once; without its picture where nothing may be attached, since the refusal means that nothing
        was posted. below: the post that it stands below."""
        within = await self._within(place, piece, below)
        try:
            return await self._posted(piece, place, within, mark, below)
        except NoPermission as error:
            if not _is_bared(error, piece):
                raise
            log.info("chart not allowed", channel=place.id)
            return await self._posted(piece.bare, place, within, mark, below)

    async def find(self, piece: Piece, at: Destination, below: Sent | None, since: datetime) -> Sent | None:
        """Look for it among what was sent no sooner than `since`. Raises NoPermission where nobody may look, and
        TooMany."""
        place = await self.place(at)
        if below is None and place.kind == "forum":
            return await self._finding.forum_post(place, piece.message, since)
        within = place.id
        if below is not None:
            # a thread that is made from a message shares its id
            is_made = piece.is_below and place.kind in _MADE
            within = int(below.message) if is_made else int(below.channel)
        try:
            made = await self._finding.message(within, piece.message, since)
        except DiscordError as error:
            if error.key != "discord.gone" or within == place.id:
                raise
            return None  # the thread was not made
        if made is None:
            return None
        return _sent(place, within, made, below)

    async def edit(self, piece: Piece, sent: Sent) -> None:
        """Put it in the place of what was sent, in an archived thread too."""
        try:
            await self._edited(piece, sent)
        except NoPermission as error:
            if not _is_bared(error, piece):
                raise
            await self._edited(piece.bare, sent)

    async def _edited(self, piece: Piece, sent: Sent) -> None:
        channel, message = int(sent.channel), int(sent.message)

        async def edit() -> None:
            await self._rest.edit(channel, message, piece.message, files=piece.files)

        await self._clearing.awake(channel, edit)

    async def _within(self, place: Channel, piece: Piece, below: Sent | None) -> int:
        """The channel or thread that the piece goes into; the thread is made if there is none."""
        if below is None:
            return place.id
        if not piece.is_below or place.kind not in _MADE:
            return int(below.channel)
        root = int(below.message)
        known = self._threads.get(root)
        if known is None:
            async with _prepared():
                known = await self._rest.start_thread(place.id, root, piece.thread)
            self._threads.put(root, known)
        return known

    async def _posted(
        self, piece: Piece, place: Channel, within: int, mark: Mark, below: Sent | None
    ) -> Sent:
        message, files = piece.message, piece.files
        if within == place.id and place.kind == "forum":
            thread, first = await self._rest.forum_post(place.id, piece.thread, message, files=files)
            return Sent(str(thread), str(first), str(thread))
        nonce = nonce_of(mark.delivery, mark.part, mark.revision)
        made = await self._rest.post(within, message, files=files, nonce=nonce, once=True)
        return _sent(place, within, made, below)


def _sent(place: Channel, within: int, made: int, below: Sent | None) -> Sent:
    has_thread = below is None and place.kind in _MADE
    return Sent(str(within), str(made), str(made) if has_thread else "")


def _is_bared(error: NoPermission, piece: Piece) -> bool:
    """Whether it goes without its picture."""
    return error.missing.attach_files and not ends_posting(error) and piece.is_drawn


@asynccontextmanager
async def _prepared() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PREPARE_S):
            yield
    except TimeoutError:
        raise DiscordError("discord.unreachable") from None
