"""A conversation goes on where it stood: further lines change the last question, or cut the last digest anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redis.asyncio import Redis

from tests.bot.talk import (
    ANN,
    BOB,
    ON_DISCORD,
    SHELL,
    TERMINAL,
    answered,
    numbers,
    parts,
    talking,
    understood,
)

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.chat import Context, Reply
    from bot.wiring import Services
    from tests.bot.running import Host

ASKED = "any AMD PRs this week?"


async def talk(bot: Services, *lines: str, context: Context = ANN) -> Reply:
    """The reply to the last of the lines; none of them is a mistake."""
    for line in lines:
        reply = await bot.commands(line, context)
        assert reply.problem is None, reply.text
    return reply


async def kept(host: Host) -> list[bytes]:
    """The keys of all conversations."""
    async with Redis.from_url(host.redis_url) as redis:
        return [key async for key in redis.scan_iter("vllm-digest:conversation:*")]


# Refining a question


REFINED: dict[tuple[str, ...], tuple[str, list[int]]] = {
    (): ("yes or no · PRs · AMD/ROCm · with any activity · Mon 23 Mar to now (UTC)", [102, 101]),
    ("only merged ones",): ("yes or no · PRs · AMD/ROCm · merged · Mon 23 Mar to now (UTC)", [101]),
    ("is:merged",): ("yes or no · PRs · AMD/ROCm · with any activity · `is:merged` · Mon 23 Mar to now (UTC)", [101]),
    ("那上周呢？",): ("是否 · PR · AMD/ROCm 生态 · 有任何动态 · 3月16日周一 至 3月22日周日 (UTC)", [91]),
    ("and last week?",): ("yes or no · PRs · AMD/ROCm · with any activity · Mon 16 Mar to Sun 22 Mar (UTC)", [91]),
    ("ok and last week?",): ("yes or no · PRs · AMD/ROCm · with any activity · Mon 16 Mar to Sun 22 Mar (UTC)", [91]),
    ("week last",): ("yes or no · PRs · AMD/ROCm · with any activity · Mon 16 Mar to Sun 22 Mar (UTC)", [91]),
    ("today",): ("yes or no · PRs · AMD/ROCm · with any activity · Tue 24 Mar to now (UTC)", [102, 101]),
    ("what about NVIDIA?",): ("yes or no · PRs · NVIDIA/CUDA · with any activity · Mon 23 Mar to now (UTC)", [103]),
    ("那 NVIDIA 呢？",): ("是否 · PR · NVIDIA/CUDA 生态 · 有任何动态 · 3月23日周一 至今 (UTC)", [103]),
    ("what about issues?",): ("yes or no · issues · AMD/ROCm · with any activity · Mon 23 Mar to now (UTC)", [105]),
    ("how many?",): ("how many · PRs · AMD/ROCm · with any activity · Mon 23 Mar to now (UTC)", [102, 101]),
    ("author:nia", "author:amy"): (
        "yes or no · PRs · AMD/ROCm · with any activity · `author:amy` · Mon 23 Mar to now (UTC)", [102, 101]
    ),
    ("only merged ones", "那上周呢？", "what about NVIDIA?"): (
        "yes or no · PRs · NVIDIA/CUDA · merged · Mon 16 Mar to Sun 22 Mar (UTC)", [92]
    ),
}  # fmt: skip
"""What is said after ASKED -> how that is understood, and what it finds."""


async def test_a_further_line_changes_what_it_names_and_leaves_the_rest(host: Host) -> None:
    found = {}
    async with talking(host) as bot:
        for lines in REFINED:
            reply = await talk(bot, ASKED, *lines, context=replace(ANN, conversation=str(lines)))
            found[lines] = (understood(reply), numbers(reply))

    assert found == {lines: (parts(line), items) for lines, (line, items) in REFINED.items()}


async def test_options_of_the_reply_change_the_reply_alone(host: Host) -> None:
    async with talking(host) as bot:
        chinese = await talk(bot, ASKED, "lang:zh")
        json = await talk(bot, "format:json")
        zone = await talk(bot, "tz:Asia/Tokyo")
        english = await talk(bot, "only merged ones")

    assert {"是否", "PR", "AMD/ROCm 生态"} <= understood(chinese)
    assert json.format == "json"
    assert "Mon 23 Mar to now (UTC+9)" in understood(zone)
    assert understood(english) == parts("yes or no · PRs · AMD/ROCm · merged · Mon 23 Mar to now (UTC)")


async def test_another_question_asks_anew(host: Host) -> None:
    async with talking(host) as bot:
        reply = await talk(bot, ASKED, "only merged ones", "which issues were opened this week?")

    assert understood(reply) == parts("issues · opened · Mon 23 Mar to now (UTC)")
    assert numbers(reply) == [105, 106]


async def test_what_could_not_be_answered_changes_nothing(host: Host) -> None:
    async with talking(host) as bot:
        await talk(bot, ASKED)
        for line in ("flurb gleep", "any PRs on 2026-02-30?", "today foo:bar", "help"):
            await bot.commands(line, ANN)
        reply = await talk(bot, "only merged ones")

    assert numbers(reply) == [101]


NODS = {
    "thanks": "You are welcome.",
    "great, thanks!": "You are welcome.",
    "thanks lang:zh": "不客气。",
    "谢谢": "不客气。",
    "ok": "👍",
    "好的": "👍",
    "hello": None,
    "bye": None,
}
"""What asks nothing -> what is said to it, None: something short."""


async def test_a_nod_is_answered_by_a_nod_and_changes_nothing(host: Host) -> None:
    async with talking(host) as bot:
        await talk(bot, ASKED)
        for nod, said in NODS.items():
            answer = await talk(bot, nod)

            assert (answer.answer, answer.digest) == (None, None)
            assert said in (None, answer.text), nod
            assert len(answer.text.splitlines()) == 1
            assert len(answer.text) < 100
        further = await talk(bot, "only merged ones")

    assert numbers(further) == [101]


# Digests


async def test_a_window_or_options_cut_the_digest_anew(host: Host) -> None:
    async with talking(host) as bot:
        week = await talk(bot, "today topic:amd", "week")
        nvidia = await talk(bot, "topic:nvidia")
        merged = await talk(bot, "only merged ones")

    for reply, topics in ((week, "amd"), (nvidia, "nvidia"), (merged, "nvidia")):
        assert reply.digest is not None
        assert reply.digest.facts.window.since.day == 23
        assert reply.digest.facts.filters[0].values == (topics,)
    assert merged.digest is not None
    assert [each.key for each in merged.digest.facts.filters] == ["topic", "is"]


async def test_after_a_question_a_window_refines_it_and_an_edition_asks_for_a_digest(host: Host) -> None:
    async with talking(host) as bot:
        question = await talk(bot, ASKED, "today")
        digest = await talk(bot, "today edition:daily")
        further = await talk(bot, "week last")
        again = await talk(bot, ASKED, "only merged ones")

    assert question.answer is not None
    assert question.digest is None
    assert digest.digest is not None
    assert further.digest is not None
    assert further.digest.facts.window.since.day == 16
    assert numbers(again) == [101]


# Choices


async def test_what_can_be_meant_in_two_ways_is_asked_back_and_chosen_by_its_number(host: Host) -> None:
    async with talking(host) as bot:
        asked = await talk(bot, "closed PRs")
        first = await talk(bot, "1")
        second = await talk(bot, "closed PRs", "2")
        merged = await talk(bot, "only merged ones")

    assert answered(asked) == "This can be meant in 2 ways. Which one?"
    assert "1) closed — 1 item\n2) closed or merged — 2 items\n" in asked.text
    assert numbers(asked) == []
    assert asked.answer is not None
    assert [choice.total for choice in asked.answer.choices] == [1, 2]
    assert (understood(first), numbers(first)) == (parts("PRs · closed · Mon 23 Mar to now (UTC)"), [104])
    assert (understood(second), numbers(second)) == (
        parts("PRs · closed or merged · Mon 23 Mar to now (UTC)"),
        [101, 104],
    )
    assert numbers(merged) == [101]


async def test_the_number_may_be_written_as_in_a_list(host: Host) -> None:
    async with talking(host) as bot:
        for line in ("2", " 2. ", "2)", "(2)", "2。"):
            assert numbers(await talk(bot, "closed PRs", line)) == [101, 104]


async def test_another_line_is_no_choice_and_takes_the_choices_away(host: Host) -> None:
    async with talking(host) as bot:
        refined = await talk(bot, "closed PRs", "only merged ones")
        late = await bot.commands("2", ANN)
        unknown = [await bot.commands(line, ANN) for line in ("closed PRs", "3")]

    assert numbers(refined) == [101]
    assert late.answer is None
    assert unknown[1].answer is None


async def test_readings_that_find_the_same_are_not_asked_back(host: Host) -> None:
    async with talking(host) as bot:
        reply = await talk(bot, "closed PRs in January")

    assert reply.answer is not None
    assert reply.answer.choices == ()


# Where it is kept, and how long


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


BOB_ALONE = replace(BOB, conversation="thread-2")
DIGEST = replace(BOB, conversation="thread-3")


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
