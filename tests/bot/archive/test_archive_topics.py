"""Topics: what belongs to each lately and by week."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.web.archive import ANYBODY, TopicShown
from tests.bot.talk import NOW, REPO, TERMINAL, on, talked_about, talking

if TYPE_CHECKING:
    from bot.wiring import Services
    from tests.bot.running import Host
    from tests.servers.github import World


async def topic(bot: Services, key: str = "amd", before: str = "") -> TopicShown:
    found = await bot.archive.topic(REPO, key, ANYBODY, before=before)
    assert found is not None
    return found


def numbers(shown: TopicShown) -> list[list[int]]:
    return [[each.item.number for each in week.items] for week in shown.weeks]


async def test_all_topics_are_listed_those_with_sections_first_with_what_they_had_lately(host: Host) -> None:
    async with talking(host, DIGEST_TOPICS="nvidia,amd") as bot:
        listed = await bot.archive.topics(REPO, ANYBODY)
        reply = await bot.commands("last 168h", TERMINAL)

    assert reply.digest is not None
    ledgers = reply.digest.facts.ledgers
    assert [each.key for each in listed[:2]] == ["nvidia", "amd"]
    assert {each.key for each in listed} == set(ledgers)
    for each in listed:
        assert (each.about, each.tagged) == (len(ledgers[each.key].about), len(ledgers[each.key].tagged))
        assert set(each.titles) >= {"en", "zh"}
    assert {each.key: each.about for each in listed}["amd"] > 0


async def test_a_topics_weeks_tell_its_items_as_digests_of_them_do(host: Host) -> None:
    async with talking(host) as bot:
        shown = await topic(bot)
        this = (await bot.commands("2026-W13", TERMINAL)).digest
        last = (await bot.commands("2026-W12", TERMINAL)).digest

    for week, digest in zip(shown.weeks, (this, last), strict=False):
        assert digest is not None
        ledger = digest.facts.ledgers["amd"]
        by_tier = {
            tier: {i.item.number for i in week.items if i.tier == tier} for tier in ("about", "tagged")
        }
        assert by_tier == {"about": set(ledger.about), "tagged": set(ledger.tagged)}
        assert (week.since, week.until) == (digest.facts.window.since, digest.facts.window.until)
    assert shown.counts[-1] == (shown.weeks[0].since, len(this.facts.ledgers["amd"].about), 0)  # type: ignore[union-attr]
    assert [since for since, _, _ in shown.counts] == sorted(since for since, _, _ in shown.counts)


async def test_each_item_tells_what_happened_to_it_last_in_the_week(host: Host) -> None:
    async with talking(host) as bot:
        shown = await topic(bot)

    told = {each.item.number: (each.event, each.at) for each in shown.weeks[0].items}
    assert told[101] == ("merged", on(24, 8))
    assert told[102] == ("opened", on(24, 10))  # when it was talked about last
    assert told[105][0] == "opened"


async def test_a_topic_goes_by_its_alias_and_an_unknown_one_is_none(host: Host) -> None:
    async with talking(host) as bot:
        assert (await topic(bot, "ROCm")).key == "amd"
        assert await bot.archive.topic(REPO, "no-such-topic", ANYBODY) is None


def long_ago() -> World:
    world = talked_about()
    repository = world.repository(REPO)
    for back in range(1, 12):
        repository.open_pr(f"[ROCm] Of old {back}", by="amy", at=NOW - timedelta(weeks=back))
    return world


async def test_earlier_weeks_are_pages_back_until_the_mirror_begins(host: Host) -> None:
    async with talking(host, long_ago()) as bot:
        await bot.commands("sync since:80d", TERMINAL)
        pages = [await topic(bot)]
        while pages[-1].before:
            pages.append(await topic(bot, before=pages[-1].before))

    weeks = [week for page in pages for week in page.weeks]
    assert len(pages) > 2
    assert [week.until for week in weeks[1:]] == [week.since for week in weeks[:-1]]
    titles = [each.item.title for week in weeks for each in week.items]
    assert {f"[ROCm] Of old {back}" for back in range(1, 12)} <= set(titles)
    assert weeks[0].complete
    assert weeks[1].complete


@pytest.mark.parametrize(
    "before", ["nonsense", "2026-03-25", "9999-12-27", "2999-12-30", "1960-01-04", "0001-01-01"]
)
async def test_what_no_page_told_is_passed_over(before: str, host: Host) -> None:
    async with talking(host) as bot:
        assert (await topic(bot, before=before)).weeks == (await topic(bot)).weeks


async def test_weeks_before_the_mirror_begins_are_not_complete(host: Host) -> None:
    async with talking(host, long_ago()) as bot:
        shown = await topic(bot, before="2026-02-23")

    assert not any(week.complete for week in shown.weeks)
    assert shown.before == ""
