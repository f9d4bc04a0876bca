"""What the settings say of Discord."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

TOKEN: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
"""The shape of a bot token (docs.discord.com/developers/reference, "Authentication")."""


@dataclass(frozen=True, slots=True)
class Access:
    """What it takes to reach Discord.

    api_url: with the API's version, without a slash behind it. guild_ids: the servers that get the commands as their
    own, at once. crosspost: whether posts in announcement channels are published to their followers.
    """

    api_url: str
    token: str = field(repr=False)
    guild_ids: tuple[int, ...] = ()
    crosspost: bool = False
