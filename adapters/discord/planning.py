"""Planning: what is offered while somebody types when and what a subscription posts, or which of them they mean."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, Literal

from adapters.discord import limits
from adapters.discord.fitting import SAID, Choice, Suggestions, fitting, listed, named
from adapters.discord.ordering import scheduled
from adapters.discord.phrases import phrases
from adapters.discord.quoting import cleaned
from summarizer import languages
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from adapters.chat import Subscribed
    from summarizer.languages import Language

Which = Literal["subscriptions", "scheduled", "active", "stopped"]

ALL: Final = "all"
"""Stands for every subscription, where several can be meant."""

_TIME: Final = re.compile(r"(?<![0-9:])([01]?[0-9]|2[0-3]):([0-5][0-9])(?![0-9])")
_HOURS: Final = ("09:00", "10:00", "18:00", *(f"{hour:02}:00" for hour in range(24)))
_WEEKDAYS: Final = ("mon", "fri", "tue", "wed", "thu", "sat", "sun")
_STEPS: Final = (6, 2, 3, 4, 8, 12)
_CRON: Final = "0 9 * * 1-5"
_KINDS: Final = ("hourly", "daily", "weekly", "monthly", "every")
_KNOWN_COUNTRIES: Final = ("CN", "US", "DE", "IN", "JP", "KR", "GB", "FR", "SG", "CA", "AU", "BR")


def schedules(partial: str, language: Language) -> Suggestions:
    """The usual ones, those at a time that is typed, and what is typed itself where it is another."""
    typed = cleaned(partial)
    time = _TIME.search(typed)
    found = fitting(typed, _schedules(language.code, f"{int(time[1]):02}:{time[2]}" if time else ""))
    own = scheduled(typed)
    if found or own is None or not _begins(own) or len(own) > limits.CHOICE:
        return found
    return [(typed, own)]


def sections(partial: str, titles: Mapping[str, Mapping[str, str]], language: Language) -> Suggestions:
    """Ids, found by their titles too. titles: topic -> its title by language; each topic has a section."""
    told: dict[str, str] = {**language.get("digest.section"), **language.get("digest.period_section")}
    told |= language.get("digest.section")
    choices = [Choice(title, key) for key, title in told.items() if key != "topic"]
    for key, titled in titles.items():
        title = language.text("digest.section.topic", topic=titled.get(language.code, key))
        choices.append(Choice(title, f"topic-{key}", " ".join(titled.values())))
    return listed(partial, choices, language)


def countries(partial: str, language: Language) -> Suggestions:
    """Those whose holidays are known, found by their names in any language."""
    return fitting(partial, _countries(language.code))


def subscriptions(
    partial: str, known: Iterable[Subscribed], language: Language, *, which: Which
) -> Suggestions:
    """known: in the order in which they are offered. which: of them, see `commands.Source`."""
    choices = [_subscribed(each, language) for each in known if _is(which, each)]
    if len(choices) > 1 and which in ("active", "stopped"):
        choices.append(Choice(named(language, ALL, language.text(f"{SAID}.{ALL}")), ALL))
    return fitting(partial, choices)


def _is(which: Which, one: Subscribed) -> bool:
    match which:
        case "scheduled":
            return not one.id.startswith("w")
        case "active":
            return one.state == "active"
        case "stopped":
            return one.state != "active"
    return True


def _subscribed(one: Subscribed, language: Language) -> Choice:
    what = [one.id, neutralize(one.line), neutralize(one.where)]
    if one.state != "active":
        what.insert(1, language.text(f"subscriptions.state.{one.state}"))
    return Choice(" · ".join(filter(None, what)), one.id)


def _begins(schedule: str) -> bool:
    """Whether it begins as one of some kind does, in any language."""
    first = schedule.partition(" ")[0].lower()
    return first.startswith(("cron:", "每")) or phrases().get(first, first) in _KINDS


@lru_cache(maxsize=100)
def _schedules(code: str, time: str) -> tuple[Choice, ...]:
    """code: of the language. time: that each of them has, "" for all hours."""
    made = {each.value: each for each in _in_order(languages.load(code), (time,) if time else _HOURS)}
    return tuple(made.values())


def _in_order(language: Language, times: tuple[str, ...]) -> Iterator[Choice]:
    """With what is there twice."""
    usual, days = times[0], "on weekdays"
    yield _at("daily", usual, language)
    yield _at("daily", usual, language, days=days)
    yield from (_weekly(day, usual, language) for day in _WEEKDAYS[:2])
    yield _at("monthly", usual, language, day="1")
    yield Choice(language.text(f"{SAID}.hourly"), "hourly")
    yield from _every(language)
    yield Choice(f"cron: {_CRON}", f'cron:"{_CRON}"')
    for time in times:
        yield _at("daily", time, language)
        yield _at("daily", time, language, days=days)
        yield from (_weekly(day, time, language) for day in _WEEKDAYS)
        yield _at("monthly", time, language, day="1")
    yield from (_at("monthly", usual, language, day=str(day)) for day in range(2, 32))


def _at(kind: str, time: str, language: Language, *, day: str = "", days: str = "") -> Choice:
    words = "weekdays" if days else kind
    value = " ".join(filter(None, (kind, day, time, days)))
    label = language.text(f"{SAID}.{words}", time=time, day=day)
    return Choice(label, value, _also(label, value))


def _weekly(day: str, time: str, language: Language) -> Choice:
    value = f"weekly {day} {time}"
    weekday = language.get(f"grammar.days.{day}")[0].capitalize()
    called = [way for code in languages.codes() for way in languages.load(code).get(f"grammar.days.{day}")]
    label = language.text(f"{SAID}.weekly", time=time, weekday=weekday)
    return Choice(label, value, " ".join((_also(label, value), *called)))


def _every(language: Language) -> Iterator[Choice]:
    for step in _STEPS:
        label, value = language.text(f"{SAID}.every", n=step), f"every {step}h"
        yield Choice(label, value, _also(label, value))
    for step in _STEPS[:3]:
        label, value = language.text(f"{SAID}.every_working", n=step), f"every {step}h 8-20 on weekdays"
        yield Choice(label, value, _also(label, value))


def _also(label: str, value: str) -> str:
    """How else it may be typed: 9:00 is 09:00, and in Chinese nobody needs the spaces."""
    value, label = (each.replace(" 0", " ") for each in (value, label))
    return " ".join((value, label, label.replace(" ", "")))


@cache
def _countries(code: str) -> tuple[Choice, ...]:
    """code: of the language."""
    from babel import Locale  # both are slow to import, and most never ask
    from holidays.registry import COUNTRIES

    codes = dict.fromkeys((*_KNOWN_COUNTRIES, *sorted(each[1] for each in COUNTRIES.values())))
    called = [Locale(each).territories for each in languages.codes()]
    language = languages.load(code)
    return tuple(
        Choice(
            named(language, country, str(Locale(code).territories.get(country, country))),
            country,
            " ".join(str(names.get(country, "")) for names in called),
        )
        for country in codes
    )
