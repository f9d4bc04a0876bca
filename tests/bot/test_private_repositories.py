"""A private repository is told to those whom DIGEST_ACCESS names, and to nobody else that it is there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context, Reply
from summarizer import languages
from tests.bot.running import Heard
from tests.bot.shell import vllm_digest
from tests.servers.github import World, faults, github_server

if TYPE_CHECKING:
    from pathlib import Path

    from bot.wiring import Services
    from tests.bot.running import Host
    from tests.servers.github import GitHub

PRIVATE, UNKNOWN = "acme/engine", "acme/absent"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GRANTED = {"DIGEST_ACCESS": "acme/engine=slack:T1+discord:7"}

LINES = (
    "today", "last 30d", "release last", "release v9.9", "any issues today?", "what about #1 today?", "status", "sync",
    "sync since:90d", "今天 format:json",
)  # fmt: skip
STRANGERS = (
    Context("slack", conversation="c", team="T2", person="U1"),
    Context("slack", conversation="d", person="U1"),
    Context("discord", conversation="e", team="8", person="9"),
    Context("discord", conversation="f", person="7"),
)


def secret() -> World:
    world = World()
    repository = world.repository(PRIVATE, private=True)
    for day in range(40):
        repository.open_issue(f"Secret {day}", by="ann", at=NOW - HOUR - day * DAY, labels=["rocm"])
    repository.release("v1.0", at=NOW - 2 * DAY)
    repository.release("v1.1", at=NOW - DAY)
    return world


def member(lang: str = "en") -> Context:
    """Somebody in the workspace that was granted."""
    return Context("slack", conversation="m", team="T1", person="U2", lang=lang, tz="UTC")


def asked(server: GitHub, before: int = 0) -> list[str]:
    return [request.operation for request in server.requests[before:]]


async def both(bot: Services, line: str, context: Context) -> tuple[Reply, Reply]:
    """What is said of the private repository, and of one that is not there."""
    return (
        await bot.commands(f"{line} repo:{PRIVATE}", context),
        await bot.commands(f"{line} repo:{UNKNOWN}", context),
    )


def assert_alike(private: Reply, unknown: Reply) -> None:
    """Byte for byte, but for the name that was typed."""
    assert private.text.replace(PRIVATE, UNKNOWN).encode() == unknown.text.encode()
    assert private.problem is not None
    assert unknown.problem is not None
    assert type(private.problem) is type(unknown.problem)
    assert (private.lang, private.format, private.digest) == (unknown.lang, unknown.format, unknown.digest)


@pytest.mark.parametrize(
    ("stranger", "lang"),
    list(zip(STRANGERS, ("en", "zh", "zh", "en"), strict=True)),
    ids=lambda each: each if isinstance(each, str) else f"{each.surface} {each.team or each.person}",
)
async def test_before_anybody_read_it_a_stranger_cannot_tell_it_from_one_that_is_not_there(
    stranger: Context, lang: str, host: Host
) -> None:
    async with (
        github_server(secret(), clock=lambda: NOW) as server,
        host.bot(server, NOW, **GRANTED) as bot,
    ):
        for line in LINES:
            assert_alike(*await both(bot, f"{line} lang:{lang}", stranger))


@pytest.mark.parametrize(
    ("stranger", "lang"),
    list(zip(STRANGERS, ("en", "zh", "zh", "en"), strict=True)),
    ids=lambda each: each if isinstance(each, str) else f"{each.surface} {each.team or each.person}",
)
async def test_nor_once_others_read_it(stranger: Context, lang: str, host: Host) -> None:
    async with (
        github_server(secret(), clock=lambda: NOW) as server,
        host.bot(server, NOW, **GRANTED) as bot,
    ):
        for line in ("sync since:90d", "today", "release last"):
            read = await bot.commands(f"{line} repo:{PRIVATE}", member())
            assert read.problem is None

        for line in LINES:
            assert_alike(*await both(bot, f"{line} lang:{lang}", stranger))


@pytest.mark.parametrize("read_before", [False, True])
async def test_while_github_fails_status_of_both_is_alike(read_before: bool, host: Host) -> None:
    async with github_server(secret(), clock=lambda: NOW) as server:
        if read_before:
            async with host.bot(server, NOW, **GRANTED) as bot:
                await bot.commands(f"sync since:90d repo:{PRIVATE}", member())
        server.faults.always(faults.secondary_limit(600))
        async with host.bot(server, NOW, **GRANTED) as bot:
            private, unknown = await both(bot, "status", STRANGERS[0])

    told = [reply.text.partition("- Store: ")[0] for reply in (private, unknown)]  # the store grows by itself
    assert told[0].replace(PRIVATE, UNKNOWN) == told[1]
    assert "Never synced" in told[0]


async def test_a_name_in_any_case_and_an_unknown_one_are_refused_alike(host: Host) -> None:
    async with (
        github_server(secret(), clock=lambda: NOW) as server,
        host.bot(server, NOW, **GRANTED) as bot,
    ):
        await bot.commands(f"sync repo:{PRIVATE}", member())
        private = await bot.commands("status repo:ACME/Engine", STRANGERS[0])
        unknown = await bot.commands("status repo:ACME/Absent", STRANGERS[0])

    assert private.text.replace("ACME/Engine", "ACME/Absent") == unknown.text


async def test_unless_it_is_named_nobody_reads_it(host: Host) -> None:
    async with (
        github_server(secret(), clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_REPOS=PRIVATE) as bot,
    ):
        for context in (member(), *STRANGERS, Heard().chat()):
            for line in LINES:
                reply = await bot.commands(line, context)
                assert reply.problem is not None
                assert "Secret" not in reply.text


@pytest.mark.parametrize("line", ["today", "last 30d", "any issues today?", "sync since:90d", "release last"])
async def test_a_stranger_causes_nothing_to_be_read_on(line: str, host: Host) -> None:
    async with (
        github_server(secret(), clock=lambda: NOW, latency_s=0.02) as server,
        host.bot(server, NOW, **GRANTED) as bot,
    ):
        for _ in range(3):
            await bot.commands(f"{line} repo:{PRIVATE}", STRANGERS[0])

        assert asked(server) == ["describe"] * 3


async def test_a_digest_that_was_built_for_others_is_not_told_to_a_stranger(host: Host) -> None:
    async with (
        github_server(secret(), clock=lambda: NOW) as server,
        host.bot(server, NOW, **GRANTED) as bot,
    ):
        line = f"2026-03-20..2026-03-22 repo:{PRIVATE}"
        built = await bot.commands(line, member())
        before = len(server.requests)
        refused = await bot.commands(line, STRANGERS[0])
        kept = await bot.commands(line, member())

        assert asked(server, before) == []
    assert "Secret 3" in built.text
    assert refused.problem is not None
    assert kept.digest is not None
    assert kept.digest.generation.cached


@pytest.mark.parametrize(
    "context",
    [Context("slack", team="T1", person="U2", tz="UTC"), Context("discord", team="7", person="3", tz="UTC")],
    ids=["slack", "discord"],
)
async def test_whoever_is_granted_reads_everything(context: Context, host: Host) -> None:
    async with (
        github_server(secret(), clock=lambda: NOW) as server,
        host.bot(server, NOW, **GRANTED) as bot,
    ):
        today = await bot.commands(f"today repo:{PRIVATE}", context)
        answer = await bot.commands(f"any issues today? repo:{PRIVATE}", context)
        synced = await bot.commands(f"sync since:30d repo:{PRIVATE}", context)
        status = await bot.commands(f"status repo:{PRIVATE}", context)
        release = await bot.commands(f"release last repo:{PRIVATE}", context)

    assert "Secret 0" in today.text
    assert "Secret 0" in answer.text
    assert "2026-02-22 12:00 (UTC)" in synced.text
    assert status.text.startswith(f"**{PRIVATE}**")
    assert release.digest is not None
    assert all(reply.problem is None for reply in (today, answer, synced, status, release))


@pytest.mark.parametrize("line", ["today", "last 3d", "any issues today?", "sync", "status"])
async def test_a_repository_that_becomes_private_is_told_no_more(line: str, host: Host) -> None:
    world = secret()
    world.repository(PRIVATE).is_private = False
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW, **GRANTED) as bot:
        public = await bot.commands(f"{line} repo:{PRIVATE}", STRANGERS[0])
    world.repository(PRIVATE).is_private = True
    later = NOW + HOUR
    async with github_server(world, clock=lambda: later) as server, host.bot(server, later, **GRANTED) as bot:
        private, unknown = await both(bot, line, STRANGERS[0])

    assert public.problem is None
    assert_alike(private, unknown)


@pytest.mark.parametrize("line", ["2026-03-10", "any issues on 2026-03-10?", "status", "sync"])
async def test_what_a_file_told_of_it_is_not_for_strangers_either(
    line: str, host: Host, tmp_path: Path
) -> None:
    file = tmp_path / "items.jsonl"
    fields = {"kind": "issue", "number": 999, "title": "Secret", "createdAt": "2026-03-10T09:00:00Z"}
    file.write_text(json.dumps({"repo": PRIVATE, **fields}), "utf-8")
    async with github_server(secret(), clock=lambda: NOW) as server:
        async with host.bot(None, NOW) as bot:
            await bot.mirrors.take_in(file, languages.load("en"), Heard().chat().progress)
        async with host.bot(server, NOW, **GRANTED) as bot:
            assert_alike(*await both(bot, line, STRANGERS[0]))
            told = await bot.commands(f"2026-03-10 repo:{PRIVATE}", member())

    assert "Secret" in told.text


# The shell, whose person owns the settings


async def test_the_shell_learns_how_to_open_the_gate(tmp_path: Path) -> None:
    async with github_server(secret(), clock=lambda: NOW) as server:
        environment = {
            "GITHUB_TOKEN": server.token or "",
            "GITHUB_GRAPHQL_URL": server.url,
            "DIGEST_AT": NOW.isoformat(),
            "DIGEST_REPOS": PRIVATE,
        }
        refused = await vllm_digest("today", cwd=tmp_path, **environment)
        opened = await vllm_digest("today", cwd=tmp_path, DIGEST_ACCESS=f"{PRIVATE}=shell", **environment)

    assert (refused.code, refused.out) == (3, "")
    assert f"add {PRIVATE}=shell to DIGEST_ACCESS" in refused.err
    assert refused.err.count("\n") == 1
    assert opened.code == 0, opened.err
    assert "Secret 0" in opened.out


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_every_command_of_the_shell_and_the_terminal_tells_how(lang: str, host: Host) -> None:
    async with (
        github_server(secret(), clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_REPOS=PRIVATE) as bot,
    ):
        for line in ("today", "any issues today?", "status", "sync", "release last"):
            for context in (Context("shell", lang=lang), Heard().chat(lang)):
                reply = await bot.commands(line, context)

                assert f"{PRIVATE}=shell" in reply.text
                assert "Secret" not in reply.text
