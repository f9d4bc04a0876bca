"""Slices of time join without a gap, hold no more than a page, and a search asks for exactly one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.github.slices import SECOND, Slice, packed, parts_for, whole_seconds

T0 = datetime(2025, 12, 10, 9, 53, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hour(number: int) -> Slice:
    return Slice("pr", "updated", T0 + number * HOUR, T0 + (number + 1) * HOUR)


@given(seconds=st.integers(1, 100_000), parts=st.integers(-1, 60))
def test_the_parts_of_a_slice_join_to_it(seconds: int, parts: int) -> None:
    whole = Slice("pr", "updated", T0, T0 + seconds * SECOND)

    cut = whole.split(parts)

    assert (cut[0].start, cut[-1].end) == (whole.start, whole.end)
    assert len(cut) == min(max(parts, 1), seconds)
    for part in cut:
        assert part.start < part.end
    for first, second in pairwise(cut):
        assert first.end == second.start


def test_a_single_second_cannot_be_cut() -> None:
    second = Slice("pr", "updated", T0, T0 + SECOND)

    assert second.split(4) == (second,)


@pytest.mark.parametrize(
    ("slice_", "text"),
    [
        (
            Slice("issue", "updated", T0, T0 + HOUR),
            "repo:a/b is:issue updated:2025-12-10T09:53:00Z..2025-12-10T10:52:59Z",
        ),
        (
            Slice("pr", "merged", T0, T0 + SECOND),
            "repo:a/b is:pr merged:2025-12-10T09:53:00Z..2025-12-10T09:53:00Z",
        ),
    ],
)
def test_a_search_includes_both_ends_of_its_range(slice_: Slice, text: str) -> None:
    assert slice_.query("a/b") == text


@pytest.mark.parametrize(
    ("end", "kept"),
    [(T0 - SECOND, None), (T0, None), (T0 + SECOND, T0 + SECOND), (T0 + 2 * HOUR, T0 + HOUR)],
)
def test_the_part_of_a_slice_before_an_instant(end: datetime, kept: datetime | None) -> None:
    part = hour(0).until(end)

    assert (part and (part.start, part.end)) == (kept and (T0, kept))


@given(count=st.integers(101, 5000))
def test_an_overfull_slice_is_cut_into_several(count: int) -> None:
    parts = parts_for(count, 80)

    assert parts >= 2
    assert count / parts <= 80


@settings(deadline=None)  # how long it takes is the machine's affair
@given(counts=st.lists(st.integers(0, 300), max_size=12), most=st.integers(20, 95))
def test_packed_slices_cover_all_that_was_counted_once_and_none_is_planned_overfull(
    counts: list[int], most: int
) -> None:
    slices = packed([(hour(number), count) for number, count in enumerate(counts)], most)

    for first, second in pairwise(slices):
        assert first.end <= second.start
    for number, count in enumerate(counts):
        inside = [each for each in slices if each.start < hour(number).end and each.end > hour(number).start]
        assert sum((min(each.end, hour(number).end) - max(each.start, hour(number).start) for each in inside),
                   timedelta(0)) == (HOUR if count else timedelta(0))  # fmt: skip
        if count <= most and inside:
            [holder] = inside
            held = range((holder.start - T0) // HOUR, (holder.end - T0) // HOUR)
            assert sum(counts[each] for each in held) <= most


def test_small_slices_are_joined_but_not_over_a_hole_nor_over_kinds() -> None:
    issue = Slice("issue", "updated", T0 + 4 * HOUR, T0 + 5 * HOUR)

    slices = packed([(hour(0), 2), (hour(1), 3), (hour(2), 0), (hour(3), 1), (issue, 1)], 10)

    assert slices == [Slice("pr", "updated", T0, T0 + 2 * HOUR), hour(3), issue]


def test_a_window_is_widened_to_whole_seconds_in_utc() -> None:
    since, until = whole_seconds(T0 + timedelta(microseconds=5), T0 + timedelta(seconds=1, microseconds=5))
    there = T0.astimezone(timezone(timedelta(hours=8)))

    assert (since, until) == (T0, T0 + timedelta(seconds=2))
    assert whole_seconds(T0, T0 + SECOND) == (T0, T0 + SECOND)
    assert [each.tzinfo for each in whole_seconds(there, there)] == [UTC, UTC]
