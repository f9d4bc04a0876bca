"""The doctor: each part that the settings name is tried, and what is wrong is told with what to do about it."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.checking import Check, failed
from bot.topicfile import TopicFile
from summarizer import markup
from summarizer.errors import DigestError, StoreError
from summarizer.models import OFFLINE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractAsyncContextManager

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
        _folder(settings),
        _topics(settings),
        _github(settings, token),
        _store(settings),
        _model(settings),
        _slack(settings),
        _discord(settings),
        _ops(settings),
        _web(settings),
        _doors(settings),
        _telemetry(os.environ),
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
            refusal = await store.try_room()
            schema = await store.schema()
    except DigestError as problem:
        return [failed("store", problem)]
    values = {
        "server": memory.server,
        "version": memory.version,
        "used": f"{memory.used_bytes / 1e6:.0f}",
        "folder": str(settings.state_dir),
    }
    checks = [Check("store", "ok", "store" if settings.redis_url else "store_embedded", values)]
    if schema is not None:
        checks.append(Check("schema", "ok", "schema", {"version": schema}))
    if refusal is not None:
        checks.append(failed("room", refusal))
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


async def _folder(settings: Settings) -> list[Check]:
    """Where the store of this host, the index and the history lie."""
    path = settings.state_dir
    values = {"folder": str(path)}
    try:
        await asyncio.to_thread(path.mkdir, 0o700, parents=True, exist_ok=True)
        free = (await asyncio.to_thread(shutil.disk_usage, path)).free
    except OSError as error:
        return [Check("folder", "bad", "folder_none", values | {"reason": error.strerror or ""})]
    values["free"] = f"{free / 1e6:,.0f}"
    if not os.access(path, os.W_OK | os.X_OK):
        return [Check("folder", "bad", "folder_closed", values)]
    if settings.redis_url is None and await asyncio.to_thread(_is_in_memory, path):
        return [Check("folder", "warn", "folder_memory", values)]
    return [Check("folder", "ok", "folder", values)]


def _is_in_memory(path: Path) -> bool:
    """Whether what lies there is gone when the machine restarts, as far as Linux tells."""
    try:
        lines = Path("/proc/mounts").read_text("utf-8").splitlines()
    except OSError:
        return False
    at = str(path.resolve())
    places = {parts[1]: parts[2] for line in lines if len(parts := line.split()) > 2}
    holding = [place for place in places if at == place or at.startswith(place.rstrip("/") + "/")]
    return bool(holding) and places[max(holding, key=len)] in ("tmpfs", "ramfs")


async def _topics(settings: Settings) -> list[Check]:
    try:
        topics = await asyncio.to_thread(TopicFile, settings.topics_file, section_topics=settings.topics)
    except DigestError as problem:
        return [failed("topics", problem)]
    return [Check("topics", "ok", "topics", {"n": len(topics.topics), "file": topics.name})]


async def _doors(settings: Settings) -> list[Check]:
    """Who can open the pages, and what they see there."""
    checks: list[Check] = []
    granted = sorted({repo for repo, reader in settings.access.grants if reader == "web"})
    if granted and settings.web_auth is None:
        alone = _is_local(settings.web_host) and settings.public_url is None
        checks.append(Check("doors", "warn" if alone else "bad", "doors_open", {"repos": tuple(granted)}))
    elif settings.web_auth is not None:
        checks.append(Check("doors", "ok", "doors"))
    if not _is_local(settings.web_host) and settings.public_url is None:
        checks.append(Check("host", "warn", "host_open", {"host": settings.web_host}))
    if settings.metrics_token is not None:
        checks.append(Check("metrics", "ok", "metrics"))
    elif not _is_local(settings.web_host):
        checks.append(Check("metrics", "warn", "metrics_closed"))
    return checks


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


async def _telemetry(environ: Mapping[str, str]) -> list[Check]:
    """Whether what the standard variables ask for can be had."""
    from adapters.tracing import wanted

    checks: list[Check] = []
    for about, is_wanted, package, extra in (
        ("tracing", bool(wanted(environ)), "opentelemetry.sdk", "otel"),
        ("sentry", bool(environ.get("SENTRY_DSN", "").strip()), "sentry_sdk", "sentry"),
    ):
        if not is_wanted:
            continue
        values = {"install": f'pip install "vllm-digest[{extra}]"'}
        found = _has(package)
        checks.append(Check(about, "ok" if found else "bad", "told" if found else "told_not", values))
    return checks


def _has(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False


async def _web(settings: Settings) -> list[Check]:
    if settings.public_url is None:
        return [Check("web", "skipped", "web_absent")]
    values = {"url": settings.public_url}
    if not settings.public_url.startswith("https://"):
        return [Check("web", "warn", "web_plain", values)]
    return [Check("web", "ok", "web", values)]
