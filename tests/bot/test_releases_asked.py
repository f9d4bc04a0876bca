"""What was merged in a release, asked: what its digest lists, by its commits; by time where those are unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.bot.test_releases import DAY, HOUR, NOW, REPO, answered, merged, released
from tests.bot.truths import shorten_pages
from tests.servers.github import World, faults, github_server

if TYPE_CHECKING:
    from adapters.chat import Reply
    from bot.wiring import Services
    from tests.bot.running import Host

ALL = "2026-02-20..2026-03-24"
"""Days of which a digest has the mirror hold all that went into any of the releases."""


def titles(reply: Reply) -> set[str]:
    assert reply.answer is not None, reply.text
    assert reply.answer.found is not None
    found = reply.answer.found
    assert {row.number for row in reply.answer.rows} == {match.number for match in found.matches}
    return {found.items[match.number].title for match in found.matches}


async def listed(bot: Services, line: str) -> set[str]:
    reply = await answered(bot, line)
    assert reply.digest is not None, reply.text
    facts = reply.digest.facts
    return {facts.items[row.number].title for row in facts.lists["prs_merged"]}


@pytest.mark.parametrize(
    ("question", "digest"),
    [
        ("what was merged in v0.11?", "release v0.11.0"),
        ("which PRs were merged in v0.11.1?", "release v0.11.1"),
        ("v0.11 里合并了哪些 PR？", "release v0.11.0"),
        ("what was merged in v0.12.0rc1?", "release v0.12.0rc1"),
        ("which PRs were merged between v0.10.0 and v0.11.1?", "release v0.10.0..v0.11.1"),
        ("which AMD PRs were merged in v0.11?", "release v0.11.0 topic:amd"),
    ],
)
async def test_what_was_merged_in_a_release_is_what_its_digest_lists(
    question: str, digest: str, host: Host
) -> None:
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await answered(bot, ALL)
        expected = await listed(bot, digest)
        reply = await answered(bot, question)

    assert titles(reply) == expected, reply.text
    assert "commits between the two tags" in reply.text or "两个标签之间" in reply.text
    assert "Taken by time" not in reply.text


async def test_whoever_asks_who_merged_a_release_hears_of_the_same(host: Host) -> None:
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await answered(bot, ALL)
        who = await answered(bot, "who merged PRs in v0.12.0rc1?")
        count = await answered(bot, "how many PRs were merged in v0.12.0rc1?")

    assert "Who merged the 4 PRs merged" in who.text
    assert "`bob` 4" in who.text
    assert "4 PRs were merged" in count.text


def without_tags(world: World) -> None:
    del world.repository(REPO).history.tags["v0.10.0"]


@pytest.mark.parametrize(
    ("lang", "question", "says"),
    [
        ("en", "what was merged in v0.11?", "GitHub could not compare the two tags."),
        ("zh", "v0.11 里合并了哪些 PR？", "GitHub 无法比较这两个标签。"),
    ],
)
@pytest.mark.parametrize("is_failing", [False, True])
async def test_where_the_commits_are_not_known_it_is_told_by_time_and_that_is_said(
    lang: str, question: str, says: str, is_failing: bool, host: Host
) -> None:
    world = released()
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await answered(bot, ALL)
        if is_failing:
            server.faults.on("compare", faults.unauthorized())
        else:
            without_tags(world)
        reply = await answered(bot, question, lang)

    assert reply.problem is None
    assert titles(reply) == {"Into rc1", "Into the release", "After the cut"}
    assert says in reply.text


async def test_other_events_of_a_release_are_told_by_time(host: Host) -> None:
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await answered(bot, ALL)
        reply = await answered(bot, "which PRs were opened in v0.11?")

        assert "compare" not in {request.operation for request in server.requests}
    assert titles(reply) == {"Into rc1", "Into the release", "After the cut"}
    assert "Taken by time" in reply.text


async def test_what_went_into_a_release_before_the_mirror_begins_is_not_denied(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier release was cut from main long before it came out."""
    world = World()
    repository = world.repository(REPO)
    cut = merged(repository, "Before all", NOW - 52 * DAY)
    repository.tag("v1.0.0", at=cut.merge_commit)
    merged(repository, "After the cut", NOW - 50 * DAY)
    repository.release("v1.0.0", at=NOW - 6 * DAY)
    for number in range(12):  # more than a page shows, so that what came before is not read by the way
        repository.open_pr(f"Draft {number}", by="cyd", at=NOW - 30 * DAY)
    merged(repository, "Into the next one", NOW - 4 * DAY)
    repository.release("v1.1.0", at=NOW - HOUR)
    shorten_pages(monkeypatch)
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        before = await answered(bot, "what was merged in v1.1.0?")
        await answered(bot, "2026-01-20..2026-03-24")
        after = await answered(bot, "what was merged in v1.1.0?")

    assert titles(before) == {"Into the next one"}
    assert "1 of the 2 commits" in before.text
    assert "may have been merged before the mirror begins" in before.text
    assert titles(after) == {"After the cut", "Into the next one"}
    assert [each.answer.found.complete for each in (before, after) if each.answer and each.answer.found] == [
        False,
        True,
    ]
