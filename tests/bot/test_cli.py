"""The shell's side: clean stdout, one clear line on stderr, the right exit code, nothing half-written."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.bot.shell import Finished, vllm_digest
from tests.servers.github import World, faults, github_server

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "ghp_testsonly"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
AT = "2026-03-24T12:00+00:00"
DAY = ("2026-03-24T06:00..11:00", "tz:UTC")


def _world() -> World:
    world = World()
    repository = world.repository("vllm-project/vllm")
    pull = repository.open_pr(
        "[ROCm] Fix {{ page }} of AITER", by="alice", at=NOW - timedelta(hours=3), labels=["rocm"]
    )
    pull.comment(body="Does this change the MI300 path?", by="bob", at=NOW - timedelta(hours=2))
    return world


def _drafts(folder: Path) -> list[str]:
    """The names of files that a digest was, or was about to be, written to."""
    return [path.name for path in folder.iterdir() if "digest.md" in path.name]


def _assert_one_clear_line(finished: Finished, code: int, *words: str) -> None:
    assert finished.code == code, finished.err
    assert finished.out == ""
    assert finished.err.startswith("vllm-digest: ")
    assert finished.err.count("\n") == 1
    assert "Traceback" not in finished.err
    for word in words:
        assert word in finished.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tody",), ("tody", "today")),
        (("2025-13-45",), ("2025-13-45",)),
        (("2025-12-10..2025-12-08",), ("2025-12-10", "earlier")),
        (("today", "tz:Asia/Shangai"), ("Asia/Shangai", "Asia/Shanghai")),
        (("today", "repo:nothing"), ("owner/name",)),
        (("today", "lang:xx"), ("xx", "en", "zh")),
        (("2025-12-11",), ("2025-12-11",)),
        (("today", "topic:amdd"), ("amdd",)),
        (("today", "--format", "pdf"), ("pdf", "json")),
        (("last",), ("last 6h",)),
        (("today", "repo:other/project"), ("other/project",)),
        (("today", "--output", "missing/folder/digest.md"), ("missing/folder/digest.md",)),
        (("subscribe", "daily", "09:00"), ("to:slack:TEAM/CHANNEL",)),
        (("subscribe", "weekly", "mon,tue"), ("subscribe weekly mon 10:00",)),
        (("deliveries", "retry"), ("deliveries retry s3-",)),
        (("worker", "--demmo"), ("--demmo",)),
        (("scheduler", "now"), ("takes nothing more", "now")),
        (("sync", "since:never"), ("never", "since:3d")),
        (("status", "repo:nothing"), ("owner/name",)),
        (("status", "--output", "status.md"), ("today --output digest.md",)),
        (("release", "v9.9"), ("sample holds no releases", "2025-12-10")),
        (("release", "foo"), ("release v0.11.0", "ask release foo")),
        (("help", "verifyy"), ("help verify",)),
        (("tody lang:en",), ("tody", "today")),
        (("prompt",), ("prompt summary yesterday",)),
        (("prompt", "amd"), ("amd", "code writes")),
        (("prompt", "topic-amd", "today"), ("topic-amd", "code writes")),
        (("prompt", "appendix"), ("appendix", "summary")),
        (("prompt", "summary", "format:json"), ("today format:json",)),
    ],
    ids=" ".join,
)
async def test_bad_input_gets_one_line_that_says_what_to_do_and_exit_code_2(
    arguments: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    _assert_one_clear_line(await vllm_digest(*arguments, "--demo", cwd=tmp_path), 2, *words)


async def test_a_line_to_type_stands_in_the_words_of_the_shells_language(tmp_path: Path) -> None:
    finished = await vllm_digest("移到", "s1", "--demo", cwd=tmp_path, LANG="zh_CN.UTF-8")

    _assert_one_clear_line(finished, 2, "移到 s3 发到:#general")


async def test_errors_are_said_in_the_language_of_the_command(tmp_path: Path) -> None:
    finished = await vllm_digest("2025-12-11", "lang:zh", "--demo", cwd=tmp_path)

    _assert_one_clear_line(finished, 2, "2025-12-11", "。")


@pytest.mark.parametrize(
    "line",
    ["tody lang:zh", "today importance:x lang:zh", "edition:foo lang:zh", "release --lang zh", "today lang:zh is:foo",
     "tz:Mars lang:zh", "今天 语言：zh 重要性：x", "help verifyy lang:zh", "today lang:zh --model"],
)  # fmt: skip
async def test_a_line_that_cannot_be_parsed_is_complained_of_in_the_language_it_names(
    line: str, tmp_path: Path
) -> None:
    _assert_one_clear_line(await vllm_digest(*line.split(), cwd=tmp_path), 2, "。")


async def test_a_mistake_is_told_in_the_language_of_the_shell_before_that_of_the_settings(
    tmp_path: Path,
) -> None:
    finished = await vllm_digest("tody", cwd=tmp_path, LANG="zh_CN.UTF-8", DIGEST_LANG="en")

    _assert_one_clear_line(finished, 2, "是否想写“today”")


async def test_a_shell_without_a_language_complains_and_helps_in_that_of_the_settings(tmp_path: Path) -> None:
    by_variable = await vllm_digest("tody", cwd=tmp_path, LANG="C.UTF-8", DIGEST_LANG="zh")
    (tmp_path / ".env").write_text("DIGEST_LANG=zh\n", "utf-8")
    by_file = await vllm_digest("tody", cwd=tmp_path, LANG="C.UTF-8")
    helped = await vllm_digest("help", cwd=tmp_path, LANG="C.UTF-8")

    _assert_one_clear_line(by_variable, 2, "是否想写“today”")
    assert by_file == by_variable
    assert "今天" in helped.out


@pytest.mark.parametrize("command", ["verify", "import", "prompt", "today"])
async def test_help_on_a_command_is_in_the_language_it_is_asked_for(command: str, tmp_path: Path) -> None:
    named = await vllm_digest("help", command, "lang:zh", cwd=tmp_path)
    flagged = await vllm_digest(command, "--help", "lang:zh", cwd=tmp_path)

    assert (named.code, flagged) == (0, named)
    assert not named.out.isascii()


async def test_a_line_in_one_argument_is_answered_as_one_in_several(tmp_path: Path) -> None:
    whole = await vllm_digest("today lang:zh", "--demo", "--format", "md", cwd=tmp_path)
    parts = await vllm_digest("today", "lang:zh", "--demo", "--format", "md", cwd=tmp_path)
    question = await vllm_digest("any AMD PRs today?", "--demo", cwd=tmp_path)

    assert (whole.code, whole.out) == (0, parts.out)
    assert "26701" in question.out


async def test_without_a_token_it_says_how_to_get_one_and_exits_3(tmp_path: Path) -> None:
    _assert_one_clear_line(
        await vllm_digest("today", cwd=tmp_path, PATH="/nowhere"), 3, "GITHUB_TOKEN", "--demo"
    )


async def test_wrong_settings_are_listed_all_at_once(tmp_path: Path) -> None:
    finished = await vllm_digest(
        "today", "--demo", cwd=tmp_path, DIGEST_TZ="Mars/Base", DIGEST_REPOS="nothing"
    )

    _assert_one_clear_line(finished, 3, "DIGEST_TZ", "Mars/Base", "DIGEST_REPOS", "nothing")


async def test_a_wrong_token_is_said_without_showing_it(tmp_path: Path) -> None:
    async with github_server(_world(), token=TOKEN) as github:
        finished = await vllm_digest(
            *DAY,
            cwd=tmp_path,
            GITHUB_TOKEN="ghp_wrongwrongwrong",
            GITHUB_GRAPHQL_URL=github.url,
            DIGEST_AT=AT,
        )

    _assert_one_clear_line(finished, 4, "token")
    assert "ghp_wrong" not in finished.err


@pytest.mark.parametrize("line", ["sync", "sync since:90d lang:zh"])
async def test_a_sync_that_github_refuses_is_said_in_one_line(line: str, tmp_path: Path) -> None:
    async with github_server(_world(), token=TOKEN, clock=lambda: NOW) as github:
        github.faults.on("edge", faults.secondary_limit(600))
        finished = await vllm_digest(
            *line.split(), cwd=tmp_path, GITHUB_TOKEN=TOKEN, GITHUB_GRAPHQL_URL=github.url, DIGEST_AT=AT
        )

    _assert_one_clear_line(finished, 4, "GitHub", "600")


async def test_github_being_down_is_said_and_no_file_is_left(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/graphql"
        finished = await vllm_digest(
            *DAY,
            "--output",
            "digest.md",
            cwd=tmp_path,
            GITHUB_TOKEN=TOKEN,
            GITHUB_GRAPHQL_URL=url,
            DIGEST_AT=AT,
        )

    _assert_one_clear_line(finished, 4, "GitHub")
    assert _drafts(tmp_path) == []


async def test_an_unknown_repository_is_said(tmp_path: Path) -> None:
    async with github_server(_world(), token=TOKEN) as github:
        finished = await vllm_digest(
            *DAY,
            "repo:no/such",
            cwd=tmp_path,
            GITHUB_TOKEN=TOKEN,
            GITHUB_GRAPHQL_URL=github.url,
            DIGEST_AT=AT,
        )

    _assert_one_clear_line(finished, 4, "no/such")


async def test_redis_that_cannot_be_reached_is_said_with_exit_code_5(tmp_path: Path) -> None:
    async with github_server(_world(), token=TOKEN) as github:
        finished = await vllm_digest(
            *DAY,
            cwd=tmp_path,
            GITHUB_TOKEN=TOKEN,
            GITHUB_GRAPHQL_URL=github.url,
            DIGEST_AT=AT,
            REDIS_URL=f"unix://{tmp_path}/none.sock",
        )

    _assert_one_clear_line(finished, 5)


async def test_a_real_window_is_fetched_once_and_then_answered_from_the_mirror(tmp_path: Path) -> None:
    async with github_server(_world(), token=TOKEN, clock=lambda: NOW) as github:
        environment = {"GITHUB_TOKEN": TOKEN, "GITHUB_GRAPHQL_URL": github.url, "DIGEST_AT": AT}
        first = await vllm_digest(*DAY, cwd=tmp_path, **environment)
        asked = len(github.requests)
        again = await vllm_digest(*DAY, "lang:zh", cwd=tmp_path, **environment)

    assert (first.code, again.code) == (0, 0), first.err + again.err
    assert asked > 0
    assert len(github.requests) == asked
    assert "new PRs 1" in first.out
    assert "新 PR 1" in again.out
    assert "1 of 1 comments" in first.out
    assert "label `rocm`" in first.out


async def test_github_failing_half_way_leaves_no_file_and_the_next_run_succeeds(tmp_path: Path) -> None:
    async with github_server(_world(), token=TOKEN, clock=lambda: NOW) as github:
        environment = {"GITHUB_TOKEN": TOKEN, "GITHUB_GRAPHQL_URL": github.url, "DIGEST_AT": AT}
        github.faults.nth(2, faults.unauthorized())
        broken = await vllm_digest(*DAY, "--output", "digest.md", cwd=tmp_path, **environment)
        left = _drafts(tmp_path)
        mended = await vllm_digest(*DAY, "--output", "digest.md", cwd=tmp_path, **environment)

    _assert_one_clear_line(broken, 4)
    assert left == []
    assert mended.code == 0, mended.err
    assert (tmp_path / "digest.md").read_text("utf-8").startswith("# vLLM development report - 2026-03-24")
    assert mended.out == ""


@pytest.mark.parametrize("format_", ["md", "json", "jekyll", "text"])
async def test_each_format_goes_to_stdout_and_nothing_to_stderr(format_: str, tmp_path: Path) -> None:
    finished = await vllm_digest("today", "--demo", "--format", format_, cwd=tmp_path)

    assert (finished.code, finished.err) == (0, "")
    if format_ == "json":
        assert json.loads(finished.out)["counts"]["prs_opened"] == 6
    else:
        assert "#30384" in finished.out
    assert "The texts of this sample are retold, not quoted." in finished.out


async def test_the_sample_says_in_chinese_too_that_its_texts_are_retold(tmp_path: Path) -> None:
    finished = await vllm_digest("today", "lang:zh", "--demo", cwd=tmp_path)

    assert (finished.code, finished.err) == (0, "")
    assert "本样例中的文字均为转述" in finished.out


@pytest.mark.parametrize(("lang", "row"), [("en", "merged"), ("zh", "合并于")])
async def test_an_imported_time_of_which_the_day_alone_is_known_is_shown_as_that_day(
    lang: str, row: str, tmp_path: Path
) -> None:
    item = {
        "repo": "o/r", "kind": "pull_request", "number": 7, "title": "Fix the scheduler", "state": "MERGED",
        "createdAt": "2026-03-24T00:00:00Z", "mergedAt": "2026-03-25T00:00:00Z", "datesAre": "day",
    }  # fmt: skip
    exact = {**item, "number": 8, "mergedAt": "2026-03-25T03:04:05Z", "datesAre": "exact"}
    (tmp_path / "items.jsonl").write_text(f"{json.dumps(item)}\n{json.dumps(exact)}\n", "utf-8")
    settings = {"DIGEST_REPOS": "o/r", "DIGEST_ACCESS": "o/r=shell", "DIGEST_AT": "2026-04-01T00:00Z"}
    await vllm_digest("import", "items.jsonl", cwd=tmp_path, PATH="/nowhere", **settings)

    finished = await vllm_digest(
        "2026-03-25", f"lang:{lang}", "tz:UTC", cwd=tmp_path, PATH="/nowhere", **settings
    )

    assert finished.code == 0, finished.err
    assert f"({row}: 2026-03-25)" in finished.out
    assert f"({row}: 2026-03-25 03:04:05 (UTC))" in finished.out
    assert " 00:00" not in finished.out.partition("---")[2]


async def test_an_output_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "digest.md", tmp_path / "latest.md"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)

    finished = await vllm_digest("today", "--demo", "--output", "latest.md", cwd=tmp_path)

    assert finished.code == 0
    assert link.is_symlink()
    assert target.read_text("utf-8").startswith("# vLLM")
    assert target.stat().st_mode & 0o777 == 0o600


async def test_an_output_that_is_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    reading = asyncio.create_task(asyncio.to_thread(pipe.read_text, "utf-8"))
    finished = await vllm_digest("today", "--demo", "--output", "pipe", cwd=tmp_path)

    assert finished.code == 0
    assert (await reading).startswith("# vLLM")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


async def test_a_terminal_without_unicode_gets_the_digest_too(tmp_path: Path) -> None:
    finished = await vllm_digest("today", "lang:zh", "--demo", cwd=tmp_path, PYTHONIOENCODING="ascii")

    assert finished.code == 0, finished.err
    assert "#30384" in finished.out


async def test_a_window_outside_the_sample_is_never_called_quiet(tmp_path: Path) -> None:
    finished = await vllm_digest(
        "yesterday", "--demo", "--format", "json", cwd=tmp_path, DIGEST_AT="2030-01-01T00:00Z"
    )

    digest = json.loads(finished.out)
    assert (digest["outcome"], digest["complete"]) == ("partial", False)
    assert finished.err.startswith("vllm-digest: ")


async def test_a_filter_limits_the_topic_section_as_well(tmp_path: Path) -> None:
    finished = await vllm_digest("today", "label:bug", "--demo", cwd=tmp_path)

    assert "26701" not in finished.out
    assert "PRs closed unmerged 3" in finished.out


async def test_a_backup_of_the_demo_holds_the_demo_and_an_empty_store_is_called_so(tmp_path: Path) -> None:
    await vllm_digest("subscribe", "daily", "09:00", "to:terminal", "--demo", cwd=tmp_path)
    demo = await vllm_digest("backup", "demo.backup", "--demo", cwd=tmp_path)
    real = await vllm_digest("backup", "real.backup", cwd=tmp_path)

    assert (demo.code, real.code) == (0, 0)
    assert "subscriptions" in demo.out
    assert "Saved 0 keys" in real.out
    assert "The store is empty" in real.out


async def test_run_without_a_terminal_or_a_platform_exits_3(tmp_path: Path) -> None:
    _assert_one_clear_line(await vllm_digest("run", cwd=tmp_path, GITHUB_TOKEN=TOKEN), 3, "terminal")


async def test_a_bot_that_is_told_to_stop_while_it_starts_ends_well(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *("python", "-m", "bot", "run", "--demo"),
        env=_environment(tmp_path)
        | {
            "DISCORD_TOKEN": "testsonly.discord.token",
            "DISCORD_API_URL": "http://127.0.0.1:1",
            "WEB_PORT": "0",
        },
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None

    said = await process.stderr.readline()  # before it serves
    process.send_signal(signal.SIGTERM)
    rest = await process.stderr.read()

    assert b"sample" in said
    assert b"Traceback" not in rest
    assert await process.wait() == 0


async def test_run_or_demo_without_a_token_and_a_terminal_prints_the_demo_digest(tmp_path: Path) -> None:
    finished = await vllm_digest("run", "--or-demo", cwd=tmp_path, PATH="/nowhere")

    assert finished.code == 0
    assert finished.out.startswith("# vLLM development report - 2025-12-10")


async def test_a_reader_that_leaves_early_causes_no_complaint(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_shell(
        "python -m bot today --demo | head -n 1",
        cwd=tmp_path,
        env=_environment(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()

    assert out.decode().startswith("# vLLM")
    assert err == b""


def _environment(folder: Path) -> dict[str, str]:
    import sys
    from pathlib import Path

    return {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "DIGEST_STATE_DIR": str(folder / "state")}


async def test_help_names_every_command_and_version_the_version(tmp_path: Path) -> None:
    shown = await vllm_digest("--help", cwd=tmp_path)
    version = await vllm_digest("--version", cwd=tmp_path)

    assert shown.code == version.code == 0
    for word in ("today", "week", "subscribe", "topics", "--output", "--demo"):
        assert word in shown.out
    assert version.out.startswith("vllm-digest ")
