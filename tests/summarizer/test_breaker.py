"""The breaker, by a clock that stands still until it is told."""

from __future__ import annotations

from summarizer.breaker import Breaker


class Clock:
    """Seconds, as they are set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def broken(clock: Clock, after: int = 3) -> Breaker:
    """A breaker that has just begun to rest for a minute."""
    breaker = Breaker(after, 60.0, clock)
    for _ in range(after):
        assert breaker.admit()
        breaker.failed()
    return breaker


def test_it_rests_after_failures_in_a_row_and_not_after_as_many_with_a_success_between() -> None:
    breaker = Breaker(3, 60.0, Clock())

    for fails in (True, True, False, True, True):
        assert breaker.admit()
        breaker.failed() if fails else breaker.succeeded()

    assert breaker.admit()
    breaker.failed()
    assert not breaker.admit()


def test_it_tells_how_long_it_rests() -> None:
    clock = Clock()
    breaker = broken(clock)

    clock.now += 12.5

    assert breaker.rests_for_s == 47.5
    assert Breaker(3, 60.0, clock).rests_for_s == 0


def test_after_the_rest_only_one_may_try() -> None:
    clock = Clock()
    breaker = broken(clock)

    clock.now += 60

    assert [breaker.admit() for _ in range(3)] == [True, False, False]


def test_a_trial_that_fails_begins_the_rest_anew() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 60
    assert breaker.admit()

    breaker.failed()

    assert breaker.rests_for_s == 60
    assert not breaker.admit()


def test_a_trial_that_succeeds_lets_all_ask_and_counts_from_the_start() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 60
    assert breaker.admit()

    breaker.succeeded()
    breaker.failed()

    assert [breaker.admit() for _ in range(3)] == [True] * 3


def test_a_trial_that_was_given_up_is_made_by_the_next() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 60
    assert breaker.admit()

    breaker.given_up()

    assert [breaker.admit(), breaker.admit()] == [True, False]
