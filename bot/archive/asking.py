"""Asking: questions from the pages, answered as those from chats are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.chat import Reply
    from adapters.web.archive import Asked, Visitor
    from bot.access import Principal
    from bot.commands import Commands
    from bot.rules import Rules


class WebQuestions:
    """See `adapters.web.archive.Archive`."""

    def __init__(self, desk: Commands, rules: Rules) -> None:
        self._desk = desk
        self._rules = rules

    async def ask(self, asked: Asked, reader: Principal, visitor: Visitor) -> Reply:
        raise NotImplementedError
