"""What a query found in the mirror, before it is put into words. Pure and picklable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from summarizer.facts import Notice
from summarizer.items import Coverage, Item
from summarizer.questions.query import Query
from summarizer.topics import Ledger
from summarizer.windows import Window


@dataclass(frozen=True, slots=True)
class Match:
    """An item that the query found.

    at: when the last of the events asked for happened to it in the window (any event, comment or review where none is
    asked for), without a window when it was updated last; None unknown. event: which one it was, with the names of
    `Query.events`; "" where none was asked for. comments: by people in the window. author: its login, "" unknown.
    """

    number: int
    at: datetime | None = None
    event: str = ""
    comments: int = 0
    author: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, and on how many of the items they did it."""

    login: str
    items: int


@dataclass(frozen=True, slots=True)
class Actors:
    """Who did something with items.

    people: most items first, then by login; bots are among them only where nobody else is. unknown: of how many items
    it is not known who, deleted accounts among them. by_bots: how many nobody but bots did, who are left out then.
    by_authors: how many nobody but their own authors reviewed, who are no reviewers.
    """

    people: tuple[Actor, ...] = ()
    unknown: int = 0
    by_bots: int = 0
    by_authors: int = 0


NOBODY = Actors()


@dataclass(frozen=True, slots=True)
class Found:
    """All that a query found.

    query: with logins in place of ME. repo: as GitHub spells it. window: None where the query goes over everything.
    matches: all of them, in the order asked for. items: of the first ones, at least those that are shown, and of
    `missing` none; whole, as they stood at the window's end. ledgers: of the topics asked for, over `items`, by key.
    about, tagged: of all matches, by their tier in any topic asked for; None where none was.
    searched: how many items were looked at: those with any event in the window, or all.
    near: numbers that hold most of the words, where none holds them all.
    missing: numbers asked for that the mirror does not hold -> why: "unknown", "deleted", "transferred".
    outside: how many match but for the window, where nothing matches; None where it was not looked.
    mirror_from: since when the mirror holds everything, None for always. now: when it was looked. synced_until: up to
    when the mirror tells.
    untold: how many items could not be judged, since what the query asks of them is not known: paths or texts that were
    never fetched or have been dropped, what was said in threads of which that is so, reviewers and assignees that were
    never fetched. Some of them may lie outside of what was `searched`: what moved them is what is not known.
    actors: where it is asked who, those who did the events asked for, on any of the matches; the authors where they
    were opened or no event was asked for. authors: of what was merged, whose it was; else NOBODY.
    """

    query: Query
    repo: str
    window: Window | None
    matches: tuple[Match, ...]
    items: Mapping[int, Item]
    now: datetime
    searched: int
    coverage: Coverage
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)
    about: int | None = None
    tagged: int | None = None
    near: tuple[int, ...] = ()
    missing: Mapping[int, str] = field(default_factory=dict)
    outside: int | None = None
    mirror_from: datetime | None = None
    synced_until: datetime | None = None
    untold: int = 0
    warnings: tuple[Notice, ...] = ()
    against: Found | None = None
    actors: Actors = NOBODY
    authors: Actors = NOBODY

    @property
    def complete(self) -> bool:
        """Whether "none" may be said: everything the query needs was there to be looked at."""
        return self.coverage.complete and not self.untold and (self.against is None or self.against.complete)
