"""The registry: subscriptions are added once, changed by one at a time, and every process learns of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from redis.asyncio import Redis

from adapters.chat.delivering import Destination
from adapters.store import open_store
from adapters.store.server import Server
from bot.grammar.commands import Hours, Schedule
from bot.grammar.expressions import Time
from bot.subscriptions.model import Subscription
from bot.subscriptions.registry import EVERYWHERE, KEEP_ENDED, Halt, Registry
from summarizer.errors import BadInput, StoreError
from summarizer.filters import Filter
from tests.servers.redis import Client, kill, server_pid, start_client, until_old_enough, until_stopped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.store import Store
    from adapters.store.connection import Command

NOW = datetime(2025, 12, 9, 3, 4, 5, tzinfo=UTC)
ANN = "slack-user:U1"
GENERAL = Destination("slack", "T1", "C1", name="#general")


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(store: Store, clock: Clock) -> Registry:
    return Registry(store, clock)


def daily(at: Destination = GENERAL, **changes: object) -> Subscription:
    one = Subscription(
        "",
        at,
        "vllm-project/vllm",
        "en",
        "Asia/Shanghai",
        "daily",
        ANN,
        NOW,
        NOW,
        Schedule("daily", Time(9, 0)),
        "day",
        filters=(Filter("topic", ("amd",)),),
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def watch() -> Subscription:
    return daily(schedule=None, cut="due", max_per_hour=6)


async def made(registry: Registry, new: Subscription) -> Subscription:
    added, on_disk = await registry.add(new, ANN)
    assert on_disk
    return added


def paused(one: Subscription) -> Subscription:
    return replace(one, state="paused")


def ended(one: Subscription) -> Subscription:
    return replace(one, state="ended")


async def pause(registry: Registry, id_: str) -> Subscription:
    return await registry.change(id_, paused, by=ANN, what="pause")


async def end(registry: Registry, id_: str) -> Subscription:
    return await registry.change(id_, ended, by=ANN, what="unsubscribe")


async def test_it_comes_back_as_it_was_with_a_number_of_one_count_for_digests_and_watches(
    registry: Registry,
) -> None:
    full = daily(
        lang="zh", catchup="skip", sections=("summary", "topic-amd"), hush=Hours(22, 7), holidays="CN",
        quiet_if_empty=True, name="Morning", schedule=Schedule("every", hours=Hours(8, 20)),
    )  # fmt: skip

    digest, watching = await made(registry, full), await made(registry, watch())

    assert (digest, watching) == (replace(full, id="s1"), replace(watch(), id="w2"))
    assert await registry.get("s1") == digest
    assert await registry.get("s9") is None
    assert (await registry.get("s1") or full).destination.name == "#general"


async def test_an_identical_one_is_refused_with_the_first_ones_id_until_that_one_has_ended(
    registry: Registry,
) -> None:
    first = await made(registry, daily())
    same = daily(
        owner="slack-user:U2", created_at=NOW + timedelta(days=1), name="Other",
        destination=replace(GENERAL, name="#renamed"),
    )  # fmt: skip

    with pytest.raises(BadInput) as caught:
        await registry.add(same, "slack-user:U2")
    assert (caught.value.key, caught.value.values) == ("subscriptions.twin", {"id": first.id})

    await end(registry, first.id)
    second = await made(registry, same)
    with pytest.raises(BadInput) as caught:
        await registry.change(first.id, lambda one: replace(one, state="active"), by=ANN, what="resume")
    assert caught.value.values == {"id": second.id}


async def test_another_time_place_language_or_filter_makes_it_another_one(registry: Registry) -> None:
    ids = [
        (await made(registry, each)).id
        for each in (
            daily(),
            daily(lang="zh"),
            daily(schedule=Schedule("daily", Time(10, 0))),
            daily(replace(GENERAL, channel="C2")),
            daily(filters=()),
            watch(),
        )
    ]

    assert ids == ["s1", "s2", "s3", "s4", "s5", "w6"]


async def test_what_moves_makes_room_where_it_was_and_is_refused_where_its_like_is(
    registry: Registry,
) -> None:
    first = await made(registry, daily())
    there = Destination("slack", "T1", "C2")
    await registry.change(first.id, lambda one: replace(one, destination=there), by=ANN, what="move")

    second = await made(registry, daily())
    with pytest.raises(BadInput) as caught:
        await registry.change(second.id, lambda one: replace(one, destination=there), by=ANN, what="move")

    assert caught.value.values == {"id": first.id}
    assert await registry.get(second.id) == second


async def test_all_that_are_not_ended_are_listed_by_number_and_by_whose_they_are(registry: Registry) -> None:
    for number in range(11):
        await made(registry, daily(replace(GENERAL, channel=f"C{number}")))
    other = await made(registry, daily(Destination("discord", "T1", "7"), owner="discord-user:5"))
    await end(registry, "s3")
    await pause(registry, "s4")

    assert [each.id for each in await registry.all()] == [f"s{n}" for n in (1, 2, *range(4, 13))]
    assert [each.id for each in await registry.of_team("slack", "T1")] == [
        f"s{n}" for n in (1, 2, *range(4, 12))
    ]
    assert await registry.of_team("discord", "T1") == [other]
    assert await registry.of_owner("discord-user:5") == [other]
    assert (await registry.get("s3") or other).state == "ended"


async def test_each_process_learns_what_another_has_changed(store: Store, clock: Clock) -> None:
    here, there = Registry(store, clock), Registry(store, clock)
    one, two = await made(here, daily()), await made(here, watch())
    assert await there.all() == [one, two]
    sequence, found = await there.changed(0)
    assert found == [one, two]

    stopped = await pause(here, two.id)
    gone = await end(here, one.id)

    assert await there.all() == [stopped]
    later, found = await there.changed(sequence)
    assert found == [stopped, gone]
    assert await there.changed(later) == (later, [])


async def test_a_store_that_was_put_back_to_an_earlier_state_is_seen_as_it_is(
    store: Store, registry: Registry, redis_server: str
) -> None:
    for number in range(3):
        await made(registry, daily(replace(GENERAL, channel=f"C{number}")))
    assert len(await registry.all()) == 3
    async with Redis.from_url(redis_server) as redis:
        await redis.flushall()
    kept = await made(Registry(store, Clock()), daily(lang="zh"))

    assert await registry.all() == [kept]


async def test_changes_at_the_same_time_are_all_made_one_after_another(registry: Registry) -> None:
    one = await made(registry, daily(max_per_hour=0))

    def more(before: Subscription) -> Subscription:
        return replace(before, max_per_hour=before.max_per_hour + 1)

    await asyncio.gather(*(registry.change(one.id, more, by=ANN, what="edit") for _ in range(20)))

    assert (await registry.get(one.id) or one).max_per_hour == 20


async def test_a_change_is_dated_and_one_that_changes_nothing_is_not_written_down(
    registry: Registry, clock: Clock
) -> None:
    one = await made(registry, daily())
    clock.now += timedelta(hours=1)

    assert await pause(registry, one.id) == replace(one, state="paused", changed_at=clock.now)
    sequence, _ = await registry.changed(0)
    clock.now += timedelta(hours=1)
    await pause(registry, one.id)

    assert (await registry.changed(0))[0] == sequence
    assert [change.what for change in await registry.audit(limit=10)] == ["pause", "subscribe"]


async def test_there_is_nothing_to_change_under_an_unknown_id(registry: Registry) -> None:
    with pytest.raises(BadInput) as caught:
        await pause(registry, "s7")

    assert (caught.value.key, caught.value.values) == ("subscriptions.none", {"id": "s7"})
    assert not await registry.suspend("s7", "gone")


async def test_what_a_change_raises_changes_nothing(registry: Registry) -> None:
    one = await made(registry, daily())

    def refuse(_one: Subscription) -> Subscription:
        raise BadInput("subscriptions.not_yours")

    with pytest.raises(BadInput):
        await registry.change(one.id, refuse, by=ANN, what="move")
    assert await registry.get(one.id) == one


async def test_only_one_of_many_suspends_it_and_tells_the_owner(registry: Registry) -> None:
    one = await made(registry, daily())

    told = await asyncio.gather(*(registry.suspend(one.id, "archived") for _ in range(5)))

    assert sorted(told) == [False] * 4 + [True]
    now = await registry.get(one.id)
    assert now is not None
    assert (now.state, now.reason) == ("suspended", "archived")
    [suspended, _] = await registry.audit(limit=10)
    assert (suspended.who, suspended.what) == ("us", "suspend:archived")


async def test_what_a_person_has_paused_is_not_suspended(registry: Registry) -> None:
    one = await made(registry, daily())
    stopped = await pause(registry, one.id)

    assert not await registry.suspend(one.id, "gone")
    assert await registry.get(one.id) == stopped


async def test_a_team_and_a_channel_are_suspended_with_all_that_post_there(registry: Registry) -> None:
    first = await made(registry, daily())
    second = await made(registry, watch())
    elsewhere = await made(registry, daily(replace(GENERAL, channel="C2")))
    other = await made(registry, daily(Destination("slack", "T2", "C1")))
    await pause(registry, second.id)

    assert [each.id for each in await registry.suspend_channel("slack", "T1", "C1", "gone")] == [first.id]
    assert [each.id for each in await registry.suspend_team("slack", "T1", "revoked")] == [elsewhere.id]

    states = {each.id: (each.state, each.reason) for each in await registry.all()}
    assert states == {
        first.id: ("suspended", "gone"),
        second.id: ("paused", ""),
        elsewhere.id: ("suspended", "revoked"),
        other.id: ("active", ""),
    }


async def test_the_audit_list_tells_who_changed_what_and_how_newest_first(
    registry: Registry, clock: Clock
) -> None:
    one = await made(registry, daily(name="Morning"))
    await made(registry, daily(Destination("slack", "T2", "C9")))
    clock.now += timedelta(minutes=5)
    there = Destination("slack", "T1", "C2")
    await registry.change(
        one.id, lambda each: replace(each, destination=there), by="slack-user:U2", what="move"
    )

    [moved, subscribed] = await registry.audit(id=one.id, limit=10)
    assert (moved.at, moved.who, moved.what, moved.id) == (clock.now, "slack-user:U2", "move", one.id)
    assert moved.before == subscribed.after == f"{one.command} to:slack:T1/C1"
    assert moved.after == f"{one.command} to:slack:T1/C2"
    assert (subscribed.who, subscribed.what, subscribed.before) == (ANN, "subscribe", "")
    assert [change.id for change in await registry.audit(team="slack:T2", limit=10)] == ["s2"]
    assert await registry.audit(limit=1) == [moved]


async def test_long_audit_lists_are_searched_to_their_end(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.subscriptions.registry._NOTES", 2)
    first = await made(registry, daily())
    second = await made(registry, watch())
    for _ in range(3):
        await registry.change(second.id, paused, by=ANN, what="pause")
        await registry.change(second.id, lambda one: replace(one, state="active"), by=ANN, what="resume")

    assert [change.what for change in await registry.audit(id=first.id, limit=3)] == ["subscribe"]
    assert len(await registry.audit(limit=100)) == 8


async def test_a_stop_of_all_posts_holds_until_it_is_lifted(registry: Registry) -> None:
    assert await registry.halts() == {}
    await registry.halt(EVERYWHERE, "shell")
    await registry.halt("slack:T1", ANN)
    await registry.halt("slack:T1", "slack-user:U2")

    assert await registry.halts() == {EVERYWHERE: Halt(NOW, "shell"), "slack:T1": Halt(NOW, ANN)}
    assert await registry.lift("slack:T1", "slack-user:U2")
    assert not await registry.lift("slack:T1", "slack-user:U2")
    assert [*await registry.halts()] == [EVERYWHERE]
    assert [(change.who, change.what) for change in await registry.audit(team="slack:T1", limit=9)] == [
        ("slack-user:U2", "resume all"),
        (ANN, "pause all"),
    ]


async def test_the_last_due_that_was_planned_is_known_to_the_minute(registry: Registry) -> None:
    one = await made(registry, daily())
    due = datetime(2025, 12, 10, 1, 0, tzinfo=UTC)

    await registry.set_planned({one.id: due})
    await registry.set_planned({one.id: due - timedelta(days=1)})

    assert await registry.planned() == {one.id: due}


async def test_what_was_ended_long_ago_goes_and_can_be_had_back_until_then(
    registry: Registry, clock: Clock
) -> None:
    one, two = await made(registry, daily()), await made(registry, watch())
    await end(registry, one.id)
    await registry.set_planned({one.id: NOW, two.id: NOW})
    clock.now += KEEP_ENDED - timedelta(seconds=1)
    assert await registry.purge() == 0
    assert await registry.get(one.id)

    clock.now += timedelta(seconds=1)
    assert await registry.purge() == 1
    assert await registry.get(one.id) is None
    assert await registry.all() == [two]
    assert [*await registry.planned()] == [two.id]


async def test_of_what_is_erased_nothing_of_its_place_or_its_people_is_left(
    store: Store, registry: Registry, redis_server: str, clock: Clock
) -> None:
    other_process = Registry(store, clock)
    one = await made(registry, daily(Destination("slack", "TGONE", "CGONE", name="#gone"), name="GONE"))
    stays = await made(registry, watch())
    sequence, _ = await other_process.changed(0)
    assert len(await other_process.all()) == 2

    assert await registry.erase([one.id, "s99"]) == 1
    assert await registry.erase([one.id]) == 0

    assert await registry.get(one.id) is None
    assert await other_process.all() == [stays]
    [(_, [told])] = [await other_process.changed(sequence)]
    assert (told.id, told.state) == (one.id, "ended")
    assert await registry.audit(id=one.id, limit=5) == []
    async with Redis.from_url(redis_server) as redis:
        left = [
            await redis.hgetall("vllm-digest:{subscriptions}"),
            await redis.hgetall("vllm-digest:{subscriptions}:state"),
            await redis.lrange("vllm-digest:{subscriptions}:audit", 0, -1),
        ]
    assert "GONE" not in str(left).upper().replace("VLLM", "")
    assert (await made(registry, daily(one.destination))).id == "s3"


async def test_one_that_nobody_can_read_is_left_out_and_stops_no_other(
    registry: Registry, redis_server: str
) -> None:
    one, two = await made(registry, daily()), await made(registry, watch())
    async with Redis.from_url(redis_server) as redis:
        await redis.hset("vllm-digest:{subscriptions}", one.id, "{}")

    assert await registry.all() == [two]
    with pytest.raises(StoreError):
        await registry.get(one.id)


async def test_to_see_that_nothing_has_changed_takes_one_round_trip(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(store, clock)
    await made(registry, daily())
    await registry.all()
    sequence, _ = await registry.changed(0)
    sent: list[object] = []
    send = Server.send

    async def counted(server: Server, commands: Sequence[Command]) -> list[Any]:
        sent.append(commands)
        return await send(server, commands)

    monkeypatch.setattr(Server, "send", counted)

    assert await registry.changed(sequence) == (sequence, [])
    assert len(await registry.all()) == 1
    assert len(sent) == 2


async def test_one_that_was_acknowledged_outlives_the_server_that_dies_the_next_instant(
    tmp_path: Path,
) -> None:
    client: Client = await start_client(tmp_path)
    socket = await client.socket()
    await until_old_enough(socket)
    async with open_store(f"unix://{socket}", tmp_path) as store:
        pid = await server_pid(socket)
        added, on_disk = await Registry(store, Clock()).add(daily(), ANN)
        kill(pid)

        assert on_disk
        assert await Registry(store, Clock()).all() == [added]
    await client.leave()
    await until_stopped(tmp_path)


async def test_what_was_planned_is_planned_again_where_a_delivery_was_refused(registry: Registry) -> None:
    one = await made(registry, daily())
    await registry.set_planned({one.id: NOW + timedelta(days=3)})

    await registry.replan(one.id, NOW)
    await registry.replan("s9", NOW)

    assert await registry.planned() == {one.id: NOW}


async def test_who_made_them_can_be_forgotten_while_they_go_on(registry: Registry) -> None:
    one, other = await made(registry, daily()), await made(registry, watch())
    await registry.halt("slack:T1", ANN)
    await registry.halt(EVERYWHERE, "shell")

    assert await registry.disown([one.id, one.id, "s9"]) == 1
    assert await registry.disown_halts(ANN, "somebody") == 1
    assert await registry.forget_changes(lambda change: change.who == ANN) == 3

    assert [each.owner for each in await registry.all()] == ["", other.owner]
    assert {scope: halt.by for scope, halt in (await registry.halts()).items()} == {
        "slack:T1": "somebody",
        EVERYWHERE: "shell",
    }
    assert [change.what for change in await registry.audit(limit=9)] == ["disown", "pause all"]


async def test_a_name_alone_can_be_changed(registry: Registry) -> None:
    one = await made(registry, daily())

    await registry.change(
        one.id,
        lambda each: replace(each, destination=replace(GENERAL, name="#renamed")),
        by="us",
        what="rename",
    )

    assert (await registry.get(one.id) or one).destination.name == "#renamed"
