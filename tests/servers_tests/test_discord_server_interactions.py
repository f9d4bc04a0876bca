"""The tests' Discord: interactions, answered by the real discord.py, and what is refused of them."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.servers.discord import (
    ANN,
    APPLICATION,
    BEN,
    FORUM,
    GENERAL,
    GUILD,
    NotOffered,
    Permission,
    discord_server,
)
from tests.servers_tests.discord_clients import Answering, asked, callback, codes, connected, pressable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.servers.discord import DiscordServer, Interaction, Message

    Handler = Callable[[discord.Interaction], Awaitable[object]]
    Json = dict[str, Any] | None


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


def view(text: str, *buttons: discord.ui.Button[Any]) -> discord.ui.LayoutView:
    made = discord.ui.LayoutView(timeout=None)
    made.add_item(discord.ui.TextDisplay(text))
    if buttons:
        made.add_item(discord.ui.ActionRow(*buttons))
    return made


def button(label: str = "More", custom_id: str = "vd.more|1") -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, custom_id=custom_id)


def webhook(interaction: Interaction, message: str = "") -> str:
    tail = f"/messages/{message}" if message else ""
    return f"/webhooks/{APPLICATION}/{interaction.token}{tail}"


def text(content: str = "hi") -> dict[str, Any]:
    return {"flags": 1 << 15, "components": [{"type": 10, "content": content}]}


async def test_a_command_is_deferred_then_answered_with_a_layout_for_one_person(
    server: DiscordServer,
) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(view=view("# Today"))

    async with connected(server, Answering(answer)):
        interaction = server.ben.slash(GENERAL, "today", {"topic": "amd"})
        message = await interaction.answered()

        assert await interaction.acknowledged() < 1
    assert (interaction.is_ephemeral, message.is_v2, message.text, message.only_for) == (
        True,
        True,
        "# Today",
        BEN,
    )
    assert message in server.ben.sees(GENERAL)
    assert message not in server.ann.sees(GENERAL)
    assert server.messages(GENERAL) == []


async def test_what_the_app_is_told_of_a_command(server: DiscordServer) -> None:
    heard: list[discord.Interaction] = []

    async def answer(interaction: discord.Interaction) -> None:
        heard.append(interaction)
        await interaction.response.send_message("x")

    async with connected(server, Answering(answer)):
        interaction = server.ben.slash(GENERAL, "vllm-digest today", {"topic": "amd", "in": "channel"})
        await interaction.answered()

    (told,) = heard
    assert (told.user.id, told.channel_id, told.guild_id, told.locale.value) == (BEN, GENERAL, GUILD, "zh-CN")
    assert told.is_guild_integration()
    assert not told.is_user_integration()
    assert told.app_permissions.embed_links
    assert not told.permissions.manage_channels
    assert told.data == interaction.payload["data"]
    options = [{"name": "topic", "type": 3, "value": "amd"}, {"name": "in", "type": 3, "value": "channel"}]
    assert interaction.payload["data"]["options"] == [{"name": "today", "type": 1, "options": options}]


async def test_permissions_can_be_given_with_a_command(server: DiscordServer) -> None:
    interaction = server.ben.slash(
        GENERAL, "today", guild_permissions=int(Permission.MANAGE_CHANNELS), app_permissions=0
    )

    assert interaction.payload["member"]["permissions"] == str(int(Permission.MANAGE_CHANNELS))
    assert interaction.payload["app_permissions"] == "0"


async def test_an_answer_can_be_followed_edited_and_deleted(server: DiscordServer) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("first", ephemeral=True)
        second = await interaction.followup.send("second", wait=True)
        await second.edit(content="changed")
        await interaction.followup.send("third", file=discord.File(io.BytesIO(b"report"), "report.md"))
        await interaction.delete_original_response()

    async with connected(server, Answering(answer)):
        interaction = server.ann.slash(GENERAL, "today")
        await interaction.until(lambda: interaction.original is not None and interaction.original.is_deleted)

    assert [message.text for message in interaction.messages] == ["changed", "third"]
    assert [message.is_ephemeral for message in interaction.messages] == [False, False]
    assert interaction.messages[1].files[0].data == b"report"


async def test_the_first_follow_up_after_a_deferral_is_the_answer(server: DiscordServer) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("here", ephemeral=False)

    async with connected(server, Answering(answer)):
        interaction = server.ann.slash(GENERAL, "today")
        message = await interaction.answered()

    assert message is interaction.original
    assert (message.text, message.is_ephemeral, interaction.follow_ups) == ("here", True, [])


async def test_a_pressed_button_changes_its_message(server: DiscordServer) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.application_command:
            await interaction.response.send_message(view=view("page 1", button()))
        else:
            pressed: Any = interaction.data
            await interaction.response.edit_message(view=view(f"after {pressed['custom_id']}", button()))

    async with connected(server, Answering(answer)):
        message = await server.ann.slash(GENERAL, "today").answered()
        pressed = server.ben.press(message, "More")
        await pressed.acknowledged()

    assert message.text == "after vd.more|1"
    assert message.edits == 1
    assert pressed.messages == [message]


async def test_a_press_may_be_acknowledged_first(server: DiscordServer) -> None:
    message = await pressable(server)

    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later")

    async with connected(server, Answering(answer)):
        pressed = server.ben.press(message, "vd.more")
        await pressed.until(lambda: message.edits)

    assert (pressed.answered_with, message.content) == (6, "later")


async def test_a_choice_in_a_menu_is_told(server: DiscordServer) -> None:
    message = await pressable(server)

    chosen = server.ben.choose(message, "vd.page", "Two")

    assert chosen.payload["data"]["values"] == ["2"]
    assert chosen.payload["message"]["id"] == str(message.id)


@pytest.mark.parametrize(
    "deed",
    [
        lambda server, message: server.ben.press(message, "Nothing"),
        lambda server, message: server.ben.press(message, "Open"),
        lambda server, message: server.ben.choose(message, "vd.page", "Three"),
        lambda server, message: server.ben.choose(message, "vd.page", ["1", "2"]),
    ],
)
async def test_what_a_client_does_not_offer_cannot_be_done(
    server: DiscordServer, deed: Callable[[DiscordServer, Message], object]
) -> None:
    message = await pressable(server)

    with pytest.raises(NotOffered):
        deed(server, message)
    assert server.interactions == {}


async def test_what_one_person_sees_another_cannot_press(server: DiscordServer) -> None:
    interaction = server.ann.slash(GENERAL, "today")
    await callback(
        server,
        interaction,
        4,
        {
            "content": "x",
            "flags": 64,
            "components": [
                {"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
            ],
        },
    )
    message = interaction.messages[0]

    server.ann.press(message, "Go")
    with pytest.raises(NotOffered):
        server.ben.press(message, "Go")


async def test_choices_complete_an_option(server: DiscordServer) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.autocomplete([discord.app_commands.Choice(name="AMD", value="amd")])

    async with connected(server, Answering(answer)):
        typed = server.ben.autocomplete(GENERAL, "today", "topic", "am", {"lang": "en"})
        choices = await typed.until(lambda: typed.choices)

    assert choices == [{"name": "AMD", "value": "amd"}]
    options = typed.payload["data"]["options"][0]["options"]
    assert options[1] == {"name": "topic", "type": 3, "value": "am", "focused": True}


async def test_a_message_can_be_explained(server: DiscordServer) -> None:
    server.register([{"name": "Explain this PR", "type": 3}])
    said = server.ann.says(GENERAL, "see #12")

    asked_for = server.ben.explain(said)

    data = asked_for.payload["data"]
    assert (data["name"], data["target_id"]) == ("Explain this PR", str(said.id))
    assert data["resolved"]["messages"][str(said.id)]["content"] == "see #12"


async def test_an_interaction_expires_unanswered(server: DiscordServer) -> None:
    interaction = server.ben.slash(GENERAL, "today")
    server.advance(3.1)

    status, answer = await callback(server, interaction, 5)

    assert (status, answer["code"]) == (404, 10062)
    assert not interaction.is_acknowledged
    assert [refused.code for refused in interaction.refused] == [10062]


async def test_an_unknown_interaction_is_refused(server: DiscordServer) -> None:
    status, answer = await asked(server, "POST", "/interactions/1/none/callback", {"type": 5})

    assert (status, answer["code"]) == (404, 10062)


async def test_an_interaction_is_acknowledged_once(server: DiscordServer) -> None:
    interaction = server.ben.slash(GENERAL, "today")

    await callback(server, interaction, 5)
    status, answer = await callback(server, interaction, 4, {"content": "x"})

    assert (status, answer["code"]) == (400, 40060)


async def test_a_token_is_good_for_fifteen_minutes(server: DiscordServer) -> None:
    interaction = server.ben.slash(GENERAL, "today")
    early, _ = await asked(server, "PATCH", webhook(interaction, "@original"), {"content": "x"})
    await callback(server, interaction, 5)

    server.advance(899)
    in_time, _ = await asked(server, "PATCH", webhook(interaction, "@original"), {"content": "x"})
    server.advance(2)
    late = [
        await asked(server, "PATCH", webhook(interaction, "@original"), {"content": "y"}),
        await asked(server, "POST", webhook(interaction), {"content": "y"}),
        await asked(server, "GET", webhook(interaction, "@original")),
    ]

    assert (early, in_time) == (404, 200)
    assert [(status, answer["code"]) for status, answer in late] == [(401, 50027)] * 3
    assert interaction.text == "x"


async def test_a_deferral_carries_nothing_but_ephemeral(server: DiscordServer) -> None:
    interaction = server.ben.slash(GENERAL, "today")

    _, answer = await callback(server, interaction, 5, {"flags": 64 | 1 << 15})
    status, _ = await callback(server, interaction, 5, {"flags": 64})

    assert codes(answer["errors"]) == {"data.flags": "MESSAGE_FLAGS_NOT_ALLOWED"}
    assert status == 204


@pytest.mark.parametrize(
    ("deed", "allowed"),
    [
        (lambda server, message: server.ben.slash(GENERAL, "today"), {4, 5, 9}),
        (lambda server, message: server.ben.press(message, "More"), {4, 5, 6, 7, 9}),
        (lambda server, message: server.ben.autocomplete(GENERAL, "today", "topic"), {8}),
    ],
)
@pytest.mark.parametrize("kind", [1, 4, 5, 6, 7, 8, 9, 77])
async def test_what_may_answer_what(
    server: DiscordServer, deed: Callable[[DiscordServer, Message], Interaction], allowed: set[int], kind: int
) -> None:
    interaction = deed(server, await pressable(server))
    field = {"type": 4, "style": 1, "custom_id": "f"}
    modal = {"title": "t", "custom_id": "m", "components": [{"type": 18, "label": "l", "component": field}]}
    data: dict[int, dict[str, Any]] = {4: {"content": "x"}, 7: {"content": "x"}, 8: {"choices": []}, 9: modal}

    status, _ = await callback(server, interaction, kind, data.get(kind))

    assert (status == 204) == (kind in allowed)
    assert interaction.answered_with == (kind if kind in allowed else None)


@pytest.mark.parametrize(
    ("choices", "where"),
    [
        ([{"name": str(n), "value": str(n)} for n in range(26)], "data.choices"),
        ([{"name": "x" * 101, "value": "x"}], "data.choices.0.name"),
        ([{"name": "x", "value": "x" * 101}], "data.choices.0.value"),
    ],
)
async def test_too_many_and_too_long_choices_are_refused(
    server: DiscordServer, choices: list[dict[str, str]], where: str
) -> None:
    typed = server.ben.autocomplete(GENERAL, "today", "topic", "a")

    _, answer = await callback(server, typed, 8, {"choices": choices})

    assert codes(answer["errors"]).keys() == {where}


async def test_an_answer_is_checked_as_a_message_is(server: DiscordServer) -> None:
    interaction = server.ben.slash(GENERAL, "today")

    _, answer = await callback(server, interaction, 4, {"content": "x" * 2_001})

    assert codes(answer["errors"]) == {"data.content": "BASE_TYPE_MAX_LENGTH"}


async def test_an_answer_without_allowed_mentions_pings_people_alone(server: DiscordServer) -> None:
    interaction = server.ben.slash(GENERAL, "today")

    await callback(server, interaction, 4, text(f"<@{ANN}> @everyone"))

    assert interaction.messages[0].pings == [f"<@{ANN}>"]


async def test_a_press_in_a_private_conversation_reaches_the_app(server: DiscordServer) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        assert interaction.user.id == BEN
        await interaction.response.send_message("hi")

    async with connected(server, Answering(answer)):
        interaction = server.ben.slash(server.ben.dm, "today")
        message = await interaction.answered()

    assert message.channel == server.ben.dm
    assert [each.id for each in server.ben.sees(server.ben.dm)] == [message.id]


async def test_an_interaction_waits_for_a_client_that_resumes(server: DiscordServer) -> None:
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("hi")

    async with connected(server, Answering(answer)):
        server.gateway.disconnect(4000)
        interaction = server.ben.slash(GENERAL, "today")
        await interaction.answered()

    assert len(server.gateway.resumes) == 1


async def test_a_forum_has_no_messages_of_its_own(server: DiscordServer) -> None:
    forum = server.add_channel(kind=FORUM)

    _, answer = await asked(server, "POST", f"/channels/{forum.id}/messages", {"content": "x"})

    assert answer["code"] == 50008


async def test_what_was_told_can_be_told_again(server: DiscordServer) -> None:
    heard: list[int] = []

    async def answer(interaction: discord.Interaction) -> None:
        heard.append(interaction.id)

    async with connected(server, Answering(answer)) as client:
        interaction = server.ben.slash(GENERAL, "today")
        said = server.ben.says(server.ben.dm, "hi")
        server.again(interaction)
        server.again(said)
        await client.until(lambda: len(heard) == len(client.messages) == 2)

    assert heard == [interaction.id] * 2
    assert [message.id for message in client.messages] == [said.id] * 2


async def test_waiting_ends(server: DiscordServer) -> None:
    interaction = server.ben.slash(GENERAL, "today")

    with pytest.raises(TimeoutError):
        await interaction.answered(timeout=0.01)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(interaction.until(lambda: False, 0.01), 1)
