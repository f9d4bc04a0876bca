"""Packing: blocks into messages, each within Slack's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import limits
from adapters.slack.measuring import characters
from adapters.slack.splitting import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.elements import Element


def pack(
    blocks: Sequence[Element], *, budget: int = limits.PACKED, most: int = limits.BLOCKS
) -> list[tuple[Element, ...]]:
    """In as few messages as hold them in their order, cut between blocks; a block that is too long for a message is
    split (`splitting`). A heading goes with what it is the heading of.

    budget: `characters` of a message. most: blocks of it. No message for no blocks.
    """
    packed: list[tuple[Element, ...]] = []
    current: list[Element] = []
    for block in blocks:
        heads = _heads(current)
        room = budget - characters(heads)
        is_whole = characters([block]) <= room and _cells(block) <= limits.TABLE_CHARACTERS
        for piece in [block] if is_whole else split(block, room - limits.CONTAINER):
            while current and not _fits([*current, piece], budget, most):
                kept = _heads(current)
                kept = [] if len(kept) == len(current) else kept
                packed.append(tuple(current[: len(current) - len(kept)]))
                current = kept
            current.append(piece)
    return [*packed, tuple(current)] if current else packed


def _fits(blocks: Sequence[Element], budget: int, most: int) -> bool:
    tables = sum(block["type"] == "table" for block in blocks)
    return len(blocks) <= most and tables <= limits.TABLES and characters(blocks) <= budget


def _heads(blocks: Sequence[Element]) -> list[Element]:
    """The headers at the end."""
    begin = len(blocks)
    while begin and blocks[begin - 1]["type"] == "header":
        begin -= 1
    return list(blocks[begin:])


def _cells(block: Element) -> int:
    return characters([block]) - limits.CONTAINER if block["type"] == "table" else 0
