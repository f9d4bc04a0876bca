"""The courier of Discord: posts where nobody waits, over REST alone.

A part carries its mark in the id of a component (see `marks`), and a nonce besides, by which Discord itself keeps the
same part from being posted twice within minutes.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat.delivering import Blind, Destination, Later, Missing, Never, Sent, Shut
from adapters.chat.parts import SENT_S
from adapters.discord.carrying import Carrying
from adapters.discord.channels import Memory
from adapters.discord.clearing import Clearing
from adapters.discord.composing import Composer, Piece
from adapters.discord.errors import DiscordError, NoPermission, RateLimited
from adapters.discord.kept import Kept
from adapters.discord.looking import Looking, TooMany
from adapters.discord.marks import id_of
from adapters.discord.placing import Placing
from adapters.discord.posting import Posting, part_of
from adapters.discord.refused import Closed
from adapters.discord.rest import open_rest
from adapters.discord.undelivered import is_unthreaded, may_be_removed, undelivered
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from datetime import datetime

    from adapters.chat.delivering import Mark, Part, Post, Undelivered
    from adapters.chat.work import Handled
    from adapters.discord.access import Access
    from adapters.discord.posting import Chart
    from adapters.discord.rest import Rest
    from adapters.store import Store
    from adapters.store.pace import Pace

log = structlog.get_logger()

GITHUB: Final = ("https://github.com/",)

PER_MINUTE: Final = 30 * 60
"""Messages of all processes' couriers together. Discord takes fifty requests a second from a bot
(docs.discord.com/developers/topics/rate-limits, "Global Rate Limit"); the rest is for people who wait."""
BURST: Final = 10
TURN_S: Final = 3.0
"""The longest that a turn is waited for."""

WITHOUT_S: Final = 3600.0
WITHOUT: Final = 10_000
"""For how long, and of how many channels, it is known that the bot may not use threads there."""


class DiscordCourier:
    """See `adapters.chat.delivering.Courier`."""

    def __init__(
        self,
        rest: Rest,
        *,
        chart: Chart,
        handled: Handled,
        pace: Pace | None,
        crossposts: bool,
        links: Sequence[str] = GITHUB,
    ) -> None:
        """rest: one that tries again where the bot was refused before. For the rest see `open_courier`."""
        self._rest = rest
        self._handled = handled
        self._pace = pace
        self._composer = Composer(chart, links)
        self._posting = Posting(rest, handled, chart, crossposts=crossposts)
        self._looking = Looking(rest)
        self._clearing = Clearing(rest, self._looking)
        self._carrying = Carrying(rest, self._looking, self._clearing)
        self._placing = Placing(rest, self._looking)
        self._without: Memory[bool] = Memory(WITHOUT_S, WITHOUT)

    async def parts(self, post: Post, at: Destination) -> Sequence[Part]:
        """See `Courier.parts`. A channel in slow mode gets no sections, and where there are no threads the post alone
        stands for all."""
        async with self._telling(at):
            place = await self._carrying.place(at)
        return await self._composer.parts(post, place, is_unthreaded=bool(self._without.get(place.id)))

    async def send(self, part: Part, at: Destination, mark: Mark, below: Sent | None) -> Sent:
        """See `Courier.send`. It takes at most a minute and a half."""
        piece = _piece(part, mark)
        async with self._telling(at, below):
            place = await self._carrying.place(at)
            await self._turn()
            try:
                sent = await self._carrying.send(piece, place, mark, below)
            except DiscordError as error:
                if not (piece.is_below and below is not None and is_unthreaded(error)):
                    raise
                # composed anew it has nothing that would go there
                log.info("no thread allowed", channel=place.id, error=error.key)
                self._without.put(place.id, True)
                raise Later(error) from None
        await self._after(piece, sent, below)
        return sent

    async def find(
        self, part: Part, at: Destination, mark: Mark, below: Sent | None, since: datetime
    ) -> Sent | None:
        """See `Courier.find`."""
        piece = _piece(part, mark)
        async with self._telling(at, below):
            try:
                sent = await self._carrying.find(piece, at, below, since)
            except NoPermission as error:
                if error.missing.view_channel:
                    raise
                raise Blind(error) from None
            except TooMany:
                raise Blind(DiscordError("discord.ambiguous")) from None
        if sent is not None:
            await self._after(piece, sent, below)
        return sent

    async def edit(self, part: Part, at: Destination, mark: Mark, sent: Sent) -> None:
        """See `Courier.edit`."""
        piece = _piece(part, mark)
        async with self._telling(at, sent if sent.channel != at.channel else None):
            await self._turn()
            try:
                await self._carrying.edit(piece, sent)
            except DiscordError as error:
                is_gone = error.key == "discord.gone" and sent.channel != at.channel
                if error.key == "discord.message_gone" or is_gone:
                    raise Missing(error) from None
                raise

    async def delete(self, at: Destination, sent: Sent) -> None:
        """See `Courier.delete`. What others wrote in the thread stays, and the thread is put away."""
        async with self._telling(at, sent):
            try:
                await self._clearing.clear(int(sent.channel), int(sent.message), int(sent.thread or 0))
            except TooMany:
                raise Never(DiscordError("discord.ambiguous")) from None

    async def place(self, name: str, team: str) -> Destination:
        """See `Courier.place`. Raises BadInput `discord.which_channel` for a name that several channels have, and
        `discord.no_permission` where the bot sees the channel and may not post."""
        async with self._telling(Destination("discord", team)):
            found = await self._placing.place(name, int(team))
        return Destination("discord", team, str(found.id), name=f"#{found.name}")

    # --- within

    async def _after(self, piece: Piece, sent: Sent, below: Sent | None) -> None:
        """What follows once a part is there, and is done again if it is found later."""
        if below is None:
            if piece.is_news:
                await self._posting.publish(int(sent.channel), int(sent.message))
        elif piece.reply is not None and piece.claim:
            name = part_of(int(below.channel), int(below.message), piece.reply)
            try:
                await self._handled.claim(f"{name} {piece.claim}", SENT_S)
            except StoreError as error:
                log.warning("part not claimed", error=error.key)

    async def _turn(self) -> None:
        """Wait for the next turn. Raises RateLimited if that were long."""
        if self._pace is None:
            return
        try:
            wait_s = await self._pace.take(
                "discord courier", per_minute=PER_MINUTE, burst=BURST, most_wait_s=TURN_S
            )
        except StoreError as error:
            log.warning("discord pace is not shared", error=error.key)
            return
        if wait_s is None:
            raise RateLimited(TURN_S)
        if wait_s:
            await asyncio.sleep(wait_s)

    @asynccontextmanager
    async def _telling(self, at: Destination, below: Sent | None = None) -> AsyncIterator[None]:
        """Raise what goes wrong with Discord in a courier's words. below: the post that it is about what stands below
        of."""
        try:
            yield
        except DiscordError as error:
            told = undelivered(error, is_below=below is not None)
            if at.team and isinstance(told, Shut) and may_be_removed(error):
                told = await self._removed(at, error, told)
            raise told from None

    async def _removed(self, at: Destination, error: DiscordError, told: Shut) -> Undelivered:
        """Whether it is the whole server that the bot is not on any more."""
        try:
            is_in = await self._looking.is_in(int(at.team))
        except DiscordError as failed:
            return undelivered(failed, is_below=False)
        return told if is_in else Shut(error, "removed", whole_team=True)


@asynccontextmanager
async def open_courier(
    access: Access,
    *,
    store: Store,
    chart: Chart,
    links: Sequence[str] = GITHUB,
    is_paced: bool = True,
) -> AsyncIterator[DiscordCourier]:
    """Log in without a gateway, for any process. links: what addresses begin with that a text may link to. is_paced:
    whether all processes together keep below Discord's limit. Raises DiscordError."""
    # discord.py's log quotes payloads, and what goes wrong comes to us
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    kept = Kept(store.cache)
    async with open_rest(
        access.token, api_url=access.api_url, closed=_TriedAgain(store.cache), keep=kept.keep
    ) as rest:
        yield DiscordCourier(
            rest,
            chart=chart,
            handled=store.handled,
            pace=store.pace if is_paced else None,
            crossposts=access.crosspost,
            links=links,
        )


class _TriedAgain(Closed):
    """A subscription that is refused is suspended, which keeps it from being refused again; once somebody has mended
    that, it is not to be told of the refusal that was."""

    async def check(self, channel: int) -> None:
        """Nothing is closed."""


def _piece(part: Part, mark: Mark) -> Piece:
    if not isinstance(part.content, Piece):
        raise TypeError("a part of this courier expected")
    return replace(part.content, message=replace(part.content.message, mark=id_of(mark)))
