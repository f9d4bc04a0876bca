"""Organisations: who works where, as far as a login or a file tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose people some accounts are. logins: whole ones; patterns: expressions that a whole login matches; case never
    matters in either."""

    key: str
    title: str
    logins: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def expressions(self) -> tuple[str, ...]:
        """Expressions, one of which matches the whole login of each of its people."""
        return (*self.patterns, *(re.escape(login) for login in self.logins))

    def joined(self, other: Organisation) -> Organisation:
        """This one with the people of `other`, and its title."""
        return replace(
            other,
            logins=tuple(dict.fromkeys((*self.logins, *other.logins))),
            patterns=tuple(dict.fromkeys((*self.patterns, *other.patterns))),
        )
