"""Several workspaces: each is answered with its own token, and one that removes the app is answered no more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.oauth.installation_store import Installation
from structlog.testing import capture_logs

from adapters.secrets import Box
from adapters.slack.sealed import Sealed
from tests.adapters.slack.subscribed import Subscriptions
from tests.adapters.slack.whole import until_posted, until_result, whole
from tests.servers.slack import BEN, BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, GENERAL, TEAM

if TYPE_CHECKING:
    from adapters.store import Store
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer

KEY = "k" * 32
OTHER, OTHER_TOKEN = "T0OTHER", "xoxb-testsonly-other"
THEIRS = f"{GENERAL}{OTHER[1:]}"
BEN_THERE = f"{BEN}{OTHER[1:]}"
MANY: dict[str, Any] = {
    "SLACK_BOT_TOKEN": None,
    "SLACK_CLIENT_ID": CLIENT_ID,
    "SLACK_CLIENT_SECRET": CLIENT_SECRET,
    "DIGEST_SECRET_KEY": KEY,
    "PUBLIC_URL": "https://digest.example.org",
}


@pytest.fixture
async def installed(store: Store, server: SlackServer) -> Sealed:
    """The app is in two workspaces."""
    server.add_team(OTHER, token=OTHER_TOKEN)
    sealed = Sealed(store.workspaces, Box(KEY))
    for team, token in ((TEAM, BOT_TOKEN), (OTHER, OTHER_TOKEN)):
        await sealed.save(
            Installation(team_id=team, user_id="U0", bot_token=token, installed_at=time.time() - 60)
        )
    return sealed


async def test_each_workspace_is_answered_with_its_own_token(
    installed: Sealed, host: Host, server: SlackServer
) -> None:
    async with whole(host, server, **MANY):
        await server.mention(GENERAL, BEN, "help")
        await server.mention(THEIRS, BEN_THERE, "help")
        for channel in (GENERAL, THEIRS):
            await until_posted(server, channel)

    posted = {call.team: call.token for call in server.called("chat.postMessage")}
    assert posted == {TEAM: BOT_TOKEN, OTHER: OTHER_TOKEN}
    assert set(await installed.ids()) == {TEAM, OTHER}


@pytest.mark.parametrize("how", ["uninstall", "revoke"])
async def test_a_workspace_that_removes_the_app_is_forgotten_and_the_others_are_answered(
    how: str, installed: Sealed, host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with whole(host, server, desk_of=before.of, **MANY):
        await (server.uninstall(OTHER) if how == "uninstall" else server.revoke(OTHER))
        await before.until_left(1)
        await until_result(server, await server.command("/vllm-digest", "help"))
        with capture_logs() as logs:
            command = await server.command("/vllm-digest", "help", channel=THEIRS, user=BEN_THERE)
            await (await server.mention(THEIRS, BEN_THERE, "help")).acked()
            await until_result(server, command, "not installed")
        await until_result(server, await server.command("/vllm-digest", "status"), "Holds 10 items")

    assert await installed.ids() == (TEAM,)
    assert server.by_bot(THEIRS) == []
    assert "bug" not in [each["event"] for each in logs]
    assert OTHER_TOKEN not in str(logs)


async def test_a_token_that_slack_no_longer_accepts_is_said_in_the_log(
    installed: Sealed, host: Host, server: SlackServer
) -> None:
    async with whole(host, server, **MANY):
        server.tokens[OTHER_TOKEN].error = "token_revoked"
        with capture_logs() as logs:
            await (await server.mention(THEIRS, BEN_THERE, "help")).acked()
            await until_result(server, await server.command("/vllm-digest", "status"), "Holds 10 items")
            await server.until(
                lambda: (
                    "slack.token_revoked" in [each.get("error") for each in logs]
                    or server.called("chat.postMessage")
                )
            )

    assert "slack.token_revoked" in [each.get("error") for each in logs]
    assert OTHER_TOKEN not in str(logs)
    assert await installed.ids()
