"""What is known of a report's items: what its own lists tell, and what a mirror holds, as facts of its window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from summarizer.counting import build_facts
from summarizer.facts import Counts, Facts
from summarizer.items import Coverage, Event, EventName, Item, Person, Seen, State, oldest_first
from summarizer.reports.findings import Term
from summarizer.topics import match_topics
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summarizer.facts import ListName
    from summarizer.items import Kind
    from summarizer.reports.report import Report, Row
    from summarizer.topics import Topic

_EVENT_OF: Final[Mapping[ListName, EventName]] = {
    "issues_opened": "opened",
    "issues_closed": "closed",
    "prs_opened": "opened",
    "prs_merged": "merged",
    "prs_closed_unmerged": "closed_unmerged",
    "reopened": "reopened",
}
ENDS: Final[frozenset[ListName]] = frozenset(
    {"issues_closed", "prs_merged", "prs_closed_unmerged", "reopened"}
)


@dataclass(frozen=True)
class Known:
    """The items that the report's sentences are held against.

    facts: of the report's window; `items` also holds those that had no event in it but are spoken of.
    mirrored: the numbers whose item is the mirror's. listed: those the report's own lists tell of.
    counts: what is known of the window's counts, by name: the mirror's, else the report's own.
    whole: the mirror holds all of the window.
    """

    facts: Facts
    mirrored: frozenset[int]
    listed: frozenset[int]
    counts: Mapping[str, int]
    whole: bool = False


def kind_in(name: ListName) -> Kind | None:
    """The kind of a list's items, where it has but one."""
    if name.startswith("issues"):
        return "issue"
    return "pull_request" if name.startswith("prs") else None


def is_day(at: datetime) -> bool:
    """Whether only the day is known: imported days are kept as their first instant, UTC."""
    return (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)


def state_of(item: Item) -> Term:
    """The item's state in words."""
    if item.state == "closed" and item.is_pull_request:
        return Term("report.states.closed_unmerged")
    return Term(f"report.states.{item.state}")


def window_of(report: Report) -> Window:
    """The window as told, or all the time the rows span; where nothing tells a time, all time."""
    if report.period is not None:
        return Window(report.period.since, report.period.until, report.period.tz or "UTC")
    instants = [row.at for row in report.rows if row.at is not None]
    if instants:
        return Window(min(instants), max(instants) + timedelta(minutes=1), "UTC")
    return Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC), "UTC")


def known_from_rows(report: Report, topics: Sequence[Topic]) -> Known:
    """What the report itself tells of its items."""
    window = window_of(report)
    items = items_of(report, window)
    facts = build_facts(
        repo=report.repo,
        window=window,
        items=items,
        coverage=Coverage(Seen(None, len(items)), Seen(None, 0), ("items",)),
        topics=topics,
    )
    told: dict[str, int] = {each.name: each.value for each in reversed(report.counts)}
    if not report.filtered:
        for each in report.lists:
            if each.name != "carried_over":
                told.setdefault(each.name, len(each.rows))
    known = {item.number: facts.items.get(item.number, item) for item in items}
    facts = replace(
        facts,
        items=known,
        counts=_counts(told),
        ledgers=match_topics(known.values(), topics),
    )
    return Known(facts, frozenset(), frozenset(known), told)


def known_with_mirror(
    report: Report,
    own: Known,
    held: Iterable[Item],
    named: Mapping[int, Item],
    topics: Sequence[Topic],
    *,
    whole: bool,
) -> Known:
    """The same with a mirror's items, which win.

    held: what it has of the window. named: the items that the report names, as last seen. whole: it has all of the
    window, so that what is not there did not happen.
    """
    window = own.facts.window
    mirror = {item.number: item for item in held}
    coverage = Coverage(Seen(len(mirror), len(mirror)), Seen(None, 0), () if whole else ("items",))
    facts = build_facts(
        repo=report.repo, window=window, items=mirror.values(), coverage=coverage, topics=topics
    )
    others = {
        number: cut
        for number, item in named.items()
        if number not in facts.items and (cut := item.as_of(window.until)) is not None
    }
    mirrored = facts.items.keys() | others.keys()
    listed = {number: item for number, item in own.facts.items.items() if number not in mirrored}
    items = dict(sorted({**listed, **others, **facts.items}.items()))
    counts = {name: getattr(facts.counts, name) for name in Counts.__dataclass_fields__} if whole else {}
    if not whole:
        facts = replace(facts, counts=_counts(own.counts))
    facts = replace(facts, items=items, ledgers=match_topics(items.values(), topics))
    return Known(facts, frozenset(mirrored), own.listed, {**own.counts, **counts}, whole)


def items_of(report: Report, window: Window) -> list[Item]:
    """An item for each number of the report's lists, as its rows tell it."""
    rows: dict[int, list[Row]] = {}
    for row in report.rows:
        if row.list_name != "carried_over":
            rows.setdefault(row.number, []).append(row)
    return [_item(report, number, each, window) for number, each in rows.items()]


def _item(report: Report, number: int, rows: list[Row], window: Window) -> Item:
    first = rows[0]
    kind: Kind = next((k for row in rows if (k := row.kind or kind_in(row.list_name))), "issue")
    if any(row.list_name == "prs_merged" for row in rows):
        kind = "pull_request"  # whatever its address says: issues are not merged
    events = oldest_first(Event(_EVENT_OF[row.list_name], row.at or window.since) for row in rows)
    ends = [row for row in rows if row.list_name in ENDS]
    state: State = "open"
    if ends:
        last = max(ends, key=lambda row: (row.at or window.since, row.list_name == "prs_merged"))
        state = {"prs_merged": "merged", "reopened": "open"}.get(last.list_name, "closed")  # type: ignore[assignment]
    at = next((row.at for row in rows if row.list_name.endswith("_opened")), None)
    path = "pull" if kind == "pull_request" else "issues"
    return Item(
        repo=report.repo,
        number=number,
        kind=kind,
        title=first.title,
        url=f"https://github.com/{report.repo}/{path}/{number}",
        author=next((Person(row.author) for row in rows if row.author), None),
        labels=next((row.labels for row in rows if row.labels is not None), ()),
        state=state,
        created_at=at,
        closed_at=ends[-1].at if ends and state != "open" else None,
        merged_at=next((row.at for row in rows if row.list_name == "prs_merged"), None),
        events=events,
    )


def _counts(told: Mapping[str, int]) -> Counts:
    return Counts(**{name: told.get(name, -1) for name in Counts.__dataclass_fields__})
