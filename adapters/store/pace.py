"""Pace: whose turn is when, for all processes together, by the server's clock. Expiring state.

Turns follow the generic cell rate algorithm (ITU-T I.371, en.wikipedia.org/wiki/Generic_cell_rate_algorithm): one is
due each interval, and of those that nobody took a burst may be made up for. A key goes by itself once it says no more
than that nobody needs to wait. A command that is sent again because its reply was lost takes a second turn: the next
one waits longer, and the rate is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.store.room import passed_over

if TYPE_CHECKING:
    from adapters.store.connection import Connection

_MICRO: Final = 1_000_000

# due: when the next turn is at the steady rate; held: before when nobody goes; both in microseconds since 1970, which
# the server's numbers hold exactly
_READ: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local kept = redis.call('HMGET', KEYS[1], 'due', 'held')
local due, held = tonumber(kept[1] or '0'), tonumber(kept[2] or '0')
"""
_KEEP: Final = """
redis.call('HSET', KEYS[1], 'due', string.format('%.0f', due), 'held', string.format('%.0f', held))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((math.max(due, held) - now) / 1000)))
"""
_TAKE: Final = f"""{_READ}
local start = math.max(now, due - ARGV[2], held)
if start - now > tonumber(ARGV[3]) then return {{0, start - now}} end
due = math.max(due, start) + ARGV[1]
{_KEEP}
return {{1, start - now}}
"""
_HOLD: Final = f"""{_READ}
held = math.max(held, now + ARGV[1])
{_KEEP}
"""


class Pace:
    """Turns by key, whatever sets the pace: a method of a workspace, a channel, a person. per_minute: of the steady
    rate, above 0. burst: how many may go at once when nobody went for long, at least 1. While the server takes no
    writes nobody waits. Every method raises StoreError.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take(self, key: str, *, per_minute: float, burst: int = 1, most_wait_s: float) -> float | None:
        """Reserve the next turn: the seconds until it comes, 0.0 for now. None if that were longer than `most_wait_s`,
        and nothing is reserved then."""
        taken, wait_s = await self._take(key, per_minute, burst, most_wait_s)
        return wait_s if taken else None

    async def allow(self, key: str, *, per_minute: float, burst: int) -> float:
        """For people, who are not kept waiting: 0.0 if they may now, which counts; else the seconds until they might,
        and nothing is counted."""
        _, wait_s = await self._take(key, per_minute, burst, 0)
        return wait_s

    async def hold(self, key: str, seconds: float) -> None:
        """Let nobody go for so long, as a reply 429 asks with Retry-After. It never shortens an earlier hold; who has
        reserved a turn goes when they were told."""
        with passed_over("pace"):
            await self._connection.call("EVAL", _HOLD, 1, _key(key), round(seconds * _MICRO))

    async def _take(self, key: str, per_minute: float, burst: int, most_wait_s: float) -> tuple[bool, float]:
        """Whether a turn was taken, and in how many seconds it comes or would have come."""
        interval = round(60 * _MICRO / per_minute)
        ahead = (burst - 1) * interval
        taken, wait = 1, 0
        with passed_over("pace"):
            taken, wait = await self._connection.call(
                "EVAL", _TAKE, 1, _key(key), interval, ahead, round(most_wait_s * _MICRO)
            )
        return bool(taken), wait / _MICRO


class Unpaced:
    """Nobody waits, whatever the rate: for servers that have none."""

    async def take(self, key: str, *, per_minute: float, burst: int = 1, most_wait_s: float) -> float:
        """0.0: now."""
        del key, per_minute, burst, most_wait_s
        return 0.0

    async def hold(self, key: str, seconds: float) -> None:
        """Nothing is held."""


def _key(key: str) -> str:
    return f"vllm-digest:pace:{{{key}}}"
