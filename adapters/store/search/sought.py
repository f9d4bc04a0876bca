"""What is looked for in the catalogue, and what was found there: a query with everything resolved that is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from re import Pattern

from summarizer.questions.found import NOBODY, Actors, Match
from summarizer.questions.query import Query
from summarizer.topics import Tier


@dataclass(frozen=True, slots=True)
class TopicSought:
    """What decides about a topic's members besides its own rules on each item.

    linked: the tiers of its rules on `linked`. added, removed: numbers that mends put in, and took out; authors_added,
    authors_removed: plain logins of whose items they do.
    """

    key: str
    linked: frozenset[Tier] = frozenset()
    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    authors_added: frozenset[str] = frozenset()
    authors_removed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sought:
    """A query, ready to be looked up. Equal ones find equal things, as long as nothing changes.

    since, until: of the window; None: everything. quiet_since: an open item to which nothing happened since then is
    stale; None where that is not asked.
    rules: the name of the rules by which members of topics are known. topics: each that the query or one of its filters
    names, with the name it has there. asked: the names of those that matches are asked to be members of.
    authors: expressions that match whole logins of an organisation's people; None where none was asked for.
    bots: plain logins of accounts that are bots, whatever GitHub says.
    who: whether it is asked who did it. merged: of a release, the pull requests that are in it, which are then what was
    merged, whenever before `until` that was; None: what was merged in the window.
    """

    query: Query
    since: datetime | None = None
    until: datetime | None = None
    quiet_since: datetime | None = None
    rules: str = ""
    topics: tuple[tuple[str, TopicSought], ...] = ()
    asked: tuple[str, ...] = ()
    authors: Pattern[str] | None = None
    bots: frozenset[str] = frozenset()
    who: bool = False
    merged: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What the catalogue tells; the fields are those of `Found`.

    held: which of the numbers asked for are there. via: a match that belongs to a topic by links -> the items it is
    linked with for that, whatever they are about besides.
    """

    matches: tuple[Match, ...] = ()
    searched: int = 0
    untold: int = 0
    near: tuple[int, ...] = ()
    outside: int | None = None
    held: frozenset[int] = frozenset()
    about: int | None = None
    tagged: int | None = None
    via: Mapping[int, frozenset[int]] = field(default_factory=dict)
    actors: Actors = NOBODY
    authors: Actors = NOBODY


@dataclass(frozen=True, slots=True)
class Names:
    """Logins and labels that there are, casefolded."""

    logins: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
