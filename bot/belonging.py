"""Belonging: of whom something is kept, so that it can be found when they or their workspace leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.managers import speaker

if TYPE_CHECKING:
    from adapters.chat import Context
    from adapters.store import Store

_APART = ("shell", "terminal", "web")
"""Who speaks there belongs to nobody; on a page nobody is known by more than what is said goes on from."""


async def note(store: Store, context: Context, *, talk: str = "") -> None:
    """Before anything is kept of who speaks there: write down whose it is. talk: as the store knows the conversation
    that goes on. Raises StoreError."""
    if context.surface not in _APART:
        # in a direct message they still belong to a workspace, where the platform tells
        team = context.team or context.workspace
        whole = f"{context.surface}:{team}" if team else ""
        await store.members.note(team=whole, person=speaker(context), talk=talk)
