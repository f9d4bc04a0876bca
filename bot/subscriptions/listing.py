"""Listing: subscriptions with their next due times, what became of them, and deliveries that need a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat import Subscribed
from bot.schedule.dues import next_due
from bot.subscriptions.destinations import is_own
from bot.subscriptions.phrases import moment, order, ordered, relative, where
from bot.subscriptions.registry import US
from bot.subscriptions.timing import timing_of
from summarizer import markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from adapters.chat import Context
    from bot.delivery.model import Delivery
    from bot.subscriptions.audit import Change
    from bot.subscriptions.model import Subscription
    from summarizer.languages import Language

MOST: Final = 40
"""Rows that a list has; the rest is counted."""


def subscribed(
    one: Subscription, words: Language, context: Context, *, repo: str, now: datetime
) -> Subscribed:
    """One as platforms list it, in plain words. repo: the default one."""
    state = one.state
    if state == "ended":
        raise ValueError(f"{one.id} has ended")
    due = next_due(timing_of(one), max(now, one.starts)) if one.schedule and state == "active" else None
    at = one.destination
    place = words.text("subscriptions.where.me") if is_own(at, context) else at.name or str(at)
    return Subscribed(one.id, ordered(one, repo=repo), place, state, due)


def listing(
    found: Sequence[Subscription], words: Language, context: Context, *, repo: str, now: datetime
) -> Iterable[str]:
    """A line for each, under a heading."""
    if not found:
        yield words.text("subscriptions.list.none")
        return
    yield words.text("subscriptions.list.found", n=len(found))
    for one in found[:MOST]:
        yield words.text(
            "subscriptions.list.row",
            id=one.id,
            order=order(one, repo=repo),
            where=where(one.destination, words, context),
            state=_standing(one, words, now),
        )
    if len(found) > MOST:
        yield words.text("subscriptions.list.more", n=len(found) - MOST)


def reason(name: str, words: Language) -> str:
    """Why one is suspended; of another version's reason its name."""
    key = f"subscriptions.suspended.{name}"
    return words.text(key) if words.has(key) else markup.markdown(name)


def _standing(one: Subscription, words: Language, now: datetime) -> str:
    """What is to be expected of it."""
    if one.state == "suspended":
        return words.text("subscriptions.list.suspended", id=one.id, reason=reason(one.reason, words))
    if one.state == "paused":
        return words.text("subscriptions.list.paused", id=one.id)
    if one.schedule is None:
        return words.text("subscriptions.list.watching", n=one.max_per_hour)
    due = next_due(timing_of(one), max(now, one.starts))
    if due is None:
        return words.text("subscriptions.list.never")
    return words.text(
        "subscriptions.list.active", when=moment(due, one.tz, words), relative=relative(due, now, words)
    )


def posts(rows: Iterable[Delivery], words: Language, tz: str, *, one: bool) -> Iterable[str]:
    """What became of deliveries. one: of one subscription alone, which need not be named."""
    for row in rows:
        yield words.text(
            f"subscriptions.history.{'post' if one else 'post_of'}",
            id=row.subscription,
            when=moment(row.due, tz, words),
            state=_became(row, words, tz),
        )


def changes(found: Iterable[Change], words: Language, tz: str, *, one: bool) -> Iterable[str]:
    """What people, and we, changed."""
    for each in found:
        did, _, why = each.what.partition(":")
        key = f"subscriptions.changes.{did.replace(' ', '_')}"
        what = words.text(key) if words.has(key) else markup.markdown(did)
        if why:
            what = words.text("subscriptions.history.because", what=what, why=reason(why, words))
        yield words.text(
            f"subscriptions.history.{'change' if one else 'change_of'}",
            id=markup.markdown(each.id),
            when=moment(each.at, tz, words),
            who=_who(each.who, words),
            what=what,
        )


def troubled(rows: Sequence[Delivery], words: Language, tz: str) -> Iterable[str]:
    """Deliveries that are late, failed or parked, each with its id and why."""
    if not rows:
        yield words.text("deliveries.none")
        return
    yield words.text("deliveries.found", n=len(rows))
    for row in rows[:MOST]:
        state = _became(row, words, tz)
        yield words.text(
            "deliveries.row",
            id=row.id,
            where=where(row.destination, words),
            due=moment(row.due, tz, words),
            state=words.text("deliveries.why", state=state, why=markup.markdown(row.why))
            if row.why
            else state,
        )
    yield words.text("deliveries.retry_hint")


def taken_back(rows: Sequence[Delivery], words: Language) -> str:
    """The sentence that these were retracted."""
    told = [words.text("deliveries.post", id=row.id, where=where(row.destination, words)) for row in rows]
    return words.text("deliveries.retracted", n=len(rows), posts=told)


def _became(row: Delivery, words: Language, tz: str) -> str:
    """The state of a delivery in words."""
    key = f"deliveries.state.{row.state}"
    match row.state:
        case "posted" if row.posted_at and row.outcome:
            outcome = words.text(f"deliveries.outcome.{row.outcome}")
            return words.text(key, when=moment(row.posted_at, tz, words), outcome=outcome)
        case "posted":
            return words.text("deliveries.state.posted_unknown")
        case "retracted" if row.by:
            return words.text("deliveries.state.retracted_by", who=_who(row.by, words))
        case "failed" if row.next_try:
            return words.text(key, n=row.attempts, when=moment(row.next_try, tz, words))
        case "failed":
            return words.text("deliveries.state.failed_now", n=row.attempts)
        case "parked":
            return words.text(key, n=row.attempts)
        case "skipped" if words.has(f"deliveries.skipped.{row.why}"):
            return words.text(f"deliveries.skipped.{row.why}")
        case _:
            return words.text(key)


def _who(name: str, words: Language) -> str:
    return words.text("subscriptions.history.us") if name == US else markup.markdown(name)
