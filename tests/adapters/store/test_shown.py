"""Digests that people asked for lately: each person's own, the last one first, for a week."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.store import open_store
from adapters.store.connection import Connection, connect
from adapters.store.shown import KEEP_S, MOST, RecentEntry, Shown
from tests.adapters.store.links import Twice

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store

ANN, BOB = "slack-user:U1", "slack-user:U2"
TODAY = RecentEntry(
    "daily-2026-03-24-0123456789:en:0123456789abcdef",
    "vLLM today “so far” 今天",
    "vllm-project/vllm",
    datetime(2026, 3, 24, 12, 0, tzinfo=UTC),
    'today topic:amd -label:"good first issue"',
)
WEEK = replace(TODAY, handle="weekly", line="week")


def numbered(place: int) -> RecentEntry:
    return replace(TODAY, handle=f"daily-{place}")


async def keys(connection: Connection) -> list[bytes]:
    """Of all people, whichever node holds them, those of the handles first."""
    replies = await connection.call_each([("KEYS", "vllm-digest:shown:*")])
    return sorted(key for node in replies for found in node for key in found)


async def test_who_asked_for_nothing_was_shown_nothing(any_store: Store) -> None:
    assert await any_store.shown.newest(ANN) == []


async def test_what_was_asked_for_comes_back_to_who_asked_the_last_one_first(any_store: Store) -> None:
    await any_store.shown.add(ANN, TODAY)
    await any_store.shown.add(BOB, TODAY)
    await any_store.shown.add(ANN, WEEK)

    assert await any_store.shown.newest(ANN) == [WEEK, TODAY]
    assert await any_store.shown.newest(BOB) == [TODAY]


async def test_a_digest_that_is_asked_for_again_moves_to_the_front(any_store: Store) -> None:
    again = replace(TODAY, at=datetime(2026, 3, 25, tzinfo=UTC), line="yesterday")
    for entry in (TODAY, WEEK, again):
        await any_store.shown.add(ANN, entry)

    assert await any_store.shown.newest(ANN) == [again, WEEK]


async def test_the_order_is_that_of_asking_whatever_the_clock_of_the_bot_says(any_store: Store) -> None:
    demo = replace(WEEK, at=datetime(2020, 1, 1, tzinfo=UTC))
    await any_store.shown.add(ANN, TODAY)
    await any_store.shown.add(ANN, demo)

    assert await any_store.shown.newest(ANN) == [demo, TODAY]


async def test_the_newest_twenty_are_kept_and_nothing_of_the_others(
    any_store: Store, any_server: str
) -> None:
    for place in range(25):
        await any_store.shown.add(ANN, numbered(place))

    assert MOST == 20
    assert await any_store.shown.newest(ANN) == [numbered(place) for place in range(24, 4, -1)]
    async with connect(any_server) as connection:
        [records, handles] = await keys(connection)
        assert await connection.call("HLEN", records) == await connection.call("ZCARD", handles) == 20


async def test_each_is_kept_for_a_week_from_when_it_was_asked_for_last(
    any_store: Store, any_server: str
) -> None:
    assert KEEP_S == 7 * 24 * 60 * 60
    for place in range(3):
        await any_store.shown.add(ANN, numbered(place))
    async with connect(any_server) as connection:
        [records, handles] = await keys(connection)
        for key in (records, handles):
            assert KEEP_S - 60 < await connection.call("TTL", key) <= KEEP_S
        for handle, days in (("daily-0", 8), ("daily-1", 6)):
            await connection.call("ZINCRBY", handles, -days * 86_400 * 1_000_000, handle)
            await connection.call("EXPIRE", handles, 60)

        shown = await any_store.shown.newest(ANN)
        await any_store.shown.add(ANN, TODAY)

        assert shown == [numbered(2), numbered(1)]
        assert await connection.call("HEXISTS", records, "daily-0") == 0
        assert await connection.call("ZCARD", handles) == 3
        assert await connection.call("TTL", handles) > KEEP_S - 60


async def test_what_is_sent_twice_because_its_reply_was_lost_is_there_once(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        twice = Shown(Connection(Twice(connection), "REDIS_URL"))
        for entry in (WEEK, TODAY):
            await twice.add(ANN, entry)

        assert await twice.newest(ANN) == [TODAY, WEEK]


async def test_digests_that_are_asked_for_at_the_same_moment_are_all_there(any_store: Store) -> None:
    await asyncio.gather(*(any_store.shown.add(ANN, numbered(place)) for place in range(10)))

    assert {entry.handle for entry in await any_store.shown.newest(ANN)} == {f"daily-{n}" for n in range(10)}


async def test_the_keys_tell_nothing_of_who_asked(any_store: Store, any_server: str) -> None:
    await any_store.shown.add(f"{ANN} {'名' * 5_000}\n{{x}}", TODAY)

    async with connect(any_server) as connection:
        for key in await keys(connection):
            assert b"slack" not in key
            assert len(key) < 100


async def test_it_outlives_the_process(any_server: str, any_store: Store, tmp_path: Path) -> None:
    await any_store.shown.add(ANN, TODAY)

    async with open_store(any_server, tmp_path / "another") as another:
        assert await another.shown.newest(ANN) == [TODAY]


@pytest.mark.parametrize("kept", [b"", b"\x00\xff", b"[1]", b'{"handle": "daily"}'])
async def test_a_record_of_another_version_is_passed_over(
    kept: bytes, any_server: str, any_store: Store
) -> None:
    for entry in (TODAY, WEEK):
        await any_store.shown.add(ANN, entry)
    async with connect(any_server) as connection:
        [records, _] = await keys(connection)
        await connection.call("HSET", records, TODAY.handle, kept)

    with capture_logs() as lines:
        assert await any_store.shown.newest(ANN) == [WEEK]
    assert [line["event"] for line in lines] == ["shown digest unreadable"]
