"""The mirror on a real server."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.store import Reach, Store, open_store
from adapters.store.connection import connect
from adapters.store.mirror import BATCH
from summarizer.errors import StoreError
from summarizer.items import Comment, Coverage, Event, Item, Person, Release, Review, Seen
from tests import builders
from tests.builders import NOON, REPO
from tests.servers.redis import until_stopped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
REACH = Reach(NOON, NOON + HOUR, Coverage(Seen(1, 1), Seen(1, 1)), NOON + HOUR)


def item(**fields: Any) -> Item:  # noqa: ANN401 - any field
    """An issue of which next to nothing is known."""
    return replace(builders.item(kind="issue"), **{"comments_total": None, **fields})


def comment(created_at: datetime, url: str = "") -> Comment:
    return replace(builders.comment("ann", 0), url=url, created_at=created_at)


async def save(store: Store, *items: Item, releases: Sequence[Release] = ()) -> None:
    await store.mirror.save(REPO, items, releases, REACH)


async def numbers_between(store: Store, hours: float = 1) -> list[int]:
    found = await store.mirror.items_between(REPO, NOON, NOON + hours * HOUR)
    return [item.number for item in found]


@pytest.mark.parametrize(
    "record",
    [
        item(created_at=NOON),
        item(events=(Event("closed", NOON),)),
        item(events=(Event("merged", NOON),)),
        item(events=(Event("closed_unmerged", NOON),)),
        item(events=(Event("closed", NOON - HOUR), Event("reopened", NOON))),
        item(comments=(comment(NOON),)),
        item(reviews=(Review(Person("ann"), NOON, "APPROVED"),)),
    ],
)
async def test_item_is_found_by_anything_that_happened_in_the_window(store: Store, record: Item) -> None:
    await save(store, record)

    assert await store.mirror.items_between(REPO, NOON, NOON + HOUR) == [record]


async def test_window_holds_its_first_instant_and_not_its_last(store: Store) -> None:
    await save(
        store,
        item(number=1, created_at=NOON - MICROSECOND),
        item(number=2, created_at=NOON),
        item(number=3, created_at=NOON + HOUR - MICROSECOND),
        item(number=4, created_at=NOON + HOUR),
    )

    assert await numbers_between(store) == [2, 3]


async def test_item_is_found_by_each_of_its_comments(store: Store) -> None:
    comments = tuple(comment(NOON + hour * HOUR, url=f"u{hour}") for hour in (0, 5))
    await save(store, item(number=7, comments=comments))

    for since in (NOON, NOON + 5 * HOUR):
        [found] = await store.mirror.items_between(REPO, since, since + HOUR)
        assert found.comments == comments


async def test_item_whose_only_comment_in_the_window_was_deleted_is_not_found(store: Store) -> None:
    await save(store, item(comments=(comment(NOON),), comments_total=1, updated_at=NOON))

    await save(store, item(comments_total=0, updated_at=NOON + HOUR))

    assert await numbers_between(store) == []


async def test_more_items_than_a_batch_come_back_by_number(store: Store) -> None:
    items = [item(number=number, created_at=NOON) for number in range(2 * BATCH + 1, 0, -1)]

    await save(store, *items)

    assert await numbers_between(store) == list(range(1, 2 * BATCH + 2))


async def test_same_item_twice_in_one_save_is_merged(store: Store) -> None:
    await save(store, item(body="text", updated_at=NOON), item(title="newer", updated_at=NOON + HOUR))

    stored = await store.mirror.item(REPO, 1)

    assert stored
    assert (stored.title, stored.body) == ("newer", "text")


async def test_writers_at_the_same_time_lose_nothing(store: Store) -> None:
    comments = [comment(NOON, url=f"u{n}") for n in range(20)]
    newest = item(title="newest", updated_at=NOON + HOUR)

    await asyncio.gather(
        save(store, newest), *(save(store, item(comments=(one,), updated_at=NOON)) for one in comments)
    )

    stored = await store.mirror.item(REPO, 1)
    assert stored
    assert stored.title == "newest"
    assert {one.url for one in stored.comments} == {one.url for one in comments}


async def test_item_that_was_never_saved_is_none(store: Store) -> None:
    assert await store.mirror.item(REPO, 1) is None


async def test_repository_s_name_may_be_written_in_any_case_and_is_not_another_s(store: Store) -> None:
    await store.mirror.save("vLLM-project/vLLM", [item(number=5)], [], REACH)

    assert await store.mirror.item(REPO, 5)
    assert await store.mirror.item("vllm-project/other", 5) is None


async def test_releases_come_by_their_time_and_a_changed_one_once(store: Store) -> None:
    early = Release("v1", "One", "https://github.com/", NOON)
    late = Release("v2", "Two", "https://github.com/", NOON + HOUR)
    await save(store, releases=[late, early])
    renamed = replace(early, name="Uno")

    await save(store, releases=[renamed])

    assert await store.mirror.releases_between(REPO, NOON, NOON + 2 * HOUR) == [renamed, late]
    assert await store.mirror.releases_between(REPO, NOON, NOON + HOUR) == [renamed]


async def test_reach_grows_with_each_save(store: Store) -> None:
    assert await store.mirror.reach(REPO) == ()
    await store.mirror.save(REPO, [], [], REACH)
    await store.mirror.save(REPO, [], [], replace(REACH, since=REACH.until, until=NOON + 2 * HOUR))

    [reach] = await store.mirror.reach(REPO)

    assert (reach.since, reach.until) == (NOON, NOON + 2 * HOUR)
    assert reach.coverage.complete


async def test_save_that_breaks_off_records_no_reach(store: Store) -> None:
    def breaks_off() -> list[Item]:
        raise OSError("the source of the items is gone")

    with pytest.raises(OSError, match="gone"):
        await store.mirror.save(REPO, (record for _ in range(1) for record in breaks_off()), [], REACH)

    assert await store.mirror.reach(REPO) == ()


async def test_damaged_record_is_an_error_of_the_store(store: Store, redis_server: str) -> None:
    async with connect(redis_server) as connection:
        await connection.call(
            "HSET", "vllm-digest:mirror:{vllm-project/vllm#1}", "rev", 1, "data", "{damaged"
        )

    with pytest.raises(StoreError, match=r"store\.record"):
        await store.mirror.item(REPO, 1)


async def test_mirror_outlives_the_process_on_the_embedded_server(tmp_path: Path) -> None:
    async with open_store(None, tmp_path, grace_s=0) as store:
        await save(store, item(number=7, created_at=NOON))

    async with open_store(None, tmp_path, grace_s=0) as store:
        assert await numbers_between(store) == [7]
    await until_stopped(tmp_path)
