"""Answering: the place that Discord keeps for the answer to a command, a button or a form. See
`adapters.chat.answering.Place`."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat.replies import asked_anew
from adapters.chat.watching import Step
from adapters.discord.errors import DiscordError
from adapters.discord.growing import Growing
from adapters.discord.layout import notices
from adapters.discord.shown import messages_of, went_to, zone_note
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.chat import Context, Reply
    from adapters.chat.watching import Cadence
    from adapters.discord.messages import File, Message, Row
    from adapters.discord.parts import Parts
    from adapters.discord.speakers import Spot

log = structlog.get_logger()

BEGIN: Final = Step("begin", 0, None)
"""Before anything is known of how far the work is."""


class Answering:
    """The answer to a command, a button or a form, in the place that Discord keeps for it.

    It needs neither the gateway nor any permission in the channel, and can be changed for a quarter of an hour.
    """

    def __init__(
        self,
        parts: Parts,
        spot: Spot,
        context: Context,
        token: str,
        *,
        is_public: bool,
        below: Sequence[Row] = (),
    ) -> None:
        """token: the interaction's. is_public: whether others see the place. below: what can be pressed below a reply
        that is neither a digest nor an answer."""
        self._parts = parts
        self._spot = spot
        self._context = context
        self._token = token
        self._is_public = is_public
        self._below = tuple(below)
        self._is_begun = False
        self._growing = Growing(self._grown)
        self.cadence: Cadence = parts.cadence

    async def progress(self, step: Step, lang: str) -> None:
        """In the place that the answer takes."""
        await self._parts.rest.answer(self._token, notices.progress(step, languages.load(lang)))
        self._is_begun = True

    def show(self, text: str) -> None:
        """Where one person alone reads it; others are not told half of an answer."""
        if not self._is_public:
            self._growing.show(text)

    async def reply(self, reply: Reply) -> None:
        """In its place, or below it as a message for all with `in:channel`. What comes too late is dropped."""
        await self._growing.stop()
        with _in_time(self._spot):
            await self._replied(reply)
            if reply.in_channel and self._spot.is_hidden:
                hidden = languages.load(reply.lang).problem(DiscordError("discord.only_you"))
                await self._parts.rest.follow_up(self._token, notices.said(hidden), only_me=True)
            await self._offer_zone(reply)

    async def failed(self, text: str, lang: str, line: str | None) -> None:
        """In its place. What comes too late is dropped."""
        await self._growing.stop()
        message = notices.failed(text, languages.load(lang), line=line)
        with _in_time(self._spot):
            await self._put(message)

    async def _replied(self, reply: Reply) -> None:
        if reply.in_channel and not self._is_public and self._spot.guild and not self._spot.is_hidden:
            if not self._is_begun:
                await self.progress(BEGIN, reply.lang)
            await self.share(reply)
            words = languages.load(reply.lang)
            with suppress(DigestError):  # it is there, whether or not that can be said
                await self._parts.rest.answer(self._token, notices.said(words.text("chat.said.posted")))
        elif reply.digest is not None and not reply.text and self._is_public:
            post, drawn = await self._parts.posting.composed(reply)
            await self._put(post, drawn)
        elif reply.digest is not None and not reply.text:
            alone = await self._parts.laid_out.get(
                reply.digest, languages.load(reply.lang), handle=reply.handle, line=asked_anew(reply)
            )
            await self._put(alone)
        else:
            (first, attached), *rest = self._messages(reply, only_me=not self._is_public)
            first = replace(first, rows=(*first.rows, *self._below))
            await self._put(first, attached)
            for message, files in rest:
                await self._parts.rest.follow_up(
                    self._token, message, only_me=not self._is_public, files=files
                )

    async def _put(self, message: Message, files: Sequence[File] = ()) -> None:
        """In its place, or below where somebody has deleted that."""
        try:
            await self._parts.rest.answer(self._token, message, files=files)
        except DiscordError as error:
            if error.key != "discord.message_gone":
                raise
            await self._parts.rest.follow_up(self._token, message, only_me=not self._is_public, files=files)

    async def _grown(self, text: str) -> None:
        words = languages.load(await self._parts.desk.language(self._context))
        message = notices.partial(text, words, repo_urls=self._parts.links)
        await self._parts.rest.answer(self._token, message)

    async def share(self, reply: Reply) -> None:
        """As messages of their own, which all may read, once something stands in the answer's place: Discord puts the
        first message after a deferral there, seen by whoever was to see that. Raises DiscordError."""
        if self._spot.is_hidden:
            raise DiscordError("discord.only_you")
        if reply.digest is not None and not reply.text:
            composed: Sequence[tuple[Message, Sequence[File]]] = [await self._parts.posting.composed(reply)]
        else:
            composed = self._messages(reply, only_me=False)
        for place, (message, files) in enumerate(composed):
            sent = await self._parts.rest.follow_up(self._token, message, only_me=False, files=files)
            if not place:
                await went_to(self._parts, self._spot, self._context, reply, sent)

    def _messages(self, reply: Reply, *, only_me: bool) -> list[tuple[Message, Sequence[File]]]:
        return messages_of(self._parts, reply, self._context, only_me=only_me)

    async def _offer_zone(self, reply: Reply) -> None:
        """The first time, say whose zone the times are in, and how to change that. The answer is there without it."""
        if reply.problem is not None or (reply.digest is None and reply.answer is None):
            return
        with suppress(DigestError):
            if zone := await self._parts.desk.assumed_zone(self._context):
                note = zone_note(zone, reply, self._context)
                await self._parts.rest.follow_up(self._token, note, only_me=True)


@contextmanager
def _in_time(spot: Spot) -> Iterator[None]:
    """Nobody can be told anything once an interaction's token has expired."""
    try:
        yield
    except DiscordError as error:
        if error.key != "discord.expired":
            raise
        log.warning("interaction expired", channel=spot.channel)
