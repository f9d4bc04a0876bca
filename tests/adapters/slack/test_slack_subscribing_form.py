"""The form that orders digests: what it offers and shows, and the line that it makes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import actions
from adapters.slack.layout.prefs import ZONES
from adapters.slack.layout.subscribing import (
    DAYS,
    SCHEDULES,
    Offered,
    Wanted,
    begun_in,
    form,
    lacking,
    language_of,
    line,
    saving,
    wanted_in,
)
from bot.grammar import parse
from bot.grammar.commands import Hours, Schedule, ScheduleCommand, Suboptions
from bot.grammar.expressions import Duration, Time
from summarizer import languages
from summarizer.filters import Filter
from tests.adapters.slack.seen_blocks import hostile, texts
from tests.servers.slack.blocks import faults_of
from tests.servers.slack.payloads import state_value

LANGS = ["en", "zh"]
TOPICS = {"amd": {"en": "AMD/ROCm", "zh": "AMD/ROCm 生态"}, "tpu": {"en": "TPU"}}
EVERYTHING = Offered(TOPICS, ["a/b", "c/d"], has_channels=True)
HERE, THERE = "C0GENERAL", "C0OTHER"

wanted = st.builds(
    Wanted,
    channel=st.sampled_from(["", HERE, THERE, "G123"]),
    schedule=st.sampled_from(SCHEDULES),
    at=st.sampled_from(["00:00", "09:00", "23:59"]),
    days=st.lists(st.sampled_from(DAYS), unique=True).map(lambda days: tuple(sorted(days, key=DAYS.index))),
    topics=st.sampled_from([(), ("amd",), ("amd", "tpu")]),
    lang=st.sampled_from(LANGS),
    tz=st.sampled_from(["", "UTC", "Asia/Kathmandu", "America/Argentina/Buenos_Aires"]),
    repo=st.sampled_from(["a/b", "c/d"]),
    hush=st.sampled_from(["", "22-8", "0-24"]),
    is_quiet=st.booleans(),
)


def sent(view: dict[str, Any], **filled: object) -> dict[str, Any]:
    """The form as Slack sends it. filled: by the inputs' names, what is left out keeps what it begins with."""
    values = {
        block["block_id"]: {actions.FIELD: state_value(block["element"], filled.get(block["block_id"]))}
        for block in view["blocks"]
        if block["type"] == "input"
    }
    return {**view, "state": {"values": values}}


@given(wanted, st.sampled_from(LANGS), hostile)
@settings(max_examples=60, deadline=None)
def test_a_form_shows_what_it_is_given_and_comes_back_as_it_was(
    wanted: Wanted, lang: str, problem: str
) -> None:
    view = form(languages.load(lang), wanted, EVERYTHING, begun_in=HERE, problem=problem)

    assert faults_of(view["blocks"], surface="modal", files={}) == []
    assert len(view["title"]["text"]) <= 24
    assert wanted_in(sent(view)["state"]["values"]) == wanted
    assert (begun_in(view), language_of(view).code) == (HERE, lang)


@given(wanted)
def test_a_form_that_lacks_nothing_makes_a_line_that_means_the_same(wanted: Wanted) -> None:
    view = sent(form(languages.load("en"), wanted, EVERYTHING, begun_in=HERE))
    if faults := lacking(view):
        assert faults.keys() == {"days"}
        assert wanted.schedule == "monthly" or (wanted.schedule == "weekly" and len(wanted.days) > 1)
        return
    command = parse(line(wanted, begun_in=HERE), surface="chat", conversation=False, topics=[*TOPICS])

    assert isinstance(command, ScheduleCommand)
    assert (command.action, command.target) == ("subscribe", None)
    options = command.options
    assert options.filters == ((Filter("topic", wanted.topics),) if wanted.topics else ())
    assert (options.lang, options.tz or "", options.repo) == (wanted.lang, wanted.tz, wanted.repo)
    to = f"#{wanted.channel}" if wanted.channel not in ("", HERE) else None
    first, _, last = wanted.hush.partition("-")
    assert options.suboptions == Suboptions(
        to=to,
        hush=Hours(int(first), int(last)) if wanted.hush else None,
        quiet_if_empty=wanted.is_quiet or None,
    )
    assert dict(options.channels) == ({wanted.channel: wanted.channel} if to else {})


@pytest.mark.parametrize(
    ("filled", "schedule"),
    [
        (Wanted(), Schedule("daily", at=Time(9, 0))),
        (Wanted(at="18:30", days=("mon", "wed")), Schedule("daily", at=Time(18, 30), days=("mon", "wed"))),
        (Wanted(schedule="weekly"), Schedule("weekly", at=Time(9, 0))),
        (Wanted(schedule="weekly", days=("fri",)), Schedule("weekly", weekday="fri", at=Time(9, 0))),
        (Wanted(schedule="monthly"), Schedule("monthly", at=Time(9, 0))),
        (Wanted(schedule="hourly"), Schedule("hourly")),
        (
            Wanted(schedule="hourly", days=("sat",)),
            Schedule("every", every=Duration(1, "h"), days=("sat",)),
        ),
        (Wanted(schedule="every 6h"), Schedule("every", every=Duration(6, "h"))),
    ],
)
def test_each_kind_of_schedule_is_the_one_that_is_meant(filled: Wanted, schedule: Schedule) -> None:
    command = parse(line(filled, begun_in=""), surface="chat", conversation=False)

    assert isinstance(command, ScheduleCommand)
    assert command.schedule == schedule


@pytest.mark.parametrize("lang", LANGS)
def test_what_cannot_be_is_said_beside_its_input(lang: str) -> None:
    words = languages.load(lang)
    view = form(words, Wanted(), EVERYTHING, begun_in="")

    assert lacking(sent(view)) == {}
    for hush in ("8", "22-25", "8-8", "late", "٢-٣"):
        assert lacking(sent(view, hush=hush)) == {"hush": words.text("chat.subscribing.hours")}
    assert lacking(sent(view, hush="22 - 8")) == {}
    assert lacking(sent(view, schedule="weekly", days=["mon", "fri"])) == {
        "days": words.text("chat.subscribing.one_day")
    }
    assert lacking(sent(view, schedule="monthly", days=["mon"])) == {
        "days": words.text("chat.subscribing.no_days")
    }


@pytest.mark.parametrize("lang", LANGS)
def test_who_may_not_subscribe_channels_is_offered_none(lang: str) -> None:
    words = languages.load(lang)
    view = form(words, Wanted(), Offered({}, ["a/b"], has_channels=False), begun_in=HERE)
    names = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]

    assert names == ["schedule", "at", "days", "lang", "tz", "quiet", "hush"]
    assert words.text("chat.subscribing.only_you") in texts(view["blocks"])
    assert wanted_in(sent(view)["state"]["values"]).channel == ""
    assert faults_of(saving(words)["blocks"], surface="modal", files={}) == []


def test_a_zone_that_the_menu_lacks_stands_first_in_it() -> None:
    view = form(languages.load("en"), Wanted(tz="Asia/Kathmandu"), EVERYTHING, begun_in="")
    (zones,) = (block["element"] for block in view["blocks"] if block.get("block_id") == "tz")

    assert [each["value"] for each in zones["options"]] == ["Asia/Kathmandu", *ZONES]
    assert zones["initial_option"]["value"] == "Asia/Kathmandu"


@given(
    st.dictionaries(st.sampled_from(["channel", "at", "lang", "tz", "repo", "schedule", "topics"]), hostile)
)
def test_a_form_that_slack_never_showed_adds_nothing_to_the_line(forged: dict[str, str]) -> None:
    values = {
        name: {actions.FIELD: {"selected_option": {"value": value}, "selected_options": [{"value": value}]}}
        for name, value in forged.items()
    }
    made = line(wanted_in(values), begun_in="")

    assert made.startswith("subscribe ")
    assert not {"<", "`", '"', "\n", "@"} & set(made)
    assert all(":" in word or word in ("daily", "09:00") for word in made.split()[1:])
