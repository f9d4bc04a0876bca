"""The windows that a text names by themselves: "last 48 hours", "上周", "2025-12-10T17:53..18:53", "v0.11"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.grammar.commands import DAY_NAMES
from bot.grammar.expressions import (
    DATE,
    TIME,
    Bound,
    Date,
    Day,
    Duration,
    Last,
    RelativeDay,
    Release,
    parse_bound,
    parse_date,
    parse_period,
    parse_range,
    parse_time,
)
from bot.grammar.words import load_words
from bot.questions.expressions import Ago
from bot.questions.lexicon import load_lexicon
from bot.questions.pieces import Span
from bot.questions.windows import TAG, parse_window
from summarizer.windows import Resolvable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_OFFSET = r"(?:Z|[+-]\d\d:\d\d)"
_BOUND = rf"(?:{DATE}(?:[T ]{TIME}{_OFFSET}?)?|{TIME})"
_WRITTEN = re.compile(
    rf"(?<![\w./:-])(?:(?P<period>\d{{4}}-(?:W\d\d|\d\d(?![\d-])))"
    rf"|(?P<release>(?P<first>{TAG})\.\.(?P<second>{TAG}))"
    rf"|(?P<bounds>{_BOUND}(?:\.\.(?:{_BOUND})?)?))(?![\w/:-])",
    re.IGNORECASE | re.ASCII,
)
_SLASHED = re.compile(
    r"(?<![\w./-])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?:/(?P<year>(?:19|20)\d\d))?(?![\w/])", re.ASCII
)
_YEAR_FIRST = re.compile(r"(?<![\w./-])((?:19|20)\d\d)[/.](\d{1,2})[/.](\d{1,2})(?![\w/])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, which is no window by itself: "2025-12-10T17:53", "9:00"."""

    bound: Bound


@dataclass(frozen=True, slots=True)
class Either:
    """A window that may be either of two: 3/4. The first one is likelier."""

    first: Resolvable
    second: Resolvable


@dataclass(frozen=True, slots=True)
class Beyond:
    """A time that no window can say: "the last 30 minutes", "this quarter". problem: key of what is told of it."""

    problem: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    """gives: the window as it is spelled, or the problem, "?" and its key."""

    expression: re.Pattern[str]
    gives: str
    times: int
    is_ascii: bool


def spans(text: str) -> list[Span]:
    """The windows named in a text (lower case), in order, none overlapping another; the longest at each place."""
    found = sorted([*_written(text), *_named(text)], key=lambda span: (span.start, -span.end))
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _written(text: str) -> Iterator[Span]:
    """What is written in figures, as the grammar has it."""
    for match in _WRITTEN.finditer(text):
        value: Any
        if match["period"]:
            value = parse_period(match["period"])
        elif match["release"]:
            value = Release(match["second"], match["first"])
        else:
            value = _figures(re.sub(r" (?=\d)", "T", match["bounds"].upper()))
        if value is not None:
            yield Span(match.start(), match.end(), value)
    for match in _YEAR_FIRST.finditer(text):
        yield Span(match.start(), match.end(), Day(Date(*(int(part) for part in match.groups()))))
    for match in _SLASHED.finditer(text):
        if value := _slashed(match):
            yield Span(match.start(), match.end(), value)


def _figures(written: str) -> Any:  # noqa: ANN401 - a window or a moment
    if date := parse_date(written):
        return Day(date)
    if found := parse_range(written):
        return found
    bound = parse_bound(written)
    return Moment(bound) if bound else None


def _slashed(match: re.Match[str]) -> Any:  # noqa: ANN401 - a window, or one of two
    """3/4 is the fourth of March or the third of April; 3/14 can be but one."""
    first, second = int(match["a"]), int(match["b"])
    year = int(match["year"]) if match["year"] else None
    month_first = Day(Date(year, first, second)) if 1 <= first <= 12 and 1 <= second <= 31 else None
    day_first = Day(Date(year, second, first)) if 1 <= second <= 12 and 1 <= first <= 31 else None
    if month_first and day_first and month_first != day_first:
        return Either(month_first, day_first)
    return month_first or day_first


def _named(text: str) -> Iterator[Span]:
    has_only_ascii = text.isascii()
    for pattern in _patterns():
        if has_only_ascii and not pattern.is_ascii:
            continue
        for match in pattern.expression.finditer(text):
            value = _given(pattern, match)
            if value is not None:
                group = "w" if "w" in pattern.expression.groupindex else 0
                yield Span(match.start(group), match.end(group), value)


def _given(pattern: _Pattern, match: re.Match[str]) -> Any:  # noqa: ANN401 - a window
    days = load_words().days
    values: dict[str, Any] = {}
    for name, written in match.groupdict().items():
        if written is None or name == "w":
            continue
        if name in ("dow", "short"):
            values[name] = days[written]
        elif name == "tag":
            values[name] = written
        else:
            number = number_of(written)
            if number is None:
                return None
            values[name] = number * pattern.times if name == "n" else number
    return _built(pattern.gives.format(**values))


def _built(written: str) -> Resolvable | Moment | Beyond | None:
    """A window, a time of day or a problem, as a pattern gives it. A window may be spelled in another way than the
    canonical one ("1 days ago")."""
    if written.startswith("?"):
        return Beyond(written[1:])
    if time := parse_time(written):
        return Moment(Bound(time=time))
    if found := re.fullmatch(r"last (\d+)([hdw])", written):
        return Last(Duration(int(found[1]), found[2]))  # type: ignore[arg-type]
    if found := re.fullmatch(r"(\d+) days ago", written):
        amount = int(found[1])
        return RelativeDay("yesterday" if amount else "today") if amount < 2 else Ago(amount, "day")
    if found := re.fullmatch(r"1 (week|month|year)s ago", written):
        written = f"{found[1]} last"
    try:
        return parse_window(written)
    except ValueError:
        return None


def number_of(written: str) -> int | None:
    """A number in figures or in words: "12", "twelve", "十二"; None for anything else."""
    if written.isascii() and written.isdigit():
        return int(written)
    lexicon = load_lexicon()
    if written in lexicon.months:
        return lexicon.months[written]
    if written in lexicon.numbers:
        return lexicon.numbers[written]
    try:
        return load_words().number(written)
    except KeyError:
        return None


@cache
def _patterns() -> tuple[_Pattern, ...]:
    lexicon, words = load_lexicon(), load_words()
    signs = "".join(
        sign for sign in (*words.numerals, *lexicon.numbers) if len(sign) == 1 and not sign.isascii()
    )
    names = [name for name in lexicon.numbers if name.isascii()]
    days = [name for name in words.days if name not in DAY_NAMES]
    parts: Mapping[str, str] = {
        "n": rf"(?:(?<!\d)\d{{1,9}}|{_any(names)}|[{signs}]{{1,5}})",
        "dow": _any(days),
        "short": _any(DAY_NAMES),
        "month": _any(lexicon.months),
        "day": r"\d{1,2}",
        "year": r"(?<!\d)(?:19|20)\d\d(?!\d)",
        "tag": TAG,
    }
    compiled = []
    for entry in lexicon.windows:
        expression = entry["match"].replace("{vtag}", rf"(?<![\w.])(?P<tag>v{TAG[2:]})(?![\w.-]*\w)")
        for name, part in parts.items():
            expression = expression.replace(f">{{{name}}})", f">{part})")
            expression = expression.replace(f"{{{name}}}", f"(?P<{name}>{part})")
        is_ascii = entry["match"].isascii()
        if is_ascii:
            expression = rf"(?<![\w-])(?:{expression})(?![\w-])"
        compiled.append(_Pattern(re.compile(expression), entry["gives"], entry.get("times", 1), is_ascii))
    return tuple(compiled)


def _any(names: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) + ")"
