"""Activity: each thing that the lists hold stands in one bucket, whatever the clocks of the zone do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.activity import SERIES, activity
from summarizer.facts import Facts, Listed
from summarizer.items import Comment, Person
from summarizer.windows import Window, day_start
from tests import generated
from tests.references import ITEMS, WINDOWS, facts_of

ZONES = (
    "UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo", "Africa/Monrovia",
)  # fmt: skip


def _facts(since: datetime, until: datetime, tz: str, *moments: datetime) -> Facts:
    """A window in which a PR was opened at each of the moments."""
    rows = tuple(Listed(1, at) for at in moments)
    return replace(generated.facts(1), window=Window(since, until, tz), lists={"prs_opened": rows}, items={})


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_the_sums_are_the_counts(window: Window) -> None:
    facts = facts_of(ITEMS, window)
    shown = activity(facts)

    for series in SERIES:
        assert shown.total(series) == getattr(facts.counts, series) == len(facts.lists[series])
    assert shown.comments == facts.counts.comments
    assert not any(shown.elsewhere.values())


@given(
    # seconds of Unix time from 1999 to 2030
    since=st.integers(915_148_800, 1_924_992_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    seconds=st.one_of(
        st.integers(1, 3 * 86_400), st.integers(1, 90 * 86_400), st.integers(1, 12 * 366 * 86_400)
    ),
    tz=st.sampled_from(ZONES),
    shares=st.lists(st.floats(0, 1, exclude_max=True), max_size=40),
)
def test_buckets_follow_on_one_another_and_hold_everything_once(
    since: datetime, seconds: int, tz: str, shares: list[float]
) -> None:
    until = since + timedelta(seconds=seconds)
    moments = [since + timedelta(seconds=int(seconds * share)) for share in shares]
    shown = activity(_facts(since, until, tz, *moments))

    assert shown.total("prs_opened") == len(moments)
    assert shown.buckets[0].since == since
    assert shown.buckets[-1].until == until
    assert all(bucket.since < bucket.until for bucket in shown.buckets)
    assert all(one.until == other.since for one, other in pairwise(shown.buckets))
    assert len(shown.buckets) <= 130
    for bucket in shown.buckets:
        assert bucket.counts["prs_opened"] == sum(bucket.since <= at < bucket.until for at in moments)
    if shown.grain == "day":  # but for the edges of the window, days begin when the zone's calendar says
        assert all(
            bucket.since == day_start(bucket.since.astimezone(shown.window.zone).date(), tz)
            for bucket in shown.buckets[1:]
        )


@pytest.mark.parametrize(
    ("span", "grain"),
    [
        (timedelta(hours=1), "minutes"),
        (timedelta(hours=3), "minutes"),
        (timedelta(hours=24), "hour"),
        (timedelta(hours=48), "hour"),
        (timedelta(days=7), "day"),
        (timedelta(days=62), "day"),
        (timedelta(days=90), "week"),
        (timedelta(days=1000), "month"),
        (timedelta(days=5000), "year"),
    ],
)
def test_longer_windows_have_longer_buckets(span: timedelta, grain: str) -> None:
    since = datetime(2025, 12, 8, tzinfo=UTC)

    assert activity(_facts(since, since + span, "UTC")).grain == grain


@pytest.mark.parametrize(("on", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25)])
def test_a_day_on_which_the_clocks_change_has_as_many_buckets_as_hours(on: date, hours: int) -> None:
    since = day_start(on, "Europe/Berlin")
    until = day_start(on + timedelta(days=1), "Europe/Berlin")
    shown = activity(_facts(since, until, "Europe/Berlin"))

    assert len(shown.buckets) == hours
    assert not any(bucket.is_partial for bucket in shown.buckets)


def test_hours_that_the_window_cuts_are_marked() -> None:
    since = datetime(2025, 12, 10, 9, 30, tzinfo=UTC)
    shown = activity(_facts(since, since + timedelta(hours=5), "Asia/Shanghai"))

    assert [bucket.is_partial for bucket in shown.buckets] == [True, False, False, False, False, True]


def test_hours_of_a_zone_with_half_an_hour_begin_by_its_own_clock() -> None:
    since = datetime(2025, 12, 10, 18, 30, tzinfo=UTC)  # midnight in India
    shown = activity(_facts(since, since + timedelta(hours=24), "Asia/Kolkata"))

    assert len(shown.buckets) == 24
    assert not any(bucket.is_partial for bucket in shown.buckets)


def test_a_day_that_the_calendar_skips_has_no_bucket() -> None:
    since, until = (
        day_start(date(2011, 12, 26), "Pacific/Apia"),
        datetime(2012, 1, 2, 10, tzinfo=UTC),
    )
    shown = activity(_facts(since, until, "Pacific/Apia"))

    days = [bucket.since.astimezone(shown.window.zone).date().day for bucket in shown.buckets]
    assert days == [26, 27, 28, 29, 31, 1, 2]


def test_an_empty_window_has_no_bucket() -> None:
    since = datetime(2025, 12, 10, tzinfo=UTC)
    shown = activity(_facts(since, since, "UTC"))

    assert shown.buckets == ()
    assert shown.is_empty


def test_what_a_release_holds_of_other_times_is_told_apart() -> None:
    since = datetime(2025, 12, 8, tzinfo=UTC)
    inside, before = since + timedelta(hours=1), since - timedelta(days=3)
    shown = activity(_facts(since, since + timedelta(days=7), "UTC", inside, before))

    assert (shown.total("prs_opened"), shown.elsewhere["prs_opened"]) == (1, 1)


def test_hours_are_not_told_where_a_file_knew_days_alone() -> None:
    facts = _facts(
        datetime(2025, 12, 9, 16, tzinfo=UTC),
        datetime(2025, 12, 10, 16, tzinfo=UTC),
        "Asia/Shanghai",
        datetime(2025, 12, 10, tzinfo=UTC),
    )
    coverage = replace(facts.coverage, reasons=("imported",))

    assert activity(facts).grain == "hour"
    assert activity(replace(facts, coverage=coverage)).grain == "day"


def test_bots_comments_do_not_count() -> None:
    facts = generated.facts(2)
    number, item = next(iter(facts.items.items()))
    said = (
        Comment(Person("alice"), facts.window.since, "A thought."),
        Comment(Person("ci", is_bot=True), facts.window.since, "Passed."),
        Comment(Person("bob"), facts.window.until, "Too late."),
    )

    assert activity(replace(facts, items={number: replace(item, comments=said)})).comments == 1


def test_filters_leave_what_the_lists_hold() -> None:
    facts = generated.facts(3)
    numbers = frozenset(list(facts.items)[:2])
    lists = {name: tuple(row for row in rows if row.number in numbers) for name, rows in facts.lists.items()}
    shown = activity(replace(facts, passing=numbers, lists=lists))

    assert shown.is_filtered
    assert all(shown.total(series) == len(lists.get(series, ())) for series in SERIES)
