"""Window tests: what of an item's life lies in the window, and so in which lists it stands, and why not in others."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from summarizer.counting import MAX_HOT, PENDING, Activity
from summarizer.facts import LIST_NAMES
from summarizer.why.findings import Heat, Life, Stretch, Talk, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from summarizer.facts import Facts, ListName
    from summarizer.items import Event, EventName, Item, Person
    from summarizer.why.findings import Cause

_CLOSES: Final[tuple[EventName, ...]] = ("closed", "closed_unmerged")
_OF_ISSUES: Final[Mapping[ListName, tuple[EventName, ...]]] = {
    "issues_opened": ("opened",),
    "issues_closed": _CLOSES,
    "reopened": ("reopened",),
}
_OF_PULLS: Final[Mapping[ListName, tuple[EventName, ...]]] = {
    "prs_opened": ("opened",),
    "prs_merged": ("merged",),
    "prs_closed_unmerged": _CLOSES,
    "reopened": ("reopened",),
}
_THEN: Final[Mapping[EventName, Cause]] = {
    "closed": "then_closed",
    "closed_unmerged": "then_closed",
    "reopened": "then_reopened",
    "merged": "then_merged",
}


def life(item: Item, facts: Facts) -> Life:
    """What happened to the item before, inside and after the window."""
    since, until = facts.window.since, facts.window.until
    return Life(
        _stretch(item, lambda at: at < since),
        _stretch(item, lambda at: since <= at < until),
        _stretch(item, lambda at: at >= until),
    )


def verdicts(item: Item, facts: Facts, heat: Heat | None) -> tuple[Verdict, ...]:
    """One for each list that items of its kind stand in, then one for the hottest threads.

    item: as it is now; what the facts know of it is looked at first, since it may have become known only later.
    """
    lists = _OF_PULLS if item.is_pull_request else _OF_ISSUES
    found = [_verdict(name, events, item, facts) for name, events in lists.items()]
    found += [
        Verdict(name, stands=True, cause="stands", at=row.at)
        for name in LIST_NAMES
        if name not in lists
        for row in facts.lists.get(name, ())
        if row.number == item.number
    ]
    return (*found, _of_heat(item, facts, heat))


def heats(facts: Facts) -> dict[int, Heat]:
    """The threads of the window that people talked in and that pass the filters, hottest first, as `Facts.hot` ranks
    them."""
    window = facts.window
    ranked = []
    for item in facts.shown.values():
        activity = Activity(
            item,
            (),
            tuple(each for each in item.comments if each.created_at in window),
            tuple(each for each in item.reviews if each.submitted_at in window and each.state != PENDING),
        )
        said = activity.people_comments
        if said:
            people = tuple(login for login, _ in Counter(activity.talkers).most_common())
            ranked.append(((len(said), len(people), said[-1].created_at, item.number), people))
    ranked.sort(reverse=True)
    return {
        number: Heat(place, len(ranked), comments, people, MAX_HOT)
        for place, ((comments, _, _, number), people) in enumerate(ranked, 1)
    }


def _stretch(item: Item, holds: Callable[[datetime], bool]) -> Stretch:
    return Stretch(
        tuple(event for event in item.events if holds(event.at)),
        _talk((each.author, each.created_at) for each in item.comments if holds(each.created_at)),
        _talk(
            (each.author, each.submitted_at)
            for each in item.reviews
            if holds(each.submitted_at) and each.state != PENDING
        ),
    )


def _talk(said: Iterable[tuple[Person, datetime]]) -> Talk:
    told = list(said)
    people = [at for person, at in told if not person.is_bot]
    times = people or [at for _, at in told]
    return Talk(len(people), len(told) - len(people), min(times, default=None), max(times, default=None))


def _verdict(name: ListName, events: tuple[EventName, ...], item: Item, facts: Facts) -> Verdict:
    for row in facts.lists.get(name, ()):
        if row.number == item.number:
            cause: Cause = "stands" if row.at in facts.window else "by_commits"
            return Verdict(name, stands=True, cause=cause, at=row.at)
    known = facts.items.get(item.number, item)
    own = [event for event in known.events if event.name in events]
    inside = [event for event in own if event.at in facts.window]
    if inside:
        return _kept_out(name, inside[-1], known, facts)
    if events == _CLOSES and (merge := _merge(known, facts)) is not None and merge.at in facts.window:
        return Verdict(name, stands=False, cause="merged", at=merge.at)
    late = [event for event in item.events if event.name in events and event not in own]
    return _elsewhere(name, [*own, *late], facts)


def _kept_out(name: ListName, last: Event, known: Item, facts: Facts) -> Verdict:
    """Why an item stands not in a list although such an event of it lies in the window."""

    def out(cause: Cause, at: datetime | None = None) -> Verdict:
        return Verdict(name, stands=False, cause=cause, at=at or last.at)

    if known.number not in facts.items:
        return out("known_later")
    if known.number not in facts.shown:
        return out("filtered")
    if name == "prs_merged":
        return out("not_in_release")
    merge = _merge(known, facts)
    if merge is not None and merge.at >= last.at:
        return out("then_merged", merge.at)
    if merge is not None:
        return out("was_merged", merge.at)
    after = [event for event in known.events if event.at in facts.window and event.name != "opened"]
    return out(_THEN[after[-1].name], after[-1].at)


def _elsewhere(name: ListName, events: list[Event], facts: Facts) -> Verdict:
    """The item was never in the list's way in the window: when it was, if ever."""
    before = [event.at for event in events if event.at < facts.window.since]
    after = [event.at for event in events if event.at >= facts.window.until]
    if before:
        return Verdict(name, stands=False, cause="before", at=max(before))
    if after:
        return Verdict(name, stands=False, cause="after", at=min(after))
    inside = [event.at for event in events]
    return Verdict(
        name, stands=False, cause="known_later" if inside else "never", at=max(inside, default=None)
    )


def _merge(item: Item, facts: Facts) -> Event | None:
    """The last merge that had happened by the window's end."""
    until = facts.window.until
    return next((each for each in reversed(item.events) if each.name == "merged" and each.at < until), None)


def _of_heat(item: Item, facts: Facts, heat: Heat | None) -> Verdict:
    inside = _stretch(facts.items.get(item.number, item), lambda at: at in facts.window).comments
    if any(hot.number == item.number for hot in facts.hot):
        return Verdict("hot", stands=True, cause="stands", at=inside.last)
    if heat is not None:
        return Verdict("hot", stands=False, cause="below", at=inside.last)
    if inside.people and item.number not in facts.items:
        return Verdict("hot", stands=False, cause="known_later", at=inside.last)
    if inside.people:
        return Verdict("hot", stands=False, cause="filtered", at=inside.last)
    if inside.bots:
        return Verdict("hot", stands=False, cause="bots_only", at=inside.last)
    around = life(item, facts)
    if around.inside.comments.people:
        return Verdict("hot", stands=False, cause="known_later", at=around.inside.comments.last)
    if around.before.comments.people:
        return Verdict("hot", stands=False, cause="before", at=around.before.comments.last)
    if around.after.comments.people:
        return Verdict("hot", stands=False, cause="after", at=around.after.comments.first)
    return Verdict("hot", stands=False, cause="never")
