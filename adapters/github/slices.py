"""Slices of time for GitHub's search: what to ask so that no answer needs a second page. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Literal

SearchKind = Literal["issue", "pr"]
SearchField = Literal["updated", "created", "closed", "merged"]

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Slice:
    """Items of one kind whose `field` lies in `[start, end)`; end None: open. created_before: only older.

    start and end are whole seconds, which is as fine as GitHub's clock goes.
    """

    kind: SearchKind
    field: SearchField
    start: datetime
    end: datetime | None
    created_before: datetime | None = None

    def query(self, repo: str) -> str:
        """The search's text. Ranges include both ends (docs.github.com/search-github/
        getting-started-with-searching-on-github/understanding-the-search-syntax)."""
        span = (
            f">={_text(self.start)}"
            if self.end is None
            else f"{_text(self.start)}..{_text(self.end - SECOND)}"
        )
        older = "" if self.created_before is None else f" created:<{_text(self.created_before)}"
        return f"repo:{repo} is:{self.kind} {self.field}:{span}{older}"

    def holds(self, typename: str | None, created_at: datetime | None, updated_at: datetime | None) -> bool:
        """Whether an item with these values belongs here, as far as they can tell."""
        at = {"created": created_at, "updated": updated_at}.get(self.field)
        if (
            typename != ("Issue" if self.kind == "issue" else "PullRequest")
            or at is None
            or created_at is None
        ):
            return False
        older = self.created_before is None or created_at < self.created_before
        return older and self.start <= at and (self.end is None or at < self.end)

    def split(self, parts: int, newest: datetime) -> tuple[Slice, ...]:
        """Equally long slices that join to this one, an open one cut at `newest`; itself if uncuttable."""
        end = self.end if self.end is not None else newest + SECOND
        seconds = round((end - self.start) / SECOND)
        parts = min(parts, seconds)
        if parts < 1 or (parts == 1 and self.end is not None):
            return (self,)
        starts = [self.start + SECOND * (seconds * part // parts) for part in range(parts)]
        ends: list[datetime | None] = [*starts[1:], end]
        if self.end is None:
            starts.append(end)
            ends.append(None)
        return tuple(replace(self, start=start, end=stop) for start, stop in zip(starts, ends, strict=True))


def parts_for(count: int, aim: int) -> int:
    """How many slices bring `count` results down to about `aim` each."""
    return max(2, ceil(count / aim))


def whole_seconds(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """`[since, until)` in UTC, widened to whole seconds."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    rest = until.replace(microsecond=0)
    return since.replace(microsecond=0), rest if rest == until else rest + SECOND


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
