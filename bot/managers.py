"""Who rules: whose mends of a topic hold at once, where others' are proposals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.access import EVERYONE
from bot.naming import PEOPLE, PEOPLE_NAMED

if TYPE_CHECKING:
    from adapters.chat import Context

ADMINS = "admins"

_MANAGER = re.compile("|".join((ADMINS, *PEOPLE, r"\*")), re.ASCII)
_MANAGERS = f"{', '.join((ADMINS, *PEOPLE_NAMED))} or *"
_LOCAL = ("shell", "terminal")


@dataclass(frozen=True, slots=True)
class Managers:
    """Who manages. names: as in `DIGEST_MANAGERS`; "admins" are those whom the platform calls administrators where they
    speak. The local shell and the terminal always manage: their person owns the settings."""

    names: frozenset[str] = frozenset({ADMINS})

    @classmethod
    def parse(cls, text: str) -> Managers:
        """Read `admins, slack-user:U0123`. Raises ValueError with a sentence on what is wrong."""
        names = [name for part in text.split(",") if (name := part.strip())]
        for name in names:
            if not _MANAGER.fullmatch(name):
                raise ValueError(f"one of {_MANAGERS} expected, not {name!r}")
        if not names:
            raise ValueError(f"one of {_MANAGERS} expected, not nothing")
        return cls(frozenset(names))

    def includes(self, context: Context) -> bool:
        """Whether who speaks there is a manager."""
        if context.surface in _LOCAL or EVERYONE in self.names:
            return True
        return (ADMINS in self.names and context.is_admin) or speaker(context) in self.names


def speaker(context: Context) -> str:
    """Who speaks there: "shell", "terminal", or the platform's person, e.g. "slack-user:U0123"."""
    return context.surface if context.surface in _LOCAL else f"{context.surface}-user:{context.person}"
