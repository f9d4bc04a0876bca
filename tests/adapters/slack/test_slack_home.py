"""The home, and the form of somebody's preferences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat import Recent
from adapters.slack import actions
from adapters.slack.actions import Pressed, load
from adapters.slack.layout import home
from adapters.slack.layout.prefs import ZONES, prefs_line, prefs_modal
from bot.grammar import parse
from bot.grammar.commands import Question, WordCommand
from summarizer import languages
from tests.adapters.slack.seen_blocks import hostile, texts, walk
from tests.servers.slack.blocks import faults_of

NOW = datetime(2025, 12, 10, 12, tzinfo=UTC)
LANGS = ["en", "zh"]
TOPICS = {"amd": {"en": "AMD/ROCm", "zh": "AMD/ROCm 生态"}, "tpu": {"en": "TPU"}}
PREFS = "- Language: English\n- Time zone: UTC (not set by you; `prefs tz:…` does)"


@given(st.lists(st.tuples(hostile, hostile), max_size=5), st.sampled_from(LANGS))
@settings(max_examples=40, deadline=None)
def test_a_home_with_any_digests_keeps_its_limits(titles: list[tuple[str, str]], lang: str) -> None:
    recent = [
        Recent(f"daily-{place}", title, repo, NOW, "today") for place, (title, repo) in enumerate(titles)
    ]
    view = home.view(languages.load(lang), recent=recent, prefs=PREFS, repo="vllm-project/vllm", now=NOW)

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
    told = texts(home.view(words, recent=(), prefs=PREFS, repo="a/b", now=NOW)["blocks"])
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
    view = prefs_modal(languages.load(lang), repos=["a/b", "c/d"], topics=TOPICS, tz="Asia/Kathmandu")
    menus = {
        block["block_id"]: [each["value"] for each in block["element"]["options"]]
        for block in view["blocks"]
        if block["type"] == "input"
    }

    assert faults_of(view["blocks"], surface="modal", files={}) == []
    assert view["callback_id"] == actions.PREFS
    assert menus == {
        "lang": list(languages.codes()),
        "tz": ["Asia/Kathmandu", *ZONES],
        "topic": ["amd", "tpu"],
        "in": ["me", "channel"],
        "repo": ["a/b", "c/d"],
    }
    assert "topic" not in str(prefs_modal(languages.load(lang), repos=["a/b"], topics={})["blocks"])


def test_a_filled_form_is_a_line_of_the_grammar() -> None:
    line = prefs_line(
        {
            "lang": filled("zh"),
            "tz": filled("America/Argentina/Buenos_Aires"),
            "topic": filled("amd"),
            "in": filled("channel"),
            "repo": filled("a/b"),
        }
    )

    assert line == "prefs lang:zh tz:America/Argentina/Buenos_Aires topic:amd in:channel repo:a/b"
    command = parse(line, surface="chat", conversation=False, topics=["amd"])
    assert isinstance(command, WordCommand)
    assert command.word == "prefs"
    assert prefs_line({"lang": {actions.FIELD: {"selected_option": None}}}) == "prefs"
    assert prefs_line({"tz": filled("UTC clear")}) == "prefs"


def filled(value: str) -> dict[str, Any]:
    return {actions.FIELD: {"type": "static_select", "selected_option": {"value": value}}}


def test_every_zone_of_the_menu_is_one() -> None:
    from zoneinfo import ZoneInfo

    assert all(ZoneInfo(zone) for zone in ZONES)
    assert len(set(ZONES)) == len(ZONES) <= 99
