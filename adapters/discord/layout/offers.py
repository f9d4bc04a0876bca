"""Offers: what can be pressed below a reply that is no digest, and does what it says for who presses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat.pressed import Pressed
from adapters.discord import actions, limits
from adapters.discord.layout.buttons import label
from adapters.discord.messages import Button

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.chat import Offer
    from summarizer.languages import Language


def offered(offers: Sequence[Offer], language: Language) -> tuple[tuple[Button, ...], ...]:
    """A button for each, in rows; the first ones where there is no room for all."""
    buttons = [
        Button(
            label(language.text(f"chat.offers.{offer.name}"), limits.LABEL),
            f"{actions.OFFER}#{place}",
            Pressed(line=offer.line),
        )
        for place, offer in enumerate(offers[: limits.ROWS * limits.BUTTONS])
    ]
    return tuple(tuple(buttons[at : at + limits.BUTTONS]) for at in range(0, len(buttons), limits.BUTTONS))
