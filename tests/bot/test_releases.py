"""Digests of releases: bounded by publications, of the pull requests whose commits went into the later one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context, Reply
from tests.bot.shell import vllm_digest
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from pathlib import Path

    from bot.wiring import Services
    from tests.bot.running import Host
    from tests.servers.github import PullRequest, Repository

REPO = "vllm-project/vllm"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

PUBLISHED = {
    "v0.10.0": NOW - 20 * DAY,
    "v0.11.0rc1": NOW - 15 * DAY,
    "v0.11.0": NOW - 10 * DAY,
    "v0.11.1": NOW - 6 * DAY,
    "v0.12.0rc1": NOW - 2 * DAY,
}


def merged(repository: Repository, title: str, at: datetime, *, labels: tuple[str, ...] = ()) -> PullRequest:
    pull = repository.open_pr(title, by="ann", at=at - HOUR, labels=labels)
    pull.merge(by="bob", at=at)
    return pull


def released() -> World:
    """v0.11.0 is cut from main a while before it comes out; v0.11.1 is a pick on top of it."""
    world = World()
    repository = world.repository(REPO)
    merged(repository, "Before all", NOW - 21 * DAY)
    repository.release("v0.10.0", at=PUBLISHED["v0.10.0"])
    merged(repository, "Into rc1", NOW - 17 * DAY, labels=("rocm",))
    repository.release("v0.11.0rc1", at=PUBLISHED["v0.11.0rc1"], prerelease=True)
    last = merged(repository, "Into the release", NOW - 13 * DAY)
    repository.tag("v0.11.0", at=last.merge_commit)
    merged(repository, "After the cut", NOW - 12 * DAY)
    repository.release("v0.11.0", at=PUBLISHED["v0.11.0"])
    fix = merged(repository, "A fix that is picked", NOW - 8 * DAY)
    merged(repository, "A feature that is not", NOW - 7 * DAY)
    repository.tag("v0.11.1", on="v0.11.0", picks=[fix])
    repository.release("v0.11.1", at=PUBLISHED["v0.11.1"])
    merged(repository, "Into the next one", NOW - 4 * DAY)
    repository.release("v0.12.0rc1", at=PUBLISHED["v0.12.0rc1"], prerelease=True)
    return world


async def answered(bot: Services, line: str, lang: str = "en") -> Reply:
    return await bot.commands(line, Context("terminal", lang=lang, tz="UTC"))


@pytest.mark.parametrize(
    ("line", "since", "until"),
    [
        ("release v0.11.0", "v0.10.0", "v0.11.0"),
        ("release 0.11.0", "v0.10.0", "v0.11.0"),
        ("版本 v0.11.0", "v0.10.0", "v0.11.0"),
        ("release v0.10.0..v0.11.0", "v0.10.0", "v0.11.0"),
        ("release v0.10.0..v0.11.1", "v0.10.0", "v0.11.1"),
        ("release v0.11.1", "v0.11.0", "v0.11.1"),
        ("release v0.11.0rc1", "v0.10.0", "v0.11.0rc1"),
        ("release v0.12.0rc1", "v0.11.1", "v0.12.0rc1"),
        ("release v0.11.0rc1..v0.11.0", "v0.11.0rc1", "v0.11.0"),
        ("release last", "v0.11.0", "v0.11.1"),
        ("release latest", "v0.11.1", None),
        ("版本 最新", "v0.11.1", None),
    ],
)
async def test_the_bounds_are_the_publications_and_prereleases_are_passed_over_unless_named(
    line: str, since: str, until: str | None, host: Host
) -> None:
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await answered(bot, line)

    assert reply.digest is not None, reply.text
    window = reply.digest.facts.window
    assert window.since == PUBLISHED[since]
    assert window.until == (PUBLISHED[until] if until else NOW - timedelta(minutes=1))
    assert window.so_far == (until is None)
    assert reply.digest.facts.complete


@pytest.mark.parametrize(
    ("line", "titles", "commits"),
    [
        (
            "release v0.11.0",
            ["Into rc1", "Into the release"],
            2,
        ),  # what was merged after the cut is in a later one
        ("release v0.11.0rc1", ["Into rc1"], 1),
        ("release v0.11.1", [], 1),  # picked: another commit
        (
            "release v0.12.0rc1",  # all that main has since v0.11.0 was cut, most of it merged before v0.11.1 came out
            ["After the cut", "A fix that is picked", "A feature that is not", "Into the next one"],
            4,
        ),
    ],
)
async def test_the_pull_requests_of_a_release_are_those_whose_merge_commits_are_in_it(
    line: str, titles: list[str], commits: int, host: Host
) -> None:
    until = line.split()[1]
    since = {"v0.11.0": "v0.10.0", "v0.11.0rc1": "v0.10.0", "v0.11.1": "v0.11.0", "v0.12.0rc1": "v0.11.1"}[
        until
    ]
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await answered(
            bot, "2026-02-20..2026-03-24"
        )  # so that the mirror holds what was merged before the window
        english = await answered(bot, line)
        chinese = await answered(bot, line, "zh")
        data = json.loads((await answered(bot, f"{line} format:json")).text)

    note = (
        f"The merged pull requests are those whose merge commits {until} holds and {since} does not: "
        f"{len(titles)} of the {commits} commits between the two tags."
    )
    assert note in english.text
    assert f"两个标签之间 {commits} 个提交中的 {len(titles)} 个" in chinese.text
    assert [item["title"] for item in data["lists"]["prs_merged"]] == titles
    assert data["counts"]["prs_merged"] == len(titles)
    assert data["edition"] == "release"
    assert data["complete"] is True


async def test_a_filter_limits_the_list_of_a_release_and_not_what_its_note_counts(host: Host) -> None:
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await answered(bot, "release v0.11.0 topic:amd")

    assert reply.digest is not None, reply.text
    facts = reply.digest.facts
    assert [facts.items[row.number].title for row in facts.lists["prs_merged"]] == ["Into rc1"]
    assert facts.counts.prs_merged == 2
    assert "2 of the 2 commits" in reply.text


async def test_since_the_latest_release_there_is_nothing_to_compare_with(host: Host) -> None:
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await answered(bot, "release latest")

        assert "compare" not in {request.operation for request in server.requests}
    assert "between the two tags" not in reply.text


@pytest.mark.parametrize(
    ("lang", "says"),
    [("en", "GitHub could not compare the two tags."), ("zh", "GitHub 无法比较这两个标签。")],
)
async def test_where_the_tags_cannot_be_compared_the_digest_says_so(lang: str, says: str, host: Host) -> None:
    world = released()
    del world.repository(REPO).history.tags["v0.10.0"]
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await answered(bot, "release v0.11.0", lang)

    assert reply.digest is not None
    assert says in reply.text
    assert reply.digest.facts.counts.prs_merged == 3


async def test_two_tags_are_compared_once_and_for_all(host: Host) -> None:
    async with github_server(released(), clock=lambda: NOW) as server:
        async with host.bot(server, NOW) as bot:
            await answered(bot, "release v0.11.0")
            await answered(bot, "release v0.11.0 topic:amd")
        async with host.bot(server, NOW + DAY, DIGEST_TOPICS="tpu") as bot:
            await answered(bot, "release v0.10.0..v0.11.0", "zh")
            await answered(bot, "release v0.11.1")

        compared = [
            (request.variables["base"], request.variables["head"])
            for request in server.requests
            if request.operation == "compare"
        ]
    assert compared == [
        ("refs/tags/v0.10.0", "refs/tags/v0.11.0"),
        ("refs/tags/v0.11.0", "refs/tags/v0.11.1"),
    ]


async def test_the_days_of_a_release_are_no_release(host: Host) -> None:
    """A range of the same instants is told by time, and has no note of tags that nobody asked for."""
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        release = await answered(bot, "release v0.11.0")
        days = await answered(bot, "2026-03-04T12:00..2026-03-14T12:00")

    assert release.digest is not None
    assert days.digest is not None
    assert release.digest.facts.window == days.digest.facts.window
    assert (release.digest.facts.counts.prs_merged, days.digest.facts.counts.prs_merged) == (2, 3)
    assert "commits between the two tags" in release.text
    assert "commits between the two tags" not in days.text


async def test_a_release_that_came_out_a_moment_ago_is_found(host: Host) -> None:
    world = released()
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await answered(bot, "today")
        world.repository(REPO).release("v0.12.0", at=NOW - HOUR)
        reply = await answered(bot, "release v0.12.0")

    assert reply.digest is not None, reply.text
    assert reply.digest.facts.window.since == PUBLISHED["v0.11.1"]
    assert reply.digest.facts.window.until == NOW - HOUR


async def test_drafts_are_no_releases(host: Host) -> None:
    world = released()
    world.repository(REPO).release("v0.12.0", at=NOW - HOUR, draft=True)
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        named = await answered(bot, "release v0.12.0")
        last = await answered(bot, "release last")

    assert named.problem is not None
    assert last.digest is not None
    assert last.digest.facts.window.until == PUBLISHED["v0.11.1"]


@pytest.mark.parametrize(
    ("line", "english", "chinese"),
    [
        (
            "release v9.9",
            "There is no release “v9.9”; the newest are: v0.12.0rc1, v0.11.1, v0.11.0.",
            "没有名为“v9.9”的版本；最新的有：v0.12.0rc1、v0.11.1、v0.11.0。",
        ),
        (
            "release v0.1..v0.11.0",
            "There is no release “v0.1”; the newest are: v0.12.0rc1, v0.11.1, v0.11.0.",
            "没有名为“v0.1”的版本；最新的有：v0.12.0rc1、v0.11.1、v0.11.0。",
        ),
        (
            "release v0.10.0",
            "No release came before v0.10.0. Ask for days instead, for example 2025-12-01..2025-12-10.",
            "v0.10.0 之前没有版本。请改用日期，例如 2025-12-01..2025-12-10。",
        ),
        (
            "release v0.11.0..v0.10.0",
            (
                "The range does not end (2026-03-04 12:00 (UTC)) after it starts (2026-03-14 12:00 (UTC)). "
                "Write the earlier time first."
            ),
            "区间的结束(2026-03-04 12:00 (UTC))不晚于开始(2026-03-14 12:00 (UTC))。请把较早的时间写在前面。",
        ),
    ],
)  # fmt: skip
async def test_what_is_no_window_between_releases_is_said(
    line: str, english: str, chinese: str, host: Host
) -> None:
    async with github_server(released(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        replies = [await answered(bot, line, lang) for lang in ("en", "zh")]

    assert [reply.text for reply in replies] == [english, chinese]


@pytest.mark.parametrize("line", ["release last", "release latest", "release v0.1.0"])
async def test_a_repository_without_releases_says_so(line: str, host: Host) -> None:
    world = World()
    world.repository(REPO)
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        english, chinese = await answered(bot, line), await answered(bot, line, "zh")

    assert english.text.startswith("The repository has no releases.")
    assert chinese.text.startswith("该仓库没有发布任何版本。")


async def test_with_prereleases_alone_the_newest_is_the_latest(host: Host) -> None:
    world = World()
    repository = world.repository(REPO)
    repository.release("v0.1.0rc1", at=NOW - 3 * DAY, prerelease=True)
    repository.release("v0.1.0rc2", at=NOW - 2 * DAY, prerelease=True)
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await answered(bot, "release last")

    assert reply.digest is not None, reply.text
    assert reply.digest.facts.window.since == NOW - 3 * DAY


async def test_in_the_shell_the_note_is_a_warning_and_an_unknown_tag_one_line(tmp_path: Path) -> None:
    async with github_server(released(), clock=lambda: NOW) as server:
        environment = {
            "GITHUB_TOKEN": server.token or "",
            "GITHUB_GRAPHQL_URL": server.url,
            "DIGEST_AT": NOW.isoformat(),
        }
        found = await vllm_digest("release", "v0.11.0", cwd=tmp_path, **environment)
        unknown = await vllm_digest("release", "v9.9", cwd=tmp_path, **environment)

    assert found.code == 0, found.err
    assert found.err.startswith(
        "vllm-digest: The merged pull requests are those whose merge commits v0.11.0 holds"
    )
    assert found.err.count("\n") == 1
    assert (unknown.code, unknown.out) == (2, "")
    assert unknown.err.startswith("vllm-digest: There is no release “v9.9”")
