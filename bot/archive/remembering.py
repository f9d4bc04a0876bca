"""Remembering: what pages need again and again, for as long as nothing that it came from has changed."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from bot.once import Once

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

MOST: Final = 64

T = TypeVar("T")


class Remembered(Generic[T]):
    """By what it came from, a stamp among it; made once for all who ask at the same time. Of what was made, what was
    asked for least lately is forgotten first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, T] = OrderedDict()
        self._once: Once[T] = Once()

    async def of(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` returned for that key. Raises what it raises, and forgets that."""
        if key not in self._known:
            self._known[key] = await self._once(key, make)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]
