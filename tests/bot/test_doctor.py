"""The doctor: each part is really tried, and what is wrong is told with what to do about it."""

from __future__ import annotations

import os
import sys
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.oauth.installation_store import Installation
from starlette.responses import Response
from starlette.routing import Route

from adapters.checking import Check, failed
from adapters.clocks import ahead_s
from adapters.discord.permissions import NEEDED, Names
from adapters.secrets import Box
from adapters.slack.manifest import SCOPES
from adapters.slack.sealed import Sealed
from bot.doctor import examine, exit_code, report
from bot.settings import Settings, load_settings
from summarizer import languages
from summarizer.errors import GitHubError
from tests.servers.discord import GUILD, discord_server
from tests.servers.discord import TOKEN as DISCORD_TOKEN
from tests.servers.github import World, github_server
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, GENERAL, TEAM, Token, slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

    from adapters.store import Store
    from tests.servers.github import GitHub

REPO = "vllm-project/vllm"
TOKEN = "ghp_testsonly"
TOPIC = """
[[topic]]
key = "{key}"
title = {{ en = "A", zh = "A" }}

  [[topic.rule]]
  on = "title"
  match = ["rocm"]
"""
OURS = (
    "DIGEST_",
    "GITHUB_",
    "SLACK_",
    "DISCORD_",
    "REDIS_",
    "OPENAI_",
    "PUBLIC_",
    "WEB_",
    "METRICS_",
    "OTEL_",
    "SENTRY_",
)
"""What names of settings begin with."""


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """None of whoever runs the tests."""
    for name in os.environ:
        if name.startswith(OURS):
            monkeypatch.delenv(name)


class Place:
    """Where the doctor is called to: a GitHub, a store, settings."""

    def __init__(self, github: GitHub, redis_url: str, folder: Path) -> None:
        self.github = github
        self.folder = folder
        self.settings: dict[str, Any] = {
            "GITHUB_GRAPHQL_URL": github.url,
            "REDIS_URL": redis_url,
            "DIGEST_STATE_DIR": str(folder),
            "DIGEST_TZ": "UTC",
        }

    async def found(self, token: str | None = TOKEN, **settings: Any) -> list[Check]:  # noqa: ANN401
        """What the doctor finds with these settings beside the usual ones; None takes one away."""
        merged = {name: value for name, value in (self.settings | settings).items() if value is not None}
        loaded: Settings = load_settings(**merged)
        return await examine(loaded, token=token, env_file=self.folder / ".env")

    async def said(self, about: str, token: str | None = TOKEN, **settings: Any) -> list[tuple[str, str]]:  # noqa: ANN401
        """The outcomes of one part, and what was found or the error's key."""
        return [
            (each.outcome, each.problem.key if each.problem else each.found)
            for each in await self.found(token, **settings)
            if each.about == about
        ]


@asynccontextmanager
async def _github(ahead: timedelta = timedelta(0)) -> AsyncIterator[GitHub]:
    world = World()
    world.repository(REPO)
    world.repository("acme/secret", private=True)

    async def date(_request: Request) -> Response:
        told = (datetime.now(UTC) - ahead).strftime("%a, %d %b %Y %H:%M:%S GMT")
        return Response(headers={"Date": told})

    async with github_server(world, routes=lambda _: [Route("/graphql", date, methods=["HEAD"])]) as server:
        yield server


@pytest.fixture
async def place(redis_server: str, store: Store, tmp_path: Path) -> AsyncIterator[Place]:
    del store  # whose fixture empties it
    async with _github() as github:
        yield Place(github, redis_server, tmp_path)


async def test_a_bot_that_is_set_up_rightly_is_well(place: Place) -> None:
    async with slack_server() as slack, discord_server() as discord:
        slack.tokens[BOT_TOKEN] = Token(BOT_TOKEN, TEAM, frozenset(SCOPES))
        discord.integration_types = {"0": {}, "1": {}}
        checks = await place.found(
            SLACK_API_URL=slack.url,
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_APP_TOKEN=APP_TOKEN,
            DISCORD_API_URL=discord.api_url,
            DISCORD_TOKEN=DISCORD_TOKEN,
            DISCORD_GUILD_IDS=str(GUILD),
            DIGEST_OPS_CHANNEL=f"slack:{TEAM}/{GENERAL}",
            PUBLIC_URL="https://digest.example.org",
        )

    assert [each for each in checks if each.outcome != "ok"] == []
    assert exit_code(checks) == 0
    assert {"github", "store", "model", "clock", "slack_bot", "slack_scopes", "slack_socket", "web"} <= {
        each.about for each in checks
    }
    assert {"discord_bot", "discord_server", "discord_invite"} <= {each.about for each in checks}
    assert "Nothing has to be mended." in report(checks, languages.load("en"))


async def test_what_is_not_set_up_is_passed_over(place: Place) -> None:
    checks = await place.found()

    skipped = {each.about for each in checks if each.outcome == "skipped"}
    assert skipped == {"slack", "discord", "web"}
    assert exit_code(checks) == 0


async def test_everything_that_is_wrong_is_told_at_once(place: Place, tmp_path: Path) -> None:
    async with slack_server() as slack:
        slack.tokens[BOT_TOKEN].error = "token_revoked"
        checks = await place.found(
            "ghp_wrong",
            SLACK_API_URL=slack.url,
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_APP_TOKEN=APP_TOKEN,
            REDIS_URL=f"unix://{tmp_path}/nobody",
            DIGEST_MODEL="openai:gpt-5-mini",
        )

    bad = {each.about: each.problem.key for each in checks if each.outcome == "bad" and each.problem}
    assert bad == {
        "github": "github.bad_token",
        "store": "store.unreachable",
        "model": "model.key_missing",
        "slack_bot": "init.bot_token",
    }
    assert exit_code(checks) == 3
    assert "4 things have to be mended." in report(checks, languages.load("en"))


async def test_the_channel_of_those_who_run_the_bot_is_one_that_can_be_posted_in(place: Place) -> None:
    async with slack_server() as slack:
        slack.tokens[BOT_TOKEN] = Token(BOT_TOKEN, TEAM, frozenset(SCOPES))
        elsewhere = slack.add_channel("C0AWAY", "away", is_member=False).id
        settings = {"SLACK_API_URL": slack.url, "SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}
        said = [
            await place.said("ops", DIGEST_OPS_CHANNEL=channel, **settings)
            for channel in (None, f"slack:{TEAM}/{elsewhere}", f"discord:{GUILD}/1")
        ]

    assert said == [
        [("skipped", "ops_absent")],
        [("bad", "subscriptions.no_channel")],
        [("bad", "ops_platform")],
    ]


async def test_a_discord_that_is_away_spoils_nothing_else(place: Place) -> None:
    checks = await place.found(DISCORD_API_URL="http://127.0.0.1:1/api/v10", DISCORD_TOKEN=DISCORD_TOKEN)

    bad = {each.about: each.problem.key for each in checks if each.outcome == "bad" and each.problem}
    assert bad == {"discord_bot": "init.discord_unreachable"}
    assert exit_code(checks) == 3


async def test_the_workspaces_that_installed_the_app_are_looked_at(place: Place, store: Store) -> None:
    key = "k" * 32
    sealed = Sealed(store.workspaces, Box(key))
    await sealed.save(Installation(team_id=TEAM, bot_token=BOT_TOKEN, user_id="U0ANN"))
    async with slack_server() as slack:
        slack.tokens[BOT_TOKEN].scopes = frozenset(SCOPES)
        settings = {
            "SLACK_API_URL": slack.url,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_CLIENT_ID": "1234.5678",
            "SLACK_CLIENT_SECRET": "testsonly",
            "PUBLIC_URL": "https://digest.example.org",
        }
        right = await place.said("slack_installed", DIGEST_SECRET_KEY=key, **settings)
        wrong = await place.said("slack_installed", DIGEST_SECRET_KEY="o" * 32, **settings)

    assert right == [("ok", "installed")]
    assert wrong == [("bad", "secrets.no_key")]


async def test_github_is_asked_for_each_repository(place: Place) -> None:
    said = await place.said("github", DIGEST_REPOS=f"{REPO},acme/none,acme/secret")

    assert said == [("ok", "repo"), ("bad", "github.repo_not_found"), ("warn", "repo_closed")]


async def test_a_private_repository_that_somebody_may_read_is_well(place: Place) -> None:
    said = await place.said("github", DIGEST_REPOS="acme/secret", DIGEST_ACCESS="acme/secret=shell")

    assert said == [("ok", "repo_private")]


async def test_without_a_token_github_is_not_asked(place: Place) -> None:
    assert await place.said("github", None) == [("bad", "github.no_token")]
    assert place.github.requests == []


async def test_what_is_left_of_the_points_is_told(place: Place) -> None:
    [points] = [each for each in await place.found() if each.about == "points"]

    assert points.values["limit"] == place.github.points
    assert points.values["n"] == place.github.points - place.github.used
    assert points.values["zone"] == "UTC"


async def test_the_built_in_store_is_named_with_its_folder(place: Place) -> None:
    checks = await place.found(REDIS_URL=None)

    [store] = [each for each in checks if each.about == "store"]
    assert (store.outcome, store.found) == ("ok", "store_embedded")
    assert store.values["folder"] == str(place.folder)


async def test_a_server_that_evicts_is_told(place: Place, redis_server: str) -> None:
    from redis.asyncio import Redis

    async with Redis.from_url(redis_server) as redis:
        await redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            all_keys = await place.said("store")
            await redis.config_set("maxmemory-policy", "volatile-lru")
            expiring = await place.said("store")
        finally:
            await redis.config_set("maxmemory-policy", "noeviction")

    assert all_keys == [("ok", "store"), ("bad", "store.evicts_all")]
    assert expiring == [("ok", "store"), ("warn", "store.evicts_expiring")]


@pytest.mark.parametrize(("minutes", "outcome"), [(0, "ok"), (3, "bad"), (-3, "bad")])
async def test_a_clock_that_is_wrong_is_told(
    redis_server: str, store: Store, tmp_path: Path, minutes: int, outcome: str
) -> None:
    del store
    async with _github(timedelta(minutes=minutes)) as github:
        [(said, _)] = await Place(github, redis_server, tmp_path).said("clock")

    assert said == outcome


async def test_a_clock_that_is_set_is_told(place: Place) -> None:
    assert await place.said("clock", DIGEST_AT="2025-12-10T20:59+08:00") == [("warn", "clock_set")]


async def test_a_server_that_tells_no_time_tells_nothing_of_the_clock() -> None:
    world = World()
    async with github_server(world) as server:
        assert await ahead_s(server.url) is None
    assert await ahead_s(server.url) is None


async def test_how_far_the_clock_is_off_is_known_to_about_a_second() -> None:
    async with _github() as server:
        ahead = await ahead_s(server.url, lambda: time.time() + 100)

    assert ahead is not None
    assert 98 < ahead < 102


@pytest.mark.parametrize(("mode", "said"), [(0o600, "env"), (0o644, "env_open"), (None, "env_absent")])
async def test_a_file_of_tokens_that_others_can_read_is_told(
    place: Place, mode: int | None, said: str
) -> None:
    if mode is not None:
        (place.folder / ".env").write_text("", "utf-8")
        (place.folder / ".env").chmod(mode)

    [(_, found)] = await place.said("env")

    assert found == said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://digest.example.org", ("ok", "web")),
        ("http://digest.example.org", ("warn", "web_plain")),
        (None, ("skipped", "web_absent")),
    ],
)
async def test_links_need_an_address(place: Place, url: str | None, said: tuple[str, str]) -> None:
    assert await place.said("web", PUBLIC_URL=url) == [said]


async def test_a_model_is_opened_but_not_asked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")

    assert await place.said("model", DIGEST_MODEL="openai:gpt-5-mini") == [("ok", "model")]
    assert await place.said("model", DIGEST_MODEL="gpt-5-mini") == [("bad", "model.no_provider")]


async def test_the_folder_of_the_state_is_looked_at(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")

    assert await place.said("folder") == [("ok", "folder")]
    assert await place.said("folder", DIGEST_STATE_DIR=str(tmp_path / "file")) == [("bad", "folder_none")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, ("ok", "topics")),
        (TOPIC.format(key="amd"), ("ok", "topics")),
        ("[[topic", ("bad", "topics.toml")),
        (TOPIC.format(key="cpu"), ("bad", "settings.invalid")),
    ],
)
async def test_the_topic_file_is_read(
    place: Place, tmp_path: Path, text: str | None, said: tuple[str, str]
) -> None:
    path = tmp_path / "topics.toml"
    if text is not None:
        path.write_text(text, "utf-8")

    assert await place.said("topics", DIGEST_TOPICS_FILE=str(path) if text else None) == [said]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, []),
        ({"DIGEST_ACCESS": "a/b=web"}, [("doors", "warn", "doors_open")]),
        ({"DIGEST_ACCESS": "a/b=web", "PUBLIC_URL": "https://d.example"}, [("doors", "bad", "doors_open")]),
        ({"DIGEST_ACCESS": "a/b=web", "WEB_AUTH": f"token:{'x' * 16}"}, [("doors", "ok", "doors")]),
        (
            {"WEB_HOST": "192.0.2.1"},
            [("host", "warn", "host_open"), ("metrics", "warn", "metrics_closed")],
        ),
        (
            {"WEB_HOST": "::", "PUBLIC_URL": "https://d.example", "METRICS_TOKEN": "m" * 16},
            [("metrics", "ok", "metrics")],
        ),
    ],
)
async def test_who_can_open_the_pages_is_told(
    place: Place, settings: dict[str, str], said: list[tuple[str, str, str]]
) -> None:
    checks = await place.found(**settings)

    told = [(each.about, each.outcome, each.found) for each in checks]
    assert [each for each in told if each[0] in ("doors", "host", "metrics")] == said


async def test_a_store_of_the_present_version_is_told_and_one_that_is_full_is_bad(
    place: Place, redis_server: str
) -> None:
    from redis.asyncio import Redis

    assert await place.said("schema") == [("ok", "schema")]
    assert await place.said("room") == []
    async with Redis.from_url(redis_server) as redis:
        await redis.config_set("maxmemory", 1)
        try:
            full = await place.said("room")
        finally:
            await redis.config_set("maxmemory", 0)
    assert full == [("bad", "store.full")]


async def test_what_telemetry_needs_is_looked_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await place.said("sentry") == []
    monkeypatch.setenv("SENTRY_DSN", "https://key@sentry.example/1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    assert await place.said("sentry") == [("ok", "told")]
    assert await place.said("tracing") == [("ok", "told")]
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    monkeypatch.setattr(sys, "path", [])
    assert await place.said("sentry") == [("bad", "told_not")]


@pytest.mark.parametrize("lang", languages.codes())
def test_each_finding_can_be_told_in_each_language(lang: str) -> None:
    words = languages.load(lang)
    values: dict[str, object] = dict.fromkeys(
        _placeholders(words.get("doctor.found"), words.get("doctor.do")), "x"
    ) | {"n": 2, "permissions": Names(NEEDED)}
    checks = [
        Check("github", "warn" if found in words.get("doctor.do") else "ok", found, values)
        for found in words.get("doctor.found")
    ]

    told = report(checks, words)

    assert len(told.splitlines()) == len(checks) + 2
    assert "{" not in told


def test_what_is_to_be_done_stands_beside_what_is_wrong() -> None:
    checks = [
        Check("web", "ok", "web", {"url": "https://digest.example.org"}),
        Check("env", "warn", "env_open", {"path": ".env"}),
        failed("github", GitHubError("github.bad_token")),
    ]

    lines = report(checks, languages.load("en")).splitlines()

    assert lines[0] == "✓ Web pages: at https://digest.example.org."
    assert lines[1].startswith("⚠ Settings: others on this machine")
    assert lines[1].endswith("Run chmod 600 .env.")
    assert lines[2].startswith("✗ GitHub: GitHub does not accept the token")
    assert lines[-1] == "One thing has to be mended."


def test_the_name_of_a_workspace_moves_no_cursor_and_makes_no_line() -> None:
    name = "Tests\x1b[2J\n✓ GitHub\u202e"
    told = report([Check("slack_bot", "ok", "bot", {"team": name, "name": name})], languages.load("en"))

    assert "\x1b" not in told
    assert "\u202e" not in told
    assert len(told.splitlines()) == 3


def _placeholders(*tables: dict[str, str]) -> set[str]:
    import string

    parsed = [string.Formatter().parse(text) for table in tables for text in table.values()]
    return {name for parts in parsed for _, name, _, _ in parts if name}
