"""Questions from end to end: a line in, and out of the mirror an answer with the items that prove it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from jsonschema import Draft202012Validator

from adapters.chat import Context
from bot import sync
from summarizer import languages
from summarizer.questions import answerform
from tests.bot.demo import demo_services
from tests.bot.talk import (
    ANN,
    DAY,
    NOW,
    REPO,
    SHELL,
    answered,
    ask,
    numbers,
    on,
    parts,
    talked_about,
    talking,
    understood,
)
from tests.servers.github import faults, github_server

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.bot.running import Host

CHAT = Context("terminal", conversation="one")
VALIDATOR = Draft202012Validator(answerform.schema())


# The bundled sample


ON_THE_SAMPLE: dict[str, set[int]] = {
    "any AMD PRs today?": {26701},
    "今天有 AMD 的 PR 吗？": {26701},
    "any AMD issues today?": set(),
    "which bugs were reported today?": {30382, 30383, 30387},
    "what about #30384 today?": {30384},
    "any PRs today? author:hmellor": {30389},
    "any PRs today? label:rocm": {26701},
    "any AMD PRs today? is:merged": set(),
    "what got merged today?": {30062, 30331, 30384},
    "今天合并了什么？": {30062, 30331, 30384},
    "which issues were closed today?": {30382},
    "PRs by hmellor today?": {30389},
    "今天量化相关的 PR": {26701},
}
"""What is asked -> the items."""


async def test_an_answer_lists_exactly_the_matching_items(tmp_path: Path) -> None:
    found = {}
    async with demo_services(tmp_path) as services:
        for question in ON_THE_SAMPLE:
            answer = (await ask(services, question, CHAT)).answer
            found[question] = {row.number for row in answer.rows} if answer else None

    assert found == ON_THE_SAMPLE


async def test_a_login_is_known_to_the_first_question_that_is_ever_asked(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        reply = await services.commands("PRs by hmellor today?", CHAT)

    assert numbers(reply) == [30389]


async def test_what_was_understood_is_shown_with_its_window_and_zone(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        english = await services.commands("any AMD PRs today? label:rocm", CHAT)
        chinese = await services.commands("今天有 AMD 的 PR 吗？", replace(CHAT, lang="zh"))

    assert understood(english) == parts(
        "yes or no · PRs · AMD/ROCm · with any activity · `label:rocm` · Wed 10 Dec to now (UTC+8)"
    )
    assert understood(chinese) == parts("是否 · PR · AMD/ROCm 生态 · 有任何动态 · 12月10日周三 至今 (UTC+8)")


async def test_an_answer_over_incomplete_data_says_so(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        week = await services.commands("any TPU issues this week?", CHAT)
        today = await services.commands("any TPU issues today?", CHAT)

    assert answered(week).startswith("Not as far as can be seen:")
    assert answered(week).endswith("the data is not complete, so there may be some.")
    assert "The bundled sample knows only its own day." in week.text
    assert answered(today).startswith("No: no TPU issue had any activity today;")


async def test_nothing_is_said_of_a_time_that_the_mirror_does_not_hold(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        for question in ("any TPU issues today?", "any TPU issues this week?"):
            reply = await services.commands(question, CHAT)

            assert "at any other time" not in reply.text


# A repository's mirror: the forms of answers


FORMS: dict[str, tuple[str, list[int]]] = {
    "any AMD PRs this week?": ("Yes: 2 AMD/ROCm PRs had activity this week", [102, 101]),
    "any TPU PRs this week?": ("No: no TPU PR had any activity this week; all 6 items", []),
    "which PRs were merged last week?": ("2 PRs were merged last week", [92, 91]),
    "how many PRs were opened since Tuesday?": ("2 PRs were opened", [103, 102]),
    "how many bugs were closed in the last 14 days?": ("2 issues were closed", [106, 94]),
    "who opened the most PRs in March?": (
        "Authors of the 7 PRs opened in March 2026: `amy` 3, `nia` 2, `zoe` 2",
        [],
    ),
    "is #101 merged?": ("Yes: #101 was merged by `max` on Tue 24 Mar 08:00", [101]),
    "is #102 merged?": ("No: #102 is open", [102]),
    "what about #999999?": ("#999999 is not known here", []),
    "上周合并了哪些 PR？": ("上周合并", [92, 91]),
    "which PRs are still open?": ("There are 3 open PRs", [103, 102, 93]),
    "open PRs that mention gemms": ("There are 2 open PRs", [103, 102]),
}
"""What is asked -> how the line that answers begins, and the items; none where only examples follow."""


async def test_the_first_line_answers_and_the_items_prove_it(host: Host) -> None:
    async with talking(host) as bot:
        answers = {question: (await ask(bot, question)).answer for question in FORMS}

    for question, (begins, found) in FORMS.items():
        answer = answers[question]
        assert answer is not None
        assert answer.first.startswith(begins), question
        assert not found or [row.number for row in answer.rows] == found, question


async def test_each_item_comes_with_its_link_state_author_age_and_why_it_is_there(host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, "any AMD PRs this week?")

    assert (
        "- [#101](https://github.com/vllm-project/vllm/pull/101) [ROCm] Fix the kernel of MI355X — by amy, "
        "opened 1 day ago; merged 4 hours ago by `max`; title has `ROCm`, `MI355X`\n"
    ) in reply.text


async def test_two_sides_are_compared_in_a_table(host: Host) -> None:
    async with talking(host) as bot:
        topics = await ask(bot, "compare AMD and NVIDIA PRs this week")
        weeks = await ask(bot, "merged PRs this week vs last week")

    assert answered(topics).startswith("AMD/ROCm 2, NVIDIA/CUDA 1: PRs with any activity, ")
    assert "| Total | 2 | 1 |" in topics.text
    assert "| Total | 1 | 2 |" in weeks.text


async def test_a_trend_counts_by_weeks(host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, "PRs merged per week in the last 4 weeks")

    assert answered(reply).startswith("3 PRs were merged in the last 4 weeks.")
    assert "| Mon 9 Mar | 0 |\n| Mon 16 Mar | 2 |\n| Mon 23 Mar (in part) | 1 |" in reply.text


async def test_a_thread_is_explained_by_what_happened_to_it(host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, "explain #101")

    assert "- What happened: opened Mon 23 Mar 09:00, merged Tue 24 Mar 08:00" in reply.text
    assert reply.answer is not None
    assert reply.answer.model == ""
    assert "Explained by" not in reply.text


async def test_an_english_thread_is_found_by_a_chinese_question(host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, "本周有关于崩溃的议题吗？", replace(ANN, lang="zh"))

    assert numbers(reply) == [105]


# What is not there, and what cannot be known


async def test_none_is_said_with_how_much_was_looked_at_and_what_there_is_at_other_times(host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, "any NVIDIA PRs merged this week?")
        chinese = await ask(bot, "本周合并了 NVIDIA 的 PR 吗？", replace(ANN, lang="zh"))

    assert answered(reply) == (
        "No: no NVIDIA/CUDA PR was merged this week; all 6 items with activity then were looked at."
    )
    assert "1 item matches at another time" in reply.text
    assert numbers(reply) == numbers(chinese) == []
    assert "6" in answered(chinese)


async def test_what_happened_before_the_mirror_began_is_fetched_when_asked_for(host: Host) -> None:
    world = talked_about()
    world.repository(REPO).open_pr("[TPU] Long ago", by="tom", at=datetime(2025, 6, 3, tzinfo=UTC), number=5)
    async with talking(host, world) as bot:
        year = await ask(bot, "any TPU PRs in June 2025?")

    assert numbers(year) == [5]


async def test_of_more_than_one_question_may_fetch_the_mirror_says_what_it_holds_and_how_to_fetch_it(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "AFFORDABLE", 20)  # where eight thousand items would take a minute to make
    world = talked_about()
    for number in range(30):
        world.repository(REPO).open_pr(f"[TPU] Old {number}", by="tom", at=on(1) - (number + 20) * DAY)
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await ask(bot, "any MoE PRs since 2026-01-20?")

    assert answered(reply).startswith("Not as far as can be seen:")
    assert "To fetch what came before, write `sync since:64d`." in reply.text
    assert "at any other time" not in reply.text


async def test_while_github_fails_what_is_held_is_told_and_nothing_else(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server:
        async with host.bot(server, NOW) as bot:
            await bot.commands("today", SHELL)
        server.faults.always(faults.secondary_limit(600))
        async with host.bot(server, NOW) as bot:
            held = await ask(bot, "any AMD PRs today?")
            for question in ("any AMD PRs last week?", "compare AMD PRs this week and last week"):
                reply = await bot.commands(question, ANN)

                assert reply.problem is not None
                assert reply.answer is None

    assert numbers(held) == [102, 101]


async def test_items_of_a_file_alone_are_never_all_there_is(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "items.jsonl"
    fields = {"kind": "issue", "number": 999, "title": "Bug", "createdAt": "2026-03-10T09:00:00Z"}
    file.write_text(json.dumps({"repo": "a/b", **fields}), "utf-8")
    async with host.bot(None, NOW) as bot:
        await bot.mirrors.take_in(file, languages.load("en"), ANN.progress)
        found = await ask(bot, "any issues on 2026-03-10? repo:a/b", SHELL)
        none = await ask(bot, "any PRs on 2026-03-10? repo:a/b", SHELL)

    assert numbers(found) == [999]
    assert answered(none).startswith("Not as far as can be seen:")
    for reply in (found, none):
        assert "This period is known from an imported file alone" in reply.text


# Questions that cannot be answered


async def test_a_problem_is_told_and_nothing_is_answered_instead(host: Host) -> None:
    async with talking(host) as bot:
        for question in (
            "any PRs on 2026-02-30?",
            "what happened in release v99.0?",
            "any PRs since 2027-01-01?",
        ):
            reply = await bot.commands(question, ANN)
            chinese = await bot.commands(f"{question} lang:zh", ANN)

            assert numbers(reply) == [], question
            assert reply.answer is None or reply.answer.found is None, question
            assert (chinese.lang, chinese.text == reply.text) == ("zh", False), question
        day = await ask(bot, "any PRs on 2026-02-30?")

    assert answered(day) == "There is no day 2026-02-30. Write a date such as 2025-12-10."


async def test_what_was_not_understood_is_said_and_nothing_is_guessed(host: Host) -> None:
    async with talking(host) as bot:
        nothing = await ask(bot, "flurb gleep")
        partly = await ask(bot, "AMD PRs that grandma would like this week")

    assert "I did not understand what to look for." in nothing.text
    assert "Not understood and left out: “flurb”, “gleep”." in nothing.text
    assert nothing.answer is not None
    assert nothing.answer.found is None
    assert numbers(partly) == [102, 101]
    assert "Leaving out “grandma”, which was not understood: 2 AMD/ROCm PRs had activity" in partly.text
