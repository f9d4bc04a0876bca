"""The doctor: each part that the settings name is tried, and what is wrong is told with what to do about it."""

from __future__ import annotations

import asyncio
import stat
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.checking import Check, failed
from summarizer import markup
from summarizer.errors import DigestError, StoreError
from summarizer.models import OFFLINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from adapters.checking import Outcome
    from adapters.github.tokens import Tokens
    from adapters.store import Store
    from bot.settings import Settings
    from summarizer.languages import Language

SKEW_S = 60.0
"""How far the clock may be off: GitHub takes an app's signature from at most a minute ahead, and Slack's own are
refused after five (docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app,
docs.slack.dev/authentication/verifying-requests-from-slack)."""

SIGNS = {"ok": "✓", "warn": "⚠", "bad": "✗", "skipped": "–"}

NOT_CONFIGURED = 3


async def examine(settings: Settings, *, token: str | Tokens | None, env_file: Path) -> list[Check]:
    """Look at everything, in the order in which it is told. Nothing is changed, posted or asked of a model; the
    embedded server is started where there is no other.

    token: what GitHub is asked with. Never raises a DigestError.
    """
    parts = await asyncio.gather(
        _env_file(env_file),
        _clock(settings),
        _github(settings, token),
        _store(settings),
        _model(settings),
        _slack(settings),
        _discord(settings),
        _ops(settings),
        _web(settings),
    )
    return [check for part in parts for check in part]


def report(checks: Sequence[Check], language: Language) -> str:
    """The checks as plain text: a line each, with what to do about it where there is something to be done."""
    lines = [told(check, language) for check in checks]
    bad = sum(check.outcome == "bad" for check in checks)
    lines += ["", language.text("doctor.to_mend", n=bad) if bad else language.text("doctor.well")]
    return "\n".join(lines) + "\n"


def exit_code(checks: Sequence[Check]) -> int:
    """3 where something is not configured rightly, else 0."""
    return NOT_CONFIGURED if any(check.outcome == "bad" for check in checks) else 0


def told(check: Check, language: Language) -> str:
    """One check as a line of plain text."""
    line = {"sign": SIGNS[check.outcome], "about": language.text(f"doctor.about.{check.about}")}
    if check.problem is not None:
        found = language.problem(check.problem)
        return language.text("doctor.line", **line, found=found)
    values = {name: _safe(value) for name, value in check.values.items()}
    found = language.text(f"doctor.found.{check.found}", **values)
    if check.outcome not in ("warn", "bad"):
        return language.text("doctor.line", **line, found=found)
    return language.text(
        "doctor.line_do", **line, found=found, do=language.text(f"doctor.do.{check.found}", **values)
    )


def _safe(value: object) -> object:
    # a workspace's name may hold anything; what is more than text shows itself
    return markup.one_line(value) if type(value) is str else value


async def _env_file(path: Path) -> list[Check]:
    try:
        mode = (await asyncio.to_thread(path.stat)).st_mode
    except OSError:
        return [Check("env", "ok", "env_absent")]
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [Check("env", "warn", "env_open", {"path": str(path)})]
    return [Check("env", "ok", "env", {"path": str(path)})]


async def _clock(settings: Settings) -> list[Check]:
    if settings.at is not None:
        return [Check("clock", "warn", "clock_set", {"at": settings.at})]
    from adapters.clocks import ahead_s

    ahead = await ahead_s(settings.github_graphql_url)
    if ahead is None:
        return [Check("clock", "skipped", "clock_unknown")]
    if abs(ahead) > SKEW_S:
        return [Check("clock", "bad", "clock_wrong", {"seconds": round(abs(ahead))})]
    return [Check("clock", "ok", "clock")]


async def _github(settings: Settings, token: str | Tokens | None) -> list[Check]:
    from adapters.github.client import Patience
    from adapters.github.fetch import GitHub

    checks: list[Check] = []
    try:
        source = GitHub(
            settings.github_graphql_url, token, timeout_s=10, patience=Patience(attempts=2, longest_wait_s=5)
        )
    except DigestError as problem:
        return [failed("github", problem)]
    async with source:
        for repo in settings.repos:
            try:
                name, is_private = await source.describe(repo)
            except DigestError as problem:
                checks.append(failed("github", problem))
                if problem.key != "github.repo_not_found":
                    return checks  # nothing else would be answered either
                continue
            closed = is_private and not any(granted == name.lower() for granted, _ in settings.access.grants)
            found = "repo_closed" if closed else "repo_private" if is_private else "repo"
            checks.append(Check("github", "warn" if closed else "ok", found, {"repo": name}))
        points = source.points
    if points.remaining is not None and points.limit is not None and points.reset_at is not None:
        reset = f"{points.reset_at.astimezone(ZoneInfo(settings.tz)):%H:%M}"
        values = {"n": points.remaining, "limit": points.limit, "reset": reset, "zone": settings.tz}
        checks.append(Check("points", "ok", "points", values))
    return checks


async def _store(settings: Settings) -> list[Check]:
    try:
        async with _opened(settings) as store:
            await store.ping()
            memory = await store.memory()
            eviction = store.eviction
    except DigestError as problem:
        return [failed("store", problem)]
    values = {
        "server": memory.server,
        "version": memory.version,
        "used": f"{memory.used_bytes / 1e6:.0f}",
        "folder": str(settings.state_dir),
    }
    checks = [Check("store", "ok", "store" if settings.redis_url else "store_embedded", values)]
    if eviction is not None:
        outcome: Outcome = "bad" if "state" in eviction.lost else "warn"
        checks.append(Check("store", outcome, problem=StoreError(eviction.key, **eviction.values)))
    return checks


def _opened(settings: Settings) -> AbstractAsyncContextManager[Store]:
    from adapters.store import open_store

    redis_url = settings.redis_url.get_secret_value() if settings.redis_url else None
    cache_url = settings.cache_redis_url.get_secret_value() if settings.cache_redis_url else None
    return open_store(redis_url, settings.state_dir, cache_redis_url=cache_url)


async def _model(settings: Settings) -> list[Check]:
    if settings.model == OFFLINE:
        return [Check("model", "ok", "model_offline")]
    from summarizer.models import ChatModels, ModelSettings

    try:
        models = ChatModels.open(ModelSettings(settings.model, settings.fast_model, settings.model_context))
    except DigestError as problem:
        return [failed("model", problem)]
    if models is not None:
        await models.aclose()
    return [Check("model", "ok", "model", {"model": settings.model})]


async def _slack(settings: Settings) -> list[Check]:
    if not settings.has_slack:
        return [Check("slack", "skipped", "slack_absent")]
    from adapters.slack.checks import check
    from bot.slack import slack_access

    access = slack_access(settings)
    checks = await check(access)
    if access.secret_key is None or any(each.outcome == "bad" for each in checks):
        return checks
    from adapters.secrets import Box
    from adapters.slack.checks import check_installed
    from adapters.slack.sealed import Sealed

    try:
        async with _opened(settings) as store:
            return checks + await check_installed(Sealed(store.workspaces, Box(access.secret_key)), access)
    except DigestError:  # told where the store is looked at
        return checks


async def _discord(settings: Settings) -> list[Check]:
    if not settings.has_discord:
        return [Check("discord", "skipped", "discord_absent")]
    from adapters.discord.checks import check
    from bot.discord import discord_access

    return await check(discord_access(settings))


async def _ops(settings: Settings) -> list[Check]:
    """Whether those who run the bot can be told there."""
    at = settings.ops_channel
    if at is None:
        return [Check("ops", "skipped", "ops_absent")] if settings.has_slack or settings.has_discord else []
    from adapters.chat.delivering import Undelivered
    from bot.couriers import open_couriers

    try:
        async with (
            _opened(settings) as store,
            open_couriers(settings, store, settings.state_dir, show=_unheard, is_paced=False) as couriers,
        ):
            courier = couriers.get(at.platform)
            if courier is None:
                return [Check("ops", "bad", "ops_platform", {"platform": at.platform.capitalize()})]
            found = await courier.place(at.channel, at.team)
    except Undelivered as trouble:
        return [failed("ops", trouble.error)]
    except DigestError as problem:
        return [failed("ops", problem)]
    return [Check("ops", "ok", "ops", {"name": found.name, "id": str(at)})]


def _unheard(_: str) -> None:
    """Nothing is posted to the terminal."""


async def _web(settings: Settings) -> list[Check]:
    if settings.public_url is None:
        return [Check("web", "skipped", "web_absent")]
    values = {"url": settings.public_url}
    if not settings.public_url.startswith("https://"):
        return [Check("web", "warn", "web_plain", values)]
    return [Check("web", "ok", "web", values)]
