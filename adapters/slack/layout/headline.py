"""Headline: what stands above a digest, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.slack import blocks, mrkdwn
from adapters.slack.elements import rich_text
from adapters.slack.layout.pieces import paragraph

if TYPE_CHECKING:
    from adapters.chat.outline.headline import Headline
    from adapters.chat.outline.spans import Inline
    from adapters.slack.blocks import Block

_MOMENT: Final = "{date_short} {time}"


def headline(head: Headline) -> list[Block]:
    """The title, a line of counts and times, and all that a reader has to know before the first sentence."""
    lines = [mrkdwn.escaped(head.counts)] if head.counts else []
    line = blocks.context("\n".join([*lines, _mrkdwn(head.span)]))
    body = [paragraph(each) for each in head.told]
    return [blocks.header(head.title), line, *([rich_text(body)] if body else [])]


def _mrkdwn(inline: Inline) -> str:
    return "".join(
        mrkdwn.escaped(span.text) if span.at is None else mrkdwn.moment(span.at, span.text, _MOMENT)
        for span in inline
    )
