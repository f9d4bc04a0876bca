"""Topics: what belongs to each, by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from adapters.store.search import Tiers
from adapters.store.states import MirrorState
from adapters.web.archive import TopicItem, TopicListed, TopicShown, TopicWeek
from bot.archive.reaching import Weeks, begins, holds, told_until
from bot.archive.remembering import Remembered
from bot.history import BEGINNING
from summarizer.errors import BadInput
from summarizer.topics import TopicRules, mark_bots
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.store import Store
    from adapters.web.archive import Standing
    from bot.archive.reaching import Week
    from bot.find import Find
    from bot.mends import MendTopics
    from summarizer.topics import Topic

LATELY: Final = timedelta(days=7)

CHARTED: Final = 13
"""Weeks whose items are counted for the chart."""

MOST_WEEKS: Final = 4
MOST_ITEMS: Final = 200
"""Weeks of a page, and how many items are enough of one: the week that reaches so many is its last."""

MOST_SHOWN: Final = 4
"""Pages that are remembered: each holds its items, some 10 KB each."""

_Charted: TypeAlias = tuple[tuple[datetime, int, int], ...]
"""See `TopicShown.counts`."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What pages of a repository's topics are made from, as it stands now."""

    state: MirrorState
    rules: TopicRules
    weeks: Weeks
    until: datetime


class TopicPages:
    """See `adapters.web.archive.Archive`."""

    def __init__(
        self,
        store: Store,
        find: Find,
        mends: MendTopics,
        *,
        section_topics: Sequence[str],
        tz: str,
        now: Callable[[], datetime],
    ) -> None:
        """section_topics: keys of those that have a section of their own."""
        self._store = store
        self._find = find
        self._mends = mends
        self._section_topics = tuple(section_topics)
        self._tz = tz
        self._now = now
        self._listed: Remembered[Sequence[TopicListed]] = Remembered()
        self._shown: Remembered[TopicShown] = Remembered(MOST_SHOWN)
        self._charted: Remembered[_Charted] = Remembered()

    async def listed(self, standing: Standing) -> Sequence[TopicListed]:
        """Raises StoreError."""
        return await self._listed.of(_key(standing), lambda: self._list(standing))

    async def topic(self, standing: Standing, key: str, *, before: str) -> TopicShown | None:
        """None where there is no such topic. Raises StoreError."""
        told = await self._told(standing)
        try:
            topic = told.rules.find(key)
        except BadInput:
            return None
        monday = min(_monday_before(before) or told.weeks.newest, told.weeks.newest)
        return await self._shown.of(
            (*_key(standing), topic.key, monday), lambda: self._show(standing, told, topic, monday)
        )

    async def _list(self, standing: Standing) -> Sequence[TopicListed]:
        told = await self._told(standing)
        window = Window(told.until - LATELY, told.until, self._tz, so_far=True)
        first = {key: place for place, key in enumerate(self._section_topics)}
        topics = sorted(told.rules.topics, key=lambda each: first.get(each.key, len(first)))
        keys = [topic.key for topic in topics]
        [lately] = await self._find.tiers(standing.repo, keys, [window], told.rules)
        return [
            TopicListed(topic.key, topic.title, lately[topic.key].about, lately[topic.key].tagged)
            for topic in topics
        ]

    async def _show(self, standing: Standing, told: _Told, topic: Topic, monday: date) -> TopicShown:
        repo = standing.repo
        counts = await self._charted.of(
            (*_key(standing), topic.key), lambda: self._chart(repo, told, topic.key)
        )
        weeks: list[TopicWeek] = []
        while len(weeks) < MOST_WEEKS and sum(len(week.items) for week in weeks) < MOST_ITEMS:
            weeks.append(await self._week(repo, told, topic, told.weeks.of(monday)))
            monday -= LATELY
        is_more = await self._is_more(repo, told, topic, weeks[-1].since)
        before = (monday + LATELY).isoformat() if is_more else ""
        return TopicShown(topic.key, topic.title, self._tz, tuple(weeks), counts, before)

    async def _is_more(self, repo: str, told: _Told, topic: Topic, until: datetime) -> bool:
        """Whether there are weeks before that the mirror tells of."""
        began = begins(told.state)
        if began is not None:
            return began < until
        # nothing tells when the first item was, but that none is left
        [earlier] = await self._find.tiers(
            repo, [topic.key], [Window(BEGINNING, until, self._tz)], told.rules
        )
        return earlier[topic.key] != Tiers(0, 0)

    async def _chart(self, repo: str, told: _Told, key: str) -> _Charted:
        windows = [week.window for week in told.weeks.last(CHARTED)]
        tiers = await self._find.tiers(repo, [key], windows, told.rules)
        return tuple(
            (window.since, each[key].about, each[key].tagged)
            for window, each in zip(windows, tiers, strict=True)
        )

    async def _week(self, repo: str, told: _Told, topic: Topic, week: Week) -> TopicWeek:
        members = await self._find.members(repo, topic.key, week.window, told.rules)
        members = sorted(members, key=lambda each: (each.tier == "about", each.at, each.number), reverse=True)
        held = await self._store.mirror.items(repo, [each.number for each in members])
        cut = filter(None, (item.as_of(week.window.until) for item in held))
        items = {item.number: item for item in mark_bots(cut, told.rules.bots)}
        return TopicWeek(
            week.window.since,
            week.window.until,
            tuple(
                TopicItem(items[each.number], each.tier, each.at, each.event)
                for each in members
                if each.number in items
            ),
            holds(told.state, week.window),
        )

    async def _told(self, standing: Standing) -> _Told:
        state = await self._store.states.load(standing.repo)
        rules = await self._mends.rules(standing.repo)
        until = told_until(state, self._now()).replace(second=0, microsecond=0)
        return _Told(state, rules, Weeks(until, self._tz), until)


def _key(standing: Standing) -> tuple[str, str]:
    return standing.repo.lower(), standing.stamp


def _monday_before(before: str) -> date | None:
    """The Monday of the week before that of `before`, None for what no page told."""
    try:
        monday = date.fromisoformat(before)
        return monday - LATELY if monday.weekday() == 0 and monday.year > 1970 else None
    except (ValueError, OverflowError):
        return None
