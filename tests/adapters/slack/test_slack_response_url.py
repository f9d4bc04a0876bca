"""Response URLs: five uses, three of them for progress, and never an answer sent twice."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack.api import open_session
from adapters.slack.errors import Ambiguous, RateLimited, SlackError
from adapters.slack.response import ResponseUrl
from tests.adapters.slack.clients import saying
from tests.servers.slack import ANN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.adapters.slack.clients import Clock
    from tests.servers.slack import SlackServer

    Opened = Callable[[str], ResponseUrl]

URL = "response_url"


@pytest.fixture
async def opened(server: SlackServer, clock: Clock) -> AsyncIterator[Opened]:
    """Makes a response URL of an address."""
    async with open_session() as session:
        yield partial(ResponseUrl, session=session, base_url=server.url, sleep=clock.sleep)


async def test_progress_result_and_failure_share_five_uses_and_one_place(
    opened: Opened, server: SlackServer
) -> None:
    address = server.response_url()
    url = opened(address)

    shown = [await url.progress(saying(f"step {step}")) for step in range(5)]
    await url.result(saying("the answer"))
    await url.failure(saying("sharing it failed"))

    assert shown == [True, True, True, False, False]
    known = server.response_url_of(address)
    assert known.uses == 5
    [message] = server.all_messages
    assert message.only_for == ANN
    assert [version.text for version in message.versions] == [
        "step 0",
        "step 1",
        "step 2",
        "the answer",
        "sharing it failed",
    ]
    assert all(body["replace_original"] is True for body in known.bodies)
    assert all(body["response_type"] == "ephemeral" for body in known.bodies)
    with pytest.raises(SlackError) as caught:
        await url.failure(saying("once more"))
    assert caught.value.key == "slack.expired"


async def test_a_url_that_has_expired_is_told(opened: Opened, server: SlackServer) -> None:
    url = opened(server.response_url())
    server.advance(31 * 60)

    assert not await url.progress(saying("step"))
    with pytest.raises(SlackError) as caught:
        await url.result(saying("the answer"))

    assert caught.value.key == "slack.expired"
    assert len(server.called(URL)) == 1
    assert server.all_messages == []


async def test_a_result_whose_answer_is_lost_is_not_sent_again(opened: Opened, server: SlackServer) -> None:
    url = opened(server.response_url())
    server.fail(URL, after_effect=True)

    with pytest.raises(Ambiguous):
        await url.result(saying("the answer"))

    assert len(server.called(URL)) == 1


@pytest.mark.parametrize("fault", [{}, {"after_effect": True}, {"status": 503}, {"error": "ratelimited"}])
async def test_progress_that_fails_is_passed_over(
    opened: Opened, server: SlackServer, clock: Clock, fault: dict[str, Any]
) -> None:
    url = opened(server.response_url())
    server.fail(URL, **fault)

    assert not await url.progress(saying("step"))
    await url.result(saying("the answer"))

    assert clock.waits == []
    assert server.all_messages[-1].text == "the answer"


async def test_a_result_waits_out_a_pause_within_reason(
    opened: Opened, server: SlackServer, clock: Clock
) -> None:
    url = opened(server.response_url())
    server.fail(URL, status=429, retry_after=4)

    await url.result(saying("the answer"))

    assert clock.waits == [4.0]
    server.fail(URL, status=429, retry_after=60)
    with pytest.raises(RateLimited):
        await url.failure(saying("late"))


async def test_a_result_with_refused_blocks_arrives_as_text(opened: Opened, server: SlackServer) -> None:
    url = opened(server.response_url())

    await url.result(saying("the answer", {"type": "nonsense"}))

    [message] = server.all_messages
    assert (message.text, message.blocks) == ("the answer", [])


async def test_a_server_that_hangs_does_not_hold_progress_up_forever(
    opened: Opened, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.slack.response.PROGRESS_S", 0.1)
    url = opened(server.response_url())
    server.fail(URL, until=asyncio.Event())

    assert not await url.progress(saying("step"))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/commands/1",
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com.example.org/",
        "https://hooks.slack.com@example.org/",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_url_that_is_not_slacks_is_never_sent_to(opened: Opened, url: str) -> None:
    response = opened(url)

    assert not await response.progress(saying("step"))
    with pytest.raises(SlackError) as caught:
        await response.result(saying("the answer"))
    assert caught.value.key == "slack.expired"


async def test_a_redirect_is_not_followed(opened: Opened, server: SlackServer) -> None:
    url = opened(server.response_url())
    server.fail(URL, status=302)
    with pytest.raises(SlackError):
        await url.result(saying("the answer"))

    assert len(server.calls) == 1
