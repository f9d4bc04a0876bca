"""Channels by the names that people know, for them to be subscribed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.chat.delivering import Later, Shut
from adapters.slack import rooms
from summarizer.errors import BadInput
from tests.adapters.slack.couriers import courier_to
from tests.servers.slack import GENERAL, TEAM

if TYPE_CHECKING:
    from adapters.store import Store
    from tests.servers.slack import SlackServer


@pytest.mark.parametrize(
    "name", ["#general", "general", "#General", "C0GENERAL", "<#C0GENERAL>", "<#C0GENERAL|general>"]
)
async def test_a_channel_is_found_by_its_name_its_id_and_a_link(
    server: SlackServer, store: Store, name: str
) -> None:
    async with courier_to(server, store) as courier:
        found = await courier.place(name, TEAM)

    assert (found.platform, found.team, found.channel, found.name) == ("slack", TEAM, GENERAL, "#general")
    assert not found.is_shared


async def test_a_private_channel_that_invited_the_bot_is_found_and_one_that_others_read_is_known_as_such(
    server: SlackServer, store: Store
) -> None:
    server.add_channel("C0PRIVATE", "private", is_private=True)
    server.add_channel("C0SHARED", "shared", is_ext_shared=True)
    async with courier_to(server, store) as courier:
        private, shared = [await courier.place(name, TEAM) for name in ("#private", "#shared")]

    assert (private.channel, private.is_shared) == ("C0PRIVATE", False)
    assert (shared.channel, shared.is_shared) == ("C0SHARED", True)


@pytest.mark.parametrize("by", ["name", "id"])
@pytest.mark.parametrize("how", ["unknown", "elsewhere", "archived", "not a member"])
async def test_a_channel_that_the_bot_is_not_in_is_not_found(
    server: SlackServer, store: Store, how: str, by: str
) -> None:
    match how:
        case "elsewhere":
            server.add_team("T0OTHER", token="xoxb-other")
            server.add_channel("C0ELSEWHERE", "elsewhere", team="T0OTHER")
        case "archived":
            server.add_channel("C0ELSEWHERE", "elsewhere", is_archived=True)
        case "not a member":
            server.add_channel("C0ELSEWHERE", "elsewhere", is_member=False)
    async with courier_to(server, store) as courier:
        with pytest.raises(BadInput) as refused:
            await courier.place("#elsewhere" if by == "name" else "C0ELSEWHERE", TEAM)

    assert refused.value.key == "subscriptions.no_channel"


async def test_all_pages_are_read_and_remembered(
    server: SlackServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "PAGE", 2)
    for place in range(6):
        server.add_channel(f"C0MANY{place}", f"many-{place}")
    async with courier_to(server, store) as courier:
        found = [(await courier.place(f"#many-{place}", TEAM)).channel for place in range(6)]

    assert found == [f"C0MANY{place}" for place in range(6)]
    assert len(server.called("users.conversations")) == 4


async def test_a_refusal_says_whether_it_passes(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        server.fail("users.conversations", "ratelimited", retry_after=90)
        with pytest.raises(Later):
            await courier.place("#general", TEAM)
        server.end_tokens()
        with pytest.raises(Shut):
            await courier.place("#general", TEAM)
