"""Statuses: how one item stands, since when and by whom, in a sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from summarizer.items import Item, Person
    from summarizer.questions.found import Found
    from summarizer.questions.query import Query
    from summarizer.questions.wording import Wording


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
