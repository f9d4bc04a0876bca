"""What GitHub would not show, and when to ask for it again."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from adapters.source import Wanted

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
MOST_DOUBLINGS = 10

MOST_REMEMBERED = 1_000
"""In this process; beyond that the ones that failed longest ago are asked for at once."""


class PutOff:
    """Threads that GitHub would not show: asked for again after a while, which doubles each time, or once they move.
    Without it a single one that GitHub always fails on would keep every question waiting."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known: OrderedDict[tuple[str, int], tuple[Wanted, int, datetime]] = OrderedDict()

    def holds(self, repo: str, wanted: Wanted) -> bool:
        """Whether it is too early to ask for it again."""
        known, _, until = self._known.get((repo.lower(), wanted.number), (None, 0, self._now()))
        return known == wanted and self._now() < until

    def note(self, repo: str, asked: Sequence[Wanted], unreadable: Collection[int]) -> None:
        """Know which of those that were asked for GitHub would not show."""
        for each in asked:
            known, times, _ = self._known.pop((repo.lower(), each.number), (None, 0, None))
            if each.number in unreadable:
                times = times + 1 if known == each else 1
                until = self._now() + min(FIRST_PAUSE * 2 ** (times - 1), LONGEST_PAUSE)
                self._known[repo.lower(), each.number] = each, min(times, MOST_DOUBLINGS), until
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
