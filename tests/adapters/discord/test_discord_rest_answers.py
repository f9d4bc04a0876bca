"""Answers to interactions over REST: by their token alone, for as long as it is good."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from adapters.discord.errors import Ambiguous, DiscordError
from adapters.discord.messages import File
from tests.adapters.discord.clients import saying
from tests.servers.discord.interactions import COMMAND, Interaction
from tests.servers.discord.permissions import Permission
from tests.servers.discord.records import ANN, BOT, EPHEMERAL, GENERAL, GUILD, LOADING, Version

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.discord.rest import Rest
    from tests.servers.discord import DiscordServer

FOLLOW_UPS = "POST /webhooks/*/*"
EDITS = "PATCH /webhooks/*/*/messages/*"
REPORT = File("report.md", b"# Report")
INVALID = {"code": 50035, "message": "Invalid Form Body", "errors": {"components": {"_errors": []}}}


def deferred(server: DiscordServer, *, is_alone: bool = True) -> Interaction:
    """A command of Ann's that was answered with "thinking…"."""
    made = Interaction(
        server, server.snowflake(), f"token-{server.count()}", COMMAND, ANN, GENERAL, GUILD, server.now()
    )
    flags = LOADING | (EPHEMERAL if is_alone else 0)
    made.original = server.add_message(
        GENERAL,
        BOT,
        Version(server.now(), flags=flags),
        only_for=ANN if is_alone else 0,
        interaction=made.id,
    )
    made.answered_with, made.acknowledged_after = 5, 0.1
    server.interactions[made.token] = made
    return made


async def test_the_answer_takes_the_place_of_thinking(rest: Rest, server: DiscordServer) -> None:
    asked = deferred(server)

    await rest.answer(asked.token, saying("12 %"))
    await rest.answer(asked.token, saying("**3** merged <@1400000000000000001>"), files=[REPORT])

    [message] = asked.messages
    assert (message.text, message.is_v2, message.is_ephemeral) == (
        "**3** merged <@1400000000000000001>",
        True,
        True,
    )
    assert [file.name for file in message.files] == ["report.md"]
    assert message.allowed_mentions == {"parse": []}
    assert server.pings() == []


async def test_answers_need_no_permission_in_the_channel(rest: Rest, server: DiscordServer) -> None:
    asked = deferred(server)
    server.deny(GENERAL, Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES)

    await rest.answer(asked.token, saying("a"))

    assert asked.text == "a"


@pytest.mark.parametrize("only_me", [True, False])
async def test_a_further_message_is_seen_by_whom_it_is_for(
    rest: Rest, server: DiscordServer, only_me: bool
) -> None:
    asked = deferred(server)
    await rest.answer(asked.token, saying("a"))

    sent = await rest.follow_up(asked.token, saying("b"), only_me=only_me, files=[REPORT])

    [message] = asked.follow_ups
    assert (message.id, message.text, message.is_ephemeral, message.is_v2) == (sent, "b", only_me, True)
    assert {str(version.allowed_mentions) for version in message.versions} == {"{'parse': []}"}


@pytest.mark.parametrize(
    "do",
    [
        lambda rest, token: rest.answer(token, saying("a")),
        lambda rest, token: rest.follow_up(token, saying("a"), only_me=True),
    ],
    ids=["answer", "follow_up"],
)
async def test_after_a_quarter_of_an_hour_nothing_can_be_answered(
    rest: Rest, server: DiscordServer, do: Callable[[Rest, str], Awaitable[object]]
) -> None:
    asked = deferred(server)
    server.advance(server.token_s + 1)

    with pytest.raises(DiscordError) as caught:
        await do(rest, asked.token)

    assert caught.value.key == "discord.expired"
    assert asked.token not in str(caught.value)


async def test_a_token_that_nobody_has_given_is_expired(rest: Rest) -> None:
    with pytest.raises(DiscordError) as caught:
        await rest.answer("made-up", saying("a"))

    assert caught.value.key == "discord.expired"


async def test_embeds_are_answered_with_where_layouts_are_refused(rest: Rest, server: DiscordServer) -> None:
    asked = deferred(server)
    for pattern in (EDITS, FOLLOW_UPS):
        server.fail(pattern, 400, INVALID, times=9, when=lambda call: bool(call.body["flags"] & 1 << 15))

    await rest.answer(asked.token, saying("a"))
    await rest.follow_up(asked.token, saying("b"), only_me=True)

    assert [(each.text, each.is_v2) for each in asked.messages] == [("a", False), ("b", False)]


async def test_a_further_message_is_never_sent_twice(rest: Rest, server: DiscordServer) -> None:
    asked = deferred(server)
    await rest.answer(asked.token, saying("a"))
    server.fail(FOLLOW_UPS, 500, after_effect=True)

    with pytest.raises(Ambiguous):
        await rest.follow_up(asked.token, saying("b"), only_me=True)

    assert [each.text for each in asked.follow_ups] == ["b"]


async def test_neither_a_token_nor_what_is_posted_stands_in_a_log_line(
    rest: Rest, server: DiscordServer, caplog: pytest.LogCaptureFixture
) -> None:
    asked = deferred(server)
    server.limit(EDITS, 0.01)

    with caplog.at_level(logging.DEBUG, "discord.http"):
        await rest.answer(asked.token, saying("secret words"))

    assert "429" in caplog.text
    assert asked.token not in caplog.text
    assert "secret words" not in caplog.text
