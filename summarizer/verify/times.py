"""Times: dates, times of day and spans of time must be those of the item they stand beside, or of the window."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from summarizer.verify.case import Case, listing
from summarizer.verify.evidence import Evidence, folded
from summarizer.verify.faults import Fault
from summarizer.verify.lexicon import TIME
from summarizer.windows import offset_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from summarizer.verify.reading import Subject
    from summarizer.verify.tokens import Token

_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_EVENTS: Final = {
    "merged": ("merged",), "closed": ("closed", "closed_unmerged"), "closed_unmerged": ("closed_unmerged", "closed"),
    "reopened": ("reopened",), "new": ("opened",), "opened": ("opened",),
}  # fmt: skip


def faults(case: Case) -> Iterator[Fault]:
    for at, token in case.reading.of_kind(TIME):
        if token.raw.strip("()").startswith(("UTC", "utc")):
            until = case.facts.window.until.astimezone(case.facts.window.zone)
            if token.raw.strip("()").upper() not in (
                offset_label(until),
                "UTC" if offset_label(until) == "UTC" else "",
            ):
                yield Fault("time", f"times here are in {offset_label(until)}")
            continue
        subject = case.reading.subject(at, at + 1)
        if subject.outside:
            yield Fault(
                "mentioned", f"#{subject.outside[0]} is known only from another item's text: no times for it"
            )
        elif not _is_right(case, at, token, subject):
            told = "; ".join(_told(one, case) for one in case.evidence_of(subject)[:3])
            detail = f"{token.raw} is no time of {listing(subject.numbers)}: {told or 'none is known'}"
            yield Fault("time", detail, token.raw, subject.numbers)


def _is_right(case: Case, at: int, token: Token, subject: Subject) -> bool:
    window = case.facts.window
    evidence = case.evidence_of(subject)
    matches = _matcher(case, token.raw)
    if matches is None:
        return any(one.contains(folded(token.raw)) for one in evidence)
    names = events_meant(case, at)
    if names and evidence:
        moments = [[m for name in names for m in one.instants.get(name, ())] for one in evidence]
        return all(any(matches(moment.astimezone(window.zone)) for moment in own) for own in moments)
    ends = [window.since, window.until, window.until - timedelta(microseconds=1)]
    if any(matches(moment.astimezone(window.zone)) for moment in ends):
        case.aggregates += not evidence
        return True
    told = [moment for one in evidence for values in one.instants.values() for moment in values]
    return any(matches(m.astimezone(window.zone)) for m in told) or any(
        one.contains(folded(token.raw)) for one in evidence
    )


def events_meant(case: Case, at: int) -> tuple[str, ...]:
    """The events that the time at `at` is told of, by their names; empty where no verb tells."""
    return _EVENTS.get(_verb(case, at) or "", ())


def _verb(case: Case, at: int) -> str | None:
    """The word of state that the time belongs to: the nearest in its clause, if that has any."""
    clause = case.reading.clause_at(at)
    words = [match for match in case.reading.states_in(clause) if match.start() not in case.counted]
    if not words:
        return None
    start, end = _segment(case, clause.start, clause.end, at)
    words = [match for match in words if start <= match.start() < end] or words
    return min(words, key=lambda match: min(abs(match.end() - at), abs(match.start() - at))).lastgroup


def _segment(case: Case, start: int, end: int, at: int) -> tuple[int, int]:
    """The part of a listing around `at`: of "18:37 创建、20:58 合并" each half has its own verb."""
    masked = case.reading.masked
    cuts = [place for place in range(start, end) if masked[place] in "、,，;；/"]
    return (
        max((place for place in cuts if place < at), default=start),
        min((place for place in cuts if place > at), default=end),
    )


def _matcher(case: Case, raw: str) -> Callable[[datetime], bool] | None:
    """Whether a local moment is the one written; None for what is no date or time of day."""
    if clock := re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", raw):
        hour, minute = int(clock[1]), int(clock[2])
        return lambda moment: (moment.hour, moment.minute) == (hour, minute)
    if month := case.lexicon.months.search(raw):
        wanted = int(str(month.lastgroup)[1:].partition("_")[0])
        numbers = [int(number) for number in re.findall(r"\d+", raw)]
        day = next((number for number in numbers if number <= 31), 0)
        year = next((number for number in numbers if number > 31), 0)
        return lambda moment: _is_day(moment.date(), year, wanted, day)
    numbers = [int(number) for number in re.findall(r"\d+", raw)]
    if re.match(r"\d{4}", raw):
        year, wanted, day = (*numbers, 0, 0)[:3]
    else:
        year, wanted, day = (0, *numbers, 0)[:3]
    return lambda moment: _is_day(moment.date(), year, wanted, day)


def _is_day(on: date, year: int, month: int, day: int) -> bool:
    return (not year or on.year == year) and (not month or on.month == month) and (not day or on.day == day)


def _told(evidence: Evidence, case: Case) -> str:
    zone = case.facts.window.zone
    told = [
        f"{name} {values[-1].astimezone(zone):%Y-%m-%d %H:%M}"
        for name, values in evidence.instants.items()
        if name not in ("comment", "review")
    ]
    return f"#{evidence.number} {', '.join(told)}"


# --- spans --------------------------------------------------------------------------------------------------------


def unit_after(case: Case, at: int) -> str | None:
    """The unit of time right after a figure."""
    return next(
        (name for name, pattern in case.lexicon.units.items() if pattern.match(case.reading.masked, at + 1)),
        None,
    )


def span_fault(
    case: Case, at: int, token: Token, unit: str, subject: Subject, fits: Callable[[float, Case], bool]
) -> Fault | None:
    """Judge "33 minutes": between two events of the item, the window's own length, a median, or in the item's text."""
    size = _SECONDS[unit]
    evidence = case.evidence_of(subject)
    start, end = case.reading.sentence_at(at)
    if case.lexicon.one("time.median").search(case.reading.masked, start, end):
        timing = case.facts.timing
        medians = [
            value for value in (timing.first_response_median_s, timing.merge_median_s) if value is not None
        ]
        if any(_about(token, size, median) for median in medians):
            case.counted.update(word.start() for word in case.reading.states if start <= word.start() < end)
            case.aggregates += 1
            return None
    elif _about(
        token, size, case.facts.window.duration.total_seconds(), exact=not _is_of_window(case, start, end)
    ):
        return None
    if any(_about(token, size, span) or fits(span / size, case) for one in evidence for span in one.spans):
        return None
    plain = token.raw.strip("~ ")
    values = {plain, str(int(token.low))} if token.low >= 0 else {plain}
    if any(value in one.numbers for one in evidence for value in values) and any(
        re.search(rf"(?<![\d.]){re.escape(value)}\s*-?\s*[a-z分小秒天]", one.text)
        for one in evidence
        for value in values
    ):
        return None
    detail = f"{token.raw} {unit}s is no span of time of {listing(subject.numbers)}"
    written = case.lexicon.units[unit].match(case.reading.masked, at + 1)
    return Fault("time", detail, token.raw + (written[0] if written else ""), subject.numbers)


def _is_of_window(case: Case, start: int, end: int) -> bool:
    """Whether the sentence `[start, end)` speaks of the window's length, which may then be rounded."""
    return case.lexicon.one("window").search(case.reading.masked, start, end) is not None


def _about(token: Token, size: int, seconds: float, *, exact: bool = False) -> bool:
    slack = 1.0 if exact else size / 2
    return token.low * size - slack <= seconds <= token.high * size + slack
