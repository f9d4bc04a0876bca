"""Remembered: what Slack told of people and places, for a while, within this process."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class Remembered(Generic[T]):
    """Values by id, each until its own end. Who asks for the same at the same time shares one look-up."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """most: values that are kept; those that were asked for longest ago go first."""
        self._most = most
        self._clock = clock
        self._values: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(self, key: str, look_up: Callable[[], Awaitable[tuple[T, float]]]) -> T:
        """The value. look_up: brings it, and for how many seconds it holds. Raises what that raises."""
        lock = self._turns.get(key)
        if lock is None:
            lock = self._turns[key] = asyncio.Lock()
        async with lock:
            known = self._values.get(key)
            if known is not None and self._clock() < known[0]:
                self._values.move_to_end(key)
                return known[1]
            value, lasts_s = await look_up()
            self._values[key] = (self._clock() + lasts_s, value)
            self._values.move_to_end(key)
            if len(self._values) > self._most:
                self._values.popitem(last=False)
            return value
