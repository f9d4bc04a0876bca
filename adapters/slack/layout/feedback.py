"""Feedback: the form that asks what is wrong with a digest or an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.chat.opinions import OPINIONS, REASON, item_number, lacks_number, opinion_of
from adapters.slack import actions
from adapters.slack.layout import forms
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from adapters.chat import Opinion
    from adapters.slack.layout.forms import Values, View
    from summarizer.languages import Language


def feedback_modal(language: Language, value: str, *, sections: Sequence[tuple[str, str]] = ()) -> View:
    """value: of the button that was pressed, which the submitted view gives back as its metadata, with the language of
    the form. sections: (id, title) of those that may be meant."""
    shown = [(each, language.text(f"chat.feedback.{each}")) for each in OPINIONS]
    made = [
        forms.select("opinion", language.text("chat.feedback.opinion"), shown, chosen="unhelpful"),
        forms.field(
            "number",
            language.text("chat.feedback.number"),
            hint=language.text("chat.feedback.number_hint"),
            most=12,
        ),
    ]
    if sections:
        made.append(forms.select("section", language.text("chat.feedback.section"), sections))
    made.append(
        forms.field(
            "reason",
            language.text("chat.feedback.reason"),
            hint=language.text("chat.feedback.reason_hint"),
            most=REASON,
            is_multiline=True,
        )
    )
    return forms.modal(
        language.text("chat.feedback.title"),
        made,
        close=language.text("chat.button.cancel"),
        submit=language.text("chat.button.send"),
        callback_id=actions.FEEDBACK,
        metadata=actions.dump(replace(actions.load(value), lang=language.code)),
    )


def filled_in(values: Values) -> tuple[Opinion, str, int | None, str]:
    """Opinion, section's id ("" for all of it), number (None for none that can be read) and reason of a submitted
    view."""
    return (
        opinion_of(forms.filled(values, "opinion")),
        forms.filled(values, "section"),
        item_number(forms.filled(values, "number")),
        forms.filled(values, "reason")[:REASON],
    )


def lacking(view: Mapping[str, Any]) -> dict[str, str]:
    """What a submitted view has to be mended in, by the input's block id; nothing where it can be taken.

    It needs the view alone, so that Slack can be told before it stops waiting.
    """
    values = view["state"]["values"]
    if not lacks_number(forms.filled(values, "opinion"), forms.filled(values, "number")):
        return {}
    try:
        lang = actions.load(view.get("private_metadata") or "").lang
    except ValueError:
        lang = ""
    words = languages.load(lang if lang in languages.codes() else "en")
    return {"number": words.text("errors.feedback.number")}
