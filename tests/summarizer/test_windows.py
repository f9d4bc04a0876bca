"""Windows: what people name becomes an interval; intervals tile, and labels say what they are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import windows
from summarizer.digests import digest_id
from summarizer.errors import BadInput
from summarizer.filters import Filter
from summarizer.windows import EDITIONS, Edition, Window

SHANGHAI = "Asia/Shanghai"
NEW_YORK = "America/New_York"
FAR = datetime(2100, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 12, 10, 12, 59, 42, tzinfo=UTC)

# half-hour and 45-minute offsets, midnight gaps, DST of half an hour, a skipped day, no DST at all
ZONES = (
    SHANGHAI, NEW_YORK, "UTC", "Europe/London", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "America/Havana", "Pacific/Apia", "Africa/Casablanca",
    "America/St_Johns", "Antarctica/Troll", "Pacific/Kiritimati",
)  # fmt: skip
zones = st.sampled_from(ZONES)
days = st.dates(date(2009, 1, 1), date(2026, 12, 31))
instants = st.datetimes(datetime(2009, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str, tz: str = SHANGHAI) -> datetime:
    """The instant of a local time such as "2025-12-10 17:53"."""
    return windows.local_instant(datetime.fromisoformat(text), tz)


def window(since: str, until: str, tz: str = SHANGHAI) -> Window:
    return Window(at(since, tz), at(until, tz), tz)


def whole(on: date, tz: str) -> Window | None:
    """A past day; None for one the zone skips."""
    try:
        return windows.day(on, tz, now=FAR, synced_until=FAR)
    except BadInput:
        return None


@given(days, zones)
def test_days_join_without_gap_or_overlap(on: date, tz: str) -> None:
    first, second = whole(on, tz), whole(on + timedelta(days=1), tz)

    if first and second:
        assert first.until == second.since
        assert timedelta(hours=22) <= first.duration <= timedelta(hours=26)


@given(days, zones)
def test_week_is_seven_days_and_the_next_one_follows(on: date, tz: str) -> None:
    year, number, _ = on.isocalendar()
    next_year, next_number, _ = (on + timedelta(days=7)).isocalendar()

    week = windows.week(year, number, tz, now=FAR, synced_until=FAR)
    following = windows.week(next_year, next_number, tz, now=FAR, synced_until=FAR)

    assert week.until == following.since
    assert windows.local_date(week.since, tz).weekday() == 0
    assert windows.window_label(week) == f"{year}-W{number:02}"


@given(days, zones)
def test_month_holds_its_days_and_the_next_one_follows(on: date, tz: str) -> None:
    month = windows.month(on.year, on.month, tz, now=FAR, synced_until=FAR)
    after = (on.replace(day=28) + timedelta(days=4)).replace(day=1)
    following = windows.month(after.year, after.month, tz, now=FAR, synced_until=FAR)

    assert month.until == following.since
    assert windows.day_start(on, tz) in month or whole(on, tz) is None
    assert windows.window_label(month) == f"{on.year}-{on.month:02}"


@given(instants, zones)
def test_every_instant_lies_in_its_local_day(instant: datetime, tz: str) -> None:
    found = whole(windows.local_date(instant, tz), tz)

    assert found is not None
    # where clocks go back over midnight (St John's until 2011), the calendar returns to a day that had ended
    assert instant in found or instant - found.since >= timedelta(hours=23)


@given(instants, zones)
def test_moment_label_names_its_instant(instant: datetime, tz: str) -> None:
    label = windows.moment_label(instant, tz)

    found = re.fullmatch(r"(\S+) (\S+) \(UTC(?:([+-])(\d+)(?::(\d\d))?)?\)", label)
    assert found is not None
    offset = timedelta(hours=int(found[4] or 0), minutes=int(found[5] or 0))
    local = datetime.fromisoformat(f"{found[1]}T{found[2]}").replace(tzinfo=UTC)
    assert local - (-offset if found[3] == "-" else offset) == instant.replace(microsecond=0)


@given(instants, st.integers(1, 5000), zones)
def test_window_before_ends_where_the_window_begins(since: datetime, minutes: int, tz: str) -> None:
    given_window = Window(since, since + timedelta(minutes=minutes), tz)

    assert windows.previous(given_window).until == since
    assert windows.previous(given_window).since < since


@given(instants, st.integers(0, 100_000), zones, st.sampled_from(EDITIONS))
def test_slug_is_safe_in_a_file_name_and_a_url(
    since: datetime, minutes: int, tz: str, edition: Edition
) -> None:
    assert re.fullmatch(
        r"[0-9A-Za-z_-]{7,40}", windows.slug(Window(since, since + timedelta(minutes=minutes), tz), edition)
    )


@given(st.datetimes(datetime(2009, 1, 1), datetime(2026, 12, 31)), zones)  # noqa: DTZ001
def test_local_time_is_its_first_instant_or_the_first_after_the_gap(local: datetime, tz: str) -> None:
    local = local.replace(microsecond=0)

    instant = windows.local_instant(local, tz)

    shown = instant.astimezone(ZoneInfo(tz))
    just_before = (instant - timedelta(seconds=1)).astimezone(ZoneInfo(tz)).replace(tzinfo=None)
    assert shown.replace(tzinfo=None) == local or just_before < local < shown.replace(tzinfo=None)
    assert shown.fold == 0 or shown.replace(tzinfo=None) != local


def test_clock_change_makes_days_of_23_and_25_hours() -> None:
    spring, autumn = whole(date(2025, 3, 9), NEW_YORK), whole(date(2025, 11, 2), NEW_YORK)

    assert spring is not None
    assert autumn is not None
    assert spring.duration == timedelta(hours=23)
    assert autumn.duration == timedelta(hours=25)


def test_time_in_the_gap_is_the_first_instant_after_it_and_a_double_one_the_first() -> None:
    assert at("2025-03-09 02:30", NEW_YORK) == datetime(2025, 3, 9, 7, 0, tzinfo=UTC)
    assert at("2025-11-02 01:30", NEW_YORK) == datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
    assert at("2018-11-04 00:00", "America/Sao_Paulo") == datetime(2018, 11, 4, 3, 0, tzinfo=UTC)


def test_day_that_a_zone_skips_is_no_day() -> None:
    with pytest.raises(BadInput, match=re.escape("window.no_such_day")):
        windows.day(date(2011, 12, 30), "Pacific/Apia", now=FAR, synced_until=FAR)


def test_last_hours_are_elapsed_time_across_a_clock_change() -> None:
    now = datetime(2025, 3, 10, 12, 0, tzinfo=UTC)

    assert windows.last(72, NEW_YORK, now=now, synced_until=now).duration == timedelta(hours=72)


def test_window_that_reaches_past_now_ends_at_what_is_synced_to_the_minute() -> None:
    synced = datetime(2025, 12, 10, 12, 57, 31, tzinfo=UTC)

    today = windows.day(date(2025, 12, 10), SHANGHAI, now=NOW, synced_until=synced)
    again = windows.day(date(2025, 12, 10), SHANGHAI, now=NOW + timedelta(seconds=9), synced_until=synced)

    assert today == Window(at("2025-12-10 00:00"), at("2025-12-10 20:57"), SHANGHAI, so_far=True)
    assert again == today


def test_past_window_is_whole_whatever_is_synced() -> None:
    lagging = datetime(2025, 12, 8, tzinfo=UTC)

    found = windows.day(date(2025, 12, 9), SHANGHAI, now=NOW, synced_until=lagging)

    assert found == window("2025-12-09 00:00", "2025-12-10 00:00")


def test_window_that_begins_after_what_is_synced_is_empty_and_not_reversed() -> None:
    lagging = datetime(2025, 12, 9, tzinfo=UTC)

    found = windows.day(date(2025, 12, 10), SHANGHAI, now=NOW, synced_until=lagging)

    assert (found.duration, found.so_far) == (timedelta(), True)
    assert windows.window_label(found) == "2025-12-10"


def test_only_a_window_that_begins_in_the_future_is_an_error() -> None:
    reaching = windows.span(
        at("2025-12-10 20:00"), at("2025-12-11 20:00"), SHANGHAI, now=NOW, synced_until=NOW
    )

    assert reaching.until == at("2025-12-10 20:59")
    with pytest.raises(BadInput) as caught:
        windows.day(date(2025, 12, 11), SHANGHAI, now=NOW, synced_until=NOW)
    assert (caught.value.key, caught.value.values) == (
        "window.future",
        {"since": "2025-12-11 00:00 (UTC+8)", "now": "2025-12-10 20:59 (UTC+8)"},
    )


@pytest.mark.parametrize("until", ["2025-12-10 17:00", "2025-12-10 17:53"])
def test_span_that_does_not_end_after_it_starts_is_reversed(until: str) -> None:
    with pytest.raises(BadInput, match=re.escape("window.reversed")):
        windows.span(at("2025-12-10 17:53"), at(until), SHANGHAI, now=NOW, synced_until=NOW)


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: windows.calendar_day(2025, 2, 30), "window.no_such_day"),
        (lambda: windows.calendar_day(1, 1, 1), "window.no_such_day"),
        (lambda: windows.week(2025, 53, SHANGHAI, now=NOW, synced_until=NOW), "window.no_such_week"),
        (lambda: windows.week(9999, 1, SHANGHAI, now=NOW, synced_until=NOW), "window.no_such_week"),
        (lambda: windows.month(2025, 13, SHANGHAI, now=NOW, synced_until=NOW), "window.no_such_month"),
        (lambda: windows.last(0, SHANGHAI, now=NOW, synced_until=NOW), "window.no_such_span"),
        (lambda: windows.last(10**9, SHANGHAI, now=NOW, synced_until=NOW), "window.no_such_span"),
    ],
)
def test_what_does_not_exist_is_bad_input(make: object, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        make()  # type: ignore[operator]

    assert caught.value.key == key


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Asia/Shanghai", "Asia/Shanghai"), ("asia/shanghai", "Asia/Shanghai"), ("utc", "UTC"), ("Z", "UTC"),
     ("UTC+8", "Etc/GMT-8"), ("UTC-08:00", "Etc/GMT+8"), ("America/New York", "America/New_York")],
)  # fmt: skip
def test_zone_is_known_in_any_case_and_by_its_offset(typed: str, name: str) -> None:
    assert windows.known_zone(typed) == name


@pytest.mark.parametrize(
    ("tz", "label"),
    [("Etc/GMT-8", "UTC+8"), ("Etc/GMT+3", "UTC-3"), ("UTC", "UTC"), ("Asia/Shanghai", "Asia/Shanghai")],
)
def test_a_zone_is_called_as_people_write_it(tz: str, label: str) -> None:
    assert windows.zone_label(tz) == label
    assert windows.known_zone(label) == tz


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("Asia/Shanghia", "Asia/Shanghai"),
        ("Shanghai", "Asia/Shanghai"),
        ("Los_Angelos", "America/Los_Angeles"),
    ],
)
def test_misspelt_zone_is_suggested(typed: str, suggestion: str) -> None:
    with pytest.raises(BadInput) as caught:
        windows.known_zone(typed)

    assert (caught.value.key, caught.value.values["suggestion"]) == ("window.unknown_zone_near", suggestion)


@pytest.mark.parametrize("typed", ["CEST", "PDT"])
def test_an_abbreviation_is_not_taken_for_another_one(typed: str) -> None:
    with pytest.raises(BadInput) as caught:
        windows.known_zone(typed)

    assert caught.value.key == "window.unknown_zone"


@pytest.mark.parametrize("typed", ["Nowhere", "../etc/passwd", "Asia", "UTC+5:30", "UTC+99", ""])
def test_unknown_zone_is_bad_input(typed: str) -> None:
    with pytest.raises(BadInput, match=re.escape("window.unknown_zone")):
        windows.known_zone(typed)


@pytest.mark.parametrize(
    ("instant", "tz", "label"),
    [
        ("2025-12-10 17:53", SHANGHAI, "2025-12-10 17:53 (UTC+8)"),
        ("2025-12-10 19:59:30", SHANGHAI, "2025-12-10 19:59:30 (UTC+8)"),
        ("2025-12-10 17:53", "Asia/Kolkata", "2025-12-10 17:53 (UTC+5:30)"),
        ("2025-12-10 17:53", "America/Los_Angeles", "2025-12-10 17:53 (UTC-8)"),
        ("2025-12-10 17:53", "America/St_Johns", "2025-12-10 17:53 (UTC-3:30)"),
        ("2025-12-10 17:53", "UTC", "2025-12-10 17:53 (UTC)"),
        ("2025-07-10 17:53", "Europe/London", "2025-07-10 17:53 (UTC+1)"),
    ],
)
def test_moment_label(instant: str, tz: str, label: str) -> None:
    assert windows.moment_label(at(instant, tz), tz) == label


@pytest.mark.parametrize(
    ("found", "edition", "label", "slug"),
    [
        (window("2025-12-10", "2025-12-11"), "daily", "2025-12-10", "2025-12-10"),
        (window("2025-12-10 17:53", "2025-12-10 18:53"), "daily", "2025-12-10", "2025-12-10T1753-1853"),
        (window("2025-12-10 19:59:30", "2025-12-10 20:59"), "daily", "2025-12-10", "2025-12-10T195930-2059"),
        (window("2025-12-10 22:00", "2025-12-11"), "daily", "2025-12-10", "2025-12-10T2200_2025-12-11T0000"),
        (window("2025-12-08", "2025-12-11"), "daily", "2025-12-08 ~ 2025-12-10", "2025-12-08_2025-12-10"),
        (window("2026-03-23", "2026-03-30"), "weekly", "2026-W13", "2026-W13"),
        (
            window("2026-03-23", "2026-03-29 16:00", "UTC"),
            "weekly",
            "2026-03-23 ~ 2026-03-29",
            "2026-W13",
        ),
        (
            window("2026-03-23", "2026-03-29 16:00", "UTC"),
            "daily",
            "2026-03-23 ~ 2026-03-29",
            "2026-03-23T0000_2026-03-29T1600",
        ),
        (window("2026-03-01", "2026-04-01"), "monthly", "2026-03", "2026-03"),
        (window("2024-12-30", "2025-01-06"), "weekly", "2025-W01", "2025-W01"),
    ],
)
def test_labels_of_windows(found: Window, edition: Edition, label: str, slug: str) -> None:
    assert windows.window_label(found) == label
    assert windows.slug(found, edition) == slug


@pytest.mark.parametrize(
    ("found", "before"),
    [
        (window("2025-12-10 17:53", "2025-12-10 18:53"), window("2025-12-10 16:53", "2025-12-10 17:53")),
        (window("2025-12-10", "2025-12-11"), window("2025-12-09", "2025-12-10")),
        (window("2025-03-10", "2025-03-11", NEW_YORK), window("2025-03-09", "2025-03-10", NEW_YORK)),
        (window("2026-03-30", "2026-04-06"), window("2026-03-23", "2026-03-30")),
        (window("2026-03-01", "2026-04-01"), window("2026-02-01", "2026-03-01")),
        (window("2026-01-01", "2026-02-01"), window("2025-12-01", "2026-01-01")),
    ],
)
def test_window_before_is_the_same_period_of_the_calendar(found: Window, before: Window) -> None:
    assert windows.previous(found) == before


def test_digest_id_names_what_makes_digests_the_same() -> None:
    hour = window("2025-12-10 17:53", "2025-12-10 18:53")
    filters = (Filter("topic", ("amd",)), Filter("label", ("ci", "bug"), negated=True))
    same = (Filter("label", ("bug", "ci"), negated=True), Filter("topic", ("amd",)))

    found = digest_id("vllm-project/vllm", "daily", hour, filters, "r1")

    assert re.fullmatch(r"daily-2025-12-10T1753-1853-[0-9a-f]{10}", found)
    assert digest_id("vLLM-Project/vllm", "daily", hour, same, "r1") == found
    others = {
        digest_id("vllm-project/vllm", "weekly", hour, filters, "r1"),
        digest_id("vllm-project/other", "daily", hour, filters, "r1"),
        digest_id(
            "vllm-project/vllm", "daily", window("2025-12-10 17:53", "2025-12-10 18:54"), filters, "r1"
        ),
        digest_id("vllm-project/vllm", "daily", hour, filters[:1], "r1"),
        digest_id("vllm-project/vllm", "daily", hour, filters, "r2"),
    }
    assert found not in others
    assert len(others) == 5
