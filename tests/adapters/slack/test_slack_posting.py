"""Posts: a digest in a channel with its chart, from each way in, also where Slack takes only half of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.slack import actions
from adapters.slack.posting import EVENT_TYPE
from bot.access import SHELL
from tests.adapters.slack.pressing import (
    READERS,
    bot,
    direct,
    in_language,
    language_of,
    only_me,
    post,
    told,
    value_of,
)
from tests.adapters.slack.whole import actions_of, until_posted, until_result, words_of
from tests.servers.slack import ANN, GENERAL, faults_of

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer
    from tests.servers.slack.records import Message


def charts(server: SlackServer, message: Message) -> list[str]:
    """The names of the files that the message shows."""
    images = [block for block in message.blocks if block["type"] == "image"]
    return [server.files[each["slack_file"]["id"]].name for each in images]


@pytest.mark.parametrize("user", READERS)
async def test_a_post_shows_the_days_chart_with_words_for_who_cannot_see_it(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server) as it:
        server.infos_until_ready = 1
        message = await post(server, user)
        digest = await it.services.digests.open(value_of(message, actions.COPY).handle, SHELL)

    assert charts(server, message) == [f"{digest.id}.png"]
    [image] = [block for block in message.blocks if block["type"] == "image"]
    assert in_language(image["alt_text"]) == language_of(user)
    file = server.files[image["slack_file"]["id"]]
    assert file.data is not None
    assert file.data.startswith(b"\x89PNG")
    assert file.alt
    assert file.shares == []  # shown by the post alone, and no message of its own


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info"]
)
async def test_a_post_whose_chart_cannot_be_uploaded_comes_without_it(
    host: Host, server: SlackServer, method: str
) -> None:
    async with bot(host, server):
        if method == "upload":
            server.fail(method, status=400, times=5)
        else:
            server.fail(method, "missing_scope", times=5, needed="files:write")
        message = await post(server)

    assert charts(server, message) == []
    assert actions_of(message)[-1] == actions.FEEDBACK
    assert "#101" in words_of(message) or "#102" in words_of(message)


async def test_a_post_whose_chart_slack_refuses_to_show_comes_without_it(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        for method in ("chat.postMessage", "chat.update"):
            server.fail(
                method,
                "invalid_blocks",
                when=lambda call: "slack_file" in str(call.args.get("blocks")),
                response_metadata={
                    "messages": ["[ERROR] invalid slack file [json-pointer:/blocks/9/slack_file]"]
                },
            )
        message = await post(server)

    assert charts(server, message) == []
    assert actions_of(message)[-1] == actions.FEEDBACK


async def test_a_post_tells_programs_which_digest_it_is_and_no_secret(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server) as it:
        await told(server, await server.press(await only_me(server), actions.SHARE))
        [message] = server.by_bot(GENERAL)
        digest = await it.services.digests.open(value_of(message, actions.COPY).handle, SHELL)

    assert message.metadata == {
        "event_type": EVENT_TYPE,
        "event_payload": {"digest": digest.id, "revision": digest.revision, "lang": "en"},
    }
    assert message.unfurl == (False, False)


@pytest.mark.parametrize("user", READERS)
async def test_a_command_that_wants_it_in_the_channel_is_posted_there_and_told_so(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        sent = await server.command("/vllm-digest", "today in:channel", user=user)
        mine = await until_result(server, sent)
        [message] = server.by_bot(GENERAL)

    assert in_language(mine.text) == in_language(message.text) == language_of(user)
    assert message.thread_ts == ""
    assert actions_of(mine) == []
    assert actions_of(message)[-1] == actions.FEEDBACK


async def test_a_mention_that_wants_it_in_the_channel_leaves_nothing_in_its_thread(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        await server.mention(GENERAL, ANN, "today in:channel")
        [message] = await until_posted(server, GENERAL)
        asked = server.messages(GENERAL)[0]

        assert message.thread_ts == ""
        assert server.thread(GENERAL, asked.ts) == []
        await server.mention(GENERAL, ANN, "yesterday", thread_ts=message.ts)
        answer = (await until_posted(server, GENERAL, 2))[-1]
    assert "2026-03-23" in words_of(answer)


async def test_what_was_sent_when_everything_fails_half_way_can_be_asked_for_again(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        mine = await only_me(server)
        channel = server.dm_of(ANN).id
        server.fail(
            "chat.postMessage", "restricted_action", when=lambda call: bool(call.args.get("thread_ts"))
        )
        refusal = await told(server, await server.press(mine, actions.SEND_ALL))
        assert "administrator" in refusal.text
        half = len(server.by_bot(channel))
        sent = await server.press(mine, actions.SEND_ALL)
        await told(server, sent)

    assert half == 1
    whole = server.by_bot(channel)[half:]
    assert len(whole) > 2
    assert [file.name for file in server.files.values() if file.name.endswith(".md")]


async def test_every_version_of_everything_that_was_shown_is_as_slack_takes_it(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        for message in (await post(server), await direct(server)):
            for action in dict.fromkeys(actions_of(message)):
                await (await server.press(message, action, user=ANN)).acked()
        mine = await only_me(server)
        for action in actions_of(mine)[:-1]:
            await told_or_changed(server, mine, action)

    for message in server.all_messages:
        for version in message.versions if message.bot_id and not message.files else ():
            assert faults_of(list(version.blocks), surface="message", files=server.files) == []
            assert version.text.strip()
    assert {call.error for call in server.calls} <= {""}
    assert server.pings() == []


async def told_or_changed(server: SlackServer, message: Message, action: str) -> None:
    edits = message.edits
    sent = await server.press(message, action)
    if action == actions.DETAILS:
        await server.until(lambda: server.modals(ANN))
        return
    await server.until(lambda: message.edits > edits or server.response_url_of(sent.response_url).posted)
