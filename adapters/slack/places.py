"""Places: where an answer goes, and how it comes there. See `adapters.chat.answering.Place`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from adapters.chat.replies import asked_anew
from adapters.slack.errors import Ambiguous, SlackError
from adapters.slack.growing import Growing
from adapters.slack.layout import answer as answers
from adapters.slack.layout import notices
from adapters.slack.speakers import for_all
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from adapters.chat import Context, Reply
    from adapters.chat.watching import Cadence, Step
    from adapters.slack.blocks import Message
    from adapters.slack.client import Slack
    from adapters.slack.parts import Parts
    from adapters.slack.response import ResponseUrl
    from adapters.slack.speakers import Spot

log = structlog.get_logger()

FORMATS = {"json": "json", "jekyll": "md", "text": "txt", "slack": "json"}
"""What a reply in a format is called as a file; a page of JSON is nothing to read in a message."""


class InChannel:
    """In the thread of who mentioned the bot, or in the channel itself where that is asked for."""

    def __init__(self, parts: Parts, slack: Slack, spot: Spot, context: Context) -> None:
        self._parts = parts
        self._slack = slack
        self._spot = spot
        self._context = context
        self._root = spot.thread_ts or spot.ts
        self._told = ""  # the message of the progress
        self.cadence: Cadence = parts.cadence

    async def progress(self, step: Step, lang: str) -> None:
        """As one message of ours that changes."""
        message = notices.progress(step, languages.load(lang))
        if self._told:
            await self._slack.update(self._spot.channel, self._told, message, soon=True)
        else:
            channel = self._spot.channel
            self._told = await self._slack.post(channel, message, thread_ts=self._root, soon=True)

    def show(self, text: str) -> None:
        """Nothing: a channel is not told half of an answer."""

    def goes_in_place_of(self, ts: str) -> None:
        """Of a message of ours, instead of below it."""
        self._told = ts

    async def reply(self, reply: Reply) -> None:
        """Where the progress stood; in the channel itself with `in:channel`."""
        root = self._root
        if reply.in_channel and self._spot.thread_ts == "":
            await self._take_back()
            root = ""
        if reply.digest is not None and not reply.text:
            posting = self._parts.posting(self._slack)
            ts = await self._in_its_place(
                lambda told: posting.post(self._spot.channel, reply, thread_ts=root, instead_of=told)
            )
            self._told = ""  # what fails from now on does not take its place
            await self._remember(reply.line, f"{self._spot.channel}:{root or ts}")
            return
        if await _sent_as_file(self._slack, self._spot.channel, reply, root):
            await self._take_back()
            return
        first, *rest = messages_of(reply, self._context, self._parts.links)
        ts = await self._say(first, root)
        self._told = ""
        for message in rest:
            await self._slack.post(self._spot.channel, message, thread_ts=root or ts)

    async def failed(self, text: str, lang: str, line: str | None) -> None:
        """Where the progress stood."""
        await self._say(notices.failed(text, languages.load(lang), line=line), self._root)

    async def _say(self, message: Message, root: str) -> str:
        """Where the progress stood, else in the thread; its ts."""

        async def say(told: str) -> str:
            if not told:
                return await self._slack.post(self._spot.channel, message, thread_ts=root)
            await self._slack.update(self._spot.channel, told, message)
            return told

        return await self._in_its_place(say)

    async def _in_its_place(self, say: Callable[[str], Awaitable[str]]) -> str:
        """Have it said in the place of the progress, or anew where somebody has deleted that."""
        try:
            return await say(self._told)
        except SlackError as error:
            if error.key != "slack.message_gone" or not self._told:
                raise
            self._told = ""
            return await say("")

    async def _remember(self, line: str, conversation: str) -> None:
        """Let the thread go on from the digest. The post is there, whether or not that is kept."""
        try:
            await self._parts.desk.remember(line, replace(self._context, conversation=conversation))
        except DigestError as error:
            log.warning("thread not remembered", error=error.key)

    async def _take_back(self) -> None:
        if self._told:
            await self._slack.delete(self._spot.channel, self._told)
            self._told = ""


class OnlyMe:
    """Seen by who asked alone: what a slash command and the buttons of its answer are answered with."""

    def __init__(self, parts: Parts, slack: Slack, spot: Spot, context: Context, url: ResponseUrl) -> None:
        self._parts = parts
        self._slack = slack
        self._spot = spot
        self._context = context
        self._url = url
        self._may_be_there = False  # the answer: Slack did not say
        # five uses of the URL, of which three may tell of the progress, the last of them for long work
        self.cadence: Cadence = replace(parts.cadence, most=3, grows=3.0)

    async def progress(self, step: Step, lang: str) -> None:
        """In the place that the answer takes."""
        await self._url.progress(notices.progress(step, languages.load(lang)))

    def show(self, text: str) -> None:
        """Nothing: the URL has no uses left for that."""

    async def reply(self, reply: Reply) -> None:
        """Only for who asked, or as a post with `in:channel`."""
        try:
            await self._reply(reply)
        except Ambiguous:
            self._may_be_there = True
            raise

    async def _reply(self, reply: Reply) -> None:
        if reply.in_channel:
            await self._share(reply)
        elif reply.digest is not None and not reply.text:
            words = languages.load(reply.lang)
            message = await self._parts.laid_out.get(
                reply.digest, words, handle=reply.handle, line=asked_anew(reply)
            )
            await self._url.result(message)
        elif reply.format in FORMATS and len(reply.text) > answers.LONGEST_AS_TEXT:
            channel = await self._slack.dm(self._spot.user)
            await _sent_as_file(self._slack, channel, reply, "")
            await self._url.result(notices.said(languages.load(reply.lang).text("chat.said.sent_to_you")))
        else:
            await self._show(messages_of(reply, self._context, self._parts.links, only_me=True))

    async def failed(self, text: str, lang: str, line: str | None) -> None:
        """With the last use of the URL, and below an answer that may be there."""
        show = self._url.beside if self._may_be_there else self._url.failure
        await show(notices.failed(text, languages.load(lang), line=line))

    async def _show(self, messages: list[Message]) -> None:
        first, *rest = messages
        await self._url.result(first)
        if rest:  # more than one message holds: where there is room
            channel = await self._slack.dm(self._spot.user)
            ts = await self._slack.post(channel, first)
            for message in rest:
                await self._slack.post(channel, message, thread_ts=ts)

    async def _share(self, reply: Reply) -> None:
        context = await for_all(self._slack, self._spot, self._context)
        place = InChannel(self._parts, self._slack, replace(self._spot, ts="", thread_ts=""), context)
        if context != self._context:  # others read along, for whom it may not be
            if reply.handle:
                shared = await self._parts.desk.open(reply.handle, context)
            elif reply.answer is not None:
                shared = await self._parts.desk(reply.line, context)
            else:
                await self._show(messages_of(reply, self._context, self._parts.links, only_me=True))
                return
            if shared.problem is not None:
                await self.failed(shared.text, shared.lang, None)
                return
            reply = replace(shared, in_channel=True)
        words = languages.load(reply.lang)
        try:
            await place.reply(reply)
        except Ambiguous:
            raise
        except SlackError as error:  # what was made is not thrown away
            await self._reply(replace(reply, in_channel=False))
            said = words.problem(error)
            await self._url.beside(notices.failed(said, words, line=None))
            return
        with suppress(DigestError):  # it is there, whether or not that can be said
            await self._url.result(notices.said(words.text("chat.said.posted")))


class Direct(InChannel):
    """In a direct message: a status while it is worked on, and answers that are seen growing."""

    def __init__(self, parts: Parts, slack: Slack, spot: Spot, context: Context) -> None:
        super().__init__(parts, slack, spot, context)
        self._growing: Growing | None = None
        self._has_status = True

    async def progress(self, step: Step, lang: str) -> None:
        """As the agent's status, which goes when it says something; where Slack has none for us, as a message."""
        if self._has_status:
            try:
                status = notices.progress(step, languages.load(lang)).text
                await self._slack.status(self._spot.channel, self._root, status)
            except DigestError as error:
                log.info("no status", error=error.key)
                self._has_status = False
            else:
                return
        await super().progress(step, lang)

    def show(self, text: str) -> None:
        """Stream it."""
        if self._growing is None:
            self._growing = Growing(self._slack, self._spot, self._root, self._parts.links)
        self._growing.show(text)

    async def reply(self, reply: Reply) -> None:
        """The rest of what was streamed; all of it, where nothing was."""
        words, left = languages.load(reply.lang), reply.text
        if self._growing is not None and reply.answer is not None:
            blocks = answers.rest(replace(reply, handle=self._context.conversation or ""), words)
            left = await self._growing.finish(reply.text, blocks)
        if left == reply.text:  # nothing of it is there yet
            await super().reply(replace(reply, in_channel=False))
            return
        await self._take_back()
        for message in (
            answers.plain(replace(reply, text=left), words, repo_urls=self._parts.links) if left else ()
        ):
            await self._slack.post(self._spot.channel, message, thread_ts=self._root)

    async def failed(self, text: str, lang: str, line: str | None) -> None:
        """As a message of its own, below what was streamed."""
        if self._growing is not None:
            await self._growing.stop()
        await super().failed(text, lang, line)


def messages_of(
    reply: Reply, context: Context, links: Sequence[str], *, only_me: bool = False
) -> list[Message]:
    """A reply that is no digest, as messages. Its buttons name the conversation. links: see `Parts`."""
    words = languages.load(reply.lang)
    if reply.answer is None:
        return answers.plain(reply, words, repo_urls=links)
    return answers.shown(replace(reply, handle=context.conversation or ""), words, only_me=only_me)


async def _sent_as_file(slack: Slack, channel: str, reply: Reply, thread_ts: str) -> bool:
    """Whether the reply is in a format that is for programs and too long for a message, and so was attached."""
    if reply.format not in FORMATS or len(reply.text) <= answers.LONGEST_AS_TEXT:
        return False
    name = reply.digest.id if reply.digest is not None else "answer"
    file = f"{name}.{FORMATS[reply.format]}"
    await slack.upload(file, reply.text.encode(), title=file, channel=channel, thread_ts=thread_ts)
    return True
