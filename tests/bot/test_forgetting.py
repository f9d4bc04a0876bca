"""Forgetting: what is kept of a team, a person, a repository or an item goes, wherever it was, and is told by kind."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Feedback
from adapters.chat.delivering import Destination, TextPost
from adapters.store.search import remove_index
from bot.delivery.ledger import Ledger
from bot.delivery.model import Delivery
from bot.forgetting import Forgetting, forget
from bot.grammar.commands import Schedule
from bot.grammar.expressions import Time
from bot.managers import speaker
from bot.subscriptions.model import Subscription
from bot.subscriptions.registry import Registry
from summarizer import languages, markup
from summarizer.errors import BadInput
from summarizer.topics.mends import Mend
from tests.bot.scenes import DAY, HOUR, uncounted
from tests.bot.talk import ANN, NOW, REPO, on, talked_about, talking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.wiring import Services
    from tests.bot.running import Host
    from tests.bot.scenes import Scene
    from tests.servers.github import World

EN = languages.load("en")
GENERAL = Destination("slack", "T1", "C1", name="#general")
BOB = replace(ANN, person="U2", conversation="thread-2")
ALONE = replace(ANN, team="", workspace="T1", conversation="D1")
DAILY = Subscription(
    "", GENERAL, REPO, "en", "UTC", "daily", "slack-user:U1", NOW, NOW, Schedule("daily", Time(9, 0)), "day"
)


class Bot:
    """A bot with a mirror, and the command over its store."""

    def __init__(self, services: Services, folder: Path) -> None:
        async def discard() -> bool:
            return remove_index(folder / "search.db")

        store, now = services.store, services.now
        self.services = services
        self.forgetting = Forgetting(store, now=now, discard_index=discard, repos=[REPO])
        self.registry = Registry(store, now)
        self.told = ""

    async def forget(self, kind: str, id_: str) -> dict[str, str]:
        """What went, as it is told: how many by kind."""
        self.told = await forget(self, kind, id_, EN)
        lines = [line[2:].rpartition(": ") for line in self.told.splitlines() if line.startswith("- ")]
        return {kind: n for kind, _, n in lines}

    async def subscribe(self, **changes: object) -> Subscription:
        one = replace(DAILY, **changes)  # type: ignore[arg-type]
        return (await self.registry.add(one, one.owner))[0]

    async def keys(self, part: str) -> list[str]:
        store = self.services.store
        return [key for key in await store.forget.keys("vllm-digest:") if part in key]


def told(kind: str) -> str:
    return EN.text(f"forgetting.kinds.{kind}")


@asynccontextmanager
async def forgetful(host: Host, world: World | None = None) -> AsyncIterator[Bot]:
    async with talking(host, world) as services:
        yield Bot(services, host.folder)


async def test_of_an_item_nothing_is_found_shown_or_published_any_more(host: Host) -> None:
    async with forgetful(host) as bot:
        desk, store = bot.services.desk, bot.services.store
        today = await desk("today", ANN)
        week = await desk("2026-W12", ANN)
        assert today.digest is not None
        assert week.digest is not None
        assert "Whisper" in (await desk("whisper crashes", replace(ANN, conversation="new"))).text
        await bot.services.editions.keep(today.digest)
        await bot.services.editions.keep(week.digest)
        await desk.take(Feedback("wrong", about=today.handle, number=105, reason="It does not"), ANN)
        await store.mends.add(REPO, Mend("amd", "add", 105, None, "slack-user:U1", NOW), proposed=False)

        gone = await bot.forget("item", f"{REPO}#105")

        assert gone == {
            told("items"): "1",
            told("mends"): "1",
            told("editions"): "1",
            told("digests"): "1",
            told("feedback"): "1",
            told("index"): "1",
        }
        assert EN.text("forgetting.index") in bot.told
        assert (await desk.open(today.handle, ANN)).problem is not None
        assert (await desk.open(week.handle, ANN)).digest == week.digest
        assert [each.id for each in await store.editions.newest(REPO, 9)] == [week.digest.id]
        assert "Whisper" not in (await desk("whisper crashes", BOB)).text
        again = await desk("today", replace(BOB, conversation="other"))
        assert again.digest is not None
        assert 105 not in again.digest.facts.items
        assert "forgotten" in (await desk("why #105", replace(BOB, conversation="newer"))).text
        await bot.forget("item", f"{REPO}#105")
        assert (await desk.open(again.handle, BOB)).digest == again.digest


async def test_a_forgotten_item_stays_so_when_it_moves_and_github_is_not_taken_to_lack_it(
    scene: Scene,
) -> None:
    issue = scene.repository.open_issue("Another", by="bob", at=scene.now - HOUR)
    number = issue.number
    await scene.sync.history.extend(REPO, scene.now - 9_000 * DAY, uncounted)
    assert number in await scene.numbers_today()
    forgetting = Forgetting(scene.store, now=lambda: scene.now, discard_index=_no_index, repos=[REPO])

    await forgetting("item", f"{REPO}#{number}", EN)
    scene.now += HOUR
    issue.comment(by="eve", at=scene.now - HOUR / 2, body="Remember me")
    reconciled = await scene.reconcile()

    assert number not in await scene.numbers_today()
    assert await scene.store.mirror.item(REPO, number) is None
    assert reconciled.missing == 0
    span = await scene.today()
    assert (span.coverage.reasons, span.coverage.complete) == ((), True)


async def _no_index() -> bool:
    return False


async def test_what_a_watch_told_of_an_item_is_emptied(host: Host) -> None:
    async with forgetful(host) as bot:
        watch = await bot.subscribe(schedule=None, cut="due")
        ledger = Ledger(bot.services.store)
        texts = {"a": f"- [#105](https://github.com/{REPO}/issues/105) Whisper", "b": "- [#1051](x) Other"}
        await ledger.create(
            [
                Delivery(id_, watch.id, GENERAL, NOW, text=TextPost(text, "en"), state="posted")
                for id_, text in texts.items()
            ]
        )

        gone = await bot.forget("item", f"{REPO}#105")

        rows = await ledger.load(["a", "b"])
        assert [row.text.text for row in rows if row and row.text] == ["", texts["b"]]
        assert gone[told("texts")] == "1"


async def test_of_a_repository_nothing_is_left_and_what_was_subscribed_of_it_ends(host: Host) -> None:
    world = talked_about()
    world.repository("acme/engine").open_issue("Stays", by="amy", at=on(24))
    async with forgetful(host, world) as bot:
        desk, store = bot.services.desk, bot.services.store
        reply = await desk("today", ANN)
        other = await desk("today repo:acme/engine", replace(BOB))
        assert reply.digest is not None
        assert other.digest is not None
        await bot.services.editions.keep(reply.digest)
        ended = await bot.subscribe()
        stays = await bot.subscribe(repo="acme/engine")
        await Ledger(store).create([Delivery("s1-x", ended.id, GENERAL, NOW)])
        await store.mirror.forget(REPO, 91, NOW)

        gone = await bot.forget("repo", REPO.upper())

        assert gone[told("subscriptions")] == gone[told("deliveries")] == gone[told("digests")] == "1"
        assert gone[told("items")] == "10"
        assert gone[told("editions")] == "1"
        left = [key for key in await bot.keys(REPO) if ":lease:" not in key]  # which lapses within a day
        assert left == [f"vllm-digest:mirror:{{{REPO}:forgotten}}"]
        assert (await desk.open(reply.handle, ANN)).problem is not None
        assert (await desk.open(other.handle, BOB)).digest == other.digest
        assert [each.repo for each in await desk.recent(BOB)] == ["acme/engine"]
        assert await desk.recent(ANN) == []
        assert await bot.registry.all() == [stays]
        assert EN.text("forgetting.configured", repo=markup.markdown(REPO.upper())) in bot.told


async def test_a_forgotten_repository_is_fetched_anew_when_it_is_asked_for(host: Host) -> None:
    async with forgetful(host) as bot:
        await bot.forget("item", f"{REPO}#102")
        await bot.forget("repo", REPO)

        reply = await bot.services.desk("today", ANN)

        assert reply.digest is not None
        assert {101, 103} <= reply.digest.facts.items.keys()
        assert 102 not in reply.digest.facts.items


async def test_of_a_person_nothing_is_left_and_the_channels_they_subscribed_go_on(host: Host) -> None:
    async with forgetful(host) as bot:
        desk, store = bot.services.desk, bot.services.store
        for context in (ANN, ALONE, BOB):
            await desk("today", context)
            await desk.prefer({"lang": "zh"}, context)
            await desk.take(Feedback("helpful"), context)
        await store.mends.add(REPO, Mend("amd", "add", 102, None, speaker(ANN), NOW), proposed=False)
        await store.mends.add(REPO, Mend("amd", "add", 103, None, speaker(ANN), NOW), proposed=True)
        mine = await bot.subscribe(destination=Destination("slack", "T1", person="U1"))
        channels = await bot.subscribe()
        await Ledger(store).create(
            [
                Delivery("row", channels.id, GENERAL, NOW),
                Delivery("n-owner", channels.id, mine.destination, NOW, text=TextPost("Stopped", "en")),
            ]
        )
        await bot.registry.halt("slack:T1", speaker(ANN))

        gone = await bot.forget("user", speaker(ANN))

        assert gone == {
            told("subscriptions"): "1",
            told("owners"): "1",
            told("deliveries"): "1",
            told("changes"): "2",
            told("halts"): "1",
            told("preferences"): "1",
            told("conversations"): "2",
            told("shown"): "1",
            told("feedback"): "2",
            told("mends"): "2",
        }
        assert await bot.registry.all() == [replace(channels, owner="", changed_at=NOW)]
        assert [halt.by for halt in (await bot.registry.halts()).values()] == ["somebody"]
        kept = await store.mends.load(REPO)
        assert {mend.by for mend in (*kept.mends, *(each.mend for each in kept.proposals))} == {"somebody"}
        assert [entry.who for entry in await store.feedback.newest(9)] == [speaker(BOB)]
        assert await desk.recent(ANN) == []
        assert len(await desk.recent(BOB)) == 1
        assert (await desk.preferences(BOB))["lang"] == "zh"
        assert "lang" not in await desk.preferences(ANN)
        assert await Ledger(store).get("row") is not None
        assert await Ledger(store).get("n-owner") is None
        assert await bot.forget("user", speaker(ANN)) == {}
        assert bot.told == EN.text("forgetting.nothing", what="slack-user:U1")


async def test_of_a_team_that_is_still_there_all_goes_too(host: Host) -> None:
    async with forgetful(host) as bot:
        desk = bot.services.desk
        await desk("today", ANN)
        await desk.prefer({"lang": "zh"}, ANN)
        await desk.prefer({"tz": "Asia/Tokyo"}, replace(ANN, channel="C1", is_admin=True), scope="server")
        await bot.subscribe()
        await bot.services.store.workspaces.save("T1", b"sealed")

        gone = await bot.forget("team", "slack:T1")

        assert gone == {
            told("subscriptions"): "1",
            told("preferences"): "1",
            told("places"): "1",
            told("conversations"): "1",
            told("shown"): "1",
            told("installations"): "1",
        }
        assert await bot.keys("T1") == []


@pytest.mark.parametrize(
    ("kind", "id_", "key"),
    [
        ("team", "T1", "forgetting.team"),
        ("team", "slack-user:U1", "forgetting.team"),
        ("user", "U1", "forgetting.user"),
        ("repo", "vllm", "forgetting.repo"),
        ("item", "vllm-project/vllm", "forgetting.item"),
        ("item", "#7", "forgetting.item"),
        ("items", "vllm-project/vllm#7", "forgetting.usage"),
    ],
)
async def test_what_is_no_id_changes_nothing(scene: Scene, kind: str, id_: str, key: str) -> None:
    forgetting = Forgetting(scene.store, now=lambda: datetime.now(UTC), discard_index=_no_index, repos=[])
    await scene.today()
    before = await scene.store.forget.keys("")

    with pytest.raises(BadInput) as caught:
        await forgetting(kind, id_, EN)

    assert caught.value.key == key
    assert EN.text(f"errors.{key}", **caught.value.values)
    assert await scene.store.forget.keys("") == before


@pytest.mark.parametrize("code", languages.codes())
def test_each_kind_has_a_name_in_each_language(code: str) -> None:
    from bot.forgetting.gone import KINDS

    words = languages.load(code)

    assert len({words.text(f"forgetting.kinds.{kind}") for kind in KINDS}) == len(KINDS)
