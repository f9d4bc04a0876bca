"""How spans that the mirror covers join."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from adapters.store.reaches import Reach, extended
from summarizer.items import Coverage, Seen
from tests.builders import NOON


def reach(since: int, until: int, *, complete: bool = True, fetched: int = 0) -> Reach:
    """A reach in hours after noon."""
    coverage = Coverage(Seen(1, 1), Seen(None, 5), () if complete else ("limit",))
    hours = [NOON + timedelta(hours=hour) for hour in (since, until, fetched)]
    return Reach(hours[0], hours[1], coverage, hours[2])


def test_adjacent_complete_reaches_join_and_their_counts_add_up() -> None:
    [joined] = extended((reach(0, 2, fetched=2),), reach(2, 3, fetched=3))

    assert (joined.since, joined.until) == (reach(0, 3).since, reach(0, 3).until)
    assert joined.coverage == Coverage(Seen(2, 2), Seen(None, 10))
    assert joined.fetched_at == reach(0, 0, fetched=3).fetched_at


def test_gap_between_reaches_stays() -> None:
    assert extended((reach(4, 5),), reach(0, 2)) == (reach(0, 2), reach(4, 5))


def test_incomplete_reach_is_replaced_where_a_complete_one_covers_it() -> None:
    before = (reach(0, 6, complete=False),)

    assert extended(before, reach(2, 4)) == (
        reach(0, 2, complete=False),
        reach(2, 4),
        reach(4, 6, complete=False),
    )


def test_incomplete_reach_takes_nothing_from_a_complete_one() -> None:
    assert extended((reach(2, 4),), reach(0, 6, complete=False)) == (
        reach(0, 2, complete=False),
        reach(2, 4),
        reach(4, 6, complete=False),
    )
    assert extended((reach(0, 6),), reach(2, 4, complete=False)) == (reach(0, 6),)


def test_reach_of_no_length_changes_nothing() -> None:
    assert extended((reach(0, 2),), reach(1, 1)) == (reach(0, 2),)


spans = st.builds(
    lambda since, length, complete: reach(since, since + length, complete=complete),
    st.integers(0, 20),
    st.integers(0, 8),
    st.booleans(),
)


@given(st.lists(spans, max_size=8))
def test_whatever_comes_each_hour_is_covered_once_and_as_well_as_ever(reaches: list[Reach]) -> None:
    known: tuple[Reach, ...] = ()
    for new in reaches:
        known = extended(known, new)

    for hour in range(30):
        instant = NOON + timedelta(hours=hour)
        covering = [new for new in reaches if new.since <= instant < new.until]
        holding = [span for span in known if span.since <= instant < span.until]
        assert len(holding) == (1 if covering else 0)
        if covering:
            assert holding[0].coverage.complete == any(new.coverage.complete for new in covering)
    assert all(first.until <= second.since for first, second in pairwise(known))
