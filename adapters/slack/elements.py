"""Elements: the pieces of Slack's rich text. D/reference/block-kit/blocks/rich-text-block, where D is docs.slack.dev.

Rich text is literal: Slack reads no markup in it, so that nobody's words become a mention, a link or bold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.chat.cutting import cut
from adapters.slack import autolinks, limits
from summarizer.markup import spans
from summarizer.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Element: TypeAlias = dict[str, Any]
"""Of a rich_text block, of a section or of a list."""
Style: TypeAlias = "Mapping[str, bool]"
"""Such as {"bold": True}."""


def literal(text: str, *, bold: bool = False) -> list[Element]:
    """Anybody's text. A word that a client might link is code-styled, which is never linked. Without characters that
    cannot be seen; nothing for nothing."""
    return styled(text, {"bold": True} if bold else {})


def styled(text: str, style: Style) -> list[Element]:
    """The same in any style; code stays one piece."""
    text = visible(text)
    parts = ((text, True),) if style.get("code") else autolinks.parts(text)
    made: list[Element] = []
    for part, is_code in parts if text else ():
        own = {**style, **({"code": True} if is_code else {})}
        made += [_with({"type": "text", "text": each}, own) for each in cut(part, limits.ELEMENT)]
    return made


def spoken(text: str) -> list[Element]:
    """A sentence of ours with anybody's words in it: what stands in backticks is code."""
    made: list[Element] = []
    for part, is_code in spans(text):
        made += styled(part.strip("`"), {"code": True}) if is_code else styled(part, {})
    return made


def link(text: str, url: str, style: Style) -> list[Element]:
    """A link of ours. text: anybody's; nothing for nothing."""
    return [
        _with({"type": "link", "url": url, "text": part}, style)
        for part in cut(visible(text), limits.ELEMENT)
    ]


def rich_text(elements: Iterable[Element]) -> Element:
    """The block."""
    return {"type": "rich_text", "elements": list(elements)}


def section(inline: Sequence[Element]) -> Element:
    """A paragraph; one of nothing is a space, since Slack wants an element in it."""
    return {"type": "rich_text_section", "elements": list(inline) or [{"type": "text", "text": " "}]}


def listed(items: Iterable[Element], *, style: str = "bullet", indent: int = 0, offset: int = 0) -> Element:
    """A list of sections. style: "bullet" or "ordered". offset: how many numbers are passed over."""
    made: Element = {
        "type": "rich_text_list",
        "style": style,
        "indent": min(indent, limits.INDENT),
        "elements": list(items),
    }
    return {**made, "offset": offset} if offset > 0 else made


def _with(element: Element, style: Style) -> Element:
    return {**element, "style": dict(style)} if style else element


def preformatted(text: str) -> Element:
    """Text as it stands, in type of one width."""
    parts = cut(visible(text).rstrip("\n") or " ", limits.ELEMENT)
    return {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": each} for each in parts]}


def quote(inline: Sequence[Element]) -> Element:
    """Text behind a bar."""
    return {"type": "rich_text_quote", "elements": list(inline)}
