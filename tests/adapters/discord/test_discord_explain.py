"""Explain this PR: a message's context menu tells who chose it what the message links to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord import actions
from tests.adapters.discord.whole import (
    SECRET,
    buttons_of,
    posted,
    result,
    whole,
    with_secrets,
    words_of,
)
from tests.servers.discord import BOT, GENERAL, Version

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

PULL = "https://github.com/vllm-project/vllm/pull/101"


async def test_the_first_item_that_a_message_links_to_is_explained_to_who_chose_it_alone(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        for text in (
            f"Look at {PULL}!",
            f"[this one]({PULL})",
            f"<{PULL}#issuecomment-1> and {PULL[:-3]}102",
            f"https://example.org/{PULL[19:]} https://github.com/vllm-project/vllm {PULL}/files",
        ):
            message = server.ben.says(GENERAL, text)
            asked = server.ann.explain(message)
            answer = await result(asked, "#101")

            assert "Fix the kernel of MI355X" in answer.text
            assert answer.only_for == server.ann.id
            assert answer.is_ephemeral
            assert actions.FEEDBACK in buttons_of(answer)
            assert message.edits == 0

    assert server.by_bot() == []


async def test_it_has_a_name_and_answers_in_the_persons_language(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        (menu,) = [each for each in server.commands[0] if each["type"] == 3]
        message = server.ann.says(GENERAL, PULL)
        await result(server.ben.explain(message, "Explain this PR"), "由 max 合并")

    assert menu["name"] == "Explain this PR"
    assert menu["name_localizations"]["zh-CN"]


async def test_a_message_without_a_link_is_said_to_have_none(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        for text in ("no link", "https://example.org/vllm-project/vllm/pull/101", "#1"):
            message = server.ben.says(GENERAL, text)
            for person, words in (
                (server.ann, "links to no pull request"),
                (server.ben, "没有指向 GitHub 上 PR 或 Issue 的链接"),
            ):
                answer = await result(person.explain(message), words)
                assert answer.only_for == person.id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("does #101 help, or #102?", "#101"),
        ("#102: https://github.com/vllm-project/vllm/pull/101", "#101"),
        ("<#1234> and page#12, &#39; or point #1", "links to no pull request"),
    ],
)
async def test_a_number_is_explained_where_there_is_no_link(
    text: str, said: str, host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = server.ben.says(GENERAL, text)
        answer = await result(server.ann.explain(message), said)

    assert answer.only_for == server.ann.id
    assert "#102" not in answer.text


async def test_a_link_within_an_embed_or_in_a_post_of_its_own_is_found(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        embed = {"title": "A pull request", "description": "of vLLM", "url": PULL}
        version = Version(server.now(), embeds=(embed,))
        await result(server.ann.explain(server.add_message(GENERAL, server.ben.id, version)), "#101")
        server.ann.says(GENERAL, f"<@{BOT}> why 102")
        (post,) = await posted(server, GENERAL, "#102")
        before = list(post.versions)
        await result(server.ben.explain(post), "#102")

    assert post.versions == before


async def test_a_repository_that_is_not_followed_is_refused_as_an_unknown_one(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = server.ben.says(GENERAL, "https://github.com/acme/engine/issues/7")
        answer = await result(server.ann.explain(message))

    assert "There is no repository acme/engine" in answer.text


async def test_hostile_links_explain_nothing_of_theirs(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        for text in (
            "https://github.com.evil.example/vllm-project/vllm/pull/101",
            "https://github.com/vllm-project/vllm/pull/1234567890123",
            "https://github.com/../../pull/1",
            "https://github.com/a b/c/pull/1",
            "https://github.com/settings, not vllm-project/vllm/pull/101",
        ):
            answer = await result(server.ann.explain(server.ben.says(GENERAL, text)))
            assert "#101" not in answer.text
            assert answer.pings == []


async def test_whoever_may_not_read_the_default_repository_is_not_told_its_name(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, world=with_secrets(), DIGEST_REPOS=SECRET, is_synced=False):
        answer = await result(server.ann.explain(server.ben.says(GENERAL, "no link")))

    assert "links to no pull request" in answer.text
    assert SECRET not in words_of(answer)
