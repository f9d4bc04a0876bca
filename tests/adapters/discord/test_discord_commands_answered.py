"""Commands: every one of them, as a client offers it, is answered to who used it alone, in their language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from adapters.discord import actions
from adapters.discord.commands import COMMANDS
from tests.adapters.discord.whole import buttons_of, posted, result, whole
from tests.bot.talk import REPO, on, talked_about
from tests.servers.discord import GENERAL, NotOffered

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Person
    from tests.servers.github import World

USES: Final[tuple[tuple[str, dict[str, Any], str, str], ...]] = (
    ("today", {}, "vLLM development report - 2026-03-24", "vLLM 开发动态报告 - 2026-03-24"),
    ("today", {"topic": "amd", "is": "merged"}, "2026-03-24", "2026-03-24"),
    ("yesterday", {}, "vLLM development report - 2026-03-23", "vLLM 开发动态报告 - 2026-03-23"),
    ("week", {}, "2026 week 13", "2026 第 13 周"),
    ("week", {"which": "last"}, "2026 week 12", "2026 第 12 周"),
    ("month", {"which": "2026-03"}, "vLLM monthly report · 2026-03", "vLLM 2026-03 技术月报"),
    ("last", {"duration": "6h"}, "vLLM development report", "vLLM 开发动态报告"),
    ("last", {"duration": "最近6小时"}, "vLLM development report", "vLLM 开发动态报告"),
    ("date", {"when": "2026-03-23..2026-03-24"}, "2026-03-23", "2026-03-23"),
    ("release", {"tag": "v0.2.0"}, "v0.2.0", "v0.2.0"),
    ("ask", {"question": "any AMD PRs this week?"}, "Yes: 2 AMD/ROCm PRs", "Yes: 2 AMD/ROCm PRs"),
    ("ask", {"question": "今天合并了什么？"}, "#101", "#101"),
    ("why", {"item": "101"}, "is in the digest of 2026-03-24", "在 2026-03-24 的摘要中"),
    ("why", {"item": "#91", "not": True}, "is not in the digest", "不在"),
    ("topics", {}, "AMD/ROCm (", "AMD/ROCm 生态（"),
    ("topic", {"key": "amd", "action": "add", "item": "103", "because": "of MI300"}, "#103", "#103"),
    ("prefs", {}, "Time zone: UTC", "时区：UTC"),
    ("prefs", {"tz": "Asia/Tokyo"}, "Asia/Tokyo", "Asia/Tokyo"),
    ("prefs", {"for": "channel"}, "Settings of this channel", "本频道的设置"),
    ("iam", {"login": "amy"}, "You are amy on GitHub", "GitHub 账号 amy"),
    ("status", {}, "Holds 10 items", "现有 10 个条目"),
    ("sync", {"since": "3d"}, "is synced until", "已同步到"),
    ("forget", {}, "Nothing is kept of this conversation", "此会话没有保留任何内容"),
    ("help", {}, "reads a busy GitHub repository", "替你阅读繁忙的 GitHub 仓库"),
    ("help", {"about": "today"}, "the digest of today so far", "今天到目前为止的报告"),
)
"""A sub-command with its options, and what it is answered with in English and in Chinese; a question is answered in its
own language."""

SUBSCRIBING: Final = (
    "subscribe", "watch", "subscriptions", "unsubscribe", "pause", "resume", "posts test", "posts move",
    "posts history", "posts retract", "posts deliveries",
)  # fmt: skip
"""See `test_discord_subscribing`."""

OFTEN: Final[dict[str, Any]] = {"DIGEST_RATE_PER_USER": "1000/h"}


def with_releases() -> World:
    world = talked_about()
    world.repository(REPO).release("v0.1.0", at=on(16))
    world.repository(REPO).release("v0.2.0", at=on(24, 9))
    return world


def test_every_sub_command_is_used_here() -> None:
    assert {name for name, *_ in USES} == set(COMMANDS) - set(SUBSCRIBING)
    assert len(COMMANDS) == 17 + len(SUBSCRIBING)


@pytest.mark.parametrize("who", ["ann", "ben"])
async def test_each_sub_command_is_answered_to_who_used_it_alone(
    who: str, host: Host, server: DiscordServer
) -> None:
    person: Person = getattr(server, who)
    async with whole(host, server, world=with_releases(), **OFTEN):
        assert server.commands[0]
        for name, options, english, chinese in USES:
            asked = person.slash(GENERAL, name, options)
            message = await result(asked)

            assert (english if who == "ann" else chinese) in asked.text, (name, options, asked.text)
            assert "⚠️" not in asked.text, (name, options)
            assert asked.acknowledged_after is not None
            assert asked.acknowledged_after < 1.0
            assert message.only_for == person.id
            assert asked.is_ephemeral
            assert asked.refused == []

    assert server.by_bot() == []
    assert server.pings() == []


async def test_the_language_is_the_clients(host: Host, server: DiscordServer) -> None:
    titles = {
        "en-GB": "vLLM development report",
        "zh-CN": "vLLM 开发动态报告",
        "zh-TW": "vLLM 开发动态报告",
        "fr": "vLLM development report",  # the setting's, where there is none of ours
    }
    async with whole(host, server):
        for locale, title in titles.items():
            await result(server.ann.slash(GENERAL, "today", locale=locale), title)


async def test_a_language_that_is_asked_for_goes_before_the_clients(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        await result(server.ann.slash(GENERAL, "today", {"lang": "zh"}), "vLLM 开发动态报告")
        await result(server.ben.slash(GENERAL, "prefs", {"lang": "en"}), "Language: en")
        await result(server.ben.slash(GENERAL, "today"), "vLLM development report")


async def test_a_client_does_not_offer_what_is_not_there(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        for name, options in (
            ("today", {"lang": "fr"}),
            ("today", {"in": "elsewhere"}),
            ("last", {}),
            ("topic", {"key": "amd", "action": "forget", "item": "1"}),
            ("tody", {}),
        ):
            with pytest.raises(NotOffered):
                server.ann.slash(GENERAL, name, options)


WRONG: Final[tuple[tuple[str, dict[str, Any], str, str], ...]] = (
    ("date", {"when": "2026-13-01"}, "2026-13-01", "2026-13-01"),
    ("date", {"when": "any PRs?"}, "almost a command", "差一点就是命令了"),
    ("today", {"topic": "nothing"}, "nothing", "nothing"),
    ("today", {"tz": "Mars/Base"}, "Mars/Base", "Mars/Base"),
    ("why", {"item": "x"}, "why 26701", "why 26701"),
    ("iam", {"login": "no login"}, "iam octocat", "iam octocat"),
    ("topic", {"key": "none", "action": "add", "item": "1"}, "none", "none"),
    ("help", {"about": "nothing"}, "nothing", "nothing"),
)


async def test_what_was_filled_in_wrong_is_said_in_words_with_nothing_to_try_again(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, **OFTEN):
        for name, options, english, chinese in WRONG:
            for person, words in ((server.ann, english), (server.ben, chinese)):
                message = await result(person.slash(GENERAL, name, options), words)

                assert message.text.startswith("⚠️ **"), message.text
                assert message.only_for == person.id
                assert buttons_of(message) == []


async def test_the_answer_for_programs_is_a_file(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        asked = server.ann.slash(GENERAL, "today", {"format": "json"})
        message = await result(asked, "The answer is in the file.")
        other = await result(server.ben.slash(GENERAL, "today", {"format": "jekyll"}), "回复内容在附件里。")

    (file,) = message.files
    assert file.name.endswith(".json")
    assert json.loads(file.data)["repo"]
    (page,) = other.files
    assert page.name.endswith(".md")
    assert page.data.decode().startswith("---\n")
    assert message.only_for == server.ann.id


async def test_help_is_read_where_it_was_asked_for(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        asked = server.ann.slash(GENERAL, "help")
        await result(asked)

    assert [each.files for each in asked.messages] == [[] for _ in asked.messages]
    assert "today" in asked.text
    assert "iam LOGIN" in asked.text


async def test_a_long_answer_goes_on_in_further_messages_that_the_person_alone_sees(
    host: Host, server: DiscordServer
) -> None:
    world = talked_about()
    for number in range(300, 340):
        world.repository(REPO).open_pr(
            f"[ROCm] {'Tune kernels ' * 12}", by="amy", at=on(24, 9), number=number
        )
    async with whole(host, server, world=world):
        asked = server.ann.slash(GENERAL, "ask", {"question": "list the AMD PRs opened today"})
        first = await result(asked)
        await asked.until(lambda: len(asked.messages) >= 3)

    assert "more" in first.text or "below" in first.text
    assert {each.only_for for each in asked.messages} == {server.ann.id}
    assert all(f"#{number}" in asked.text for number in range(320, 340))
    assert server.by_bot() == []


async def test_autocompletion_offers_the_repositories_that_may_be_read(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        typing = server.ann.autocomplete(GENERAL, "today", "repo", "vll")
        await typing.until(lambda: typing.choices)

    assert typing.choices == [{"name": REPO, "value": REPO}]


async def test_a_command_in_a_thread_is_answered_there(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        thread = server.add_channel(name="below", kind=11, parent=GENERAL)
        asked = server.ann.slash(thread, "today", {"in": "channel"})
        await result(asked, "vLLM development report")
        (post,) = await posted(server, thread.id, "vLLM development report")

    assert actions.DETAILS in buttons_of(post)
