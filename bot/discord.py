"""The Discord of the settings, over the desk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.slack import github_site

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.chat.watching import Cadence
    from adapters.discord.access import Access
    from adapters.discord.service import DiscordService
    from bot.settings import Settings
    from bot.wiring import Services


def discord_of(
    settings: Settings,
    services: Services,
    *,
    cadence: Cadence | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> DiscordService:
    """The Discord of the settings, over the desk. cadence: of the word of progress, None for the usual one. sleep:
    waits between two connections."""
    from adapters.discord.service import DEFAULT_CADENCE, DiscordService

    return DiscordService(
        discord_access(settings),
        desk=services.desk,
        store=services.store,
        chart=services.charts.of,
        repos=settings.repos,
        topics=services.topics.titles,
        topic_names=services.topics.names,
        links=(github_site(settings.github_graphql_url),),
        now=services.now,
        cadence=cadence or DEFAULT_CADENCE,
        sleep=sleep,
    )


def discord_access(settings: Settings) -> Access:
    """What the settings say of Discord. Only where `Settings.has_discord`."""
    from adapters.discord.access import Access

    token = settings.discord_token
    return Access(
        settings.discord_api_url,
        token=token.get_secret_value() if token is not None else "",
        guild_ids=settings.discord_guild_ids,
        crosspost=settings.crosspost,
    )
