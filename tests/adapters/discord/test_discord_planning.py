"""Suggestions of schedules, sections, countries and subscriptions while somebody types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat import Subscribed
from adapters.discord import planning
from adapters.discord.typed import line_of
from bot.grammar import parse
from bot.grammar.commands import ScheduleCommand
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.discord.fitting import Suggestions

EN, ZH = languages.load("en"), languages.load("zh")
TITLES: Final = {
    "amd": {"en": "AMD/ROCm", "zh": "AMD/ROCm 生态"},
    "moe": {"en": "Mixture of experts", "zh": "混合专家"},
}
KNOWN: Final = (
    Subscribed("s3", "daily 09:00 topic:amd", "#general", "active", datetime(2026, 11, 27, 9, tzinfo=UTC)),
    Subscribed("s12", "weekly mon 10:00", "#random", "paused"),
    Subscribed("w4", "topic:amd label:rocm", "#general", "suspended"),
)
SOURCES: Final[dict[str, Callable[[str], Suggestions]]] = {
    "schedules": lambda partial: planning.schedules(partial, EN),
    "schedules in Chinese": lambda partial: planning.schedules(partial, ZH),
    "sections": lambda partial: planning.sections(partial, TITLES, ZH),
    "countries": lambda partial: planning.countries(partial, EN),
    "subscriptions": lambda partial: planning.subscriptions(partial, KNOWN, EN, which="subscriptions"),
}


def values(found: Suggestions) -> list[str]:
    return [value for _, value in found]


def which(partial: str = "", which: planning.Which = "subscriptions") -> list[str]:
    return values(planning.subscriptions(partial, KNOWN, EN, which=which))


@given(st.sampled_from(sorted(SOURCES)), st.one_of(st.text(max_size=120), st.sampled_from("20ade,-9每")))
def test_suggestions_are_as_many_and_as_long_as_discord_takes(source: str, partial: str) -> None:
    found = SOURCES[source](partial)

    assert len(found) <= 25
    assert all(1 <= len(text) <= 100 for pair in found for text in pair)
    assert len(set(values(found))) == len(found)


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_there_is_something_to_choose_before_anything_is_typed(source: str) -> None:
    assert SOURCES[source]("")


# --- schedules ---


@pytest.mark.parametrize("language", [EN, ZH])
@pytest.mark.parametrize(
    "partial", ["", "daily", "weekly", "monthly", "every", "cron", "07:15", "hourly", "工作日"]
)
def test_each_suggested_schedule_is_one(partial: str, language: languages.Language) -> None:
    for value in values(planning.schedules(partial, language)):
        command = parse(line_of("subscribe", {"schedule": value}), surface="slash", conversation=False)

        assert isinstance(command, ScheduleCommand)
        assert command.action == "subscribe"


def test_the_usual_schedules_come_first() -> None:
    assert planning.schedules("", EN)[:5] == [
        ("every day at 09:00", "daily 09:00"),
        ("on weekdays at 09:00", "daily 09:00 on weekdays"),
        ("every Mon at 09:00", "weekly mon 09:00"),
        ("every Fri at 09:00", "weekly fri 09:00"),
        ("on day 1 of the month at 09:00", "monthly 1 09:00"),
    ]
    assert planning.schedules("", ZH)[:3] == [
        ("每天 09:00", "daily 09:00"),
        ("工作日 09:00", "daily 09:00 on weekdays"),
        ("每周一 09:00", "weekly mon 09:00"),
    ]


@pytest.mark.parametrize(
    ("partial", "language", "value"),
    [
        ("7:45", EN, "daily 07:45"),
        ("daily 7:45", EN, "daily 07:45"),
        ("17:30", EN, "weekly wed 17:30"),
        ("friday", EN, "weekly fri 09:00"),
        ("weekly fri 1", EN, "weekly fri 18:00"),
        ("weekday", EN, "daily 09:00 on weekdays"),
        ("every 4", EN, "every 4h"),
        ("monthly 15", EN, "monthly 15 09:00"),
        ("每天", ZH, "daily 09:00"),
        ("每周五", ZH, "weekly fri 09:00"),
        ("星期三", ZH, "weekly wed 09:00"),
        ("每６小时", ZH, "every 6h"),
        ("工作日 8：30", ZH, "daily 08:30 on weekdays"),
        ("每月 15 日", ZH, "monthly 15 09:00"),
    ],
)
def test_a_schedule_is_found_by_what_is_typed(partial: str, language: languages.Language, value: str) -> None:
    assert value in values(planning.schedules(partial, language))


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        ("every 36h", ["every 36h"]),
        ("daily 09:00 on mon,wed", ["daily 09:00 on mon,wed"]),
        ("30 8 * * 1", ['cron:"30 8 * * 1"']),
        ("每36小时", ["每36小时"]),
        ("whenever", []),
        ("daily 09:00 lang:zh", []),
    ],
)
def test_an_unusual_schedule_can_be_chosen_as_it_is_typed(partial: str, expected: list[str]) -> None:
    assert values(planning.schedules(partial, EN)) == expected


# --- sections and countries ---


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        ("summ", ["summary"]),
        ("summary,top", ["summary,topic-amd", "summary,topic-moe"]),
        ("混合", ["topic-moe"]),
        ("summary, hot", ["summary,hot"]),
        ("key", ["key-prs"]),
    ],
)
def test_the_last_section_of_a_list_is_completed(partial: str, expected: list[str]) -> None:
    found = values(planning.sections(partial, TITLES, EN))

    assert found[: len(expected)] == expected


def test_every_section_and_topic_can_be_chosen() -> None:
    assert set(values(planning.sections("", TITLES, ZH))) == {
        "alerts", "summary", "hot", "trends", "changes", "activity", "watch", "appendix", "risks", "key-prs",
        "suggestions", "topic-amd", "topic-moe",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("partial", "language", "first"),
    [
        ("", EN, ("CN · China", "CN")),
        ("germany", EN, ("DE · Germany", "DE")),
        ("德国", ZH, ("DE · 德国", "DE")),
        ("德国", EN, ("DE · Germany", "DE")),
        ("us", EN, ("US · United States", "US")),
        ("switz", ZH, ("CH · 瑞士", "CH")),
    ],
)
def test_a_country_is_found_by_its_name_in_any_language(
    partial: str, language: languages.Language, first: tuple[str, str]
) -> None:
    assert planning.countries(partial, language)[0] == first


# --- subscriptions ---


def test_subscriptions_are_told_with_their_state_and_line() -> None:
    assert planning.subscriptions("", KNOWN, EN, which="subscriptions") == [
        ("s3 · daily 09:00 topic:amd · #general", "s3"),
        ("s12 · paused · weekly mon 10:00 · #random", "s12"),
        ("w4 · suspended · topic:amd label:rocm · #general", "w4"),
    ]
    state = ZH.text("subscriptions.state.paused")
    assert planning.subscriptions("s12", KNOWN, ZH, which="subscriptions") == [
        (f"s12 · {state} · weekly mon 10:00 · #random", "s12")
    ]


def test_only_those_are_offered_that_it_can_be_done_to() -> None:
    assert which(which="scheduled") == ["s3", "s12"]
    assert which(which="active") == ["s3"]
    assert which(which="stopped") == ["s12", "w4", "all"]


@pytest.mark.parametrize(
    ("partial", "expected"),
    [("rand", ["s12"]), ("topic:amd", ["s3", "w4"]), ("W4", ["w4"]), ("nothing", [])],
)
def test_a_subscription_is_found_by_its_id_line_and_channel(partial: str, expected: list[str]) -> None:
    assert sorted(which(partial)) == sorted(expected)


def test_a_channels_name_hides_nothing_in_a_label() -> None:
    found = planning.subscriptions(
        "", [Subscribed("s1", "daily", "#\u202eevil\u200b", "active")], EN, which="subscriptions"
    )

    assert "\u202e" not in found[0][0]
