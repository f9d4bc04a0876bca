"""Trends: the counts of weeks are those that digests of the same weeks have."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.web.archive import ANYBODY, Trends
from summarizer.items import Event
from tests.bot.talk import NOW, REPO, TERMINAL, on, talked_about, talking
from tests.builders import event, item, reading

if TYPE_CHECKING:
    from bot.wiring import Services
    from summarizer.items import Item
    from tests.bot.running import Host


def _moved(one: Item, when: datetime) -> Item:
    """An item that was opened then."""
    return replace(one, created_at=when, updated_at=when, events=(Event("opened", when),), node_id="N200")


async def trends(bot: Services) -> Trends:
    found = await bot.archive.trends(REPO, ANYBODY)
    assert found is not None
    return found


async def test_a_weeks_counts_are_those_of_its_digest(host: Host) -> None:
    async with talking(host) as bot:
        found = await trends(bot)
        lines = {found.weeks[-1].since: "2026-W13", found.weeks[-2].since: "2026-W12"}
        for week in found.weeks[-2:]:
            reply = await bot.commands(lines[week.since], TERMINAL)
            assert reply.digest is not None
            counts = asdict(reply.digest.facts.counts)

            assert week.counts == {name: counts[name] for name in week.counts}
            assert week.counts["prs_opened"] > 0
            assert set(week.counts) >= {
                "issues_opened", "issues_closed", "prs_opened", "prs_merged", "prs_closed_unmerged", "comments",
            }  # fmt: skip


async def test_twelve_weeks_from_monday_to_monday_the_present_one_up_to_now(host: Host) -> None:
    async with talking(host, DIGEST_TZ="Asia/Shanghai") as bot:
        found = await trends(bot)

    midnight = datetime(2026, 3, 22, 16, tzinfo=UTC)
    assert found.tz == "Asia/Shanghai"
    assert [week.since for week in found.weeks] == [
        midnight - timedelta(weeks=back) for back in reversed(range(12))
    ]
    assert [week.until for week in found.weeks[:-1]] == [week.since for week in found.weeks[1:]]
    assert found.weeks[-1].until == NOW - timedelta(
        minutes=1
    )  # as a digest's, a minute that is not over is left out


async def test_a_week_is_complete_once_it_is_over_and_where_the_mirror_holds_it(host: Host) -> None:
    world = talked_about()
    world.repository(REPO).open_pr("Of old", by="amy", at=NOW - timedelta(weeks=20), number=5)
    async with talking(host, world) as bot:
        found = await trends(bot)

    # the mirror reaches back 30 days
    assert [week.complete for week in found.weeks] == [*[False] * 7, *[True] * 4, False]


async def test_what_changes_later_in_a_week_that_is_over_is_counted(host: Host) -> None:
    world = talked_about()
    async with talking(host, world) as bot:
        before = (await trends(bot)).weeks[-2].counts["issues_opened"]
        late = item(200, kind="issue", events=(event("opened", 0),))
        moved = _moved(late, on(18))
        await bot.store.mirror.save(REPO, [reading(moved)])
        await bot.store.editions.touch(REPO)
        async with host.bot(None, NOW) as other:
            after = (await trends(other)).weeks[-2].counts["issues_opened"]

    assert after == before + 1


async def test_comments_are_not_counted_of_weeks_of_which_threads_are_not_read(host: Host) -> None:
    async with talking(host) as bot:
        light = _moved(item(200, kind="issue", events=(event("opened", 0),), updated=0), on(18))
        await bot.store.mirror.save(REPO, [reading(light, "light")])
        async with host.bot(None, NOW) as other:
            weeks = (await trends(other)).weeks

    assert "comments" not in weeks[-2].counts
    assert "comments" in weeks[-1].counts
    assert weeks[-2].counts["issues_opened"] == 2


async def test_an_unknown_repository_has_no_trends(host: Host) -> None:
    async with talking(host) as bot:
        assert await bot.archive.trends("nobody/nothing", ANYBODY) is None
