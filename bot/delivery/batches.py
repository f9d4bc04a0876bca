"""Batches: deliveries that want the same digest at the same time, for which it is built once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.digests import DigestRequest, Pinned
from bot.grammar import parse
from bot.grammar.commands import Options, WindowCommand
from summarizer.filters import Filter
from summarizer.windows import Edition, Window

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.access import Principal
    from bot.subscriptions.model import Subscription

_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be built.

    due: of its deliveries. since, until, tz: of the window. handle, digest_id: of what was built last, "" before.
    revision: of that, 0 before; it grows when the rest of the data has arrived. told: whether it was posted although
    it was not complete. told_at: since when something stands in the place of what is complete, None for nothing yet.
    """

    repo: str
    edition: Edition
    lang: str
    tz: str
    due: datetime
    since: datetime
    until: datetime
    filters: tuple[Filter, ...] = ()
    handle: str = ""
    digest_id: str = ""
    revision: int = 0
    told: bool = False
    told_at: datetime | None = None

    @property
    def key(self) -> str:
        """The same for all that want the same; begins with when they are due."""
        # by its seconds, since a zone's repr depends on where an instant was read from
        window = (self.since.timestamp(), self.until.timestamp())
        parts = (self.repo.lower(), self.edition, self.lang, self.tz, window, self.filters)
        return f"{self.due.astimezone(UTC):{_STAMP}}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"

    @property
    def window(self) -> Window:
        return Window(self.since, self.until, self.tz)

    @property
    def jitter(self) -> timedelta:
        """Up to a minute, its own: whatever is due at the same minute is not asked of GitHub at the same second."""
        return timedelta(seconds=int(self.key[-4:], 16) % 60)

    def request(self, reader: Principal) -> DigestRequest:
        return DigestRequest(
            self.repo, Pinned(self.window), self.tz, self.lang, self.edition, self.filters, reader
        )

    @property
    def line(self) -> str:
        """The command that asks for the same window."""
        return self._line(self.window.zone, "")

    @property
    def line_anywhere(self) -> str:
        """The same, which means that window in whatever zone somebody goes on from it."""
        return self._line(UTC, "Z")

    def _line(self, zone: tzinfo, offset: str) -> str:
        ends = (
            f"{instant.astimezone(zone):%Y-%m-%dT%H:%M:%S}{offset}" for instant in (self.since, self.until)
        )
        command = parse("..".join(ends), surface="chat", conversation=False)
        options = Options(
            repo=self.repo, lang=self.lang, tz=self.tz, edition=self.edition, filters=self.filters
        )
        assert isinstance(command, WindowCommand)  # noqa: S101 - two instants are a range
        return str(WindowCommand(command.window, options))


def batch_of(subscription: Subscription, due: datetime, window: Window) -> Batch:
    """What is built for a subscription that is due."""
    return Batch(
        subscription.repo,
        subscription.edition,
        subscription.lang,
        subscription.tz,
        due,
        window.since,
        window.until,
        subscription.filters,
    )


def due_of(key: str) -> datetime:
    """When a batch or a delivery is due, by its key or id, in which that stands."""
    stamp = next(part for part in key.split("-") if part.endswith("Z") and part[:8].isdigit())
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)


def delivery_id(subscription: str, due: datetime) -> str:
    """The id of what a subscription has delivered at a due time."""
    return f"{subscription}-{due.astimezone(UTC):{_STAMP}}"
