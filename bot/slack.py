"""The Slack of the settings, over the desk."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters.slack.access import Access

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.chat.watching import Cadence
    from adapters.slack.service import SlackService
    from bot.settings import Settings
    from bot.wiring import Services


@asynccontextmanager
async def slack_of(
    settings: Settings, services: Services, *, cadence: Cadence | None = None
) -> AsyncIterator[SlackService]:
    """The Slack of the settings, over the desk. cadence: of the word of progress, None for the usual one."""
    from adapters.slack.service import DEFAULT_CADENCE, open_slack

    async with open_slack(
        slack_access(settings),
        desk=services.desk,
        store=services.store,
        chart=services.charts.of,
        repos=settings.repos,
        topics=services.topics.titles,
        links=(github_site(settings.github_graphql_url),),
        now=services.now,
        cadence=cadence or DEFAULT_CADENCE,
    ) as slack:
        yield slack


def slack_access(settings: Settings) -> Access:
    """What the settings say of Slack."""
    names = (
        "slack_bot_token",
        "slack_app_token",
        "slack_signing_secret",
        "slack_client_secret",
        "secret_key",
    )
    bot, app, signing, client, key = (
        None if (secret := getattr(settings, name)) is None else secret.get_secret_value() for name in names
    )
    return Access(
        settings.slack_api_url,
        bot_token=bot,
        app_token=app,
        signing_secret=signing,
        client_id=settings.slack_client_id,
        client_secret=client,
        secret_key=key,
        public_url=settings.public_url,
    )


def github_site(graphql_url: str) -> str:
    """What the addresses of a GitHub's pages begin with: `https://api.github.com/graphql` belongs to
    `https://github.com/`, and `https://HOST/api/graphql` to `https://HOST/`."""
    host = urlsplit(graphql_url).hostname or ""
    return f"https://{'github.com' if host == 'api.github.com' else host}/"
