"""Answering: ask the desk, tell of the progress, put the reply or what went wrong into its place."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.slack.speakers import EXTERNAL, context_of
from adapters.slack.watching import watched
from summarizer import languages
from summarizer.errors import BadInput, DigestError, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.chat import Context, Reply
    from adapters.slack.blocks import Message
    from adapters.slack.client import Slack
    from adapters.slack.parts import Parts
    from adapters.slack.speakers import Spot
    from adapters.slack.watching import Cadence

log = structlog.get_logger()

LAST_WORD_S: Final = 3.0
"""How long a process that is told to stop takes to say so to somebody who waits."""


class Place(Protocol):
    """Where an answer goes. Each method may raise SlackError."""

    @property
    def cadence(self) -> Cadence: ...

    async def progress(self, message: Message) -> None:
        """Tell how far the work is; what comes next takes its place."""
        ...

    def show(self, text: str) -> None:
        """See `Context.show`."""
        ...

    async def reply(self, reply: Reply) -> None:
        """The answer, in the place of the progress."""
        ...

    async def failed(self, text: str, lang: str, line: str | None) -> None:
        """What went wrong, in the place of the progress. line: what another try would answer, None for none."""
        ...


async def answer(
    parts: Parts,
    place: Place,
    ask: Callable[[Context], Awaitable[Reply]],
    context: Context,
    line: str | None,
) -> None:
    """Have it answered there. line: what a button may try again, None where another try would do no better.

    Raises SlackError where not even what went wrong could be told.
    """
    lang = await parts.desk.language(context)
    words = languages.load(lang)
    try:
        async with watched(place.progress, lang, place.cadence) as progress:
            reply = await ask(replace(context, progress=progress, show=place.show))
        if reply.problem is None or reply.problem.key in _NO_FAILURES:
            await place.reply(reply)
        else:
            await place.failed(reply.text, reply.lang, line if _may_pass(reply.problem) else None)
    except DigestError as error:
        log.warning("not answered", error=error.key)
        await place.failed(words.problem(error), lang, line)
    except asyncio.CancelledError:
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORD_S):
                await place.failed(words.text("chat.said.stopped"), lang, line)  # whoever waits should know
        raise
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("bug", reference=reference)
        await place.failed(words.text("chat.said.bug", reference=reference), lang, line)


_NO_FAILURES: Final = ("command.feature_later", "command.shell_only")
"""Problems that only say that a line has its place elsewhere, or later."""


def _may_pass(problem: DigestError) -> bool:
    """Whether the same line may do better later: what was typed wrong stays wrong."""
    return not isinstance(problem, BadInput | NotConfigured) or problem.key == "rules.too_fast"


async def at(parts: Parts, spot: Spot, *, conversation: str | None = None) -> tuple[Slack, Context]:
    """The workspace's Web API, and who speaks there. Raises SlackError."""
    slack = await parts.workspaces.client(spot.team, spot.enterprise)
    return slack, await context_of(slack, spot, conversation=conversation or spot.conversation)


async def for_all(slack: Slack, spot: Spot, context: Context) -> Context:
    """The context of what everybody in the channel will read. Raises SlackError."""
    if spot.is_dm or context.team == EXTERNAL:
        return context
    channel = await slack.channel(spot.channel)
    return replace(context, team=EXTERNAL) if channel.is_shared else context
