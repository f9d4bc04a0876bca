"""Two records of one item become one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from adapters.store.merging import merged
from summarizer.items import Comment, Event, Item, Person, Review
from tests import builders
from tests.builders import NOON

LATER = NOON + timedelta(hours=1)


def item(**fields: Any) -> Item:  # noqa: ANN401 - any field
    """An issue of which next to nothing is known."""
    return replace(builders.item(kind="issue"), **{"comments_total": None, **fields})


def comment(url: str, created_at: datetime = NOON) -> Comment:
    return replace(builders.comment("ann", 0), url=url, created_at=created_at)


def test_later_update_replaces_and_an_earlier_one_does_not() -> None:
    old = item(title="old", updated_at=NOON)
    new = item(title="new", updated_at=LATER)

    assert merged(old, new).title == "new"
    assert merged(new, old).title == "new"


def test_what_was_fetched_last_holds_when_nothing_tells_the_age() -> None:
    assert merged(item(reactions=1), item(reactions=2)).reactions == 2


def test_none_never_replaces_a_value_however_new_it_is() -> None:
    known = item(body="text", additions=3, files=("a.py",), updated_at=NOON)
    light = item(updated_at=LATER)

    both = merged(known, light)

    assert (both.body, both.additions, both.files) == ("text", 3, ("a.py",))


def test_value_of_an_older_record_fills_a_gap_of_the_newer() -> None:
    assert merged(item(updated_at=LATER), item(body="text", updated_at=NOON)).body == "text"


def test_reopened_item_is_closed_no_more() -> None:
    closed = item(state="closed", closed_at=NOON, state_reason="COMPLETED", updated_at=NOON)
    reopened = item(state="open", updated_at=LATER)

    both = merged(closed, reopened)

    assert (both.state, both.closed_at, both.state_reason) == ("open", None, None)


def test_events_and_reviews_add_up_in_order() -> None:
    closed, reopened = Event("closed", NOON), Event("reopened", LATER)
    review = Review(Person("ann"), NOON, "COMMENTED")
    dismissed = replace(review, state="DISMISSED")

    both = merged(
        item(events=(closed,), reviews=(review,), updated_at=NOON),
        item(events=(reopened,), reviews=(dismissed,), updated_at=LATER),
    )

    assert both.events == (closed, reopened)
    assert both.reviews == (dismissed,)


def test_deleted_comment_goes_when_the_newer_record_holds_all_there_are() -> None:
    kept, deleted = comment("u1"), comment("u2", LATER)
    old = item(comments=(kept, deleted), comments_total=2, updated_at=NOON)

    assert merged(old, item(comments=(kept,), comments_total=1, updated_at=LATER)).comments == (kept,)


def test_comments_add_up_when_the_newer_record_holds_only_some() -> None:
    first, second = comment("u1"), comment("u2", LATER)
    edited = replace(second, body="edited")

    both = merged(
        item(comments=(first, second), comments_total=2, updated_at=NOON),
        item(comments=(edited,), comments_total=2, updated_at=LATER),
    )

    assert both.comments == (first, edited)
