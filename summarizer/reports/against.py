"""A report's statistics and lists against a mirror's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from summarizer.reports.findings import Finding, Term
from summarizer.reports.itself import MINUTE, name_of
from summarizer.reports.known import is_day, kind_in, state_of
from summarizer.verify.evidence import folded
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from summarizer.facts import CountName, Facts, Listed, ListName
    from summarizer.items import Item
    from summarizer.reports.known import Known
    from summarizer.reports.report import Count, Report, Row

_EVENTS: Final[Mapping[ListName, tuple[str, ...]]] = {
    "issues_opened": ("opened",),
    "prs_opened": ("opened",),
    "issues_closed": ("closed", "closed_unmerged"),
    "prs_closed_unmerged": ("closed", "closed_unmerged"),
    "prs_merged": ("merged",),
    "reopened": ("reopened",),
}
_MOST: Final = 5


def findings(report: Report, known: Known, others: Sequence[Known]) -> Iterator[Finding]:
    """What the mirror knows otherwise. others: the same in the other zones that the report's days may be meant in."""
    for count in report.counts:
        yield from _count(report, count, known, others)
    for row in report.rows:
        if row.number in known.mirrored and row.list_name != "carried_over":
            yield from _row(row, known.facts.items[row.number], known)
    if known.whole and not report.filtered and not others:
        yield from _lacking(report, known)


def _count(report: Report, count: Count, known: Known, others: Sequence[Known]) -> Iterator[Finding]:
    each = [_value(one.facts, count.name) for one in (known, *others)]
    least = [
        value - _at_edges(one.facts, count.name) for value, one in zip(each, (known, *others), strict=True)
    ]
    if any(low <= count.value <= high for low, high in zip(least, each, strict=True)):
        return
    if not known.whole and count.value > max(each):
        return  # what the mirror lacks may make up for it
    values: dict[str, object] = {"what": name_of(count.name), "said": count.value, "n": each[0]}
    if not others:
        key = "count_mirror" if known.whole else "count_at_least"
        yield Finding("wrong", key, count.line, f"{count.value}", values)
        return
    zones = [
        Term("report.in_zone", {"n": n, "tz": one.facts.window.tz})
        for n, one in zip(each, (known, *others), strict=True)
    ]
    values["zones"] = tuple(zones)
    end = _would_end(known.facts, count)
    if end is not None:
        values |= {"after": moment_label(end[0], "UTC"), "before": moment_label(end[1], "UTC")}
    yield Finding("doubtful", "count_cut" if end else "count_zones", count.line, f"{count.value}", values)


def rows_of(facts: Facts, name: CountName) -> tuple[Listed, ...]:
    return () if name == "releases" else facts.lists.get(name, ())


def _value(facts: Facts, name: CountName) -> int:
    return len(facts.releases) if name == "releases" else len(rows_of(facts, name))


def _at_edges(facts: Facts, name: CountName) -> int:
    """How many rows are in the window's first or last minute: times to the minute do not tell if they count."""
    window = facts.window
    rows = rows_of(facts, name)
    return sum(1 for row in rows if row.at < window.since + MINUTE or row.at >= window.until - MINUTE)


def _would_end(facts: Facts, count: Count) -> tuple[datetime, datetime] | None:
    """Between which instants a window that begins here must end to have that count."""
    rows = rows_of(facts, count.name)
    if not 0 < count.value < len(rows):
        return None
    last, following = rows[count.value - 1].at, rows[count.value].at
    return (
        (last, following)
        if following - facts.window.since > facts.window.duration - timedelta(days=1)
        else None
    )


def _row(row: Row, item: Item, known: Known) -> Iterator[Finding]:
    numbers = (row.number,)
    kind = kind_in(row.list_name)
    if kind and kind != item.kind:
        values: dict[str, object] = {
            "n": row.number,
            "what": name_of(row.list_name),
            "kind": Term(f"report.kinds.{item.kind}"),
        }
        yield Finding("wrong", "row_kind", row.line, row.text, values, numbers)
        return
    if row.labels and " — " in item.title and folded(item.title) in folded(row.text):
        row = replace(
            row, title=item.title, labels=None
        )  # a dash of the title was taken for that before the labels
    if item.title and row.title and not _same_title(row.title, item.title):
        values = {"n": row.number, "title": item.title}
        near = SequenceMatcher(None, folded(row.title), folded(item.title), autojunk=False).ratio() > 0.3
        yield Finding("wrong" if near else "doubtful", "title", row.line, row.text, values, numbers)
    if item.author and row.author and item.author.login.casefold() != row.author.casefold():
        values = {"n": row.number, "login": row.author, "author": item.author.login}
        yield Finding("wrong", "author", row.line, row.text, values, numbers)
    if (
        item.labels
        and row.labels is not None
        and set(map(str.casefold, item.labels)) != set(map(str.casefold, row.labels))
    ):
        values = {"n": row.number, "said": ",".join(row.labels) or "-", "labels": ",".join(item.labels)}
        yield Finding("doubtful", "labels", row.line, row.text, values, numbers)
    yield from _moment(row, item, known)


def _moment(row: Row, item: Item, known: Known) -> Iterator[Finding]:
    names = _EVENTS.get(row.list_name, ())
    window = known.facts.window
    told = [event.at for event in item.events if event.name in names]
    if not told:
        if known.whole and item.events:
            values: dict[str, object] = {
                "n": row.number,
                "what": name_of(row.list_name),
                "state": state_of(item),
            }
            yield Finding("wrong", "row_state", row.line, row.text, values, (row.number,))
        return
    if row.at is not None and not any(_is_then(at, row.at) for at in told):
        values = {
            "n": row.number,
            "at": moment_label(row.at, window.tz),
            "right": moment_label(min(told, key=lambda at: abs(at - row.at)), window.tz),  # type: ignore[operator]
        }
        yield Finding("wrong", "row_time", row.line, row.text, values, (row.number,))


def _is_then(known: datetime, told: datetime) -> bool:
    """Whether a row's time, to the minute, is that of the event, which may be known to the day."""
    if is_day(known):
        return timedelta() <= told - known < timedelta(days=1)
    return abs(known - told) < MINUTE


def _same_title(said: str, title: str) -> bool:
    said, title = folded(said), folded(title)
    if said.endswith("..."):
        return title.startswith(said.removesuffix("...").rstrip())
    return said == title


def _lacking(report: Report, known: Known) -> Iterator[Finding]:
    """Items of a list of the mirror's that the report's own list of that name does not have."""
    window = known.facts.window
    for each in report.lists:
        if each.name == "carried_over":
            continue
        have = {row.number for row in each.rows}
        missing = [
            row.number
            for row in known.facts.lists.get(each.name, ())
            if row.number not in have and window.since + MINUTE <= row.at < window.until - MINUTE
        ]
        if missing:
            values: dict[str, object] = {
                "what": name_of(each.name),
                "numbers": tuple(f"#{number}" for number in missing[:_MOST]),
                "n": len(missing),
            }
            yield Finding("wrong", "list_lacks", each.line, f"{len(each.rows)}", values, tuple(missing))
