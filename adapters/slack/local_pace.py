"""Pace within this process, for while the store cannot tell the one of all processes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_KEYS: Final = 4096
"""Keys that are kept; those whose claim on the future ends first go first."""

_TICK_S: Final = 1e-6
"""Less is what sums of floats are off by."""


@dataclass(slots=True)
class _Key:
    """due: when the next call is due at the steady rate, and `held`: before which none goes; on the clock's time."""

    due: float = 0.0
    held: float = 0.0


class LocalPace:
    """The same rules as `adapters.store.pace.Pace`: slots at a steady rate, of which a burst may be taken ahead (the
    generic cell rate algorithm)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._keys: dict[str, _Key] = {}

    async def take(self, key: str, *, per_minute: float, burst: int = 1, most_wait_s: float) -> float | None:
        """Seconds until the slot that is now reserved; None if that were longer than most_wait_s, and nothing is."""
        now, interval = self._clock(), 60 / per_minute
        state = self._keys.get(key) or _Key()
        start = max(now, state.due - (burst - 1) * interval, state.held)
        if start - now < _TICK_S:
            start = now
        if start - now > most_wait_s:
            return None
        state.due = max(state.due, start) + interval
        self._keep(key, state, now)
        return start - now

    async def hold(self, key: str, seconds: float) -> None:
        """Let nobody go before that."""
        now = self._clock()
        state = self._keys.get(key) or _Key()
        state.held = max(state.held, now + seconds)
        self._keep(key, state, now)

    def _keep(self, key: str, state: _Key, now: float) -> None:
        if key not in self._keys and len(self._keys) >= MOST_KEYS:
            ends = {name: max(each.due, each.held) for name, each in self._keys.items()}
            for name in [name for name, end in ends.items() if end <= now] or [
                min(ends, key=ends.__getitem__)
            ]:
                del self._keys[name]
        self._keys[key] = state
