"""The courier against the tests' Discord, and what it is given to post."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.chat import Reply
from adapters.chat.delivering import Destination, DigestPost, Mark
from adapters.discord.access import Access
from adapters.discord.courier import open_courier
from tests.adapters.slack.shown_digests import extracted, reference_day
from tests.references import facts_of
from tests.servers.discord import GENERAL, GUILD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.chat.delivering import Part, Post, Sent
    from adapters.discord.courier import DiscordCourier
    from adapters.store import Store
    from summarizer.digests import Digest
    from tests.servers.discord import DiscordServer, Message

PNG = b"\x89PNG"
FOOTER = "s3 · daily 09:00"
DELIVERY = "s3-20251210T0100Z"
DAY = DigestPost(Reply("", "en", digest=reference_day(), handle="h1", line="yesterday"), FOOTER)
"""A digest that is no page, so that its file is posted too."""
PAGED = replace(DAY, reply=replace(DAY.reply, page="https://digests.example/h1"))
QUIET = replace(
    DAY,
    reply=replace(DAY.reply, digest=extracted(facts_of((), reference_day().facts.window), "en", "daily")),
)


async def drawn(_digest: Digest) -> tuple[bytes, str] | None:
    return PNG, "47 merged"


def in_channel(channel: int = GENERAL, guild: int = GUILD) -> Destination:
    return Destination("discord", str(guild), str(channel))


def to_person(user: int) -> Destination:
    return Destination("discord", person=str(user))


@asynccontextmanager
async def courier_of(
    server: DiscordServer, store: Store, *, crosspost: bool = False, is_paced: bool = True
) -> AsyncIterator[DiscordCourier]:
    """A worker's courier of this server."""
    access = Access(server.api_url, server.token, crosspost=crosspost)
    async with open_courier(access, store=store, chart=drawn, is_paced=is_paced) as courier:
        yield courier


async def delivered(
    courier: DiscordCourier, post: Post, at: Destination | None = None, *, delivery: str = DELIVERY
) -> dict[str, Sent]:
    """Send it part by part, as a worker does; where each is."""
    at = at or in_channel()
    sent: dict[str, Sent] = {}
    for part in await courier.parts(post, at):
        root = next(iter(sent.values()), None)
        sent[part.name] = await courier.send(part, at, Mark(delivery, part.name), root)
    return sent


async def first_of(courier: DiscordCourier, post: Post, at: Destination | None = None) -> Part:
    return (await courier.parts(post, at or in_channel()))[0]


def since(server: DiscordServer) -> datetime:
    """Now, by the server's clock."""
    return datetime.fromtimestamp(server.now(), UTC)


def texts(messages: Sequence[Message]) -> list[str]:
    return [each.text for each in messages]
