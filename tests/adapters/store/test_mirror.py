"""The mirror on real servers: one of its own, one over TCP, a cluster."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from redis.asyncio import Redis

from adapters.store import Store, open_store
from adapters.store.connection import Connection, connect
from adapters.store.mirror import BATCH, Mirror
from summarizer.errors import StoreError
from summarizer.items import Comment, Event, Item, Person, Release, Review
from tests import builders
from tests.adapters.store.links import Twice
from tests.builders import NOON, REPO, at, event, reading
from tests.servers.redis import until_stopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.source import Part

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


def item(number: int = 1, **fields: Any) -> Item:  # noqa: ANN401 - any field
    """An issue of which next to nothing is known, as GitHub shows it."""
    known = builders.item(number, kind="issue", node_id=f"I_{number}")
    return replace(known, **{"comments_total": None, "updated_at": NOON, **fields})


def comment(created_at: datetime, url: str = "") -> Comment:
    return replace(builders.comment("ann", 0), url=url, created_at=created_at)


async def save(store: Store, *items: Item, part: Part = "whole", minutes: float = 1440) -> int:
    return await store.mirror.save(REPO, [reading(item, part, minutes) for item in items])


async def numbers_between(store: Store, hours: float = 1) -> list[int]:
    found = await store.mirror.items_between(REPO, NOON, NOON + hours * HOUR)
    return [item.number for item in found]


async def lacking(store: Store, until: float = 60) -> list[int]:
    numbers = [wanted.number for wanted in await store.mirror.lacking(REPO, NOON, at(until))]
    assert await store.mirror.lacks(REPO, NOON, at(until)) == bool(numbers)
    return numbers


@pytest.fixture
async def connection(any_server: str) -> AsyncIterator[Connection]:
    """To the server of `any_store`."""
    async with connect(any_server) as connection:
        yield connection


@pytest.fixture
async def elsewhere(connection: Connection) -> Mirror:
    """The mirror of another process."""
    return Mirror(connection)


# --- what happened in a window


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


async def test_window_holds_its_first_instant_and_not_its_last(any_store: Store) -> None:
    hour, moment = NOON + HOUR, MICROSECOND
    opened = [NOON - moment, NOON, hour - moment, hour, hour + moment]
    await save(any_store, *(item(number, created_at=when) for number, when in enumerate(opened, start=1)))

    for since, until, numbers in (
        (NOON, hour, [2, 3]),
        (NOON, hour + moment, [2, 3, 4]),
        (NOON + moment, hour + 2 * moment, [3, 4, 5]),
        (NOON, NOON + moment, [2]),
        (NOON, NOON, []),
        (hour, NOON, []),
        (NOON - HOUR, NOON, [1]),
    ):
        found = await any_store.mirror.items_between(REPO, since, until)
        assert [item.number for item in found] == numbers


async def test_numbers_of_a_window_are_those_of_its_items_and_perhaps_more(any_store: Store) -> None:
    await save(any_store, item(1, created_at=at(59)), item(2, created_at=at(61)), item(3, created_at=at(200)))

    assert await any_store.mirror.numbers_between(REPO, at(30), at(60)) == [1]
    assert set(await any_store.mirror.numbers_between(REPO, at(58), at(60.5))) == {1, 2}


async def test_item_is_found_by_each_of_its_comments(store: Store) -> None:
    comments = tuple(comment(NOON + hour * HOUR, url=f"u{hour}") for hour in (0, 5))
    await save(store, item(7, comments=comments))

    for since in (NOON, NOON + 5 * HOUR):
        [found] = await store.mirror.items_between(REPO, since, since + HOUR)
        assert found.comments == comments


async def test_item_whose_only_comment_in_the_window_was_deleted_is_not_found(any_store: Store) -> None:
    await save(any_store, item(comments=(comment(NOON),), comments_total=1))
    assert await numbers_between(any_store) == [1]

    await save(any_store, item(comments_total=0), minutes=1441)

    assert await numbers_between(any_store) == []


async def test_more_items_than_a_batch_come_back_by_number(any_store: Store) -> None:
    items = [item(number, created_at=NOON) for number in range(2 * BATCH + 1, 0, -1)]

    assert await save(any_store, *items) == len(items)

    assert await numbers_between(any_store) == list(range(1, 2 * BATCH + 2))


# --- what is kept


async def test_same_item_twice_in_one_save_is_merged(any_store: Store) -> None:
    await any_store.mirror.save(
        REPO,
        [reading(item(body="text"), "whole", 1), reading(item(title="newer", updated_at=at(2)), "light", 3)],
    )

    stored = await any_store.mirror.item(REPO, 1)
    assert stored
    assert (stored.title, stored.body) == ("newer", "text")


async def test_saving_what_is_known_changes_nothing(any_store: Store) -> None:
    assert await save(any_store, item(body="text")) == 1
    position = await any_store.mirror.position(REPO)

    assert await save(any_store, item(body="text")) == 0
    assert await save(any_store, item(), part="light") == 0
    assert await any_store.mirror.position(REPO) == position


async def test_text_that_is_not_loaded_stays_with_a_listing_that_is_saved(any_store: Store) -> None:
    whole = item(body="text", comments=(comment(NOON, "u1"),), comments_total=1)
    await save(any_store, whole)

    await save(any_store, replace(whole, title="new", updated_at=at(5)), part="light")

    assert await any_store.mirror.item(REPO, 1) == replace(whole, title="new", updated_at=at(5))


async def test_text_that_went_is_gone(any_store: Store) -> None:
    await save(any_store, item(body="text"))

    await save(any_store, item(), minutes=1441)

    assert await any_store.mirror.item(REPO, 1) == item()


async def test_item_that_was_never_saved_is_none(any_store: Store) -> None:
    assert await any_store.mirror.item(REPO, 1) is None
    assert await any_store.mirror.records(REPO, [1, 2]) == []


async def test_records_come_in_the_order_that_was_asked_and_with_text_only_if_wanted(
    any_store: Store,
) -> None:
    await save(any_store, item(1, body="one"), item(2, body="two"))

    light = await any_store.mirror.records(REPO, [2, 3, 1])
    whole = await any_store.mirror.records(REPO, [2, 3, 1], text=True)

    assert [(record.item.number, record.item.body) for record in light] == [(2, None), (1, None)]
    assert [(record.item.number, record.item.body) for record in whole] == [(2, "two"), (1, "one")]
    assert whole[0].whole_at == at(1440)


async def test_repository_s_name_may_be_written_in_any_case_and_is_not_another_s(any_store: Store) -> None:
    await any_store.mirror.save("vLLM-project/vLLM", [reading(item(5, created_at=NOON))])

    assert await any_store.mirror.item(REPO, 5)
    assert await numbers_between(any_store) == [5]
    assert await any_store.mirror.item("vllm-project/other", 5) is None


async def test_file_fills_what_is_missing(any_store: Store) -> None:
    told = {"title", "body", "created_at"}
    await save(any_store, item(1, title="GitHub's"), part="light")

    filling = [(item(number, title="the file's", body="text", created_at=NOON), told) for number in (1, 2)]
    assert await any_store.mirror.fill(REPO, filling) == 2

    assert [(each.title, each.body) for each in await any_store.mirror.items_between(REPO, NOON, at(1))] == [
        ("GitHub's", "text"),
        ("the file's", "text"),
    ]


async def test_damaged_record_is_an_error_of_the_store(any_store: Store, connection: Connection) -> None:
    await save(any_store, item(body="text"))
    for field in ("text", "light"):
        await connection.call("HSET", "vllm-digest:mirror:{vllm-project/vllm#1}", field, "{damaged")

        with pytest.raises(StoreError, match=r"store\.record"):
            await any_store.mirror.item(REPO, 1)


async def test_mirror_outlives_the_process_on_the_embedded_server(tmp_path: Path) -> None:
    async with open_store(None, tmp_path, grace_s=0) as store:
        await save(store, item(7, created_at=NOON))

    async with open_store(None, tmp_path, grace_s=0) as store:
        assert await numbers_between(store) == [7]
    await until_stopped(tmp_path)


# --- what is lacking


async def test_items_that_were_seen_to_move_and_not_read_since_are_lacking_newest_first(
    any_store: Store,
) -> None:
    await save(any_store, item(1), item(2), item(3))
    assert await lacking(any_store) == []

    moved = [item(1, updated_at=at(2000)), item(3, updated_at=at(2001)), item(4, updated_at=at(1999))]
    await save(any_store, *moved, part="light", minutes=2002)

    assert await lacking(any_store, until=9999) == [3, 1, 4]
    [first, *_] = await any_store.mirror.lacking(REPO, NOON, at(9999))
    assert (first.node_id, first.kind, first.updated_at) == ("I_3", "issue", at(2001))


async def test_item_read_whole_after_the_window_lacks_nothing_for_it(any_store: Store) -> None:
    await save(any_store, item(1), minutes=100)
    await save(any_store, item(1, updated_at=at(200)), part="light", minutes=201)

    assert await lacking(any_store, until=100) == []
    assert await lacking(any_store, until=101) == [1]


async def test_item_that_moved_last_before_the_window_or_was_opened_after_it_does_not_lack(
    any_store: Store,
) -> None:
    await save(
        any_store,
        item(1, updated_at=NOON - SECOND),
        item(2, updated_at=NOON),
        item(3, updated_at=at(99), created_at=at(60)),
        item(4, updated_at=at(99), created_at=at(59)),
        part="light",
    )

    assert await lacking(any_store, until=60) == [4, 2]


async def test_item_of_a_file_that_github_never_showed_cannot_be_lacking(any_store: Store) -> None:
    await any_store.mirror.fill(REPO, [(item(node_id=""), {"updated_at"})])

    assert await lacking(any_store) == []


async def test_item_read_within_the_second_of_its_last_change_is_lacking(any_store: Store) -> None:
    await save(any_store, item(1, updated_at=at(5)), minutes=5)
    assert await lacking(any_store) == [1]

    await save(any_store, item(1, updated_at=at(5)), minutes=6)
    assert await lacking(any_store) == []


async def test_items_are_unchecked_until_github_confirms_them(any_store: Store) -> None:
    await save(any_store, item(1), item(2), item(3), item(4, node_id=""))
    await any_store.mirror.confirm(REPO, [1, 2], at(5))
    await any_store.mirror.confirm(REPO, [2], at(4))

    async def unchecked(minutes: float) -> list[int]:
        found = await any_store.mirror.unchecked(REPO, [1, 2, 3, 4, 5], at(minutes))
        return [wanted.number for wanted in found]

    assert await unchecked(5) == [3]
    assert await unchecked(6) == [1, 2, 3]
    await any_store.mirror.bury(REPO, {1: "deleted"}, at(6))
    await save(any_store, item(1))
    assert await unchecked(5) == [1, 3]


# --- indexes


async def test_terms_follow_changes_and_case_does_not_matter(any_store: Store) -> None:
    mirror = any_store.mirror
    await save(any_store, item(1, labels=("Bug", "ROCm"), author=Person("Ann")), item(2))
    for term in ("label:bug", "label:rocm", "label:ROCm", "author:ann", "author:Ann"):
        assert await mirror.with_term(REPO, term) == {1}

    await save(any_store, item(1, labels=("bug", "v1"), author=Person("bob")), minutes=1441)

    for term in ("label:rocm", "author:ann"):
        assert await mirror.with_term(REPO, term) == set()
    for term in ("label:bug", "label:v1", "author:bob"):
        assert await mirror.with_term(REPO, term) == {1}


async def test_items_are_counted_and_told_by_kind_and_time_of_update(any_store: Store) -> None:
    mirror = any_store.mirror
    pull = builders.item(3, node_id="P_3", updated=60)
    await save(any_store, item(1), item(2, updated_at=at(60)), pull)

    assert [await mirror.count(REPO, kind) for kind in ("issue", "pull_request")] == [2, 1]
    assert await mirror.count(REPO, "issue", NOON, at(60)) == 1
    assert await mirror.count(REPO, "issue", NOON + SECOND) == 1
    assert await mirror.count(REPO, "issue", None, at(61)) == 2
    assert await mirror.updated_since(REPO) == [1, 2, 3]
    assert await mirror.updated_since(REPO, at(60)) == [2, 3]

    await save(any_store, item(1, updated_at=at(70)), part="light")

    assert await mirror.updated_since(REPO, at(60)) == [1, 2, 3]
    assert await mirror.count(REPO, "issue") == 2


async def test_issue_that_became_a_pull_request_is_counted_once(any_store: Store) -> None:
    await save(any_store, item(1))

    await save(any_store, builders.item(1, node_id="P_1", updated=1), minutes=1441)

    assert [await any_store.mirror.count(REPO, kind) for kind in ("issue", "pull_request")] == [0, 1]


async def test_buried_item_is_in_no_index_and_leaves_a_tombstone(any_store: Store) -> None:
    mirror = any_store.mirror
    await save(any_store, item(1, created_at=NOON, labels=("bug",)), item(2, created_at=NOON), part="light")
    assert await numbers_between(any_store) == [1, 2]

    await mirror.bury(REPO, {1: "deleted", 9: "no item"}, at(70))

    assert await mirror.item(REPO, 1) is None
    assert await numbers_between(any_store) == [2]
    assert await lacking(any_store) == [2]
    assert await mirror.updated_since(REPO) == [2]
    assert await mirror.count(REPO, "issue") == 1
    assert await mirror.with_term(REPO, "label:bug") == set()
    assert await mirror.tombstones(REPO) == {
        1: f"deleted {at(70).isoformat()}",
        9: f"no item {at(70).isoformat()}",
    }


async def test_reading_of_a_buried_item_resurrects_it(any_store: Store) -> None:
    mirror = any_store.mirror
    record = item(1, created_at=NOON, labels=("bug",))
    await save(any_store, record)
    await mirror.bury(REPO, {1: "transferred"}, at(70))

    await save(any_store, record, part="light")

    assert await numbers_between(any_store) == [1]
    assert await lacking(any_store) == [1]
    assert await mirror.updated_since(REPO) == [1]
    assert await mirror.with_term(REPO, "label:bug") == {1}
    assert await mirror.tombstones(REPO) == {}


async def test_only_old_texts_are_dropped_and_not_those_that_are_kept(any_store: Store) -> None:
    mirror = any_store.mirror
    told = {"events", "body"}
    old = item(1, body="text", files=("a.py",), comments=(comment(NOON),), comments_total=1, labels=("bug",))
    await save(any_store, old, item(2, body="text"), item(3, body="text", updated_at=at(60)), item(4))
    filling = [
        (item(n, updated_at=None, body="text", events=(event("closed", 20 * n),)), told) for n in (5, 3)
    ]
    await mirror.fill(REPO, filling)

    assert await mirror.drop_texts(REPO, at(60), {2}) == 1
    assert await mirror.drop_texts(REPO, at(60), {2}) == 0

    bodies = {
        record.item.number: record.item.body for record in await mirror.records(REPO, range(6), text=True)
    }
    assert bodies == {1: None, 2: "text", 3: "text", 4: None, 5: "text"}
    assert await mirror.item(REPO, 1) == replace(old, body=None, files=None, comments=())
    assert await mirror.with_term(REPO, "label:bug") == {1}


async def test_item_whose_text_was_dropped_is_lacking_until_it_is_read_again(any_store: Store) -> None:
    await save(any_store, item(1, body="text"))

    await any_store.mirror.drop_texts(REPO, at(60), ())
    assert await lacking(any_store) == [1]

    await save(any_store, item(1, body="text"))
    assert await lacking(any_store) == []


async def test_cited_items_are_told_until_their_digest_is_kept_no_more(any_store: Store) -> None:
    await any_store.mirror.cite(REPO, [1, 2], at(10))
    await any_store.mirror.cite(REPO, [2], at(20))
    await any_store.mirror.cite(REPO, [2], at(5))

    assert await any_store.mirror.cited(REPO, at(10)) == {1, 2}
    assert await any_store.mirror.cited(REPO, at(11)) == {2}
    assert await any_store.mirror.cited(REPO, at(21)) == set()


# --- the feed


async def test_feed_tells_what_changed_since_a_position(any_store: Store) -> None:
    mirror = any_store.mirror
    start = await mirror.position(REPO)
    await save(any_store, item(1), item(2))

    changed, middle = await mirror.changes(REPO, start)
    assert (changed, middle) == ({1, 2}, await mirror.position(REPO))
    assert await mirror.changes(REPO, middle) == (set(), middle)

    await save(any_store, item(1, title="new"), minutes=1441)
    await mirror.bury(REPO, {2: "deleted"}, NOON)

    changed, end = await mirror.changes(REPO, middle)
    assert changed == {1, 2}
    assert end > middle
    assert await mirror.changes(REPO, start) == ({1, 2}, end)


async def test_memory_never_tells_what_another_process_has_changed(
    any_store: Store, elsewhere: Mirror
) -> None:
    for title in ("first", "second", "third"):
        await elsewhere.save(REPO, [reading(item(created_at=NOON, title=title))])
        [found] = await any_store.mirror.items_between(REPO, NOON, at(60))
        assert found.title == title

    await elsewhere.bury(REPO, {1: "deleted"}, NOON)
    assert await numbers_between(any_store) == []


async def test_commands_that_are_sent_again_do_nothing_twice(
    any_store: Store, connection: Connection
) -> None:
    mirror = Mirror(Connection(Twice(connection), "REDIS_URL"))

    assert (
        await mirror.save(REPO, [reading(item(labels=("a",)), "light", 1), reading(item(2), "light", 1)]) == 2
    )
    assert await mirror.save(REPO, [reading(item(labels=("b",), created_at=NOON))]) == 1
    await mirror.bury(REPO, {2: "deleted"}, NOON)

    assert await any_store.mirror.with_term(REPO, "label:a") == set()
    assert await any_store.mirror.with_term(REPO, "label:b") == {1}
    assert await numbers_between(any_store) == [1]
    assert await lacking(any_store) == []
    assert await any_store.mirror.updated_since(REPO) == [1]
    position = await any_store.mirror.position(REPO)
    assert await any_store.mirror.changes(REPO, position) == (set(), position)


async def test_writers_at_the_same_time_lose_nothing(any_store: Store) -> None:
    comments = [comment(NOON, url=f"u{n}") for n in range(20)]
    newest = item(title="newest", updated_at=at(2))
    cut = [item(comments=(one,), comments_total=99) for one in comments]

    await asyncio.gather(save(any_store, newest, part="light"), *(save(any_store, one) for one in cut))

    stored = await any_store.mirror.item(REPO, 1)
    assert stored
    assert stored.title == "newest"
    assert {one.url for one in stored.comments} == {one.url for one in comments}


# --- releases


async def test_releases_come_by_their_time_and_a_changed_one_once(any_store: Store) -> None:
    early = Release("v1", "One", "https://github.com/", NOON)
    late = Release("v2", "Two", "https://github.com/", NOON + HOUR)
    renamed = replace(early, name="Uno")
    await any_store.mirror.save_releases(REPO, [late, early])

    await any_store.mirror.save_releases(REPO, [renamed])

    assert await any_store.mirror.releases(REPO) == [renamed, late]
    assert await any_store.mirror.releases_between(REPO, NOON, NOON + HOUR) == [renamed]


async def test_releases_that_are_not_there_any_more_are_forgotten(any_store: Store) -> None:
    early = Release("v1", "One", "https://github.com/", NOON)
    late = Release("v2", "Two", "https://github.com/", NOON + HOUR)
    await any_store.mirror.save_releases(REPO, [late, early])

    await any_store.mirror.drop_releases(REPO, {"v1", "v0"})
    await any_store.mirror.drop_releases(REPO, ())

    assert await any_store.mirror.releases(REPO) == [late]


async def test_commits_between_two_tags_come_back_and_are_unknown_before(any_store: Store) -> None:
    oids = ("00" * 20, "c0ffee" + "0" * 34)
    assert await any_store.mirror.commits(REPO, "v1", "v2") is None

    await any_store.mirror.save_commits(REPO, "v1", "v2", oids)
    await any_store.mirror.save_commits(REPO, "v2", "v3", ())

    assert await any_store.mirror.commits(REPO, "v1", "v2") == oids
    assert await any_store.mirror.commits(REPO, "v2", "v3") == ()
    assert await any_store.mirror.commits(REPO, "v1", "v3") is None


async def test_nothing_is_remembered_of_a_mirror_that_was_emptied(store: Store, redis_server: str) -> None:
    await store.mirror.save(REPO, [reading(item(1, events=(event("opened", 0),), node_id="a"))])
    assert await store.mirror.items_between(REPO, NOON, at(60))

    async with Redis.from_url(redis_server) as redis:
        await redis.flushall()

    assert await store.mirror.items_between(REPO, NOON, at(60)) == []
