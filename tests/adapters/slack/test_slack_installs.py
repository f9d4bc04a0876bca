"""Which workspaces there are, whose token is used for each, and how tokens that end are renewed."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from redis.asyncio import Redis
from slack_sdk.oauth.installation_store import Installation

from adapters.secrets import Box
from adapters.slack.api import open_session
from adapters.slack.client import Slack
from adapters.slack.errors import SlackError
from adapters.slack.installs import FRESH_S, ManyWorkspaces, OneWorkspace
from adapters.slack.pacing import Pacing
from adapters.slack.rotation import Rotation
from adapters.slack.sealed import Sealed
from adapters.store import open_store
from summarizer.errors import NotConfigured, StoreError
from tests.servers.redis.cut import cut_off
from tests.servers.slack import BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, TEAM, Token

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from adapters.store import Store
    from tests.servers.slack import SlackServer

KEY = "k" * 32
OTHER, ORGANISATION = "T0OTHER", "E0ORG"


class Clock:
    """A steady clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Process:
    """What one process has of Slack."""

    def __init__(self, server: SlackServer, store: Store, connect: Callable[[str, str], Slack]) -> None:
        self.clock = Clock()
        self.sealed = Sealed(store.workspaces, Box(KEY))
        self.rotation = Rotation(
            self.sealed,
            store.leases,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            api_url=server.url,
        )
        self.workspaces = ManyWorkspaces(self.sealed, self.rotation, connect, monotonic=self.clock)
        self.connect = connect

    async def install(self, team: str | None, token: str, **more: Any) -> Installation:  # noqa: ANN401 - as the SDK's
        """Keep an installation. more: as the fields of slack_sdk's."""
        installation = Installation(app_id="A0", team_id=team, bot_token=token, user_id="U0ANN", **more)
        await self.sealed.save(installation)
        return installation

    async def install_ending(self, server: SlackServer, in_s: float, refresh: str = "xoxe-1-first") -> str:
        """Keep an installation whose token ends in so many seconds, as Slack knows it; the token."""
        token = "xoxe.xoxb-testsonly-first"
        end = time.time() + in_s
        server.tokens[token] = Token(
            token, TEAM, frozenset({"chat:write"}), refresh="xoxe-1-first", expires_at=end
        )
        await self.install(TEAM, token, bot_refresh_token=refresh, bot_token_expires_at=int(end))
        return token


@pytest.fixture(autouse=True)
def two_workspaces(server: SlackServer) -> None:
    """Of an app that rotates its tokens."""
    server.rotates_tokens = True
    server.add_team(OTHER, token="xoxb-testsonly-other", name="Other")


@asynccontextmanager
async def _process(server: SlackServer, store: Store) -> AsyncIterator[Process]:
    async with open_session() as session:
        pacing = Pacing(store.pace)

        def connect(token: str, team: str) -> Slack:
            return Slack(token, team=team, session=session, pacing=pacing, base_url=server.url)

        yield Process(server, store, connect)


@pytest.fixture
async def process(server: SlackServer, store: Store) -> AsyncIterator[Process]:
    async with _process(server, store) as made:
        yield made


async def _token_of(client: Slack, server: SlackServer) -> str:
    """The token that a client uses."""
    await client.me()
    return server.called("auth.test")[-1].token


async def _problem(process: Process, team: str = TEAM, enterprise: str | None = None) -> str:
    with pytest.raises(SlackError) as caught:
        await process.workspaces.client(team, enterprise)
    return caught.value.key


async def test_one_workspace_has_one_client_for_whatever_comes(process: Process, server: SlackServer) -> None:
    workspaces = OneWorkspace(BOT_TOKEN, process.connect)

    client = await workspaces.client(TEAM)

    assert await workspaces.client("T0SHARED", ORGANISATION) is client
    assert await workspaces.ids() == (TEAM,)
    assert await _token_of(client, server) == BOT_TOKEN


async def test_each_workspace_is_spoken_with_by_its_own_token(process: Process) -> None:
    await process.install(TEAM, BOT_TOKEN)
    await process.install(OTHER, "xoxb-testsonly-other")

    names = [(await (await process.workspaces.client(team)).me()).team_name for team in (TEAM, OTHER)]

    assert names == ["Tests", "Other"]
    assert await process.workspaces.ids() == (OTHER, TEAM)


async def test_a_workspace_that_did_not_install_is_told_so_until_it_does(process: Process) -> None:
    assert await _problem(process) == "slack.not_installed"

    await process.install(TEAM, BOT_TOKEN)

    assert (await (await process.workspaces.client(TEAM)).me()).team == TEAM


async def test_an_organisation_that_installed_for_all_is_found_from_any_of_its_workspaces(
    process: Process, server: SlackServer
) -> None:
    await process.install(None, BOT_TOKEN, enterprise_id=ORGANISATION, is_enterprise_install=True)

    client = await process.workspaces.client(TEAM, ORGANISATION)

    assert await _token_of(client, server) == BOT_TOKEN
    assert await process.workspaces.ids() == (ORGANISATION,)


async def test_a_removed_workspace_is_gone_and_takes_no_other_with_it(process: Process) -> None:
    await process.install(TEAM, BOT_TOKEN)
    await process.install(OTHER, "xoxb-testsonly-other")
    await process.workspaces.client(TEAM)

    await process.workspaces.remove(TEAM, ORGANISATION)
    await process.workspaces.remove("T0UNKNOWN", None)

    assert await _problem(process) == "slack.not_installed"
    assert await process.workspaces.ids() == (OTHER,)


async def test_a_removed_organisation_is_gone_for_all_of_its_workspaces(process: Process) -> None:
    await process.install(None, BOT_TOKEN, enterprise_id=ORGANISATION, is_enterprise_install=True)
    for team in (TEAM, OTHER):
        await process.workspaces.client(team, ORGANISATION)

    await process.workspaces.remove(TEAM, ORGANISATION)

    for team in (TEAM, OTHER):
        assert await _problem(process, team, ORGANISATION) == "slack.not_installed"


async def test_another_process_learns_of_a_removal_within_a_minute(process: Process) -> None:
    await process.install(TEAM, BOT_TOKEN)
    client = await process.workspaces.client(TEAM)

    await process.sealed.remove(TEAM)

    assert await process.workspaces.client(TEAM) is client
    process.clock.now += FRESH_S
    assert await _problem(process) == "slack.not_installed"


async def test_a_client_stays_the_same_while_its_token_does(process: Process) -> None:
    await process.install(TEAM, BOT_TOKEN)
    client = await process.workspaces.client(TEAM)

    process.clock.now += FRESH_S
    assert await process.workspaces.client(TEAM) is client

    await process.install(TEAM, "xoxb-testsonly-other")
    process.clock.now += FRESH_S
    assert await process.workspaces.client(TEAM) is not client


async def test_the_store_holds_no_token_in_the_clear(process: Process, redis_server: str) -> None:
    await process.install(TEAM, BOT_TOKEN, bot_refresh_token="xoxe-1-first")

    async with Redis.from_url(redis_server) as redis:
        blob = await redis.hget("vllm-digest:workspaces", TEAM)

    assert isinstance(blob, bytes)
    assert b"xox" not in blob
    assert b"xox" in Box(KEY).open(blob)


async def test_a_lost_key_is_said_and_the_workspace_can_still_be_removed(
    process: Process, store: Store
) -> None:
    await store.workspaces.save(TEAM, Box("another" * 5).seal(b"{}"))

    with pytest.raises(NotConfigured) as caught:
        await process.workspaces.client(TEAM)
    assert caught.value.key == "secrets.no_key"

    await process.workspaces.remove(TEAM)
    assert await _problem(process) == "slack.not_installed"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"user_id": "U0"}', '{"unknown": 1}'])
async def test_a_damaged_record_is_no_bug_of_ours(process: Process, store: Store, text: str) -> None:
    await store.workspaces.save(TEAM, Box(KEY).seal(text.encode()))

    with pytest.raises(StoreError) as caught:
        await process.workspaces.client(TEAM)

    assert caught.value.key == "store.record"


async def test_everything_of_an_installation_is_kept(process: Process) -> None:
    kept = await process.install(
        TEAM,
        BOT_TOKEN,
        team_name="测试",
        bot_scopes=["chat:write", "commands"],
        bot_refresh_token="xoxe-1-first",
        bot_token_expires_at=1_800_000_000,
        enterprise_id=ORGANISATION,
        token_type="bot",
    )

    read = await process.sealed.load(TEAM)

    assert read is not None
    assert vars(read) == vars(kept)


async def test_a_token_that_ends_soon_is_renewed_and_kept_before_it_is_used(
    process: Process, server: SlackServer
) -> None:
    old = await process.install_ending(server, in_s=3600)

    client = await process.workspaces.client(TEAM)

    kept = await process.sealed.load(TEAM)
    assert kept is not None
    assert kept.bot_token != old
    assert kept.bot_refresh_token != "xoxe-1-first"
    assert await _token_of(client, server) == kept.bot_token
    assert [call.args["grant_type"] for call in server.called("oauth.v2.access")] == ["refresh_token"]


async def test_a_token_with_time_left_is_left_alone(process: Process, server: SlackServer) -> None:
    token = await process.install_ending(server, in_s=3 * 3600)

    assert await _token_of(await process.workspaces.client(TEAM), server) == token
    assert server.called("oauth.v2.access") == []


async def test_a_refresh_token_is_used_once_however_many_ask_in_however_many_processes(
    process: Process, server: SlackServer, redis_server: str, tmp_path: Path
) -> None:
    await process.install_ending(server, in_s=60)
    async with (
        open_store(redis_server, tmp_path) as second,
        open_store(redis_server, tmp_path) as third,
        _process(server, second) as other,
        _process(server, third) as another,
    ):
        asked = [each.workspaces.client(TEAM) for each in (process, other, another) for _ in range(20)]
        clients = set(await asyncio.gather(*asked))
        tokens = {await _token_of(client, server) for client in clients}

    assert len(clients) == 3
    assert len(tokens) == 1
    assert len(server.called("oauth.v2.access")) == 1


async def test_a_failed_renewal_goes_on_with_a_token_that_still_works(
    process: Process, server: SlackServer
) -> None:
    token = await process.install_ending(server, in_s=3600)
    server.fail("oauth.v2.access", status=500)

    assert await _token_of(await process.workspaces.client(TEAM), server) == token

    process.clock.now += FRESH_S
    assert await _token_of(await process.workspaces.client(TEAM), server) != token


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ({"error": "invalid_refresh_token"}, "slack.token_revoked"),
        ({"error": "internal_error"}, "slack.refused"),
        ({"status": 502}, "slack.unreachable"),
        ({}, "slack.unreachable"),
    ],
)
async def test_a_failed_renewal_of_an_ended_token_is_said(
    process: Process, server: SlackServer, fault: dict[str, Any], problem: str
) -> None:
    await process.install_ending(server, in_s=-1)
    server.fail("oauth.v2.access", **fault)

    assert await _problem(process) == problem


async def test_a_used_up_refresh_token_does_not_end_a_token_that_still_works(
    process: Process, server: SlackServer
) -> None:
    token = await process.install_ending(server, in_s=3600, refresh="xoxe-1-used")

    assert await _token_of(await process.workspaces.client(TEAM), server) == token


async def test_a_renewal_is_kept_even_if_whoever_asked_has_gone(
    process: Process, server: SlackServer
) -> None:
    old = await process.install_ending(server, in_s=60)
    answer = asyncio.Event()
    server.fail("oauth.v2.access", until=answer)
    asking = asyncio.create_task(process.workspaces.client(TEAM))
    await server.until(lambda: server.called("oauth.v2.access"))

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    answer.set()

    client = await process.workspaces.client(TEAM)
    assert await _token_of(client, server) != old
    assert len(server.called("oauth.v2.access")) == 1


async def test_a_new_token_is_not_lost_with_the_store(
    process: Process, server: SlackServer, store: Store, redis_server: str, tmp_path: Path
) -> None:
    """The refresh token that brought it is used up."""
    await process.install_ending(server, in_s=60)
    installation = await process.sealed.load(TEAM)
    assert installation is not None
    async with (
        cut_off(Path(redis_server.removeprefix("unix://"))) as cut,
        open_store(cut.url, tmp_path) as breaking,
    ):
        rotation = Rotation(
            Sealed(breaking.workspaces, Box(KEY)),
            store.leases,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            api_url=server.url,
        )
        answer = asyncio.Event()
        server.fail("oauth.v2.access", until=answer)
        renewing = asyncio.create_task(rotation.fresh(installation))
        await server.until(lambda: server.called("oauth.v2.access"))
        cut.left = 0
        answer.set()
        with pytest.raises(StoreError):
            await renewing

        cut.mend()
        renewed = await rotation.fresh(installation)

    kept = await process.sealed.load(TEAM)
    assert kept is not None
    assert kept.bot_token == renewed.bot_token != installation.bot_token
    assert len(server.called("oauth.v2.access")) == 1


async def test_a_workspace_that_is_removed_meanwhile_is_not_kept_again(
    process: Process, server: SlackServer
) -> None:
    await process.install_ending(server, in_s=60)
    installation = await process.sealed.load(TEAM)
    assert installation is not None
    await process.sealed.remove(TEAM)

    with pytest.raises(SlackError) as caught:
        await process.rotation.fresh(installation)

    assert caught.value.key == "slack.not_installed"
    assert await process.workspaces.ids() == ()
    assert server.called("oauth.v2.access") == []


async def test_no_token_reaches_a_log_or_an_error(
    process: Process, server: SlackServer, capsys: pytest.CaptureFixture[str]
) -> None:
    await process.install_ending(server, in_s=60)
    await process.workspaces.client(TEAM)
    await process.install_ending(server, in_s=-1)
    server.fail("oauth.v2.access", error="invalid_refresh_token")
    process.clock.now += FRESH_S
    with pytest.raises(SlackError) as caught:
        await process.workspaces.client(TEAM)
    await process.workspaces.remove(TEAM)

    printed = capsys.readouterr()
    said = printed.out + printed.err + repr(caught.value) + json.dumps(caught.value.values)
    assert "renewed" in said
    assert "xox" not in said
