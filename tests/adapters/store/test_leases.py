"""Leases: one holder at a time, and none for ever."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from adapters.store.connection import connect
from adapters.store.embedded import embedded_server
from adapters.store.leases import Leases
from tests.servers.redis import until, until_stopped

HOLDER = """
import asyncio, sys
from adapters.store.connection import connect
from adapters.store.leases import Leases

async def main():
    async with connect(sys.argv[1]) as connection, Leases(connection).hold("digest", ttl_s=1.5):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store


async def test_second_one_gets_nothing_until_the_first_leaves(any_store: Store) -> None:
    async with any_store.leases.hold("digest") as first, any_store.leases.hold("digest") as second:
        assert first
        assert first.held
        assert second is None

    async with any_store.leases.hold("digest") as third:
        assert third


async def test_leases_of_other_names_are_free(any_store: Store) -> None:
    async with any_store.leases.hold("one") as one, any_store.leases.hold("two") as two:
        assert one
        assert two


async def test_each_grant_has_a_greater_token(any_store: Store) -> None:
    tokens = []
    for _ in range(5):
        async with any_store.leases.hold("digest") as lease:
            assert lease
            tokens.append(lease.fence)

    assert tokens == sorted(set(tokens))


async def test_lease_is_held_for_longer_than_its_time_to_live(any_store: Store) -> None:
    async with any_store.leases.hold("digest", ttl_s=0.3) as lease:
        assert lease
        assert not await any_store.leases.wait_free("digest", timeout_s=1)
        assert lease.held


async def test_lease_of_a_holder_that_was_killed_lapses(any_store: Store, any_server: str) -> None:
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDER, any_server, stdout=-1)
    assert holder.stdout
    assert await holder.stdout.readline() == b"held\n"

    holder.kill()
    await holder.communicate()

    assert not await any_store.leases.wait_free("digest", timeout_s=0.05)
    assert await any_store.leases.wait_free("digest", timeout_s=10)


async def test_lease_that_went_to_another_is_not_freed_by_its_old_holder(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection, any_store.leases.hold("digest", ttl_s=0.3) as old:
        assert old
        await connection.call("SET", "vllm-digest:lease:{digest}", "another")

        async def noticed() -> bool:
            return not old.held

        await until(noticed)

    async with any_store.leases.hold("digest") as lease:
        assert lease is None


async def test_waiting_ends_when_the_holder_leaves(any_store: Store) -> None:
    async with any_store.leases.hold("digest"):
        waiting = asyncio.create_task(any_store.leases.wait_free("digest", timeout_s=10))
        assert not await any_store.leases.wait_free("digest", timeout_s=0.05)

    assert await waiting


async def test_lease_is_freed_when_the_block_fails(any_store: Store) -> None:
    with pytest.raises(RuntimeError, match="no digest"):
        async with any_store.leases.hold("digest"):
            raise RuntimeError("no digest")

    assert await any_store.leases.wait_free("digest", timeout_s=0.05)


async def test_holder_of_a_lease_leaves_in_peace_when_the_server_is_gone(tmp_path: Path) -> None:
    async with embedded_server(tmp_path, grace_s=0) as socket, connect(socket) as connection:
        leases = Leases(connection)
        async with leases.hold("digest") as lease:
            assert lease
            await connection.call("CONFIG", "SET", "requirepass", "no more")
            await connection.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no")
    await until_stopped(tmp_path)


async def test_one_of_many_builds_and_the_others_find_what_it_built(any_store: Store) -> None:
    built = []

    async def ask() -> bytes:
        while (value := await any_store.cache.get("digest")) is None:
            async with any_store.leases.hold("digest") as lease:
                if lease and await any_store.cache.get("digest") is None:
                    built.append(lease.fence)
                    await any_store.cache.put("digest", b"the digest", ttl_s=60)
            await any_store.leases.wait_free("digest", timeout_s=10)
        return value

    answers = await asyncio.gather(*(ask() for _ in range(10)))

    assert answers == [b"the digest"] * 10
    assert len(built) == 1
