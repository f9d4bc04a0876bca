"""Rates: how often a visitor may ask this process for a page. What costs more is counted by the archive as well."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE: Final = 200
"""Pages that a visitor may have at once, however many a minute: a browser with many tabs, not a crawler."""

MOST: Final = 10_000
"""Visitors that are remembered; whoever is forgotten begins anew."""


class Rates:
    """A bucket for each visitor: so many at once, refilled at so many a second."""

    def __init__(
        self, per_second: float, burst: int, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._monotonic = monotonic
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, visitor: str) -> int:
        """0 where they may, which counts; else after how many seconds they may again."""
        now = self._monotonic()
        left, since = self._left.pop(visitor, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._per_second)
        may = left >= 1
        self._left[visitor] = (left - may, now)
        if len(self._left) > MOST:
            self._left.popitem(last=False)
        return 0 if may else math.ceil((1 - left) / self._per_second)
