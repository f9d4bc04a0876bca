"""Handled: of all who see an event one takes it on, for as long as it is known."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from adapters.store.connection import Connection, connect
from adapters.store.handled import Handled
from tests.adapters.store.links import Twice
from tests.servers.redis import until

if TYPE_CHECKING:
    from adapters.store import Store

EVENT, OTHER = "slack Ev0123", "slack Ev0124"


async def keys(connection: Connection) -> list[bytes]:
    """Of all that were claimed, whichever node holds them."""
    replies = await connection.call_each([("KEYS", "vllm-digest:handled:*")])
    return [key for node in replies for found in node for key in found]


async def test_the_first_one_claims_an_event_and_nobody_after(any_store: Store) -> None:
    assert await any_store.handled.claim(EVENT, 60)
    assert not await any_store.handled.claim(EVENT, 60)
    assert not await any_store.handled.claim(EVENT, 60)
    assert await any_store.handled.claim(OTHER, 60)


async def test_of_many_processes_one_claims(any_store: Store, any_server: str) -> None:
    del any_store
    async with AsyncExitStack() as stack:
        ours = [Handled(await stack.enter_async_context(connect(any_server))) for _ in range(4)]
        claims = await asyncio.gather(*(each.claim(EVENT, 60) for each in ours * 5))

    assert sum(claims) == 1


async def test_what_is_released_may_be_claimed_anew(any_store: Store) -> None:
    await any_store.handled.claim(EVENT, 60)
    await any_store.handled.claim(OTHER, 60)

    await any_store.handled.release(EVENT)
    await any_store.handled.release("never claimed")

    assert await any_store.handled.claim(EVENT, 60)
    assert not await any_store.handled.claim(EVENT, 60)
    assert not await any_store.handled.claim(OTHER, 60)


async def test_it_is_known_for_so_long_and_no_longer(any_store: Store, any_server: str) -> None:
    await any_store.handled.claim(EVENT, 3600)
    async with connect(any_server) as connection:
        [key] = await keys(connection)
        left = await connection.call("TTL", key)
        await any_store.handled.claim(EVENT, 7200)  # seen again: it is known no longer for that
        again = await connection.call("TTL", key)
        await connection.call("PEXPIRE", key, 20)

    assert 3590 <= again <= left <= 3600

    async def is_free() -> bool:
        return await any_store.handled.claim(EVENT, 60)

    await until(is_free)


async def test_who_asks_again_because_the_reply_was_lost_still_has_it(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        twice = Handled(Connection(Twice(connection), "REDIS_URL"))

        assert await twice.claim(EVENT, 60)
        assert not await twice.claim(EVENT, 60)
        assert not await any_store.handled.claim(EVENT, 60)
        await twice.release(EVENT)
        assert await any_store.handled.claim(EVENT, 60)


@pytest.mark.parametrize("id_", ["", "{}", "a\nb {c}", "名字", "i" * 100_000])
async def test_ids_of_any_length_and_alphabet_are_told_apart(
    id_: str, any_store: Store, any_server: str
) -> None:
    assert await any_store.handled.claim(id_, 60)
    assert not await any_store.handled.claim(id_, 60)
    assert await any_store.handled.claim(f"{id_}.", 60)
    async with connect(any_server) as connection:
        assert max(map(len, await keys(connection))) < 100
