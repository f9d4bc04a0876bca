"""Which version of our keys a store is of, and which kinds of keys there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from summarizer.errors import StoreError

if TYPE_CHECKING:
    from adapters.store.connection import Connection

PREFIX: Final = "vllm-digest:"
SCHEMA: Final = f"{PREFIX}schema"
RESTORING: Final = b"restoring"
"""What stands in place of the version while a store is half restored."""

OF_THE_MOMENT: Final = frozenset({"cache", "lease", "queue", "pace", "handled", "metrics"})
"""Kinds of keys without which a store is as good: they are in no backup, and a store that holds no others is empty."""

# SCAN and not KEYS, which some servers refuse
_HOLDS_DATA: Final = """
local cursor = '0'
repeat
    local reply = redis.call('SCAN', cursor, 'MATCH', ARGV[1] .. '*', 'COUNT', 1000)
    cursor = reply[1]
    for _, key in ipairs(reply[2]) do
        local counts = true
        for at = 2, #ARGV do
            if string.sub(key, 1, #ARGV[at]) == ARGV[at] then counts = false end
        end
        if counts then return 1 end
    end
until cursor == '0'
return 0
"""


def kind_of(key: str) -> str:
    """What a key is of: "mirror" for `vllm-digest:mirror:{...}`, "subscriptions" for `vllm-digest:{subscriptions}`."""
    return key.removeprefix(PREFIX).partition(":")[0].strip("{}")


async def read_version(connection: Connection) -> int | None:
    """The version of a store, 1 for one that tells none, None for an empty one. Raises StoreError `store.half` while it
    is half restored, `store.record`."""
    told = await connection.call("GET", SCHEMA)
    if told == RESTORING:
        raise StoreError("store.half")
    if told is not None:
        try:
            return int(told)
        except ValueError as error:
            raise StoreError("store.record") from error
    apart = [f"{PREFIX}{kind}:" for kind in sorted(OF_THE_MOMENT)]
    replies = await connection.call_each([("EVAL", _HOLDS_DATA, 0, PREFIX, SCHEMA, *apart)])
    return 1 if any(holds for [holds] in replies) else None


async def is_half(connection: Connection) -> bool:
    """Whether a restore into a store did not finish."""
    return bool(await connection.call("GET", SCHEMA) == RESTORING)
