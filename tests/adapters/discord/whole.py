"""The whole bot over the tests' GitHub and the tests' Discord, in this process, wired as `run` wires it.

    async def test_it_answers(host: Host, server: DiscordServer) -> None:
        async with whole(host, server):
            asked = server.ann.slash(GENERAL, "today")
            message = await result(asked)

`host` and `server` are fixtures of this folder. The clock stands at `talk.NOW`, the repository is `talk.talked_about()`
unless another world is given, and its mirror is filled before anybody speaks. Two bots on one store: enter `whole`
twice with the same host and server.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from adapters.chat.watching import Cadence
from adapters.discord import actions
from adapters.discord.service import DiscordService
from bot.discord import discord_of
from bot.settings import Settings
from bot.wiring import Services
from tests.adapters.discord.discord_reader import read
from tests.adapters.opened import opened, running
from tests.bot.talk import HOUR, NOW, talked_about
from tests.servers.discord import BOT, GENERAL, DiscordServer, walked
from tests.servers.github import GitHub

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from tests.bot.running import Host
    from tests.servers.discord import Interaction, Message
    from tests.servers.github import World

AT_ONCE = Cadence(first_s=0.0, every_s=0.0)
"""Progress is told of everything that takes any time at all, so that a test need not wait for its first word."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A running bot."""

    server: DiscordServer
    github: GitHub
    services: Services
    discord: DiscordService
    settings: Settings


SECRET = "acme/engine"
"""A private repository; see `with_secrets` and `granted`."""


def with_secrets() -> World:
    """The usual world, and the private repository with the issue "Plan the takeover"."""
    world = talked_about()
    world.repository(SECRET, private=True).open_issue("Plan the takeover", by="ann", at=NOW - HOUR, number=7)
    return world


def granted(*readers: str) -> dict[str, Any]:
    """The settings that let these read it, as `DIGEST_ACCESS` names them."""
    return {"DIGEST_ACCESS": f"{SECRET}={'+'.join(readers)}"}


@asynccontextmanager
async def whole(
    host: Host,
    server: DiscordServer,
    *,
    world: World | None = None,
    at: datetime = NOW,
    is_synced: bool = True,
    is_connected: bool = True,
    cadence: Cadence = AT_ONCE,
    desk_of: Callable[[Any], Any] = lambda desk: desk,
    **settings: object,
) -> AsyncIterator[Whole]:
    """A bot that Discord reaches. is_connected: whether the block begins once its session stands. desk_of: what stands
    before the desk. settings: by their environment names; None leaves one of ours out."""
    async with AsyncExitStack() as stack:
        chosen: dict[str, Any] = {
            "DISCORD_TOKEN": server.token,
            "DISCORD_API_URL": server.api_url,
            **settings,
        }
        roof = await stack.enter_async_context(
            opened(host, world=world, at=at, is_synced=is_synced, **chosen)
        )
        services = replace(roof.services, desk=desk_of(roof.services.desk))
        discord = discord_of(roof.named, services, cadence=cadence, sleep=_at_once)
        before = len(server.identifies)
        await stack.enter_async_context(running(discord.run))
        if is_connected:
            await server.until(lambda: len(server.identifies) > before and server.gateway.is_ready)
        yield Whole(server, roof.github, roof.services, discord, roof.settings)


async def result(asked: Interaction, contains: str = "", count: int = 1) -> Message:
    """The newest message of an answer that is no word of progress, once there are `count` of them."""

    def there() -> list[Message]:
        found = [each for each in asked.messages if not is_progress(each) and contains in words_of(each)]
        return found if len(found) >= count else []

    found: list[Message] = await asked.until(there)
    return found[-1]


async def told(asked: Interaction, words: str) -> Message:
    """The newest message of an answer with these words, once there is one."""
    found: list[Message] = await asked.until(
        lambda: [each for each in asked.messages if words in words_of(each)]
    )
    return found[-1]


async def posted(server: DiscordServer, channel: int, contains: str = "", count: int = 1) -> list[Message]:
    """The messages of the bot in a channel that all see, but for progress, once there are `count` of them."""

    def there() -> list[Message]:
        found = [
            each
            for each in server.all_messages
            if each.channel == channel
            and each.author == BOT
            and not (each.only_for or each.is_deleted or each.is_loading or is_progress(each))
            and contains in words_of(each)
        ]
        return found if len(found) >= count else []

    found: list[Message] = await server.until(there)
    return found


async def _at_once(_seconds: float) -> None:
    """No pause between two sessions, which belong to two processes that a test runs one after the other."""
    await asyncio.sleep(0)


async def quiet(server: DiscordServer) -> None:
    """Everything that was done before has been looked at: what came last is answered."""
    await result(server.ben.slash(GENERAL, "help"))


def words_of(message: Message) -> str:
    """All that a reader reads of it, in order, without its markup."""
    return read(message.text).text


def buttons_of(message: Message) -> list[str]:
    """The actions of its buttons and menus, in order."""
    told = [str(each.get("custom_id", "")) for each in walked(message.components) if each["type"] in (2, 3)]
    return [actions.action_of(each) for each in told if each]


def is_progress(message: Message) -> bool:
    """Whether it only says how far the work is."""
    text = message.text
    is_small_line = text.startswith("-# ") and "\n" not in text and not buttons_of(message)
    return is_small_line or text.endswith("…")
