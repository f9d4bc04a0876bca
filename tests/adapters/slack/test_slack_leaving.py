"""Leaving: the desk is told of places where the bot can post no more, and of nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from slack_sdk.oauth.installation_store import Installation

from tests.adapters.slack.pressing import bot, only_me
from tests.adapters.slack.subscribed import Subscriptions
from tests.adapters.slack.test_slack_many_workspaces import MANY, OTHER, OTHER_TOKEN, installed
from tests.servers.slack import ANN, BEN, BOT, GENERAL, TEAM

if TYPE_CHECKING:
    from adapters.slack.sealed import Sealed
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer

__all__ = ["installed"]

SECRET = "C0SECRET"


@pytest.mark.parametrize("deed", ["expel", "archive", "drop"])
@pytest.mark.parametrize("channel", [GENERAL, SECRET])
async def test_a_channel_that_is_gone_for_the_bot_is_left(
    host: Host, server: SlackServer, deed: str, channel: str
) -> None:
    server.add_channel(SECRET, "secret", is_private=True)
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of, is_synced=False):
        await getattr(server, deed)(channel)
        await before.until_left(1)

    assert before.places == [("slack", TEAM, channel)]


async def test_the_bots_own_leaving_counts_and_nobody_elses(host: Host, server: SlackServer) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of, is_synced=False):
        for user in (ANN, BEN, BOT):
            inner = {"type": "member_left_channel", "user": user, "channel": GENERAL, "channel_type": "C"}
            await (await server.event({**inner, "team": TEAM})).acked()
        await before.until_left(1)
        await only_me(server, ANN, "help")

    assert before.places == [("slack", TEAM, GENERAL)]


@pytest.mark.parametrize("deed", ["uninstall", "revoke"])
async def test_a_workspace_that_is_gone_is_left_and_the_others_are_not(
    host: Host, server: SlackServer, installed: Sealed, deed: str
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of, is_synced=False, **MANY):
        await getattr(server, deed)(OTHER)
        await before.until_left(2 if deed == "uninstall" else 1)

    assert set(before.places) == {("slack", OTHER, "")}
    assert await installed.ids() == (TEAM,)


async def test_the_workspace_of_a_fixed_token_is_left_as_well(host: Host, server: SlackServer) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of, is_synced=False):
        await server.revoke()
        await before.until_left(1)

    assert before.places == [("slack", TEAM, "")]


async def test_a_removal_told_late_leaves_nothing_that_was_installed_again_since(
    host: Host, server: SlackServer, installed: Sealed
) -> None:
    again = Installation(team_id=OTHER, user_id="U0", bot_token=OTHER_TOKEN, installed_at=time.time() + 600)
    await installed.save(again)
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of, is_synced=False, **MANY):
        await (await server.event({"type": "app_uninstalled"}, team=OTHER)).acked()
        await server.expel(GENERAL)
        await before.until_left(1)

    assert before.places == [("slack", TEAM, GENERAL)]
    assert set(await installed.ids()) == {TEAM, OTHER}


async def test_a_persons_own_token_that_is_revoked_leaves_nothing(host: Host, server: SlackServer) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of, is_synced=False):
        inner = {"type": "tokens_revoked", "tokens": {"oauth": [ANN], "bot": []}}
        await (await server.event(inner)).acked()
        await server.archive(GENERAL)
        await before.until_left(1)

    assert before.places == [("slack", TEAM, GENERAL)]
