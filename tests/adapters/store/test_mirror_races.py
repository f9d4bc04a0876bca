"""The mirror while others write: whatever of a writer's commands comes late, nothing is lost or missed."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.store.connection import Connection, connect
from adapters.store.indexes import moments
from adapters.store.mirror import Mirror
from summarizer.items import Item, Person
from tests import builders
from tests.adapters.store.links import Late
from tests.builders import NOON, REPO, at, comment, event, listed, reading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from adapters.store import Store

BEFORE = ("EVAL", ":pending")  # what a writer sends first: entries of the indexes
SWAP = ("EVAL", "#1")
AFTER = ("EVAL", ":changes")  # what it sends when the record is there


def item(number: int = 1, **fields: Any) -> Item:  # noqa: ANN401 - any field
    known = builders.item(number, kind="issue", node_id=f"I_{number}")
    return replace(known, **{"created_at": NOON, "updated_at": NOON, **fields})


@pytest.fixture
async def connection(any_server: str, any_store: Store) -> AsyncIterator[Connection]:
    """To a server with nothing on it."""
    async with connect(any_server) as connection:
        yield connection


@pytest.fixture
def mirror(any_store: Store) -> Mirror:
    return any_store.mirror


@asynccontextmanager
async def late(
    connection: Connection, what: tuple[str, str], work: str, *arguments: object
) -> AsyncIterator[asyncio.Task[Any]]:
    """Another process at that work: something it sends is held while the block runs; then it is seen to the end."""
    link = Late(connection, *what)
    other = Mirror(Connection(link, "REDIS_URL"))
    coroutine: Coroutine[Any, Any, Any] = getattr(other, work)(REPO, *arguments)
    task = asyncio.create_task(coroutine)
    await link.held.wait()
    yield task
    link.go.set()
    with suppress(asyncio.CancelledError):
        await task


async def told(mirror: Mirror, after: int = 0) -> set[int]:
    return (await mirror.changes(REPO, after))[0]


async def lacking(mirror: Mirror) -> list[int]:
    return [wanted.number for wanted in await mirror.lacking(REPO, at(1), at(9999))]


async def test_term_that_came_back_is_not_taken_out_by_who_took_it_away(
    mirror: Mirror, connection: Connection
) -> None:
    await mirror.save(REPO, [reading(item(labels=("bug",)), "light")])

    async with late(connection, AFTER, "save", [reading(item(updated_at=at(1)), "light")]):
        await mirror.save(REPO, [reading(item(labels=("bug",), updated_at=at(2)), "light")])

    assert await mirror.with_term(REPO, "label:bug") == {1}


async def test_term_is_in_the_index_before_the_record_can_be_read(
    mirror: Mirror, connection: Connection
) -> None:
    new = item(labels=("bug",), comments=(comment("ann", 200),))

    async with late(connection, SWAP, "save", [reading(new)]):
        assert await mirror.item(REPO, 1) is None
        assert await mirror.with_term(REPO, "label:bug") == {1}
        assert await mirror.numbers_between(REPO, at(200), at(201)) == [1]
    async with late(connection, AFTER, "save", [reading(item(), minutes=1441)]):
        assert await mirror.item(REPO, 1) == item()
        assert await mirror.with_term(REPO, "label:bug") == {1}

    assert await mirror.with_term(REPO, "label:bug") == set()


@pytest.mark.parametrize("what", [BEFORE, SWAP])
async def test_late_writer_of_an_older_listing_hides_nothing_of_a_newer_one(
    mirror: Mirror, connection: Connection, what: tuple[str, str]
) -> None:
    await mirror.save(REPO, [reading(item(), "whole", 1)])

    async with late(connection, what, "save", [reading(item(updated_at=at(2)), "light")]):
        await mirror.save(REPO, [reading(item(updated_at=at(4)), "light")])

    assert await mirror.updated_since(REPO, at(4)) == [1]
    assert await mirror.count(REPO, "issue", at(4)) == 1
    assert [wanted.number for wanted in await mirror.lacking(REPO, at(4), at(5))] == [1]


@pytest.mark.parametrize("what", [BEFORE, SWAP, AFTER])
async def test_whole_reading_that_comes_late_leaves_an_item_lacking_that_moved_meanwhile(
    mirror: Mirror, connection: Connection, what: tuple[str, str]
) -> None:
    await mirror.save(REPO, [reading(item(updated_at=at(1)), "light")])

    async with late(connection, what, "save", [reading(item(updated_at=at(1)), "whole", 3)]):
        await mirror.save(REPO, [reading(item(updated_at=at(5), title="moved"), "light")])

    assert await lacking(mirror) == [1]
    [record] = await mirror.records(REPO, [1])
    assert (record.item.title, record.whole_at) == ("moved", at(3))


@pytest.mark.parametrize("what", [BEFORE, SWAP, AFTER])
async def test_listing_that_comes_late_leaves_an_item_lacking_that_was_read_whole_meanwhile(
    mirror: Mirror, connection: Connection, what: tuple[str, str]
) -> None:
    async with late(connection, what, "save", [reading(item(updated_at=at(5)), "light")]):
        await mirror.save(REPO, [reading(item(updated_at=at(1)), "whole", 3)])
    assert await lacking(mirror) == [1]

    async with late(connection, what, "save", [reading(item(updated_at=at(7)), "light")]):
        await mirror.save(REPO, [reading(item(updated_at=at(7)), "whole", 9)])
    assert await lacking(mirror) == []


async def test_item_whose_text_is_dropped_while_a_reading_ends_is_lacking(
    mirror: Mirror, connection: Connection
) -> None:
    async with late(connection, AFTER, "save", [reading(item(updated_at=at(1), body="text"))]):
        assert await mirror.drop_texts(REPO, at(2), ()) == 1

    assert await lacking(mirror) == [1]


@pytest.mark.parametrize("what", [SWAP, AFTER])
@pytest.mark.parametrize("updated", [0, 5])
async def test_item_that_is_seen_again_while_it_is_buried_is_in_every_index(
    mirror: Mirror, connection: Connection, what: tuple[str, str], updated: float
) -> None:
    await mirror.save(REPO, [reading(item(labels=("bug",), updated_at=at(3)), "light")])
    again = item(labels=("bug",), updated_at=at(updated))

    async with late(connection, what, "bury", {1: "deleted"}, at(1)):
        await mirror.save(REPO, [reading(again, "light")])

    stored = await mirror.item(REPO, 1)
    if stored is None:  # the burial came last
        assert what == SWAP
        assert await mirror.updated_since(REPO) == []
        assert set(await mirror.tombstones(REPO)) == {1}
        return
    assert stored == listed(again)
    assert await mirror.updated_since(REPO) == [1]
    assert await mirror.with_term(REPO, "label:bug") == {1}
    assert [wanted.number for wanted in await mirror.lacking(REPO, NOON, at(9999))] == [1]
    assert await mirror.tombstones(REPO) == {}


@pytest.mark.parametrize("what", [BEFORE, SWAP, AFTER])
async def test_item_that_is_buried_while_it_is_written_is_whole_or_gone(
    mirror: Mirror, connection: Connection, what: tuple[str, str]
) -> None:
    await mirror.save(REPO, [reading(item(), "light")])

    async with late(connection, what, "save", [reading(item(labels=("bug",), updated_at=at(3)), "light")]):
        await mirror.bury(REPO, {1: "deleted"}, at(1))

    there = [1] if await mirror.item(REPO, 1) else []
    assert await mirror.updated_since(REPO) == there
    assert await mirror.with_term(REPO, "label:bug") == set(there)
    assert await lacking(mirror) == there
    assert bool(await mirror.tombstones(REPO)) is not bool(there)


async def test_who_read_an_item_before_it_was_buried_loses_nothing_of_its_second_life(
    mirror: Mirror, connection: Connection
) -> None:
    await mirror.save(REPO, [reading(item(body="first"), "whole", 1)])

    async with late(connection, SWAP, "save", [reading(item(title="moved", updated_at=at(9)), "light")]):
        await mirror.bury(REPO, {1: "transferred"}, at(2))
        await mirror.save(REPO, [reading(item(body="second", updated_at=at(5)), "whole", 6)])

    stored = await mirror.item(REPO, 1)
    assert stored
    assert (stored.title, stored.body) == ("moved", "second")


async def test_change_of_a_writer_that_dies_is_told_until_somebody_announces_it(
    mirror: Mirror, connection: Connection
) -> None:
    async with late(connection, AFTER, "save", [reading(item(), "light")]) as writer:
        writer.cancel()
    position = await mirror.position(REPO)
    assert await told(mirror, position) == {1}
    assert await told(mirror, position) == {1}

    await mirror.save(REPO, [reading(item(updated_at=at(1)), "light")])

    position = await mirror.position(REPO)
    assert await told(mirror, position) == set()


async def test_change_of_a_writer_that_dies_is_told_though_another_announces_its_own(
    mirror: Mirror, connection: Connection
) -> None:
    one, other = item(), item(updated_at=at(1))
    async with (
        late(connection, AFTER, "save", [reading(one, "light")]),
        late(connection, AFTER, "save", [reading(other, "light")]) as second,
    ):
        second.cancel()

    assert await told(mirror, await mirror.position(REPO)) == {1}


async def test_change_is_told_from_before_it_can_be_read(mirror: Mirror, connection: Connection) -> None:
    start = await mirror.position(REPO)

    async with late(connection, SWAP, "save", [reading(item())]):
        assert await told(mirror, start) == {1}
    async with late(connection, AFTER, "save", [reading(item(title="new"), minutes=1441)]):
        assert await told(mirror, await mirror.position(REPO)) == {1}


async def test_writer_that_finds_its_work_done_leaves_nothing_pending(
    mirror: Mirror, connection: Connection
) -> None:
    async with late(connection, BEFORE, "save", [reading(item(), "light")]):
        await mirror.save(REPO, [reading(item(title="newer", updated_at=at(1)), "light")])

    assert await told(mirror, await mirror.position(REPO)) == set()


async def test_slow_reader_does_not_remember_what_changed_while_it_read(
    mirror: Mirror, connection: Connection
) -> None:
    await mirror.save(REPO, [reading(item())])
    link = Late(connection, "HMGET", "#1", reply=True)
    reader = Mirror(Connection(link, "REDIS_URL"))
    slow = asyncio.create_task(reader.items_between(REPO, NOON, at(1)))
    await link.held.wait()

    await mirror.save(REPO, [reading(item(title="new", updated_at=at(1)))])
    assert [found.title for found in await reader.items_between(REPO, NOON, at(1))] == ["new"]
    link.go.set()
    await slow

    assert [found.title for found in await reader.items_between(REPO, NOON, at(1))] == ["new"]


async def test_slow_reader_tells_all_items_though_others_forget_them_meanwhile(
    mirror: Mirror, connection: Connection
) -> None:
    link = Late(connection, "HMGET", "#1", reply=True)
    reader = Mirror(Connection(link, "REDIS_URL"))
    await mirror.save(REPO, [reading(item(2))])
    assert len(await reader.items_between(REPO, NOON, at(1))) == 1  # remembered now
    await mirror.save(REPO, [reading(item(1))])
    slow = asyncio.create_task(reader.items_between(REPO, NOON, at(1)))
    await link.held.wait()

    await mirror.save(REPO, [reading(item(2, title="new", updated_at=at(1)))])
    await reader.numbers_between(REPO, NOON, at(1))
    await reader.items_between(REPO, NOON, at(1))
    link.go.set()

    assert [found.number for found in await slow] == [1, 2]


async def test_whatever_writers_do_at_the_same_time_the_indexes_miss_nothing(
    any_server: str, mirror: Mirror
) -> None:
    chance = random.Random(7)
    labels = ("bug", "rocm", "v1")

    def any_reading(number: int, minute: int) -> Any:  # noqa: ANN401 - a Reading
        shown = item(
            number,
            updated_at=at(minute),
            labels=tuple(chance.sample(labels, chance.randrange(3))),
            author=Person(chance.choice(["ann", "bob"])),
            events=(event("opened", 0), event("closed", minute)),
            comments=(comment("ann", minute * 30),),
            comments_total=1,
        )
        return reading(shown, chance.choice(["light", "whole"]), minute + chance.choice([0, 1]))

    async def writer(process: Mirror) -> None:
        for _ in range(6):
            readings = [any_reading(number, chance.randrange(9)) for number in chance.sample(range(8), 4)]
            if chance.random() < 0.25:
                await process.bury(REPO, {readings[0].item.number: "deleted"}, NOON)
            await process.save(REPO, readings)
            if chance.random() < 0.25:
                await process.drop_texts(REPO, at(chance.randrange(9)), ())

    async with connect(any_server) as first, connect(any_server) as second:
        processes = [Mirror(first), Mirror(first), Mirror(second), Mirror(second)]
        await asyncio.gather(*(writer(process) for process in processes))

    known = {record.item.number: record for record in await mirror.records(REPO, range(8), text=True)}
    items = {number: record.item for number, record in known.items()}
    assert await mirror.updated_since(REPO) == sorted(known)
    assert set(await mirror.tombstones(REPO)).isdisjoint(known)
    for minute in range(10):
        updated = [number for number, each in items.items() if (each.updated_at or NOON) >= at(minute)]
        assert await mirror.updated_since(REPO, at(minute)) == updated
        stale = {number for number in updated if known[number].stale}
        assert {wanted.number for wanted in await mirror.lacking(REPO, at(minute), at(9999))} == stale
    for label in labels:
        assert await mirror.with_term(REPO, f"label:{label}") >= {
            number for number, each in items.items() if label in each.labels
        }
    for hour in range(10):
        window = (at(60 * hour), at(60 * hour + 60))
        assert [found.number for found in await mirror.items_between(REPO, *window)] == [
            number
            for number, each in items.items()
            if any(window[0] <= moment < window[1] for moment in moments(each))
        ]
    assert await told(mirror, await mirror.position(REPO)) == set()
