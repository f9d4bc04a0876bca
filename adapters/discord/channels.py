"""Channels: what a post has to know of the place it goes to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

Kind = Literal["text", "announcement", "forum", "thread", "voice", "dm", "other"]
"""forum: media channels too, which differ in looks alone. voice: the chat of a voice or stage channel."""

_KINDS: Final[Mapping[int, Kind]] = {
    0: "text",
    1: "dm",
    2: "voice",
    3: "dm",
    5: "announcement",
    10: "thread",
    11: "thread",
    12: "thread",
    13: "voice",
    15: "forum",
    16: "forum",
}
"""docs.discord.com/developers/resources/channel, "Channel Types"."""

_REQUIRE_TAG: Final = 1 << 4
"""The same page, "Channel Flags"."""


@dataclass(frozen=True, slots=True)
class Channel:
    """name: "" for a direct message. guild: 0 outside of a server. parent: of a thread, the channel it belongs to; 0
    for all others. slow_s: seconds of slow mode, 0 for none; a bot is exempt from it, and respects it all the same.
    is_locked, is_archived: of a thread. tags: of a forum, those that the bot may put on a post. needs_tag: each post
    has to have one."""

    id: int
    kind: Kind
    name: str = ""
    guild: int = 0
    parent: int = 0
    slow_s: int = 0
    is_locked: bool = False
    is_archived: bool = False
    tags: tuple[int, ...] = ()
    needs_tag: bool = False


def channel_of(told: Mapping[str, Any]) -> Channel:
    """Of a channel as Discord's API tells it."""
    kind = _KINDS.get(int(told["type"]), "other")
    state = told.get("thread_metadata") or {}
    # a moderated tag may be put on a post only by who has Manage Threads
    tags = (each for each in told.get("available_tags") or () if not each.get("moderated"))
    return Channel(
        id=int(told["id"]),
        kind=kind,
        name=str(told.get("name") or ""),
        guild=int(told.get("guild_id") or 0),
        parent=int(told.get("parent_id") or 0) if kind == "thread" else 0,
        slow_s=int(told.get("rate_limit_per_user") or 0),
        is_locked=bool(state.get("locked")),
        is_archived=bool(state.get("archived")),
        tags=tuple(int(each["id"]) for each in tags),
        needs_tag=bool(int(told.get("flags") or 0) & _REQUIRE_TAG),
    )


class Memory(Generic[T]):
    """Values by id, for a while, within this process."""

    def __init__(self, lasts_s: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """most: values that are kept; the oldest go first. clock: a steady one."""
        self._lasts_s = lasts_s
        self._most = most
        self._clock = clock
        self._values: dict[int, tuple[float, T]] = {}

    def get(self, id: int) -> T | None:  # noqa: A002 - Discord's word
        """The value, None for none that still holds."""
        until, value = self._values.get(id, (0.0, None))
        return value if self._clock() < until else None

    def put(self, id: int, value: T) -> T:  # noqa: A002
        """Remember it; returns it."""
        self._values.pop(id, None)
        self._values[id] = self._clock() + self._lasts_s, value
        if len(self._values) > self._most:
            del self._values[next(iter(self._values))]
        return value

    def forget(self, id: int) -> None:  # noqa: A002
        """It may have changed."""
        self._values.pop(id, None)
