"""Prefs: the form of somebody's own defaults, what it means, and how they are told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.slack import actions, limits
from adapters.slack.layout import forms
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.slack.layout.forms import Values, View
    from summarizer.languages import Language

_OPTIONS: Final = ("lang", "tz", "topic", "in", "repo")
"""Inputs of the form; each is called as the option is on a line."""
_VALUE: Final = re.compile(r"[\w./+,-]{1,150}")
_UNSET: Final = "-"
"""The value of the choice that unsets; no option has it."""

ZONES: Final = (
    "UTC",
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Vancouver",
    "America/Denver",
    "America/Phoenix",
    "America/Chicago",
    "America/Mexico_City",
    "America/New_York",
    "America/Toronto",
    "America/Bogota",
    "America/Halifax",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Africa/Lagos",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Africa/Nairobi",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Paris",
    "Europe/Madrid",
    "Europe/Berlin",
    "Europe/Zurich",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Warsaw",
    "Europe/Athens",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Jerusalem",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Ho_Chi_Minh",
    "Asia/Jakarta",
    "Asia/Singapore",
    "Asia/Hong_Kong",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Manila",
    "Australia/Perth",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Pacific/Auckland",
)
"""Zones that the menu offers, from west to east; any other can be set by `prefs tz:ZONE`."""


def prefs_modal(
    language: Language,
    *,
    prefs: Mapping[str, str],
    repos: Sequence[str],
    topics: Mapping[str, Mapping[str, str]],
    tz: str = "",
) -> View:
    """The form. prefs: of `Desk.preferences`, which its menus show. repos: the first is meant where none is set.
    topics: key -> title by language. tz: the person's own zone, which the menu offers first."""
    zones = [tz, *(zone for zone in ZONES if zone != tz)] if tz else ZONES
    menus = {
        "lang": [(code, languages.load(code).text("language.name")) for code in languages.codes()],
        "tz": [(zone, zone) for zone in zones],
        "topic": [(key, titles.get(language.code) or key) for key, titles in topics.items()],
        "in": [(place, language.text(f"chat.prefs.places.{place}")) for place in ("me", "channel")],
        "repo": [(repo, repo) for repo in repos],
    }
    made = []
    for name in _OPTIONS:
        if not menus[name]:
            continue
        set_to = prefs.get(name, "")
        unset = (_UNSET, language.text("chat.prefs.unset", value=_otherwise(name, language, repos[0])))
        offered = [unset, *menus[name]][: limits.OPTIONS - 1]
        if set_to and set_to not in (value for value, _ in offered):
            shown = value_told(name, set_to, language, topics=topics)
            offered.insert(1, (set_to, shown))  # set by a line, which may say what no menu offers
        label = language.text(f"chat.prefs.names.{name}")
        made.append(forms.select(name, label, offered, chosen=set_to or _UNSET))
    return forms.modal(
        language.text("chat.prefs.title"),
        made,
        close=language.text("chat.button.cancel"),
        submit=language.text("chat.button.save"),
        callback_id=actions.PREFS,
    )


def chosen(values: Values) -> dict[str, str]:
    """What a submitted form sets, for `Desk.prefer`: "" unsets, and what it did not ask stays."""
    found = {name: forms.filled(values, name) for name in _OPTIONS}
    return {
        name: "" if value == _UNSET else value
        for name, value in found.items()
        if value == _UNSET or _VALUE.fullmatch(value)
    }


def told(
    prefs: Mapping[str, str], language: Language, *, repo: str, topics: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """Name and value of each preference, in words: what is set, or what holds instead. prefs: of `Desk.preferences`."""
    for name in (*_OPTIONS, "others", "iam"):
        value = prefs.get(name, "")
        if not value and name == "others":
            continue
        shown = (
            value_told(name, value, language, topics=topics) if value else _otherwise(name, language, repo)
        )
        yield language.text(f"chat.prefs.names.{name}"), shown


def value_told(name: str, value: str, language: Language, *, topics: Mapping[str, Mapping[str, str]]) -> str:
    """A value as people say it."""
    if name == "lang" and value in languages.codes():
        return languages.load(value).text("language.name")
    if name == "in":
        return language.text(f"chat.prefs.places.{value}")
    if name == "topic":
        titles = (topics.get(key, {}).get(language.code) or key for key in value.split(","))
        return language.text("list.separator").join(titles)
    return value


def _otherwise(name: str, language: Language, repo: str) -> str:
    """What holds where somebody set nothing."""
    return language.text(f"chat.prefs.otherwise.{name}", repo=repo)
