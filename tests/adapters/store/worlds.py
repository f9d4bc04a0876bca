"""Small worlds of items by chance, in which everything happens near NOON: ties, bots, merges that are closed again."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from summarizer.items import Comment, Event, EventName, Item, Person, Review, oldest_first
from summarizer.windows import Window
from tests.builders import at, item

PEOPLE = ("ann", "Bob", "cy[bot]", "eve", "helper")
BOTS = frozenset({"helper"})
"""Plain logins of accounts that are bots, which GitHub does not tell."""

LABELS = ("rocm", "Bug", "ci/build")
PATHS = ("vllm/attention/rocm.py", "docs/README.md", "csrc/Rocm/[x].cu", "tests/a.py")
WORDS = ("rocm", "kernel", "crash", "显存占用")

_minutes = st.integers(-30, 90)
_people = st.sampled_from(PEOPLE).map(lambda login: Person(login, login.endswith("[bot]")))
_titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)


@st.composite
def _events(draw: st.DrawFn, *, is_pr: bool) -> tuple[Event, ...]:
    names: tuple[EventName, ...] = (
        ("closed_unmerged", "merged", "reopened") if is_pr else ("closed", "reopened")
    )
    told = draw(st.lists(st.tuples(st.sampled_from(names), _minutes), max_size=5))
    opened = draw(st.none() | st.integers(-60, 60))
    if opened is not None:
        told = [("opened", opened), *((name, max(opened, when)) for name, when in told)]
    actors = draw(st.lists(st.none() | _people, min_size=len(told), max_size=len(told)))
    return oldest_first(Event(name, at(when), who) for (name, when), who in zip(told, actors, strict=True))


_comments = st.builds(Comment, _people, _minutes.map(at), st.sampled_from(WORDS))
_reviews = st.builds(
    Review,
    _people,
    _minutes.map(at),
    st.sampled_from(("APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING")),
    st.sampled_from(("", " ", *WORDS)),
)


@st.composite
def items_of(draw: st.DrawFn, number: int, others: tuple[int, ...] = ()) -> Item:
    """An item; others: numbers that it may be linked with."""
    is_pr = draw(st.booleans())
    comments = sorted(draw(st.lists(_comments, max_size=4)), key=lambda each: each.created_at)
    reviews = (
        sorted(draw(st.lists(_reviews, max_size=4)), key=lambda each: each.submitted_at) if is_pr else []
    )
    files = st.lists(st.sampled_from(PATHS), max_size=2, unique=True).map(lambda paths: tuple(sorted(paths)))
    made = item(
        number,
        kind="pull_request" if is_pr else "issue",
        title=draw(_titles),
        author=None,
        labels=tuple(draw(st.lists(st.sampled_from(LABELS), max_size=2, unique=True))),
        is_draft=draw(st.booleans()) if is_pr else None,
        body=draw(st.none() | st.sampled_from(("", *WORDS))),
        files=draw(st.none() | files) if is_pr else None,
        linked=tuple(draw(st.lists(st.sampled_from(others), max_size=2, unique=True))) if others else (),
        events=draw(_events(is_pr=is_pr)),
        comments=tuple(comments),
        reviews=tuple(reviews),
        updated=draw(st.integers(90, 120)),
    )
    return replace(
        made,
        author=draw(st.none() | _people),
        review_requests=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True)))
        if is_pr
        else None,
        review_decision=draw(st.sampled_from((None, "APPROVED", "CHANGES_REQUESTED", "REVIEW_REQUIRED")))
        if is_pr
        else None,
        assignees=tuple(draw(st.lists(st.sampled_from(PEOPLE), max_size=1))),
    )


@st.composite
def worlds(draw: st.DrawFn, most: int = 6) -> tuple[Item, ...]:
    """Items of one repository, by number."""
    numbers = tuple(range(1, draw(st.integers(1, most)) + 1))
    return tuple(draw(items_of(number, numbers)) for number in numbers)


windows = st.tuples(st.integers(-20, 30), st.integers(1, 60)).map(
    lambda told: Window(at(told[0]), at(told[0] + told[1]), "UTC")
)
