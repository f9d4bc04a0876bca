"""Suggestions while somebody types."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import suggesting
from adapters.discord.commands import COMMANDS
from adapters.discord.typed import line_of
from bot.grammar import parse
from bot.grammar.commands import WindowCommand, WordCommand
from summarizer import languages
from summarizer.filters import Filter
from summarizer.windows import known_zone

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.discord.fitting import Suggestions

EN, ZH = languages.load("en"), languages.load("zh")
TODAY: Final = date(2026, 11, 26)  # a Thursday
NOON: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)
TITLES: Final = {
    "amd": {"en": "AMD/ROCm", "zh": "AMD/ROCm"},
    "quantization": {"en": "Quantization", "zh": "量化"},
    "moe": {"en": "Mixture of experts", "zh": "混合专家"},
}
SOURCES: Final[dict[str, Callable[[str], Suggestions]]] = {
    "repos": lambda partial: suggesting.repos(partial, ["vllm-project/vllm", f"a/{'b' * 100}"]),
    "topics": lambda partial: suggesting.topics(partial, TITLES, ZH),
    "zones": lambda partial: suggesting.zones(partial, ZH, NOON),
    "dates": lambda partial: suggesting.dates(partial, TODAY, ZH),
    "weeks": lambda partial: suggesting.weeks(partial, TODAY, EN),
    "months": lambda partial: suggesting.months(partial, TODAY, EN),
    "durations": lambda partial: suggesting.durations(partial, ZH),
    "tags": lambda partial: suggesting.tags(partial, ZH),
    "subjects": lambda partial: suggesting.subjects(partial, EN),
}


def values(found: Suggestions) -> list[str]:
    return [value for _, value in found]


@given(st.sampled_from(sorted(SOURCES)), st.one_of(st.text(max_size=120), st.sampled_from("20a/,-9")))
def test_suggestions_are_as_many_and_as_long_as_discord_takes(source: str, partial: str) -> None:
    found = SOURCES[source](partial)

    assert len(found) <= 25
    assert all(1 <= len(text) <= 100 for pair in found for text in pair)
    assert len(set(values(found))) == len(found)


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_there_is_something_to_choose_before_anything_is_typed(source: str) -> None:
    assert SOURCES[source]("")


def test_what_begins_with_the_typed_text_comes_before_what_contains_it() -> None:
    known = ["x/unrelated", "octo/my-vllm", "a/novllm", "VLLM-project/vllm"]

    assert values(suggesting.repos("vllm", known)) == ["VLLM-project/vllm", "octo/my-vllm", "a/novllm"]


def test_nothing_typed_keeps_the_default_repository_first() -> None:
    assert values(suggesting.repos("", ["z/default", "a/other"])) == ["z/default", "a/other"]


def test_a_value_that_is_too_long_is_not_offered() -> None:
    assert suggesting.repos("", [f"a/{'b' * 99}"]) == []


# --- topics ---


def test_a_topic_is_found_by_its_title_in_the_readers_language() -> None:
    assert suggesting.topics("量化", TITLES, ZH) == [("quantization · 量化", "quantization")]
    assert values(suggesting.topics("ROCM", TITLES, EN)) == ["amd"]


def test_a_topic_is_found_by_its_title_in_another_language() -> None:
    assert suggesting.topics("量化", TITLES, EN) == [("quantization · Quantization", "quantization")]


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        ("amd,q", ["amd,quantization"]),
        ("amd, q", ["amd,quantization"]),
        ("amd,", ["amd,quantization", "amd,moe"]),
        ("-amd,m", ["-amd,moe"]),
        ("-mixture", ["-moe"]),
    ],
)
def test_the_last_topic_of_a_list_is_completed(partial: str, expected: list[str]) -> None:
    assert values(suggesting.topics(partial, TITLES, EN)) == expected


def test_a_suggested_list_of_topics_is_a_filter() -> None:
    (value,) = values(suggesting.topics("-amd,m", TITLES, EN))

    command = parse(line_of("today", {"topic": value}), surface="slash", conversation=False, topics=TITLES)

    assert isinstance(command, WindowCommand)
    assert command.options.filters == (Filter("topic", ("amd", "moe"), negated=True),)


# --- zones ---


@pytest.mark.parametrize(
    ("partial", "zone"),
    [
        ("berlin", "Europe/Berlin"),
        ("BERLIN", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("New_York", "America/New_York"),
        ("europe/ber", "Europe/Berlin"),
        ("beijing", "Asia/Shanghai"),
        ("北京", "Asia/Shanghai"),
        ("ho chi", "Asia/Ho_Chi_Minh"),
        ("india", "Asia/Kolkata"),
        ("CEST", "Europe/Berlin"),
        ("utc", "UTC"),
    ],
)
@pytest.mark.parametrize("language", [EN, ZH])
def test_a_zone_is_found_by_its_city_in_any_language(
    partial: str, zone: str, language: languages.Language
) -> None:
    assert values(suggesting.zones(partial, language, NOON))[0] == zone


@pytest.mark.parametrize(
    ("partial", "zone"),
    [
        ("UTC+8", "Asia/Shanghai"),
        ("+08:00", "Asia/Shanghai"),
        ("gmt -8", "America/Los_Angeles"),
        ("+5:30", "Asia/Kolkata"),
    ],
)
def test_a_zone_is_found_by_its_offset(partial: str, zone: str) -> None:
    found = suggesting.zones(partial, EN, NOON)

    assert values(found)[0] == zone
    assert len({label.split(" · ")[1] for label, _ in found}) == 1


def test_no_zone_has_an_offset_that_is_none() -> None:
    assert suggesting.zones("+99", EN, NOON) == []


def test_a_zone_tells_its_offset_and_what_time_it_is_there() -> None:
    assert suggesting.zones("kathmandu", EN, NOON)[0] == (
        "Asia/Kathmandu · UTC+5:45 · 17:45",
        "Asia/Kathmandu",
    )


def test_every_zone_that_is_named_in_a_language_file_is_one() -> None:
    for language in (EN, ZH):
        names = list(language.get("discord.command.zones"))

        assert [known_zone(name) for name in names] == names


# --- dates, weeks, months, durations ---


@pytest.mark.parametrize("language", [EN, ZH])
@pytest.mark.parametrize("partial", ["", "2026-10", "2026-11-20..", "2"])
@pytest.mark.parametrize(
    ("source", "name", "option"),
    [("dates", "date", "when"), ("weeks", "week", "which"), ("months", "month", "which")],
)
def test_every_suggested_window_is_one_of_the_grammar(
    language: languages.Language, partial: str, source: str, name: str, option: str
) -> None:
    suggest = {"dates": suggesting.dates, "weeks": suggesting.weeks, "months": suggesting.months}[source]

    for _, value in suggest(partial, TODAY, language):
        command = parse(line_of(name, {option: value}), surface="slash", conversation=False)

        assert isinstance(command, WindowCommand)
        command.window.resolve(now=NOON, synced_until=NOON, tz="UTC")


def test_recent_days_come_first_and_tell_their_weekday() -> None:
    found = suggesting.dates("", TODAY, EN)

    assert found[:4] == [
        ("yesterday", "yesterday"),
        ("today", "today"),
        ("2026-11-26 · Thu", "2026-11-26"),
        ("2026-11-25 · Wed", "2026-11-25"),
    ]
    assert ("the last 7 days · 2026-11-19 to 2026-11-25", "2026-11-19..2026-11-25") in found


def test_a_month_that_is_typed_offers_its_days() -> None:
    found = values(suggesting.dates("2024-02", TODAY, EN))

    assert found[0] == "2024-02-01"
    assert len(found) == 25


def test_the_start_of_a_range_offers_its_ends() -> None:
    found = suggesting.dates("2026-11-01..", TODAY, EN)

    assert found[0] == ("2026-11-01 until now", "2026-11-01..")
    assert ("2026-11-01 to 2026-11-03", "2026-11-01..2026-11-03") in found


@pytest.mark.parametrize("start", ["2026-02-30..", "2026-11-27..", "9999-12-31.."])
def test_a_day_that_there_is_not_yet_or_never_offers_no_range(start: str) -> None:
    assert suggesting.dates(start, TODAY, EN) == []


def test_a_range_ends_today_at_the_latest() -> None:
    assert values(suggesting.dates("2026-11-25..", TODAY, EN)) == ["2026-11-25..", "2026-11-25..2026-11-26"]


def test_weeks_are_iso_weeks_with_their_days() -> None:
    found = suggesting.weeks("", TODAY, EN)

    assert values(found)[:3] == ["this", "last", "2026-W48"]
    assert ("2026-W47 · 2026-11-16 to 2026-11-22", "2026-W47") in found


def test_months_go_back_over_the_turn_of_the_year() -> None:
    assert values(suggesting.months("2025", TODAY, EN))[:2] == ["2025-12", "2025-11"]


@pytest.mark.parametrize(
    ("partial", "expected"),
    [("2d", ["2d"]), ("2 da", ["2d"]), ("36h", ["36h"]), ("3天", []), ("2x", []), ("12345", [])],
)
def test_what_is_typed_of_a_duration_is_completed(partial: str, expected: list[str]) -> None:
    assert values(suggesting.durations(partial, EN)) == expected


def test_a_chinese_duration_is_completed() -> None:
    assert suggesting.durations("3天", ZH) == suggesting.durations("3 天", ZH) == [("3 天", "3d")]


@pytest.mark.parametrize("typed", ["v0.11.0", "0.11.0rc1"])
def test_a_tag_that_is_typed_is_offered_as_it_is(typed: str) -> None:
    assert suggesting.tags(typed, EN) == [(typed, typed)]


def test_a_number_is_offered_in_each_unit() -> None:
    assert suggesting.durations("5", ZH) == [("5 小时", "5h"), ("5 天", "5d"), ("5 周", "5w")]


def test_usual_durations_are_offered_before_anything_is_typed() -> None:
    assert values(suggesting.durations("", EN)) == ["6h", "12h", "24h", "3d", "7d", "2w"]


# --- help ---


@pytest.mark.parametrize("language", [EN, ZH])
def test_there_is_help_on_everything_that_is_offered(language: languages.Language) -> None:
    found = values(suggesting.subjects("", language))
    named = [each.name for each in COMMANDS.values()]

    assert [name for name in named if name not in values(suggesting.subjects(name, language))] == []
    for value in {*found, *named}:
        command = parse(line_of("help", {"about": value}), surface="slash", conversation=False)
        assert isinstance(command, WordCommand)
        assert command.arguments == (value,)


def test_help_is_found_by_what_a_command_is_for() -> None:
    assert "week" in values(suggesting.subjects("一周", ZH))
