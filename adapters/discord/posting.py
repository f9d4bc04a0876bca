"""Posting: a digest where a whole channel reads it, its sections in a thread made from it, its file."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat.parts import AT_IT_S, once
from adapters.chat.replies import asked_anew, digest_of
from adapters.discord.errors import Ambiguous, DiscordError, NoPermission
from adapters.discord.layout import digest as layout
from adapters.discord.layout import notices
from adapters.discord.messages import File
from adapters.discord.refused import ends_posting
from adapters.discord.rest import nonce_of
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from adapters.chat import Reply
    from adapters.chat.work import Handled
    from adapters.discord.channels import Channel
    from adapters.discord.messages import Message
    from adapters.discord.rest import Rest
    from summarizer.digests import Digest

log = structlog.get_logger()

Chart = Callable[["Digest"], Awaitable["tuple[bytes, str] | None"]]
"""A digest's chart as a PNG with its alternative text; None where none can be made."""

MOST_IN_THREAD: Final = 10
"""Messages, five of which Discord takes in five seconds; more of them nobody reads."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a post is. channel: of a forum the thread that the post is."""

    channel: int
    message: int


class Posting:
    """Posts digests. Methods raise DiscordError, and StoreError where they keep who is at it."""

    def __init__(self, rest: Rest, handled: Handled, chart: Chart, *, crossposts: bool) -> None:
        """crossposts: whether what is posted in announcement channels is published to those who follow them."""
        self._rest = rest
        self._handled = handled
        self._chart = chart
        self._crossposts = crossposts

    async def composed(self, reply: Reply, *, is_drawn: bool = True) -> tuple[Message, tuple[File, ...]]:
        """The digest's post and the files with it. is_drawn: with its chart, if it has one."""
        digest, words = digest_of(reply), languages.load(reply.lang)
        file = await drawn(self._chart, digest) if is_drawn else None
        message = await asyncio.to_thread(
            layout.in_channel,
            digest,
            words,
            handle=reply.handle,
            line=asked_anew(reply),
            chart=None if file is None else file.name,
            page_url=reply.page,
        )
        return message, (file,) if file is not None else ()

    async def post(self, channel: int, reply: Reply, *, reply_to: int = 0, instead_of: int = 0) -> Posted:
        """The digest as a post: below the message `reply_to`, or in place of our message `instead_of`, if there is one.

        In a forum it is a post of its own. The same in the same place within a few minutes is the same post. Without
        the permission to attach files it comes without its chart.
        """
        try:
            return await self._post(channel, reply, reply_to, instead_of, is_drawn=True)
        except NoPermission as error:
            if not error.missing.attach_files or ends_posting(error):
                raise
            log.info("chart not allowed", channel=channel)
            return await self._post(channel, reply, reply_to, instead_of, is_drawn=False)

    async def _post(
        self, channel: int, reply: Reply, reply_to: int, instead_of: int, *, is_drawn: bool
    ) -> Posted:
        message, files = await self.composed(reply, is_drawn=is_drawn)
        if instead_of:
            await self._rest.edit(channel, instead_of, message, files=files)
            await self.publish(channel, instead_of)
            return Posted(channel, instead_of)
        place = await self._open(channel)
        digest = digest_of(reply)
        if place.kind == "forum":
            name = layout.thread_name(digest, languages.load(reply.lang))
            return Posted(*await self._rest.forum_post(channel, name, message, files=files))
        nonce = reply.handle and nonce_of(channel, reply_to, reply.handle, digest.revision, reply.lang)
        made = Posted(
            channel,
            await self._rest.post(channel, message, files=files, reply_to=reply_to, nonce=nonce),
        )
        await self.publish(channel, made.message)
        return made

    async def publish(self, channel: int, message: int) -> None:
        """Publish a post of ours to those who follow the channel, if that is wanted and it has followers. The post is
        there in any case."""
        if not self._crossposts:
            return
        try:
            if (await self._rest.channel(channel)).kind == "announcement":
                await self._rest.crosspost(channel, message)
        except DiscordError as error:
            log.warning("post not published to followers", channel=channel, error=error.key)

    async def unfold(self, channel: int, message: int, reply: Reply) -> tuple[int, bool]:
        """Put the sections into the thread made from the post, each once, whoever asks and however often; where that
        is, and whether anything is new there.

        Of a digest that would flood the thread the rest is in the report's file; in slow mode that is all there is.
        Where there are no threads, such as within one, the sections come below the post. A part that fails is told with
        DiscordError, and comes when somebody asks again.
        """
        words = languages.load(reply.lang)
        place = await self._open(channel)
        name, added = part_of(channel, message, reply), False
        # one at a time: two who took turns would mix the sections up
        if not await self._handled.claim(f"{name} all", AT_IT_S):
            return await self._thread(place, message, reply), False
        try:
            thread = await self._thread(place, message, reply)
            within = place if thread == channel else await self._open(thread)
            messages = await asyncio.to_thread(layout.thread, digest_of(reply), words)
            most = 0 if place.slow_s or within.slow_s else MOST_IN_THREAD
            unsure: Ambiguous | None = None
            for number, section in enumerate(messages[:most]):
                try:
                    added |= await self._once(f"{name} {number}", partial(self._rest.post, thread, section))
                except Ambiguous as error:
                    if unsure is not None:
                        raise
                    unsure = error
            if len(messages) > most:
                added |= await self._once(f"{name} file", partial(self.attach, thread, reply))
        finally:
            await self._handled.release(f"{name} all")
        if unsure is not None:
            raise unsure
        return thread, added

    async def _thread(self, place: Channel, message: int, reply: Reply) -> int:
        """Of the post, or the channel itself where there are none."""
        if place.kind not in ("text", "announcement"):
            return place.id
        name = layout.thread_name(digest_of(reply), languages.load(reply.lang))
        return await self._rest.start_thread(place.id, message, name)

    async def attach(self, channel: int, reply: Reply) -> int:
        """The whole report as a file; the id of its message."""
        digest = digest_of(reply)
        words = languages.load(reply.lang)
        file = await asyncio.to_thread(layout.report_file, digest, words)
        await self._open(channel)
        return await self._rest.post(channel, notices.said(words.text("discord.said.report")), files=(file,))

    async def _open(self, channel: int) -> Channel:
        """The channel. Raises `discord.locked` for a locked thread; an archived one wakes up by being written in."""
        place = await self._rest.channel(channel)
        if place.is_locked:
            raise DiscordError("discord.locked")
        return place

    async def _once(self, part: str, send: Callable[[], Awaitable[object]]) -> bool:
        return await once(self._handled, part, send, unsure=Ambiguous)


def part_of(channel: int, message: int, reply: Reply) -> str:
    """What the parts below a post are claimed by: this, and the place of each in the thread behind a space."""
    return f"discord part {channel} {message} {reply.handle}"


async def drawn(chart: Chart, digest: Digest) -> File | None:
    """The chart of a digest that has something to draw. A post without it is better than none."""
    if digest.outcome == "quiet":
        return None
    try:
        made = await chart(digest)
    except DigestError as error:
        log.warning("chart not drawn", error=error.key)
        return None
    return None if made is None else File(f"{digest.id}.png", *made)
