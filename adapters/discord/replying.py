"""Replying: answers that stand below the message that asked. See `adapters.chat.answering.Place`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from adapters.discord.errors import DiscordError
from adapters.discord.growing import Growing
from adapters.discord.layout import notices
from adapters.discord.shown import messages_of, went_to, zone_note
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.chat import Context, Reply
    from adapters.chat.watching import Cadence, Step
    from adapters.discord.messages import File, Message
    from adapters.discord.parts import Parts
    from adapters.discord.speakers import Spot

log = structlog.get_logger()

T = TypeVar("T")

TOLD_AGAIN_S: Final = 3600
"""How often a channel is told of the zone that is assumed for whoever asks there."""


class Replying:
    """Below the message that asked: one that mentions the bot or replies to it, or a direct message."""

    def __init__(self, parts: Parts, spot: Spot, context: Context) -> None:
        self._parts = parts
        self._spot = spot
        self._context = context
        self._told = 0  # the message of the progress
        self._growing = Growing(self._grown)
        self.cadence: Cadence = parts.cadence

    async def progress(self, step: Step, lang: str) -> None:
        """As one message of ours that changes."""
        await self._tell(notices.progress(step, languages.load(lang)))

    def show(self, text: str) -> None:
        """In a direct message; a channel is not told half of an answer."""
        if not self._spot.guild:
            self._growing.show(text)

    async def reply(self, reply: Reply) -> None:
        """Where the progress stood."""
        await self._growing.stop()
        if reply.digest is not None and not reply.text:
            posted = await self._in_its_place(
                lambda told: self._parts.posting.post(
                    self._spot.channel, reply, reply_to=self._spot.message, instead_of=told
                )
            )
            self._told = 0  # what fails from now on does not take its place
            await went_to(self._parts, self._spot, self._context, reply, posted.message)
        else:
            first, *rest = messages_of(self._parts, reply, self._context)
            sent = await self._tell(*first)
            self._told = 0
            await went_to(self._parts, self._spot, self._context, reply, sent)
            for message, files in rest:
                sent = await self._parts.rest.post(self._spot.channel, message, files=files, reply_to=sent)
                await went_to(self._parts, self._spot, self._context, reply, sent)
        await self._offer_zone(reply)

    async def failed(self, text: str, lang: str, line: str | None) -> None:
        """Where the progress stood."""
        await self._growing.stop()
        await self._tell(notices.failed(text, languages.load(lang), line=line))

    async def _tell(self, message: Message, files: Sequence[File] = ()) -> int:
        """Where the progress stands, else below the message that asked."""

        async def tell(told: int) -> int:
            if told:
                await self._parts.rest.edit(self._spot.channel, told, message, files=files)
                return told
            return await self._parts.rest.post(
                self._spot.channel, message, files=files, reply_to=self._spot.message
            )

        self._told = await self._in_its_place(tell)
        return self._told

    async def _in_its_place(self, say: Callable[[int], Awaitable[T]]) -> T:
        """Have it said in the place of the progress, or anew where somebody has deleted that."""
        try:
            return await say(self._told)
        except DiscordError as error:
            if error.key != "discord.message_gone" or not self._told:
                raise
            self._told = 0
            return await say(0)

    async def _grown(self, text: str) -> None:
        words = languages.load(await self._parts.desk.language(self._context))
        await self._tell(notices.partial(text, words, repo_urls=self._parts.links))

    async def _offer_zone(self, reply: Reply) -> None:
        """See `Answering`; in a channel it is seen by all, who need not be told one by one."""
        if reply.problem is not None or (reply.digest is None and reply.answer is None):
            return
        with suppress(DigestError):
            zone = await self._parts.desk.assumed_zone(self._context)
            place = f"discord zone {self._spot.channel}"
            if zone and await self._parts.handled.claim(place, TOLD_AGAIN_S):
                note = zone_note(zone, reply, self._context)
                await self._parts.rest.post(self._spot.channel, note, reply_to=self._spot.message)
