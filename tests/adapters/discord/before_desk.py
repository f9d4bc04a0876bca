"""What stands before a desk, for tests: it adds to its replies and keeps what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from adapters.chat import Context, Offer

if TYPE_CHECKING:
    from adapters.chat import Reply


@dataclass
class BeforeDesk:
    """desk: that answers. offers: what is offered below each of its replies. heard: the lines it was asked. places:
    that the bot has left. failures: what telling of a place fails with, one after the other.
    """

    desk: Any = None
    offers: tuple[Offer, ...] = ()
    failures: Sequence[Exception] = ()
    heard: list[tuple[str, Context]] = field(default_factory=list)
    places: list[tuple[str, str, str]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def of(self, desk: Any) -> BeforeDesk:  # noqa: ANN401 - a desk
        """Before this one."""
        self.desk = desk
        return self

    async def __call__(self, line: str, context: Context) -> Reply:
        self.heard.append((line, context))
        reply: Reply = await self.desk(line, context)
        return replace(reply, offers=self.offers)

    async def left(self, surface: str, team: str, channel: str = "") -> None:
        self.places.append((surface, team, channel))
        self.changed.set()
        if self.failures:
            failure, *self.failures = self.failures
            raise failure

    async def until_left(self, count: int) -> None:
        """So many places. Raises TimeoutError."""
        async with asyncio.timeout(20):
            while len(self.places) < count:
                self.changed.clear()
                await self.changed.wait()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a desk does
        return getattr(self.desk, name)
