"""A subscription, and what can be told of it without looking anything up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from adapters.chat.delivering import Destination
from bot.access import Principal
from bot.grammar.commands import Hours, Options, Schedule, ScheduleCommand, Suboptions, WatchCommand
from summarizer.filters import Filter
from summarizer.windows import Edition

State = Literal["active", "paused", "suspended", "ended"]
"""paused: by a person. suspended: by us, with a reason. ended: by a person, and kept for a while so that it can be
undone."""

EXTERNAL: Final = "external"
"""What platforms tell as the team of a conversation that others than one workspace or server read along."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is settled when it is made; whatever a person changes later makes another one of it.

    id: "s3", of a watch "w4"; "" before it has one. schedule: None for a watch. cut: where its windows end, at the last
    local midnight or when it is due. lang, tz: of the digests. filters: as on a digest's line. sections: ids of those
    that are shown, empty for all. holidays: the country whose holidays it keeps, or "". max_per_hour: messages of a
    watch. owner: who made it, e.g. "slack-user:U0123". starts: dues after that instant count, since it was made or
    resumed. reason: of its suspension, see `adapters.chat.delivering.Reason`, or "repo" for a repository that may not
    be read there (any more), "quota" for a cap.
    """

    id: str
    destination: Destination
    repo: str
    lang: str
    tz: str
    edition: Edition
    owner: str
    created_at: datetime
    starts: datetime
    schedule: Schedule | None = None
    cut: Literal["day", "due"] = "due"
    catchup: Literal["once", "newest", "skip"] = "once"
    filters: tuple[Filter, ...] = ()
    sections: tuple[str, ...] = ()
    hush: Hours | None = None
    holidays: str = ""
    max_per_hour: int = 0
    quiet_if_empty: bool = False
    name: str = ""
    state: State = "active"
    reason: str = ""
    changed_at: datetime | None = None

    @property
    def is_watch(self) -> bool:
        return self.schedule is None

    @property
    def reader(self) -> Principal:
        """Who reads what is posted there: a channel with everybody in it, or a person."""
        at = self.destination
        if at.platform == "terminal":
            return Principal("shell")
        if at.person and not at.channel:
            return Principal(f"{at.platform}-user", at.person)
        return Principal(at.platform, EXTERNAL if at.is_shared else at.team)

    @property
    def twin(self) -> str:
        """The same for two that would post the same at the same times to the same place."""
        plain = replace(
            self,
            id="",
            repo=self.repo.lower(),  # GitHub's names ignore case
            owner="",
            created_at=_NEVER,
            starts=_NEVER,
            name="",
            state="active",
            reason="",
            changed_at=None,
            # in which order filters and sections stand does not matter
            filters=tuple(sorted(map(_in_order, self.filters), key=str)),
            sections=tuple(sorted(self.sections)),
            destination=replace(self.destination, name="", is_shared=False),
        )
        return f"{plain.destination} {plain.command}"  # which stays the same when this class grows

    @property
    def order(self) -> str:
        """What it was ordered with, without the place: "daily 09:00 topic:amd lang:zh"; of a watch its options."""
        return str(self.command).partition(" ")[2]

    @property
    def command(self) -> ScheduleCommand | WatchCommand:
        """The command that makes one like it, in whose place it is said."""
        options = Options(
            repo=self.repo,
            lang=self.lang,
            tz=self.tz,
            edition=self.edition if self.schedule is not None else None,
            filters=self.filters,
            suboptions=Suboptions(
                name=self.name or None,
                sections=self.sections or None,
                cut=self.cut if self.schedule is not None else None,
                catchup=self.catchup if self.catchup != "once" else None,
                hush=self.hush,
                holidays=self.holidays or None,
                max_per_hour=self.max_per_hour or None,
                quiet_if_empty=self.quiet_if_empty or None,
            ),
        )
        if self.schedule is None:
            return WatchCommand("watch", options=options)
        return ScheduleCommand("subscribe", self.schedule, options=options)


def _in_order(one: Filter) -> Filter:
    return replace(one, values=tuple(sorted(one.values)))


_NEVER = datetime.min.replace(tzinfo=UTC)
