"""Blocks: Slack's messages, made of blocks. D/reference/block-kit/blocks, where D is docs.slack.dev.

Constructors shorten labels and headings alone, which tell nothing that does not stand elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from adapters.chat.cutting import shortened
from adapters.slack import actions as ids
from adapters.slack import limits
from adapters.slack.measuring import characters
from adapters.slack.packing import pack
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from adapters.chat.pressed import Pressed
    from summarizer.languages import Language

__all__ = [
    "Block",
    "Message",
    "actions",
    "button",
    "characters",
    "context",
    "divider",
    "feedback_buttons",
    "header",
    "image",
    "pack",
    "plain_text",
    "remark",
    "section",
]

Block: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted. text: for notifications and screen readers, safe as mrkdwn (`mrkdwn.inert`)."""

    blocks: tuple[Block, ...]
    text: str


def header(text: str) -> Block:
    """A heading. text: anybody's, on one line."""
    return {"type": "header", "text": plain_text(text, limits.HEADER)}


def context(*mrkdwn: str) -> Block:
    """Small grey text. mrkdwn: safe markup; at most `limits.CONTEXT` texts of `limits.SECTION`, or ValueError."""
    if not 0 < len(mrkdwn) <= limits.CONTEXT:
        raise ValueError("so many texts have no room in a context")
    return {"type": "context", "elements": [_mrkdwn(each) for each in mrkdwn]}


def remark(text: str) -> Block:
    """Small grey text that is literal. text: anybody's, of at most `limits.SECTION`, or ValueError."""
    if not 0 < len(text) <= limits.SECTION:
        raise ValueError("no text of this length in a text object")
    return {"type": "context", "elements": [{"type": "plain_text", "text": text, "emoji": False}]}


def section(mrkdwn: str, accessory: Block | None = None) -> Block:
    """A paragraph of safe markup; ValueError for more than `limits.SECTION`. accessory: a button beside it."""
    made: Block = {"type": "section", "text": _mrkdwn(mrkdwn)}
    return {**made, "accessory": accessory} if accessory is not None else made


def divider() -> Block:
    return {"type": "divider"}


def button(
    text: str,
    action_id: str,
    value: str,
    style: Literal["primary", "danger"] | None = None,
    url: str | None = None,
) -> Block:
    """An element of `actions`, or an accessory. value: of `actions.dump`. url: opened in the reader's browser."""
    made: Block = {
        "type": "button",
        "text": plain_text(text, limits.BUTTON),
        "action_id": action_id,
        "value": value,
    }
    if style is not None:
        made["style"] = style
    if url:
        made["url"] = url
    return made


def actions(*elements: Block) -> Block:
    """A row of buttons; ValueError for more than `limits.ACTIONS`."""
    if not 0 < len(elements) <= limits.ACTIONS:
        raise ValueError("so many buttons have no room in a row")
    return {"type": "actions", "elements": list(elements)}


def image(alt: str, file_id: str) -> Block:
    """A picture that was uploaded to Slack. alt: what it shows, in words."""
    return {
        "type": "image",
        "alt_text": shortened(neutralize(alt), limits.ALT) or " ",
        "slack_file": {"id": file_id},
    }


def feedback_buttons(value: str, language: Language) -> Block:
    """Thumbs up and down. value: of `actions.dump`, to which what was pressed is added as `Pressed.section`
    (D/reference/block-kit/block-elements/feedback-buttons-element)."""
    pressed = ids.load(value)
    return {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": ids.FEEDBACK,
                "positive_button": _thumb("helpful", pressed, language),
                "negative_button": _thumb("unhelpful", pressed, language),
            }
        ],
    }


def plain_text(text: str, most: int) -> Block:
    """A text object in which nothing is markup, not even `:names:` of emoji."""
    return {"type": "plain_text", "text": shortened(neutralize(text), most) or " ", "emoji": False}


def _thumb(opinion: Literal["helpful", "unhelpful"], pressed: Pressed, language: Language) -> Block:
    label = language.text(f"chat.button.{opinion}")
    return {
        "text": plain_text(label, limits.BUTTON),
        "value": ids.dump(replace(pressed, section=opinion)),
        "accessibility_label": shortened(label, limits.BUTTON),
    }


def _mrkdwn(text: str) -> Block:
    """verbatim: addresses in it stay text."""
    if not 0 < len(text) <= limits.SECTION:
        raise ValueError("no text of this length in a text object")
    return {"type": "mrkdwn", "text": text, "verbatim": True}
