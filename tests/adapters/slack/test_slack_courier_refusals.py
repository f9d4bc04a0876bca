"""What Slack refuses the courier, what that means for the subscription, and what is removed."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.oauth.installation_store import Installation

from adapters.chat.delivering import Destination, Later, Missing, Never, Shut, TextPost, Undelivered
from adapters.secrets import Box
from adapters.slack.sealed import Sealed
from tests.adapters.slack.clients import client, saying
from tests.adapters.slack.couriers import (
    THERE,
    courier_to,
    delivered,
    mark_of,
    root_of,
    small_digest,
    subscribed,
)
from tests.servers.slack import BEN, BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, GENERAL, TEAM

if TYPE_CHECKING:
    from adapters.chat.delivering import Courier
    from adapters.store import Store
    from tests.adapters.slack.clients import Clock
    from tests.servers.slack import SlackServer

POST = "chat.postMessage"
NOTICE = TextPost("Hello.", "en")
KEY = "k" * 32
MANY = {
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "secret_key": KEY,
    "public_url": "https://digest.example.org",
}


async def refused(courier: Courier, at: Destination = THERE) -> Undelivered:
    [part] = await courier.parts(NOTICE, at)
    with pytest.raises(Undelivered) as caught:
        await courier.send(part, at, mark_of(part), None)
    return caught.value


@pytest.mark.parametrize(
    ("error", "reason", "whole_team"),
    [
        ("channel_not_found", "gone", False),
        ("is_archived", "archived", False),
        ("not_in_channel", "removed", False),
        ("restricted_action", "no_permission", False),
        ("missing_scope", "no_permission", False),
        ("slack_connect_file_link_sharing_blocked", "external", False),
        ("external_channel_migrating", "external", False),
        ("messages_tab_disabled", "no_dm", False),
        ("account_inactive", "revoked", True),
        ("token_revoked", "revoked", True),
    ],
)
async def test_where_nothing_can_be_posted_any_more_it_is_said_why(
    server: SlackServer, store: Store, error: str, reason: str, whole_team: bool
) -> None:
    server.fail(POST, error)
    async with courier_to(server, store) as courier:
        shut = await refused(courier)

    assert isinstance(shut, Shut)
    assert (shut.reason, shut.whole_team) == (reason, whole_team)
    assert len(server.called(POST)) == 1


async def test_a_channel_that_goes_or_puts_the_bot_out_is_told_apart(
    server: SlackServer, store: Store
) -> None:
    reasons = []
    for name in ("archive_channel", "delete_channel", "remove_bot"):
        server.add_channel(f"C0{name[:3].upper()}", name)
        getattr(server, name)(f"C0{name[:3].upper()}")
        async with courier_to(server, store) as courier:
            shut = await refused(courier, replace(THERE, channel=f"C0{name[:3].upper()}"))
            assert isinstance(shut, Shut)
            reasons.append(shut.reason)

    assert reasons == ["archived", "gone", "removed"]


@pytest.mark.parametrize(
    ("fault", "at_least_s"),
    [({"error": "ratelimited", "retry_after": 90}, 90.0), ({"error": "invalid_auth"}, 60.0)],
    ids=["paused", "settings"],
)
async def test_what_passes_is_tried_later(
    server: SlackServer, store: Store, fault: dict[str, Any], at_least_s: float
) -> None:
    server.fail(POST, **fault)
    async with courier_to(server, store) as courier:
        later = await refused(courier)

    assert isinstance(later, Later)
    assert later.wait_s >= at_least_s
    assert server.by_bot() == []


async def test_a_slack_that_cannot_be_reached_has_posted_nothing(
    server: SlackServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.api.PAUSE_S", 0.0)
    async with courier_to(server, store, url="http://127.0.0.1:1/api/") as courier:
        later = await refused(courier)

    assert isinstance(later, Later)
    assert later.wait_s > 0


async def test_what_slack_will_never_take_is_not_tried_again(server: SlackServer, store: Store) -> None:
    server.fail(POST, "cannot_reply_to_message")
    async with courier_to(server, store) as courier:
        assert isinstance(await refused(courier), Never)


async def test_somebody_who_takes_no_messages_gets_none(server: SlackServer, store: Store) -> None:
    server.users[BEN].deleted = True
    async with courier_to(server, store) as courier:
        shut = await refused(courier, Destination("slack", TEAM, person=BEN))

    assert isinstance(shut, Shut)
    assert shut.reason == "no_dm"


async def test_a_workspace_without_the_app_is_shut_as_a_whole(server: SlackServer, store: Store) -> None:
    await _install(store, team_id=TEAM)
    async with courier_to(server, store, **MANY) as courier:
        shut = await refused(courier, Destination("slack", "T0GONE", "C0GONE"))
        await delivered(courier, NOTICE)

    assert isinstance(shut, Shut)
    assert (shut.reason, shut.whole_team) == ("removed", True)
    assert len(server.by_bot(GENERAL)) == 1


async def test_an_organisation_posts_with_its_token_in_each_of_its_workspaces(
    server: SlackServer, store: Store
) -> None:
    await _install(store, enterprise_id="E0ORG", is_enterprise_install=True)
    async with courier_to(server, store, **MANY) as courier:
        await delivered(courier, NOTICE)

    assert len(server.by_bot(GENERAL)) == 1


async def _install(store: Store, **ids: Any) -> None:  # noqa: ANN401
    installation = Installation(user_id="U0", bot_token=BOT_TOKEN, installed_at=time.time() - 60, **ids)
    await Sealed(store.workspaces, Box(KEY)).save(installation)


async def test_a_message_that_is_gone_is_not_edited(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        [part], sent = await delivered(courier, NOTICE)
        server.delete(root_of(server, sent["post"]))
        with pytest.raises(Missing):
            await courier.edit(part, THERE, mark_of(part, 2), sent["post"])


@pytest.mark.parametrize(
    ("error", "kind"),
    [("is_inactive", Shut), ("token_revoked", Shut), ("ratelimited", Later), ("msg_too_long", Never)],
)
async def test_an_edit_that_is_refused_says_why(
    server: SlackServer, store: Store, error: str, kind: type[Undelivered]
) -> None:
    async with courier_to(server, store) as courier:
        [part], sent = await delivered(courier, NOTICE)
        server.fail("chat.update", error, retry_after=90)
        with pytest.raises(kind):
            await courier.edit(part, THERE, mark_of(part, 2), sent["post"])


async def test_a_post_is_removed_with_all_that_we_put_below_it_and_nothing_of_others(
    server: SlackServer, store: Store, clock: Clock
) -> None:
    async with courier_to(server, store) as courier, client(server, clock) as slack:
        _, sent = await delivered(courier, subscribed(small_digest()))
        root = sent["post"]
        said = server.say(GENERAL, "what is this?", thread_ts=root.message)
        other = await slack.post(GENERAL, saying("another post"))
        for _ in range(2):
            await courier.delete(THERE, root)

    assert [each.ts for each in server.messages(GENERAL)] == [said.ts, other]
    assert [file.is_deleted for file in server.files.values() if file.shares] == [True]
    removed = [effect.ts for effect in server.effects if effect.kind == "deleted"]
    assert removed[-1] == root.message


async def test_a_part_is_removed_alone(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        _, sent = await delivered(courier, subscribed(small_digest()))
        before = len(server.messages(GENERAL))
        for name in ("summary", "file"):
            await courier.delete(THERE, sent[name])

    assert len(server.messages(GENERAL)) == before - 2


async def test_in_a_thread_that_others_began_only_that_delivery_is_removed(
    server: SlackServer, store: Store
) -> None:
    said = server.say(GENERAL, "post it here")
    at = replace(THERE, thread=said.ts)
    async with courier_to(server, store) as courier:
        parts = await courier.parts(subscribed(small_digest(), page="https://digest.example.org/"), at)
        other = await courier.send(parts[0], at, replace(mark_of(parts[0]), delivery="s4"), None)
        _, sent = await delivered(courier, subscribed(small_digest(), page="https://digest.example.org/"), at)
        await courier.delete(at, sent["post"])

    assert [each.ts for each in server.messages(GENERAL)] == [said.ts, other.message]


async def test_a_post_is_removed_where_nobody_may_look_below_it(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        _, sent = await delivered(courier, NOTICE)
        server.fail("conversations.replies", "missing_scope", needed="channels:history")
        await courier.delete(THERE, sent["post"])

    assert server.messages(GENERAL) == []
