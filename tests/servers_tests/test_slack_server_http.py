"""The tests' Slack over signed HTTP, judged by the SDK's own verifier."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from tests.servers.slack import ANN, GENERAL, SIGNING_SECRET, limits, slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.servers.slack import SlackServer


class App:
    """A request URL. answer: what it says to what is well signed."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.answer: Callable[[], web.Response] = web.Response
        self.verifier = SignatureVerifier(SIGNING_SECRET)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.text()
        if not self.verifier.is_valid_request(body, dict(request.headers)):
            return web.Response(status=401)
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        return self.answer()


@asynccontextmanager
async def app_at() -> AsyncIterator[App]:
    app, server = App(), web.Application()
    server.router.add_post("/slack/events", app.take)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    app.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield app
    finally:
        await runner.cleanup()


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server


async def test_the_same_deeds_come_as_signed_requests(slack: SlackServer) -> None:
    async with app_at() as app:
        slack.over_http(app.url, SIGNING_SECRET)
        command = await slack.command("/vllm-digest", "today")
        await command.acked()
        await (await slack.mention(text="hi")).acked()
        await (await slack.shortcut("ask")).acked()
    form, event, payload = app.bodies
    assert parse_qs(form)["text"] == ["today"]
    assert json.loads(event)["event"]["type"] == "app_mention"
    assert json.loads(parse_qs(payload)["payload"][0])["type"] == "shortcut"
    assert command.deliveries[0].status == 200


async def test_an_answer_to_a_command_is_shown(slack: SlackServer) -> None:
    async with app_at() as app:
        app.answer = lambda: web.json_response({"text": "at work"})
        slack.over_http(app.url)
        await (await slack.command()).acked()
    assert [message.text for message in slack.ephemerals(ANN, GENERAL)] == ["at work"]


async def test_an_event_that_fails_comes_again_and_a_command_does_not(slack: SlackServer) -> None:
    async with app_at() as app:
        slack.over_http(app.url)
        app.statuses = [500]
        await (await slack.mention(text="hi")).acked()
        assert [each.get("X-Slack-Retry-Num") for each in app.headers] == [None, "1"]
        assert app.headers[1]["X-Slack-Retry-Reason"] == "http_error"
        app.statuses = [500]
        sent = await slack.command()
        await slack.until(lambda: sent.gave_up)
    assert sent.attempts == 1


async def test_bad_old_and_missing_signatures_can_be_sent(slack: SlackServer) -> None:
    async with app_at() as app:
        way = slack.over_http(app.url)
        assert (await way.verify()).status == 200
        assert (await way.post("{}", secret="another")).status == 401
        assert (await way.post("{}", at=slack.now() - limits.SIGNATURE_S - 1)).status == 401
        assert (await way.post("{}", signed="v0=00")).status == 401
        assert (await way.post("{}", signed="")).status == 401
        assert (await way.replay(way.requests[0])).status == 200
    assert len(app.bodies) == 2
