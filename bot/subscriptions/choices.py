"""Choices: what an order chooses beside its place - schedule, filters, sections - checked and spelt in one way, so that
equal orders are equal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.grammar.expressions import Time
from bot.schedule.catching_up import check
from bot.schedule.timing import cut_of, edition_of
from bot.subscriptions.timing import timing_of
from bot.topicfile import Topics
from summarizer import markup
from summarizer.digests import SECTIONS
from summarizer.errors import BadInput
from summarizer.filters import Filter, check_filters
from summarizer.topics import match_topics

if TYPE_CHECKING:
    from bot.grammar.commands import Options, Schedule
    from bot.subscriptions.model import Subscription
    from summarizer.windows import Edition

MESSAGES_AN_HOUR: Final = 6
"""Of a watch, where nobody says."""

ALL_TOPICS: Final = "topic-*"
"""The sections of all topics, as `sections:` names them together."""

_MORNING: Final = Time(9, 0)


@dataclass(frozen=True, slots=True)
class Choices:
    """topics: as the topic file has them. section_topics: keys of those that have a section of their own."""

    topics: Topics
    section_topics: Sequence[str]

    def scheduled(self, one: Subscription, schedule: Schedule, options: Options) -> Subscription:
        """The subscription on that schedule. Raises BadInput for what cannot be."""
        schedule, sub = complete(schedule), options.suboptions
        edition = options.edition or edition_of(schedule)
        scheduled = replace(
            self._filtered(one, options),
            schedule=schedule,
            edition=edition,
            cut=sub.cut or cut_of(schedule),
            catchup=sub.catchup or "once",
            sections=self.sections(sub.sections or (), edition),
            quiet_if_empty=bool(sub.quiet_if_empty),
        )
        check(timing_of(scheduled), scheduled.created_at)
        return scheduled

    def watching(self, one: Subscription, options: Options) -> Subscription:
        """The subscription as a watch. Raises BadInput for what cannot be."""
        if any(
            each.key == "importance" for each in options.filters
        ):  # nobody has judged what has only just happened
            raise BadInput("subscriptions.watch_importance")
        return replace(
            self._filtered(one, options), max_per_hour=options.suboptions.max_per_hour or MESSAGES_AN_HOUR
        )

    def sections(self, ids: Sequence[str], edition: Edition) -> tuple[str, ...]:
        """The sections in the edition's order, each once. Raises BadInput for one that it does not have."""
        topics = (*(f"topic-{key}" for key in self.section_topics), ALL_TOPICS)
        known = [each for id_ in SECTIONS[edition] for each in (topics if id_ == ALL_TOPICS else (id_,))]
        chosen = {self._section(each.lower(), known) for each in ids}
        return tuple(each for each in known if each in chosen)

    def _filtered(self, one: Subscription, options: Options) -> Subscription:
        return replace(
            one,
            filters=self._by_keys(options.filters),
            hush=options.suboptions.hush,
            holidays=options.suboptions.holidays or "",
            name=markup.one_line(options.suboptions.name or ""),
        )

    def _by_keys(self, filters: Sequence[Filter]) -> tuple[Filter, ...]:
        """The filters with topics by their keys, so that one by an alias is no other."""
        check_filters(filters, match_topics((), self.topics.topics))
        return tuple(
            replace(one, values=tuple(dict.fromkeys(self.topics.find(each).key for each in one.values)))
            if one.key == "topic"
            else one
            for one in filters
        )

    def _section(self, id_: str, known: Sequence[str]) -> str:
        lead, _, topic = id_.partition("-")
        if lead == "topic" and topic in {word.lower() for word in self.topics.words}:
            id_ = f"topic-{self.topics.find(topic).key}"
        if id_ not in known:
            raise BadInput("subscriptions.section", section=id_, known=tuple(known))
        return id_


def complete(schedule: Schedule) -> Schedule:
    """The schedule with what holds where it does not say."""
    match schedule.kind:
        case "daily":
            return replace(schedule, at=schedule.at or _MORNING)
        case "weekly":
            return replace(schedule, at=schedule.at or _MORNING, weekday=schedule.weekday or "mon")
        case "monthly":
            return replace(schedule, at=schedule.at or _MORNING, monthday=schedule.monthday or 1)
    return schedule
