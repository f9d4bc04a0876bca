"""Statuses: how one item stands, since when and by whom, in a sentence. Pure."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from summarizer.questions import leads, phrases
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from summarizer.items import Item, Person
    from summarizer.questions.found import Found
    from summarizer.questions.wording import Wording

_NO_CONDITIONS = frozenset({"repo", "numbers", "window", "order", "limit", "form", "step", "against"})
"""Fields of a query that limit nothing where items are asked for by number; a window limits events alone."""
_ENDS = frozenset({"merged", "closed"})
"""Events that how an item stands tells."""


def status(item: Item, wording: Wording, query: Query | None = None) -> str:
    """ "#123 was merged by `x` on Mon 8 Dec 17:53 (2 days ago)." query: whose states it also speaks to, where how the
    item stands does not tell them: staleness, and whether a review is awaited."""
    said = _standing(item, wording)
    asked = query.states if query else ()
    more = []
    if "stale" in asked and item.updated_at is not None:
        more.append(wording.text("status.updated", ago=wording.spaced(wording.times.ago(item.updated_at))))
    if "waiting" in asked and item.review_decision in ("APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED"):
        more.append(wording.text(f"status.decision_{item.review_decision.lower()}"))
    return wording.text("gap").join((said, *more))


def tells_state_alone(query: Query) -> bool:
    """Whether how an item stands, and who made it so, is all that is asked of the numbers."""
    asked = conditions(query) - ({"people"} if query.people == phrases.doers(query) else set())
    return asked <= {"kind", "states", "events"} and _ENDS.issuperset(query.events)


def conditions(query: Query) -> set[str]:
    """The fields that limit which of the numbers asked for are meant."""
    nothing = Query()
    names = (field.name for field in fields(query))
    return {
        name
        for name in names
        if name not in _NO_CONDITIONS and getattr(query, name) != getattr(nothing, name)
    }


def as_asked(number: int, found: Found, wording: Wording) -> str:
    """How an item that was asked for by its number stands to what was asked of it: "#123 does not belong to
    AMD/ROCm."."""
    query, item = found.query, found.items.get(number)
    is_so = any(match.number == number for match in found.matches)
    is_kind_asked = conditions(query) == {"kind"} and query.form == "yes_no"
    told = []
    if item is not None and query.kind is not None and (item.kind != query.kind or is_kind_asked):
        told.append(wording.text(f"numbers.is_{item.kind}", number=number))
    if item is not None and tells_state_alone(query):
        told += [] if is_kind_asked else [status(item, wording, query)]
        if not is_so and found.untold:  # which of all states is that of waiting
            is_awaited = "waiting" in query.states
            told.append(
                wording.text("status.decision_unknown")
                if is_awaited
                else wording.text("numbers.unjudged", number=number)
            )
    elif not is_so and found.untold:
        told.append(wording.text("numbers.unjudged", number=number))
    elif not told:
        told.append(_condition(number, found, wording, is_so=is_so))
    return wording.text("gap").join(told)


def _condition(number: int, found: Found, wording: Wording, *, is_so: bool) -> str:
    query, asked = found.query, conditions(found.query) - {"kind"}
    if query.people == phrases.doers(query):  # whom the event names
        asked -= {"people"}
    words = {
        "number": number,
        "events": phrases.events(query, wording),
        "period": phrases.then(query, found.window, wording),
    }
    if asked == {"topics"}:
        words["topics"] = wording.spaced(
            wording.any_of([wording.topic(key) for key in query.topics])
        ).rstrip()
        return wording.text("numbers.belongs" if is_so else "numbers.belongs_not", **words)
    if asked == {"events"}:
        return wording.text("numbers.did" if is_so else "numbers.did_not", **words)
    happened = wording.text("numbers.that_happened", **words) if query.events else ""
    kind = found.items[number].kind if number in found.items else None
    subject = phrases.subject(replace(query, numbers=()), wording, 2 if is_so else 1, kind)
    return wording.text(
        "numbers.one_of" if is_so else "numbers.none_of", number=number, subject=subject, happened=happened
    )


def some_of(found: Found, wording: Wording) -> str:
    """ "2 of these 5 are open PRs: #123, #124." """
    query, n = found.query, len(found.matches)
    words = {"events": phrases.events(query, wording), "period": phrases.then(query, found.window, wording)}
    return wording.text(
        "numbers.some_of",
        n=n,
        total=len(query.numbers),
        subject=phrases.subject(replace(query, numbers=()), wording, max(2, n), leads.kind_of(found)),
        happened=wording.text("numbers.that_happened", **words) if query.events else "",
        numbers=wording.listing(f"#{match.number}" for match in found.matches),
    )


def counted(items: Iterable[Item], wording: Wording) -> str:
    """ "12 items: 9 open, 2 merged, 1 draft." """
    counts: dict[str, int] = {}
    for item in items:
        state = wording.state(item)
        counts[state] = counts.get(state, 0) + 1
    told = (wording.text("numbers.count", count=count, state=state) for state, count in counts.items())
    return wording.text("numbers.counted", n=sum(counts.values()), counts=wording.listing(told))


def missing(number: int, why: str, wording: Wording) -> str:
    """Why the mirror does not hold a number that was asked for. why: as in `Found.missing`."""
    return wording.text(f"missing.{why}", number=number)


def all_missing(found: Found, wording: Wording) -> str:
    """The sentences on every number that is missing; "" where none is."""
    return wording.text("gap").join(missing(number, why, wording) for number, why in found.missing.items())


def _standing(item: Item, wording: Wording) -> str:
    if item.state == "merged":
        return _ended("merged", item, item.merged_at, item.merged_by or _actor(item, "merged"), wording)
    if item.state == "closed":
        name = "closed_unmerged" if item.is_pull_request else "closed"
        return _ended(name, item, item.closed_at, _actor(item, name), wording)
    name = "draft" if item.is_draft else "open"
    if item.created_at is None:
        return wording.text(f"status.{name}", number=item.number)
    return wording.text(
        f"status.{name}_since",
        number=item.number,
        by=_by(item.author, wording),
        when=wording.times.moment(item.created_at),
        ago=wording.times.ago(item.created_at),
    )


def _ended(name: str, item: Item, at: datetime | None, by: Person | None, wording: Wording) -> str:
    if at is None:
        return wording.text(f"status.{name}", number=item.number, by=_by(by, wording))
    return wording.text(
        f"status.{name}_at",
        number=item.number,
        by=_by(by, wording),
        when=wording.times.moment(at),
        ago=wording.times.ago(at),
    )


def _by(person: Person | None, wording: Wording) -> str:
    return wording.text("status.by", login=wording.person(person.login)) if person else ""


def _actor(item: Item, name: str) -> Person | None:
    """Who did the last event of that name."""
    return next((event.actor for event in reversed(item.events) if event.name == name), None)
