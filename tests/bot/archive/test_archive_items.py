"""Pages of items: what the mirror, the topics and the kept digests tell of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from bot.mentions import CatchingUp
from summarizer import languages
from summarizer.assessments import Assessment
from tests.bot.archive.reading import ANYBODY, SECRET, kept, stored
from tests.bot.talk import NOW, REPO, SHELL, on, talked_about, talking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from adapters.store import Store
    from adapters.web.archive import ItemShown
    from bot.wiring import Services
    from tests.bot.running import Host
    from tests.servers.github import World

EN = languages.load("en")


async def shown(bot: Services, number: int, repo: str = REPO) -> ItemShown:
    found = await bot.archive.item(repo, number, ANYBODY)
    assert found is not None
    return found


async def mentions(bot: Services, number: int) -> list[str]:
    return [each.id for each in (await shown(bot, number)).mentions]


async def test_an_item_is_told_whole_with_the_topics_it_belongs_to_and_why(host: Host) -> None:
    async with talking(host) as bot:
        it = await shown(bot, 102)

    assert it.item is not None
    assert it.item.title == "[ROCm] Tune MI300 GEMMs"
    assert [each.body for each in it.item.comments] == ["How much faster is it?"]
    assert it.missing == ""
    assert it.incomplete == ()
    amd = {each.key: each for each in it.topics}["amd"]
    assert amd.tier == "about"
    assert amd.titles["en"]
    assert "title" in {reason.rule for reason in amd.reasons}


async def test_a_topic_that_people_decided_on_is_told_by_them(host: Host) -> None:
    async with talking(host) as bot:
        assert "amd" not in {each.key for each in (await shown(bot, 103)).topics}
        await bot.commands("topic amd add 103 because:Also_for_MI", SHELL)
        it = await shown(bot, 103)

    [reason] = next(each.reasons for each in it.topics if each.key == "amd")
    assert reason.rule == "mend"


@pytest.mark.parametrize("number", [9_999, 0, -5, 10**30])
async def test_what_there_is_not_is_unknown(number: int, host: Host) -> None:
    async with talking(host) as bot:
        it = await shown(bot, number)

    assert (it.item, it.missing, it.mentions) == (None, "unknown", ())


@pytest.mark.parametrize(
    ("why", "told"), [("deleted", "deleted"), ("transferred", "transferred"), ("no item", "unknown")]
)
async def test_what_is_gone_tells_why(why: str, told: str, host: Host) -> None:
    async with talking(host) as bot:
        await bot.store.mirror.bury(REPO, {105: why}, NOW)
        it = await shown(bot, 105)

    assert (it.item, it.missing) == (None, told)


async def test_pages_never_ask_github(host: Host) -> None:
    async with talking(host) as bot:
        pass
    async with host.bot(None, NOW) as bot:
        assert (await shown(bot, 102)).item is not None
        assert (await bot.archive.trends(REPO, ANYBODY)) is not None
        assert await bot.archive.topics(REPO, ANYBODY)
        assert (await bot.archive.search(REPO, "whisper", ANYBODY)) is not None


async def test_without_a_digest_code_judges_an_item(host: Host) -> None:
    async with talking(host) as bot:
        it = await shown(bot, 105)

    assert it.assessment is not None
    assert it.assessment.number == 105
    assert not it.assessment.by_model
    assert it.assessment.category == "bugfix" or it.assessment.importance > 0


async def test_the_newest_digest_that_judged_an_item_is_believed(host: Host) -> None:
    judged = Assessment(101, None, 8, 3, by_model=True, what="It is fixed.")
    async with talking(host) as bot:
        day, week = await kept(bot, "2026-03-23"), await kept(bot, "2026-W13")
        await bot.editions.keep(replace(day, assessments={101: replace(judged, importance=2)}))
        await bot.editions.keep(replace(week, assessments={}))
        earlier = (await shown(bot, 101)).assessment
        await bot.editions.keep(replace(week, assessments={101: judged}))
        later = (await shown(bot, 101)).assessment

    assert earlier == replace(judged, importance=2)
    assert later == judged


async def test_kept_digests_that_tell_of_an_item_are_named_the_newest_first(host: Host) -> None:
    async with talking(host) as bot:
        last, today = await kept(bot, "2026-W12"), await kept(bot, "2026-03-23")

        assert await mentions(bot, 101) == [today.id]
        assert await mentions(bot, 91) == [last.id]
        assert await mentions(bot, 105) == []
        both = await kept(bot, "2026-03-16..2026-03-23")
        assert await mentions(bot, 91) == [both.id, last.id]
        listed = {each.id: each for each in (await shown(bot, 101)).mentions}[today.id]
        assert (listed.titles, listed.until) == ({"en": today.title}, today.facts.window.until)


async def test_a_new_revision_tells_only_what_it_tells(host: Host) -> None:
    async with talking(host) as bot:
        day = await kept(bot, "2026-03-23")
        await bot.editions.keep(replace(day, lang="zh"))
        less = replace(day.facts, lists={"prs_opened": day.facts.lists["prs_opened"][:1]})
        revised = replace(day, revision=2, facts=less, sections=())
        [number] = less.listed
        gone = next(each for each in day.facts.listed if each != number)

        await bot.editions.keep(revised)
        assert await mentions(bot, gone) == [day.id]  # in the other language
        await bot.editions.keep(replace(revised, lang="zh"))

        assert await mentions(bot, gone) == []
        assert await mentions(bot, number) == [day.id]


async def test_forgotten_items_take_their_digests_mentions_with_them(host: Host) -> None:
    async with talking(host) as bot:
        await kept(bot, "2026-03-23")
        last = await kept(bot, "2026-W12")
        before = await bot.archive.standing(REPO, ANYBODY)

        await bot.forgetting("item", f"{REPO}#101", EN)

        assert await mentions(bot, 104) == []
        assert await mentions(bot, 91) == [last.id]
        it = await shown(bot, 101)
        assert (it.item, it.missing, it.mentions) == (None, "unknown", ())
        assert not await stored(bot, "mentions:{vllm-project/vllm#101}")
        assert not await stored(bot, "mentions:{vllm-project/vllm#104}")
        assert before is not None
        assert await bot.store.editions.changes(REPO) != int(before.archive.partition(".")[0])


async def test_forgotten_repositories_leave_no_mention(host: Host) -> None:
    async with talking(host) as bot:
        await kept(bot, "2026-03-23")
        assert await stored(bot, ":mentions:")

        await bot.forgetting("repo", REPO, EN)

        assert not await stored(bot, ":mentions:")


async def test_digests_that_were_kept_before_mentions_were_are_looked_through_once(host: Host) -> None:
    async with talking(host) as bot:
        last, today = await kept(bot, "2026-W12"), await kept(bot, "2026-03-23")
        await bot.store.forget.remove_all("vllm-digest:mentions:")
        standing = await bot.store.editions.changes(REPO)
        catching_up = CatchingUp(bot.store)

        await catching_up.begin(REPO)
        await catching_up.ended(REPO)

        assert await bot.store.mentions.newest(REPO, 101, 9) == [today.id]
        assert await bot.store.mentions.newest(REPO, 91, 9) == [last.id]
        assert await bot.store.editions.changes(REPO) != standing
        assert await bot.store.mentions.is_whole(REPO)
        await bot.store.mentions.forget(REPO, 101)
        await CatchingUp(bot.store).begin(REPO)
        assert await bot.store.mentions.newest(REPO, 101, 9) == []


async def test_a_look_through_that_is_broken_off_is_done_by_the_next_process(host: Host) -> None:
    async with talking(host) as bot:
        today = await kept(bot, "2026-03-23")
        await bot.store.forget.remove_all("vllm-digest:mentions:")
        first, second = CatchingUp(bot.store), CatchingUp(bot.store)

        await first.begin(REPO)
        await first.close()
        await second.begin(REPO)
        await second.ended(REPO)

        assert await bot.store.mentions.newest(REPO, 101, 9) == [today.id]


def secretive() -> World:
    world = talked_about()
    secret = world.repository(SECRET)
    secret.is_private = True
    secret.open_pr("[ROCm] The secret kernel", by="amy", at=on(24), number=1)
    return world


@pytest.mark.parametrize("repo", [SECRET, "nobody/nothing"])
async def test_a_refused_repository_is_as_one_that_is_not_there(repo: str, host: Host) -> None:
    async with talking(host, secretive(), DIGEST_ACCESS=f"{SECRET}=shell") as bot:
        await bot.commands(f"sync repo:{SECRET} since:30d", SHELL)
        archive = bot.archive

        assert await bot.store.mirror.item(SECRET, 1) is not None
        assert await archive.standing(repo, ANYBODY) is None
        assert await archive.item(repo, 1, ANYBODY) is None
        assert await archive.trends(repo, ANYBODY) is None
        assert list(await archive.topics(repo, ANYBODY)) == []
        assert await archive.topic(repo, "amd", ANYBODY) is None
        assert await archive.search(repo, "kernel", ANYBODY) is None


async def test_who_may_read_a_private_repository_has_all_of_its_pages(host: Host) -> None:
    async with talking(host, secretive(), DIGEST_ACCESS=f"{SECRET}=shell+web") as bot:
        await bot.commands(f"sync repo:{SECRET} since:30d", SHELL)

        assert (await shown(bot, 1, SECRET)).item is not None
        found = await bot.archive.search(SECRET, "kernel", ANYBODY)
        assert found is not None
        assert [match.number for match in found.found.matches] == [1]


class Interrupted:
    """A store of which the first mentions are written only once something else has happened."""

    def __init__(self, store: Store, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self.mentions, self.editions, self.handled = self, store.editions, store.handled
        self.remove, self.make_whole = store.mentions.remove, store.mentions.make_whole
        self.is_whole = store.mentions.is_whole
        self._mentions = store.mentions
        self._meanwhile = [meanwhile]

    async def add(self, repo: str, digest_id: str, at: datetime, numbers: Iterable[int]) -> None:
        while self._meanwhile:
            await self._meanwhile.pop()()
        await self._mentions.add(repo, digest_id, at, numbers)


@pytest.mark.parametrize("is_forgotten", [False, True])
async def test_what_happens_to_a_digest_while_it_is_looked_through_counts(
    is_forgotten: bool, host: Host
) -> None:
    async with talking(host) as bot:
        day = await kept(bot, "2026-03-23")
        await bot.store.forget.remove_all("vllm-digest:mentions:")
        less = replace(day.facts, lists={"prs_opened": day.facts.lists["prs_opened"][:1]})
        revised = replace(day, revision=2, facts=less, sections=())
        [number] = less.listed
        gone = next(each for each in day.facts.listed if each != number)

        async def meanwhile() -> None:
            if is_forgotten:
                await bot.store.editions.remove(REPO, day.id)
            else:
                await bot.editions.keep(revised)

        catching_up = CatchingUp(cast("Store", Interrupted(bot.store, meanwhile)))
        await catching_up.begin(REPO)
        await catching_up.ended(REPO)

        assert await bot.store.mentions.newest(REPO, gone, 9) == []
        assert await bot.store.mentions.newest(REPO, number, 9) == ([] if is_forgotten else [day.id])
        assert await bot.store.mentions.is_whole(REPO)
