"""Zone: the form that sets a time zone, which Discord tells of nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord import limits
from adapters.discord.layout import forms

if TYPE_CHECKING:
    import discord

    from adapters.chat.port import Scope
    from adapters.discord.layout.forms import Filled
    from summarizer.languages import Language

ZONES: Final = (
    "UTC",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "Asia/Jerusalem",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Taipei",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Sydney",
)
"""Zones that the menu offers, from west to east; any other can be typed below it."""

LONGEST: Final = 64
"""Characters of a zone's name that can be typed; the longest name has half as many. Ours."""


def zone_modal(custom_id: str, language: Language, *, scope: Scope, tz: str) -> discord.ui.Modal:
    """custom_id: carries whose zone it is, which `scope` tells the reader. tz: the zone that holds now, "" for none."""
    zones = ZONES if not tz or tz in ZONES else (tz, *ZONES)[: limits.OPTIONS]
    menu = forms.select(
        "zone",
        language.text("chat.prefs.names.tz"),
        [(zone, zone) for zone in zones],
        chosen=(tz,),
        details={zone: _called(zone, language) for zone in zones},
    )
    typed = forms.field(
        "other",
        language.text("discord.zone.other"),
        about=language.text("discord.zone.other_hint"),
        empty=language.text("discord.zone.example"),
        most=LONGEST,
    )
    return forms.modal(custom_id, language.text(f"discord.zone.title.{scope}"), (menu, typed))


def zone_of(filled: Filled) -> str:
    """The zone that a submitted form names: what was typed, else what was chosen, else "". It need not exist."""
    return forms.text(filled, "other")[:LONGEST] or forms.choice(filled, "zone")


def _called(zone: str, language: Language) -> str:
    """What people there call their time; "" for a zone of no place."""
    from babel.dates import get_timezone, get_timezone_name  # slow to import

    if "/" not in zone or zone.startswith("Etc/"):
        return ""
    try:
        found = get_timezone(zone)
    except LookupError:
        return ""
    return get_timezone_name(found, zone_variant="generic", locale=language.code)
