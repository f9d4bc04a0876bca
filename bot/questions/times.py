"""The window of a sentence: the windows it names, and what the words around them make of these."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.grammar.expressions import Bound, Date, Day, Last, Month, Range, RelativeDay, Release, Time
from bot.questions.expressions import (
    Ago,
    Before,
    BeforeRelease,
    NamedMonth,
    Since,
    SinceRelease,
    Weekday,
)
from bot.questions.moments import Beyond, Either, Moment
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from bot.grammar.expressions import DayPoint
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Sentence
    from summarizer.windows import Resolvable

_FAR = datetime(2999, 12, 31, 23, 59, tzinfo=UTC)
_MORNING, _MIDNIGHT = Time(0, 0), Time(24, 0)
_MOST_DAYS_OVER_NEW_YEAR = 183
"""Days of a range whose ends name no year and that reaches into the next one ("November to February"); a longer one has
its ends the wrong way round."""


def read_windows(sentence: Sentence) -> None:
    """Find the windows; those that cannot be are problems."""
    for at, piece in enumerate(sentence.pieces):
        if piece.kind == "window" and not piece.used:
            _read(sentence, at)
        elif piece.is_("bound", "future") and not piece.used:
            sentence.problems.append(BadInput("reading.future", text=piece.text))
            sentence.use(at)
    for at, piece in sentence.free():
        if piece.is_("bound", "vague", "all_time"):
            sentence.use(at)
            sentence.all_time = sentence.all_time or piece.is_("bound", "all_time")


def _read(sentence: Sentence, at: int) -> None:
    value, places = _merged(sentence, at)
    value, places = _ranged(sentence, value, places)
    if not isinstance(value, Beyond):
        value, places = _bounded(sentence, value, places)
    if value is None or isinstance(value, Moment | Beyond):
        key = value.problem if isinstance(value, Beyond) else "reading.unknown_window"
        text = " ".join(sentence.pieces[place].text for place in places)
        sentence.problems.append(BadInput(key, text=text))
        sentence.use(*_with_in(sentence, places))
        return
    sentence.use(*places)
    if isinstance(value, Either):
        sentence.either.append(("window", value.first, value.second))
        value = value.first
    if problem := problem_of(value):
        sentence.problems.append(problem)
    else:
        sentence.add("window", value, at)


def _merged(sentence: Sentence, at: int) -> tuple[Any, list[int]]:
    """A day and a part of it that stand side by side: "Tuesday afternoon", "昨天 9:00..12:00"."""
    value, places = sentence.pieces[at].value, [at]
    following = sentence.piece(at + 1)
    if following is None or following.kind != "window" or following.used:
        return value, places
    day, part = _day(value), following.value
    if day is None:
        day, part = _day(following.value), value
    if (
        isinstance(part, Moment)
        and part.bound.date is None
        and (timed := _from_or_to(sentence, at, day, part.bound))
    ):
        return timed, [at - 1, at, at + 1]
    if day is None or not isinstance(part, Range) or part.start.date is not None:
        return value, places
    if isinstance(day, Ago) and not day.amount:
        return part, [at, at + 1]
    return Range(Bound(day, part.start.time), part.end), [at, at + 1]


def _from_or_to(sentence: Sentence, at: int, day: DayPoint | None, time: Bound) -> Range | None:
    """ "after 20:00 today", "before 9:00 yesterday": that part of the day."""
    opening = sentence.piece(at - 1)
    on = None if day == Ago(0, "day") else day
    if day is None or opening is None or opening.used:
        return None
    if opening.is_("bound", "since"):
        return Range(Bound(on, time.time), None if on else Bound(time=_MIDNIGHT))
    if opening.is_("bound", "before"):
        return Range(Bound(on, _MORNING), Bound(time=time.time))
    return None


def _ranged(sentence: Sentence, value: Any, places: list[int]) -> tuple[Any, list[int]]:  # noqa: ANN401 - a window
    """A window and another that it reaches to: "from Monday to Wednesday", "周一到周三"."""
    at = places[-1] + 1
    joint, end = sentence.piece(at), sentence.piece(at + 1)
    if joint is None or end is None:
        return value, places
    joined = joint.is_("bound", "to") or joint.text in ("-", "–", "~") or joint.text == ".."
    opening = sentence.piece(places[0] - 1)
    opened = opening is not None and opening.is_("bound", "between")
    closing = sentence.piece(at + 2)
    closed = closing is not None and closing.is_("bound", "between_after")
    if not joined and not (joint.is_("bound", "and") and (opened or closed)):
        return value, places
    around = [*([places[0] - 1] if opened else []), *places, at]
    if joined and end.is_("bound", "now") and end.kind != "window":
        return _since(value), [*around, at + 1]
    found = _range(value, end.value) if end.kind == "window" else None
    if found is None:
        return value, places
    return found, [*around, at + 1, *([at + 2] if closed else [])]


def _range(first: Any, second: Any) -> Resolvable | None:  # noqa: ANN401 - windows and moments
    if isinstance(first, Either):
        first = first.first
    if isinstance(second, Either):
        second = second.first
    if isinstance(first, Release) and isinstance(second, Release):
        return None if first.since or second.since else Release(second.until, first.until)
    start, end = _bound(first, is_end=False), _bound(second, is_end=True)
    if start is None or end is None:
        return None
    return Range(start, end) if start.date is not None or end.date is None else None


def _bound(value: Any, *, is_end: bool) -> Bound | None:  # noqa: ANN401 - a window or a moment
    if isinstance(value, Moment):
        return value.bound
    if day := _day(value):
        return Bound(day)
    if isinstance(value, Month) and value.which == "numbered":
        return _month_bound(value.year, value.number, is_end=is_end)
    if isinstance(value, NamedMonth):
        return _month_bound(None, value.number, is_end=is_end)
    return None


def _month_bound(year: int | None, number: int, *, is_end: bool) -> Bound | None:
    if not 1 <= number <= 12:
        return None
    # which February is meant is not known yet, and no February ends on a day that is not there
    last = calendar.monthrange(year or 2025, number)[1] if year is None or 1 <= year < 9999 else 28
    return Bound(Date(year, number, last if is_end else 1))


def _day(value: Any) -> DayPoint | None:  # noqa: ANN401 - a window
    match value:
        case Day():
            return value.date
        case Weekday():
            return value
        case Ago(unit="day"):
            return value
        case RelativeDay(name=name):
            return Ago(int(name == "yesterday"), "day")
    return None


def _bounded(sentence: Sentence, value: Any, places: list[int]) -> tuple[Any, list[int]]:  # noqa: ANN401 - a window
    """The window with what stands before or after it: "since Tuesday", "v0.11 之前"."""
    if isinstance(value, Range | Since) and len(places) > 1:
        return value, _with_in(sentence, places)
    first, last = places[0], places[-1]
    opening, closing = sentence.piece(first - 1), sentence.piece(last + 1)
    if _is(opening, "by") or _is(closing, "by_after"):
        return _by(sentence, value, places)
    bare = isinstance(value, Last) or (isinstance(value, Range) and value.end is not None)
    if _is(opening, "before") or _is(closing, "before_after"):
        found = None if bare else _before(value)
        return found, _around(sentence, places, "before", "before_after")
    if (
        _is(opening, "in")
        and not _is(closing, "since_after")
        and _day(value) in (None, Ago(1, "day"), Ago(0, "day"))
    ):
        return value, _with_in(sentence, places)  # "from last week" is in it
    if not bare and (_is(opening, "since") or _is(closing, "since_after")):
        after = not _is(opening, "since") or _is(opening, "after")
        if after and (_is(opening, "after") or _is(closing, "after_after")):
            value = _day_after(value) or value
        return _since(value), _around(sentence, places, "since", "since_after")
    if _is(opening, "since"):
        return value, [first - 1, *places]
    return value, _with_in(sentence, places)


def _by(sentence: Sentence, value: Any, places: list[int]) -> tuple[Any, list[int]]:  # noqa: ANN401 - a window
    """ "merged by 2026-03-20": until that day ends. Of other times none can be said to be the next one."""
    around = _around(sentence, _around(sentence, places, "by", "by_after"), "to", "")
    following = _day_after(value)
    return (Before(following) if following else None), around


def _day_after(value: Any) -> Day | None:  # noqa: ANN401 - a window
    """The next day of one that is named with its year; None of anything else."""
    if not isinstance(value, Day) or value.date.year is None or value.date.month is None:
        return None
    try:
        following = date(value.date.year, value.date.month, value.date.day) + timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return Day(Date(following.year, following.month, following.day))


def _around(sentence: Sentence, places: list[int], before: str, after: str) -> list[int]:
    first, last = places[0], places[-1]
    found = list(places)
    if _is(sentence.piece(first - 1), before) or _is(sentence.piece(first - 1), "in"):
        found.insert(0, first - 1)
    while _is(sentence.piece(last + 1), after):
        last += 1
        found.append(last)
    return found


def _with_in(sentence: Sentence, places: list[int]) -> list[int]:
    return _around(sentence, places, "in", "in_after")


def _is(piece: Piece | None, bound: str) -> bool:
    return piece is not None and not piece.used and piece.is_("bound", bound)


def _since(value: Any) -> Resolvable | None:  # noqa: ANN401 - a window or a moment
    match value:
        case Moment(bound=bound) if bound.date is None:
            return Range(bound, Bound(time=_MIDNIGHT))  # "since noon"
        case Moment(bound=bound):
            return Range(bound)
        case Either(first=first):
            return _since(first)
        case Release(until="latest" | "last"):
            return Release("latest")
        case Release(until=tag, since=None):
            return SinceRelease(tag)
        case Range(end=None) | Release():
            return value
        case Last():
            return value
    day = _day(value)
    return Range(Bound(day)) if day else Since(value)


def _before(value: Any) -> Resolvable | None:  # noqa: ANN401 - a window or a moment
    match value:
        case Release(until="latest" | "last"):
            return BeforeRelease("latest")
        case Release(until=tag, since=None):
            return BeforeRelease(tag)
        case Either(first=first):
            return _before(first)
        case Moment() | Release():
            return None
    return Before(value)


def problem_of(value: Resolvable) -> BadInput | None:
    """Why a window cannot be, whatever the time is. What needs the releases or the mirror is found out later."""
    if isinstance(value, Release | SinceRelease | BeforeRelease):
        return None
    if isinstance(value, Range) and _is_reversed(value):
        return BadInput("reading.reversed", window=str(value))
    asked = value.bound if isinstance(value, Before) else value
    try:
        asked.resolve(now=_FAR, synced_until=_FAR, tz="UTC")
    except BadInput as error:
        is_reversed = error.key == "window.reversed"  # whose moments depend on what time it is
        return BadInput("reading.reversed", window=str(value)) if is_reversed else error
    return None


def _is_reversed(value: Range) -> bool:
    """Whether both ends name a day of no year, and the second one comes so much earlier that it cannot be meant to be
    in the next year."""
    first, second = value.start.date, value.end.date if value.end else None
    if not (isinstance(first, Date) and isinstance(second, Date)) or first.year or second.year:
        return False
    if first.month is None or second.month is None:
        return False
    days = 31 * (second.month - first.month) + second.day - first.day
    return days < 0 and 12 * 31 + days > _MOST_DAYS_OVER_NEW_YEAR
