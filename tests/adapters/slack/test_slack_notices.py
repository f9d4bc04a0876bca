"""Notices in Slack: each one line or few, safe, in both languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.pressed import Pressed
from adapters.chat.watching import Step
from adapters.slack import actions
from adapters.slack.actions import load
from adapters.slack.layout import notices
from adapters.slack.layout.feedback import feedback_modal, filled_in, lacking
from bot.grammar import parse
from summarizer import languages
from summarizer.render import render
from tests.adapters.slack.seen_blocks import hostile, texts, walk
from tests.adapters.slack.shown_digests import extracted, hostile_facts, reference_day
from tests.servers.slack.blocks import faults_of

if TYPE_CHECKING:
    from adapters.slack.blocks import Message

LANGS = ["en", "zh"]


def check(message: Message) -> None:
    assert faults_of(list(message.blocks), files={}) == []
    assert 0 < len(message.text) <= 4_000
    assert not re.search("[<>]", message.text)
    assert len("".join(texts(message.blocks))) <= 11_000


@pytest.mark.parametrize(
    ("step", "text", "shown"),
    [
        (("threads", 12, 40), "Reading: 12/40 threads", "███░░░░░░░ Reading: 12/40 threads"),
        (("assess", 1_200, 1_200), "Judging: 1,200/1,200 PRs and threads", None),
        (("import", 3, None), "Reading the file: 3 items", "Reading the file: 3 items"),
        (("begin", 0, None), "Looking…", "Looking…"),
        (("history", 9, 0), "Reaching back: 9 items", None),
    ],
)
def test_progress_names_the_step_and_how_far_it_is(
    step: tuple[str, int, int | None], text: str, shown: str | None
) -> None:
    message = notices.progress(Step(*step), languages.load("en"))

    check(message)
    assert message.text == text
    assert shown is None or texts(message.blocks) == [shown]


@given(st.integers(0, 10**6), st.none() | st.integers(0, 10**6), st.sampled_from(LANGS))
def test_progress_of_any_length_is_one_line(done: int, total: int | None, lang: str) -> None:
    message = notices.progress(Step("threads", done, total), languages.load(lang))

    check(message)
    assert len(message.blocks) == 1
    assert len(message.text) < 60


@given(hostile, st.sampled_from(LANGS), st.none() | hostile)
def test_a_failure_says_what_went_wrong_and_may_be_tried_again(
    text: str, lang: str, line: str | None
) -> None:
    message = notices.failed(text, languages.load(lang), line=line)
    pressed = [each for each in walk(message.blocks) if each.get("type") == "button"]

    check(message)
    check(notices.said(text))
    assert [(each["action_id"], load(each["value"])) for each in pressed] == (
        [(actions.RETRY, Pressed(line=line))] if line else []
    )


@pytest.mark.parametrize("lang", LANGS)
def test_a_welcome_offers_lines_that_are_understood(lang: str) -> None:
    message = notices.welcome(languages.load(lang), repo="vllm-project/vllm")
    pressed = [each for each in walk(message.blocks) if each.get("type") == "button"]

    check(message)
    *asking, subscribing = pressed
    assert len(asking) == 3
    assert (subscribing["action_id"], load(subscribing["value"])) == (actions.SUBSCRIBE, Pressed())
    for each in asking:
        assert each["action_id"].startswith(actions.ASK)
        assert parse(load(each["value"]).line, surface="chat", conversation=False)


@pytest.mark.parametrize("lang", LANGS)
def test_the_form_of_feedback_comes_back_as_what_it_means(lang: str) -> None:
    sections = [("summary", "Summary"), ("hot", "Hot")]
    view = feedback_modal(languages.load(lang), '{"handle":"daily-1"}', sections=sections)

    assert faults_of(view["blocks"], surface="modal", files={}) == []
    assert view["callback_id"] == actions.FEEDBACK
    assert load(view["private_metadata"]) == Pressed("daily-1", lang=lang)
    assert len(view["title"]["text"]) <= 24
    assert filled_in(
        {
            "opinion": {actions.FIELD: chosen("wrong")},
            "number": {actions.FIELD: {"value": "#26701"}},
            "section": {actions.FIELD: chosen("hot")},
            "reason": {actions.FIELD: {"value": " It is for MI300. "}},
        }
    ) == ("wrong", "hot", 26701, "It is for MI300.")
    assert filled_in({"section": {actions.FIELD: {"selected_option": None}}}) == (
        "unhelpful",
        "",
        None,
        "",
    )
    for number in ("the first", "0", "1000000001", "٣"):
        typed = {"number": {actions.FIELD: {"value": number}}}
        assert filled_in(typed)[2] is None
        asked = lacking({**view, "state": {"values": typed}})
        assert asked == {"number": languages.load(lang).text("errors.feedback.number")}
    assert lacking({**view, "state": {"values": {"number": {actions.FIELD: {"value": None}}}}}) == {}


def chosen(value: str) -> dict[str, Any]:
    return {
        "type": "static_select",
        "selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": value},
    }


@pytest.mark.parametrize("lang", LANGS)
def test_views_that_only_tell_something(lang: str) -> None:
    for view in (
        notices.waiting_modal(languages.load(lang)),
        notices.failed_modal("No <!channel> here", languages.load(lang)),
    ):
        assert faults_of(view["blocks"], surface="modal", files={}) == []
        assert len(view["title"]["text"]) <= 24
        assert "submit" not in view


@pytest.mark.parametrize("lang", LANGS)
def test_a_digest_for_pasting_is_whole_lines_of_plain_text(lang: str) -> None:
    message = notices.copied(reference_day(lang), languages.load(lang))
    text = render(reference_day(lang), "text", languages.load(lang))

    check(message)
    pasted = "".join(texts(message.blocks[0]))
    assert text.startswith(pasted)
    assert text[len(pasted)] == "\n"
    assert len(pasted) > 1_000


@given(st.lists(hostile, min_size=1, max_size=8))
@settings(max_examples=10, deadline=None)
def test_any_digest_can_be_pasted(names: list[str]) -> None:
    check(notices.copied(extracted(hostile_facts(names), "en"), languages.load("en")))
