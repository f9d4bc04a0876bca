"""When schedules are due, kind by kind, and where the clocks change."""

from __future__ import annotations

from itertools import islice

import pytest

from bot.grammar.commands import Schedule
from bot.grammar.expressions import Duration
from bot.schedule.dues import dues, next_due, previous_due
from bot.schedule.timing import cut_of, edition_of
from bot.schedule.windows import window
from summarizer.windows import Window
from tests.bot.schedule.timings import at, shown, timing

NEW_YORK, BERLIN, SHANGHAI = "America/New_York", "Europe/Berlin", "Asia/Shanghai"


def due(line: str, after: str, n: int, tz: str = SHANGHAI) -> list[str]:
    return shown(list(islice(dues(timing(line, tz), at(after, tz)), n)), tz)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("daily", ["2025-12-10 09:00", "2025-12-11 09:00", "2025-12-12 09:00"]),
        ("daily 18:30", ["2025-12-10 18:30", "2025-12-11 18:30", "2025-12-12 18:30"]),
        ("daily 09:00 on weekdays", ["2025-12-10 09:00", "2025-12-11 09:00", "2025-12-12 09:00",
                                     "2025-12-15 09:00"]),
        ("daily on sat,sun", ["2025-12-13 09:00", "2025-12-14 09:00", "2025-12-20 09:00"]),
        ("weekly", ["2025-12-15 09:00", "2025-12-22 09:00"]),
        ("weekly fri 17:00", ["2025-12-12 17:00", "2025-12-19 17:00"]),
        ("monthly", ["2026-01-01 09:00", "2026-02-01 09:00"]),
        ("monthly 31 08:00", ["2025-12-31 08:00", "2026-01-31 08:00", "2026-02-28 08:00", "2026-03-31 08:00"]),
        ("hourly", ["2025-12-10 01:00", "2025-12-10 02:00"]),
        ("every 6h", ["2025-12-10 06:00", "2025-12-10 12:00", "2025-12-10 18:00", "2025-12-11 00:00"]),
        ("every 6h 8-20", ["2025-12-10 08:00", "2025-12-10 14:00", "2025-12-10 20:00", "2025-12-11 08:00"]),
        ("every 5h 8-20", ["2025-12-10 08:00", "2025-12-10 13:00", "2025-12-10 18:00", "2025-12-11 08:00"]),
        ("every 3h 22-4", ["2025-12-10 01:00", "2025-12-10 04:00", "2025-12-10 22:00", "2025-12-11 01:00"]),
        ("every 12h 12-24", ["2025-12-10 12:00", "2025-12-11 00:00", "2025-12-11 12:00", "2025-12-12 00:00"]),
        ("every 7h", ["2025-12-10 01:00", "2025-12-10 08:00", "2025-12-10 15:00", "2025-12-10 22:00",
                      "2025-12-11 05:00"]),
        ("every 36h", ["2025-12-10 12:00", "2025-12-12 00:00", "2025-12-13 12:00"]),
        ("every 36h 8-20", ["2025-12-10 20:00", "2025-12-12 08:00", "2025-12-13 20:00"]),
        ("every 1d", ["2025-12-11 00:00", "2025-12-12 00:00"]),
        ("every 2d", ["2025-12-11 00:00", "2025-12-13 00:00"]),
        ("every 2d 8-20", ["2025-12-11 08:00", "2025-12-13 08:00"]),
        ("every 1w", ["2025-12-15 00:00", "2025-12-22 00:00"]),
        ('cron:"0 9 * * 1-5"', ["2025-12-10 09:00", "2025-12-11 09:00", "2025-12-12 09:00", "2025-12-15 09:00"]),
        ('cron:"0,30 9 1 * mon"', ["2025-12-15 09:00", "2025-12-15 09:30", "2025-12-22 09:00"]),
        ('cron:"0 9 29 2 *"', ["2028-02-29 09:00", "2032-02-29 09:00"]),
    ],
)  # fmt: skip
def test_each_kind_of_schedule_is_due_when_it_says(line: str, expected: list[str]) -> None:
    assert due(line, "2025-12-10 00:00", len(expected)) == expected


def test_a_due_time_is_after_the_instant_that_is_asked_from_and_never_that_one_itself() -> None:
    daily = timing("daily 09:00", SHANGHAI)

    assert next_due(daily, at("2025-12-10 09:00", SHANGHAI)) == at("2025-12-11 09:00", SHANGHAI)
    assert previous_due(daily, at("2025-12-10 09:00", SHANGHAI)) == at("2025-12-09 09:00", SHANGHAI)


@pytest.mark.parametrize(
    ("line", "after", "expected"),
    [
        # 2025-03-09 has no 02:00 to 03:00 in New York, 2025-11-02 has 01:00 to 02:00 twice
        ("daily 02:30", "2025-03-08 12:00", ["2025-03-09 03:00", "2025-03-10 02:30"]),
        ("daily 01:30", "2025-11-01 12:00", ["2025-11-02 01:30", "2025-11-03 01:30"]),
        ("weekly sun 02:00", "2025-03-08 12:00", ["2025-03-09 03:00", "2025-03-16 02:00"]),
        ("monthly 9 02:15", "2025-03-08 12:00", ["2025-03-09 03:00", "2025-04-09 02:15"]),
        ('cron:"15,45 2 * * *"', "2025-03-08 12:00", ["2025-03-09 03:00", "2025-03-10 02:15"]),
        ('cron:"30 1-3 * * *"', "2025-03-08 12:00", ["2025-03-09 01:30", "2025-03-09 03:00", "2025-03-09 03:30"]),
        ('cron:"30 1-3 * * *"', "2025-11-01 12:00", ["2025-11-02 01:30", "2025-11-02 02:30", "2025-11-02 03:30"]),
        # every hour of the day means elapsed time
        ("hourly", "2025-03-09 00:30", ["2025-03-09 01:00", "2025-03-09 03:00", "2025-03-09 04:00"]),
        ("hourly", "2025-11-02 00:30", ["2025-11-02 01:00", "2025-11-02 01:00b", "2025-11-02 02:00"]),
        ('cron:"30 * * * *"', "2025-03-09 00:45", ["2025-03-09 01:30", "2025-03-09 03:30", "2025-03-09 04:30"]),
        ('cron:"30 * * * *"', "2025-11-02 00:45", ["2025-11-02 01:30", "2025-11-02 01:30b", "2025-11-02 02:30"]),
        ("every 6h", "2025-03-08 20:00", ["2025-03-09 00:00", "2025-03-09 07:00", "2025-03-09 13:00",
                                          "2025-03-09 19:00", "2025-03-10 00:00"]),
        ("every 6h", "2025-11-01 20:00", ["2025-11-02 00:00", "2025-11-02 05:00", "2025-11-02 11:00",
                                          "2025-11-02 17:00", "2025-11-02 23:00", "2025-11-03 00:00"]),
        ("every 6h 8-20", "2025-03-08 20:30", ["2025-03-09 08:00", "2025-03-09 14:00", "2025-03-09 20:00"]),
        # steps of whole days are days of the calendar
        ("every 2d", "2025-03-08 12:00", ["2025-03-10 00:00", "2025-03-12 00:00"]),
    ],
)  # fmt: skip
def test_where_the_clocks_change_a_due_time_is_the_first_there_is(
    line: str, after: str, expected: list[str]
) -> None:
    assert due(line, after, len(expected), NEW_YORK) == expected


def test_a_day_that_begins_after_midnight_is_due_at_its_first_instant() -> None:
    # at midnight of 2025-09-07 the clocks of Santiago go on to 01:00
    assert due("daily 00:30", "2025-09-06 12:00", 2, "America/Santiago") == [
        "2025-09-07 01:00",
        "2025-09-08 00:30",
    ]


def test_a_day_whose_last_hour_comes_again_after_midnight_stays_over() -> None:
    # at 00:01 of 2006-10-29 the clocks of St. John's went back to 23:01 of the day before
    midnights, tz = timing("daily 00:00", "America/St_Johns"), "America/St_Johns"
    again = at("2006-10-28 23:30b", tz)
    before, following = previous_due(midnights, again), next_due(midnights, again)

    assert before
    assert following
    assert shown([before, following], tz) == ["2006-10-29 00:00", "2006-10-30 00:00"]
    assert due("hourly", "2006-10-28 22:30", 4, tz) == [
        "2006-10-28 23:00",
        "2006-10-29 00:00",
        "2006-10-29 00:00b",
        "2006-10-29 01:00",
    ]


def test_a_day_that_the_calendar_skips_is_not_due() -> None:
    # Samoa went over the date line: there was no 2011-12-30
    assert due("daily 09:00", "2011-12-29 00:00", 3, "Pacific/Apia") == [
        "2011-12-29 09:00",
        "2011-12-31 09:00",
        "2012-01-01 09:00",
    ]


def test_hours_and_days_of_rest_and_holidays_drop_what_falls_on_them() -> None:
    assert due("hourly hush:22-8", "2025-12-10 20:30", 3) == [
        "2025-12-10 21:00",
        "2025-12-11 08:00",
        "2025-12-11 09:00",
    ]
    assert due("every 4h hush:0-8", "2025-12-10 20:30", 2) == ["2025-12-11 08:00", "2025-12-11 12:00"]
    # the day before Independence Day, and the Monday after it
    assert due("daily on weekdays holidays:US", "2025-07-03 00:00", 2, NEW_YORK) == [
        "2025-07-03 09:00",
        "2025-07-07 09:00",
    ]
    assert due("daily 09:00 on weekdays holidays:CN", "2025-09-30 12:00", 1) == ["2025-10-09 09:00"]


def test_a_time_of_rest_stays_one_on_the_day_that_lacks_it() -> None:
    """02:30 would be 03:00 there, which is no time of rest."""
    assert next_due(timing("daily 02:30 hush:2-3", NEW_YORK), at("2025-03-01 00:00", NEW_YORK)) is None


def test_whole_days_are_due_once_a_day_whatever_the_schedule_names() -> None:
    """A second one on the same day would end at the same midnight, and cover nothing."""
    assert due('cron:"0 9,18 * * *" cut:day', "2025-12-10 00:00", 3) == [
        "2025-12-10 09:00",
        "2025-12-11 09:00",
        "2025-12-12 09:00",
    ]
    assert due("hourly cut:day hush:0-7", "2025-12-10 00:00", 2) == ["2025-12-10 07:00", "2025-12-11 07:00"]


@pytest.mark.parametrize(
    "line", ["daily 03:00 hush:22-8", "hourly hush:0-24", 'cron:"0 9 1 1 *" holidays:US']
)
def test_a_schedule_that_is_never_due_ends(line: str) -> None:
    never = timing(line, NEW_YORK)

    assert list(dues(never, at("2025-01-01 00:00"))) == []
    assert previous_due(never, at("2025-01-01 00:00")) is None


def test_a_due_time_that_has_none_before_it_covers_a_month() -> None:
    # 2100 has no leap day
    rare = timing('cron:"0 9 29 2 *"')

    assert previous_due(rare, at("2104-02-29 09:00")) is None
    assert window(rare, at("2104-02-29 09:00")) == Window(
        at("2104-01-29 09:00"), at("2104-02-29 09:00"), "UTC"
    )


@pytest.mark.parametrize(
    ("schedule", "edition", "cut"),
    [
        (Schedule("hourly"), "daily", "due"),
        (Schedule("daily"), "daily", "day"),
        (Schedule("weekly"), "weekly", "day"),
        (Schedule("monthly"), "monthly", "day"),
        (Schedule("every", every=Duration(6, "h")), "daily", "due"),
        (Schedule("every", every=Duration(2, "w")), "weekly", "due"),
        (Schedule("cron", cron="0 9 * * 1"), "daily", "due"),
    ],
)
def test_what_a_schedule_makes_where_nobody_chose(schedule: Schedule, edition: str, cut: str) -> None:
    assert (edition_of(schedule), cut_of(schedule)) == (edition, cut)
