"""Room: what still fits into a message that is filled bit by bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import blocks, limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.blocks import Block


class Room:
    """A message's room beside what is certain to be in it."""

    def __init__(self, certain: Sequence[Block]) -> None:
        self.characters = limits.PACKED - blocks.characters(certain)
        self._blocks = limits.BLOCKS - len(certain)
        self._tables = limits.TABLES - _tables(certain)

    def take(self, unit: Sequence[Block]) -> bool:
        """Take room for the blocks; False, and none is taken, if they do not fit whole."""
        characters, tables = blocks.characters(unit), _tables(unit)
        if characters > self.characters or len(unit) > self._blocks or tables > self._tables:
            return False
        self.characters -= characters
        self._blocks -= len(unit)
        self._tables -= tables
        return True


def _tables(unit: Sequence[Block]) -> int:
    return sum(block["type"] == "table" for block in unit)
