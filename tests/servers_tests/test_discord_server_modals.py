"""The tests' Discord: modals, as discord.py opens them and people fill them in, and what is refused of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.servers.discord import (
    GENERAL,
    NotOffered,
    discord_server,
)
from tests.servers_tests.discord_clients import Answering, callback, codes, connected, pressable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.discord import DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


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
