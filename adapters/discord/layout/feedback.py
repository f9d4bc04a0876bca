"""Feedback: the form that asks what is wrong with a digest or an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat import Feedback
from adapters.chat.opinions import OPINIONS, REASON, item_number, lacks_number, opinion_of
from adapters.discord.layout import forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from adapters.chat.pressed import Pressed
    from adapters.discord.layout.forms import Filled
    from summarizer.languages import Language


def feedback_modal(
    custom_id: str, language: Language, sections: Sequence[tuple[str, str]] = ()
) -> discord.ui.Modal:
    """custom_id: carries what the feedback is about. sections: (id, title) of those that may be meant."""
    shown = [(each, language.text(f"chat.feedback.{each}")) for each in OPINIONS]
    made = [
        forms.select("opinion", language.text("chat.feedback.opinion"), shown, chosen=("unhelpful",)),
        forms.field(
            "number",
            language.text("chat.feedback.number"),
            about=language.text("chat.feedback.number_hint"),
            most=12,
        ),
    ]
    if sections:
        made.append(forms.select("section", language.text("chat.feedback.section"), sections))
    made.append(
        forms.field(
            "reason",
            language.text("chat.feedback.reason"),
            about=language.text("chat.feedback.reason_hint"),
            most=REASON,
            is_long=True,
        )
    )
    return forms.modal(custom_id, language.text("chat.feedback.title"), made)


def judged(filled: Filled, pressed: Pressed) -> Feedback:
    """What a submitted form says. pressed: of its custom id; its `handle` is the digest's, "" for an answer."""
    return Feedback(
        opinion_of(forms.choice(filled, "opinion")),
        about=pressed.handle,
        section=forms.choice(filled, "section"),
        number=item_number(forms.text(filled, "number")),
        reason=forms.text(filled, "reason")[:REASON],
    )


def lacking(filled: Filled, language: Language) -> str:
    """What has to be mended before it can be taken, in a sentence; "" where it can be."""
    lacks = lacks_number(forms.choice(filled, "opinion"), forms.text(filled, "number"))
    return language.text("errors.feedback.number") if lacks else ""
