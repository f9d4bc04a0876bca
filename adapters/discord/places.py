"""Places: where an answer goes, and how it comes there. See `adapters.chat.answering.Place`."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from adapters.chat.replies import asked_anew
from adapters.chat.watching import Step
from adapters.discord.errors import DiscordError
from adapters.discord.growing import Growing
from adapters.discord.layout import answer as answers
from adapters.discord.layout import notices
from adapters.discord.messages import File
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from adapters.chat import Context, Reply, Scope
    from adapters.chat.watching import Cadence
    from adapters.discord.messages import Message, Row
    from adapters.discord.parts import Parts
    from adapters.discord.speakers import Spot

log = structlog.get_logger()

T = TypeVar("T")

BEGIN: Final = Step("begin", 0, None)
"""Before anything is known of how far the work is."""

FORMATS: Final = {"json": "json", "jekyll": "md", "text": "txt", "slack": "json", "discord": "json"}
"""What a reply in a format is called as a file; a page of JSON is nothing to read in a message."""


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


class InChannel:
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
        """See `Answering`; in a channel it is seen by all, once for each person who asks."""
        if reply.problem is not None or (reply.digest is None and reply.answer is None):
            return
        with suppress(DigestError):
            if zone := await self._parts.desk.assumed_zone(self._context):
                note = zone_note(zone, reply, self._context)
                await self._parts.rest.post(self._spot.channel, note, reply_to=self._spot.message)


@contextmanager
def _in_time(spot: Spot) -> Iterator[None]:
    """Nobody can be told anything once an interaction's token has expired."""
    try:
        yield
    except DiscordError as error:
        if error.key != "discord.expired":
            raise
        log.warning("interaction expired", channel=spot.channel)


def messages_of(
    parts: Parts, reply: Reply, context: Context, *, only_me: bool = False
) -> list[tuple[Message, Sequence[File]]]:
    """A reply that is no digest, as messages with their files. Its buttons name the conversation."""
    words = languages.load(reply.lang)
    is_made = reply.digest is not None or reply.answer is not None  # help is text as well, for people to read
    if reply.format in FORMATS and is_made and len(reply.text) > answers.LONGEST_AS_TEXT:
        name = f"{reply.digest.id if reply.digest is not None else 'answer'}.{FORMATS[reply.format]}"
        return [(notices.said(words.text("discord.said.as_file")), (File(name, reply.text.encode()),))]
    if reply.answer is None:
        made = answers.plain(reply, words, repo_urls=parts.links)
    else:
        made = answers.shown(replace(reply, handle=context.conversation or ""), words, only_me=only_me)
    return [(message, ()) for message in made]


async def went_to(parts: Parts, spot: Spot, context: Context, reply: Reply, message: int) -> None:
    """Let whoever replies to a message of ours go on from what it says. The message is there in any case."""
    if reply.digest is None or reply.text:
        if context.conversation is not None:
            await parts.kept.goes_on(message, context.conversation)
        return
    # a thread that is made from a message has its id
    for conversation in (f"{spot.channel}:{message}", str(message)):
        below = replace(context, conversation=conversation, is_command=False)
        try:
            await parts.desk.remember(reply.line, below)
        except DigestError as error:
            log.warning("digest not remembered", error=error.key)
            return


def zone_note(zone: str, reply: Reply, context: Context) -> Message:
    """The word about the zone, with what this person may change of it."""
    may_set: list[Scope] = ["me"]
    if context.channel and context.manages_channel:
        may_set.append("channel")
    if context.channel and context.is_admin:
        may_set.append("server")
    return notices.zone_note(zone, languages.load(reply.lang), line=reply.line, may_set=may_set)
