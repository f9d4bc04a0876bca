"""Uploads: in three steps, to Slack's own hosts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import hosts
from adapters.slack.errors import Ambiguous, SlackError
from tests.adapters.slack.clients import client, saying
from tests.servers.slack import BOT_TOKEN, GENERAL

if TYPE_CHECKING:
    from adapters.slack.client import Slack
    from tests.adapters.slack.clients import Clock
    from tests.servers.slack import SlackServer

BASE = "https://slack.com/api/"


async def test_a_file_is_posted_in_a_thread_with_a_comment(slack: Slack, server: SlackServer) -> None:
    root = await slack.post(GENERAL, saying("hello"))

    file = await slack.upload(
        "report.md", "# 报告".encode(), title="Report", channel=GENERAL, thread_ts=root, comment="all of it"
    )

    assert server.files[file].data == "# 报告".encode()
    assert server.files[file].title == "Report"
    posted = server.all_messages[-1]
    assert (posted.channel, posted.thread_ts, posted.text, posted.files) == (
        GENERAL,
        root,
        "all of it",
        [file],
    )


async def test_an_image_is_uploaded_for_a_block_and_waited_for(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    server.infos_until_ready = 2

    file = await slack.upload("chart.png", b"png", title="Chart", alt="activity over the week")

    assert await slack.ready(file)
    assert server.files[file].alt == "activity over the week"
    assert len(server.called("files.info")) == 3
    assert server.all_messages == []
    assert sum(clock.waits) < 2


async def test_an_image_that_never_becomes_ready_is_given_up(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    server.infos_until_ready = 1_000

    file = await slack.upload("chart.png", b"png", title="Chart")

    assert not await slack.ready(file)
    assert sum(clock.waits) < 5


async def test_a_file_that_cannot_be_looked_at_is_not_shown(slack: Slack, server: SlackServer) -> None:
    file = await slack.upload("chart.png", b"png", title="Chart")
    token = server.tokens[BOT_TOKEN]
    token.scopes = token.scopes - {"files:read"}

    assert not await slack.ready(file)


async def test_nothing_is_sent_to_an_address_that_is_not_slacks(server: SlackServer, clock: Clock) -> None:
    other = server.url.replace("127.0.0.1", "localhost")  # the server names its own address for uploads
    async with client(server, clock, url=other) as slack:
        with pytest.raises(SlackError) as caught:
            await slack.upload("report.md", b"text", title="Report")

    assert caught.value.key == "slack.refused"
    assert server.called("upload") == []


@pytest.mark.parametrize(
    ("fault", "key"),
    [({"status": 500}, "unreachable"), ({"status": 403}, "refused"), ({}, "unreachable")],
)
async def test_bytes_that_do_not_arrive_are_no_post(
    slack: Slack, server: SlackServer, fault: dict[str, int], key: str
) -> None:
    server.fail("upload", **fault)  # type: ignore[arg-type]

    with pytest.raises(SlackError) as caught:
        await slack.upload("report.md", b"text", title="Report", channel=GENERAL)

    assert caught.value.key == f"slack.{key}"
    assert server.all_messages == []


async def test_a_file_whose_posting_is_not_confirmed_is_not_posted_again(
    slack: Slack, server: SlackServer
) -> None:
    server.fail("files.completeUploadExternal", after_effect=True)

    with pytest.raises(Ambiguous):
        await slack.upload("report.md", b"text", title="Report", channel=GENERAL)

    assert len(server.all_messages) == 1


async def test_a_workspace_that_takes_no_files_says_so(slack: Slack, server: SlackServer) -> None:
    server.fail("files.getUploadURLExternal", "file_uploads_disabled")

    with pytest.raises(SlackError) as caught:
        await slack.upload("report.md", b"text", title="Report")

    assert caught.value.key == "slack.no_files"


@pytest.mark.parametrize(
    "url",
    [
        "https://files.slack.com/upload/v1/abc",
        "https://slack.com/upload",
        "https://files.slack.com:443/upload",
    ],
)
def test_slacks_own_hosts_take_uploads(url: str) -> None:
    assert hosts.takes_uploads(url, BASE)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.slack.com/upload",
        "https://files.slack.com:8443/upload",
        "https://slack.com.example.org/upload",
        "https://notslack.com/upload",
        "https://files.slack.com@example.org/upload",
        "https://user:word@files.slack.com/upload",
        "https://example.org/files.slack.com",
        "https://[::1/upload",
        "https://files.slack.com:port/",
        "//files.slack.com/upload",
        "",
    ],
)
def test_other_hosts_take_nothing(url: str) -> None:
    assert not hosts.takes_uploads(url, BASE)
    assert not hosts.takes_responses(url, BASE)


@given(st.text(), st.text(alphabet="abc./@:#?\\-", max_size=30))
def test_no_address_that_anybody_wrote_is_taken_for_slacks(text: str, host: str) -> None:
    for url in (text, f"https://{host}", f"https://hooks.slack.com{host}", f"https://{host}hooks.slack.com"):
        if hosts.takes_responses(url, BASE):
            after = url.removeprefix("https://hooks.slack.com").removeprefix("https://slack.com")
            assert after == "" or after[0] in "/?#:", url
