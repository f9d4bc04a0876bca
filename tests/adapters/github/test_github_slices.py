"""Slices of time join without a gap, and a search asks for exactly one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.github.slices import SECOND, Slice, parts_for, whole_seconds

T0 = datetime(2025, 12, 10, 9, 53, tzinfo=UTC)


@given(seconds=st.integers(1, 100_000), parts=st.integers(1, 60), is_open=st.booleans())
def test_the_parts_of_a_slice_join_to_it(seconds: int, parts: int, is_open: bool) -> None:
    end = T0 + seconds * SECOND
    whole = Slice("pr", "updated", T0, None if is_open else end)

    cut = whole.split(parts, newest=end)

    assert cut[0].start == T0
    assert cut[-1].end == whole.end
    for first, second in pairwise(cut):
        assert first.start < first.end == second.start  # type: ignore[operator]


def test_a_single_second_cannot_be_cut() -> None:
    second = Slice("pr", "updated", T0, T0 + SECOND)

    assert second.split(4, newest=T0) == (second,)


def test_an_open_slice_from_which_nothing_newer_is_known_cannot_be_cut() -> None:
    later = Slice("pr", "updated", T0, None)

    assert later.split(4, newest=T0 - timedelta(days=1)) == (later,)


@pytest.mark.parametrize(
    ("slice_", "text"),
    [
        (
            Slice("issue", "updated", T0, T0 + timedelta(hours=1)),
            "repo:a/b is:issue updated:2025-12-10T09:53:00Z..2025-12-10T10:52:59Z",
        ),
        (
            Slice("pr", "updated", T0, None, created_before=T0),
            "repo:a/b is:pr updated:>=2025-12-10T09:53:00Z created:<2025-12-10T09:53:00Z",
        ),
    ],
)
def test_a_search_includes_both_ends_of_its_range(slice_: Slice, text: str) -> None:
    assert slice_.query("a/b") == text


def test_a_slice_holds_what_its_search_finds() -> None:
    later = Slice("pr", "updated", T0, None, created_before=T0)
    created = Slice("issue", "created", T0, T0 + SECOND)
    closed = Slice("issue", "closed", T0, T0 + SECOND)

    assert later.holds("PullRequest", T0 - SECOND, T0)
    assert not later.holds("PullRequest", T0, T0)
    assert not later.holds("PullRequest", T0 - SECOND, T0 - SECOND)
    assert not later.holds("Issue", T0 - SECOND, T0)
    assert created.holds("Issue", T0, None)
    assert not created.holds("Issue", T0 + SECOND, None)
    assert not closed.holds("Issue", T0, T0)


@given(count=st.integers(101, 5000))
def test_an_overfull_slice_is_cut_into_several(count: int) -> None:
    parts = parts_for(count, 80)

    assert parts >= 2
    assert count / parts <= 80


def test_a_window_is_widened_to_whole_seconds() -> None:
    since, until = whole_seconds(T0 + timedelta(microseconds=5), T0 + timedelta(seconds=1, microseconds=5))

    assert (since, until) == (T0, T0 + timedelta(seconds=2))
    assert whole_seconds(T0, T0 + SECOND) == (T0, T0 + SECOND)
