"""Suggesting: what is offered while somebody types into an option. Pure, and fast enough for each key that is pressed.

For what subscriptions take, see `planning`.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, available_timezones

from adapters.discord import limits
from adapters.discord.commands import COMMANDS, WORDS
from adapters.discord.fitting import SAID, Choice, Suggestions, fitting, listed, named
from summarizer import languages
from summarizer.windows import offset_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from summarizer.languages import Language

_DAYS_BACK: Final = 12
_PERIODS_BACK: Final = 20
_UNITS: Final = {"h": "hours", "d": "whole_days", "w": "weeks"}
_DURATIONS: Final = ("6h", "12h", "24h", "3d", "7d", "2w")
_OFFSET: Final = re.compile(
    r"\s*(?:UTC|GMT)? ?([+-])([0-9]{1,2})(?::?([0-9]{2}))?\s*", re.IGNORECASE | re.ASCII
)
_TAG: Final = re.compile(r"v?[0-9][0-9A-Za-z.]{0,99}", re.ASCII)
_SUBJECTS: Final = ("range", "options", "filters", "questions")


def repos(partial: str, known: Iterable[str]) -> Suggestions:
    """known: "owner/name", the default one first."""
    return fitting(partial, (Choice(each, each) for each in known))


def topics(partial: str, titles: Mapping[str, Mapping[str, str]], language: Language) -> Suggestions:
    """titles: key -> title by language. Of a list with commas the last one is completed, and a dash before it stays."""
    choices = (
        Choice(titled.get(language.code, key), key, " ".join(titled.values()))
        for key, titled in titles.items()
    )
    return listed(partial, choices, language, may_dash=True)


def zones(partial: str, language: Language, at: datetime) -> Suggestions:
    """The names of time zones, found by city, in any language, and by offset too. at: whose time there is shown,
    aware."""
    known: Mapping[str, str] = language.get(f"{WORDS}.zones")
    names = [*known, *(zone for zone in _zones() if zone not in known)]
    if offset := _OFFSET.fullmatch(partial):
        wanted = f"UTC{offset[1]}{int(offset[2])}{f':{offset[3]}' if offset[3] not in (None, '00') else ''}"
        found = [(name, name) for name in names if offset_label(at.astimezone(ZoneInfo(name))) == wanted][
            : limits.CHOICES
        ]
    else:
        found = fitting(partial, (Choice(name, name, _places().get(name, "")) for name in names))
    return [(_zone(name, language, at), name) for _, name in found]


def dates(partial: str, today: date, language: Language) -> Suggestions:
    """Days and ranges; of a month that is typed its days, of a range's start its ends."""
    return fitting(partial, _dates(partial.strip(), today, language))


def weeks(partial: str, today: date, language: Language) -> Suggestions:
    """This week, the last one and those before, as ISO weeks."""
    return fitting(partial, _weeks(today, language))


def months(partial: str, today: date, language: Language) -> Suggestions:
    """This month, the last one and those before."""
    return fitting(partial, _months(today, language))


def durations(partial: str, language: Language) -> Suggestions:
    """Usual spans of time; of a number that is typed its hours, days and weeks."""
    number = re.match(r"\s*([1-9][0-9]{0,3})(?![0-9])", partial, re.ASCII)
    offered = [f"{number[1]}{unit}" for unit in _UNITS] if number else _DURATIONS
    labels = ((each, _duration(each, language)) for each in offered)
    return fitting(partial, (Choice(label, each, label.replace(" ", "")) for each, label in labels))


def tags(partial: str, language: Language) -> Suggestions:
    """The words for releases; a tag is what is typed."""
    choices = [Choice(language.text(f"{SAID}.{each}"), each) for each in ("latest", "last")]
    typed = partial.strip()
    return fitting(partial, [*choices, *([Choice(typed, typed)] if _TAG.fullmatch(typed) else ())])


def subjects(partial: str, language: Language) -> Suggestions:
    """What help is asked about: the commands, and what is written beside them."""
    commands: Mapping[str, Mapping[str, str]] = language.get(f"{WORDS}.commands")
    choices = [
        Choice(named(language, commands[name]["name"], commands[name]["about"]), name)
        for name in (each.name for each in COMMANDS.values())
    ]
    return fitting(partial, [*choices, *(Choice(each, each) for each in _SUBJECTS)])


@cache
def _zones() -> tuple[str, ...]:
    """Those of places, in alphabetical order: the others are old names or offsets."""
    return tuple(
        sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    )


@cache
def _places() -> Mapping[str, str]:
    """What zones are found by besides their names, in all languages."""
    known = [languages.load(code).get(f"{WORDS}.zones") for code in languages.codes()]
    return {zone: " ".join(each.get(zone, "") for each in known) for each in known for zone in each}


def _zone(name: str, language: Language, at: datetime) -> str:
    there = at.astimezone(ZoneInfo(name))
    return language.text(f"{SAID}.zone", zone=name, offset=offset_label(there), time=f"{there:%H:%M}")


def _dates(typed: str, today: date, language: Language) -> Iterator[Choice]:
    yesterday = today - timedelta(days=1)
    start = _start(typed)
    if start and start <= today:
        yield Choice(language.text(f"{SAID}.to_now", since=start), f"{start}..")
        for days in range(1, min(_DAYS_BACK, (today - start).days + 1)):
            yield _span(start, start + timedelta(days=days), language)
    # by their words, as it may be another day already where the person is
    for word in ("yesterday", "today"):
        yield Choice(language.text(f"{SAID}.{word}"), word)
    for days in range(_DAYS_BACK):
        yield _day(today - timedelta(days=days), language)
    for n in (3, 7, 14, 30):
        since = today - timedelta(days=n)
        label = language.text(f"{SAID}.days", n=n, since=since, until=yesterday)
        yield Choice(label, f"{since}..{yesterday}")
    month = re.match(r"(\d{4})-(\d\d)", typed, re.ASCII)
    if month and int(month[1]) >= 1 and 1 <= int(month[2]) <= 12:
        year, number = int(month[1]), int(month[2])
        for day in range(1, calendar.monthrange(year, number)[1] + 1):
            if (one := date(year, number, day)) <= today - timedelta(days=_DAYS_BACK):
                yield _day(one, language)


def _start(typed: str) -> date | None:
    found = re.match(r"(\d{4}-\d\d-\d\d)\.\.", typed, re.ASCII)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:  # no such day
        return None


def _day(one: date, language: Language) -> Choice:
    names = [ways[0] for ways in language.get("grammar.days").values()]
    label = language.text(f"{SAID}.day", date=one, weekday=names[one.weekday()].capitalize())
    return Choice(label, str(one))


def _span(since: date, until: date, language: Language) -> Choice:
    return Choice(language.text(f"{SAID}.span", since=since, until=until), f"{since}..{until}")


def _weeks(today: date, language: Language) -> Iterator[Choice]:
    monday = today - timedelta(days=today.weekday())
    for which in ("this", "last"):
        yield Choice(language.text(f"{SAID}.{which}_week"), which)
    for back in range(_PERIODS_BACK):
        first = monday - timedelta(weeks=back)
        year, number, _ = first.isocalendar()
        week = f"{year:04}-W{number:02}"
        until = first + timedelta(days=6)
        yield Choice(language.text(f"{SAID}.week", week=week, since=first, until=until), week)


def _months(today: date, language: Language) -> Iterator[Choice]:
    for which in ("this", "last"):
        yield Choice(language.text(f"{SAID}.{which}_month"), which)
    for month in islice(_back_from(today.year, today.month), _PERIODS_BACK):
        yield Choice(month, month)


def _back_from(year: int, month: int) -> Iterator[str]:
    count = year * 12 + month - 1
    while True:
        yield f"{count // 12:04}-{count % 12 + 1:02}"
        count -= 1


def _duration(written: str, language: Language) -> str:
    return language.text(f"{SAID}.{_UNITS[written[-1]]}", n=int(written[:-1]))
