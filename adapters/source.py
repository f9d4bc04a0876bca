"""The port every source of items fills: GitHub itself, or the bundled sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from summarizer.items import Coverage, Item, Release

Progress = Callable[[int, int | None], None]
"""Told the items done and the items in total; total None: not known yet."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source knows of `[since, until)`, aware UTC.

    items: every item that anything happened to in it, and others that were merely touched, by number. They
    are as last seen, so they may carry what happened after `until`: see `Item.as_of`.
    releases: those published in it, oldest first. at: when that was known, by the source's own clock.
    coverage: what of it could not be seen.
    """

    items: tuple[Item, ...]
    releases: tuple[Release, ...]
    coverage: Coverage
    since: datetime
    until: datetime
    at: datetime


LASTING = frozenset({"old_comments", "sample"})
"""Reasons of incomplete coverage that asking again cannot mend."""


class Source(Protocol):
    """Where items come from."""

    async def fetch(self, repo: str, since: datetime, until: datetime, progress: Progress) -> Fetched:
        """Everything that happened in `repo` ("owner/name") in `[since, until)`, as far as there is time yet:
        the result's `until` is never in the future, by the source's own clock.

        Raises GitHubError, BadInput.
        """
        ...
