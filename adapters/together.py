"""Several requests at once, as the parts of one job: the first failure ends all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

T = TypeVar("T")
A = TypeVar("A")
B = TypeVar("B")


async def together(parts: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results in the order of `parts`. Raises the first failure as it is, the others cancelled."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(part) for part in parts]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]


async def both(first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B]) -> tuple[A, B]:
    """Two parts of different kinds, as `together`."""
    results: list[Any] = await together((first, second))
    return results[0], results[1]
