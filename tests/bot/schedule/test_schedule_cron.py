"""Schedules beside an independent cron library, on days without a change of clock, and cron lines that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.grammar.commands import Schedule
from bot.schedule.cron import cron_line
from bot.schedule.dues import dues, previous_due
from bot.schedule.timing import Timing
from summarizer.errors import BadInput
from tests.bot.schedule.timings import LAST, ZONES, changes, cron_lines, moments, timing

if TYPE_CHECKING:
    from collections.abc import Sequence

N = 12
SAME = (
    ("hourly", "0 * * * *"),
    ("daily 18:45 cut:due", "45 18 * * *"),
    ("daily 09:00 on mon,wed-fri", "0 9 * * 1,3-5"),
    ("weekly", "0 9 * * 1"),
    ("weekly sun 23:59", "59 23 * * 0"),
    ("monthly", "0 9 1 * *"),
    ("monthly 28 07:30", "30 7 28 * *"),
    ("monthly 31 07:30", "30 7 l * *"),
    ("every 6h", "0 */6 * * *"),
    ("every 3h 8-20 on weekdays", "0 8-20/3 * * 1-5"),
    ("every 5h 8-20", "0 8-20/5 * * *"),
    ("every 1d", "0 0 * * *"),
    ("every 1w", "0 0 * * 1"),
    ("hourly hush:22-8", "0 8-21 * * *"),
    ("every 4h hush:8-12", "0 0,4,12,16,20 * * *"),
)
"""What people write, and the cron line that says the same."""


def expected(line: str, moment: datetime, tz: str, *, back: bool = False) -> list[datetime]:
    """What the other library makes of a line on a clock that is never changed."""
    local = moment.astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    walk = croniter(line, local)
    found = [walk.get_prev(datetime) if back else walk.get_next(datetime) for _ in range(N)]
    return [each.replace(tzinfo=ZoneInfo(tz)).astimezone(UTC) for each in found]


def undisturbed(found: Sequence[datetime], moment: datetime, tz: str) -> list[datetime]:
    """Those before the day of the next change of clocks; after ten years nobody knows of one."""
    following = min((each for each in changes(tz) if each > moment - timedelta(days=1)), default=LAST)
    return [each for each in found if each < following - timedelta(days=1)]


def ours(any_timing: Timing, moment: datetime) -> list[datetime]:
    return list(islice(dues(any_timing, moment), N))


@given(cron_lines(), st.sampled_from(ZONES), moments)
@settings(max_examples=200, deadline=None)
def test_cron_lines_are_due_when_another_library_says(line: str, tz: str, moment: datetime) -> None:
    theirs = undisturbed(expected(line, moment, tz), moment, tz)

    assert ours(Timing(Schedule("cron", cron=line), tz, "due"), moment)[: len(theirs)] == theirs


@given(cron_lines(), moments)
@settings(max_examples=100, deadline=None)
def test_cron_lines_were_due_when_another_library_says(line: str, moment: datetime) -> None:
    always, before, found = Timing(Schedule("cron", cron=line), "UTC", "due"), moment, []
    for _ in range(N):
        previous = previous_due(always, before)
        assert previous
        found.append(before := previous)

    assert found == expected(line, moment, "UTC", back=True)


@pytest.mark.parametrize(("said", "line"), SAME)
@given(st.sampled_from(ZONES), moments)
@settings(max_examples=20, deadline=None)
def test_plain_schedules_are_due_as_the_cron_line_that_says_the_same(
    said: str, line: str, tz: str, moment: datetime
) -> None:
    theirs = undisturbed(expected(line, moment, tz), moment, tz)
    assume(theirs)

    assert ours(timing(said, tz), moment)[: len(theirs)] == theirs


@pytest.mark.parametrize(
    "line", ["60 9 * * *", "0 24 * * *", "0 9 0 * *", "0 9 30 feb *", "0 9 ? * *", "0 9 * * 9"]
)
def test_a_cron_line_that_cannot_be_is_refused(line: str) -> None:
    with pytest.raises(BadInput) as caught:
        cron_line(line)

    assert (caught.value.key, caught.value.values) == ("schedule.cron", {"value": line})
