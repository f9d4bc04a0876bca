"""A conversation goes on where it stood: further lines change the last question, or cut the last digest anew."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.bot.talk import (
    ANN,
    BOB,
    answered,
    numbers,
    on,
    parts,
    talked_about,
    talking,
    understood,
)

if TYPE_CHECKING:
    from adapters.chat import Context, Reply
    from bot.wiring import Services
    from tests.bot.running import Host

ASKED = "any AMD PRs this week?"
BOB_ALONE = replace(BOB, conversation="thread-2")
DIGEST = replace(BOB, conversation="thread-3")


async def talk(bot: Services, *lines: str, context: Context = ANN) -> Reply:
    """The reply to the last of the lines; none of them is a mistake."""
    for line in lines:
        reply = await bot.commands(line, context)
        assert reply.problem is None, reply.text
    return reply


def query(reply: Reply) -> dict[str, Any]:
    """What was looked for."""
    assert reply.answer is not None
    assert reply.answer.found is not None
    return reply.answer.found.query.as_dict()


# Refining a question


AMD = {"kind": "pull_request", "topics": ["amd"], "window": "week this", "form": "yes_no"}
REFINED: dict[tuple[str, ...], tuple[dict[str, Any], list[int]]] = {
    (): (AMD, [102, 101]),
    ("only merged ones",): (AMD | {"events": ["merged"]}, [101]),
    ("is:merged",): (AMD | {"filters": ["is:merged"]}, [101]),
    ("那上周呢？",): (AMD | {"window": "week last"}, [91]),
    ("and last week?",): (AMD | {"window": "week last"}, [91]),
    ("ok and last week?",): (AMD | {"window": "week last"}, [91]),
    ("week last",): (AMD | {"window": "week last"}, [91]),
    ("today",): (AMD | {"window": "today"}, [102, 101]),
    ("what about NVIDIA?",): (AMD | {"topics": ["nvidia"]}, [103]),
    ("那 NVIDIA 呢？",): (AMD | {"topics": ["nvidia"]}, [103]),
    ("what about issues?",): (AMD | {"kind": "issue"}, [105]),
    ("how many?",): (AMD | {"form": "count"}, [102, 101]),
    ("by @nia", "by @amy"): (AMD | {"people": ["author:amy"]}, [102, 101]),
    ("author:nia", "author:amy"): (AMD | {"filters": ["author:amy"]}, [102, 101]),
    ("only merged ones", "那上周呢？", "what about NVIDIA?"): (
        AMD | {"events": ["merged"], "window": "week last", "topics": ["nvidia"]},
        [92],
    ),
}
"""What is said after ASKED -> the query that this makes, and what it finds."""


async def test_a_further_line_changes_what_it_names_and_leaves_the_rest(host: Host) -> None:
    found = {}
    async with talking(host) as bot:
        for lines in REFINED:
            reply = await talk(bot, ASKED, *lines, context=replace(ANN, conversation=str(lines)))
            found[lines] = (query(reply), numbers(reply))

    assert found == REFINED


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


async def test_another_repository_is_named_in_every_answer_about_it(host: Host) -> None:
    world = talked_about()
    other = world.repository("acme/engine")
    other.open_pr("[ROCm] Port it", by="eve", at=on(24))
    other.open_pr("Tidy up", by="eve", at=on(24)).merge(by="max", at=on(24, 10))
    async with talking(host, world) as bot:
        asked = await talk(bot, "any PRs today? repo:acme/engine")
        refined = await talk(bot, "only merged ones")
        further = await talk(bot, "which PRs were opened today?")
        await talk(bot, "prefs repo:acme/engine", context=BOB)
        preferred = await talk(bot, "any PRs today?", context=BOB_ALONE)
        in_his_thread = await talk(bot, "only merged ones", context=replace(BOB_ALONE, person="U9"))

    for reply in (asked, refined, preferred, in_his_thread):
        assert query(reply)["repo"] == "acme/engine"
    for reply in (asked, refined, further, preferred, in_his_thread):
        assert reply.answer is not None
        assert reply.answer.found is not None
        found = reply.answer.found
        assert ("acme/engine" in reply.text.partition("\n")[0]) == (found.repo == "acme/engine")


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
    assert re.search(r"^1\) .* — 1 item\n2\) .* — 2 items$", asked.text, re.MULTILINE)
    assert numbers(asked) == []
    assert asked.answer is not None
    assert [choice.total for choice in asked.answer.choices] == [1, 2]
    assert (query(first)["events"], numbers(first)) == (["closed"], [104])
    assert (query(second)["events"], numbers(second)) == (["closed", "merged"], [101, 104])
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
