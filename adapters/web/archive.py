"""The archive, as the web room asks for it: what a visitor may read of the kept digests and of the mirrors.

Every method takes who asks. What they may not read is as if it were not there: a refused repository and an unknown one
are answered alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from adapters.chat import Progress
from summarizer.assessments import Assessment
from summarizer.digests import Outcome
from summarizer.items import Item
from summarizer.questions import Found
from summarizer.topics import Reason, Tier
from summarizer.windows import Edition

if TYPE_CHECKING:
    from adapters.chat import Reply
    from summarizer.digests import Digest


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who reads.

    is_signed_in: by the shared token, or let through by a proxy in front. name: as that proxy tells it, "" where it is
    not known. address: where they come from, for the rates alone; never kept or logged.
    """

    is_signed_in: bool = False
    name: str = ""
    address: str = field(default="", compare=False)


ANYBODY = Visitor()


@dataclass(frozen=True, slots=True)
class Standing:
    """A repository that the visitor may read.

    repo: as GitHub spells it. stamp: another one as soon as anything that its pages tell has changed. archive: another
    one as soon as its kept digests have. synced_until: up to when the mirror tells, aware; None: it was never read.
    mirror_from: since when it holds everything, None for always. issues, pull_requests: how many GitHub has.
    is_public: whether everyone may read it.
    """

    repo: str
    stamp: str
    archive: str
    synced_until: datetime | None
    mirror_from: datetime | None
    issues: int | None
    pull_requests: int | None
    is_public: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A kept digest in a list.

    titles: plain words, by the codes of the languages that it is kept in, of which there is one at least. since, until:
    its window, aware. kept_at: when this revision was kept; kept: the same of each language, where it is known.
    counts: as `facts.Counts` names them; empty where the list does not know. topics: keys of those that have something
    in it. filters: as they are written on a line.
    """

    repo: str
    id: str
    edition: Edition
    titles: Mapping[str, str]
    until: datetime
    since: datetime | None = None
    kept_at: datetime | None = None
    revision: int = 1
    outcome: Outcome = "normal"
    counts: Mapping[str, int] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    kept: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.titles)


@dataclass(frozen=True, slots=True)
class TopicOf:
    """A topic that an item belongs to. reasons: what made it a member, each with the rule."""

    key: str
    titles: Mapping[str, str]
    tier: Tier
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ItemShown:
    """An item as its page tells it.

    item: whole, as it stands now; None where only `missing` is told: "unknown", "deleted", "transferred".
    assessment: the last that a model or code made of it; None where nothing did. mentions: kept digests that it was an
    event of, or cited in, the newest first. incomplete: keys below `[coverage]` in the language files.
    """

    repo: str
    number: int
    item: Item | None
    missing: str = ""
    assessment: Assessment | None = None
    topics: tuple[TopicOf, ...] = ()
    mentions: tuple[Listed, ...] = ()
    incomplete: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicListed:
    """A topic. titles: by language code. about, tagged: how many of the last seven days' items."""

    key: str
    titles: Mapping[str, str]
    about: int
    tagged: int


@dataclass(frozen=True, slots=True)
class TopicItem:
    """An item of a topic in a week. at: when something happened to it last in that week. event: as `questions.Match`
    tells it, "" for a mere comment or review."""

    item: Item
    tier: Tier
    at: datetime | None
    event: str


@dataclass(frozen=True, slots=True)
class TopicWeek:
    """A week from Monday to Monday in the archive's zone, `[since, until)`, aware; the present one ends where the
    mirror does. complete: whether the mirror holds all of it."""

    since: datetime
    until: datetime
    items: tuple[TopicItem, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class TopicShown:
    """A page of a topic: some weeks, the newest first. tz: of the weeks. counts: items of each of the last weeks, the
    oldest first, for the chart: (since, about, tagged). before: what asks for the weeks before these, "" for none."""

    key: str
    titles: Mapping[str, str]
    tz: str
    weeks: tuple[TopicWeek, ...]
    counts: tuple[tuple[datetime, int, int], ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class TrendWeek:
    """A week's counts, as `facts.Counts` names them. complete: whether it is over and the mirror holds all of it."""

    since: datetime
    until: datetime
    counts: Mapping[str, int]
    complete: bool


@dataclass(frozen=True, slots=True)
class Trends:
    """The last weeks, the oldest first. tz: of the weeks."""

    tz: str
    weeks: tuple[TrendWeek, ...]


@dataclass(frozen=True, slots=True)
class SearchShown:
    """What a search found. words: as they were understood. found: its first items whole. page: from 1. pages: of how
    many. digests: kept ones whose title holds the words."""

    words: str
    found: Found
    page: int
    pages: int
    digests: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence from the page of questions.

    talk: of the conversation, made up by the page; "" for a question of its own. lang: to answer in, "" for that of the
    sentence, or where it has none for page_lang, the page's. tz: of the visitor, "" unknown. progress, show: see
    `adapters.chat.Context`.
    """

    repo: str
    line: str
    talk: str
    lang: str
    tz: str
    progress: Progress
    show: Callable[[str], None]
    page_lang: str = ""


class Archive(Protocol):
    """What the roof hands to the pages. Every method but `at_hand` raises StoreError."""

    def at_hand(self, repo: str, visitor: Visitor) -> Standing | None:
        """As `standing`, where that was looked up a moment ago: at once, without waiting for anything. None: it was
        not, or the visitor may not read it."""
        ...

    async def standing(self, repo: str, visitor: Visitor) -> Standing | None:
        """The repository, by any spelling; None where there is none that the visitor may read."""
        ...

    async def repos(self, visitor: Visitor) -> Sequence[Standing]:
        """Those of the settings that the visitor may read, the default one first."""
        ...

    async def newest(
        self,
        repo: str,
        visitor: Visitor,
        *,
        edition: Edition | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
    ) -> Sequence[Listed]:
        """Kept digests, those whose windows ended last first, at most `limit`. since, until: their windows ended in
        `[since, until)`."""
        ...

    async def languages(self, repo: str, digest_id: str, visitor: Visitor) -> Sequence[str]:
        """The codes of the languages that a digest is kept in, empty where there is none."""
        ...

    async def open(self, repo: str, digest_id: str, lang: str, visitor: Visitor) -> Digest | None:
        """The digest in that language."""
        ...

    async def item(self, repo: str, number: int, visitor: Visitor) -> ItemShown | None:
        """None where the visitor may not read the repository."""
        ...

    async def trends(self, repo: str, visitor: Visitor) -> Trends | None:
        """The last twelve weeks."""
        ...

    async def topics(self, repo: str, visitor: Visitor) -> Sequence[TopicListed]:
        """All topics, those that have a section of their own first."""
        ...

    async def topic(self, repo: str, key: str, visitor: Visitor, *, before: str = "") -> TopicShown | None:
        """key: or an alias. before: as `TopicShown.before` told it; what it did not tell is passed over."""
        ...

    async def search(self, repo: str, words: str, visitor: Visitor, *, page: int = 1) -> SearchShown | None:
        """words: as somebody typed them. Raises BadInput for what cannot be looked for, and `rules.too_fast`."""
        ...

    async def ask(self, asked: Asked, visitor: Visitor) -> Reply:
        """Answer a question. A DigestError becomes a reply with `problem`."""
        ...
