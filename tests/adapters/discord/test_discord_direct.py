"""Direct messages: a conversation with one person, who need not name the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from adapters.discord import actions
from tests.adapters.discord.whole import buttons_of, posted, result, whole
from tests.adapters.held import holding
from tests.servers.discord import BOT

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Message
    from tests.servers.model.server import ModelServer

MODEL: Final[dict[str, Any]] = {"DIGEST_MODEL": "openai:tests-model"}


async def test_a_line_is_answered_below_it(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        asked = server.ann.says(server.ann.dm, "today")
        (digest,) = await posted(server, server.ann.dm, "vLLM development report")
        named = server.ann.says(server.ann.dm, f"<@{BOT}> status")
        (status,) = await posted(server, server.ann.dm, "Holds 10 items")

    assert digest.reference == asked.id
    assert status.reference == named.id
    assert actions.FULL in buttons_of(digest)
    assert server.typings[0] == server.ann.dm


@pytest.mark.parametrize(
    "typed", ["/vllm-digest status", "</vllm-digest status:1>", "</vllm-digest:1> status"]
)
async def test_a_command_that_was_sent_as_text_is_one(typed: str, host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(server.ann.dm, typed)
        await posted(server, server.ann.dm, "Holds 10 items")


async def test_a_sentence_goes_on_from_the_one_before(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(server.ann.dm, "which PRs were opened today?")
        await posted(server, server.ann.dm, "2 PRs")
        server.ann.says(server.ann.dm, "only the AMD ones")
        narrowed = (await posted(server, server.ann.dm, "#102", 2))[-1]

    assert "#103" not in narrowed.text


async def test_a_bare_window_begins_anew(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(server.ann.dm, "any AMD PRs this week?")
        await posted(server, server.ann.dm, "Yes: 2")
        server.ann.says(server.ann.dm, "today")
        (digest,) = await posted(server, server.ann.dm, "vLLM development report")

    assert "#103" in digest.text  # of no AMD's


async def test_a_reply_goes_on_from_the_digest_that_it_answers(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(server.ann.dm, "today topic:amd")
        (digest,) = await posted(server, server.ann.dm, "vLLM development report")
        server.ann.says(server.ann.dm, "any NVIDIA PRs this week?")
        await posted(server, server.ann.dm, "#103")
        server.ann.says(server.ann.dm, "last week", reply_to=digest)
        (again,) = await posted(server, server.ann.dm, "vLLM weekly report")

    assert "#91" in again.text
    assert "#92" not in again.text  # of NVIDIA's


async def test_what_was_said_can_be_forgotten(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(server.ann.dm, "which AMD PRs were opened today?")
        await posted(server, server.ann.dm, "#102")
        await result(server.ann.slash(server.ann.dm, "forget"), "Forgotten")
        server.ann.says(server.ann.dm, "only merged ones")
        later = (await posted(server, server.ann.dm, count=3))[-1]

    assert "AMD" not in later.text


async def test_two_people_have_two_conversations(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(server.ann.dm, "which AMD PRs were opened today?")
        await posted(server, server.ann.dm, "#102")
        server.ben.says(server.ben.dm, "only merged ones")
        (other,) = await posted(server, server.ben.dm)

    assert "#102" not in other.text


async def test_what_goes_wrong_is_said_there(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        for person, words in ((server.ann, "There is no repository"), (server.ben, "没有仓库")):
            await result(person.slash(person.dm, "topics"))
            person.says(person.dm, "today repo:acme/absent")
            (said,) = await posted(server, person.dm, words)

            assert said.text.startswith("⚠️ **")


async def test_the_answer_for_programs_is_a_file(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(server.ann.dm, "format:json today")
        (message,) = await posted(server, server.ann.dm, "in the file")

    assert message.files[0].name.endswith(".json")


@pytest.mark.parametrize("way", ["message", "command"])
async def test_an_answer_of_the_model_is_seen_while_it_is_written(
    way: str, host: Host, server: DiscordServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, **MODEL):
            if way == "message":
                server.ann.says(server.ann.dm, "explain #102")
            else:
                server.ann.slash(server.ann.dm, "ask", {"question": "explain #102"})
            await model_server.was_asked(url)
            await server.until(lambda: _shown(server, "Still being written…"))
            (growing,) = _shown(server, "Still being written…")
            held.let_go()
            await server.until(lambda: actions.FEEDBACK in buttons_of(growing))

    assert "Tune MI300 GEMMs" in growing.text
    assert "Still being written…" not in growing.text


def _shown(server: DiscordServer, words: str) -> list[Message]:
    return [each for each in server.ann.sees(server.ann.dm) if words in each.text]
