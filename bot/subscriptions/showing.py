"""Showing: a subscription's digest as it would be posted, for one person who wants to see it now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters.chat import Reply
from bot.access import principal_of
from bot.delivery.batches import batch_of
from bot.digests import Digests
from bot.schedule.dues import previous_due
from bot.schedule.windows import window
from bot.subscriptions.choices import ALL_TOPICS
from bot.subscriptions.timing import timing_of
from summarizer import languages
from summarizer.errors import BadInput
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from adapters.chat import Context
    from bot.subscriptions.model import Subscription
    from summarizer.digests import Digest

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Showing:
    """Shows the digest of the last complete period."""

    digests: Digests
    now: Callable[[], datetime]

    async def __call__(self, one: Subscription, context: Context) -> Reply:
        """That digest, which who asks has to be allowed to read where they ask: what is posted elsewhere may be more
        than that.

        Raises BadInput `subscriptions.watch_test`, `subscriptions.not_due`, and what digests raise.
        """
        if one.schedule is None:
            raise BadInput("subscriptions.watch_test", id=one.id)
        due = previous_due(timing_of(one), self.now() + _INSTANT)
        if due is None:
            raise BadInput("subscriptions.not_due", id=one.id)
        batch = batch_of(one, due, window(timing_of(one), due))
        made = await self.digests.digest(batch.request(principal_of(context)), context.progress)
        digest = shown(made.digest, one)
        text = "" if context.lays_out else await asyncio.to_thread(_rendered, digest, one)
        return Reply(text, one.lang, digest=digest, handle=made.handle, line=batch.line)


def shown(digest: Digest, one: Subscription) -> Digest:
    """The digest with the sections that the subscription shows alone."""
    if not one.sections:
        return digest
    wanted = set(one.sections)
    all_topics = ALL_TOPICS in wanted
    kept = (
        each for each in digest.sections if each.id in wanted or (all_topics and each.id.startswith("topic-"))
    )
    return replace(digest, sections=tuple(kept))


def _rendered(digest: Digest, one: Subscription) -> str:
    from summarizer.render import render  # Jinja2 is slow to import

    words = languages.load(one.lang)
    since, until = (
        moment_label(each, one.tz) for each in (digest.facts.window.since, digest.facts.window.until)
    )
    lead = words.text("subscriptions.tested", id=one.id, since=since, until=until)
    return f"{lead}\n\n{render(digest, 'md', words)}"
