"""Linked: which pull request or issue a message is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import discord

_ITEM: Final = re.compile(r"([\w.-]+/[\w.-]+)/(?:pull|issues)/(\d{1,9})(?!\d)", re.ASCII)
_NUMBER: Final = re.compile(r"(?<![\w#&/<])#([1-9]\d{1,8})(?![\w>])", re.ASCII)
"""Not that of a channel's mention or an address; "#1" is seldom one of ours."""


def item_in(message: discord.Message, links: Sequence[str]) -> tuple[str, int] | None:
    """The first link to a pull request or an issue in a message's text, embeds or components: repository, number.

    links: what addresses begin with, such as "https://github.com/".
    """
    for text in _texts(message):
        for begin in links:
            place = text.find(begin)
            while place >= 0:
                if found := _ITEM.match(text, place + len(begin)):
                    return found[1], int(found[2])
                place = text.find(begin, place + 1)
    return None


def number_in(message: discord.Message) -> int | None:
    """The first number that somebody wrote as "#123", of whichever repository it may be."""
    found = _NUMBER.search(message.content)
    return int(found[1]) if found else None


def _texts(message: discord.Message) -> Iterator[str]:
    yield message.content
    for embed in message.embeds:
        yield from _strings(embed.to_dict())
    for component in message.components:
        yield from _strings(component.to_dict())


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
