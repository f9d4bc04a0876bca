"""Ten thousand channels that subscribe sixty digests: two editions, two languages, three zones and five filters."""

from __future__ import annotations

import asyncio
from itertools import product
from typing import TYPE_CHECKING, Final, Literal
from zoneinfo import ZoneInfo

from adapters.chat.delivering import Destination
from benchmarks.generate import REPO
from bot.grammar.commands import DAY_NAMES, Schedule
from bot.grammar.expressions import Time
from bot.subscriptions.model import Subscription
from summarizer.filters import Filter
from tests.servers.slack import ANN, TEAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.subscriptions.registry import Registry

CHANNELS: Final = 10_000
_AT_ONCE: Final = 200

_EDITIONS: Final[tuple[Literal["daily", "weekly"], ...]] = ("daily", "weekly")
_LANGUAGES: Final = ("en", "zh")
_ZONES: Final = ("UTC", "Asia/Shanghai", "America/New_York")
_FILTERS: Final = (
    (),
    (Filter("topic", ("amd",)),),
    (Filter("topic", ("moe", "quantization")),),
    (Filter("is", ("pr",)),),
    (Filter("is", ("bot",), negated=True), Filter("topic", ("docs",), negated=True)),
)
DIGESTS: Final = len(_EDITIONS) * len(_LANGUAGES) * len(_ZONES) * len(_FILTERS)


def subscriptions(
    due: datetime, at: datetime, *, channels: int = CHANNELS, digests: int = DIGESTS
) -> Iterator[Subscription]:
    """Each channel's, made at that instant: one digest after the other, all of a window that ends when they are due."""
    kinds = list(product(_EDITIONS, _LANGUAGES, _ZONES, _FILTERS))[:digests]
    for number in range(channels):
        edition, lang, tz, filters = kinds[number % len(kinds)]
        local = due.astimezone(ZoneInfo(tz))
        yield Subscription(
            id="",
            destination=Destination("slack", TEAM, f"C{number:06}", name=f"#channel-{number}"),
            repo=REPO,
            lang=lang,
            tz=tz,
            edition=edition,
            owner=f"slack-user:{ANN}",
            created_at=at,
            starts=at,
            schedule=Schedule(
                edition,
                at=Time(local.hour, local.minute, local.second),
                weekday=DAY_NAMES[local.weekday()] if edition == "weekly" else None,
            ),
            cut="due",
            sections=("summary",),
            filters=filters,
        )


async def subscribe(registry: Registry, ordered: Sequence[Subscription]) -> list[Subscription]:
    """Have them all kept; as they are then."""
    kept: list[Subscription] = []
    for start in range(0, len(ordered), _AT_ONCE):
        added = await asyncio.gather(
            *(registry.add(one, one.owner) for one in ordered[start : start + _AT_ONCE])
        )
        kept += [one for one, _ in added]
    return kept
