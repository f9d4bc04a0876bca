"""Mentions: which kept digests tell of an item, whatever server keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.store.mentions import AT_ONCE
from adapters.store.versions import OF_THE_MOMENT, kind_of

if TYPE_CHECKING:
    from adapters.store import Store

REPO = "vllm-project/vLLM"
END = datetime(2026, 3, 24, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_the_digests_that_tell_of_an_item_are_told_the_newest_first(any_store: Store) -> None:
    mentions = any_store.mentions
    await mentions.add(REPO, "older", END - DAY, [1, 2])
    await mentions.add(REPO, "newer", END, [1])
    await mentions.add("other/repo", "theirs", END, [1])

    assert await mentions.newest(REPO.lower(), 1, 9) == ["newer", "older"]
    assert await mentions.newest(REPO, 1, 1) == ["newer"]
    assert await mentions.newest(REPO, 2, 9) == ["older"]
    assert await mentions.newest(REPO, 3, 9) == []


async def test_a_digest_with_more_items_than_go_at_once_is_told_by_all_of_them(any_store: Store) -> None:
    numbers = range(1, AT_ONCE + 2)
    await any_store.mentions.add(REPO, "week", END, numbers)

    assert await any_store.mentions.newest(REPO, 1, 9) == ["week"]
    assert await any_store.mentions.newest(REPO, AT_ONCE + 1, 9) == ["week"]
    await any_store.mentions.remove(REPO, "week", numbers)
    assert not await any_store.forget.keys("vllm-digest:mentions:")


async def test_an_item_is_forgotten_alone(any_store: Store) -> None:
    await any_store.mentions.add(REPO, "day", END, [1, 12])
    await any_store.mentions.forget(REPO, 1)

    assert await any_store.mentions.newest(REPO, 1, 9) == []
    assert await any_store.mentions.newest(REPO, 12, 9) == ["day"]


async def test_whether_earlier_digests_were_looked_through_is_known_of_each_repository(
    any_store: Store,
) -> None:
    assert not await any_store.mentions.is_whole(REPO)
    await any_store.mentions.make_whole(REPO)

    assert await any_store.mentions.is_whole(REPO.lower())
    assert not await any_store.mentions.is_whole("other/repo")


async def test_mentions_are_in_backups(any_store: Store) -> None:
    await any_store.mentions.add(REPO, "day", END, [1])
    [key] = await any_store.forget.keys("vllm-digest:mentions:")

    assert kind_of(key) == "mentions"
    assert kind_of(key) not in OF_THE_MOMENT
