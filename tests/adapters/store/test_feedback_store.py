"""What people think, as it is kept: for good, the newest first, and no more than so many."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.store import feedback, open_store
from adapters.store.connection import Connection, connect
from adapters.store.feedback import FeedbackEntries, FeedbackEntry
from summarizer.errors import StoreError
from tests.adapters.store.links import Twice

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store

KEY = "vllm-digest:feedback"
NOW = datetime(2026, 3, 24, 12, 0, 0, 123456, tzinfo=UTC)
WRONG = FeedbackEntry(
    at=NOW,
    who="slack-user:U1",
    team="T1",
    repo="vllm-project/vllm",
    opinion="wrong",
    about="daily-2026-03-24-0123456789:en:0123456789abcdef",
    section="summary",
    number=123,
    reason="“合并”了？ It is open 🙁 " + "很长" * 900,
    revision=2,
)
HELPFUL = FeedbackEntry(NOW, "discord-user:42", "", "", "helpful")


def later(entry: FeedbackEntry, minutes: int) -> FeedbackEntry:
    return replace(entry, at=entry.at + timedelta(minutes=minutes))


async def test_where_nobody_said_anything_there_is_nothing(any_store: Store) -> None:
    assert await any_store.feedback.newest(50) == []


async def test_what_was_said_comes_back_whole_and_the_newest_first(any_store: Store) -> None:
    said = [later(WRONG, 1), later(HELPFUL, 3), later(WRONG, 0), later(HELPFUL, 2)]
    for entry in said:
        await any_store.feedback.add(entry)

    assert await any_store.feedback.newest(50) == [said[1], said[3], said[0], said[2]]
    assert await any_store.feedback.newest(1) == [said[1]]


async def test_two_who_say_the_same_at_the_same_moment_are_two(any_store: Store) -> None:
    await any_store.feedback.add(HELPFUL)
    await any_store.feedback.add(HELPFUL)

    assert await any_store.feedback.newest(50) == [HELPFUL, HELPFUL]


async def test_what_is_sent_twice_because_its_reply_was_lost_is_kept_once(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        await FeedbackEntries(Connection(Twice(connection), "REDIS_URL")).add(WRONG)

    assert await any_store.feedback.newest(50) == [WRONG]


async def test_the_oldest_go_where_there_are_too_many(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert feedback.MOST == 10_000
    monkeypatch.setattr(feedback, "MOST", 3)
    said = [later(HELPFUL, minutes) for minutes in range(5)]
    for entry in said:
        await any_store.feedback.add(entry)

    assert await any_store.feedback.newest(50) == said[:1:-1]


async def test_it_is_state_and_outlives_the_process(
    any_server: str, any_store: Store, tmp_path: Path
) -> None:
    await any_store.feedback.add(WRONG)

    async with connect(any_server) as connection:
        assert await connection.call("TTL", KEY) == -1
    async with open_store(any_server, tmp_path / "another") as another:
        assert await another.feedback.newest(50) == [WRONG]


async def test_an_entry_of_another_version_is_passed_over(any_server: str, any_store: Store) -> None:
    await any_store.feedback.add(HELPFUL)
    async with connect(any_server) as connection:
        for number, data in enumerate([b"", b"short", b"0123456789abcdef[1]", b'0123456789abcdef{"at": 1}']):
            await connection.call("ZADD", KEY, number, data)

    with capture_logs() as lines:
        assert await any_store.feedback.newest(50) == [HELPFUL]
    assert [line["event"] for line in lines] == ["kept feedback unreadable"] * 4


async def test_a_key_that_is_none_of_ours_is_a_fault_of_the_store(any_server: str, any_store: Store) -> None:
    async with connect(any_server) as connection:
        await connection.call("SET", KEY, "a string")

    with pytest.raises(StoreError):
        await any_store.feedback.newest(50)
