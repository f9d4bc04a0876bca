"""Suggesting: what is offered while somebody types into an option. Pure, and fast enough for each key that is pressed.

Discord takes 25 suggestions of 100 characters, label and value alike
(docs.discord.com/developers/interactions/application-commands, "autocomplete").
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo, available_timezones

from adapters.discord import limits
from adapters.discord.commands import COMMANDS, WORDS
from summarizer import languages
from summarizer.windows import offset_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from summarizer.languages import Language

Suggestions: TypeAlias = list[tuple[str, str]]
"""Label and value of each."""

_SAID: Final = f"{WORDS}.suggested"
_DAYS_BACK: Final = 12
_PERIODS_BACK: Final = 20
_UNITS: Final = {"h": "hours", "d": "whole_days", "w": "weeks"}
_DURATIONS: Final = ("6h", "12h", "24h", "3d", "7d", "2w")
_OFFSET: Final = re.compile(
    r"\s*(?:UTC|GMT)? ?([+-])([0-9]{1,2})(?::?([0-9]{2}))?\s*", re.IGNORECASE | re.ASCII
)
_TAG: Final = re.compile(r"v?[0-9][0-9A-Za-z.]{0,99}", re.ASCII)
_SUBJECTS: Final = ("range", "options", "filters", "questions")


@dataclass(frozen=True, slots=True)
class _Offer:
    """also: what it is found by besides its label and its value."""

    label: str
    value: str
    also: str = ""


def repos(partial: str, known: Iterable[str]) -> Suggestions:
    """known: "owner/name", the default one first."""
    return _fitting(partial, (_Offer(each, each) for each in known))


def topics(partial: str, titles: Mapping[str, Mapping[str, str]], language: Language) -> Suggestions:
    """titles: key -> title by language. Of a list with commas the last one is completed, and a dash before it stays."""
    dash = "-" if partial.lstrip().startswith("-") else ""
    *before, last = partial.strip().removeprefix("-").split(",")
    chosen = [each.strip() for each in before if each.strip()]
    kept = "".join(f"{each}," for each in chosen)
    offers = (
        _Offer(f"{dash}{kept}{_named(language, key, title)}", f"{dash}{kept}{key}", " ".join(titled.values()))
        for key, titled in titles.items()
        if key not in chosen
        for title in (titled.get(language.code, key),)
    )
    return _fitting(last, offers, skip=len(dash + kept))


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
        found = _fitting(partial, (_Offer(name, name, _places().get(name, "")) for name in names))
    return [(_zone(name, language, at), name) for _, name in found]


def dates(partial: str, today: date, language: Language) -> Suggestions:
    """Days and ranges; of a month that is typed its days, of a range's start its ends."""
    return _fitting(partial, _dates(partial.strip(), today, language))


def weeks(partial: str, today: date, language: Language) -> Suggestions:
    """This week, the last one and those before, as ISO weeks."""
    return _fitting(partial, _weeks(today, language))


def months(partial: str, today: date, language: Language) -> Suggestions:
    """This month, the last one and those before."""
    return _fitting(partial, _months(today, language))


def durations(partial: str, language: Language) -> Suggestions:
    """Usual spans of time; of a number that is typed its hours, days and weeks."""
    number = re.match(r"\s*([1-9][0-9]{0,3})(?![0-9])", partial, re.ASCII)
    offered = [f"{number[1]}{unit}" for unit in _UNITS] if number else _DURATIONS
    labels = ((each, _duration(each, language)) for each in offered)
    return _fitting(partial, (_Offer(label, each, label.replace(" ", "")) for each, label in labels))


def tags(partial: str, language: Language) -> Suggestions:
    """The words for releases; a tag is what is typed."""
    offers = [_Offer(language.text(f"{_SAID}.{each}"), each) for each in ("latest", "last")]
    typed = partial.strip()
    return _fitting(partial, [*offers, *([_Offer(typed, typed)] if _TAG.fullmatch(typed) else ())])


def subjects(partial: str, language: Language) -> Suggestions:
    """What help is asked about: the commands, and what is written beside them."""
    commands: Mapping[str, Mapping[str, str]] = language.get(f"{WORDS}.commands")
    offers = [
        _Offer(_named(language, commands[name]["name"], commands[name]["about"]), name) for name in COMMANDS
    ]
    return _fitting(partial, [*offers, *(_Offer(each, each) for each in _SUBJECTS)])


def _fitting(partial: str, offers: Iterable[_Offer], *, skip: int = 0) -> Suggestions:
    """Those that begin with what was typed, then those with a word that does, then those that contain it. A value that
    Discord would not take is not offered. skip: characters that labels and values begin with and nobody types."""
    wanted = _folded(partial)
    ranked: list[list[_Offer]] = [[], [], []]
    for each in offers:
        if len(each.value) > limits.CHOICE:
            continue
        texts = [_folded(each.value[skip:]), _folded(each.label[skip:]), _folded(each.also)]
        if any(text.startswith(wanted) for text in texts[:2]) or f" {wanted} " in f"{_spaced(texts[2])} ":
            ranked[0].append(each)
        elif any(f" {wanted}" in _spaced(text) for text in texts):
            ranked[1].append(each)
        elif any(wanted in text for text in texts):
            ranked[2].append(each)
    return [(_cut(each.label), each.value) for rank in ranked for each in rank][: limits.CHOICES]


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def _spaced(text: str) -> str:
    """With a space before each word."""
    return f" {re.sub(r'[/_·-]+', ' ', text)}"


def _cut(label: str) -> str:
    return label if len(label) <= limits.CHOICE else f"{label[: limits.CHOICE - 1]}…"


def _named(language: Language, name: str, about: str) -> str:
    return name if name == about else language.text(f"{_SAID}.named", name=name, about=about)


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
    return language.text(f"{_SAID}.zone", zone=name, offset=offset_label(there), time=f"{there:%H:%M}")


def _dates(typed: str, today: date, language: Language) -> Iterator[_Offer]:
    yesterday = today - timedelta(days=1)
    start = _start(typed)
    if start and start <= today:
        yield _Offer(language.text(f"{_SAID}.to_now", since=start), f"{start}..")
        for days in range(1, min(_DAYS_BACK, (today - start).days + 1)):
            yield _span(start, start + timedelta(days=days), language)
    # by their words, as it may be another day already where the person is
    for word in ("yesterday", "today"):
        yield _Offer(language.text(f"{_SAID}.{word}"), word)
    for days in range(_DAYS_BACK):
        yield _day(today - timedelta(days=days), language)
    for n in (3, 7, 14, 30):
        since = today - timedelta(days=n)
        label = language.text(f"{_SAID}.days", n=n, since=since, until=yesterday)
        yield _Offer(label, f"{since}..{yesterday}")
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


def _day(one: date, language: Language) -> _Offer:
    names = [ways[0] for ways in language.get("grammar.days").values()]
    label = language.text(f"{_SAID}.day", date=one, weekday=names[one.weekday()].capitalize())
    return _Offer(label, str(one))


def _span(since: date, until: date, language: Language) -> _Offer:
    return _Offer(language.text(f"{_SAID}.span", since=since, until=until), f"{since}..{until}")


def _weeks(today: date, language: Language) -> Iterator[_Offer]:
    monday = today - timedelta(days=today.weekday())
    for which in ("this", "last"):
        yield _Offer(language.text(f"{_SAID}.{which}_week"), which)
    for back in range(_PERIODS_BACK):
        first = monday - timedelta(weeks=back)
        year, number, _ = first.isocalendar()
        week = f"{year:04}-W{number:02}"
        until = first + timedelta(days=6)
        yield _Offer(language.text(f"{_SAID}.week", week=week, since=first, until=until), week)


def _months(today: date, language: Language) -> Iterator[_Offer]:
    for which in ("this", "last"):
        yield _Offer(language.text(f"{_SAID}.{which}_month"), which)
    for month in islice(_back_from(today.year, today.month), _PERIODS_BACK):
        yield _Offer(month, month)


def _back_from(year: int, month: int) -> Iterator[str]:
    count = year * 12 + month - 1
    while True:
        yield f"{count // 12:04}-{count % 12 + 1:02}"
        count -= 1


def _duration(written: str, language: Language) -> str:
    return language.text(f"{_SAID}.{_UNITS[written[-1]]}", n=int(written[:-1]))
