"""What people are told of the mirror: what a sync did and cost, how far it reaches, what a file brought."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context
from bot.mirrors import Estimate
from summarizer import languages
from summarizer.errors import BadInput
from tests.bot.demo import demo_services
from tests.bot.running import Heard
from tests.bot.shell import vllm_digest
from tests.servers.github import World, faults, github_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from adapters.store import Store
    from tests.bot.running import Host
    from tests.servers.github import GitHub

REPO = "vllm-project/vllm"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def busy(days: int, *, repo: str = REPO, world: World | None = None) -> World:
    """A world in which every twelve hours an issue and a pull request are opened, and one remark is made."""
    world = world or World()
    repository = world.repository(repo)
    for half in range(days * 2):
        at = NOW - HOUR - half * 12 * HOUR
        repository.open_issue(f"Issue of {at:%m-%d %H}", by="ann", at=at)
        repository.open_pr(f"Change of {at:%m-%d %H}", by="bob", at=at).comment(
            by="cy", at=at + HOUR / 2, body="Hm."
        )
    return world


async def spent(server: GitHub, work: Awaitable[object]) -> tuple[int, int]:
    """Requests and points that the work took, as GitHub counts them."""
    requests, used = len(server.requests), server.used
    await work
    return len(server.requests) - requests, server.used - used


# Sync


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_sync_tells_how_far_the_mirror_reaches_and_what_was_asked_of_github(
    lang: str, host: Host
) -> None:
    heard = Heard()
    async with github_server(busy(3), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await bot.commands({"en": "sync", "zh": "同步"}[lang], heard.chat(lang))

        requests, points = len(server.requests), server.used
    assert reply.problem is None
    assert requests > 2
    told = {
        "en": [
            f"{REPO} is synced until 2026-03-24 11:59:59 (UTC) and reaches back to 2026-03-23 12:00 (UTC).",
            f"It holds 12 items; this took {requests} requests to GitHub ({points} points).",
        ],
        "zh": [
            f"{REPO} 已同步到 2026-03-24 11:59:59 (UTC)，最早到 2026-03-23 12:00 (UTC)。",
            f"现有 12 个条目；本次用去 {requests} 次请求、{points} 点额度。",
        ],
    }
    assert reply.text == {"en": " ", "zh": ""}[lang].join(told[lang])
    assert heard.said == []  # a moment's work
    assert {key for key, _, _ in heard.told} == {"fetch", "threads"}


@pytest.mark.parametrize(
    ("line", "lang", "beforehand"),
    [
        (
            "sync since:30d",
            "en",
            (
                r"(\d+) items to list, (\d+) threads to read whole: some (\d+) points of the (\d+) that GitHub leaves "
                r"us this hour, about \d+ s\. What was read is kept, even if this is stopped\."
            ),
        ),
        (
            "同步 起自:30d",
            "zh",
            (
                r"需列出 (\d+) 个条目、完整读取 (\d+) 个讨论串：约用 (\d+) 点额度（本小时剩余 (\d+) 点），大约 "
                r"\d+ 秒。即使中途停止，已读取的内容也会保留。"
            ),
        ),
    ],
)
async def test_before_a_long_sync_an_estimate_is_told_which_comes_near_the_truth(
    line: str, lang: str, beforehand: str, host: Host
) -> None:
    heard = Heard()
    async with github_server(busy(40), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.commands("sync", heard.chat())
        requests, points = await spent(server, bot.commands(line, heard.chat(lang)))
        _, last_points = await spent(server, bot.commands("sync", heard.chat(lang)))
        left = server.points - server.used

    [told] = heard.said
    found = re.fullmatch(beforehand, told)
    assert found is not None, told
    items, threads, estimated, left_then = map(int, found.groups())
    assert items == threads == 4 * 29  # of the first day everything is there already
    assert 0.5 * points <= estimated <= 2 * points
    assert left_then == left + points + last_points - 2  # the estimate itself took an edge and a count
    assert requests > 10
    history = [(done, total) for key, done, total in heard.told if key == "history"]
    assert history[-1] == (items, items)
    assert heard.told[-1][0] != "history"


async def test_the_reply_to_a_long_sync_counts_all_that_it_asked_and_holds(host: Host, store: Store) -> None:
    heard = Heard()
    async with github_server(busy(40), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await bot.commands("sync since:30d", heard.chat())

        held = await store.mirror.updated_since(REPO)
        assert len(held) >= 4 * 30
        assert f"reaches back to 2026-02-22 12:00 (UTC). It holds {len(held)} items" in reply.text
        assert f"{len(server.requests)} requests to GitHub ({server.used} points)" in reply.text


async def test_the_same_sync_again_costs_a_single_request(host: Host) -> None:
    async with github_server(busy(40), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.commands("sync since:30d", Heard().chat())
        heard = Heard()
        reply = await bot.commands("sync since:30d", heard.chat())

        assert "this took 1 request to GitHub (1 point)" in reply.text
        assert heard.said == []


async def test_a_sync_back_to_the_beginning_says_that_nothing_is_older(host: Host) -> None:
    async with github_server(busy(20), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        english = await bot.commands("sync since:3660d", Heard().chat())
        chinese = await bot.commands("同步 起自:3660d", Heard().chat("zh"))
        status = await bot.commands("status", Heard().chat())

    assert "reaches back to its beginning. It holds 80 items" in english.text
    assert "已包含全部历史。现有 80 个条目" in chinese.text
    assert "- Reaches back to the beginning" in status.text


@pytest.mark.parametrize("back", [timedelta(days=9_999), timedelta(days=366_000), timedelta.max])
async def test_a_sync_reaches_back_no_further_than_github_does(back: timedelta, host: Host) -> None:
    heard = Heard()
    async with github_server(busy(2), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        text = await bot.mirrors.sync(
            REPO,
            back,
            languages.load("en"),
            "UTC",
            heard.chat().progress,
            heard.said.append,
            lambda _repo, _private: None,
        )

    assert "reaches back to its beginning" in text


@pytest.mark.parametrize("since", ["0d", "3", "ever", "999999999999d"])
async def test_a_sync_since_what_is_no_span_of_time_is_an_error(since: str, host: Host) -> None:
    async with github_server(busy(1), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await bot.commands(f"sync since:{since}", Heard().chat())

        assert reply.problem is not None
        assert "since:3d" in reply.text
        assert server.requests == []


async def test_what_a_broken_off_sync_read_is_kept_and_the_next_one_goes_on_there(host: Host) -> None:
    async with github_server(busy(60), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.commands("sync since:8d", Heard().chat())
        server.faults.on("slices", faults.unauthorized())
        broken = await bot.commands("sync since:50d", Heard().chat())
        server.faults.clear()
        heard = Heard()
        mended = await bot.commands("sync since:50d", heard.chat())

    assert "token" in broken.text
    assert "reaches back to 2026-02-02 12:00 (UTC)" in mended.text
    assert heard.said[0].startswith(f"{4 * 42} items to list")  # the first eight days are there


async def test_a_text_that_is_older_than_what_is_kept_is_not_read(host: Host) -> None:
    heard = Heard()
    async with (
        github_server(busy(40), clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_KEEP_DAYS=10) as bot,
    ):
        await bot.commands("sync since:30d", heard.chat())

        numbers = [
            node for request in server.requests if "details" in request.operation
            for node in request.variables["ids"]
        ]  # fmt: skip
    assert heard.said[0].startswith(f"{4 * 29} items to list, {4 * 9} threads to read whole")
    assert len(numbers) == 4 * 10


# Status


async def test_status_before_any_sync_says_what_to_do(host: Host) -> None:
    async with github_server(busy(2), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        english = await bot.commands("status", Heard().chat())
        chinese = await bot.commands("状态", Heard().chat("zh"))

    assert english.text.startswith(f"**{REPO}**\n\n- Never synced; ask for a digest, or write `sync`.\n")
    assert "- Holds 0 items: 0 issues, 0 pull requests" in english.text
    assert (
        "- 从未同步；请生成一份报告，或输入 `同步`。\n- 现有 0 个条目：0 个 Issue，0 个 PR\n" in chinese.text
    )


async def test_status_tells_watermark_reach_items_age_points_and_memory(host: Host) -> None:
    async with github_server(busy(3), clock=lambda: NOW) as server:
        async with host.bot(server, NOW) as bot:
            await bot.commands("sync", Heard().chat())
        async with host.bot(server, NOW + 5 * HOUR) as bot:
            english = await bot.commands("status", Heard().chat())
            chinese = await bot.commands("状态", Heard().chat("zh"))
            elsewhere = await bot.commands("status tz:Asia/Shanghai", Heard().chat())
        left = server.points - server.used

    lines = english.text.splitlines()
    assert lines[2:6] == [
        "- Synced until 2026-03-24 11:59:59 (UTC), 5 h ago",
        "- Reaches back to 2026-03-23 12:00 (UTC) (1.2 days)",
        "- Holds 12 items: 6 issues, 6 pull requests",
        f"- GitHub points: {left} of 5000 left until 2026-03-24 13:00 (UTC)",
    ]
    assert re.fullmatch(r"- Store: \d+\.\d MB, \d+ keys \(\w+, noeviction\)", lines[6])
    lines = chinese.text.splitlines()
    assert lines[2:6] == [
        "- 已同步到 2026-03-24 11:59:59 (UTC)（5 小时前）",
        "- 最早到 2026-03-23 12:00 (UTC)（1.2 天）",
        "- 现有 12 个条目：6 个 Issue，6 个 PR",
        f"- GitHub 点数：在 2026-03-24 13:00 (UTC) 之前剩余 {left} / 5000",
    ]
    assert re.fullmatch(r"- 存储：\d+\.\d MB，\d+ 个键（\w+，noeviction）", lines[6])
    assert "Synced until 2026-03-24 19:59:59 (UTC+8), 5 h ago" in elsewhere.text


@pytest.mark.parametrize(
    ("later", "age"),
    [(timedelta(0), "1 s"), (110 * timedelta(seconds=1), "111 s"), (5 * DAY, "5 d"), (47 * HOUR, "47 h")],
)
async def test_status_tells_the_age_in_a_unit_that_is_read_at_a_glance(
    later: timedelta, age: str, host: Host
) -> None:
    async with github_server(busy(1), clock=lambda: NOW) as server:
        async with host.bot(server, NOW) as bot:
            await bot.commands("sync", Heard().chat())
        async with host.bot(server, NOW + later) as bot:
            reply = await bot.commands("status", Heard().chat())

    assert f"(UTC), {age} ago\n" in reply.text


async def test_status_asks_github_for_no_more_than_the_points_that_are_left(host: Host) -> None:
    async with github_server(busy(3), clock=lambda: NOW) as server:
        async with host.bot(server, NOW) as bot:
            await bot.commands("sync", Heard().chat())
        async with host.bot(server, NOW + HOUR) as bot:
            first = await spent(server, bot.commands("status", Heard().chat()))
            second = await spent(server, bot.commands("status", Heard().chat()))

    assert (first, second) == ((1, 1), (0, 0))


@pytest.mark.parametrize(
    ("lang", "says"),
    [("en", "- GitHub asks for a pause of 600 seconds"), ("zh", "- 请求过于密集，GitHub 要求暂停 600 秒")],
)
async def test_status_tells_what_is_held_while_github_fails(lang: str, says: str, host: Host) -> None:
    async with github_server(busy(3), clock=lambda: NOW) as server:
        async with host.bot(server, NOW) as bot:
            await bot.commands("sync", Heard().chat())
        server.faults.always(faults.secondary_limit(600))
        async with host.bot(server, NOW + HOUR) as bot:
            known = await bot.commands("status", Heard().chat(lang))
            unknown = await bot.commands("status repo:acme/engine", Heard().chat(lang))

    assert known.problem is None
    assert "2026-03-24 11:59:59 (UTC)" in known.text
    assert says in known.text
    assert says in unknown.text


async def test_status_of_a_repository_that_is_not_there_says_so(host: Host) -> None:
    async with github_server(busy(1), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        first = await bot.commands("status repo:no/such", Heard().chat())
        await bot.commands("sync", Heard().chat())
        later = await bot.commands("status repo:no/such", Heard().chat())

    assert first.text == later.text
    assert first.text.startswith("There is no repository no/such")


async def test_status_tells_when_the_mirror_was_held_against_github_and_what_it_lacks(host: Host) -> None:
    world = busy(100)
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        server.faults.on("slices", faults.Fault("hidden", mangle=without(_number_of(world, NOW - 20 * DAY))))
        await bot.commands("sync since:90d", Heard().chat())
        lacking = await bot.commands("status", Heard().chat())
        chinese = await bot.commands("状态", Heard().chat("zh"))
        server.faults.clear()
        await bot.upkeep.once(REPO)
        mended = await bot.commands("status", Heard().chat())

    assert (
        "- Incomplete: GitHub counts 1 item more than it shows; what is missing is looked for" in lacking.text
    )
    assert "- 不完整：GitHub 的计数比其列出的多 1 个条目，每晚会重新查找。" in chinese.text
    assert "Incomplete" not in mended.text
    assert "- Held against GitHub item by item at 2026-03-24 12:00 (UTC)" in mended.text


def _number_of(world: World, at: datetime) -> int:
    """The number of an issue opened about then."""
    issues = world.repository(REPO).issues
    return min(issues, key=lambda issue: abs(issue.created_at - at)).number


def without(number: int) -> Callable[[dict[str, dict[str, object]]], None]:
    """What makes a search count an item and not show it."""

    def mangle(answer: dict[str, dict[str, object]]) -> None:
        for page in answer["data"].values():
            if isinstance(page, dict) and "nodes" in page:
                page["nodes"] = [node for node in page["nodes"] if node.get("number") != number]

    return mangle


@pytest.mark.parametrize("line", ["status", "sync", "status lang:zh"])
async def test_on_the_sample_both_answer_as_well(line: str, tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        before = await services.commands(line, Heard().chat())
        await services.commands("today", Heard().chat())
        after = await services.commands(line, Heard().chat())

    assert before.problem is after.problem is None
    assert "2025-12-10 12:59 (UTC)" in after.text


# Two repositories


async def test_each_repository_has_a_mirror_of_its_own(host: Host) -> None:
    world = busy(3, repo="acme/engine", world=busy(1))
    async with (
        github_server(world, clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_REPOS=f"{REPO},acme/engine") as bot,
    ):
        await bot.commands("sync", Heard().chat())
        other = await bot.commands("status repo:acme/engine", Heard().chat())
        synced = await bot.commands("sync repo:acme/engine", Heard().chat())
        first = await bot.commands("status", Heard().chat())

    assert "Never synced" in other.text
    assert "Holds 0 items" in other.text
    assert synced.text.startswith("acme/engine is synced")
    assert "It holds 12 items" in synced.text
    assert "Holds 4 items: 2 issues, 2 pull requests" in first.text


async def test_a_name_in_any_case_is_one_repository_and_one_digest(host: Host) -> None:
    world = busy(1, repo="Acme/Engine")
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        replies = [
            await bot.commands(f"today repo:{name}", Context("terminal"))
            for name in ("acme/engine", "ACME/ENGINE", "Acme/Engine")
        ]
        status = await bot.commands("status repo:aCME/eNGINE", Context("terminal"))
        asked = len(server.requests)
        await bot.commands("today repo:acme/ENGINE", Context("terminal"))

        assert len(server.requests) == asked
    assert len({reply.digest.id for reply in replies if reply.digest}) == 1
    assert [reply.digest.generation.cached for reply in replies if reply.digest] == [False, True, True]
    assert status.text.startswith("**Acme/Engine**")


# In the shell


async def test_the_shell_tells_the_estimate_on_stderr_and_the_result_on_stdout(tmp_path: Path) -> None:
    async with github_server(busy(20), clock=lambda: NOW) as server:
        environment = _environment(server)
        synced = await vllm_digest("sync", "since:14d", cwd=tmp_path, **environment)
        requests, points = len(server.requests), server.used
        status = await vllm_digest("status", "--lang", "zh", cwd=tmp_path, **environment)

    assert (synced.code, status.code) == (0, 0), synced.err + status.err
    assert re.fullmatch(r"\d+ items to list, \d+ threads to read whole: .*\n", synced.err)
    assert synced.out.count("\n") == 1
    assert f"It holds 80 items; this took {requests} requests to GitHub ({points} points)." in synced.out
    assert status.err == ""
    assert "现有 80 个条目：40 个 Issue，40 个 PR" in status.out


async def test_without_a_token_status_tells_what_is_held_and_a_sync_what_is_missing(tmp_path: Path) -> None:
    status = await vllm_digest("status", cwd=tmp_path, PATH="/nowhere")
    sync = await vllm_digest("sync", cwd=tmp_path, PATH="/nowhere")

    assert (status.code, status.err) == (0, "")
    assert "- Never synced" in status.out
    assert "GITHUB_TOKEN" in status.out
    assert (sync.code, sync.out) == (3, "")
    assert "GITHUB_TOKEN" in sync.err
    assert sync.err.count("\n") == 1


def _environment(server: GitHub) -> dict[str, str]:
    return {
        "GITHUB_TOKEN": server.token or "",
        "GITHUB_GRAPHQL_URL": server.url,
        "DIGEST_AT": NOW.isoformat(),
        "DIGEST_TZ": "UTC",
    }


# Files


def told(number: int, **fields: object) -> dict[str, object]:
    line: dict[str, object] = {
        "repo": REPO,
        "kind": "pull_request",
        "number": number,
        "title": f"Change {number}",
        "createdAt": "2026-03-10T09:00:00Z",
    }
    return line | fields


def written(path: Path, *lines: dict[str, object] | str) -> Path:
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, "utf-8")
    return path


WITHOUT_A_TOKEN = {"PATH": "/nowhere", "DIGEST_AT": NOW.isoformat(), "DIGEST_TZ": "UTC"}


async def test_in_the_shell_a_file_answers_for_its_days_without_a_token(tmp_path: Path) -> None:
    written(tmp_path / "items.jsonl", told(1), told(2, createdAt="2026-03-11T09:00:00Z"))
    imported = await vllm_digest("import", "items.jsonl", cwd=tmp_path, PATH="/nowhere")
    inside = await vllm_digest("2026-03-10", cwd=tmp_path, **WITHOUT_A_TOKEN)
    outside = await vllm_digest("2026-03-09", cwd=tmp_path, **WITHOUT_A_TOKEN)

    assert (imported.code, imported.err) == (0, "")
    assert imported.out == (
        f"{REPO}: 2 items read, 2 of them new or with news; 2026-03-10 ~ 2026-03-11 (UTC). What a file does not tell "
        "stays unknown.\n"
    )
    assert inside.code == 0
    assert inside.err == f"vllm-digest: {_partial('en')}\nvllm-digest: {WHY['en']}\n"
    assert WHY["en"] in inside.out
    assert (outside.code, outside.out) == (3, "")
    assert "GITHUB_TOKEN" in outside.err
    assert outside.err.count("\n") == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", ["items.jsonl", "items.jsonl.gz"])
async def test_days_of_a_file_are_partial_in_every_format_and_say_why(
    name: str, lang: str, tmp_path: Path, host: Host
) -> None:
    file = written(tmp_path / name, told(1, mergedAt="2026-03-10T20:00:00Z"), told(2))
    async with host.bot(None, NOW) as bot:
        await bot.mirrors.take_in(file, languages.load(lang), Heard().chat().progress)
        replies = {
            format_: await bot.commands(f"2026-03-10 format:{format_}", Context("terminal", lang=lang))
            for format_ in ("md", "text", "jekyll", "json")
        }
        status = await bot.commands("status", Heard().chat(lang))

    for reply in replies.values():
        assert reply.problem is None
        assert _partial(lang) in reply.text
        assert WHY[lang] in reply.text
    digest = json.loads(replies["json"].text)
    assert (digest["complete"], digest["outcome"]) == (False, "partial")
    assert (digest["counts"]["prs_opened"], digest["counts"]["prs_merged"]) == (2, 1)
    known = {
        "en": "- Also 2026-03-10 00:00 (UTC) ~ 2026-03-11 00:00 (UTC), in part. ",
        "zh": "- 另有 2026-03-10 00:00 (UTC) ~ 2026-03-11 00:00 (UTC) 的部分内容。",
    }
    assert known[lang] + WHY[lang] in status.text


WHY = {
    "en": "This period is known from an imported file alone, which may lack items, comments and events, and whose "
    "texts may be condensed rather than quoted.",
    "zh": "这段时间的数据仅来自导入的文件，可能缺少条目、评论与事件，其中的文字也可能是转述而非原文。",
}


def _partial(lang: str) -> str:
    return languages.load(lang).text("warnings.partial")


async def test_files_of_days_that_join_answer_for_all_of_them(tmp_path: Path, host: Host) -> None:
    first = written(tmp_path / "first.jsonl", told(1))
    second = written(tmp_path / "second.jsonl", told(2, createdAt="2026-03-11T09:00:00Z"))
    async with host.bot(None, NOW) as bot:
        for file in (second, first):
            await bot.mirrors.take_in(file, languages.load("en"), Heard().chat().progress)
        both = await bot.commands("2026-03-10..2026-03-11 format:json", Heard().chat())
        beyond = await bot.commands("2026-03-10..2026-03-12", Heard().chat())

    assert json.loads(both.text)["counts"]["prs_opened"] == 2
    assert "GITHUB_TOKEN" in beyond.text


async def test_what_a_file_does_not_tell_stays_as_another_one_told_it(tmp_path: Path, host: Host) -> None:
    first = written(
        tmp_path / "a.jsonl",
        told(1, author="ann", labels=["rocm"], body="Text.", state="OPEN", files=["a.py"]),
    )
    second = written(
        tmp_path / "b.jsonl",
        told(1, title="New title", author=None, labels=None, body=None, mergedAt="2026-03-10T20:00:00Z"),
    )
    async with host.bot(None, NOW) as bot:
        words, progress = languages.load("en"), Heard().chat().progress
        await bot.mirrors.take_in(first, words, progress)
        again = await bot.mirrors.take_in(second, words, progress)
        third = await bot.mirrors.take_in(second, words, progress)
        day = await bot.commands("2026-03-10 format:json", Heard().chat())

    [merged] = json.loads(day.text)["lists"]["prs_merged"]
    assert merged["title"] == "New title"
    assert merged["author"] == "ann"
    assert merged["labels"] == ["rocm"]
    assert "1 item read, 1 of them new" in again
    assert "1 item read, 0 of them new" in third


async def test_what_github_told_is_not_overwritten_by_a_file(tmp_path: Path, host: Host) -> None:
    world = World()
    world.repository(REPO).open_pr("As GitHub has it", by="ann", at=NOW - HOUR, labels=["rocm"])
    file = written(
        tmp_path / "old.jsonl",
        told(1, title="Of long ago", labels=[], createdAt=(NOW - HOUR).isoformat(), body="Text."),
    )
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.commands("sync", Heard().chat())
        await bot.mirrors.take_in(file, languages.load("en"), Heard().chat().progress)
        today = await bot.commands("today format:json", Heard().chat())
        status = await bot.commands("status", Heard().chat())

    [opened] = json.loads(today.text)["lists"]["prs_opened"]
    assert (opened["title"], opened["labels"]) == ("As GitHub has it", ["rocm"])
    assert json.loads(today.text)["complete"] is True
    assert "in part" in status.text  # the file's day began before the mirror does


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("{", "items.jsonl, line 3: this is not JSON"),
        ("[]", "items.jsonl, line 3: this is JSON but no object"),
        ('{"repo": "a/b"}', "items.jsonl, line 3: “kind” is missing"),
        (json.dumps(told(3, createdAt="yesterday")), "items.jsonl, line 3: “createdAt” needs a value like"),
    ],
)
async def test_a_bad_line_is_named_and_what_comes_before_it_stays(
    bad: str, says: str, tmp_path: Path, host: Host
) -> None:
    file = written(tmp_path / "items.jsonl", told(1), told(2), bad, told(4))
    async with host.bot(None, NOW) as bot:
        with pytest.raises(BadInput) as caught:
            await bot.mirrors.take_in(file, languages.load("en"), Heard().chat().progress)
        status = await bot.commands("status", Heard().chat())

    sentence = languages.load("en").text(f"errors.{caught.value.key}", **caught.value.values)
    assert sentence.startswith(says)
    assert "- Holds 2 items" in status.text
    assert "Also 2026-03-10 00:00 (UTC) ~ 2026-03-11 00:00 (UTC), in part." in status.text


async def test_in_the_shell_a_bad_line_is_one_line_on_stderr(tmp_path: Path) -> None:
    written(tmp_path / "items.jsonl", told(1), "{")

    finished = await vllm_digest("import", "items.jsonl", cwd=tmp_path, PATH="/nowhere")

    assert (finished.code, finished.out) == (2, "")
    assert finished.err.startswith("vllm-digest: items.jsonl, line 2: this is not JSON")
    assert finished.err.count("\n") == 1


async def test_what_comes_before_the_tear_in_a_torn_file_stays(tmp_path: Path, host: Host) -> None:
    file = written(tmp_path / "items.jsonl.gz", *(told(number, body="x" * 500) for number in range(1, 400)))
    file.write_bytes(file.read_bytes()[:-20])
    async with host.bot(None, NOW) as bot:
        with pytest.raises(BadInput, match=r"import\.gzip"):
            await bot.mirrors.take_in(file, languages.load("en"), Heard().chat().progress)
        status = await bot.commands("status", Heard().chat())

    held = re.search(r"Holds (\d+) items", status.text)
    assert held is not None
    assert int(held[1]) > 100


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "vllm-digest import FILE.jsonl"),
        (("a.jsonl", "b.jsonl"), "vllm-digest import FILE.jsonl"),
        (("none.jsonl",), "none.jsonl cannot be read (No such file or directory)"),
        (("state",), "state cannot be read (Is a directory)"),
    ],
)
async def test_without_one_file_that_can_be_read_it_says_so(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    finished = await vllm_digest("import", *arguments, cwd=tmp_path, PATH="/nowhere")

    assert (finished.code, finished.out) == (2, "")
    assert says in finished.err
    assert finished.err.count("\n") == 1


async def test_a_file_without_items_or_without_times_is_told_as_such(tmp_path: Path, host: Host) -> None:
    empty, undated = tmp_path / "empty.jsonl", tmp_path / "undated.jsonl"
    async with host.bot(None, NOW) as bot:
        for lang, none, timeless in (
            (
                "en",
                "The file holds no items.",
                "1 item read, 1 of them new or with news. The file tells no times",
            ),
            ("zh", "文件中没有条目。", "读取 1 个条目，其中 0 个是新的或有新内容。文件没有写明时间"),
        ):
            words, progress = languages.load(lang), Heard().chat().progress
            said = await bot.mirrors.take_in(written(empty), words, progress)
            assert said == none
            said = await bot.mirrors.take_in(written(undated, told(1, createdAt=None)), words, progress)
            assert timeless in said


async def test_a_file_of_several_repositories_goes_into_their_mirrors(tmp_path: Path, host: Host) -> None:
    heard = Heard()
    file = written(tmp_path / "two.jsonl", told(1), told(7, repo="acme/engine"), told(2))
    async with host.bot(None, NOW) as bot:
        said = await bot.mirrors.take_in(file, languages.load("en"), heard.chat().progress)
        status = await bot.commands("status repo:acme/engine", Heard().chat())

    assert said.splitlines()[0].startswith(f"{REPO}: 2 items read")
    assert said.splitlines()[1].startswith("acme/engine: 1 item read")
    assert heard.told[-1] == ("import", 3, None)
    assert "Holds 1 item: 0 issues, 1 pull request\n" in status.text


async def test_import_is_a_command_of_the_shell_alone(host: Host) -> None:
    async with github_server(World()) as server, host.bot(server, NOW) as bot:
        reply = await bot.commands("import", Heard().chat())

    assert reply.text.endswith("Run it there: vllm-digest import")


# The estimate itself


@pytest.mark.parametrize(
    ("items", "threads", "points"), [(89, 89, 28), (890, 890, 74), (5_340, 5_340, 318)]
)  # fmt: skip
def test_the_estimate_is_within_a_fifth_of_what_ninety_days_took(
    items: int, threads: int, points: int
) -> None:
    """points: what GitHub's test server counted for that many items, evenly over ninety days."""
    assert abs(Estimate(items, threads).points - points) <= points / 5
