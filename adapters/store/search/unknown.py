"""What may not be known of items: of which of them it is not, as SQL over the row `i` of `items`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.store.search.sought import Sought
    from summarizer.questions.query import Role

_UNSAID: Mapping[str, str] = {
    "discussed": "i.unread >= :since",
    "reviewed": "(i.is_pr AND NOT i.read AND i.unread >= :since)",
}
"""What is said in threads, and of which items it is not known: what was updated before the window was not told
anything in it."""

ROLES: Mapping[Role, str] = {
    "commenter": _UNSAID["discussed"],
    "reviewer": _UNSAID["reviewed"],
    "closer": "(NOT i.read AND NOT {closer_known})",
    "requested": "NOT i.asks",
    "assignee": "NOT i.assigns",
    "involved": "(NOT (i.asks AND i.assigns AND i.read) OR i.unread >= :since)",
}
"""Roles that are not known of every item, and of which they are not."""

_SPEAKERS: Mapping[Role, str] = {
    "commenter": _UNSAID["discussed"],
    "reviewer": _UNSAID["reviewed"],
    "involved": _UNSAID["discussed"],
}
"""Roles in which somebody says something, which makes an item move; of the same items."""


class Uncertain(NamedTuple):
    """What is asked of something that may not be known of an item: what it is to meet it, and what it is to be one of
    which that is not known."""

    met: str
    unknown: str

    @property
    def maybe(self) -> str:
        return f"({self.met} OR {self.unknown})"


def unsaid(sought: Sought) -> str:
    """Of which items it is not known whether they are what a query goes over, "" where it is of all: to any of them
    what is asked for, or anything at all in the window, may have happened in its thread."""
    query = sought.query
    if query.events:
        found = [_UNSAID[name] for name in query.events if name in _UNSAID]
    elif sought.since is None or query.numbers:
        return ""
    else:
        found = [_SPEAKERS[part.role] for part in query.people if part.role in _SPEAKERS]
    return " OR ".join(dict.fromkeys(found))
