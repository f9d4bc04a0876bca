"""The home, and the form of somebody's preferences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat import Recent
from adapters.chat.pressed import Pressed
from adapters.slack import actions
from adapters.slack.actions import load
from adapters.slack.layout import home
from adapters.slack.layout.prefs import ZONES, chosen, prefs_modal
from adapters.slack.layout.subscriptions import Subscriptions
from bot.grammar import parse
from bot.grammar.commands import Question
from summarizer import languages
from tests.adapters.slack.seen_blocks import hostile, texts, walk
from tests.servers.slack.blocks import faults_of

NOW = datetime(2025, 12, 10, 12, tzinfo=UTC)
LANGS = ["en", "zh"]
TOPICS = {"amd": {"en": "AMD/ROCm", "zh": "AMD/ROCm 生态"}, "tpu": {"en": "TPU"}}
NONE = Subscriptions()
PREFS = {"lang": "en", "in": "channel", "topic": "amd,tpu", "others": "-label:ci"}


@given(st.lists(st.tuples(hostile, hostile), max_size=5), st.sampled_from(LANGS))
@settings(max_examples=40, deadline=None)
def test_a_home_with_any_digests_keeps_its_limits(titles: list[tuple[str, str]], lang: str) -> None:
    recent = [
        Recent(f"daily-{place}", title, repo, NOW, "today") for place, (title, repo) in enumerate(titles)
    ]
    view = home.view(
        languages.load(lang),
        recent=recent,
        prefs=PREFS,
        repo="a/b",
        topics=TOPICS,
        now=NOW,
        subscriptions=NONE,
    )

    assert view["type"] == "home"
    assert faults_of(view["blocks"], surface="home", files={}) == []
    for each in walk(view["blocks"]):
        if each.get("type") == "mrkdwn":
            assert each["text"].replace("<!date^1765368000^", "").count("<") == 0
    opened = [each for each in walk(view["blocks"]) if str(each.get("action_id")).startswith(actions.DETAILS)]
    assert [load(each["value"]) for each in opened] == [
        Pressed(f"daily-{place}", "today") for place in range(len(titles))
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_home_shows_can_be_typed(lang: str) -> None:
    words = languages.load(lang)
    told = texts(
        home.view(words, recent=(), prefs=PREFS, repo="a/b", topics=TOPICS, now=NOW, subscriptions=NONE)[
            "blocks"
        ]
    )
    lines = [each["line"] for each in words.get("chat.home.examples")]
    _, prompts = home.prompts(words)

    assert all(f"/vllm-digest {line}" in told for line in lines)
    assert len(prompts) <= 4
    for line in lines:
        command = parse(line, surface="chat", conversation=False, topics=["amd"])
        assert isinstance(command, Question) == line.endswith(("?", "？"))
    for _, line in prompts:
        assert parse(line, surface="chat", conversation=False)


@pytest.mark.parametrize("lang", LANGS)
def test_the_form_of_preferences_offers_what_there_is(lang: str) -> None:
    view = prefs_modal(
        languages.load(lang), prefs={}, repos=["a/b", "c/d"], topics=TOPICS, tz="Asia/Kathmandu"
    )
    menus = {
        block["block_id"]: [each["value"] for each in block["element"]["options"]]
        for block in view["blocks"]
        if block["type"] == "input"
    }

    assert faults_of(view["blocks"], surface="modal", files={}) == []
    assert view["callback_id"] == actions.PREFS
    assert menus == {
        "lang": ["-", *languages.codes()],
        "tz": ["-", "Asia/Kathmandu", *ZONES],
        "topic": ["-", "amd", "tpu"],
        "in": ["-", "me", "channel"],
        "repo": ["-", "a/b", "c/d"],
    }
    bare = prefs_modal(languages.load(lang), prefs={}, repos=["a/b"], topics={})
    assert "topic" not in [block["block_id"] for block in bare["blocks"]]


@pytest.mark.parametrize("lang", LANGS)
def test_the_form_shows_what_is_set_even_where_no_menu_offers_it(lang: str) -> None:
    prefs = {"lang": "zh", "tz": "Asia/Kathmandu", "topic": "amd,tpu", "repo": "x/y"}
    view = prefs_modal(languages.load(lang), prefs=prefs, repos=["a/b"], topics=TOPICS)
    shown = {
        block["block_id"]: block["element"]["initial_option"]["value"]
        for block in view["blocks"]
        if block["type"] == "input"
    }

    assert faults_of(view["blocks"], surface="modal", files={}) == []
    assert shown == {**prefs, "in": "-"}


@pytest.mark.parametrize("lang", LANGS)
def test_the_home_tells_preferences_in_words(lang: str) -> None:
    words = languages.load(lang)
    view = home.view(words, recent=(), prefs=PREFS, repo="a/b", topics=TOPICS, now=NOW, subscriptions=NONE)
    told = "\n".join(texts(view["blocks"]))

    for value in ("English", "AMD/ROCm", words.text("chat.prefs.places.channel"), "-label:ci"):
        assert value in told
    for raw in ("in:channel", "topic:", "prefs ", "tz:"):
        assert raw not in told.partition(words.text("chat.home.prefs"))[2]


def test_two_digests_of_a_day_are_told_apart() -> None:
    lines = (
        "today topic:amd repo:a/b lang:en tz:UTC",
        '2025-12-10T09:00..12:00 author:"x `y" lang:en tz:Asia/Shanghai',
    )
    recent = [Recent("daily-1", "One day", "a/b", NOW, line) for line in lines]
    view = home.view(
        languages.load("en"), recent=recent, prefs={}, repo="a/b", topics=TOPICS, now=NOW, subscriptions=NONE
    )
    told = "\n".join(texts(view["blocks"]))

    assert "`today topic:amd`" in told
    assert """`2025-12-10T09:00..12:00 author:"x 'y"`""" in told
    assert "tz:" not in told


def test_a_home_without_preferences_says_why() -> None:
    view = home.view(
        languages.load("en"),
        recent=(),
        prefs="Not here.",
        repo="a/b",
        topics=TOPICS,
        now=NOW,
        subscriptions=NONE,
    )

    assert "Not here." in texts(view["blocks"])


def test_a_filled_form_sets_what_was_chosen_and_unsets_the_rest() -> None:
    assert chosen(
        {
            "lang": filled("zh"),
            "tz": filled("America/Argentina/Buenos_Aires"),
            "topic": filled("amd,tpu"),
            "in": filled("-"),
        }
    ) == {"lang": "zh", "tz": "America/Argentina/Buenos_Aires", "topic": "amd,tpu", "in": ""}
    assert chosen({"lang": {actions.FIELD: {"selected_option": None}}}) == {}
    assert chosen({"tz": filled("UTC clear")}) == {}


def filled(value: str) -> dict[str, Any]:
    return {actions.FIELD: {"type": "static_select", "selected_option": {"value": value}}}


def test_every_zone_of_the_menu_is_one() -> None:
    from zoneinfo import ZoneInfo

    assert all(ZoneInfo(zone) for zone in ZONES)
    assert len(set(ZONES)) == len(ZONES) <= 99
