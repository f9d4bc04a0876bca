"""Timings: how long each step of a delivery may take, and how long the next one waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timings:
    """In seconds of real time, but for the spans by the told time, which are timedeltas.

    ahead: how long before it is due a delivery is planned. lead: and its digest built, where its window has ended by
    then. patience: how long past due it waits for complete data. mends: how long past due, or after it was posted, a
    partial post is still edited when the rest arrives. silent: how long past due nothing may have been said before an
    alarm.
    deadline_s: one attempt at a part, which nobody goes on with after it. quarantine_s: how long after that a platform
    may still carry the request out; then somebody looks. Both together are less than a minute, for so long a channel
    waits for a worker that died in the middle of a post. claim_s: after which a dead worker's row is free. kicked_s:
    after which a row that nobody took is offered again. rebuild_s: between two tries to build. first_pause_s,
    longest_pause_s: between two tries to post. give_up: how long past due, or after the first try, that goes on.
    build_s: one try to build at most, whatever it waits for; the next one goes on with what is kept of it.
    """

    ahead: timedelta = timedelta(minutes=10)
    lead: timedelta = timedelta(minutes=5)
    patience: timedelta = timedelta(minutes=10)
    mends: timedelta = timedelta(hours=24)
    silent: timedelta = timedelta(minutes=15)
    give_up: timedelta = timedelta(hours=24)
    deadline_s: float = 30.0
    quarantine_s: float = 25.0
    claim_s: float = 12.0
    kicked_s: float = 10.0
    rebuild_s: float = 20.0
    first_pause_s: float = 5.0
    longest_pause_s: float = 900.0
    build_s: float = 600.0

    def pause_s(self, attempts: int) -> float:
        """Before the next try to post, after so many."""
        return min(self.first_pause_s * 2.0 ** min(max(attempts - 1, 0), 20), self.longest_pause_s)
