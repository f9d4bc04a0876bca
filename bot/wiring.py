"""Wiring: every adapter is built once, handed to what needs it, and closed in reverse."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.store import open_store
from bot.ask import Ask
from bot.clock import Clock
from bot.commands import Commands, Defaults
from bot.digests import Digests
from bot.sync import Sync
from summarizer.errors import BadInput, NotConfigured
from summarizer.models import ChatModels, ModelSettings
from summarizer.topics import TopicRules, load_topics
from summarizer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.source import Source
    from bot.settings import Settings

DEMO_CLOCK = "2025-12-10T20:59+08:00"
"""Where the bundled sample ends."""

GH_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Services:
    """What the process is made of, once it runs."""

    commands: Commands
    topics: TopicRules


@asynccontextmanager
async def open_services(settings: Settings, *, demo: bool, one_shot: bool) -> AsyncIterator[Services]:
    """Build everything that answers lines.

    demo: the bundled sample with the clock at its end, kept apart from real data. one_shot: the token may come from
    `gh auth token`. Raises NotConfigured, StoreError.
    """
    topics = load_topics(settings.topics_file)
    clock = Clock.at(settings.at or (DEMO_CLOCK if demo else None))
    models = ChatModels.open(
        ModelSettings(
            model=settings.model,
            fast_model=settings.fast_model,
            context=settings.model_context,
            tracing=settings.tracing,
        )
    )
    section_topics = _section_topics(settings.topics, topics)
    async with AsyncExitStack() as stack:
        if models is not None:
            await stack.enter_async_context(models)
        source = await stack.enter_async_context(_source(settings, clock, demo=demo, one_shot=one_shot))
        # a demo never touches real data, and needs no server of anybody's
        state_dir = settings.state_dir / "demo" if demo else settings.state_dir
        redis_url = settings.redis_url.get_secret_value() if settings.redis_url and not demo else None
        store = await stack.enter_async_context(open_store(redis_url, state_dir))
        sync = Sync(source, store.mirror, now=clock.now, every=timedelta(seconds=settings.sync_every))
        digests = Digests(
            sync=sync,
            store=store,
            writer=Writer(models),
            writer_name=f"{settings.model} {settings.fast_model} {settings.model_context}",
            topics=topics,
            section_topics=section_topics,
        )
        defaults = Defaults(
            repo=settings.repos[0], tz=settings.tz, lang=None if settings.lang == "auto" else settings.lang
        )
        ask = Ask(digests=digests, topics=topics, defaults=defaults)
        yield Services(Commands(digests=digests, ask=ask, topics=topics, defaults=defaults), topics)


def _section_topics(names: tuple[str, ...], topics: TopicRules) -> tuple[str, ...]:
    try:
        return tuple(topics.find(name).key for name in names)
    except BadInput as error:  # the same mistake, but made in a setting
        known = ", ".join(topic.key for topic in topics.topics)
        problem = f"DIGEST_TOPICS: one of {known} expected, not {error.values.get('topic')!r}"
        raise NotConfigured("settings.invalid", problems=(problem,)) from None


@asynccontextmanager
async def _source(settings: Settings, clock: Clock, *, demo: bool, one_shot: bool) -> AsyncIterator[Source]:
    if demo:
        from adapters.github.demo import Demo

        yield Demo()
        return
    token = settings.github_token.get_secret_value() if settings.github_token else None
    if token is None and one_shot:
        token = await gh_token()
    if token is None:
        raise NotConfigured("github.no_token")
    from adapters.github.fetch import GitHub  # loads gql, which only real data needs

    async with GitHub(settings.github_graphql_url, token, now=clock.now) as source:
        yield source


async def gh_token() -> str | None:
    """The token of GitHub's own command line tool, where it is installed and signed in."""
    gh = shutil.which("gh")
    if gh is None:
        return None
    process = await asyncio.create_subprocess_exec(
        gh,
        "auth",
        "token",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(GH_TIMEOUT_S):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    return out.decode().strip() or None if process.returncode == 0 else None
