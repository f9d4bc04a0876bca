from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context, Feedback
from adapters.web.archive import ANYBODY
from tests.bot.talk import NOW, REPO, talked_about
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from tests.bot.running import Host

ANN = Context("slack", conversation="C1:1.1", team="T1", person="U1", lang="en", tz="UTC", lays_out=True)
BOB = replace(ANN, person="U2", conversation="C1:2.2")


async def test_a_digest_can_be_opened_again_by_its_handle_long_after_it_was_cut(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await bot.desk("today", ANN)
        assert reply.digest is not None
        assert reply.text == ""
        again = await bot.desk.open(reply.handle, BOB)

    assert again.digest is not None
    assert (again.digest.id, again.digest.sections) == (reply.digest.id, reply.digest.sections)
    assert again.line == reply.line == f"today repo:{REPO} lang:en tz:UTC"


async def test_another_language_tells_the_same_window_and_items(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        english = await bot.desk("week", ANN)
        chinese = await bot.desk.open(english.handle, ANN, lang="zh")
        back = await bot.desk.open(chinese.handle, ANN, lang="en")

    assert english.digest is not None
    assert chinese.digest is not None
    assert (chinese.lang, chinese.digest.lang) == ("zh", "zh")
    assert chinese.digest.id == english.digest.id
    assert chinese.digest.facts.counts == english.digest.facts.counts
    assert chinese.digest.facts.window == english.digest.facts.window
    assert "lang:zh" in chinese.line
    assert back.handle == english.handle


async def test_a_handle_that_nothing_is_kept_under_is_told_as_gone(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await bot.desk.open("daily-2020-01-01-0000000000:en:0000", ANN)

    assert reply.problem is not None
    assert reply.problem.key == "digest.gone"
    assert "not kept any more" in reply.text


async def test_a_private_digest_opens_for_those_alone_who_may_read_it(host: Host) -> None:
    world = World()
    engine = world.repository("acme/engine")
    engine.is_private = True
    engine.open_issue("Secret", by="ann", at=NOW)
    async with (
        github_server(world, clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_ACCESS="acme/engine=slack:T1") as bot,
    ):
        mine = await bot.desk("today repo:acme/engine", ANN)
        theirs = await bot.desk.open(mine.handle, replace(ANN, team="T2"))
        outside = await bot.desk.open(mine.handle, replace(ANN, team="external"))
        seen = [await bot.desk.recent(who) for who in (ANN, replace(ANN, team="T2"), BOB)]

    assert mine.digest is not None
    assert theirs.problem is not None
    assert theirs.problem.key == "github.repo_not_found"
    assert outside.problem is not None
    assert [len(each) for each in seen] == [1, 0, 0]


async def test_the_latest_digests_of_a_person_come_newest_first_and_each_once(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        for line in ("today", "week", "2026-03-19", "today"):
            await bot.desk(line, ANN)
        recent = await bot.desk.recent(ANN)

    assert [each.line.partition(" ")[0] for each in recent] == ["today", "2026-03-19", "week"]
    assert {each.repo for each in recent} == {REPO}


async def test_a_thread_goes_on_from_the_digest_that_was_posted_there(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        posted = await bot.desk("2026-03-19 topic:amd", replace(ANN, conversation=None))
        await bot.desk.remember(posted.line, BOB)
        refined = await bot.desk("2026-03-20", BOB)

    assert refined.digest is not None
    assert [each.values for each in refined.digest.facts.filters] == [("amd",)]


async def test_who_may_not_use_the_bot_is_told_so_by_every_service_of_the_desk(host: Host) -> None:
    async with (
        github_server(talked_about(), clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_USERS="slack-user:U1") as bot,
    ):
        mine = await bot.desk("today", ANN)
        asked = await bot.desk("today", BOB)
        opened = await bot.desk.open(mine.handle, BOB)

    assert mine.problem is None
    assert asked.problem is not None
    assert asked.problem.key == "rules.not_for_you"
    assert opened.problem is not None
    assert opened.problem.key == "rules.not_for_you"


async def test_who_asks_too_often_is_told_when_to_come_back(host: Host) -> None:
    async with (
        github_server(talked_about(), clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_RATE_PER_USER="2/h") as bot,
    ):
        replies = [await bot.desk("topics", ANN) for _ in range(3)]
        other = await bot.desk("topics", BOB)

    assert [reply.problem.key if reply.problem else None for reply in replies] == [
        None,
        None,
        "rules.too_fast",
    ]
    assert other.problem is None


async def test_who_turns_the_pages_of_a_digest_asks_for_nothing_new(host: Host) -> None:
    async with (
        github_server(talked_about(), clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_RATE_PER_USER="1/h") as bot,
    ):
        made = await bot.desk("today", ANN)
        turned = [await bot.desk.open(made.handle, ANN) for _ in range(5)]
        translated = await bot.desk.open(made.handle, ANN, lang="zh")

    assert [reply.problem for reply in turned] == [None] * 5
    assert translated.problem is not None
    assert translated.problem.key == "rules.too_fast"


async def test_where_a_reply_goes_is_told_by_the_line_or_by_the_person(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        by_default = await bot.desk("today", ANN)
        by_line = await bot.desk("today in:channel", ANN)
        await bot.desk("prefs in:channel", ANN)
        by_person = await bot.desk("today", ANN)
        against = await bot.desk("any AMD PRs this week? in:me", ANN)

    told = [each.in_channel for each in (by_default, by_line, by_person, against)]
    assert told == [False, True, True, False]
    assert "in:" not in by_line.line


async def test_a_slash_command_takes_an_unknown_word_for_a_slip(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        slip = await bot.desk("tody", replace(ANN, is_command=True))
        question = await bot.desk("tody", ANN)

    assert slip.problem is not None
    assert "today" in slip.text
    assert question.problem is None


async def test_a_bare_window_that_begins_something_new_is_a_digest_and_a_sentence_goes_on(host: Host) -> None:
    here = replace(ANN, conversation="D1")
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.desk("any AMD PRs this week?", here)
        refined = await bot.desk("today", here)
        await bot.desk("any AMD PRs this week?", here)
        begun = await bot.desk("today", replace(here, begins=True))
        await bot.desk("any AMD PRs this week?", here)
        goes_on = await bot.desk("only merged ones", replace(here, begins=True))

    assert refined.answer is not None
    assert begun.digest is not None
    assert goes_on.answer is not None
    assert goes_on.answer.found is not None
    assert "merged" in str(goes_on.answer.found.query.as_dict())


async def test_feedback_is_kept_with_the_digest_that_it_is_about(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await bot.desk("today", ANN)
        thanks = await bot.desk.take(
            Feedback("wrong", about=reply.handle, section="summary", number=94, reason="it is closed"), ANN
        )
        [kept] = await bot.store.feedback.newest(10)

    assert "Thank you" in thanks
    assert (kept.who, kept.repo, kept.number, kept.revision) == ("slack-user:U1", REPO, 94, 1)


async def test_a_kept_digest_of_a_public_repository_has_a_page_and_a_private_one_has_none(host: Host) -> None:
    world = talked_about()
    engine = world.repository("acme/engine")
    engine.is_private = True
    engine.open_issue("Secret", by="ann", at=NOW)
    async with (
        github_server(world, clock=lambda: NOW) as server,
        host.bot(
            server,
            NOW,
            PUBLIC_URL="https://digest.example.org",
            DIGEST_REPOS=f"{REPO},acme/engine",
            DIGEST_ACCESS="acme/engine=slack:T1",
        ) as bot,
    ):
        public = await bot.desk("2026-03-19", ANN)
        private = await bot.desk("2026-03-19 repo:acme/engine", ANN)
        pages = [public.page, private.page]
        for reply in (public, private):
            assert reply.digest is not None
            await bot.editions.keep(reply.digest)
        pages += [(await bot.desk.open(reply.handle, ANN)).page for reply in (public, private)]
        listed = [each for repo in (REPO, "acme/engine") for each in await bot.archive.newest(repo, ANYBODY)]

    assert public.digest is not None
    assert pages[:2] == ["", ""]
    assert pages[2] == f"https://digest.example.org/{REPO}/digests/{public.digest.id}?lang=en"
    assert pages[3] == ""
    assert [each.repo for each in listed] == [REPO]


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_language_is_the_persons_own(host: Host, lang: str) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.desk(f"prefs lang:{lang}", ANN)

        assert await bot.desk.language(replace(ANN, lang=None)) == lang
