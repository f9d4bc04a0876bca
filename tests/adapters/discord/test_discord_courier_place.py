"""The channel that somebody wants digests in: by its name, as a mention or by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.chat.delivering import Destination, Later, Shut
from summarizer.errors import BadInput
from tests.adapters.discord.couriers import DAY, courier_of, delivered
from tests.servers.discord import ANNOUNCEMENT, CATEGORY, FORUM, GENERAL, GUILD, Permission

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.courier import DiscordCourier
    from adapters.store import Store
    from tests.servers.discord import DiscordServer

VOICE = 2


@pytest.fixture
async def courier(server: DiscordServer, store: Store) -> AsyncIterator[DiscordCourier]:
    async with courier_of(server, store) as courier:
        yield courier


@pytest.mark.parametrize("name", ["general", "#General", " #general ", f"<#{GENERAL}>", str(GENERAL)])
async def test_a_channel_is_known_by_whatever_it_is_called(courier: DiscordCourier, name: str) -> None:
    found = await courier.place(name, str(GUILD))

    assert found == Destination("discord", str(GUILD), str(GENERAL))
    assert found.name == "#general"


@pytest.mark.parametrize("kind", [ANNOUNCEMENT, FORUM])
async def test_digests_go_to_announcements_and_forums_too(
    courier: DiscordCourier, server: DiscordServer, kind: int
) -> None:
    made = server.add_channel(kind=kind, name="digests")

    assert (await courier.place("#digests", str(GUILD))).channel == str(made.id)


async def test_a_thread_is_a_place_too(courier: DiscordCourier, server: DiscordServer) -> None:
    await delivered(courier, DAY)
    [thread] = server.threads(GENERAL)

    assert (await courier.place(str(thread.id), str(GUILD))).channel == str(thread.id)
    assert (await courier.place(thread.name, str(GUILD))).channel == str(thread.id)


@pytest.mark.parametrize("kind", [CATEGORY, VOICE])
@pytest.mark.parametrize("by", ["name", "id"])
async def test_where_no_digest_is_posted_is_no_place(
    courier: DiscordCourier, server: DiscordServer, kind: int, by: str
) -> None:
    made = server.add_channel(kind=kind, name="digests")

    with pytest.raises(BadInput, match=r"subscriptions\.no_channel"):
        await courier.place("digests" if by == "name" else str(made.id), str(GUILD))


async def test_a_channel_goes_before_a_thread_of_its_name(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    await delivered(courier, DAY)
    [thread] = server.threads(GENERAL)
    thread.name = "general"

    assert (await courier.place("general", str(GUILD))).channel == str(GENERAL)


@pytest.mark.parametrize(
    ("name", "shown"), [("nowhere", "#nowhere"), ("1500000000000000009", "1500000000000000009")]
)
async def test_what_is_not_there_is_told(courier: DiscordCourier, name: str, shown: str) -> None:
    with pytest.raises(BadInput) as caught:
        await courier.place(name, str(GUILD))

    assert (caught.value.key, caught.value.values) == ("subscriptions.no_channel", {"name": shown})


async def test_a_channel_of_another_server_is_not_there(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    other = server.add_guild(server.snowflake(), "Elsewhere")

    with pytest.raises(BadInput, match=r"subscriptions\.no_channel"):
        await courier.place(str(GENERAL), str(other.id))


@pytest.mark.parametrize("name", ["general", str(GENERAL)])
async def test_a_channel_that_the_bot_cannot_see_is_not_there(
    courier: DiscordCourier, server: DiscordServer, name: str
) -> None:
    server.deny(GENERAL, Permission.VIEW_CHANNEL)

    with pytest.raises(BadInput, match=r"subscriptions\.no_channel"):
        await courier.place(name, str(GUILD))


async def test_where_the_bot_may_not_post_what_it_lacks_is_told(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    server.deny(GENERAL, Permission.SEND_MESSAGES)

    with pytest.raises(BadInput) as caught:
        await courier.place("general", str(GUILD))

    assert caught.value.key == "discord.no_permission"
    assert caught.value.values["place"] == "#general"


async def test_of_two_channels_of_a_name_the_one_that_takes_posts_is_meant(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    server.add_channel(name="general")
    server.deny(GENERAL, Permission.SEND_MESSAGES)

    assert (await courier.place("general", str(GUILD))).channel != str(GENERAL)


async def test_of_several_channels_of_a_name_somebody_has_to_say_which(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    server.add_channel(name="general")

    with pytest.raises(BadInput, match=r"discord\.which_channel"):
        await courier.place("general", str(GUILD))


async def test_on_a_server_without_the_bot_there_is_none(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    server.remove_guild(GUILD)

    with pytest.raises(Shut) as caught:
        await courier.place("general", str(GUILD))

    assert caught.value.whole_team


async def test_while_discord_is_out_of_reach_nobody_can_say(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    server.drop("GET *", times=9)

    with pytest.raises(Later):
        await courier.place("general", str(GUILD))
