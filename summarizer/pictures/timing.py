"""The picture of times: the medians to a first response and to a merge, against the window before. Pure.

They are minutes in one project and weeks in another, so that they stand on a logarithmic scale, and are written out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from summarizer.extract.words import span_of
from summarizer.markup import one_line
from summarizer.pictures.bars import Bars, Mark, Row
from summarizer.pictures.telling import listed, when_of

if TYPE_CHECKING:
    from summarizer.facts import Facts, Timing
    from summarizer.languages import Language

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_TICKS: Final = (
    _MINUTE, 5 * _MINUTE, 20 * _MINUTE, _HOUR, 4 * _HOUR, 12 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY, 100 * _DAY,
    365 * _DAY, 3650 * _DAY,
)  # fmt: skip
_FEWEST: Final = 4
"""Ticks of a scale: on a shorter one small differences would look large."""


def spans(facts: Facts) -> list[tuple[str, float, float | None]]:
    """(a key below `[chart.timing]`, seconds now, seconds before) of what can be measured now. Before: None where it is
    not known, or of other items than those that pass the filter."""
    before = facts.baseline_timing if facts.passing is None else None
    found = []
    for key, name in (("first_response", "first_response_median_s"), ("merge", "merge_median_s")):
        now = _seconds(facts.timing, name)
        if now is not None:
            found.append((key, now, _seconds(before, name)))
    return found


def bars(facts: Facts, language: Language) -> Bars:
    found = spans(facts)
    is_compared = any(then is not None for _, _, then in found)
    window, before = when_of(facts), language.text("chart.rows.before")
    rows = []
    for key, now, then in found:
        what, told = language.text(f"chart.timing.{key}"), span_of(now, language)
        marks = [Mark("now", now, told, f"{window} · {what}: {told}")]
        if then is not None:
            earlier = span_of(then, language)
            marks.append(Mark("before", then, earlier, f"{before} · {what}: {earlier}"))
            told = language.text("chart.timing.aside_before", now=told, before=earlier)
        rows.append(Row(what, tuple(marks), told))
    notes = [language.text("chart.timing.note")]
    if facts.passing is not None:
        notes.append(language.text("chart.filtered"))
    if found and not is_compared:
        notes.append(language.text("chart.rows.not_compared"))
    if not facts.complete:
        notes.append(language.text("chart.incomplete"))
    return Bars(
        "timing",
        language.text("chart.titles.timing"),
        one_line(facts.repo),
        window,
        alt(facts, language),
        tuple(rows),
        tuple(notes) if found else (),
        legend=(("now", window), ("before", before)) if is_compared else (),
        ticks=tuple((float(tick), _ticked(tick, language)) for tick in _scale(found)),
        empty=language.text("chart.timing.empty"),
    )


def alt(facts: Facts, language: Language) -> str:
    found = spans(facts)
    is_compared = any(then is not None for _, _, then in found)
    key = "alt_empty" if not found else "alt_before" if is_compared else "alt"
    rows = []
    for name, now, then in found:
        what, told = language.text(f"chart.timing.{name}"), span_of(now, language)
        rows.append(
            language.text("chart.rows.row", what=what, n=told)
            if then is None
            else language.text("chart.rows.row_before", what=what, n=told, before=span_of(then, language))
        )
    return language.text(f"chart.timing.{key}", window=when_of(facts), rows=listed(rows, language))


def _seconds(timing: Timing | None, name: str) -> float | None:
    return None if timing is None else getattr(timing, name)


def _ticked(seconds: int, language: Language) -> str:
    for unit, long in (("days", _DAY), ("hours", _HOUR)):
        if seconds >= long:
            return language.text(f"extract.span.{unit}", count=seconds // long)
    return language.text("extract.span.minutes", count=seconds // _MINUTE)


def _scale(found: list[tuple[str, float, float | None]]) -> tuple[int, ...]:
    """The ticks around all spans."""
    values = [value for _, now, then in found for value in (now, then) if value is not None]
    if not values:
        return ()
    first = max((place for place, tick in enumerate(_TICKS) if tick <= min(values)), default=0)
    last = min((place for place, tick in enumerate(_TICKS) if tick >= max(values)), default=len(_TICKS) - 1)
    while last - first + 1 < _FEWEST:
        first, last = max(0, first - 1), min(len(_TICKS) - 1, last + 1)
    return _TICKS[first : last + 1]
