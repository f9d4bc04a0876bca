"""Posting: a digest where a whole channel reads it, its sections in the thread below, its files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

import structlog

from adapters.chat.parts import AT_IT_S, once
from adapters.chat.replies import asked_anew, digest_of
from adapters.slack.errors import Ambiguous
from adapters.slack.layout import digest as layout
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from adapters.chat import Reply
    from adapters.chat.work import Handled
    from adapters.slack.blocks import Message
    from adapters.slack.client import Slack
    from summarizer.digests import Digest

log = structlog.get_logger()

Chart = Callable[["Digest"], Awaitable["tuple[bytes, str] | None"]]
"""A digest's chart as a PNG with its alternative text; None where none can be made."""

EVENT_TYPE = "vllm_digest"
"""What the metadata of our posts is called; any member may read it, so it holds no secret."""

MOST_IN_THREAD = 20
"""Messages at one a second; more of them nobody reads."""


class Posting:
    """Posts digests of one workspace."""

    def __init__(self, slack: Slack, handled: Handled, chart: Chart) -> None:
        self._slack = slack
        self._handled = handled
        self._chart = chart

    async def post(self, channel: str, reply: Reply, *, thread_ts: str = "", instead_of: str = "") -> str:
        """The digest as a post, in place of the message `instead_of` if there is one; its ts. Raises SlackError."""
        digest, words = digest_of(reply), languages.load(reply.lang)
        message = await asyncio.to_thread(
            layout.in_channel,
            digest,
            words,
            handle=reply.handle,
            line=asked_anew(reply),
            chart=await uploaded_chart(self._slack, self._chart, digest),
            page_url=reply.page,
        )
        if instead_of:
            await self._slack.update(channel, instead_of, message)
            return instead_of
        metadata = {
            "event_type": EVENT_TYPE,
            "event_payload": {"digest": digest.id, "revision": digest.revision, "lang": digest.lang},
        }
        return await self._slack.post(channel, message, thread_ts=thread_ts, metadata=metadata)

    async def unfold(self, channel: str, ts: str, reply: Reply, *, thread_ts: str = "") -> bool:
        """Put the sections into the thread below the post, each once, whoever asks and however often; False if all of
        them are there already. Of a digest that would flood the thread the rest is in the report's file.

        A part that fails is told with SlackError, and comes when somebody asks again.
        """
        messages = await asyncio.to_thread(layout.thread, digest_of(reply), languages.load(reply.lang))
        root, added = thread_ts or ts, False
        name = partial(part_name, self._slack.team, channel, ts, reply.handle)
        unsure: Ambiguous | None = None
        # one at a time: two who took turns would mix the sections up
        if not await self._handled.claim(name("all"), AT_IT_S):
            return False
        try:
            for place, message in enumerate(messages[:MOST_IN_THREAD]):
                try:
                    added |= await self._once(name(str(place)), partial(self._add, channel, root, message))
                except Ambiguous as error:
                    if unsure is not None:
                        raise
                    unsure = error
            if len(messages) > MOST_IN_THREAD:
                added |= await self.attach_once(channel, ts, reply, thread_ts=thread_ts)
        finally:
            await self._handled.release(name("all"))
        if unsure is not None:
            raise unsure
        return added

    async def _add(self, channel: str, root: str, message: Message) -> None:
        await self._slack.post(channel, message, thread_ts=root)

    async def _once(self, part: str, send: Callable[[], Awaitable[object]]) -> bool:
        return await once(self._handled, part, send, unsure=Ambiguous)

    async def everything(self, channel: str, reply: Reply) -> str:
        """The whole digest: a message, its thread, and the file; the message's ts. Raises SlackError."""
        digest, words = digest_of(reply), languages.load(reply.lang)
        first, *rest = await asyncio.to_thread(layout.everything, digest, words)
        ts = await self._slack.post(channel, first)
        for message in rest:
            await self._slack.post(channel, message, thread_ts=ts)
        await self.attach(channel, reply, thread_ts=ts)
        return ts

    async def attach(self, channel: str, reply: Reply, *, thread_ts: str = "") -> None:
        """The whole report as a file. Raises SlackError."""
        digest = digest_of(reply)
        words = languages.load(reply.lang)
        name, data = await asyncio.to_thread(layout.report_file, digest, words)
        await self._slack.upload(name, data, title=digest.title, channel=channel, thread_ts=thread_ts)

    async def attach_once(self, channel: str, ts: str, reply: Reply, *, thread_ts: str = "") -> bool:
        """The same in the thread of the post, whoever asks and however often; False if it is there already.

        Raises SlackError; whoever asks again then gets it.
        """
        send = partial(self.attach, channel, reply, thread_ts=thread_ts or ts)
        return await self._once(part_name(self._slack.team, channel, ts, reply.handle, "file"), send)


def part_name(team: str, channel: str, ts: str, handle: str, part: str) -> str:
    """What is claimed before a part of a digest goes below the post `ts`: its place among the messages of the thread,
    or "file"."""
    return f"slack part {team} {channel} {ts} {handle} {part}"


async def uploaded_chart(slack: Slack, chart: Chart, digest: Digest) -> str | None:
    """The id of the chart's file. A post without it is better than none."""
    drawn = await chart(digest)
    if drawn is None:
        return None
    data, alt = drawn
    title = languages.load(digest.lang).text("chat.said.chart")
    try:
        file = await slack.upload(f"{digest.id}.png", data, title=title, alt=alt)
        return file if await slack.ready(file) else None
    except DigestError as error:
        log.warning("chart not uploaded", error=error.key)
        return None
