"""Who is a bot: GitHub's own word, and a list for the accounts it does not tell of."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from summarizer.items import GHOST, Person

BOTS = "bots.toml"
"""The list, beside this module. A topic file adds to it: `summarizer.topics.bots`."""


@cache
def bot_logins() -> frozenset[str]:
    """The logins of automation that come with the package, in lower case and without `[bot]`."""
    listed = tomllib.loads((files(__package__) / BOTS).read_text("utf-8"))["logins"]
    return frozenset(login.lower() for login in listed)


def is_bot(login: str, typename: str | None) -> bool:
    """Whether that account is automation; typename: GraphQL's `__typename` of the actor, None unknown."""
    lowered = login.lower()
    return typename == "Bot" or lowered.endswith("[bot]") or lowered in bot_logins()


def person(login: str | None, typename: str | None) -> Person:
    """The account; GitHub tells none (null) of a deleted one, which it shows as `ghost`."""
    if login is None:
        return Person(GHOST)
    return Person(login, is_bot(login, typename))
