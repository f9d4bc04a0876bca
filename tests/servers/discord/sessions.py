"""Sessions of the gateway: what a client identified as, and what was told to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tests.servers.discord.records import JSON

GUILDS: Final = 1 << 0
GUILD_MEMBERS: Final = 1 << 1
GUILD_PRESENCES: Final = 1 << 8
GUILD_MESSAGES: Final = 1 << 9
DIRECT_MESSAGES: Final = 1 << 12
MESSAGE_CONTENT: Final = 1 << 15
KNOWN: Final = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
PRIVILEGED: Final = {GUILD_PRESENCES: 3 << 12, GUILD_MEMBERS: 3 << 14, MESSAGE_CONTENT: 3 << 18}
"""Each with the flags of an application that has it enabled."""


@dataclass(eq=False, slots=True)
class Session:
    """events: all that was told, with their sequence numbers."""

    id: str
    shard: tuple[int, int]
    intents: int
    events: list[JSON] = field(default_factory=list)

    def hears(self, guild: int, intent: int) -> bool:
        """Whether an event is for it. guild: 0 for what belongs to no server, which shard 0 is told."""
        number, count = self.shard
        is_mine = (guild >> 22) % count == number if guild else number == 0
        return is_mine and (not intent or bool(self.intents & intent))

    def next(self, event: str, data: JSON) -> JSON:
        """The payload of the next event."""
        payload = {"op": 0, "t": event, "s": len(self.events) + 1, "d": data}
        self.events.append(payload)
        return payload
