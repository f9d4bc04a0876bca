"""Asking a model for several things that share a prefix: the first starts, the others follow at its first token.

By then a provider's prefix cache holds what they share. Source: docs.anthropic.com, "Prompt caching": an entry can be
read once the first response begins; vLLM's automatic prefix caching likewise, once the prefill is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias, TypeVar

T = TypeVar("T")

Told: TypeAlias = Callable[[], None]
"""Called when an answer begins."""


async def staggered(askings: Sequence[Callable[[Told | None], Awaitable[T]]]) -> list[T]:
    """The results in order. Each asking gets what to call at its first token, None but for the first."""
    if not askings:
        return []
    begun = asyncio.Event()

    async def first() -> T:
        try:
            return await askings[0](begun.set)
        finally:
            begun.set()  # a server that does not stream, or fails

    async def other(ask: Callable[[Told | None], Awaitable[T]]) -> T:
        return await ask(None)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(first())]
            await begun.wait()
            tasks += [group.create_task(other(ask)) for ask in askings[1:]]
    except ExceptionGroup as several:
        raise several.exceptions[0] from several  # callers know what one asking raises
    return [task.result() for task in tasks]
