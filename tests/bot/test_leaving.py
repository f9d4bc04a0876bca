"""Leaving: where the bot was removed posts stop at once, and what was kept of it goes after a while, or stays when the
bot comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat.delivering import Destination, TextPost
from adapters.store.feedback import FeedbackEntry
from adapters.store.shown import RecentEntry
from bot.belonging import note
from bot.conversations import Conversations, Said
from bot.delivery.ledger import Ledger, entry
from bot.delivery.model import Delivery
from bot.forgetting import Forgetting
from bot.grammar.commands import Schedule
from bot.grammar.expressions import Time
from bot.subscriptions.leaving import Leaving
from bot.subscriptions.model import Subscription
from bot.subscriptions.registry import Registry
from summarizer import languages
from tests.bot.talk import ANN, ON_DISCORD, REPO

if TYPE_CHECKING:
    from adapters.chat import Context
    from adapters.store import Store

DAYS_30 = timedelta(days=30)
OPS = Destination("slack", "T9", "C9")
GENERAL = Destination("slack", "T1", "C1", name="#general")
BOB = replace(ANN, person="U2", team="T2", conversation="thread-2")


class World:
    """A store with what two workspaces and a server left there, and a clock that begins at the real time."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = datetime.now(UTC)
        self.told: list[tuple[str, str]] = []
        self.registry = Registry(store, self.clock)
        self.leaving = self.another()

    def clock(self) -> datetime:
        return self.now

    def another(self) -> Leaving:
        """Another process's."""
        forgetting = Forgetting(self.store, now=self.clock, discard_index=nothing, repos=[REPO])
        return Leaving(self.store, self.registry, forgetting, tell=self.tell, now=self.clock)

    async def tell(self, one: Subscription, reason: str) -> None:
        self.told.append((one.id, reason))

    async def subscribe(self, at: Destination = GENERAL, owner: str = "slack-user:U1") -> Subscription:
        made, _ = await self.registry.add(
            Subscription(
                "",
                at,
                REPO,
                "en",
                "UTC",
                "daily",
                owner,
                self.now,
                self.now,
                Schedule("daily", Time(9, 0)),
                "day",
            ),
            owner,
        )
        return made

    async def posted(self, one: Subscription) -> Delivery:
        """A row of the ledger that waits for its time, one that was posted, and what was said about that elsewhere."""
        ledger = Ledger(self.store)
        row = Delivery(f"{one.id}-later", one.id, one.destination, self.now + DAYS_30)
        done = Delivery(f"{one.id}-done", one.id, one.destination, self.now, state="posted")
        notice = Delivery(
            f"n-{one.id}-parked-ops", "", OPS, self.now, text=TextPost(str(one.destination), "en")
        )
        await ledger.create([row, done, notice])
        await ledger.agenda.at({entry(row): row.due})
        await ledger.deliveries.trouble(done.id)
        await ledger.deliveries.shown_as(f"slack {one.destination.channel} 17.1", done.id)
        return row

    async def said(self, *contexts: Context) -> None:
        """What each of them set, asked, looked at and thought."""
        for context in contexts:
            who = f"{context.surface}-user:{context.person}"
            await note(self.store, context)
            await self.store.people.set_options(who, "lang:zh")
            await Conversations(self.store).save(context, Said())
            await self.store.shown.add(who, RecentEntry("h", "Title", REPO, self.now, "today"))
            await self.store.feedback.add(FeedbackEntry(self.now, who, context.team, REPO, "helpful"))
            team = f"{context.surface}:{context.team}"
            await self.store.places.set(
                f"{context.surface}-channel:{context.team}C", {"tz": "UTC"}, team=team
            )

    async def kept(self) -> str:
        """All keys and all that stands in them but tombstones, as one text."""
        forget, connection = self.store.forget, self.store.subscriptions._connection
        found: list[object] = []
        for key in await forget.keys("vllm-digest:"):
            kind = (await connection.call("TYPE", key)).decode()
            read = {
                "string": ("GET", key),
                "hash": ("HGETALL", key),
                "set": ("SMEMBERS", key),
                "zset": ("ZRANGE", key, 0, -1),
                "list": ("LRANGE", key, 0, -1),
            }[kind]
            found.append((key, await connection.call(*read)))
        return str(found)


async def nothing() -> bool:
    return False


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


async def test_a_channel_that_the_bot_was_removed_from_gets_nothing_more_and_each_owner_is_told_once(
    world: World,
) -> None:
    here, elsewhere = await world.subscribe(), await world.subscribe(replace(GENERAL, channel="C2"))

    await world.leaving.left("slack", "T1", "C1")
    await world.another().left("slack", "T1", "C1")

    assert world.told == [(here.id, "removed")]
    assert [(each.state, each.reason) for each in await world.registry.all()] == [
        ("suspended", "removed"),
        ("active", ""),
    ]
    world.now += 2 * DAYS_30
    assert await world.leaving.purge(DAYS_30) == {}
    assert await world.registry.get(elsewhere.id) == elsewhere


async def test_a_workspace_that_the_bot_was_removed_from_is_suspended_whole_and_purged_later(
    world: World,
) -> None:
    one, two = await world.subscribe(), await world.subscribe(replace(GENERAL, channel="", person="U1"))
    other = await world.subscribe(replace(GENERAL, team="T2"), "slack-user:U2")
    await world.said(ANN, BOB)
    for each in (one, other):
        await world.posted(each)

    await world.leaving.left("slack", "T1")
    assert world.told == [(one.id, "removed"), (two.id, "removed")]
    world.now += DAYS_30 - timedelta(hours=1)
    assert await world.leaving.purge(DAYS_30) == {}
    assert (await world.store.people.load("slack-user:U1")).options == "lang:zh"
    world.now += timedelta(hours=1)
    purged = await world.another().purge(DAYS_30)

    [(team, (_, gone))] = purged.items()
    assert team == "slack:T1"
    assert gone.counts == {
        "subscriptions": 2,
        "deliveries": 3,
        "preferences": 1,
        "places": 1,
        "conversations": 1,
        "shown": 1,
        "feedback": 1,
    }
    assert await world.registry.all() == [other]
    assert await world.leaving.purge(DAYS_30) == {}


async def test_nothing_of_a_purged_workspace_is_left_and_nothing_of_another_is_lost(
    any_store: Store,
) -> None:
    world = World(any_store)
    one = await world.subscribe(
        replace(GENERAL, team="TGONE", channel="CGONE", name="#gone"), "slack-user:UGONE"
    )
    other = await world.subscribe(replace(GENERAL, team="T2"), "slack-user:U2")
    await world.posted(one)
    row = await world.posted(other)
    gone = replace(ANN, team="TGONE", person="UGONE", conversation="CGONE:1")
    await world.said(gone, replace(gone, team="", workspace="TGONE", conversation="DGONE"))
    await world.said(BOB)
    await world.registry.halt("slack:TGONE", "slack-user:UGONE")
    await world.store.workspaces.save("T2", b"sealed")
    assert "GONE" in await world.kept()

    await world.leaving.left("slack", "TGONE")
    await world.leaving.purge(timedelta())

    kept = await world.kept()
    assert "GONE" not in kept
    assert "#gone" not in kept
    assert await world.registry.all() == [other]
    assert await Ledger(world.store).get(row.id) == row
    assert await Ledger(world.store).agenda.all() == [entry(row)]
    assert await world.store.deliveries.troubled() == [f"{other.id}-done"]
    assert await world.store.deliveries.shown_at("slack C1 17.1") == f"{other.id}-done"
    assert (await world.store.people.load("slack-user:U2")).options == "lang:zh"
    assert len(await world.store.shown.newest("slack-user:U2")) == 1
    assert [entry_.who for entry_ in await world.store.feedback.newest(9)] == ["slack-user:U2"]
    assert await world.store.workspaces.ids() == ("T2",)


async def test_a_person_of_another_server_that_the_bot_is_in_keeps_what_they_set(world: World) -> None:
    there = replace(ON_DISCORD, team="2", conversation="thread-9")
    await world.said(ON_DISCORD, there)

    await world.leaving.left("discord", "1")
    await world.leaving.purge(timedelta())

    assert (await world.store.people.load("discord-user:1")).options == "lang:zh"
    assert len(await world.store.shown.newest("discord-user:1")) == 1
    assert {each.team for each in await world.store.feedback.newest(9)} == {"2"}
    await world.leaving.left("discord", "2")
    await world.leaving.purge(timedelta())
    assert (await world.store.people.load("discord-user:1")).options == ""


async def test_a_person_who_subscribed_another_server_keeps_what_they_set(world: World) -> None:
    await world.subscribe(Destination("discord", "2", "7"), "discord-user:1")
    await world.said(ON_DISCORD)

    await world.leaving.left("discord", "1")
    await world.leaving.purge(timedelta())

    assert (await world.store.people.load("discord-user:1")).options == "lang:zh"


async def test_where_the_bot_comes_back_everything_stays(world: World) -> None:
    one = await world.subscribe()
    await world.said(ANN)
    await world.leaving.left("slack", "T1")

    assert await world.leaving.came_back("slack", "T1")
    assert not await world.leaving.came_back("slack", "T1")
    world.now += 2 * DAYS_30
    assert await world.leaving.purge(DAYS_30) == {}

    assert (await world.registry.get(one.id) or one).state == "suspended"
    assert (await world.store.people.load("slack-user:U1")).options == "lang:zh"


@pytest.mark.parametrize("sign", ["said", "installed", "resumed"])
async def test_a_bot_that_is_back_without_anybody_telling_is_seen_to_be(world: World, sign: str) -> None:
    one = await world.subscribe()
    world.now -= DAYS_30
    await world.leaving.left("slack", "T1")
    world.now += DAYS_30
    match sign:
        case "said":
            await world.said(ANN)
        case "installed":
            await world.store.workspaces.save("T1", b"sealed")
        case _:
            await world.registry.change(
                one.id,
                lambda each: replace(each, state="active", reason=""),
                by="slack-user:U1",
                what="resume",
            )

    assert await world.leaving.purge(DAYS_30) == {}
    assert await world.store.members.departed() == {}
    assert await world.registry.get(one.id)


async def test_what_is_told_late_of_a_workspace_does_not_bring_it_back(world: World) -> None:
    await world.leaving.left("slack", "T1")
    await world.said(ANN)
    world.now += DAYS_30

    assert [*await world.leaving.purge(DAYS_30)] == ["slack:T1"]


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_command_tells_what_went_of_which_workspace(world: World, lang: str) -> None:
    words = languages.load(lang)
    assert await world.leaving.told(DAYS_30, words) == words.text("forgetting.none")
    await world.said(ANN)
    await world.leaving.left("slack", "T1")

    told = await world.leaving.told(timedelta(), words)

    assert "slack:T1" in told
    assert f"{world.now:%Y-%m-%d}" in told
    assert words.text("forgetting.line", kind=words.text("forgetting.kinds.preferences"), n=1) in told


async def test_subscriptions_that_were_ended_long_ago_go_too(world: World) -> None:
    one = await world.subscribe()
    await world.registry.change(
        one.id, lambda each: replace(each, state="ended"), by="slack-user:U1", what="unsubscribe"
    )
    world.now += DAYS_30

    await world.leaving.purge(DAYS_30)

    assert await world.registry.get(one.id) is None
