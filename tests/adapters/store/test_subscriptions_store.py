"""Subscriptions as they are kept: numbered once, changed only by who knows them, found by what has changed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.store import subscriptions as kept
from adapters.store.connection import Connection, connect
from adapters.store.subscriptions import Subscriptions, Written
from tests.adapters.store.links import Late, Twice
from tests.servers.redis.valkey import running

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.store import Store
    from adapters.store.connection import Command
    from adapters.store.subscriptions import Stored

DUE = datetime(2025, 12, 10, 1, 0, tzinfo=UTC)


@pytest.fixture
def subscriptions(any_store: Store) -> Subscriptions:
    return any_store.subscriptions


async def add(subscriptions: Subscriptions, name: str) -> str:
    written = await subscriptions.add("s", name.encode(), twin=f"like {name}", note=b"made")
    assert written.id
    return written.id


async def load(subscriptions: Subscriptions, id_: str) -> Stored:
    [stored] = await subscriptions.load(id_)
    assert stored is not None
    return stored


async def change(subscriptions: Subscriptions, id_: str, data: bytes, twin: str = "") -> Written | None:
    return await subscriptions.change(await load(subscriptions, id_), data, twin=twin, note=b"changed")


async def test_each_gets_the_next_number_of_one_count_for_both_kinds(subscriptions: Subscriptions) -> None:
    first = await subscriptions.add("s", b"1", twin="a", note=b"")
    second = await subscriptions.add("w", b"2", twin="b", note=b"")
    await subscriptions.remove("w2")

    assert (first.id, second.id) == ("s1", "w2")
    assert await add(subscriptions, "third") == "s3"
    assert [stored and stored.data for stored in await subscriptions.load("s3", "w2", "s1")] == [
        b"third",
        None,
        b"1",
    ]


async def test_a_twin_is_refused_with_the_first_ones_id_until_that_one_is_in_nobodys_way(
    subscriptions: Subscriptions,
) -> None:
    first = await add(subscriptions, "same")
    assert await subscriptions.add("s", b"same", twin="like same", note=b"") == Written(twin=first)

    assert await change(subscriptions, first, b"ended", twin="")
    second = await add(subscriptions, "same")

    assert second != first
    assert await change(subscriptions, first, b"back", twin="like same") == Written(twin=second)
    assert (await load(subscriptions, first)).data == b"ended"


async def test_what_changes_leaves_its_twins_place_to_others(subscriptions: Subscriptions) -> None:
    first = await add(subscriptions, "here")
    assert await change(subscriptions, first, b"there", twin="like there")

    assert await add(subscriptions, "here")
    assert (await subscriptions.add("s", b"there", twin="like there", note=b"")).twin == first
    assert await change(subscriptions, first, b"there, louder", twin="like there")


async def test_of_two_who_change_the_same_record_the_later_one_has_to_look_again(
    subscriptions: Subscriptions,
) -> None:
    id_ = await add(subscriptions, "one")
    seen = await load(subscriptions, id_)

    assert await subscriptions.change(seen, b"two", twin="t", note=b"")
    assert await subscriptions.change(seen, b"three", twin="t", note=b"") is None
    assert (await load(subscriptions, id_)).data == b"two"


async def test_many_are_added_at_the_same_time_under_numbers_of_their_own(
    subscriptions: Subscriptions,
) -> None:
    ids = await asyncio.gather(*(add(subscriptions, str(number)) for number in range(50)))

    assert sorted(ids) == sorted(f"s{number}" for number in range(1, 51))


async def test_who_knows_a_sequence_is_told_what_changed_after_it_and_each_once(
    subscriptions: Subscriptions,
) -> None:
    one, two, three = [await add(subscriptions, name) for name in ("one", "two", "three")]
    sequence, found = await subscriptions.changed(0)
    assert [stored.id for stored in found] == [one, two, three]

    assert await subscriptions.changed(sequence) == (sequence, [])
    await change(subscriptions, three, b"3", "c")
    await change(subscriptions, one, b"1", "a")
    await change(subscriptions, three, b"3!", "c")
    later, found = await subscriptions.changed(sequence)

    assert [(stored.id, stored.data) for stored in found] == [(one, b"1"), (three, b"3!")]
    assert found == await _all_loaded(subscriptions, one, three)
    assert later > sequence


async def _all_loaded(subscriptions: Subscriptions, *ids: str) -> list[Stored | None]:
    return await subscriptions.load(*ids)


async def test_who_knows_a_later_sequence_than_there_is_is_told_all(subscriptions: Subscriptions) -> None:
    id_ = await add(subscriptions, "one")

    sequence, found = await subscriptions.changed(1_000)

    assert (sequence, [stored.id for stored in found]) == (1, [id_])


async def test_more_than_fit_into_one_answer_come_one_after_another(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_BATCH", 3)
    ids = [await add(store.subscriptions, str(number)) for number in range(10)]

    sequence, found = await store.subscriptions.changed(0)

    assert (sequence, [stored.id for stored in found]) == (10, ids)
    await store.subscriptions.set_planned(dict.fromkeys(ids, DUE))
    assert await store.subscriptions.planned() == dict.fromkeys(ids, DUE)


async def test_notes_of_changes_come_newest_first_and_go_with_what_is_forgotten(
    subscriptions: Subscriptions,
) -> None:
    one, two = await add(subscriptions, "one"), await add(subscriptions, "two")
    await change(subscriptions, one, b"1")

    assert await subscriptions.notes(0, 10) == [(one, b"changed"), (two, b"made"), (one, b"made")]
    assert await subscriptions.notes(1, 1) == [(two, b"made")]
    assert await subscriptions.forget_notes(one) == 2
    assert await subscriptions.forget_notes(one) == 0
    assert await subscriptions.notes(0, 10) == [(two, b"made")]


async def test_the_oldest_notes_go_where_there_are_too_many(
    store: Store, redis_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_ADD", kept._ADD.replace(str(kept.MOST_NOTES), "3"))
    ids = [await add(store.subscriptions, str(number)) for number in range(5)]

    assert [id_ for id_, _ in await store.subscriptions.notes(0, 10)] == ids[:1:-1]


async def test_what_was_planned_never_goes_back_and_is_known_of_none_that_is_gone(
    subscriptions: Subscriptions,
) -> None:
    one, two = await add(subscriptions, "one"), await add(subscriptions, "two")
    later = DUE + timedelta(days=1, microseconds=1)
    await subscriptions.set_planned({one: later, two: DUE, "s77": DUE})

    await subscriptions.set_planned({one: DUE, two: later})
    assert await subscriptions.planned() == {one: later, two: later}

    await subscriptions.remove(two)
    assert await subscriptions.planned() == {one: later}
    assert [stored.id for stored in (await subscriptions.changed(0))[1]] == [one]


async def test_a_halt_stays_as_it_was_until_it_is_lifted(subscriptions: Subscriptions) -> None:
    assert await subscriptions.halt("slack:T1", b"first", note=b"")
    assert not await subscriptions.halt("slack:T1", b"second", note=b"")
    assert await subscriptions.halts() == {"slack:T1": b"first"}

    assert await subscriptions.lift("slack:T1", note=b"")
    assert not await subscriptions.lift("slack:T1", note=b"")
    assert await subscriptions.halts() == {}
    assert len(await subscriptions.notes(0, 10)) == 2


class Loses(Twice):
    """A link that loses the first reply to what is written durably."""

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        if commands[-1][0] != "WAITAOF":
            return await self._connection.call_many(commands)
        await self._connection.call_many(commands)
        return await self._connection.call_many(commands)


async def test_what_is_sent_again_because_its_reply_was_lost_is_done_once(
    any_server: str, any_store: Store
) -> None:
    async with connect(any_server) as connection:
        losing = Subscriptions(Connection(Loses(connection), "REDIS_URL"))
        id_ = await add(losing, "one")
        written = await change(losing, id_, b"two", "like one")

        assert written is not None
        assert (id_, written.id) == ("s1", "s1")
        assert await losing.halt("*", b"us", note=b"")
        assert await losing.lift("*", note=b"")
    sequence, found = await any_store.subscriptions.changed(0)
    assert (sequence, [stored.data for stored in found]) == (2, [b"two"])
    assert len(await any_store.subscriptions.notes(0, 10)) == 4


async def test_what_is_sent_again_late_undoes_nothing_of_what_came_between(
    any_server: str, any_store: Store
) -> None:
    id_ = await add(any_store.subscriptions, "one")
    async with connect(any_server) as connection:
        link = Late(connection, "EVAL", "{subscriptions", reply=True)

        class Again(Twice):
            async def send(self, commands: Sequence[Command]) -> list[Any]:
                await link.send(commands)
                return await self._connection.call_many(commands)

        late = Subscriptions(Connection(Again(connection), "REDIS_URL"))
        stored = await load(any_store.subscriptions, id_)
        changing = asyncio.create_task(late.change(stored, b"late", twin="t", note=b""))
        await link.held.wait()
        await change(any_store.subscriptions, id_, b"between", "u")
        link.go.set()

        assert await changing == Written(id_)
    assert (await load(any_store.subscriptions, id_)).data == b"between"


async def test_what_is_written_is_on_disk_and_said_to_be_where_the_server_keeps_a_file(
    subscriptions: Subscriptions,
) -> None:
    assert (await subscriptions.add("s", b"1", twin="1", note=b"")).on_disk


async def test_a_server_that_keeps_no_file_has_nothing_on_disk(tmp_path: Path) -> None:
    with running(tmp_path / "server", appendonly="no") as node:
        async with connect(node.url) as connection:
            written = await Subscriptions(connection).add("s", b"1", twin="1", note=b"")

    assert written == Written("s1", on_disk=False)
