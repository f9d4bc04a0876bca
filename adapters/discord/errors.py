"""What can go wrong with Discord: one kind of error, told apart by its key below `[errors.discord]` of the languages.

What the caller can do next:

    bad_token                                          a person must change the settings
    no_permission, no_permission_there, blocked        a person of the server must; say so elsewhere
    gone, locked, wrong_channel, needs_tag             nothing can be posted there; say so elsewhere
    no_dm, no_threads, too_large, message_gone         do it another way
    expired                                            nobody waits for the answer any more: drop it with a log line
    slow, rate_limited, unreachable, form_late         try again later; nothing has happened
    ambiguous                                          it may have happened: look before trying again
    refused                                            asking again will not help
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from adapters.discord.permissions import Names
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from discord import Permissions


class DiscordError(DigestError):
    """Discord refused, failed or could not be reached. key: e.g. "discord.locked"; no value holds a token or what was
    to be posted."""


class RateLimited(DiscordError):
    """Too much at once. wait_s: after which it may be tried again."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__("discord.rate_limited", wait=max(1, math.ceil(wait_s)))


class Ambiguous(DiscordError):
    """The request went out and no clear answer came, so it may have been carried out."""

    def __init__(self) -> None:
        super().__init__("discord.ambiguous")


class NoPermission(DiscordError):
    """The bot may not do that there. missing: what it lacks; Send Messages where Discord does not tell. place: "#name"
    of the channel, "" where the bot does not know it. is_guess: whether nothing tells that it is that."""

    def __init__(self, missing: Permissions, place: str = "", *, is_guess: bool = False) -> None:
        self.missing = missing
        self.place = place
        self.is_guess = is_guess
        key = "discord.no_permission" if place else "discord.no_permission_there"
        values = {"place": place} if place else {}
        super().__init__(key, permissions=Names(missing), **values)


class BodyRefused(DiscordError):
    """What was to be shown was not taken as it was written, and so nothing was. paths: where, in Discord's terms."""

    def __init__(self, error: str, paths: tuple[str, ...] = ()) -> None:
        self.paths = paths
        super().__init__("discord.refused", error=error)
