"""Naming: the channel that somebody means by a name, a mention or an id. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.discord.channels import Channel, Kind

POSTED_IN: Final[tuple[Kind, ...]] = ("text", "announcement", "forum", "thread")
"""Kinds of channels that a digest can be subscribed in; of one name those go first that come first here."""

_ID: Final = re.compile(r"(?:<#)?(\d{15,20})>?", re.ASCII)
"""(docs.discord.com/developers/reference, "Message Formatting")."""


def id_in(name: str) -> int | None:
    """The id that a mention or an id names; None for a name."""
    found = _ID.fullmatch(name.strip())
    return int(found[1]) if found else None


def named(name: str, channels: Iterable[Channel]) -> list[Channel]:
    """The channels of that name, in which something can be posted: those of the first kind there is."""
    plain = name.strip().removeprefix("#").casefold()
    found = [each for each in channels if each.name.casefold() == plain and each.kind in POSTED_IN]
    first = min((POSTED_IN.index(each.kind) for each in found), default=0)
    return [each for each in found if POSTED_IN.index(each.kind) == first]
