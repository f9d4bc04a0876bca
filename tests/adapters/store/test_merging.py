"""What is known of an item, and what was just read of it, become one record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Literal, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.source import WHOLE_ONLY, Reading
from adapters.store.merging import filled, merged
from adapters.store.records import Record
from summarizer.items import Comment, Event, Item, Person, Review
from tests import builders
from tests.builders import NOON, at, event, listed, reading

SECOND = timedelta(seconds=1)


def item(**fields: Any) -> Item:  # noqa: ANN401 - any field
    """An issue of which next to nothing is known, as GitHub shows it."""
    known = builders.item(kind="issue", node_id="I_1")
    return replace(known, **{"comments_total": None, "updated_at": NOON, **fields})


def comment(url: str, minutes: float = 0, body: str = "A thought.") -> Comment:
    return replace(builders.comment("ann", minutes, body), url=url)


def record(*readings: Reading) -> Record:
    """What becomes of readings that come in this order."""
    made = reduce(lambda known, new: merged(known, new), readings, _NOTHING)
    assert made is not None
    return made


_NOTHING: Record | None = None


def test_later_listing_replaces_and_an_earlier_one_does_not() -> None:
    old = reading(item(title="old"), "light", 10)
    new = reading(item(title="new", updated_at=at(20)), "light", 30)

    for readings in ([old, new], [new, old]):
        assert record(*readings).item.title == "new"


def test_light_reading_keeps_what_only_a_whole_one_tells() -> None:
    whole = item(
        body="text", files=("a.py",), comments=(comment("u1"),), comments_total=1, linked=(5,), reactions=3
    )

    known = record(
        reading(whole, "whole", 10), reading(item(title="new", updated_at=at(20)), "light", 30)
    ).item

    assert known == replace(whole, title="new", updated_at=at(20))


def test_light_reading_keeps_who_a_pull_request_waits_for_and_a_whole_one_replaces_it() -> None:
    waiting = item(review_requests=("zoe",), review_decision="REVIEW_REQUIRED", assignees=("bob",))
    moved = item(title="new", updated_at=at(20))
    reviewed = item(review_requests=(), review_decision="APPROVED", assignees=(), updated_at=at(40))
    hidden = item(updated_at=at(60))

    first = reading(waiting, "whole", 10)
    listed_later = record(first, reading(moved, "light", 30))
    read_later = merged(listed_later, reading(reviewed, "whole", 50))

    assert listed_later.item == replace(waiting, title="new", updated_at=at(20))
    assert record(reading(moved, "light", 30), first).item == listed_later.item
    assert read_later.item == reviewed
    assert merged(read_later, reading(hidden, "whole", 70)).item == hidden


def test_file_leaves_who_a_pull_request_waits_for() -> None:
    known = record(reading(item(review_requests=("zoe",), assignees=()), "whole", 10))

    assert filled(known, item(body="text"), {"body"}).item == replace(known.item, body="text")


def test_light_reading_that_saw_the_item_move_makes_it_stale() -> None:
    whole = reading(item(), "whole", 10)

    assert not record(whole).stale
    assert not record(whole, reading(item(), "light", 30)).stale
    assert record(whole, reading(item(updated_at=at(20)), "light", 30)).stale


def test_item_that_was_never_read_whole_is_stale() -> None:
    assert record(reading(item(), "light", 10)).stale


@pytest.mark.parametrize(("after", "stale"), [(0, True), (0.9, True), (1, False)])
def test_item_read_within_the_second_of_its_last_change_is_stale(after: float, stale: bool) -> None:
    assert record(Reading(item(), "whole", NOON + after * SECOND)).stale is stale


def test_late_whole_reading_keeps_what_a_newer_listing_tells_and_stays_stale() -> None:
    closed = item(state="closed", closed_at=at(20), updated_at=at(20), labels=("bug",))

    known = record(reading(closed, "light", 30), reading(item(body="text"), "whole", 10))

    assert (known.item.state, known.item.labels, known.item.body) == ("closed", ("bug",), "text")
    assert known.item.events == (Event("closed", at(20)),)
    assert known.stale


def test_older_whole_reading_never_replaces_a_newer_one() -> None:
    old = reading(item(body="old", comments=(comment("u1"),), comments_total=1), "whole", 10)
    new = reading(item(body="new", comments=(), comments_total=0, updated_at=at(20)), "whole", 30)

    for readings in ([old, new], [new, old]):
        assert record(*readings) == Record(new.item, at(20), at(30))


def test_listing_from_before_the_whole_reading_of_the_same_second_changes_nothing() -> None:
    whole = reading(item(labels=("bug",)), "whole", 10)

    assert record(whole, Reading(item(), "light", NOON)) == record(whole)


def test_reopened_item_is_closed_no_more() -> None:
    closed = item(state="closed", closed_at=NOON, state_reason="COMPLETED")
    reopened = item(updated_at=at(20))

    known = record(reading(closed, "light", 10), reading(reopened, "light", 30)).item

    assert (known.state, known.closed_at, known.state_reason) == ("open", None, None)
    assert known.events == (Event("closed", NOON),)


def test_what_an_older_listing_saw_happen_is_not_lost() -> None:
    closed = item(state="closed", closed_at=NOON)

    known = record(reading(item(updated_at=at(20)), "light", 30), reading(closed, "light", 10)).item

    assert (known.state, known.events) == ("open", (Event("closed", NOON),))


def test_close_that_a_listing_tells_is_the_one_of_the_timeline() -> None:
    opened, closed = event("opened", 0, "ann"), event("closed", 20, "bob")
    whole = item(
        created_at=NOON, closed_at=at(20) + SECOND, state="closed", events=(opened, closed), updated_at=at(20)
    )

    known = record(reading(whole, "whole", 30), reading(replace(whole, updated_at=at(40)), "light", 50)).item

    assert known.events == (opened, closed)


def test_second_close_that_a_listing_tells_is_added() -> None:
    first, reopened = event("closed", 0, "bob"), event("reopened", 5, "ann")
    whole = item(events=(first, reopened), updated_at=at(5))
    closed = item(state="closed", closed_at=at(20), updated_at=at(20))

    known = record(reading(whole, "whole", 10), reading(closed, "light", 30)).item

    assert known.events == (first, reopened, Event("closed", at(20)))


def test_deleted_comment_goes_with_a_whole_reading_and_an_edited_one_changes() -> None:
    old = item(
        comments=(comment("u1"), comment("u2", 1)),
        comments_total=2,
        reviews=(Review(Person("ann"), NOON, "X"),),
    )
    new = item(comments=(comment("u2", 1, "edited"),), comments_total=1, updated_at=at(20))

    known = record(reading(old, "whole", 10), reading(new, "whole", 30)).item

    assert known == new


def test_reading_that_was_cut_keeps_the_comments_that_are_known() -> None:
    first, second, third = comment("u1"), comment("u2", 1), comment("u3", 2)
    old = item(comments=(first, second), comments_total=2)
    cut = item(comments=(replace(second, body="edited"), third), comments_total=9, updated_at=at(20))

    known = record(reading(old, "whole", 10), reading(cut, "whole", 30)).item

    assert known.comments == (first, replace(second, body="edited"), third)
    assert known.comments_total == 9


def test_comments_without_a_link_are_told_apart_by_time_and_author() -> None:
    first, second = comment(""), replace(comment(""), author=Person("bob"))
    cut = item(comments=(second,), comments_total=9, updated_at=at(20))

    known = record(reading(item(comments=(first,), comments_total=1), "whole", 10), reading(cut, "whole", 30))

    assert known.item.comments == (first, second)


def test_file_fills_what_is_unknown_and_replaces_nothing_that_github_told() -> None:
    known = record(reading(item(title="GitHub's"), "light", 10))
    told = item(title="the file's", body="text", updated_at=at(99))

    assert filled(known, told, {"title", "body"}).item == replace(known.item, body="text")


def test_unknown_in_a_file_overwrites_nothing() -> None:
    old = item(node_id="", body="text", files=("a.py",), labels=("bug",), author=Person("ann"))
    new = item(node_id="", body=None, files=None, labels=(), author=None, title="newer", updated_at=at(20))

    told = {"body", "files", "labels", "author", "title", "updated_at"}

    assert filled(Record(old), new, told).item == replace(old, title="newer", updated_at=at(20))


def test_of_two_files_the_one_that_knows_later_events_goes_before() -> None:
    early = item(node_id="", title="early", updated_at=at(10), events=(event("closed", 10),))
    late = item(node_id="", title="late", updated_at=at(20), events=(event("reopened", 20),))
    told = {"title", "updated_at"}

    for first, second in ((early, late), (late, early)):
        both = filled(filled(None, first, told), second, told).item
        assert (both.title, both.events) == ("late", (event("closed", 10), event("reopened", 20)))


def test_whole_reading_replaces_what_a_file_told() -> None:
    imprecise = item(node_id="", updated_at=None, events=(event("closed", 0),), comments=(comment("u1"),))
    whole = item(events=(event("closed", 333),), comments_total=0, updated_at=at(333))

    assert merged(filled(None, imprecise, {"comments"}), reading(whole)).item == whole


# --- readings of one true history, in whatever order they come

Step: TypeAlias = 'Literal["comment", "delete", "close", "title", "label"]'
MINUTES = 3  # between two steps; closes within a minute are taken for one


def history(steps: list[Step]) -> list[Item]:
    """The item after each of the steps; the first is its opening."""
    states = [item(created_at=NOON, events=(event("opened", 0),), comments_total=0)]
    for number, step in enumerate(steps, start=1):
        now = at(number * MINUTES)
        states.append(replace(_after(step, states[-1], number, now), updated_at=now))
    return states


def _after(step: Step, known: Item, number: int, now: datetime) -> Item:
    match step:
        case "comment":
            comments = (*known.comments, comment(f"u{number}", number * MINUTES))
            return replace(known, comments=comments, comments_total=len(comments))
        case "delete":
            return replace(known, comments=known.comments[1:], comments_total=len(known.comments[1:]))
        case "close" if known.state == "open":
            return replace(known, state="closed", closed_at=now, events=(*known.events, Event("closed", now)))
        case "close":
            return replace(
                known, state="open", closed_at=None, events=(*known.events, Event("reopened", now))
            )
        case "title":
            return replace(known, title=f"Title {number}", body=f"Body {number}")
        case "label":
            return replace(known, labels=(f"label {number}",))


@given(
    st.lists(st.sampled_from(["comment", "delete", "close", "title", "label"]), max_size=6),
    st.lists(st.tuples(st.sampled_from(["light", "whole"]), st.integers(0, 20)), min_size=1, max_size=8),
)
def test_order_in_which_readings_come_does_not_matter(
    steps: list[Step], asked: list[tuple[Literal["light", "whole"], int]]
) -> None:
    states = history(steps)

    def state(minute: int) -> Item:
        return states[min(minute // MINUTES, len(steps))]

    known = record(*(reading(state(minute), part, minute) for part, minute in asked))

    newest = max(minute for _, minute in asked)
    whole = max((minute for part, minute in asked if part == "whole"), default=None)
    told = listed(states[0]) if whole is None else state(whole)
    events = {event for part, minute in asked if part == "light" for event in listed(state(minute)).events}
    for field in set(WHOLE_ONLY) - {"events"}:
        assert getattr(known.item, field) == getattr(told, field)
    assert replace(listed(known.item), closed_at=None, events=()) == replace(
        listed(state(newest)), closed_at=None, events=()
    )
    assert known.item.closed_at == state(newest).closed_at
    assert set(known.item.events) == {*(told.events if whole is not None else ()), *events}
    assert list(known.item.events) == sorted(known.item.events, key=lambda event: event.at)
    assert known.whole_at == (None if whole is None else at(whole))
    assert known.stale == (
        whole is None or state(whole) != state(newest) or at(whole) == state(newest).updated_at
    )
