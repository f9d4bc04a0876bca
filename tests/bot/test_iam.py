"""Who told which GitHub account is theirs can ask of themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.bot.talk import ANN, BOB, NOW, numbers, refused, say, talking

if TYPE_CHECKING:
    from tests.bot.running import Host


async def test_their_own_pull_requests_and_reviews_are_found(host: Host) -> None:
    async with talking(host) as bot:
        linked = await say(bot, "iam zoe")
        waiting = await bot.commands("what waits for my review", ANN)
        mine = await bot.commands("my PRs this week", ANN)
        await say(bot, "iam amy", context=BOB)
        hers = await bot.commands("my PRs this week", BOB)
        none = await bot.commands("what waits for my review?", BOB)

    assert linked.startswith("You are zoe on GitHub, as you say:")
    assert numbers(waiting) == [103, 102]
    assert "waiting for a review by `zoe`" in waiting.text
    assert numbers(mine) == [104]
    assert numbers(hers) == [102, 101]
    assert numbers(none) == []
    assert "There is no open PR waiting for a review by `amy`" in none.text


async def test_in_chinese_too(host: Host) -> None:
    context = replace(ANN, lang="zh")
    async with talking(host) as bot:
        linked = await say(bot, "我是 zoe", context=context)
        waiting = await bot.commands("等我审查的 PR", context)
        mine = await bot.commands("本周我的 PR", context)

    assert linked.startswith("已按你所说记下 GitHub 账号 zoe")
    assert numbers(waiting) == [103, 102]
    assert numbers(mine) == [104]


@pytest.mark.parametrize(
    ("question", "numbers_"),
    [("my PRs this week", [102, 101]), ("what waits for my review", []), ("本周我的 PR", [102, 101])],
)
async def test_whose_login_is_unknown_is_asked_for_it_and_can_then_go_on(
    question: str, numbers_: list[int], host: Host
) -> None:
    async with talking(host) as bot:
        assert await refused(bot, question) == "ask.who_are_you"
        english = await bot.commands(f"{question} lang:en", ANN)
        chinese = await bot.commands(f"{question} lang:zh", ANN)
        await say(bot, "iam amy")
        told = await bot.commands(question, ANN)

    assert "`iam octocat`" in english.text
    assert "`我是 octocat`" in chinese.text
    assert numbers(told) == numbers_


async def test_the_login_is_theirs_whoever_else_asks_in_the_same_thread(host: Host) -> None:
    async with talking(host) as bot:
        await say(bot, "iam amy")
        await say(bot, "iam nia", context=BOB)
        amys = await bot.commands("my PRs this week", ANN)
        nias = await bot.commands("my PRs this week", BOB)

    assert numbers(amys) == [102, 101]
    assert numbers(nias) == [103]


async def test_another_iam_changes_it_and_preferences_stay(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        await say(bot, "prefs topic:amd", "iam amy", "iam @Zoe")
        shown = await say(bot, "prefs")

    assert "- Digests limited to: topic:amd\n" in shown
    assert shown.endswith("- GitHub login: Zoe")
