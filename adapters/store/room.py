"""Room: whether what people are told is saved can be saved at the moment. It is asked before, so that nothing is half
written, and what is left of a disk stays for what has been promised already.

What is cached, counted or remembered for a while is passed over where the server takes no writes: an answer is as good
without.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import structlog

from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

log = structlog.get_logger()

REFUSED: Final = frozenset({"store.room", "store.full", "store.disk", "store.read_only"})
"""Failures that say: this cannot be written now. What is read is read."""

KNOWN_S: Final = 15.0
"""For how long it is believed that a server takes no writes, after it has said so."""

QUIET_S: Final = 60.0
"""Between two log lines that tell of the same thing passed over."""


class Room:
    """Asked before each write that is promised to somebody."""

    def __init__(
        self, folder: Path | None = None, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """folder: where the server of this host keeps its data; None where it is elsewhere, and tells by itself."""
        self._folder = folder
        self._monotonic = monotonic
        self._was_low = False
        self._said: StoreError | None = None
        self._said_until = 0.0

    @property
    def free_bytes(self) -> int | None:
        """Of the folder's disk; None where that cannot be told."""
        if self._folder is None:
            return None
        from adapters.store import keeper  # needs flock, which Windows lacks

        try:
            return keeper.room(self._folder)[0]
        except OSError:
            return None

    def refusal(self) -> StoreError | None:
        """Why nothing can be saved at the moment; None: it can."""
        if self._folder is not None:
            from adapters.store import keeper

            self._was_low = keeper.is_low(self._folder, was_low=self._was_low)
            if self._was_low:
                return StoreError("store.room", free=round((self.free_bytes or 0) / 1e6))
        return self._said if self._monotonic() < self._said_until else None

    def admit(self) -> None:
        """Raises StoreError where nothing can be saved at the moment."""
        if (refusal := self.refusal()) is not None:
            raise refusal

    def heard(self, error: StoreError) -> None:
        """The server has refused something."""
        if error.key in REFUSED:
            self._said, self._said_until = error, self._monotonic() + KNOWN_S

    def taken(self) -> None:
        """The server has taken a write that it might have refused."""
        self._said = None
        self._said_until = 0.0


_told: dict[str, float] = {}


@contextmanager
def passed_over(what: str) -> Iterator[None]:
    """Do without a write that the server refuses for want of room. what: for the log, in plain words."""
    try:
        yield
    except StoreError as error:
        if error.key not in REFUSED:
            raise
        now = time.monotonic()
        if now >= _told.get(what, 0.0):
            _told[what] = now + QUIET_S
            log.warning("not kept", what=what, error=error.key)
