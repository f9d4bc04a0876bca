"""A trend is counts step by step in the window's zone, and a direction only where chance does not make it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.languages import load
from summarizer.questions import Match, Query
from summarizer.questions.composing import compose
from summarizer.questions.times import Times
from summarizer.questions.trending import buckets, direction
from summarizer.questions.wording import Wording
from tests.summarizer.questions.scenes import NOW, RULES, TZ, Named, before, find

if TYPE_CHECKING:
    from summarizer.questions import Answer, Found
    from summarizer.questions.query import QueryEvent, TrendStep

FOUR_WEEKS = Named("last 4w", before(28))


def found_at(
    *instants: datetime | None,
    step: TrendStep = "week",
    window: Named = FOUR_WEEKS,
    event: QueryEvent = "merged",
) -> Found:
    """A trend over items that each had the event at one of the instants."""
    query = Query(kind="pull_request", events=(event,), window=window, form="trend", step=step)
    matches = tuple(Match(number, at, event) for number, at in enumerate(instants, 1))
    return replace(find(query, {}), matches=matches)


def answer(found: Found, lang: str = "en") -> Answer:
    return compose(found, load(lang), rules=RULES)


def test_weeks_begin_on_monday_in_the_windows_zone_and_empty_ones_stand() -> None:
    late_on_sunday = datetime(2025, 11, 30, 15, 59, tzinfo=UTC)  # Sunday 23:59 in UTC+8
    monday = datetime(2025, 11, 30, 16, 0, tzinfo=UTC)
    table = answer(found_at(late_on_sunday, monday, monday)).tables[0]

    assert table.head == ("Week from", "Items")
    assert table.rows == (
        ("Mon 10 Nov (in part)", "0"),
        ("Mon 17 Nov", "0"),
        ("Mon 24 Nov", "1"),
        ("Mon 1 Dec", "2"),
        ("Mon 8 Dec (in part)", "0"),
    )


@pytest.mark.parametrize(
    ("step", "rows", "head"),
    [("day", 29, "Day"), ("week", 5, "Week from"), ("month", 2, "Month")],
)
def test_a_step_is_a_day_a_week_or_a_month(step: TrendStep, rows: int, head: str) -> None:
    table = answer(found_at(before(3), step=step)).tables[0]

    assert len(table.rows) == rows
    assert table.head[0] == head


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([], "few"),
        ([9, 30, 40], "few"),
        ([1, 2, 3, 4], "few"),
        ([10, 10, 11, 12], "none"),
        ([10, 12, 9, 30, 28, 31], "more"),
        ([30, 28, 31, 10, 12, 9], "fewer"),
        ([5, 6, 9, 9], "none"),
    ],
)
def test_a_direction_takes_enough_items_and_more_than_chance(counts: list[int], told: str) -> None:
    assert direction(counts) == told


@given(st.lists(st.integers(0, 200), max_size=30))
def test_the_direction_of_a_trend_turned_round_is_the_other(counts: list[int]) -> None:
    turned = {"more": "fewer", "fewer": "more"}

    assert direction(counts[::-1]) == turned.get(direction(counts), direction(counts))


def test_a_step_that_is_not_over_takes_no_part_in_the_direction() -> None:
    whole = [before(days) for days in (4, 5, 10, 12, 17, 18, 20) for _ in range(4)]
    shown = answer(found_at(*whole, *[before(0.5)] * 90))

    assert "It grows" not in shown.first


def test_few_items_are_no_trend() -> None:
    assert answer(found_at(before(3), before(10))).first.endswith("That is too little to speak of a trend.")


def test_where_an_item_may_have_had_the_event_before_no_direction_is_told() -> None:
    shown = answer(found_at(*[before(1)] * 80, *[before(20)] * 10, event="discussed"))

    assert "grows" not in shown.first
    assert shown.notes[0].startswith("Each item counts once, at the last time")


def test_items_without_a_time_are_said_to_be_left_out() -> None:
    shown = answer(found_at(before(3), None, None))

    assert sum(int(count) for _, count in shown.tables[0].rows) == 1
    assert "2 items are left out: their time is not known." in shown.notes


@given(
    st.lists(st.floats(0, 27.9), max_size=30),
    st.sampled_from(["day", "week", "month"]),
    st.sampled_from(["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Apia"]),
)
def test_every_item_of_the_window_is_in_one_step(days: list[float], step: TrendStep, tz: str) -> None:
    found = found_at(*(before(each) for each in days), step=step)
    assert found.window is not None
    found = replace(found, window=replace(found.window, tz=tz))
    made = buckets(
        [match.at for match in found.matches if match.at is not None],
        step,
        found,
        Wording(load("en"), RULES, Times(load("en"), tz, NOW)),
    )

    assert sum(bucket.count for bucket in made) == len(days)
    assert [bucket.first for bucket in made] == sorted({bucket.first for bucket in made})


@pytest.mark.parametrize(
    ("lang", "rows", "told"),
    [
        (
            "en",
            (
                ("Mon 10 Nov to Mon 17 Nov", "unknown"),
                ("Mon 24 Nov (in part)", "0"),
                ("Mon 1 Dec", "3"),
                ("Mon 8 Dec (in part)", "1"),
            ),
            (
                "At least 4 PRs were merged in the last 4 weeks. As far as can be seen, the one whole week had 3. "
                "That is too little to speak of a trend."
            ),
        ),
        (
            "zh",
            (
                ("11月10日周一 至 11月17日周一", "未知"),
                ("11月24日周一（不完整）", "0"),
                ("12月1日周一", "3"),
                ("12月8日周一（不完整）", "1"),
            ),
            "最近 4 周至少合并了 4 个 PR。就目前能看到的，唯一的整周有 3 个。数量太少，谈不上趋势。",
        ),
    ],
)
def test_steps_before_the_data_begins_are_unknown_and_not_none(
    lang: str, rows: tuple[tuple[str, str], ...], told: str
) -> None:
    found = replace(found_at(before(1), before(4), before(5), before(6)), mirror_from=before(11))
    shown = answer(found, lang)

    assert shown.tables[0].rows == rows
    assert shown.first == told


def test_where_all_steps_are_unknown_nothing_is_told_of_whole_ones() -> None:
    shown = answer(replace(found_at(before(0.5)), mirror_from=before(1)))

    assert (
        shown.first == "At least 1 PR was merged in the last 4 weeks. That is too little to speak of a trend."
    )
    assert shown.tables[0].rows == (("Mon 10 Nov to Mon 1 Dec", "unknown"), ("Mon 8 Dec (in part)", "1"))


def test_over_incomplete_data_no_direction_is_told() -> None:
    instants = [*[before(3)] * 40, *[before(10)] * 30, *[before(17)] * 4, *[before(24)] * 3]
    found = replace(found_at(*instants, window=Named("last 5w", before(37))), mirror_from=before(36))

    told = answer(found).first
    assert told.startswith(
        "At least 77 PRs were merged in the last 5 weeks. As far as can be seen, a whole week had 3"
    )
    assert "grows" not in told


def test_whole_steps_that_are_alike_are_told_as_every_one() -> None:
    shown = answer(found_at(*[before(days) for days in (6, 13, 20)]))

    assert "Every whole week had 1." in shown.first


def test_without_a_window_the_steps_go_from_the_first_item_to_the_last() -> None:
    query = Query(events=("merged",), form="trend", step="month")
    matches = tuple(Match(n, NOW - timedelta(days=40 * n), "merged") for n in range(3))
    found = replace(find(query, {}), matches=matches)
    made = buckets(
        [match.at for match in matches if match.at is not None],
        "month",
        found,
        Wording(load("en"), RULES, Times(load("en"), TZ, NOW)),
    )

    assert [(bucket.first, bucket.count) for bucket in made] == [
        (date(2025, 9, 1), 1),
        (date(2025, 10, 1), 1),
        (date(2025, 11, 1), 0),
        (date(2025, 12, 1), 1),
    ]
