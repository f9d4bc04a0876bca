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
from tests.servers_tests.discord_clients import Client, asked, codes, connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.servers.discord import DiscordServer, Interaction, Message

    Handler = Callable[[discord.Interaction], Awaitable[object]]
    Json = dict[str, Any] | None


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


class Answering(Client):
    """Gives each interaction to one function."""

    def __init__(self, answer: Handler) -> None:
        super().__init__()
        self.answer = answer
        self.error: Exception | None = None

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        try:
            await self.answer(interaction)
        except discord.HTTPException as error:
            self.error = error
        self.moments.changed()


def view(text: str, *buttons: discord.ui.Button[Any]) -> discord.ui.LayoutView:
    made = discord.ui.LayoutView(timeout=None)
    made.add_item(discord.ui.TextDisplay(text))
    if buttons:
        made.add_item(discord.ui.ActionRow(*buttons))
    return made


def button(label: str = "More", custom_id: str = "vd.more|1") -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, custom_id=custom_id)


async def callback(
    server: DiscordServer, interaction: Interaction, kind: int, data: Json = None
) -> tuple[int, Any]:
    path = f"/interactions/{interaction.id}/{interaction.token}/callback"
    return await asked(server, "POST", path, {"type": kind, "data": data or {}})


def webhook(interaction: Interaction, message: str = "") -> str:
    tail = f"/messages/{message}" if message else ""
    return f"/webhooks/{APPLICATION}/{interaction.token}{tail}"


def text(content: str = "hi") -> dict[str, Any]:
    return {"flags": 1 << 15, "components": [{"type": 10, "content": content}]}


async def pressable(server: DiscordServer) -> Message:
    """A message of the bot with a button and a menu."""
    menu = {
        "type": 3,
        "custom_id": "vd.page",
        "options": [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}],
    }
    pressed = {"type": 2, "style": 1, "label": "More", "custom_id": "vd.more|1"}
    link = {"type": 2, "style": 5, "label": "Open", "url": "https://github.com"}
    rows = [{"type": 1, "components": [pressed, link]}, {"type": 1, "components": [menu]}]
    await asked(server, "POST", f"/channels/{GENERAL}/messages", {"content": "x", "components": rows})
    return server.by_bot(GENERAL)[-1]


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


class Form(discord.ui.Modal, title="Why?"):
    kind: discord.ui.Label[Any] = discord.ui.Label(
        text="Kind",
        component=discord.ui.Select(
            custom_id="kind",
            options=[
                discord.SelectOption(label="Wrong", value="w", default=True),
                discord.SelectOption(label="Long", value="l"),
            ],
        ),
    )
    words: discord.ui.Label[Any] = discord.ui.Label(
        text="Words",
        component=discord.ui.TextInput(
            custom_id="words", style=discord.TextStyle.long, required=False, max_length=20
        ),
    )


async def test_a_modal_is_opened_filled_in_and_sent(server: DiscordServer) -> None:
    message = await pressable(server)
    sent: list[Any] = []

    async def answer(interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            await interaction.response.send_modal(Form(custom_id="vd.feedback"))
        else:
            sent.append(interaction.data)
            await interaction.response.send_message("thanks", ephemeral=True)

    async with connected(server, Answering(answer)):
        pressed = server.ben.press(message, "More")
        await pressed.acknowledged()
        modal = pressed.modal
        assert modal is not None
        with pytest.raises(NotOffered):
            server.ben.submit(modal, {"Words": "x" * 21})
        with pytest.raises(NotOffered):
            server.ben.submit(modal, {"Nothing": "x"})
        with pytest.raises(NotOffered):
            server.ann.submit(modal)
        submitted = server.ben.submit(modal, {"Words": "too long", "kind": "Long"})
        await submitted.answered()
        with pytest.raises(NotOffered):
            server.ben.submit(modal)

    assert (modal.title, modal.custom_id) == ("Why?", "vd.feedback")
    (data,) = sent
    assert data["custom_id"] == "vd.feedback"
    assert [each["component"].get("values") or each["component"]["value"] for each in data["components"]] == [
        ["l"],
        "too long",
    ]
    assert submitted.text == "thanks"
    assert submitted.message is message


async def test_what_was_filled_in_before_is_sent(server: DiscordServer) -> None:
    message = await pressable(server)
    pressed = server.ben.press(message, "More")
    status, _ = await callback(server, pressed, 9, Form(custom_id="f").to_dict())
    assert pressed.modal is not None

    submitted = server.ben.submit(pressed.modal)

    assert status == 204
    parts = submitted.payload["data"]["components"]
    assert [each["component"].get("values") or each["component"]["value"] for each in parts] == [["w"], ""]


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


def modal(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"title": "t", "custom_id": "m", "components": [label()]} | changed


def label(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": 18, "label": "l", "component": {"type": 4, "style": 1, "custom_id": "f"}} | changed


@pytest.mark.parametrize(
    ("data", "where", "code"),
    [
        (modal(title="x" * 46), "data.title", "BASE_TYPE_BAD_LENGTH"),
        (modal(custom_id="x" * 101), "data.custom_id", "BASE_TYPE_BAD_LENGTH"),
        (modal(components=[]), "data.components", "BASE_TYPE_BAD_LENGTH"),
        (modal(components=[label()] * 6), "data.components", "BASE_TYPE_BAD_LENGTH"),
        (
            modal(components=[label(), label()]),
            "data.components.1.component.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (modal(components=[label(label="x" * 46)]), "data.components.0.label", "BASE_TYPE_BAD_LENGTH"),
        (
            modal(components=[label(description="x" * 101)]),
            "data.components.0.description",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            modal(components=[label(component={"type": 2})]),
            "data.components.0.component.type",
            "BASE_TYPE_CHOICES",
        ),
        (
            modal(
                components=[label(component={"type": 4, "style": 1, "custom_id": "f", "value": "x" * 4_001})]
            ),
            "data.components.0.component.value",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            modal(
                components=[
                    label(component={"type": 4, "style": 1, "custom_id": "f", "placeholder": "x" * 101})
                ]
            ),
            "data.components.0.component.placeholder",
            "BASE_TYPE_MAX_LENGTH",
        ),
    ],
)
async def test_a_modal_over_a_limit_is_refused(
    server: DiscordServer, data: dict[str, Any], where: str, code: str
) -> None:
    interaction = server.ben.slash(GENERAL, "today")

    status, answer = await callback(server, interaction, 9, data)

    assert status == 400
    assert codes(answer["errors"]) == {where: code}
    assert interaction.modal is None


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


async def test_what_a_person_installed_goes_with_them(server: DiscordServer) -> None:
    private = server.add_private(ANN, BEN)
    with pytest.raises(NotOffered):
        server.ben.slash(private, "today")
    server.ben.user.has_installed = True

    in_private = server.ben.slash(private, "today")
    in_dm = server.ben.slash(server.ben.dm, "today")
    server.remove_guild(GUILD)
    in_guild = server.ben.slash(GENERAL, "today")

    payloads = [in_private.payload, in_dm.payload, in_guild.payload]
    assert [each["context"] for each in payloads] == [2, 1, 0]
    owners = [each["authorizing_integration_owners"] for each in payloads]
    assert owners == [{"1": str(BEN)}, {"0": "0", "1": str(BEN)}, {"1": str(BEN)}]
    assert "member" not in in_private.payload


async def test_an_app_of_one_person_has_five_follow_ups_elsewhere(server: DiscordServer) -> None:
    server.ben.user.has_installed = True
    server.remove_guild(GUILD)
    interaction = server.ben.slash(GENERAL, "today")
    await callback(server, interaction, 4, {"content": "x"})

    answers = [await asked(server, "POST", webhook(interaction), {"content": "x"}) for _ in range(6)]

    assert [status for status, _ in answers] == [200] * 5 + [400]
    assert answers[5][1]["code"] == 40094


async def test_who_may_not_use_external_apps_sees_the_answer_alone(server: DiscordServer) -> None:
    server.ben.user.has_installed = True
    server.remove_guild(GUILD)
    server.deny(GENERAL, Permission.USE_EXTERNAL_APPS, who=GUILD)
    interaction = server.ben.slash(GENERAL, "today")

    await callback(server, interaction, 4, {"content": "x"})

    assert interaction.is_ephemeral
    assert server.ann.sees(GENERAL) == []


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
