"""The real discord.py against the tests' Discord."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord import GENERAL, TOKEN
from tests.servers.discord.moments import Moments

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tests.servers.discord import DiscordServer, Interaction, Message


@contextmanager
def pointed_at(server: DiscordServer) -> Iterator[None]:
    """Inside, discord.py knows no other Discord than this one."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = server.api_url, yarl.URL(server.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


class Client(discord.Client):
    """A client that does not wait for servers that do not come. heard: the names of the events it got."""

    def __init__(self, intents: discord.Intents | None = None, **more: Any) -> None:  # noqa: ANN401
        intents = intents or discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        super().__init__(intents=intents, guild_ready_timeout=0.01, **more)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[str] = []
        self.messages: list[discord.Message] = []
        self.moments = Moments()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """At once: discord.py waits five seconds."""

    async def until(self, predicate: Callable[[], object]) -> None:
        """As `server.until`, asked after each thing that the client hears."""
        await self.moments.until(predicate)

    async def on_socket_event_type(self, event: str) -> None:
        self.heard.append(event)
        self.moments.changed()

    async def on_message(self, message: discord.Message) -> None:
        self.messages.append(message)
        self.moments.changed()


class Answering(Client):
    """Gives each interaction to one function."""

    def __init__(self, answer: Callable[[discord.Interaction], Awaitable[object]]) -> None:
        super().__init__()
        self.answer = answer
        self.error: Exception | None = None

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        try:
            await self.answer(interaction)
        except discord.HTTPException as error:
            self.error = error
        self.moments.changed()


@asynccontextmanager
async def logged_in(server: DiscordServer) -> AsyncIterator[Client]:
    """A client with REST alone."""
    with pointed_at(server):
        client = Client()
        try:
            await client.login(TOKEN)
            yield client
        finally:
            await client.close()


@asynccontextmanager
async def connected(server: DiscordServer, client: Client | None = None) -> AsyncIterator[Client]:
    """A client that is ready."""
    with pointed_at(server):
        client = client or Client()
        await client.login(TOKEN)
        task = asyncio.get_running_loop().create_task(client.connect())
        try:
            async with asyncio.timeout(20):
                await client.wait_until_ready()
            yield client
        finally:
            await client.close()
            await asyncio.wait([task])


async def asked(
    server: DiscordServer,
    method: str,
    path: str,
    body: Any = None,  # noqa: ANN401 - any JSON
    *,
    files: dict[str, bytes] | None = None,
    token: str = TOKEN,
) -> tuple[int, Any]:
    """The status and the JSON of one request, as it is."""
    data: Any = json.dumps(body).encode() if body is not None else None
    headers = {"Authorization": f"Bot {token}"}
    if files:
        data = aiohttp.FormData(quote_fields=False)
        data.add_field("payload_json", json.dumps(body))
        for number, (name, content) in enumerate(files.items()):
            data.add_field(f"files[{number}]", content, filename=name)
    elif data is not None:
        headers["Content-Type"] = "application/json"
    url = f"{server.api_url}{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=data, headers=headers) as answer,
    ):
        text = await answer.text()
        return answer.status, json.loads(text) if text else None


async def callback(
    server: DiscordServer, interaction: Interaction, kind: int, data: dict[str, Any] | None = None
) -> tuple[int, Any]:
    """The status and the JSON of the callback of that type."""
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    return await asked(server, "POST", path, {"type": kind, "data": data or {}})


async def pressable(server: DiscordServer) -> Message:
    """A message of the bot with a button and a menu."""
    menu = {
        "type": 3,
        "custom_id": "vd.page",
        "options": [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}],
    }
    pressed = {"type": 2, "style": 1, "label": "More", "custom_id": "vd.more|1"}
    link = {"type": 2, "style": 5, "label": "Open", "url": "https://github.com"}
    rows = [{"type": 1, "components": [pressed, link]}, {"type": 1, "components": [menu]}]
    await asked(server, "POST", f"/channels/{GENERAL}/messages", {"content": "x", "components": rows})
    return server.by_bot(GENERAL)[-1]


def codes(errors: Any, at: str = "") -> dict[str, str]:  # noqa: ANN401 - any JSON
    """The first code of each error in the tree of a refusal, by where it is."""
    found: dict[str, str] = {}
    for key, each in errors.items():
        if key == "_errors":
            found[at] = each[0]["code"]
        else:
            found |= codes(each, f"{at}.{key}".removeprefix("."))
    return found


async def refused(call: Awaitable[object]) -> discord.HTTPException:
    """The refusal of a call."""
    with pytest.raises(discord.HTTPException) as refusal:
        await call
    return refusal.value
