"""Feedback: the form that asks what is wrong with a digest or an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.chat import Feedback
from adapters.discord.layout import forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from adapters.chat import Opinion
    from adapters.chat.pressed import Pressed
    from adapters.discord.layout.forms import Filled
    from summarizer.languages import Language

_OPINIONS: Final[tuple[Opinion, ...]] = ("unhelpful", "wrong")
_REASON: Final = 1_000
"""Characters of somebody's own words; ours."""
_LARGEST: Final = 1_000_000_000
"""No item has a greater number; ours."""


def feedback_modal(
    custom_id: str, language: Language, sections: Sequence[tuple[str, str]] = ()
) -> discord.ui.Modal:
    """custom_id: carries what the feedback is about. sections: (id, title) of those that may be meant."""
    shown = [(each, language.text(f"chat.feedback.{each}")) for each in _OPINIONS]
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
            most=_REASON,
            is_long=True,
        )
    )
    return forms.modal(custom_id, language.text("chat.feedback.title"), made)


def judged(filled: Filled, pressed: Pressed) -> Feedback:
    """What a submitted form says. pressed: of its custom id; its `handle` is the digest's, "" for an answer."""
    chosen = forms.choice(filled, "opinion")
    opinion: Opinion = next((each for each in _OPINIONS if each == chosen), "unhelpful")
    return Feedback(
        opinion,
        about=pressed.handle,
        section=forms.choice(filled, "section"),
        number=_number(filled),
        reason=forms.text(filled, "reason")[:_REASON],
    )


def lacking(filled: Filled, language: Language) -> str:
    """What has to be mended before it can be taken, in a sentence; "" where it can be."""
    is_needed = forms.choice(filled, "opinion") == "wrong" or forms.text(filled, "number") != ""
    if not is_needed or _number(filled) is not None:
        return ""
    return language.text("errors.feedback.number")


def _number(filled: Filled) -> int | None:
    found = re.fullmatch(r"#?([1-9][0-9]{0,9})", forms.text(filled, "number"), re.ASCII)
    number = int(found[1]) if found else 0
    return number if 1 <= number <= _LARGEST else None
