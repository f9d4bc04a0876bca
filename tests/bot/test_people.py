"""What somebody told of themselves: their defaults for all their lines, and which GitHub account is theirs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.bot.shell import vllm_digest
from tests.bot.talk import (
    ANN,
    BOB,
    NOW,
    ON_DISCORD,
    SHELL,
    TERMINAL,
    numbers,
    parts,
    refused,
    say,
    talking,
    understood,
)

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store
    from tests.bot.running import Host

NOTHING_SET = """\
- Repository: vllm-project/vllm (not set by you; `prefs repo:…` does)
- Language: en (not set by you; `prefs lang:…` does)
- Time zone: UTC (not set by you; `prefs tz:…` does)
- Replies: me (not set by you; `prefs in:…` does)
- Digests limited to: none (`prefs topic:amd` sets one)
- GitHub login: unknown (`iam octocat` tells it)"""


# prefs


async def test_before_anything_is_set_it_tells_what_holds_and_how_to_set_it(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        assert await say(bot, "prefs") == NOTHING_SET


async def test_what_is_set_is_told_and_told_again(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        saved = await say(bot, "prefs topic:amd,moe -label:ci tz:Europe/Berlin in:channel")
        shown = await say(bot, "prefs")

    assert shown == (
        "- Repository: vllm-project/vllm (not set by you; `prefs repo:…` does)\n"
        "- Language: en (not set by you; `prefs lang:…` does)\n"
        "- Time zone: Europe/Berlin\n"
        "- Replies: channel\n"
        "- Digests limited to: topic:amd,moe -label:ci\n"
        "- GitHub login: unknown (`iam octocat` tells it)"
    )
    assert saved == f"Saved.\n{shown}"


async def test_in_chinese_it_is_set_and_told_in_chinese(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        said = await say(bot, "偏好 主题:amd 语言:中文 时区:Asia/Shanghai")

    assert said == (
        "已保存。\n"
        "- 仓库：vllm-project/vllm（未设置，可用 `偏好 repo:…`）\n"
        "- 语言：zh\n"
        "- 时区：Asia/Shanghai\n"
        "- 回复位置：me（未设置，可用 `偏好 in:…`）\n"
        "- 日报筛选：topic:amd\n"
        "- GitHub 账号：未知（可用 `我是 octocat` 告知）"
    )


async def test_an_option_takes_the_place_of_the_same_one_and_leaves_the_others(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        await say(bot, "prefs topic:amd -label:ci tz:Europe/Berlin", "prefs topic:moe", "prefs tz:Asia/Tokyo")
        shown = await say(bot, "prefs")

    assert "- Time zone: Asia/Tokyo\n" in shown
    assert "- Digests limited to: -label:ci topic:moe\n" in shown


async def test_cleared_is_all_of_it_gone(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        cleared = await say(bot, "prefs topic:amd tz:Asia/Tokyo", "iam amy", "prefs clear")

        assert cleared == "Your preferences and your GitHub login are forgotten."
        assert await say(bot, "prefs") == NOTHING_SET
        assert await say(bot, "prefs lang:zh", "偏好 清除") == "已清除你的偏好与 GitHub 账号。"


async def test_clear_with_a_filter_clears_nothing_that_may_not_be_meant(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        await say(bot, "prefs topic:amd", "iam amy")

        assert await refused(bot, "prefs clear topic:amd") == "option.not_here"
        assert "- GitHub login: amy" in await say(bot, "prefs")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("prefs format:json", "option.not_here"),
        ("prefs edition:weekly", "option.not_here"),
        ("prefs max:3/h", "option.not_here"),
        ("prefs topic:nope", "topics.unknown_many"),
        ("prefs lang:xx", "option.not_one_of"),
        ("prefs tz:Mars/Base", "window.unknown_zone"),
        ("iam", "command.mistake"),
    ],
)
async def test_what_cannot_be_a_default_is_refused_and_nothing_is_kept(
    line: str, key: str, host: Host
) -> None:
    async with host.bot(None, NOW) as bot:
        assert await refused(bot, line) == key
        assert await say(bot, "prefs") == NOTHING_SET


async def test_a_topic_that_is_gone_is_passed_over_and_the_rest_holds(
    host: Host, store: Store, tmp_path: Path
) -> None:
    async with host.bot(None, NOW) as bot:
        await say(bot, 'prefs topic:amd -label:"good first issue" tz:Asia/Tokyo', "iam amy")
    topics = tmp_path / "topics.toml"
    topics.write_text(
        '[[topic]]\nkey = "mine"\ntitle = { en = "Mine", zh = "我的" }\n'
        '[[topic.rule]]\non = "title"\nmatch = ["mine"]\n',
        "utf-8",
    )
    async with host.bot(None, NOW, DIGEST_TOPICS_FILE=topics, DIGEST_TOPICS="mine") as bot:
        shown = await say(bot, "prefs")

    assert "- Time zone: Asia/Tokyo\n" in shown
    assert '- Digests limited to: -label:"good first issue"\n' in shown
    assert shown.endswith("- GitHub login: amy")
    assert "topic:amd" in (await store.people.load("slack-user:U1")).options


@pytest.mark.parametrize("kept", ["gibberish", "lang:", "lang:xx\ntz:Asia/Tokyo", "\n\ntz:Asia/Tokyo\n", '"'])
async def test_what_is_unreadable_of_the_kept_options_is_passed_over(
    kept: str, host: Host, store: Store
) -> None:
    await store.people.set_options("slack-user:U1", kept)
    async with host.bot(None, NOW) as bot:
        shown = await say(bot, "prefs")

    zone = "- Time zone: Asia/Tokyo\n" if "Tokyo" in kept else "- Time zone: UTC (not set"
    assert zone in shown
    assert "- Language: en (not set by you" in shown


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\u2028"])
async def test_a_value_with_a_line_break_sets_nothing_else(line_end: str, host: Host, store: Store) -> None:
    line = f'prefs label:"good{line_end}lang:zh" -author:"a{line_end}tz:Asia/Tokyo"'
    async with host.bot(None, NOW) as bot:
        saved = await say(bot, line)
        shown = await say(bot, "prefs")
        again = await say(bot, line)

    assert saved == f"Saved.\n{shown}"
    assert again == shown
    assert "- Language: en (not set by you" in shown
    assert "- Time zone: UTC (not set by you" in shown
    said = re.search("Digests limited to: (.*)", shown)
    assert said is not None
    assert " ".join(said[1].split()) == 'label:"good lang:zh" -author:"a tz:Asia/Tokyo"'
    assert len((await store.people.load("slack-user:U1")).options.split("\n")) == 2


async def test_a_value_of_line_breaks_alone_is_refused(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        assert await refused(bot, 'prefs label:"\n"') == "option.no_value"
        assert await say(bot, "prefs") == NOTHING_SET


# Whose they are


async def test_everybody_has_their_own_and_the_same_number_elsewhere_is_another_person(host: Host) -> None:
    strangers = (BOB, ON_DISCORD, replace(ON_DISCORD, person="U1"), replace(ANN, person="u1"), TERMINAL)
    async with host.bot(None, NOW) as bot:
        await say(bot, "prefs topic:amd", "iam amy")

        for each in strangers:
            assert await say(bot, "prefs", context=each) == NOTHING_SET


async def test_they_follow_their_person_into_every_conversation_and_workspace(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        await say(bot, "prefs topic:amd")

        for place in (replace(ANN, conversation="another"), replace(ANN, conversation=None, team="")):
            assert "topic:amd" in await say(bot, "prefs", context=place)


async def test_the_shell_and_the_terminal_chat_are_one_person(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        await say(bot, "prefs topic:amd", "iam amy", context=TERMINAL)
        shown = await say(bot, "prefs", context=SHELL)
        await say(bot, "prefs clear", context=SHELL)

        assert "- Digests limited to: topic:amd" in shown
        assert "- GitHub login: amy" in shown
        assert await say(bot, "prefs", context=TERMINAL) == NOTHING_SET


async def test_in_the_shell_they_are_kept_from_one_command_to_the_next(tmp_path: Path) -> None:
    saved = await vllm_digest("prefs", "lang:zh", "--demo", cwd=tmp_path)
    shown = await vllm_digest("prefs", "--demo", cwd=tmp_path)
    question = await vllm_digest("any AMD PRs today?", "--demo", cwd=tmp_path)

    assert (saved.code, shown.code, question.code) == (0, 0, 0), saved.err + shown.err + question.err
    assert saved.out.startswith("已保存。\n")
    assert shown.out.startswith("- 仓库：")
    assert "demo" not in shown.out
    assert "AMD/ROCm 生态" in question.out.partition("\n")[0]


# What they do


async def test_an_option_goes_before_a_preference_before_the_platform_before_the_settings(host: Host) -> None:
    bare = replace(ANN, lang=None, tz=None)
    told = replace(ANN, lang="en", tz="Asia/Shanghai", conversation="told")
    async with talking(host, DIGEST_LANG="zh", DIGEST_TZ="America/New_York") as bot:
        settings = await bot.commands("today", bare)
        platform = await bot.commands("today", told)
        await say(bot, "prefs lang:zh tz:Europe/Berlin", context=told)
        preference = await bot.commands("today", told)
        option = await bot.commands("today lang:en tz:Asia/Tokyo", told)

    replies = (settings, platform, preference, option)
    assert [(each.lang, each.digest and each.digest.facts.window.tz) for each in replies] == [
        ("zh", "America/New_York"),
        ("en", "Asia/Shanghai"),
        ("zh", "Europe/Berlin"),
        ("en", "Asia/Tokyo"),
    ]


async def test_a_question_is_answered_in_its_own_language_unless_they_have_set_one(host: Host) -> None:
    async with talking(host, DIGEST_LANG="zh", DIGEST_TZ="America/New_York") as bot:
        english = understood(await bot.commands("any PRs today?", replace(ANN, lang="zh", tz=None)))
        chinese = understood(await bot.commands("今天有 PR 吗？", ANN))
        neither = await bot.commands("#101?", replace(ANN, lang="zh"))
        await say(bot, "prefs lang:zh tz:Europe/Berlin")
        preferred = understood(await bot.commands("any PRs today?", ANN))
        option = understood(await bot.commands("今天有 PR 吗？ lang:en tz:Asia/Tokyo", ANN))

    assert english == parts("yes or no · PRs · with any activity · Tue 24 Mar to now (UTC-4)")
    assert chinese == parts("是否 · PR · 有任何动态 · 3月24日周二 至今 (UTC)")
    assert neither.lang == "zh"
    assert preferred == parts("是否 · PR · 有任何动态 · 3月24日周二 至今 (UTC+1)")
    assert option == parts("yes or no · PRs · with any activity · Tue 24 Mar to now (UTC+9)")


async def test_every_reply_is_in_the_language_of_choice(host: Host) -> None:
    async with talking(host) as bot:
        await bot.commands("prefs lang:zh", ANN)
        for line in ("help", "topics", "status", "today", "nonsense blah", "week foo:bar", "iam"):
            reply = await bot.commands(line, ANN)
            asked = await bot.commands(f"{line} lang:en", ANN)

            assert (reply.lang, asked.lang) == ("zh", "en"), line
            assert any("\u4e00" <= each <= "\u9fff" for each in reply.text), line


async def test_the_filters_limit_digests(host: Host) -> None:
    async with talking(host) as bot:
        await say(bot, "prefs topic:nvidia")
        limited = await bot.commands("today", ANN)
        other = await bot.commands("today topic:amd", replace(ANN, conversation="other"))
        bobs = await bot.commands("today", replace(BOB, conversation="bob"))

    assert limited.digest is not None
    assert [str(each.values) for each in limited.digest.facts.filters] == ["('nvidia',)"]
    assert other.digest is not None
    assert [str(each.values) for each in other.digest.facts.filters] == ["('amd',)"]
    assert bobs.digest is not None
    assert bobs.digest.facts.filters == ()


async def test_the_filters_never_limit_a_question(host: Host) -> None:
    questions = (
        "any AMD PRs this week?",
        "which PRs were merged this week?",
        "what about #101?",
        "how many PRs today?",
    )
    async with talking(host) as bot:
        before = [await bot.commands(each, replace(ANN, conversation=each)) for each in questions]
        await say(bot, "prefs topic:nvidia is:closed author:nobody")
        after = [await bot.commands(each, replace(ANN, conversation=each)) for each in questions]

    assert [each.text for each in before] == [each.text for each in after]
    assert all("#101" in each.text for each in before)


async def test_the_repository_of_choice_is_asked_where_the_line_names_none(host: Host) -> None:
    async with talking(host) as bot:
        await say(bot, "prefs repo:acme/absent")
        assert await refused(bot, "any PRs today?") == "github.repo_not_found"
        assert await refused(bot, "today") == "github.repo_not_found"
        named = await bot.commands("any PRs today? repo:vllm-project/vllm", ANN)

    assert numbers(named) == [103, 102, 104, 101]
