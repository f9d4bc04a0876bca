"""Conversations: what was said last where, so that a further line can refine it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from adapters.store.conversations import Conversation
from bot.belonging import note
from bot.grammar import parse
from bot.grammar.commands import WindowCommand
from bot.questions import saved
from summarizer.errors import BadInput
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from adapters.chat import Context
    from adapters.store import Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Said:
    """digest: the last line, where it was a digest's. query: the last question's. choices: the readings of it that were
    asked back, in the order in which they were numbered."""

    digest: WindowCommand | None = None
    query: Query | None = None
    choices: tuple[Query, ...] = ()


class Conversations:
    """What was said last, by where it was said; outside of conversations nothing is kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, context: Context) -> Said:
        """A branch begins as a copy of what it goes on from. Raises StoreError."""
        if (key := _key(context)) is None:
            return Said()
        if context.branches_from:
            kept = await self._store.conversations.load(_key_of(context, context.branches_from))
            await note(self._store, context, talk=key)
            await self._store.conversations.save(key, kept)
        else:
            kept = await self._store.conversations.load(key)
        try:
            return Said(
                _digest(kept.digest),
                saved.load(kept.query) if kept.query else None,
                tuple(saved.load(choice) for choice in kept.choices),
            )
        except (BadInput, KeyError, TypeError, ValueError) as error:
            log.warning("kept conversation unreadable", error=str(error))  # another version's words
            return Said()

    async def save(self, context: Context, said: Said) -> None:
        """Raises StoreError."""
        if (key := _key(context)) is not None:
            kept = Conversation(
                digest=str(said.digest) if said.digest else "",
                query=saved.dump(said.query) if said.query else None,
                choices=tuple(saved.dump(choice) for choice in said.choices),
            )
            await note(self._store, context, talk=key)
            await self._store.conversations.save(key, kept)

    async def begin(self, line: str, context: Context) -> None:
        """As `remember`, where nothing was said yet. Raises BadInput, StoreError."""
        if await self.load(context) == Said():
            await self.remember(line, context)

    async def remember(self, line: str, context: Context) -> None:
        """Let a conversation go on from a digest's line. Raises BadInput, StoreError."""
        if (digest := _digest(line)) is not None:
            await self.save(context, Said(digest=digest))

    async def forget(self, context: Context) -> bool:
        """Whether there was anything to forget, of a branch also of what it goes on from. Raises StoreError."""
        keys = [_key_of(context, each) for each in (context.conversation, context.branches_from) if each]
        forgotten = [await self._store.conversations.forget(key) for key in keys]
        return any(forgotten)


def _key(context: Context) -> str | None:
    return None if context.conversation is None else _key_of(context, context.conversation)


def _key_of(context: Context, conversation: str) -> str:
    return f"{context.surface} {context.team} {conversation}"


def _digest(line: str) -> WindowCommand | None:
    command = parse(line, surface="chat", conversation=False) if line else None
    return command if isinstance(command, WindowCommand) else None
