"""Prefs: the form of somebody's own defaults, and the line that it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.slack import actions, blocks, rich
from adapters.slack.layout import forms
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.slack.layout.forms import Values, View
    from summarizer.languages import Language

_OPTIONS: Final = ("lang", "tz", "topic", "in", "repo")
"""Inputs of the form; each is called as the option is on a line."""
_VALUE: Final = re.compile(r"[\w./+-]{1,150}")

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
    repos: Sequence[str],
    topics: Mapping[str, Mapping[str, str]],
    tz: str = "",
) -> View:
    """The form. topics: key -> title by language. tz: the person's own zone, which the menu offers first.

    What is left empty stays as it is, since a line of `prefs` sets and `prefs clear` drops everything.
    """
    zones = [tz, *(zone for zone in ZONES if zone != tz)] if tz else ZONES
    menus = {
        "lang": [(code, languages.load(code).text("language.name")) for code in languages.codes()],
        "tz": [(zone, zone) for zone in zones],
        "topic": [(key, titles.get(language.code) or key) for key, titles in topics.items()],
        "in": [(place, language.text(f"chat.prefs.places.{place}")) for place in ("me", "channel")],
        "repo": [(repo, repo) for repo in repos],
    }
    labels = {"in": "reply_in"}
    empty = language.text("chat.prefs.keep")
    made = [
        forms.select(name, language.text(f"chat.prefs.{labels.get(name, name)}"), menus[name], empty=empty)
        for name in _OPTIONS
        if menus[name]
    ]
    return forms.modal(
        language.text("chat.prefs.title"),
        [*made, blocks.context(rich.escaped(language.text("chat.prefs.hint")))],
        close=language.text("chat.button.cancel"),
        submit=language.text("chat.button.save"),
        callback_id=actions.PREFS,
    )


def prefs_line(values: Values) -> str:
    """The line that a submitted form means: "prefs lang:en tz:Asia/Shanghai"."""
    chosen = ((name, forms.filled(values, name)) for name in _OPTIONS)
    return " ".join(["prefs", *(f"{name}:{value}" for name, value in chosen if _VALUE.fullmatch(value))])
