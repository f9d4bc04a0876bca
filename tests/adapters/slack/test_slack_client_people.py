"""People and channels: what Slack tells, for how long it is remembered, and what holds where it does not tell."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.slack.errors import SlackError
from adapters.slack.people import Channel, Person
from adapters.slack.remembered import Remembered
from tests.servers.slack import ANN, BEN, BOT, BOT_TOKEN, GENERAL, TEAM

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.slack.client import Slack
    from tests.adapters.slack.clients import Clock
    from tests.servers.slack import SlackServer


@pytest.mark.parametrize(
    ("locale", "lang"),
    [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-US", "en"), ("en-GB", "en"), ("fr-FR", None), ("", None)],
)
async def test_a_locale_becomes_a_language_of_ours(
    slack: Slack, server: SlackServer, locale: str, lang: str | None
) -> None:
    server.add_user("U0CAM", locale=locale)

    assert (await slack.person("U0CAM")).lang == lang


async def test_a_person_has_zone_rank_and_workspace(slack: Slack, server: SlackServer) -> None:
    server.add_user("U0OWNER", is_owner=True)
    server.add_user("U0GUEST", is_restricted=True, is_stranger=True, team="T0OTHER")
    server.channels[GENERAL].members.add("U0GUEST")  # Slack tells of strangers whom the bot meets

    assert await slack.person(ANN) == Person(ANN, "en", "America/New_York", is_admin=True, team=TEAM)
    assert (await slack.person(BEN)).tz == "Asia/Shanghai"
    assert (await slack.person("U0OWNER")).is_admin
    guest = await slack.person("U0GUEST")
    assert (guest.is_admin, guest.team) == (False, "T0OTHER")
    assert (await slack.person(BOT)).is_bot


async def test_a_person_is_asked_for_once_an_hour_however_many_ask(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    await asyncio.gather(*(slack.person(ANN) for _ in range(20)))
    clock.now += 3_500
    await slack.person(ANN)
    assert len(server.called("users.info")) == 1

    clock.now += 200
    await slack.person(ANN)
    assert len(server.called("users.info")) == 2


@pytest.mark.parametrize("error", ["user_not_found", "token_revoked", "internal_error"])
async def test_a_person_whom_slack_does_not_tell_of_is_answered_anyway(
    slack: Slack, server: SlackServer, error: str
) -> None:
    server.fail("users.info", error, times=9)

    assert await slack.person(ANN) == Person(ANN)


async def test_a_person_is_not_waited_for_long(slack: Slack, server: SlackServer, clock: Clock) -> None:
    server.fail("users.info", "ratelimited", retry_after=30)

    assert await slack.person(ANN) == Person(ANN)
    clock.now += 60
    assert (await slack.person(ANN)).lang == "en"


async def test_without_the_scope_people_are_unknown_and_not_asked_for_each_time(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    token = server.tokens[BOT_TOKEN]
    token.scopes = token.scopes - {"users:read"}

    assert await slack.person(ANN) == Person(ANN)
    clock.now += 60
    assert await slack.person(ANN) == Person(ANN)
    assert len(server.called("users.info")) == 1


async def test_those_who_were_asked_for_longest_ago_are_forgotten_first() -> None:
    asked: list[str] = []
    remembered: Remembered[str] = Remembered(2)

    def look_up(key: str) -> Callable[[], Awaitable[tuple[str, float]]]:
        async def found() -> tuple[str, float]:
            asked.append(key)
            return key.upper(), 60.0

        return found

    for key in ("a", "b", "a", "c", "a", "b"):
        assert await remembered.get(key, look_up(key)) == key.upper()

    assert asked == ["a", "b", "c", "b"]


async def test_a_look_up_that_fails_is_made_again() -> None:
    remembered: Remembered[str] = Remembered(2)

    async def fails() -> tuple[str, float]:
        raise SlackError("slack.unreachable")

    async def succeeds() -> tuple[str, float]:
        return "A", 60.0

    with pytest.raises(SlackError):
        await remembered.get("a", fails)
    assert await remembered.get("a", succeeds) == "A"


async def test_a_channel_tells_whether_others_read_along(slack: Slack, server: SlackServer) -> None:
    server.add_channel("C0SHARED", "partners", is_ext_shared=True)
    server.add_channel("C0PRIVATE", "secret", is_private=True)
    server.add_channel("C0OLD", "old", is_archived=True, is_member=False)

    assert await slack.channel(GENERAL) == Channel(
        GENERAL, "general", is_private=False, is_shared=False, is_member=True, is_known=True
    )
    assert (await slack.channel("C0SHARED")).is_shared
    assert (await slack.channel("C0PRIVATE")).is_private
    old = await slack.channel("C0OLD")
    assert (old.is_archived, old.is_member) == (True, False)
    assert (await slack.channel(await slack.dm(ANN))).is_dm


async def test_a_channel_is_remembered_for_minutes(slack: Slack, server: SlackServer, clock: Clock) -> None:
    await slack.channel(GENERAL)
    server.channels[GENERAL].is_ext_shared = True
    assert not (await slack.channel(GENERAL)).is_shared

    clock.now += 301
    assert (await slack.channel(GENERAL)).is_shared


async def test_a_channel_that_slack_does_not_tell_of_counts_as_shared_and_private(
    slack: Slack, server: SlackServer
) -> None:
    token = server.tokens[BOT_TOKEN]
    token.scopes = token.scopes - {"channels:read"}

    channel = await slack.channel(GENERAL)

    assert (channel.is_known, channel.is_shared, channel.is_private) == (False, True, True)
