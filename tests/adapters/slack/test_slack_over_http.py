"""Slack over HTTP, through the real web server: every way in works, and what Slack did not sign, or signed for another
moment, is refused."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import pytest

from adapters.slack import actions
from tests.adapters.slack.whole import until_posted, until_result, whole
from tests.servers.slack import ANN, BEN, GENERAL, SIGNING_SECRET, signature

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import HttpWay, SlackServer

EVENT = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": {"type": "unknown"}})


def of(way: HttpWay | None) -> HttpWay:
    assert way is not None
    return way


async def test_slack_finds_out_that_the_address_is_ours(host: Host, server: SlackServer) -> None:
    async with whole(host, server, over="http", is_synced=False) as bot:
        answer = await of(bot.way).verify("a challenge")
        unsigned = await of(bot.way).post(
            json.dumps({"type": "url_verification", "challenge": "x", "token": "t"}), signed=""
        )

    assert (answer.status, answer.json["challenge"]) == (200, "a challenge")
    assert (unsigned.status, unsigned.text) == (401, "")


async def test_every_way_in_works(host: Host, server: SlackServer) -> None:
    async with whole(host, server, over="http"):
        command = await server.command("/vllm-digest", "today", user=BEN)
        digest = await until_result(server, command, "vLLM 开发动态报告")
        mention = await server.mention(GENERAL, ANN, "any AMD PRs this week?")
        await until_posted(server, GENERAL, contains="#102")
        direct = await server.direct(ANN, "status")
        await until_posted(server, server.dm_of(ANN).id, contains="Holds 10 items")
        press = await server.press(digest, actions.DETAILS, user=BEN)
        await server.until(lambda: server.modals(BEN))
        message = server.say(GENERAL, "https://github.com/vllm-project/vllm/pull/101")
        shortcut = await server.shortcut(actions.EXPLAIN, message)
        await until_result(server, shortcut, "#101 was merged")
        home = await server.open_home(BEN)
        await server.until(lambda: server.home(BEN))

    sent = (command, mention, direct, press, shortcut, home)
    assert [each.attempts for each in sent] == [1] * len(sent)
    assert await command.payload is None  # an empty acknowledgement: the command stays as it was typed


async def test_an_event_that_is_sent_again_is_answered_once(host: Host, server: SlackServer) -> None:
    async with whole(host, server, over="http"):
        sent = await server.mention(GENERAL, ANN, "help")
        again = await server.again(sent)
        await server.until(lambda: again.is_acked or again.gave_up)
        await until_posted(server, GENERAL)
        await until_result(server, await server.command("/vllm-digest", "help"))

    assert len(server.by_bot(GENERAL)) == 1


async def test_what_slack_signed_is_taken_once(host: Host, server: SlackServer) -> None:
    async with whole(host, server, over="http") as bot:
        way = of(bot.way)
        await server.mention(GENERAL, ANN, "help")
        await until_posted(server, GENERAL)
        replayed = [await way.replay(way.requests[0]) for _ in range(3)]
        await until_result(server, await server.command("/vllm-digest", "help"))
        other = await way.post(EVENT)

    assert [each.status for each in replayed] == [401] * 3
    assert len(server.by_bot(GENERAL)) == 1
    assert other.status == 200


@pytest.mark.parametrize(
    "how",
    [
        {"secret": "another-secret-than-ours"},
        {"signed": ""},
        {"signed": "v0="},
        {"signed": "v0=" + "0" * 64},
        {"signed": "nonsense"},
        {"signed": "v1=" + "0" * 64},
        {"at": 301},
        {"at": -301},
        {"at": 10**9},
    ],
    ids=["other secret", "missing", "empty", "wrong", "nonsense", "version", "old", "ahead", "very old"],
)
async def test_what_slack_did_not_sign_just_now_is_refused(
    how: dict[str, object], host: Host, server: SlackServer
) -> None:
    made: dict[str, Any] = dict(how)
    if isinstance(age := made.get("at"), int):
        made["at"] = time.time() - age
    async with whole(host, server, over="http", is_synced=False) as bot:
        command = urlencode({"command": "/vllm-digest", "text": "help", "user_id": ANN})
        answers = [
            await of(bot.way).post(EVENT, **made),
            await of(bot.way).post(command, "application/x-www-form-urlencoded", **made),
        ]

    assert [(each.status, each.text) for each in answers] == [(401, "")] * 2
    assert server.calls == []


async def test_a_body_that_was_changed_on_the_way_is_refused(host: Host, server: SlackServer) -> None:
    async with whole(host, server, over="http", is_synced=False) as bot:
        now = f"{time.time():.0f}"
        signed = signature(SIGNING_SECRET, now, EVENT.encode())
        answers = [
            await of(bot.way).post(EVENT + " ", at=float(now), signed=signed),
            await of(bot.way).post(EVENT, at=float(now) - 1, signed=signed),
            await of(bot.way).post(EVENT, signed="", headers={"X-Slack-Signature": signed}),
            await of(bot.way).post(EVENT, signed=signed, headers={"X-Slack-Request-Timestamp": "yesterday"}),
        ]
        good = await of(bot.way).post(EVENT, at=float(now), signed=signed)

    assert [each.status for each in answers] == [401] * 4
    assert good.status == 200


async def test_a_body_larger_than_any_of_slacks_is_refused(host: Host, server: SlackServer) -> None:
    async with (
        whole(host, server, over="http", is_synced=False) as bot,
        aiohttp.ClientSession() as session,
        session.post(of(bot.way).url, data=io.BytesIO(b"x" * 4_000_000)) as answer,
    ):
        assert answer.status == 413


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "payload=%7B",
        '{"type": "event_callback"}',
        '{"type": 1, "event": []}',
        "\ud800",
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
async def test_nothing_that_is_signed_makes_it_fail(
    body: str, content_type: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server, over="http", is_synced=False) as bot:
        answer = await of(bot.way).post(body.encode("utf-8", "surrogatepass"), content_type)
        ready = await of(bot.way).verify()

    assert 200 <= answer.status < 500
    assert ready.status == 200


async def test_it_is_for_posts_alone(host: Host, server: SlackServer) -> None:
    async with (
        whole(host, server, over="http", is_synced=False) as bot,
        aiohttp.ClientSession() as session,
        session.get(of(bot.way).url) as answer,
        session.get(f"{bot.url}/healthz") as health,
    ):
        assert answer.status in (404, 405)
        assert health.status == 200
