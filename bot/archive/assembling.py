"""Assembling: the parts of the archive, put together over what the bot has already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.archive.archive import Archive
from bot.archive.asking import WebQuestions
from bot.archive.gate import Gate
from bot.archive.items import ItemPages
from bot.archive.searching import Searches
from bot.archive.topics import TopicPages
from bot.archive.trends import WeeklyTrends

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.store import Store
    from bot.commands import Commands, Defaults
    from bot.conversations import Conversations
    from bot.editions import Editions
    from bot.find import Find
    from bot.mends import MendTopics
    from bot.mentions import CatchingUp
    from bot.rules import Rules
    from bot.settings import Settings
    from bot.topicfile import Topics


def archive_of(
    settings: Settings,
    *,
    store: Store,
    editions: Editions,
    find: Find,
    mends: MendTopics,
    catching_up: CatchingUp,
    commands: Commands,
    conversations: Conversations,
    rules: Rules,
    topics: Topics,
    section_topics: Sequence[str],
    defaults: Defaults,
    now: Callable[[], datetime],
) -> Archive:
    """What the pages are told from."""
    tz = settings.tz
    return Archive(
        gate=Gate(store, settings.access, mends, has_doors=settings.web_auth is not None, now=now),
        store=store,
        editions=editions,
        items=ItemPages(store, mends, catching_up, now=now),
        topics=TopicPages(store, find, mends, section_topics=section_topics, tz=tz, now=now),
        trends=WeeklyTrends(store, find, mends, tz=tz, now=now),
        searches=Searches(find, mends, store, rules, now=now),
        questions=WebQuestions(commands, rules, conversations, topics=topics, defaults=defaults),
        repos=settings.repos,
    )
