"""A subscription's timing, as the schedule takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.schedule.timing import Timing

if TYPE_CHECKING:
    from bot.subscriptions.model import Subscription


def timing_of(one: Subscription) -> Timing:
    """Of a subscription that is no watch."""
    if one.schedule is None:
        raise ValueError("a watch is never due by the clock")
    return Timing(one.schedule, one.tz, one.cut, hush=one.hush, holidays=one.holidays)
