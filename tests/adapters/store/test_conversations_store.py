"""What was asked last in a conversation, as it is kept: a week from the last line, and by where it was said."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from adapters.store import open_store
from adapters.store.connection import connect
from adapters.store.conversations import KEEP_S, Conversation

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store
    from adapters.store.connection import Connection

HERE, THERE = "slack T1 1763.0042", "slack T1 1763.0043"
QUERY: dict[str, Any] = {"kind": "pull_request", "topics": ["amd"], "window": "week", "form": "yes_no"}
ASKED = Conversation(query=QUERY)


async def keys(connection: Connection) -> list[bytes]:
    """Of all conversations, whichever node holds them."""
    replies = await connection.call_each([("KEYS", "vllm-digest:conversation:*")])
    return [key for node in replies for found in node for key in found]


async def test_where_nothing_was_asked_nothing_is_known(any_store: Store) -> None:
    assert await any_store.conversations.load(HERE) == Conversation()
    assert await any_store.conversations.forget(HERE) is False


@pytest.mark.parametrize(
    "said",
    [
        Conversation(digest="week last repo:acme/engine topic:amd"),
        ASKED,
        Conversation(query={"topics": ["amd"], "words": ["“名字”|'x'"]}, choices=(QUERY, {"numbers": [7]})),
        Conversation(query=QUERY, choices=({"words": ["long " * 2_000]},) * 9),
    ],
    ids=["digest", "question", "choices", "long"],
)
async def test_what_was_said_comes_back_where_it_was_said(said: Conversation, any_store: Store) -> None:
    await any_store.conversations.save(HERE, said)

    assert await any_store.conversations.load(HERE) == said
    assert await any_store.conversations.load(THERE) == Conversation()


async def test_a_line_takes_the_place_of_the_one_before(any_store: Store) -> None:
    await any_store.conversations.save(HERE, Conversation("week", QUERY, (QUERY, QUERY)))

    await any_store.conversations.save(HERE, Conversation("today"))

    assert await any_store.conversations.load(HERE) == Conversation("today")


async def test_it_is_kept_for_a_week_from_the_last_line(any_server: str, any_store: Store) -> None:
    await any_store.conversations.save(HERE, ASKED)
    async with connect(any_server) as connection:
        [key] = await keys(connection)
        first = await connection.call("TTL", key)
        await connection.call("EXPIRE", key, 60)
        await any_store.conversations.save(HERE, ASKED)
        again = await connection.call("TTL", key)

    assert KEEP_S == 7 * 24 * 60 * 60
    for left in (first, again):
        assert KEEP_S - 60 < left <= KEEP_S


async def test_once_the_week_is_over_nothing_is_known(any_server: str, any_store: Store) -> None:
    await any_store.conversations.save(HERE, ASKED)
    async with connect(any_server) as connection:
        [key] = await keys(connection)
        await connection.call("PEXPIREAT", key, 1)

    assert await any_store.conversations.load(HERE) == Conversation()
    assert await any_store.conversations.forget(HERE) is False


async def test_forgotten_is_gone_here_and_nowhere_else(any_server: str, any_store: Store) -> None:
    for place in (HERE, THERE):
        await any_store.conversations.save(place, ASKED)

    assert await any_store.conversations.forget(HERE) is True
    assert await any_store.conversations.forget(HERE) is False

    assert await any_store.conversations.load(HERE) == Conversation()
    assert await any_store.conversations.load(THERE) == ASKED
    async with connect(any_server) as connection:
        assert len(await keys(connection)) == 1


async def test_the_key_tells_nothing_of_where_it_was_said(any_server: str, any_store: Store) -> None:
    await any_store.conversations.save(f"{HERE} {'名' * 5_000}\n{{x}}", ASKED)

    async with connect(any_server) as connection:
        [key] = await keys(connection)
    assert b"slack" not in key
    assert len(key) < 100


async def test_it_outlives_the_process(any_server: str, any_store: Store, tmp_path: Path) -> None:
    await any_store.conversations.save(HERE, ASKED)

    async with open_store(any_server, tmp_path / "another") as another:
        assert await another.conversations.load(HERE) == ASKED


@pytest.mark.parametrize(
    "kept",
    [b"", b"\x00\xff", b"{", b"[1]", b"\x78\x9c", zlib.compress(b"no json"), b'{"query": "a string"}'],
)
async def test_an_unreadable_record_counts_as_none(kept: bytes, redis_server: str, store: Store) -> None:
    await store.conversations.save(HERE, ASKED)
    async with connect(redis_server) as connection:
        [key] = await keys(connection)
        await connection.call("SET", key, kept)

    assert await store.conversations.load(HERE) == Conversation()
    await store.conversations.save(HERE, ASKED)
    assert await store.conversations.load(HERE) == ASKED


async def test_a_field_of_another_version_is_passed_over(any_server: str, any_store: Store) -> None:
    await any_store.conversations.save(HERE, ASKED)
    async with connect(any_server) as connection:
        [key] = await keys(connection)
        await connection.call("SET", key, json.dumps({"query": QUERY, "mood": "good"}))

    assert await any_store.conversations.load(HERE) == ASKED
