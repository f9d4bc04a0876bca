"""Answering: ask the desk, tell of the progress, put the reply or what went wrong into its place."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.chat.watching import watched
from summarizer import languages
from summarizer.errors import BadInput, DigestError, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.chat.port import Context, Desk, Reply
    from adapters.chat.watching import Cadence, Step

log = structlog.get_logger()

LAST_WORD_S: Final = 3.0
"""How long a process that is told to stop takes to say so to somebody who waits."""

_NO_FAILURES: Final = ("command.shell_only",)
"""Problems that only say that a line has its place elsewhere, or later."""


class Place(Protocol):
    """Where an answer goes. Each method may raise the platform's DigestError."""

    @property
    def cadence(self) -> Cadence: ...

    async def progress(self, step: Step, lang: str) -> None:
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
    desk: Desk,
    place: Place,
    ask: Callable[[Context], Awaitable[Reply]],
    context: Context,
    line: str | None,
) -> None:
    """Have it answered there. line: what a button may try again, None where another try would do no better.

    Raises DigestError where not even what went wrong could be told.
    """
    lang = await desk.language(context)
    words = languages.load(lang)
    try:
        async with watched(lambda step: place.progress(step, lang), place.cadence) as progress:
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


def _may_pass(problem: DigestError) -> bool:
    """Whether the same line may do better later: what was typed wrong stays wrong."""
    return not isinstance(problem, BadInput | NotConfigured) or problem.key == "rules.too_fast"
