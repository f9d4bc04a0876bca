"""Stamps of repositories: another one as soon as what pages tell has changed, or they would be given from memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from adapters.web.archive import ANYBODY, Standing
from bot.archive.gate import Gate
from bot.settings import load_settings
from summarizer import languages
from summarizer.items import Item
from tests.bot.archive.reading import kept
from tests.bot.talk import NOW, REPO, SHELL, talking

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.wiring import Services
    from tests.bot.running import Host


async def looked(bot: Services, repo: str = REPO, now: Callable[[], datetime] = lambda: NOW) -> Standing:
    """The repository, looked up anew."""
    access = load_settings(DIGEST_ACCESS=f"{REPO}=*").access
    gate = Gate(bot.store, access, bot.mends, has_doors=False, now=now, monotonic=count(0.0, 9.0).__next__)
    standing = await gate.standing(repo, ANYBODY)
    assert standing is not None
    return standing


async def test_it_stays_while_nothing_changes(host: Host) -> None:
    async with talking(host) as bot:
        await kept(bot, "2026-03-23")
        later = await looked(bot, now=lambda: NOW + timedelta(days=3))

        assert await looked(bot) == later


async def test_a_text_that_is_read_later_into_an_item_changes_it(host: Host) -> None:
    async with talking(host) as bot:
        before = await looked(bot)
        await bot.store.mirror.drop_texts(REPO, NOW, ())
        dropped = await looked(bot)
        url = f"https://github.com/{REPO}/issues/105"
        item = Item(REPO, 105, "issue", "[Bug]: Whisper crashes on ROCm", url, body="It does.")
        await bot.store.mirror.fill(REPO, [(item, ["body"])])

        assert len({before.stamp, dropped.stamp, (await looked(bot)).stamp}) == 3
        assert (await looked(bot)).archive == before.archive


async def test_another_reason_for_what_was_decided_of_a_topic_changes_it(host: Host) -> None:
    async with talking(host) as bot:
        await bot.commands("topic amd add 103 because:Also_for_MI", SHELL)
        before = await looked(bot)
        await bot.commands("topic amd add 103 because:It_is_shared", SHELL)

        assert (await looked(bot)).stamp != before.stamp


async def test_what_the_mirror_is_known_to_lack_changes_it(host: Host) -> None:
    async with talking(host) as bot:
        before = await looked(bot)
        async with bot.store.leases.hold(f"sync {REPO}") as lease:
            assert lease is not None
            await bot.store.states.change(REPO, lease.fence, lambda state: replace(state, pull_requests=77))

        assert (await looked(bot)).stamp != before.stamp


async def test_where_only_a_file_told_it_goes_with_the_clock(host: Host) -> None:
    async with talking(host) as bot:
        async with bot.store.leases.hold(f"sync {REPO}") as lease:
            assert lease is not None
            await bot.store.states.change(REPO, lease.fence, lambda state: replace(state, synced_until=None))
        today = await looked(bot)
        tomorrow = await looked(bot, now=lambda: NOW + timedelta(days=1))

        assert today.stamp != tomorrow.stamp
        assert today.archive == tomorrow.archive


async def test_what_is_kept_under_a_new_name_changes_what_is_read_by_the_old_one(host: Host) -> None:
    old = "before/vllm"
    async with talking(host) as bot:
        async with bot.store.leases.hold("old") as one, bot.store.leases.hold("new") as other:
            assert one is not None
            assert other is not None
            await bot.store.states.rename(old, one.fence, REPO, other.fence)
        before = await looked(bot, old)
        await kept(bot, "2026-03-23")
        after = await looked(bot, old)

        assert after.archive != before.archive
        assert after == await looked(bot)


async def test_a_repository_that_was_forgotten_never_comes_to_a_stamp_that_it_had(host: Host) -> None:
    async with talking(host) as bot:
        had = set()
        for line in ("2026-03-23", "2026-W12", "2026-03-24"):
            await kept(bot, line)
            had.add((await looked(bot)).archive)
        await bot.forgetting("repo", REPO, languages.load("en"))
        await bot.commands("sync since:30d", SHELL)
        again = set()
        for line in ("2026-03-23", "2026-W12", "2026-03-24"):
            await kept(bot, line)
            again.add((await looked(bot)).archive)

    assert len(had | again) == 6


async def test_one_that_has_become_private_has_another_stamp_for_its_kept_digests_too(host: Host) -> None:
    async with talking(host) as bot:
        before = await looked(bot)
        async with bot.store.leases.hold(f"sync {REPO}") as lease:
            assert lease is not None
            await bot.store.states.change(REPO, lease.fence, lambda state: replace(state, is_private=True))

        assert (await looked(bot)).archive != before.archive
