"""Naming: how settings name the people and places of chat platforms, e.g. "slack:T0123" and "discord-user:42"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ids:
    """What a platform's ids look like, as regular expressions. place, person: what a wrong setting's sentence calls
    them."""

    places: str
    people: str
    place: str
    person: str = "USER"


PLATFORMS: Final = {
    # an id's first letter tells what it is (docs.slack.dev/reference/objects/user-object: U or W)
    "slack": Ids(r"[TE][A-Z0-9]+", r"[UW][A-Z0-9]+", "TEAM"),
    # numbers, the same for servers and people (docs.discord.com/developers/reference, "Snowflakes")
    "discord": Ids(r"\d+", r"\d+", "SERVER"),
}
"""By the name of their surface; another platform is another row."""

PEOPLE: Final = tuple(rf"{name}-user:{ids.people}" for name, ids in PLATFORMS.items())
PLACES: Final = tuple(rf"{name}:{ids.places}" for name, ids in PLATFORMS.items())
"""Patterns, to be matched in ASCII."""

PEOPLE_NAMED: Final = tuple(f"{name}-user:{ids.person}" for name, ids in PLATFORMS.items())
ALL_NAMED: Final = tuple(
    each for name, ids in PLATFORMS.items() for each in (f"{name}:{ids.place}", f"{name}-user:{ids.person}")
)
"""What stands for them in the sentence of a wrong setting."""
