"""The breaker, by a clock that stands still until it is told."""

from __future__ import annotations

from summarizer.breaker import Admission, Breaker


class Clock:
    """Seconds, as they are set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def fail(breaker: Breaker) -> None:
    admission = breaker.admit()
    assert admission is not None
    breaker.failed(admission)


def broken(clock: Clock, after: int = 3) -> Breaker:
    """A breaker that has just begun to rest for a minute."""
    breaker = Breaker(after, 60.0, clock)
    for _ in range(after):
        fail(breaker)
    return breaker


def test_it_rests_after_failures_in_a_row_and_not_after_as_many_with_a_success_between() -> None:
    breaker = Breaker(3, 60.0, Clock())

    for fails in (True, True, False, True, True):
        fail(breaker) if fails else breaker.succeeded()

    assert breaker.admit()
    fail(breaker)
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

    assert [breaker.admit() is not None for _ in range(3)] == [True, False, False]


def test_a_trial_that_fails_begins_the_rest_anew() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 60

    fail(breaker)

    assert breaker.rests_for_s == 60
    assert not breaker.admit()


def test_a_trial_that_succeeds_lets_all_ask_and_counts_from_the_start() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 60
    assert breaker.admit()

    breaker.succeeded()
    fail(breaker)

    assert [breaker.admit() is not None for _ in range(3)] == [True] * 3


def test_a_trial_that_was_given_up_is_made_by_the_next() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 60
    trial = breaker.admit()
    assert trial is not None

    breaker.given_up(trial)

    assert [breaker.admit() is not None for _ in range(2)] == [True, False]


def test_what_was_asked_before_the_rest_does_not_let_another_in_beside_the_trial() -> None:
    clock = Clock()
    breaker = broken(clock)
    clock.now += 60
    assert breaker.admit() == Admission(is_trial=True)

    breaker.failed(Admission())
    breaker.given_up(Admission())

    assert breaker.admit() is None
