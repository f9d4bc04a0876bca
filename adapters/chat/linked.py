"""Linked: which pull request or issue a message is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ITEM: Final = re.compile(r"([\w.-]+/[\w.-]+)/(?:pull|issues)/(\d{1,9})(?!\d)", re.ASCII)


def linked_item(message: object, links: Sequence[str]) -> tuple[str, int] | None:
    """The first link to a pull request or an issue in the texts of a message: repository, number.

    message: as the platform writes it, of dicts, lists and texts. links: what addresses begin with, such as
    "https://github.com/".
    """
    for text in _texts(message):
        for begin in links:
            place = text.find(begin)
            while place >= 0:
                if found := _ITEM.match(text, place + len(begin)):
                    return found[1], int(found[2])
                place = text.find(begin, place + 1)
    return None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
