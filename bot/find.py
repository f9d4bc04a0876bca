"""Finding items in mirrors: the index is brought up to the mirror, asked, and what it found is read whole."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

import structlog

from adapters.chat import unwatched
from adapters.store.search import Sought, TopicSought, open_index, remove_index
from bot.following import Following, Standing, rules_of
from bot.once import Once
from summarizer.counting import notices
from summarizer.errors import StoreError
from summarizer.questions.found import Found
from summarizer.questions.query import STALE_DAYS, Query
from summarizer.topics import find_topic, mark_bots, match_topics, mending

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Container, Hashable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from adapters.chat import Progress
    from adapters.store import Store
    from adapters.store.search import Finding, Happened, Member, Names, Rules, TextIndex, Tiers
    from summarizer.items import Coverage, Item
    from summarizer.topics import Ledger, Topic, TopicRules
    from summarizer.windows import Window

log = structlog.get_logger()

MOST_FINDINGS = 200
MOST_MATCHES = 50_000
"""How many are remembered, and of how many matches together; some 200 bytes each."""

T = TypeVar("T")

_GONE = ("deleted", "transferred")
_PATIENCE = 20
"""How often the index may be lost while it is asked, before that is an error."""


class Find:
    """Finds items of mirrors. An async context manager: the index is opened when it is first needed."""

    def __init__(self, path: Path, store: Store) -> None:
        """path: of the index's file, which is made if it is not there."""
        self._path = path
        self._store = store
        self._opening = asyncio.Lock()
        self._opened: TextIndex | None = None
        self._stack = AsyncExitStack()
        self._following = Following(store.mirror)
        self._finding_once: Once[Finding | None] = Once()
        self._findings = _Findings()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_how: object) -> None:
        await self._stack.aclose()

    async def found(
        self,
        repo: str,
        query: Query,
        *,
        window: Window | None,
        rules: TopicRules,
        now: datetime,
        coverage: Coverage,
        mirror_from: datetime | None,
        synced_until: datetime | None,
        shown: int = 30,
        merged: frozenset[int] | None = None,
        progress: Progress = unwatched,
    ) -> Found:
        """What the mirror holds of a query, whose logins are known: ME is nobody.

        merged: of a release, the pull requests that are in it: they are what was merged, where `goes_by_commits`.
        shown: so many of the matches are read whole, and the items of `query.numbers` besides, whether or not they
        match: what they are like is what is asked. The other arguments are those fields of `Found`.
        Raises BadInput for filters and topics that mean nothing, StoreError.
        """
        merged = merged if goes_by_commits(query) else None
        sought = _sought(repo, query, window, rules, now, merged)
        finding = await self._finding(repo, sought, rules, progress)
        numbers = [match.number for match in finding.matches[:shown]]
        numbers += [number for number in query.numbers if number in finding.held and number not in numbers]
        numbers += [number for number in finding.near[:shown] if number not in numbers]
        items, ledgers = await self._details(repo, numbers, sought, finding, window, rules)
        return Found(
            query=query,
            repo=repo,
            window=window,
            matches=finding.matches,
            items=items,
            now=now,
            searched=finding.searched,
            coverage=coverage,
            ledgers=ledgers,
            about=finding.about,
            tagged=finding.tagged,
            near=finding.near,
            missing=await self._missing(repo, [each for each in query.numbers if each not in finding.held]),
            outside=finding.outside,
            mirror_from=mirror_from,
            synced_until=synced_until,
            untold=finding.untold,
            warnings=notices(coverage),
            actors=finding.actors,
            authors=finding.authors,
        )

    async def happened(self, repo: str, windows: Sequence[Window], rules: TopicRules) -> Sequence[Happened]:
        """What a digest of each window counts, from the mirror as it is. Raises StoreError."""
        return await self._told(
            repo,
            rules,
            lambda index, position: index.happened(repo, windows, rules.bots, position=position),
        )

    async def tiers(
        self, repo: str, topics: Sequence[str], windows: Sequence[Window], rules: TopicRules
    ) -> Sequence[Mapping[str, Tiers]]:
        """How many members each topic has in a digest of each window, by key, from the mirror as it is. Raises
        StoreError."""
        query = Query(topics=tuple(topics))
        sought = [_sought(repo, query, window, rules, window.until, None) for window in windows]
        return await self._told(
            repo, rules, lambda index, position: index.tiers(repo, sought, position=position)
        )

    async def members(self, repo: str, topic: str, window: Window, rules: TopicRules) -> Sequence[Member]:
        """The members that a topic has in a digest of a window, from the mirror as it is, in no order. Raises
        StoreError."""
        sought = _sought(repo, Query(topics=(topic,)), window, rules, window.until, None)
        return await self._told(
            repo, rules, lambda index, position: index.members(repo, sought, position=position)
        )

    async def names(self, repo: str) -> Names:
        """The logins and labels that are known so far: nothing is read for it, so that a question can be understood at
        once. Raises StoreError."""
        return await (await self._index()).names(repo)

    async def keep_up(self, repo: str, rules: TopicRules, progress: Progress = unwatched) -> None:
        """Bring the index up to the mirror, so that the next question need not wait for that. Raises StoreError."""
        await self._following.follow(await self._index(), repo, rules_of(rules), progress)

    async def discard(self) -> bool:
        """Throw the index of this host away, whoever has it open; it is made anew when something is sought. Whether
        there was one."""
        self._findings = _Findings()
        return await asyncio.to_thread(remove_index, self._path)

    async def _finding(self, repo: str, sought: Sought, rules: TopicRules, progress: Progress) -> Finding:
        index = await self._index()
        members = rules_of(rules)
        for _ in range(_PATIENCE):
            standing = await self._standing(index, repo, members, progress)
            key = (repo.lower(), standing, sought)
            finding = self._findings.get(key) or await self._finding_once(
                key, partial(index.find, repo, sought, position=standing.position)
            )
            if finding is not None:
                self._findings.keep(key, finding)
                return finding
        raise StoreError("store.index", folder=str(self._path.parent), reason="lost again and again")

    async def _told(
        self, repo: str, rules: TopicRules, ask: Callable[[TextIndex, int], Awaitable[T | None]]
    ) -> T:
        """What the index tells once it has come up to the mirror."""
        index = await self._index()
        for _ in range(_PATIENCE):
            standing = await self._standing(index, repo, rules_of(rules), unwatched)
            told = await ask(index, standing.position)
            if told is not None:
                return told
        raise StoreError("store.index", folder=str(self._path.parent), reason="lost again and again")

    async def _standing(self, index: TextIndex, repo: str, members: Rules, progress: Progress) -> Standing:
        """Where the index stands once it has followed; without room for more it is asked as it is."""
        try:
            return await self._following.follow(index, repo, members, progress)
        except StoreError as error:
            if error.key != "store.index":
                raise
            position, _ = await index.positions(repo, members.name)
            if not position:
                raise  # nothing could be told from it
            log.warning("index not brought up to the mirror", repo=repo, reason=error.values.get("reason"))
            return Standing(position, 0)

    async def _details(
        self,
        repo: str,
        numbers: Sequence[int],
        sought: Sought,
        finding: Finding,
        window: Window | None,
        rules: TopicRules,
    ) -> tuple[dict[int, Item], dict[str, Ledger]]:
        """The items, and the ledgers of the topics asked for over them."""
        partners = {other for number in numbers for other in finding.via.get(number, ())}
        stored = await self._store.mirror.items(repo, [*numbers, *sorted(partners.difference(numbers))])
        cut = stored if window is None else (each.as_of(window.until) for each in stored)
        known = {item.number: item for item in mark_bots(filter(None, cut), rules.bots)}
        items = {number: known[number] for number in numbers if number in known}
        keys = {topic.key for name, topic in sought.topics if name in sought.asked}
        asked = tuple(topic for topic in rules.topics if topic.key in keys)
        ledgers = match_topics(known.values(), asked) if asked else {}
        return items, {key: _over(ledger, items, finding.searched) for key, ledger in ledgers.items()}

    async def _missing(self, repo: str, numbers: Sequence[int]) -> dict[int, str]:
        """Why the mirror does not hold these."""
        tombstones = await self._store.mirror.tombstones(repo) if numbers else {}
        why = {number: tombstones.get(number, "").partition(" ")[0] for number in numbers}
        return {number: each if each in _GONE else "unknown" for number, each in why.items()}

    async def _index(self) -> TextIndex:
        async with self._opening:
            if self._opened is None:
                self._opened = await self._stack.enter_async_context(open_index(self._path))
            return self._opened


class _Findings:
    """What was found lately; what was asked for least lately is forgotten first."""

    def __init__(self) -> None:
        self._findings: OrderedDict[Hashable, Finding] = OrderedDict()
        self._matches = 0

    def get(self, key: Hashable) -> Finding | None:
        found = self._findings.get(key)
        if found is not None:
            self._findings.move_to_end(key)
        return found

    def keep(self, key: Hashable, finding: Finding) -> None:
        if key not in self._findings:
            self._findings[key] = finding
            self._matches += len(finding.matches)
        while len(self._findings) > MOST_FINDINGS or self._matches > MOST_MATCHES:
            self._matches -= len(self._findings.popitem(last=False)[1].matches)


def goes_by_commits(query: Query) -> bool:
    """Whether what a query finds over a release may be told by the release's commits: what was merged alone. A trend is
    told by time."""
    return query.events == ("merged",) and query.form != "trend"


def _sought(
    repo: str,
    query: Query,
    window: Window | None,
    rules: TopicRules,
    now: datetime,
    merged: frozenset[int] | None,
) -> Sought:
    wanted = [(each, value) for each in query.filters if each.key == "topic" for value in each.values]
    named = dict.fromkeys((*query.topics, *(value for _, value in wanted)))
    asked = dict.fromkeys((*query.topics, *(value for each, value in wanted if not each.negated)))
    asked_of_items = replace(query, repo=None, window=None, limit=None, form="list", step=None, against=None)
    end = now if window is None else window.until
    return Sought(
        query=asked_of_items,
        since=None if window is None else window.since,
        until=None if window is None else window.until,
        quiet_since=_minute(end) - timedelta(days=STALE_DAYS) if "stale" in query.states else None,
        rules=rules_of(rules).name,
        topics=tuple((name, _topic_sought(find_topic(name, rules.topics), repo)) for name in named),
        asked=tuple(asked),
        authors=_authors(query.organisations, rules) if query.organisations else None,
        bots=rules.bots,
        who=query.form == "who",
        merged=merged,
    )


def _topic_sought(topic: Topic, repo: str) -> TopicSought:
    mends = mending(topic.mends, repo)
    return TopicSought(
        topic.key,
        linked=frozenset(rule.tier for rule in topic.rules if rule.on == "linked"),
        added=frozenset(number for number, mend in mends.numbers.items() if mend.action == "add"),
        removed=frozenset(number for number, mend in mends.numbers.items() if mend.action == "remove"),
        authors_added=frozenset(login for login, mend in mends.logins.items() if mend.action == "add"),
        authors_removed=frozenset(login for login, mend in mends.logins.items() if mend.action == "remove"),
    )


def _authors(keys: Sequence[str], rules: TopicRules) -> re.Pattern[str]:
    """What matches the logins of their people, whole. Organisations that are not known have none."""
    known = [rules.organisations[key] for key in keys if key in rules.organisations]
    every = [f"(?:{expression})" for each in known for expression in each.expressions]
    return re.compile("|".join(every) or "(?!)", re.IGNORECASE | re.ASCII)


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _over(ledger: Ledger, numbers: Container[int], total: int) -> Ledger:
    """The ledger of these items alone, out of so many that were looked at."""
    return replace(
        ledger,
        about=tuple(number for number in ledger.about if number in numbers),
        tagged=tuple(number for number in ledger.tagged if number in numbers),
        reasons={number: reasons for number, reasons in ledger.reasons.items() if number in numbers},
        total=total,
    )
