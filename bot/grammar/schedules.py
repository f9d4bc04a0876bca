"""The forms of schedules: when a subscription is due."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.grammar.commands import DAY_NAMES, DayName, Schedule
from bot.grammar.expressions import Time, parse_duration, parse_time
from bot.grammar.options import Option, parse_hours
from bot.grammar.tokens import unquote
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from bot.grammar.cursor import Cursor

DAYS = re.compile(rf"(?:{'|'.join(DAY_NAMES)})(?:[,-](?:{'|'.join(DAY_NAMES)}))*", re.IGNORECASE)
"""Days of the week as `on` takes them."""
LONGEST_STEP_H = 24 * 366
_CRON_FIELD = re.compile(r"[\dA-Za-z*/,?#-]+")


def schedule_at(cursor: Cursor) -> Schedule | None:
    if cursor.took("hourly"):
        return Schedule("hourly")
    if cursor.took("daily"):
        return Schedule("daily", at=_time(cursor), days=_days(cursor))
    if cursor.took("weekly"):
        weekday = next((day for day in DAY_NAMES if cursor.took(day)), None)
        return Schedule("weekly", weekday=weekday, at=_time(cursor))
    if cursor.took("monthly"):
        monthday = int(cursor.take()) if re.fullmatch(r"\d{1,2}", cursor.peek(), re.ASCII) else None
        return Schedule("monthly", monthday=monthday, at=_time(cursor))
    if cursor.took("every") and (step := parse_duration(cursor.peek())):
        cursor.at += 1
        hours = parse_hours(cursor.peek())
        cursor.at += hours is not None
        return Schedule("every", every=step, hours=hours, days=_days(cursor))
    return None


def _time(cursor: Cursor) -> Time | None:
    found = parse_time(cursor.peek())
    cursor.at += found is not None
    return found


def _days(cursor: Cursor) -> tuple[DayName, ...]:
    """`on weekdays`, `on mon,wed-fri`: in the order of the week; () where the line does not say."""
    if cursor.took("on", "weekdays"):
        return DAY_NAMES[:5]
    start = cursor.at
    if not cursor.took("on") or not DAYS.fullmatch(cursor.peek()):
        cursor.at = start
        return ()
    chosen: set[int] = set()
    for part in cursor.take().lower().split(","):
        numbers = [next(n for n, day in enumerate(DAY_NAMES) if day == word) for word in part.split("-")]
        chosen.update((numbers[0] + step) % 7 for step in range((numbers[-1] - numbers[0]) % 7 + 1))
    return tuple(DAY_NAMES[number] for number in sorted(chosen))


def cron_schedule(option: Option) -> Schedule:
    line = unquote(option.value or "").split()
    if len(line) != 5 or not all(_CRON_FIELD.fullmatch(field) for field in line):
        raise BadInput("command.cron", value=" ".join(line))
    return Schedule("cron", cron=" ".join(line))


def check_schedule(schedule: Schedule) -> None:
    """Raises BadInput for a time, day or step that cannot be."""
    if schedule.at and (schedule.at.hour > 23 or schedule.at.minute > 59 or schedule.at.second > 59):
        raise BadInput("window.no_such_time", time=str(schedule.at))
    if schedule.monthday is not None and not 1 <= schedule.monthday <= 31:
        raise BadInput("command.no_such_monthday", day=schedule.monthday)
    if schedule.every and not 1 <= schedule.every.hours <= LONGEST_STEP_H:
        raise BadInput("command.no_such_step", step=str(schedule.every))
