"""The window that a sentence names, in its canonical spelling."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.questions.expressions import Before, BeforeRelease, SinceRelease
from bot.questions.windows import parse_window
from summarizer.errors import BadInput
from tests.bot.questions.asking import query, read, window

NOW = datetime(2026, 3, 18, 12, 30, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what landed since Tuesday?", "tue.."),
        ("PRs merged on Tuesday", "tue"),
        ("PRs merged between Monday and Wednesday", "mon..wed"),
        ("PRs merged from Mon to Wed", "mon..wed"),
        ("PRs merged in March", "*-03"),
        ("PRs merged in March 2026", "2026-03"),
        ("PRs merged in the last 48 hours", "last 48h"),
        ("PRs merged over the past two weeks", "last 2w"),
        ("issues filed over the last 30 days", "last 30d"),
        ("issues filed in the past month", "last 30d"),
        ("issues filed this year", "year this"),
        ("issues filed last year", "year last"),
        ("issues filed in 2025", "2025"),
        ("issues filed 3 days ago", "3 days ago"),
        ("issues filed a week ago", "week last"),
        ("issues filed the week before last", "2 weeks ago"),
        ("issues filed the day before yesterday", "2 days ago"),
        ("anything merged this morning?", "00:00..12:00"),
        ("anything merged this afternoon?", "12:00..18:00"),
        ("anything merged tonight?", "18:00..24:00"),
        ("anything merged last night?", "yesterdayT18:00..24:00"),
        ("PRs merged Tuesday afternoon", "tueT12:00..18:00"),
        ("PRs since 2025-12-08", "2025-12-08.."),
        ("PRs before 2025-12-10", "before 2025-12-10"),
        ("PRs before Tuesday", "before tue"),
        ("PRs before v0.11", "before v0.11"),
        ("PRs since v0.11", "since v0.11"),
        ("PRs after v0.11.1rc2", "since v0.11.1rc2"),
        ("PRs between v0.10 and v0.11", "release v0.10..v0.11"),
        ("PRs for the v0.11 release", "release v0.11"),
        ("PRs since the last release", "release latest"),
        ("PRs since last month", "month last.."),
        ("PRs from last week", "week last"),
        ("PRs of Dec 1 to December 5th", "*-12-01..*-12-05"),
        ("PRs merged on December 9, 2025", "2025-12-09"),
        ("PRs merged 2025-12-10T17:53..18:53", "2025-12-10T17:53..18:53"),
        ("PRs older than 30 days", "before 30 days ago"),
        ("PRs merged recently", "week this"),
        ("today any AMD PRs?", "today"),
        ("PRs merged between November and January", "*-11-01..*-01-31"),
        ("周一以来合并的 PR", "mon.."),
        ("周二合并的 PR", "tue"),
        ("上周二合并的 PR", "week last tue"),
        ("周一到周三合并的 PR", "mon..wed"),
        ("在周一和周三之间合并的 PR", "mon..wed"),
        ("3月合并的 PR", "*-03"),
        ("2026年3月合并的 PR", "2026-03"),
        ("过去 48 小时合并的 PR", "last 48h"),
        ("最近两周合并的 PR", "last 2w"),
        ("三十天内合并的 PR", "last 30d"),
        ("今年合并的 PR", "year this"),
        ("去年合并的 PR", "year last"),
        ("2025年合并的 PR", "2025"),
        ("三天前合并的 PR", "3 days ago"),
        ("前天合并的 PR", "2 days ago"),
        ("上上周合并的 PR", "2 weeks ago"),
        ("今早合并的 PR", "00:00..12:00"),
        ("昨晚合并的 PR", "yesterdayT18:00..24:00"),
        ("12月8日到10日合并的 PR", "*-12-08..*-*-10"),
        ("12月8日到现在合并的 PR", "*-12-08.."),
        ("2025-12-10 之前合并的 PR", "before 2025-12-10"),
        ("v0.11 之前合并的 PR", "before v0.11"),
        ("v0.11 发布以来合并的 PR", "since v0.11"),
        ("v0.10 到 v0.11 之间合并的 PR", "release v0.10..v0.11"),
        ("v0.11 版本里的 PR", "release v0.11"),
        ("上个版本以来的 PR", "release latest"),
        ("最近有什么 AMD 的 PR", "week this"),
        ("上周一共合并了多少 PR", "week last"),
    ],
)
def test_a_window_is_read_and_its_spelling_parses_back(text: str, expected: str) -> None:
    found = read(text)

    assert (str(found.query.window), found.unread, found.problems) == (expected, (), ())
    assert parse_window(expected) == found.query.window


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("PRs merged on 2025-13-45", "window.no_such_day"),
        ("issues opened on February 30", "window.no_such_day"),
        ("11月31日合并的 PR", "window.no_such_day"),
        ("PRs merged in 2025-W60", "window.no_such_week"),
        ("PRs merged in the last 0 days", "window.no_such_span"),
        ("PRs merged tomorrow", "reading.future"),
        ("下周的 PR", "reading.future"),
        ("PRs opened last week and merged this week", "reading.two_windows"),
    ],
)
def test_a_window_that_cannot_be_is_a_problem_and_no_other_takes_its_place(text: str, key: str) -> None:
    found = read(text)

    assert [problem.key for problem in found.problems] == [key]
    assert "window" not in found.assumed
    assert found.query.window is None or key == "reading.two_windows"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PRs merged", "week this"),
        ("AMD PRs", "week this"),
        ("hottest", "week this"),
        ("open PRs", None),
        ("PRs about rope scaling", None),
        ('issues with "illegal memory access"', None),
        ("explain #26701", None),
        ("trend of merged PRs", "last 8w"),
        ("PRs merged of all time", None),
        ("未关闭的 issue", None),
        ("AMD 的 PR", "week this"),
        ("每周合并多少 PR", "last 8w"),
    ],
)
def test_what_nobody_named_is_filled_in_and_said_to_be(text: str, expected: str | None) -> None:
    found = read(text)

    assert window(text) == expected
    assert found.assumed == (("window",) if expected else ())


def test_a_date_that_may_be_two_is_read_as_both() -> None:
    found = read("PRs merged on 3/4")

    assert str(found.query.window) == "*-03-04"
    assert [str(other.window) for other in found.others] == ["*-04-03"]
    assert read("PRs merged on 3/14").others == ()


def test_plain_words_are_no_windows() -> None:
    assert "window" not in query("may I see open PRs?")
    assert query("open bugs about a second request") == {
        "kind": "issue",
        "states": ["open"],
        "words": ["second", "request"],
    }


@pytest.mark.parametrize(
    ("written", "since", "until"),
    [
        ("tue", "2026-03-17T00:00", "2026-03-18T00:00"),
        ("wed", "2026-03-18T00:00", "2026-03-18T12:30"),
        ("thu", "2026-03-12T00:00", "2026-03-13T00:00"),
        ("tue..", "2026-03-17T00:00", "2026-03-18T12:30"),
        ("fri..mon", "2026-03-13T00:00", "2026-03-17T00:00"),
        ("mon..fri", "2026-03-16T00:00", "2026-03-18T12:30"),
        ("week last tue", "2026-03-10T00:00", "2026-03-11T00:00"),
        ("week this mon", "2026-03-16T00:00", "2026-03-17T00:00"),
        ("tueT12:00..18:00", "2026-03-17T12:00", "2026-03-17T18:00"),
        ("yesterdayT18:00..24:00", "2026-03-17T18:00", "2026-03-18T00:00"),
        ("mon..yesterday", "2026-03-16T00:00", "2026-03-18T00:00"),
        ("3 days ago", "2026-03-15T00:00", "2026-03-16T00:00"),
        ("2 weeks ago", "2026-03-02T00:00", "2026-03-09T00:00"),
        ("3 months ago", "2025-12-01T00:00", "2026-01-01T00:00"),
        ("2 years ago", "2024-01-01T00:00", "2025-01-01T00:00"),
        ("*-03", "2026-03-01T00:00", "2026-03-18T12:30"),
        ("*-04", "2025-04-01T00:00", "2025-05-01T00:00"),
        ("2025", "2025-01-01T00:00", "2026-01-01T00:00"),
        ("year this", "2026-01-01T00:00", "2026-03-18T12:30"),
        ("year last", "2025-01-01T00:00", "2026-01-01T00:00"),
        ("week last..", "2026-03-09T00:00", "2026-03-18T12:30"),
        ("*-12..", "2025-12-01T00:00", "2026-03-18T12:30"),
        ("2 days ago..", "2026-03-16T00:00", "2026-03-18T12:30"),
    ],
)
def test_what_a_window_of_a_sentence_is(written: str, since: str, until: str) -> None:
    found = parse_window(written).resolve(now=NOW, synced_until=NOW, tz="UTC")

    assert (f"{found.since:%Y-%m-%dT%H:%M}", f"{found.until:%Y-%m-%dT%H:%M}") == (since, until)


def test_what_ends_before_a_day_tells_its_end_and_no_beginning() -> None:
    before = parse_window("before tue")

    assert isinstance(before, Before)
    assert before.end(now=NOW, synced_until=NOW, tz="UTC") == datetime(2026, 3, 17, tzinfo=UTC)
    with pytest.raises(BadInput, match="no_start"):
        before.resolve(now=NOW, synced_until=NOW, tz="UTC")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("before v0.11", BeforeRelease("v0.11")), ("since v0.11.0", SinceRelease("v0.11.0"))],
)
def test_what_a_release_bounds_needs_somebody_who_knows_the_releases(written: str, expected: object) -> None:
    found = parse_window(written)

    assert found == expected
    with pytest.raises(BadInput, match=r"release\.unknown"):
        found.resolve(now=NOW, synced_until=NOW, tz="UTC")


@pytest.mark.parametrize(
    "text", ["", "soon", "last", "before", "before soon", "tue..soon", "1 days ago", ".."]
)
def test_what_is_no_canonical_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_window(text)


@pytest.mark.parametrize("text", ["999999999 days ago", "999999999 weeks ago", "9999 years ago", "0000"])
def test_a_window_out_of_all_time_is_refused_when_it_is_resolved(text: str) -> None:
    with pytest.raises(BadInput):
        parse_window(text).resolve(now=NOW, synced_until=NOW, tz="UTC")
