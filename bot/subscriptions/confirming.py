"""Confirming: what somebody is told of a subscription that they made, resumed or moved."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.schedule.dues import dues
from bot.schedule.windows import window
from bot.subscriptions.phrases import moment, order, relative, where
from bot.subscriptions.timing import timing_of
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Literal

    from adapters.chat import Context
    from bot.subscriptions.model import Subscription
    from summarizer.languages import Language

FURTHER: Final = 2
"""Due times that are told after the first one."""


def made(one: Subscription, words: Language, context: Context, *, repo: str) -> str:
    """The sentence that it is there. repo: the default one."""
    told = {"id": one.id, "order": order(one, repo=repo), "where": where(one.destination, words, context)}
    if one.is_watch:
        return words.text("subscriptions.watching", n=one.max_per_hour, **told)
    return words.text("subscriptions.made", **told)


def to_come(
    one: Subscription, words: Language, now: datetime, lead: Literal["first", "next"] = "first"
) -> Iterable[str]:
    """When it posts next, the exact window of that, and the due times after it; nothing of a watch."""
    if one.schedule is None:
        return
    first, *rest = islice(dues(timing_of(one), max(now, one.starts)), 1 + FURTHER)
    looks = window(timing_of(one), first)
    yield words.text(
        f"subscriptions.{lead}",
        when=moment(first, one.tz, words),
        relative=relative(first, now, words),
        since=moment_label(looks.since, one.tz),
        until=moment_label(looks.until, one.tz),
    )
    if rest:
        yield words.text("subscriptions.then", dues=[moment(due, one.tz, words) for due in rest])
