"""Our REST client against the tests' Discord, and what it is handed."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.discord.messages import Button, Image, Message, Text
from adapters.discord.refused import Closed
from adapters.discord.rest import open_rest
from tests.servers.discord.records import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from adapters.discord.refused import Kept
    from adapters.discord.rest import Rest
    from tests.servers.discord import DiscordServer


class Timed:
    """Bytes, and for how long they are to be kept."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[bytes, int]] = {}

    async def get(self, key: str) -> bytes | None:
        return self.values[key][0] if key in self.values else None

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        self.values[key] = value, ttl_s


class Keeping:
    """What custom ids have no room for, by its key."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def __call__(self, values: Mapping[str, str]) -> None:
        self.values |= values


@asynccontextmanager
async def rest_of(
    server: DiscordServer, *, keep: Keeping | None = None, kept: Kept | None = None, token: str = TOKEN
) -> AsyncIterator[Rest]:
    """The bot of this server. kept: where closed channels are."""
    closed = Closed(kept or Timed())
    async with open_rest(token, api_url=server.api_url, closed=closed, keep=keep or Keeping()) as rest:
        yield rest


def saying(text: str, *buttons: Button, picture: str = "") -> Message:
    """A message with one text, the named picture, and one row of buttons. text: safe Markdown."""
    parts = (Text(text), Image(picture, "a chart")) if picture else (Text(text),)
    return Message(parts, (buttons,) if buttons else (), notice=text)
