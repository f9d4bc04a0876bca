"""Records in this process's memory, kept as long as the mirror's feed does not tell that they changed."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from adapters.store.records import Record
    from summarizer.items import Item

MOST = 4_000
"""Two busy weeks of vLLM; some 8 KB each."""

MOST_WINDOWS = 8
"""And of no more items than that together."""


class Recent:
    """Whole records by repository and number, and whole windows, the least lately used ones forgotten first."""

    def __init__(self) -> None:
        self._records: OrderedDict[tuple[str, int], Record] = OrderedDict()
        self._positions: dict[str, int] = {}
        self._windows: OrderedDict[tuple[str, datetime, datetime], tuple[Item, ...]] = OrderedDict()

    def position(self, repo: str) -> int | None:
        """How far of the repository's feed is known here; None: not followed yet."""
        return self._positions.get(repo)

    def follow(self, repo: str, changed: Collection[int], position: int) -> None:
        """Forget what changed up to `position`; everything, if that lies before what is known."""
        if position < self._positions.get(repo, 0):
            changed = [number for name, number in self._records if name == repo]
            self._windows.clear()
        for number in changed:
            self._records.pop((repo, number), None)
        if changed:
            for key in [key for key in self._windows if key[0] == repo]:
                del self._windows[key]
        self._positions[repo] = position

    def get(self, repo: str, number: int) -> Record | None:
        record = self._records.get((repo, number))
        if record is not None:
            self._records.move_to_end((repo, number))
        return record

    def keep(self, repo: str, records: Mapping[int, Record], position: int) -> None:
        """Keep records that were read after the feed was followed to `position`. If it was followed further meanwhile,
        they may be older than what was forgotten for that, and are not kept."""
        if self._positions.get(repo) != position:
            return
        for number, record in records.items():
            self._records[repo, number] = record
            self._records.move_to_end((repo, number))
        while len(self._records) > MOST:
            self._records.popitem(last=False)

    def window(self, repo: str, since: datetime, until: datetime) -> tuple[Item, ...] | None:
        """The items of a window that was cut before; None: not since anything changed."""
        items = self._windows.get((repo, since, until))
        if items is not None:
            self._windows.move_to_end((repo, since, until))
        return items

    def keep_window(
        self, repo: str, since: datetime, until: datetime, items: Iterable[Item], position: int
    ) -> None:
        """Keep the items of a window; position: as for `keep`."""
        if self._positions.get(repo) == position:
            self._windows[repo, since, until] = tuple(items)
            self._windows.move_to_end((repo, since, until))
        while len(self._windows) > MOST_WINDOWS or sum(map(len, self._windows.values())) > MOST:
            self._windows.popitem(last=False)
