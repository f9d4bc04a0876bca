"""Refused channels: closed for an hour to every process, with the reason, and opened by what shows a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from discord import Permissions

from adapters.discord.errors import DiscordError, NoPermission, RateLimited
from adapters.discord.refused import CLOSED_S, Closed
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from adapters.store import Store

CHANNEL, OTHER = 1_300_000_000_000_000_001, 1_300_000_000_000_000_002
MAY_NOT_SEND = NoPermission(Permissions(send_messages=True), "#general")


class Timed:
    """Bytes and for how long they are to be kept."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[bytes, int]] = {}

    async def get(self, key: str) -> bytes | None:
        return self.values[key][0] if key in self.values else None

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        self.values[key] = value, ttl_s


class Away:
    """A store that cannot be reached."""

    async def get(self, key: str) -> bytes | None:
        raise StoreError("store.unreachable", about=key)

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        raise StoreError("store.unreachable", about=(key, value, ttl_s))


async def reason(closed: Closed, channel: int = CHANNEL) -> DiscordError | None:
    try:
        await closed.check(channel)
    except DiscordError as error:
        return error
    return None


async def test_a_closed_channel_gives_the_same_reason_to_every_process(store: Store) -> None:
    await Closed(store.cache).close(CHANNEL, MAY_NOT_SEND)

    told = await reason(Closed(store.cache))

    assert isinstance(told, NoPermission)
    assert (told.key, told.values, told.missing) == (
        MAY_NOT_SEND.key,
        MAY_NOT_SEND.values,
        MAY_NOT_SEND.missing,
    )
    assert f"{told.values['permissions']:zh}" == "发送消息"
    assert await reason(Closed(store.cache), OTHER) is None


async def test_a_channel_is_closed_for_an_hour() -> None:
    kept = Timed()

    await Closed(kept).close(CHANNEL, MAY_NOT_SEND)

    assert [seconds for _, seconds in kept.values.values()] == [CLOSED_S] == [3600]


async def test_it_is_open_again_once_what_was_missing_is_granted(store: Store) -> None:
    closed = Closed(store.cache)
    await closed.close(CHANNEL, MAY_NOT_SEND)

    await closed.open(CHANNEL, Permissions(view_channel=True, embed_links=True))
    still = await reason(closed)
    await closed.open(CHANNEL, Permissions(view_channel=True, send_messages=True))

    assert still is not None
    assert await reason(closed) is None


async def test_what_nobody_knows_the_reason_of_stays_closed(store: Store) -> None:
    closed = Closed(store.cache)
    await closed.close(CHANNEL, NoPermission(Permissions(send_messages=True), "#general", is_guess=True))

    await closed.open(CHANNEL, Permissions.all())

    assert await reason(closed) is not None


@pytest.mark.parametrize(
    "error",
    [
        NoPermission(Permissions(view_channel=True)),
        NoPermission(Permissions(send_messages_in_threads=True, embed_links=True), "#a"),
        DiscordError("discord.no_dm"),
    ],
    ids=str,
)
async def test_what_every_message_would_meet_closes(error: DiscordError) -> None:
    closed = Closed(Timed())

    await closed.close(CHANNEL, error)

    told = await reason(closed)
    assert told is not None
    assert (told.key, told.values) == (error.key, error.values)


@pytest.mark.parametrize(
    "error",
    [
        NoPermission(Permissions(embed_links=True, attach_files=True), "#a"),
        NoPermission(Permissions(create_public_threads=True), "#a"),
        DiscordError("discord.locked"),
        RateLimited(3),
    ],
    ids=str,
)
async def test_what_another_message_need_not_meet_does_not_close(error: DiscordError) -> None:
    closed = Closed(Timed())

    await closed.close(CHANNEL, error)

    assert await reason(closed) is None


async def test_a_store_that_is_away_closes_nothing() -> None:
    closed = Closed(Away())

    await closed.close(CHANNEL, MAY_NOT_SEND)
    await closed.open(CHANNEL, Permissions.all())

    assert await reason(closed) is None
