"""Measuring: how much of a message's room its blocks take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.slack.elements import Element

_READ = frozenset({"text", "alt_text", "fallback"})
"""Keys of what a reader may see; what a button carries and where a link leads are not seen."""


def characters(blocks: Iterable[Element]) -> int:
    """What counts against `limits.PACKED`: the texts, and `limits.CONTAINER` for each block around them. Two lists of
    blocks together take the sum of both."""
    return sum(limits.CONTAINER + characters_in(block) for block in blocks)


def characters_in(value: object) -> int:
    """Of the texts in a block, an element or a list of such."""
    if isinstance(value, list | tuple):
        return sum(map(characters_in, value))
    if not isinstance(value, dict):
        return 0
    own = len(value["url"]) if value.get("type") == "link" and "text" not in value else 0
    return own + sum(
        len(each) if key in _READ and isinstance(each, str) else characters_in(each)
        for key, each in value.items()
    )
