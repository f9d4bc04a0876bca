"""How full the server is, and what it does when it is full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.store.connection import Connection

NOEVICTION = "noeviction"


@dataclass(frozen=True, slots=True)
class Memory:
    """What the server tells of itself; in a cluster the sum over its primaries.

    max_bytes: None where there is no limit. policy: its `maxmemory-policy`; None where it does not say. keys: in our
    database, whoever's they are. server: "Valkey", "Redis" or what it calls itself. version: "9.1.0".
    """

    used_bytes: int
    max_bytes: int | None
    policy: str | None
    keys: int
    server: str
    version: str


@dataclass(frozen=True, slots=True)
class Eviction:
    """What the server drops when its memory is full, though it must not.

    policy: its `maxmemory-policy`. key: of the sentence that tells a person, below `[errors]`; `values` fill it.
    lost: the classes of key that it may drop, of "state", "leases" and "cache".
    """

    policy: str
    key: str
    lost: tuple[str, ...]

    @property
    def values(self) -> dict[str, str]:
        return {"policy": self.policy}


async def read_memory(connection: Connection) -> Memory:
    """Raises StoreError."""
    nodes = await connection.call_each([("INFO", "memory"), ("INFO", "server"), ("DBSIZE",)])
    infos: list[Mapping[str, Any]] = [info for info, _, _ in nodes]
    server, version = _software(nodes[0][1])
    limits = [_number(info, "maxmemory") for info in infos]
    return Memory(
        used_bytes=sum(_number(info, "used_memory") for info in infos),
        max_bytes=sum(limits) if all(limits) else None,
        policy=_worst_policy(infos),
        keys=sum(int(keys) for _, _, keys in nodes),
        server=server,
        version=version,
    )


async def read_eviction(connection: Connection, *, with_cache: bool) -> Eviction | None:
    """None when the server keeps what it has, or does not say. with_cache: the cache is on this server too.

    Raises StoreError. Where CONFIG is forbidden, as on hosted servers, INFO tells it still.
    """
    policy = _worst_policy([info for (info,) in await connection.call_each([("INFO", "memory")])])
    if policy is None or policy == NOEVICTION:
        return None
    cache = ("cache",) if with_cache else ()
    if policy.startswith("volatile-"):
        return Eviction(policy, "store.evicts_expiring", ("leases", *cache))
    return Eviction(policy, "store.evicts_all", ("state", "leases", *cache))


def _worst_policy(infos: Sequence[Mapping[str, Any]]) -> str | None:
    policies = {str(info["maxmemory_policy"]) for info in infos if "maxmemory_policy" in info}
    # allkeys-* before volatile-*, those before noeviction
    return min(policies, key=lambda policy: (policy == NOEVICTION, policy), default=None)


def _number(info: Mapping[str, Any], name: str) -> int:
    return int(info.get(name, 0))


def _software(info: Mapping[str, Any]) -> tuple[str, str]:
    """Name and version. Valkey tells Redis's version beside its own, for clients that know no other."""
    name = str(info.get("server_name") or "redis")
    version = info.get(f"{name}_version") or info.get("redis_version") or ""
    return name.capitalize(), str(version)
