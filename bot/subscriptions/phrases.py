"""Phrases: how replies speak of a subscription, of a place and of an instant."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.grammar.commands import Options
from bot.schedule.timing import cut_of, edition_of
from bot.subscriptions.destinations import is_own
from bot.subscriptions.sight import is_here
from summarizer import markup
from summarizer.windows import offset_label

if TYPE_CHECKING:
    from adapters.chat import Context
    from adapters.chat.delivering import Destination
    from bot.subscriptions.model import Subscription
    from summarizer.languages import Language

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def ordered(one: Subscription, *, repo: str) -> str:
    """What it was ordered with, plain, without what goes without saying. repo: the default one."""
    options = one.command.options
    told = replace(
        options,
        repo=None if one.repo.lower() == repo.lower() else one.repo,
        tz=None,  # times are told with their offset
        lang=None,
        edition=None if one.schedule is None or one.edition == edition_of(one.schedule) else one.edition,
        suboptions=replace(
            options.suboptions,
            cut=None if one.schedule is None or one.cut == cut_of(one.schedule) else one.cut,
            max_per_hour=None,
        ),
    )
    return " ".join(filter(None, (str(one.schedule or ""), *Options.words(told))))


def order(one: Subscription, *, repo: str) -> str:
    """As `ordered`, as inline Markdown."""
    return markup.markdown(ordered(one, repo=repo))


def where(at: Destination, words: Language, context: Context | None = None) -> str:
    """A place, as inline Markdown that goes on in a sentence. context: where it is said."""
    if at.platform == "terminal":
        return words.text("subscriptions.where.terminal")
    if context is not None and at.channel and is_here(at, context):
        return words.text("subscriptions.where.here")
    if context is not None and is_own(at, context):
        return words.text("subscriptions.where.me")
    if not at.channel:
        person = at.name or f"{at.platform}-user:{at.person}"
        return words.text("subscriptions.where.person", name=markup.markdown(person))
    return words.text("subscriptions.where.channel", name=name_of(at))


def name_of(at: Destination) -> str:
    """A place by its name, else by its id, as inline Markdown."""
    return markup.markdown(at.name or str(at))


def moment(instant: datetime, tz: str, words: Language) -> str:
    """ "Thu 2025-12-11 09:00 (UTC+8)"."""
    from babel.dates import format_date

    local = instant.astimezone(ZoneInfo(tz))
    return words.text(
        "subscriptions.moment",
        weekday=format_date(local, "EEE", locale=words.code),
        date=local.date().isoformat(),
        time=f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}",
        offset=offset_label(local),
    )


def relative(instant: datetime, now: datetime, words: Language) -> str:
    """How long until then, rounded: "in 12 hours"."""
    left = instant - now
    for unit, length in (("days", _DAY), ("hours", _HOUR), ("minutes", _MINUTE)):
        # up to two of a unit the smaller one tells more
        count = round(left / length)
        if left >= 2 * length or (left >= length and unit == "minutes"):
            return words.text(f"subscriptions.relative.{unit}", n=count)
    return words.text("subscriptions.relative.now")
