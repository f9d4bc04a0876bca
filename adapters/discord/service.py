"""The Discord of a process: one bot, its REST API and the shards that this process holds."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from adapters.chat.watching import Cadence
from adapters.chat.work import Work
from adapters.discord.app import App
from adapters.discord.gateway import Gateway
from adapters.discord.identifies import Identifies
from adapters.discord.kept import Kept
from adapters.discord.parts import Parts
from adapters.discord.posting import Posting
from adapters.discord.refused import Closed
from adapters.discord.rest import open_rest
from adapters.discord.sync import sync

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from discord import app_commands

    from adapters.chat import Desk
    from adapters.discord.access import Access
    from adapters.discord.posting import Chart
    from adapters.discord.rest import Rest
    from adapters.store import Store

DEFAULT_CADENCE = Cadence(first_s=1.5)
"""Discord itself shows that the bot thinks, or types."""


class DiscordService:
    """Discord, while `run` does."""

    def __init__(
        self,
        access: Access,
        *,
        desk: Desk,
        store: Store,
        chart: Chart,
        repos: Sequence[str],
        topics: Mapping[str, Mapping[str, str]],
        topic_names: Collection[str],
        links: Sequence[str],
        now: Callable[[], datetime],
        cadence: Cadence = DEFAULT_CADENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """See `Parts`. sleep: waits between two connections."""
        self._access = access
        self._desk = desk
        self._store = store
        self._chart = chart
        self._repos = repos
        self._topics = topics
        self._topic_names = topic_names
        self._links = links
        self._now = now
        self._cadence = cadence
        self._sleep = sleep
        self._gateway: Gateway | None = None

    @property
    def is_connected(self) -> bool:
        """Whether Discord can reach us at this moment, here or in another process."""
        return self._gateway is not None and self._gateway.is_ready

    async def is_ready(self) -> bool:
        """The same."""
        return self.is_connected

    async def run(self) -> None:
        """Answer until cancelled; what has begun then comes to its end. Raises DiscordError where Discord does not let
        us, and StoreError."""
        # discord.py's log quotes payloads, and what goes wrong comes to us
        logging.getLogger("discord").setLevel(logging.CRITICAL)
        kept = Kept(self._store.cache)
        access = self._access
        async with open_rest(
            access.token, api_url=access.api_url, closed=Closed(self._store.cache), keep=kept.keep
        ) as rest:
            work = Work(self._store.handled, "discord")
            try:
                self._gateway = self._gateway_of(self._parts(rest, work, kept))
                await self._gateway.run()
            finally:
                self._gateway = None
                await asyncio.shield(work.close())

    def _parts(self, rest: Rest, work: Work, kept: Kept) -> Parts:
        return Parts(
            desk=self._desk,
            rest=rest,
            posting=Posting(rest, self._store.handled, self._chart, crossposts=self._access.crosspost),
            work=work,
            handled=self._store.handled,
            kept=kept,
            repos=self._repos,
            topics=self._topics,
            topic_names=self._topic_names,
            links=self._links,
            cadence=self._cadence,
        )

    def _gateway_of(self, parts: Parts) -> Gateway:
        rest, access = parts.rest, self._access
        identifies = Identifies(rest.application_id, self._store.pace, rest.session_start, sleep=self._sleep)

        async def synced(tree: app_commands.CommandTree[App]) -> None:
            await sync(tree, rest.application_id, access.guild_ids, self._store.platforms)

        def client_of(shard: int, shards: int) -> App:
            return App(parts, shard=shard, shards=shards, identifies=identifies, now=self._now, sync=synced)

        return Gateway(
            access.token,
            rest.application_id,
            start=rest.session_start,
            client_of=client_of,
            leases=self._store.leases,
            sleep=self._sleep,
        )
