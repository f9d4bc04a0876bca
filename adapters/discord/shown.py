"""Shown: replies as messages, and what goes on from them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.discord.layout import answer as answers
from adapters.discord.layout import notices
from adapters.discord.messages import File
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.chat import Context, Reply, Scope
    from adapters.discord.messages import Message
    from adapters.discord.parts import Parts
    from adapters.discord.speakers import Spot

log = structlog.get_logger()

FORMATS: Final = {"json": "json", "jekyll": "md", "text": "txt", "slack": "json", "discord": "json"}
"""What a reply in a format is called as a file; a page of JSON is nothing to read in a message."""


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
