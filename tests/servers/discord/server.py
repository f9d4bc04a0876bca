"""The tests' Discord on a loopback port."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from tests.servers.discord import content, rest
from tests.servers.discord.failing import Fault
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.methods import applications
from tests.servers.discord.pace import matches
from tests.servers.discord.people import Person
from tests.servers.discord.records import ANN, BEN, BOT, Call, Channel, Guild, Message
from tests.servers.discord.sessions import (
    DIRECT_MESSAGES,
    GUILD_MESSAGES,
    GUILDS,
    MESSAGE_CONTENT,
    PRIVILEGED,
)
from tests.servers.discord.shapes import channel_json, guild_create_json, member_json, message_json
from tests.servers.discord.state import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.servers.discord.gateway import Identify
    from tests.servers.discord.interactions import Interaction
    from tests.servers.discord.records import JSON


class DiscordServer(State):
    """A running server. ann, ben: two people; ann owns the first server."""

    def __init__(self) -> None:
        super().__init__()
        self.gateway = Gateway(self)
        self.on_change = self._told
        self.ann, self.ben = self.person(ANN), self.person(BEN)

    def _told(self, event: str, data: JSON, guild: int) -> None:
        """The app is told what changes in servers that it is in."""
        if self.guilds[guild].has_bot:
            self.gateway.dispatch(event, data, guild=guild, intent=0 if "MEMBER" in event else GUILDS)

    def person(self, user: int) -> Person:
        return Person(self, self.users[user])

    # --- faults

    def fail(
        self,
        pattern: str,
        status: int = 500,
        body: JSON | str | None = None,
        times: int = 1,
        *,
        after_effect: bool = False,
        headers: dict[str, str] | None = None,
        when: Callable[[Call], bool] | None = None,
    ) -> Fault:
        """Let the next `times` requests fail that `pattern` matches (see `pace.matches`).

        body: JSON, or a page's text. after_effect: it is done and its answer lost. when: only those it picks.
        """
        return self._add(Fault(pattern, "refuse", times, status, body, after_effect, headers or {}, when))

    def limit(self, pattern: str, retry_after: float, times: int = 1, *, is_global: bool = False) -> Fault:
        """Answer the next requests with 429."""
        body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global}
        headers = {
            "Retry-After": str(int(retry_after) + 1),
            "X-RateLimit-Scope": "global" if is_global else "shared",
        }
        return self.fail(pattern, 429, body, times, headers=headers)

    def hang(
        self, pattern: str, times: int = 1_000_000, *, when: Callable[[Call], bool] | None = None
    ) -> Fault:
        """Let requests wait until the fault's `release()`, and then be answered."""
        return self._add(Fault(pattern, "hang", times, when=when))

    def drop(self, pattern: str, times: int = 1, *, after_effect: bool = False) -> Fault:
        """Cut the connection instead of an answer."""
        return self._add(Fault(pattern, "drop", times, after_effect=after_effect))

    def late(
        self,
        pattern: str,
        after_s: float | None = None,
        times: int = 1,
        *,
        when: Callable[[Call], bool] | None = None,
    ) -> Fault:
        """Cut the connection at once, and do what was asked `after_s` seconds later, or for None once the fault is
        released: in the state that everything is in then, and with what is sent now."""
        return self._add(Fault(pattern, "late", times, when=when, after_s=after_s))

    def _add(self, fault: Fault) -> Fault:
        self.faults.append(fault)
        return fault

    def called(self, pattern: str) -> list[Call]:
        """The requests that a pattern matches, in order."""
        return [call for call in self.calls if matches(pattern, call)]

    @property
    def invalid_requests(self) -> int:
        """How many answers were 401, 403 or 429, of which 10,000 in ten minutes ban an address
        (docs.discord.com/developers/topics/rate-limits)."""
        return sum(call.status in (401, 403, 429) for call in self.calls)

    @property
    def identifies(self) -> list[Identify]:
        return self.gateway.identifies

    # --- what may be done to it

    def register(self, payload: list[JSON], guild: int = 0) -> list[JSON]:
        """Have commands registered without asking whether Discord would take them."""
        return applications.register(self, payload, guild)

    def enable(self, intent: int) -> None:
        """Enable a privileged intent in the application's settings."""
        self.application_flags |= PRIVILEGED[intent]

    def join_guild(self, guild: int) -> Guild:
        """Add the bot to a server (again)."""
        joined = self.guilds[guild]
        joined.has_bot = True
        joined.members.setdefault(BOT, set())
        self.gateway.dispatch("GUILD_CREATE", guild_create_json(self, joined), guild=guild, intent=GUILDS)
        return joined

    def remove_guild(self, guild: int) -> None:
        """Kick the bot out of a server."""
        self.guilds[guild].has_bot = False
        self.guilds[guild].members.pop(BOT, None)
        self.gateway.dispatch("GUILD_DELETE", {"id": str(guild)}, guild=guild, intent=GUILDS)

    def delete_guild(self, guild: int) -> None:
        """Its owner deletes a server."""
        self.remove_guild(guild)
        for channel in [each.id for each in self.channels.values() if each.guild == guild]:
            del self.channels[channel]
        del self.guilds[guild]

    def lose_guild(self, guild: int) -> None:
        """An outage takes a server away for a while; the bot is still in it."""
        data = {"id": str(guild), "unavailable": True}
        self.gateway.dispatch("GUILD_DELETE", data, guild=guild, intent=GUILDS)

    def again(self, what: Interaction | Message) -> None:
        """Tell the app once more what it was told already."""
        if isinstance(what, Message):
            self.tell_message("MESSAGE_CREATE", what)
        else:
            self.gateway.dispatch("INTERACTION_CREATE", what.payload, guild=what.guild)

    def lock_thread(self, thread: int, *, is_archived: bool = False) -> None:
        self.channels[thread].is_locked = True
        self.channels[thread].is_archived = is_archived
        self.tell_channel("THREAD_UPDATE", self.channels[thread])

    def archive_thread(self, thread: int) -> None:
        self.channels[thread].is_archived = True
        self.tell_channel("THREAD_UPDATE", self.channels[thread])

    def delete_channel(self, channel: int) -> None:
        gone = self.channels.pop(channel)
        event = "THREAD_DELETE" if gone.is_thread else "CHANNEL_DELETE"
        self.gateway.dispatch(event, channel_json(self, gone), guild=gone.guild, intent=GUILDS)

    def delete(self, message: Message) -> None:
        """Delete a message."""
        message.is_deleted, message.deleted_at = True, self.now()
        if not message.only_for:
            data = {"id": str(message.id), "channel_id": str(message.channel)}
            data |= {"guild_id": str(message.guild)} if message.guild else {}
            self.gateway.dispatch("MESSAGE_DELETE", data, guild=message.guild, intent=self._intent(message))
        self.changed()

    # --- what the app is told

    def tell_message(self, event: str, message: Message) -> None:
        """The bot hears of messages in channels that it sees."""
        channel = self.channels[message.channel]
        if not self.permissions(channel):
            return
        data = message_json(self, message) | {"channel_type": channel.kind}
        if message.guild:
            data |= {
                "guild_id": str(message.guild),
                "member": member_json(self.guilds[message.guild], message.author),
            }
        self.gateway.dispatch(event, data, guild=message.guild, intent=self._intent(message))

    def _intent(self, message: Message) -> int:
        return GUILD_MESSAGES if message.guild else DIRECT_MESSAGES

    def tell_channel(self, event: str, channel: Channel) -> None:
        data = channel_json(self, channel)
        if event == "THREAD_CREATE":
            data["newly_created"] = True
        self.gateway.dispatch(event, data, guild=channel.guild, intent=GUILDS)

    def shown(self, message: Message) -> JSON:
        """A message as REST gives it, without what the bot may not read."""
        whole = message_json(self, message)
        may_read = not message.guild or self.application_flags & PRIVILEGED[MESSAGE_CONTENT]
        return whole if may_read else content.hidden(whole)

    # --- the server itself

    def app(self) -> web.Application:
        app = web.Application(client_max_size=200_000_000)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_get("/attachments/{channel}/{file}/{name}", self._file)
        rest.add_routes(self, app)
        return app

    async def _file(self, http: web.Request) -> web.Response:
        for message in self.all_messages:
            for version in message.versions:
                for file in version.files:
                    if str(file.id) == http.match_info["file"]:
                        return web.Response(body=file.data)
        return web.Response(status=404)

    async def aclose(self) -> None:
        """Let go of who waits, and of every connection."""
        self.closing.set()
        await self.ended()
        self.gateway.drop()


@asynccontextmanager
async def discord_server() -> AsyncIterator[DiscordServer]:
    """A Discord on a free loopback port until the block ends: a server with Ann, Ben, the bot and #general."""
    discord = DiscordServer()
    runner = web.AppRunner(discord.app(), access_log=None, shutdown_timeout=0.2, handle_signals=False)
    await runner.setup()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        discord.port = listener.getsockname()[1]
        await web.SockSite(runner, listener).start()
        try:
            yield discord
        finally:
            await discord.aclose()
            await runner.cleanup()
            if discord.broken:
                raise discord.broken[0]
