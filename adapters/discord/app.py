"""The app: a client for one shard. What people do is acknowledged at once, and worked on afterwards.

Discord waits three seconds for the first word about an interaction
(docs.discord.com/developers/interactions/receiving-and-responding), so that nothing that could wait stands before it:
no store, no look-up, but for what a form opens with, which is given half of that. Everything after that goes through
`Rest`, which needs no gateway.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import discord
import structlog
from discord import app_commands
from discord.gateway import KeepAliveHandler
from discord.http import Route

from adapters.chat.arriving import named
from adapters.discord import actions, tree
from adapters.discord.acknowledging import acknowledged, came, deferred
from adapters.discord.buttons import Buttons, acknowledge
from adapters.discord.leaving import left
from adapters.discord.lines import Lines, is_for_us
from adapters.discord.modals import Modals, opens_modal
from adapters.discord.requests import proxy_of
from adapters.discord.speakers import is_in_guild, spot_of_interaction
from adapters.discord.translating import LanguageFiles
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.chat import Subscribed
    from adapters.discord.identifies import Identifies
    from adapters.discord.parts import Parts
    from summarizer.errors import BadInput

log = structlog.get_logger()

Interaction = discord.Interaction[Any]

INTENTS: Final = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
"""None of them is privileged."""


class App(discord.Client):
    """One shard's connection."""

    def __init__(
        self,
        parts: Parts,
        *,
        shard: int,
        shards: int,
        identifies: Identifies,
        now: Callable[[], datetime],
        sync: Callable[[app_commands.CommandTree[App]], Awaitable[object]],
    ) -> None:
        """sync: has Discord know the commands, where it does not."""
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            # what is not asked of it is not kept
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            proxy=proxy_of(Route.BASE),
            shard_id=shard,
            shard_count=shards,
        )
        self._parts = parts
        self._shard = shard
        self._identifies = identifies
        self._sync = sync
        self._lines, self._buttons, self._modals = Lines(parts), Buttons(parts), Modals(parts)
        self.is_connected = False
        self.tree = CommandTree(self)
        for command in tree.build(self, topics=parts.topics, now=now, names=parts.topic_names):
            self.tree.add_command(command)

    async def setup_hook(self) -> None:
        """Once it is logged in."""
        await self.tree.set_translator(LanguageFiles())
        if self._shard == 0:
            try:
                await self._sync(self.tree)
            except DigestError as error:  # those that Discord knows go on working
                log.error("commands not synced", error=error.key, values=error.values)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """See `Identifies`."""
        await self._identifies.turn(shard_id or 0)

    async def close(self) -> None:
        """End it, with a connection that `before_identify_hook` kept from identifying: discord.py loses sight of its
        socket and of the thread of its heartbeats."""
        for thread in threading.enumerate():
            socket = thread.ws if isinstance(thread, KeepAliveHandler) else None
            if socket is not None and socket is not self.ws and socket._connection is self._connection:
                await socket.close(code=1000)
        await super().close()

    async def on_connect(self) -> None:
        """The session stands."""
        self.is_connected = True
        log.info("discord connected", shard=self._shard)

    async def on_resumed(self) -> None:
        """It stands again."""
        self.is_connected = True
        log.info("discord resumed", shard=self._shard)

    async def on_disconnect(self) -> None:
        """It is lost, and discord.py tries to resume it."""
        if self.is_connected:
            log.info("discord disconnected", shard=self._shard)
        self.is_connected = False

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Nothing is said where nobody asked."""
        log.info("guild joined", guild=guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """It leaves quietly. A server that an outage takes away is still its own."""
        log.info("guild left", guild=guild.id)
        self._left(guild.id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """What was posted there ends."""
        self._left(channel.guild.id, channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """The same, of a thread, whether or not it was known."""
        self._left(payload.guild_id, payload.thread_id)

    async def on_error(self, event: str, /, *_args: object, **_kwargs: object) -> None:
        """Of a handler of events, which has a bug."""
        log.exception("bug", event_name=event)  # noqa: LOG004 - discord.py calls this in one

    async def on_message(self, message: discord.Message) -> None:
        """Somebody said something that the bot may see."""
        me = self.user.id if self.user is not None else 0
        if is_for_us(message, me):
            named()
            self._parts.work.start(f"message {message.id}", lambda: self._lines.said(message, me))

    async def on_interaction(self, interaction: Interaction) -> None:
        """A button, a menu or a form; commands come by the tree."""
        data: Mapping[str, Any] = dict(interaction.data or {})
        custom_id = str(data.get("custom_id") or "")
        if not custom_id.startswith(actions.PREFIX):
            return
        came(interaction)
        if interaction.type is discord.InteractionType.component:
            custom_id = next(iter(data.get("values") or ()), custom_id)
            await self._pressed(interaction, custom_id)
        elif interaction.type is discord.InteractionType.modal_submit and await deferred(interaction):
            self._start(interaction, lambda: self._modals.submitted(interaction, custom_id))

    async def _pressed(self, interaction: Interaction, custom_id: str) -> None:
        if opens_modal(custom_id):
            await self._open(interaction, custom_id)
        elif await acknowledged(interaction, lambda: acknowledge(interaction, custom_id)):
            self._start(interaction, lambda: self._buttons(interaction, custom_id))

    async def _open(self, interaction: Interaction, custom_id: str) -> None:
        """A form, or else the reason why there is none."""
        try:
            form = await self._modals.form(interaction, custom_id)
        except DigestError as error:
            problem = error
        else:
            await acknowledged(interaction, lambda: interaction.response.send_modal(form))
            return
        if await deferred(interaction):
            self._start(interaction, lambda: self._modals.not_opened(interaction, problem))

    # what the tree calls: see `tree.Handlers`

    async def command(self, interaction: Interaction, line: str, values: Mapping[str, str]) -> None:
        """A command that is a line of the grammar."""
        is_public = values.get("in") == "channel"
        if await deferred(interaction, is_public=is_public):
            self._start(interaction, lambda: self._lines.command(interaction, line, is_public=is_public))

    async def refused(self, interaction: Interaction, problem: BadInput) -> None:
        """What was filled in is no line of the grammar."""
        if await deferred(interaction):
            self._start(interaction, lambda: self._lines.refused(interaction, problem))

    async def prefs(self, interaction: Interaction, line: str, values: Mapping[str, str]) -> None:
        """Defaults of one's own, a channel's or a server's."""
        if await deferred(interaction):
            self._start(interaction, lambda: self._lines.prefs(interaction, line, values))

    async def explain(self, interaction: Interaction, message: discord.Message) -> None:
        """What a message links to."""
        if await deferred(interaction):
            self._start(interaction, lambda: self._lines.explain(interaction, message))

    async def repos(self, interaction: Interaction) -> Sequence[str]:
        """What may be asked for there."""
        return await self._lines.repos(interaction)

    async def subscriptions(self, interaction: Interaction) -> Sequence[Subscribed]:
        """What may be seen there."""
        return await self._lines.subscriptions(interaction)

    def _left(self, guild: int, channel: int = 0) -> None:
        # it may come back and leave again within the hour, so that this is no event to be known again
        self._parts.work.start("", lambda: left(self._parts.desk, guild, channel))

    def _start(self, interaction: Interaction, job: Callable[[], Awaitable[None]]) -> None:
        async def work() -> None:
            if is_in_guild(interaction):
                spot = spot_of_interaction(interaction)
                for place in filter(None, (spot.channel, spot.message)):  # whose thread has its id
                    await self._parts.rest.closed.open(place, interaction.app_permissions)
            await job()

        self._parts.work.start(str(interaction.id), work)


class CommandTree(app_commands.CommandTree[App]):
    """Tells of commands that Discord knows and we do not."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Every command is let in; it is the first to hear of one."""
        came(interaction)
        return True

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Of an older or newer version, while two of them run, or a bug of ours."""
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            log.warning("command of another version", command=getattr(error, "name", ""))
        else:
            log.error("bug", error=repr(error.__cause__ or error))
