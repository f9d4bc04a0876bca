"""Findings: what was found out about one item and one digest, plain and in no language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from summarizer.assessments import Assessment
from summarizer.digests import Digest
from summarizer.facts import ListName
from summarizer.filters import Filter
from summarizer.items import Event, Item
from summarizer.rubric import Part
from summarizer.topics import Mend, Reason, RuleField, Tier, Topic

Place = ListName | Literal["hot"]
"""A list of the facts, or the hottest threads."""

Cause = Literal[
    "stands",
    "by_commits",  # stands: a release holds its merge commit, whenever it was merged
    "never",
    "before",
    "after",
    "then_closed",
    "then_reopened",
    "then_merged",
    "merged",  # a merge closes it too, and that is no close of its own
    "was_merged",  # what is told of a merge later undoes it not
    "not_in_release",
    "bots_only",
    "below",
    "filtered",
    "known_later",  # it became known after the digest was made
]

Presence = Literal[
    "listed", "hot", "stirred", "filtered", "absent", "not_yet", "known_later", "missing", "moved_by_bots"
]
"""listed: in a list. hot: in no list, but among the hottest threads. stirred: people commented or reviewed, no more;
moved_by_bots: only bots did. absent: no event in the window; not_yet: opened after it. missing: not in the mirror."""

Absence = Literal["deleted", "transferred", "no_item", "forgotten", "newer", "older", "unknown"]


@dataclass(frozen=True, slots=True)
class Missing:
    """Why the mirror does not hold an item.

    at: when it was seen to be gone. since: from when on the mirror holds what was touched. days: how far back a sync
    may find it, None where none will.
    """

    reason: Absence
    at: datetime | None = None
    since: datetime | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """Comments or reviews: how many by people and by bots, and when people's first and last was, or else the bots'."""

    people: int = 0
    bots: int = 0
    first: datetime | None = None
    last: datetime | None = None

    @property
    def total(self) -> int:
        return self.people + self.bots


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happened to an item in a stretch of time; events oldest first."""

    events: tuple[Event, ...] = ()
    comments: Talk = Talk()
    reviews: Talk = Talk()

    def __bool__(self) -> bool:
        return bool(self.events or self.comments.total or self.reviews.total)


@dataclass(frozen=True, slots=True)
class Life:
    """An item before, inside and after a window."""

    before: Stretch
    inside: Stretch
    after: Stretch


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an item stands in a list, and why. at: of the event that decided it, where there is one."""

    place: Place
    stands: bool
    cause: Cause
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Heat:
    """An item's place among the threads that people talked in, of how many; `shown` of them are told as hot."""

    place: int
    of: int
    comments: int
    participants: tuple[str, ...]
    shown: int


Fault = Literal["none", "empty", "unknown", "except", "share", "dump", "linked"]


@dataclass(frozen=True, slots=True)
class Miss:
    """Why the rules on one field made an item no member.

    fault: "none" of the item's values is met; the item has none ("empty"); they are not known ("unknown"); what was met
    is undone by an exception ("except"), is too small a part of the changed paths ("share"), or stands in an
    environment dump alone, which is not read ("dump"); what it is linked with is not about the topic ("linked"), or is
    no item of the window ("unknown").
    values: the item's, or what of them was met. sought: the rules' expressions. undone: what the exception met.
    share: the part that had to match.
    """

    field: RuleField
    fault: Fault
    values: tuple[str, ...] = ()
    sought: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Membership:
    """What the rules of one topic and people make of an item.

    tier: None for no member. mends: what people decided about the item and its author; by_rules, rule_reasons: the tier
    and the reasons without them. section: whether the digest has a section of it.
    misses: where they were asked for, unless people took out what the rules alone make a member.
    """

    topic: Topic
    tier: Tier | None
    by_rules: Tier | None
    reasons: tuple[Reason, ...]
    rule_reasons: tuple[Reason, ...]
    mends: tuple[Mend, ...]
    section: bool
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True)
class Tested:
    """Whether an item passes a filter. seen: what of the item was looked at; None where that is not known."""

    filter: Filter
    passed: bool
    seen: tuple[str, ...] | None


Key = Literal["key", "below", "not_merged", "issue"]


@dataclass(frozen=True, slots=True)
class Scores:
    """An item's points. used: the judgement that the digest goes by; code: code's own.

    importance, insight: what code's are the sum of. place: by importance among the listed items, of how many; None for
    one that is not listed. key: why it is a key pull request, or why not.
    """

    used: Assessment
    code: Assessment
    importance: tuple[Part, ...]
    insight: tuple[Part, ...]
    place: int | None
    of: int
    key: Key


@dataclass(frozen=True, slots=True)
class Cited:
    """A section that names an item. text: the claim that does, "" where only its heading does."""

    section: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """All of it. negated: "why not" was asked. asked: keys of the topics that the question is about.

    item: as it is now; then: as it stood at the window's end, None where there was none. Where the mirror does not hold
    it, both are None and `missing` says why.
    """

    digest: Digest
    number: int
    negated: bool
    asked: tuple[str, ...]
    presence: Presence
    item: Item | None = None
    then: Item | None = None
    missing: Missing | None = None
    life: Life | None = None
    verdicts: tuple[Verdict, ...] = ()
    heat: Heat | None = None
    topics: tuple[Membership, ...] = ()
    filters: tuple[Tested, ...] = ()
    scores: Scores | None = None
    cited: tuple[Cited, ...] = ()
