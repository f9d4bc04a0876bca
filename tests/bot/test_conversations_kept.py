"""Where what was said last is kept, for whom, and for how long."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redis.asyncio import Redis

from tests.bot.talk import ANN, BOB, ON_DISCORD, SHELL, TERMINAL, numbers, parts, talking, understood
from tests.bot.test_conversations import ASKED, BOB_ALONE, DIGEST, talk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.running import Host


async def kept(host: Host) -> list[bytes]:
    """The keys of all conversations."""
    async with Redis.from_url(host.redis_url) as redis:
        return [key async for key in redis.scan_iter("vllm-digest:conversation:*")]


async def test_it_goes_on_after_a_restart(host: Host) -> None:
    async with talking(host) as bot:
        await talk(bot, ASKED)
        await talk(bot, "closed PRs", context=BOB_ALONE)
        await talk(bot, "today topic:amd", context=DIGEST)
    async with talking(host) as bot:
        question = await talk(bot, "only merged ones")
        choice = await talk(bot, "2", context=BOB_ALONE)
        digest = await talk(bot, "week", context=DIGEST)

    assert numbers(question) == [101]
    assert numbers(choice) == [101, 104]
    assert digest.digest is not None
    assert digest.digest.facts.filters[0].values == ("amd",)


async def test_what_is_said_elsewhere_is_another_conversation(host: Host) -> None:
    elsewhere = {
        "thread": replace(ANN, conversation="thread-2"),
        "workspace": replace(ANN, team="T2"),
        "direct message": replace(ANN, team=""),
        "platform": replace(ON_DISCORD, team="T1"),
        "terminal": TERMINAL,
    }
    async with talking(host) as bot:
        await talk(bot, ASKED)
        for place, context in elsewhere.items():
            other = await bot.commands("only merged ones", context)
            await talk(bot, "which issues were opened this week?", context=context)

            assert other.problem is not None, place
        here = await talk(bot, "only merged ones")

    assert numbers(here) == [101]


async def test_a_branch_leaves_what_it_goes_on_from_as_it_is(host: Host) -> None:
    merged, opened = (
        replace(ANN, conversation=name, branches_from=ANN.conversation or "") for name in ("merged", "opened")
    )
    async with talking(host) as bot:
        await talk(bot, ASKED)
        one = await talk(bot, "only merged ones", context=merged)
        await talk(bot, "thanks", context=opened)
        other = await talk(bot, "only open ones", context=replace(opened, branches_from=""))
        whole = await talk(bot, "how many?")

    assert numbers(one) == [101]
    assert numbers(other) == [102]
    assert numbers(whole) == [102, 101]


async def test_in_a_thread_everybody_refines_what_was_asked_there(host: Host) -> None:
    async with talking(host) as bot:
        await talk(bot, ASKED)
        reply = await talk(bot, "那上周呢？", context=replace(BOB, lang="zh"))

    assert understood(reply) == parts(
        "是否 · PR · AMD/ROCm 生态 · 有任何动态 · 3月16日周一 至 3月22日周日 (UTC)"
    )
    assert numbers(reply) == [91]


async def test_the_next_who_cuts_a_digest_anew_reads_it_in_their_own_language_and_zone(host: Host) -> None:
    async with talking(host) as bot:
        await talk(bot, "prefs lang:zh tz:Asia/Tokyo")
        anns = await talk(bot, "today topic:amd")
        bobs = await talk(bot, "week", context=BOB)

    assert anns.digest is not None
    assert bobs.digest is not None
    assert (anns.lang, anns.digest.facts.window.tz) == ("zh", "Asia/Tokyo")
    assert (bobs.lang, bobs.digest.facts.window.tz) == ("en", "UTC")


async def test_outside_of_conversations_nothing_is_kept(host: Host) -> None:
    channel = replace(ANN, conversation=None)
    async with talking(host) as bot:
        for context in (channel, SHELL):
            await talk(bot, ASKED, "today", "closed PRs", context=context)
            further = await bot.commands("what about NVIDIA?", context)
            assert "AMD/ROCm" not in further.text
            assert (await bot.commands("1", context)).answer is None
            nothing = await bot.commands("forget", context)
            assert nothing.text.startswith("Nothing is kept of this conversation.")

    assert await kept(host) == []


async def test_forgotten_the_next_line_begins_anew(host: Host) -> None:
    async with talking(host) as bot:
        await talk(bot, ASKED)
        await talk(bot, ASKED, context=TERMINAL)
        forgotten = await talk(bot, "forget")
        nothing = await talk(bot, "forget")
        chinese = await talk(bot, "忘记", context=replace(ANN, lang="zh"))
        here = await bot.commands("only merged ones", ANN)
        there = await talk(bot, "only merged ones", context=TERMINAL)

    assert (
        forgotten.text == "Forgotten: the next line begins anew. Preferences stay; `prefs clear` drops them."
    )
    assert nothing.text == "Nothing is kept of this conversation. Preferences stay; `prefs clear` drops them."
    assert chinese.text == "此会话没有保留任何内容。偏好仍保留；`偏好 清除` 可清除。"
    assert here.problem is not None
    assert numbers(there) == [101]


async def test_a_week_after_the_last_line_it_is_forgotten(host: Host) -> None:
    async with talking(host) as bot:
        await talk(bot, ASKED)
        [key] = await kept(host)
        async with Redis.from_url(host.redis_url) as redis:
            assert 7 * 86_400 - 60 < await redis.ttl(key) <= 7 * 86_400
            await redis.expire(key, 60)
            await talk(bot, "only merged ones")
            assert await redis.ttl(key) > 6 * 86_400
            await redis.pexpireat(key, 1)
        late = await bot.commands("only merged ones", ANN)

    assert late.problem is not None


async def test_what_another_version_kept_counts_as_nothing(host: Host) -> None:
    records = (
        b"no json",
        b'{"query": {"kind": "miracle"}}',
        b'{"query": {"window": "2026-13-45"}}',
        b'{"query": {"spell": "x"}}',
        b'{"query": {"filters": ["nonsense"]}}',
        b'{"query": {"people": ["king:amy"]}}',
        b'{"digest": "foo bar baz"}',
        b'{"digest": "today topic:"}',
        b'{"query": {}, "choices": [{"form": "poem"}]}',
    )
    async with talking(host) as bot, Redis.from_url(host.redis_url) as redis:
        for record in records:
            await talk(bot, ASKED)
            [key] = await kept(host)
            await redis.set(key, record)
            further = await bot.commands("only merged ones", ANN)
            again = await talk(bot, ASKED, "only merged ones")

            assert further.answer is None, record
            assert numbers(again) == [101], record


async def test_a_topic_that_is_gone_is_said_to_be_gone(host: Host, tmp_path: Path) -> None:
    topics = tmp_path / "topics.toml"
    topics.write_text(
        '[[topic]]\nkey = "mine"\ntitle = { en = "Mine", zh = "我的" }\n'
        '[[topic.rule]]\non = "title"\nmatch = ["mine"]\n',
        "utf-8",
    )
    async with talking(host) as bot:
        await talk(bot, ASKED)
        await talk(bot, "today topic:amd", context=DIGEST)
        await talk(bot, "closed AMD PRs", context=BOB_ALONE)
    async with talking(host, DIGEST_TOPICS_FILE=topics, DIGEST_TOPICS="mine") as bot:
        for line, context in (("only merged ones", ANN), ("week", DIGEST), ("2", BOB_ALONE)):
            reply = await bot.commands(line, context)
            assert reply.problem is not None
            assert reply.text == "There is no topic “amd”; these are here: mine."
        again = await talk(bot, "which PRs were merged this week?", "那上周呢？")

    assert numbers(again) == [92, 91]
