"""Who may use the bot, and how often."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

import structlog

from bot.access import EVERYONE
from bot.managers import speaker
from bot.naming import ALL_NAMED, PEOPLE, PLACES
from summarizer.errors import BadInput, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.chat import Context
    from adapters.store.pace import Pace

log = structlog.get_logger()

QUIET_S: Final = 60.0

WEB: Final = "web"
"""Whoever asks on a page; a person whom a proxy in front of it names is "web-user:NAME" besides."""

_USER = re.compile("|".join((*PLACES, *PEOPLE, WEB, r"web-user:[^\s,]{1,200}", r"\*")), re.ASCII)
_USERS = f"{', '.join((*ALL_NAMED, WEB, 'web-user:NAME'))} or *"
_RATE = re.compile(r"(\d{1,6})/([smh])", re.ASCII)
_MINUTES = {"s": 1 / 60, "m": 1.0, "h": 60.0}
_LOCAL = ("shell", "terminal")


@dataclass(frozen=True, slots=True)
class Users:
    """Who may use the bot. names: as in `DIGEST_USERS`. The local shell and the terminal always may."""

    names: frozenset[str] = frozenset({EVERYONE})

    @classmethod
    def parse(cls, text: str) -> Users:
        """Read `slack:T0123, discord-user:42`. Raises ValueError with a sentence on what is wrong."""
        names = [name for part in text.split(",") if (name := part.strip())]
        for name in names or ["nothing"]:
            if not _USER.fullmatch(name):
                raise ValueError(f"one of {_USERS} expected, not {name!r}")
        return cls(frozenset(names))

    def includes(self, context: Context) -> bool:
        """Whether who speaks there may."""
        if context.surface in _LOCAL or EVERYONE in self.names:
            return True
        if context.surface == WEB and WEB in self.names:
            return True
        return bool(self.names & {speaker(context), f"{context.surface}:{context.team or context.workspace}"})


@dataclass(frozen=True, slots=True)
class Rate:
    """So many lines a minute, of each person; as many may come at once."""

    per_minute: float = 20.0
    burst: int = 20

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read `20/m` (`/s`, `/h`). Raises ValueError with a sentence on what is wrong."""
        found = _RATE.fullmatch(text.strip())
        if found is None or not int(found[1]):
            raise ValueError(f"a rate such as 20/m, 2/s or 100/h expected, not {text!r}")
        return cls(int(found[1]) / _MINUTES[found[2]], int(found[1]))


class Rules:
    """Lets in who may use the bot, at the rate that a person may."""

    def __init__(
        self, users: Users, rate: Rate, pace: Pace, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """monotonic: seconds of a steady clock."""
        self._users = users
        self._rate = rate
        self._pace = pace
        self._monotonic = monotonic
        self._quiet_until = 0.0

    def includes(self, context: Context) -> bool:
        """Whether who speaks there may use the bot at all; nothing is counted."""
        return self._users.includes(context)

    async def admit(self, context: Context, *, is_counted: bool = True) -> None:
        """Count a line of who speaks there; the local shell and the terminal may as often as they like, and so may all
        with what is not counted.

        Raises BadInput `rules.not_for_you`, or `rules.too_fast` with the seconds after which they may again. Where the
        store cannot tell, they may: whatever needs the store says itself that it is away.
        """
        if not self.includes(context):
            raise BadInput("rules.not_for_you")
        if context.surface in _LOCAL or not is_counted:
            return
        try:
            wait_s = await self._pace.allow(
                f"person {speaker(context)}", per_minute=self._rate.per_minute, burst=self._rate.burst
            )
        except StoreError as error:
            self._say(error)
            return
        if wait_s > 0:
            raise BadInput("rules.too_fast", seconds=ceil(wait_s))

    def _say(self, error: StoreError) -> None:
        """Once a minute, or it would be said with every line."""
        now = self._monotonic()
        if now >= self._quiet_until:
            self._quiet_until = now + QUIET_S
            log.warning("rates of people not kept", error=error.key)
