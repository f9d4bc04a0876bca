"""Asking on a page: questions alone, about its repository; of who asks nothing is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.web.archive import Visitor
from bot.access import WEB, Principal
from bot.archive.speaking import counted_as
from bot.commands import sentence
from tests.bot.archive.reading import ASKED, PASSER, SECRET, TALK, ask, problem, stored
from tests.bot.talk import REPO, SHELL, numbers, on, talked_about, talking

if TYPE_CHECKING:
    from summarizer.errors import DigestError
    from tests.bot.running import Host
    from tests.servers.github import World

OTHER = "acme/other"
QUESTION = "AMD PRs this week"


def two() -> World:
    """The usual repository and another one, of which one pull request is known, and a private one."""
    world = talked_about()
    world.repository(OTHER).open_pr("[ROCm] The other kernel", by="amy", at=on(24), number=7)
    secret = world.repository(SECRET, private=True)
    secret.open_pr("[ROCm] The secret kernel", by="amy", at=on(24), number=1)
    return world


async def test_a_question_is_answered_and_is_its_own_line(host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, QUESTION)

    assert reply.problem is None, reply.text
    assert set(numbers(reply)) == {101, 102}
    assert reply.line == QUESTION


async def test_why_is_answered(host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, "why 101")

    assert reply.problem is None, reply.text
    assert "101" in reply.text


async def test_a_talk_goes_on_from_what_was_asked(host: Host) -> None:
    async with talking(host) as bot:
        await ask(bot, QUESTION, talk=TALK)
        merged = await ask(bot, "only merged ones", talk=TALK)
        earlier = await ask(bot, "and last week?", talk=TALK)

    assert numbers(merged) == [101]
    assert numbers(earlier) == [91]


@pytest.mark.parametrize("line", ["only merged ones", "last week", "label:bug"])
async def test_there_is_nothing_to_go_on_from_in_another_talk(line: str, host: Host) -> None:
    async with talking(host) as bot:
        await ask(bot, QUESTION, talk=TALK)

        assert (await problem(bot, line, talk=TALK[::-1])).startswith("archive.")
        assert await stored(bot, "conversation:")


@pytest.mark.parametrize("talk", ["", "1", "a b c d e f g h i j k", "x" * 129, "short-name"])
async def test_what_could_be_guessed_begins_no_talk(talk: str, host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, QUESTION, talk=talk)

        assert reply.problem is None
        assert not await stored(bot, "conversation:")


async def test_a_talk_is_its_readers_and_its_pages_alone(host: Host) -> None:
    ann, bob = (Visitor(is_signed_in=True, name=name, address="192.0.2.1") for name in ("ann", "bob"))
    async with talking(host, two(), WEB_AUTH="header:X-User", PUBLIC_URL="https://x.example") as bot:
        await bot.commands(f"sync repo:{OTHER} since:30d", SHELL)
        await ask(bot, QUESTION, ann, talk=TALK)

        assert numbers(await ask(bot, "only merged ones", ann, talk=TALK)) == [101]
        assert await problem(bot, "only merged ones", bob, talk=TALK) == "archive.nothing_asked"
        assert await problem(bot, "only merged ones", ann, talk=TALK, repo=OTHER) == "archive.nothing_asked"


async def test_a_question_is_about_the_repository_of_its_page(host: Host) -> None:
    async with talking(host, two()) as bot:
        await bot.commands(f"sync repo:{OTHER} since:30d", SHELL)
        first = await ask(bot, QUESTION, repo=OTHER, talk=TALK)
        further = await ask(bot, "only open ones", repo=OTHER, talk=TALK)
        named = await ask(bot, f"{QUESTION} repo:{REPO}", repo=OTHER)

    assert numbers(first) == numbers(further) == [7]
    assert set(numbers(named)) == {101, 102}


@pytest.mark.parametrize("repo", [SECRET, "nobody/nothing"])
async def test_a_refused_repository_is_told_as_one_that_is_not_there(repo: str, host: Host) -> None:
    async with talking(host, two(), DIGEST_ACCESS=f"{SECRET}=shell") as bot:
        await bot.commands(f"sync repo:{SECRET} since:30d", SHELL)
        told = [
            (await ask(bot, f"{QUESTION} repo:{repo}")).text,
            (await ask(bot, QUESTION, repo=repo)).text,
            (await ask(bot, f"why {repo}#1")).text,
        ]

    assert {each.replace(repo, "X") for each in told} == {
        sentence(_not_found(), "en").replace("acme/gone", "X"),
    }


def _not_found() -> DigestError:
    from adapters.github.errors import RepoNotFound

    return RepoNotFound("acme/gone")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("", "archive.nothing_asked"),
        ("  ", "archive.nothing_asked"),
        ("today", "archive.window"),
        ("week last topic:amd", "archive.window"),
        ("2026-03-01..2026-03-08", "archive.window"),
        ("help", "archive.command"),
        ("topics", "archive.command"),
        ("status", "archive.command"),
        ("sync since:90d", "archive.command"),
        ("prefs lang:zh", "archive.command"),
        ("iam octocat", "archive.command"),
        ("forget", "archive.command"),
        ("subscribe daily 09:00", "archive.command"),
        ("subscribe nonsense", "archive.command"),
        ("watch topic:amd", "archive.command"),
        ("topic amd add 103", "archive.command"),
        ("subscriptions", "archive.command"),
        ("订阅 每天 09:00", "archive.command"),
        ("今天", "archive.window"),
        ("my open PRs", "archive.who_are_you"),
        (f"{QUESTION} format:json", "archive.format"),
        ("x" * 5_000, "command.too_long"),
        (f"{QUESTION} label:nonsense is:strange", ""),
    ],
)
@pytest.mark.parametrize("talk", ["", TALK])
async def test_only_questions_are_answered_and_a_page_tells_what_to_do(
    line: str, key: str, talk: str, host: Host
) -> None:
    async with talking(host) as bot:
        before = set(await stored(bot))
        reply = await ask(bot, line, talk=talk)

        assert (reply.problem.key if reply.problem else "") == key
        assert reply.digest is None
        kept = {key for key in set(await stored(bot)) - before if "conversation" not in key}
        assert all(key.startswith(("vllm-digest:pace:", "vllm-digest:cache:")) for key in kept)
        for lang in ("en", "zh"):
            if reply.problem:
                assert "{" not in sentence(reply.problem, lang)


async def test_a_choice_among_readings_is_made_by_its_number(host: Host) -> None:
    async with talking(host) as bot:
        asked = await ask(bot, "closed PRs this week", talk=TALK)
        assert asked.answer is not None
        assert len(asked.answer.choices) == 2
        chosen = await ask(bot, "2", talk=TALK)
        assert chosen.problem is None
        assert chosen.answer is not None
        assert not chosen.answer.choices
        assert await problem(bot, "9", talk=TALK) == "ask.choose"
        assert (await ask(bot, "2", talk=TALK[::-1])).answer != chosen.answer


async def test_the_page_tells_the_language_and_the_zone(host: Host) -> None:
    async with talking(host) as bot:
        spoken = await ask(bot, "本周的 AMD PR")
        told = await ask(bot, QUESTION, lang="zh")
        unknown = await ask(bot, QUESTION, lang="xx")
        problem = await ask(bot, "help", lang="zh")
        zone = await bot.archive.ask(replace(ASKED, line=QUESTION, tz="Asia/Shanghai"), PASSER)
        nowhere = await bot.archive.ask(replace(ASKED, line=QUESTION, tz="Nowhere/At all"), PASSER)

    assert (spoken.lang, told.lang, unknown.lang, problem.lang) == ("zh", "zh", "en", "zh")
    assert not problem.text.isascii()
    assert "UTC+8" in zone.text
    assert nowhere.problem is None


async def test_of_a_visitor_nothing_is_kept_and_nothing_is_logged(host: Host) -> None:
    async with talking(host) as bot:
        before = set(await stored(bot))
        with capture_logs() as logs:
            await ask(bot, QUESTION, talk=TALK)
            await ask(bot, "only merged ones", talk=TALK)
        new = set(await stored(bot)) - before

    kinds = {key.split(":")[1] for key in new}
    assert kinds <= {"pace", "conversation", "cache"}
    assert "conversation" in kinds
    for secret in (PASSER.address, TALK):
        assert not any(secret in key for key in new)
        assert secret not in str(logs)


async def test_visitors_are_told_apart_by_a_hash_that_tells_nothing() -> None:
    first, second = counted_as(WEB, PASSER), counted_as(WEB, Visitor(address="192.0.2.8"))
    named = counted_as(Principal("web-user", "ann"), Visitor(is_signed_in=True, name="ann", address="1"))

    assert first.person != second.person
    assert PASSER.address not in first.person
    assert counted_as(WEB, PASSER) == first
    assert named.person == "ann"
    # who is not let in by the proxy is not who they say they are
    assert counted_as(WEB, Visitor(name="ann", address="192.0.2.7")).person == first.person


async def test_each_visitor_asks_at_a_rate_of_their_own(host: Host) -> None:
    async with talking(host, DIGEST_RATE_PER_USER="2/h") as bot:
        await ask(bot, QUESTION)
        await ask(bot, "help")
        assert await problem(bot, QUESTION) == "rules.too_fast"

        assert (await ask(bot, QUESTION, Visitor(address="192.0.2.8"))).problem is None


async def test_pages_may_be_closed_to_questions(host: Host) -> None:
    async with talking(host, DIGEST_USERS="slack:T1") as bot:
        assert await problem(bot, QUESTION) == "rules.not_for_you"
    async with talking(host, DIGEST_USERS="slack:T1,web") as bot:
        assert (await ask(bot, QUESTION)).problem is None


async def test_an_answer_is_shown_while_it_grows(host: Host) -> None:
    shown: list[str] = []
    progress: list[str] = []
    async with talking(host) as bot:
        asked = replace(
            ASKED,
            line="explain #101",
            show=shown.append,
            progress=lambda key, _done, _total: progress.append(key),
        )
        reply = await bot.archive.ask(asked, PASSER)

    assert reply.problem is None, reply.text
    assert shown
    assert "explain" in progress


@pytest.mark.parametrize(
    "line", [f"AMD PRs this week repo:{OTHER}", f"why {OTHER}#7", f"{OTHER} AMD PRs this week"]
)
async def test_no_repository_is_fetched_because_a_visitor_names_it(line: str, host: Host) -> None:
    async with talking(host, two()) as bot:
        reply = await ask(bot, line)
        private = await ask(bot, line.replace(OTHER, SECRET))
        state = await bot.store.states.load(OTHER)

    assert state.synced_until is None
    assert "The other kernel" not in reply.text
    assert reply.text.replace(OTHER, SECRET) == private.text
