"""An event is handled once: whoever gets it, however often it comes, unless handling it failed or came too late."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from structlog.testing import capture_logs

from adapters.chat.watching import Cadence
from adapters.discord import actions
from adapters.discord.lines import Lines
from tests.adapters.discord.whole import posted, quiet, result, whole
from tests.adapters.held import holding
from tests.servers.discord import BOT, GENERAL, GUILD

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    import discord
    import pytest

    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Interaction
    from tests.servers.model.server import ModelServer

ME: Final = f"<@{BOT}>"
MODEL: Final[dict[str, Any]] = {"DIGEST_MODEL": "openai:tests-model"}


def again(server: DiscordServer, asked: Interaction) -> None:
    """The same interaction once more."""
    server.gateway.dispatch("INTERACTION_CREATE", asked.payload, guild=asked.guild)


def problems(logs: list[MutableMapping[str, Any]]) -> list[str]:
    """What the log says that somebody should look at."""
    return [each["event"] for each in logs if each["log_level"] in ("warning", "error", "critical")]


async def test_a_message_that_is_told_again_is_answered_once(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        for channel, text in ((GENERAL, f"{ME} status"), (server.ann.dm, "status")):
            message = server.ann.says(channel, text)
            server.tell_message("MESSAGE_CREATE", message)
            await posted(server, channel, "Holds 10 items")
            server.tell_message("MESSAGE_CREATE", message)
            await quiet(server)

            assert len(server.by_bot(channel)) == 1


async def test_what_a_person_did_once_is_done_once(host: Host, server: DiscordServer) -> None:
    with capture_logs() as logs:  # up to the end, when all of it has been done
        async with whole(host, server):
            asked = server.ann.slash(GENERAL, "status", {"lang": "en"})
            again(server, asked)
            message = await result(asked, "Holds 10 items")
            digest = server.ann.slash(GENERAL, "yesterday")
            shared = server.ann.press(await result(digest, "2026-03-23"), actions.SHARE)
            again(server, shared)
            await posted(server, GENERAL, "vLLM development report")
            edits = message.edits
            again(server, asked)
            await quiet(server)

    assert len(server.by_bot(GENERAL)) == 1
    assert message.edits == edits
    assert asked.follow_ups == []
    assert len([each for each in logs if each["event"] == "event seen before"]) == 3
    assert problems(logs) == []


async def test_two_bots_on_one_store_answer_once(host: Host, server: DiscordServer) -> None:
    async with whole(host, server), whole(host, server, is_synced=False, is_connected=False):
        message = server.ann.says(GENERAL, f"{ME} status")
        asked = server.ann.slash(GENERAL, "status")
        server.tell_message("MESSAGE_CREATE", message)
        await result(asked, "Holds 10 items")
        await posted(server, GENERAL, "Holds 10 items")
        await quiet(server)

    assert len(server.identifies) == 1
    assert len(server.by_bot(GENERAL)) == 1


async def test_what_one_process_answered_is_known_to_the_next(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        message = server.ann.says(GENERAL, f"{ME} status")
        await posted(server, GENERAL, "Holds 10 items")
    async with whole(host, server, is_synced=False):
        server.tell_message("MESSAGE_CREATE", message)
        await quiet(server)

    assert len(server.by_bot(GENERAL)) == 1


async def test_what_a_resumed_session_is_told_again_is_answered_once(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} status")
        await posted(server, GENERAL, "Holds 10 items")
        (session,) = server.gateway.sessions.values()
        told = [each for each in session.events if each["t"] == "MESSAGE_CREATE"]
        server.gateway.disconnect()
        for each in told:
            server.gateway.dispatch("MESSAGE_CREATE", each["d"], guild=GUILD)
        await quiet(server)

    assert len(server.by_bot(GENERAL)) == 1
    assert server.gateway.resumes


async def test_an_event_whose_handling_failed_is_handled_when_it_comes_again(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = Lines.said
    failures = 1

    async def said(self: Lines, message: discord.Message, me: int) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise RuntimeError("a bug")
        await handle(self, message, me)

    monkeypatch.setattr(Lines, "said", said)
    async with whole(host, server):
        with capture_logs() as logs:
            message = server.ann.says(GENERAL, f"{ME} status")
            await quiet(server)
            assert server.by_bot(GENERAL) == []
            server.tell_message("MESSAGE_CREATE", message)
            await posted(server, GENERAL, "Holds 10 items")
        server.tell_message("MESSAGE_CREATE", message)
        await quiet(server)

    assert problems(logs) == ["bug"]
    assert len(server.by_bot(GENERAL)) == 1


# Too late


async def test_what_expired_before_it_could_be_acknowledged_is_dropped_with_a_line_in_the_log(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        digest = await result(server.ann.slash(GENERAL, "today"), "vLLM development report")
        link = server.ann.says(GENERAL, "https://github.com/vllm-project/vllm/pull/101")
        deeds: list[Callable[[], Interaction]] = [
            lambda: server.ann.slash(GENERAL, "status", {"lang": "en"}),
            lambda: server.ann.slash(GENERAL, "date", {"when": "nonsense"}),
            lambda: server.ann.explain(link),
            lambda: server.ann.press(digest, actions.DETAILS),
            lambda: server.ann.press(digest, actions.SHARE),
        ]
        for deed in deeds:
            with capture_logs() as logs:
                server.acknowledge_s = -1.0
                asked = deed()
                await server.until(partial(getattr, asked, "refused"))
                server.acknowledge_s = 3.0
                await quiet(server)

            assert problems(logs) == ["interaction expired"]
            assert asked.messages == []

    assert server.by_bot() == []


async def test_what_takes_longer_than_its_token_is_good_for_is_dropped_with_a_line_in_the_log(
    host: Host, server: DiscordServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, cadence=Cadence(first_s=60.0), **MODEL):
            with capture_logs() as logs:
                asked = server.ann.slash(GENERAL, "today")
                await model_server.was_asked(url)
                server.advance(server.token_s + 1.0)
                held.let_go()
                await server.until(lambda: [each for each in server.calls if each.code == 50027])
                await quiet(server)
            told = await result(server.ann.slash(GENERAL, "today"), "vLLM development report")

    assert problems(logs) == ["interaction expired"]
    assert asked.messages == []
    assert told.only_for == server.ann.id
    assert server.by_bot() == []
