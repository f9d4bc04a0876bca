"""Spans as elements of Slack's rich text, which shows text as it is and reads no markup in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.slack import elements

if TYPE_CHECKING:
    from adapters.chat.outline.spans import Inline, Span
    from adapters.slack.elements import Element

_MOMENT: Final = "{date_num} {time}"


def elements_of(inline: Inline) -> list[Element]:
    """What stands in a section."""
    return [element for span in inline for element in _elements(span)]


def _elements(span: Span) -> list[Element]:
    style = {"bold": True} if span.bold else {}
    if span.at is not None:
        timestamp = int(span.at.timestamp())
        return [{"type": "date", "timestamp": timestamp, "format": _MOMENT, "fallback": span.text}]
    if span.url:
        return elements.link(span.text, span.url, style)
    return elements.styled(span.text, {**style, "code": True} if span.code else style)
