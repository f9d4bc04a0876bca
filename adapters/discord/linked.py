"""Linked: which pull request or issue a message is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.chat.linked import linked_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

_NUMBER: Final = re.compile(r"(?<![\w#&/<])#([1-9]\d{1,8})(?![\w>])", re.ASCII)
"""Not that of a channel's mention or an address; "#1" is seldom one of ours."""


def item_in(message: discord.Message, links: Sequence[str]) -> tuple[str, int] | None:
    """The first link to a pull request or an issue in a message's text, embeds or components: repository, number.

    links: what addresses begin with, such as "https://github.com/".
    """
    embeds = [each.to_dict() for each in message.embeds]
    return linked_item([message.content, embeds, [each.to_dict() for each in message.components]], links)


def number_in(message: discord.Message) -> int | None:
    """The first number that somebody wrote as "#123", of whichever repository it may be."""
    found = _NUMBER.search(message.content)
    return int(found[1]) if found else None
