"""Breaker: whoever failed again and again is left alone for a while, and then tried once before all ask again.

    closed --failures in a row--> resting --rest_s--> one trial --success--> closed
                                      ^--------------failure------'

Ours, since the libraries for it that know asyncio and types let every request through after the rest, read the wall
clock, or are not kept any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Admission:
    """That somebody may ask. is_trial: the first after a rest, on whom it depends whether the others may."""

    is_trial: bool = False


@dataclass(slots=True)
class Breaker:
    """Counts failures in a row, in one event loop.

    Each admission is followed by one of `succeeded`, `failed` and `given_up`; an answer that began before the rest may
    well come in the middle of the trial, and does not end it.
    after: failures in a row until it rests. rest_s: for how long. clock: monotonic, in seconds.
    """

    after: int
    rest_s: float
    clock: Callable[[], float] = time.monotonic
    _failures: int = field(default=0, init=False)
    _resting_until: float | None = field(default=None, init=False)
    _on_trial: bool = field(default=False, init=False)

    def admit(self) -> Admission | None:
        """Leave to ask now, None for none; after a rest, only one gets it, as the trial."""
        if self._resting_until is None:
            return Admission()
        if self._on_trial or self.clock() < self._resting_until:
            return None
        self._on_trial = True
        return Admission(is_trial=True)

    @property
    def rests_for_s(self) -> float:
        """Seconds until the trial; 0 where nobody need wait for it."""
        return 0.0 if self._resting_until is None else max(0.0, self._resting_until - self.clock())

    def succeeded(self) -> None:
        """There was an answer; also one of those admitted before the rest ends it."""
        self._failures = 0
        self._resting_until = None
        self._on_trial = False

    def failed(self, admission: Admission) -> None:
        """It failed in a way that others would meet as well."""
        self._failures += 1
        if self._on_trial and not admission.is_trial:
            return
        self._on_trial = False
        if self._failures >= self.after:
            self._resting_until = self.clock() + self.rest_s

    def given_up(self, admission: Admission) -> None:
        """Nobody knows how it would have ended: of the trial, whoever asks next is the trial."""
        if admission.is_trial:
            self._on_trial = False
