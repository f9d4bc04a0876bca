"""Notices in Discord: each one line or few, safe, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.pressed import Pressed
from adapters.chat.watching import Step
from adapters.discord.layout import notices
from adapters.discord.messages import Text
from summarizer import languages
from tests.adapters.discord.hostile_words import hostile
from tests.adapters.discord.seen_replies import OWN, check, pressed, told

if TYPE_CHECKING:
    from adapters.chat.port import Scope

LANGS = ["en", "zh"]
SCOPES: list[Scope] = ["me", "channel", "server"]


@pytest.mark.parametrize(
    ("step", "shown"),
    [
        (Step("threads", 12, 40), "-# ███░░░░░░░ Reading: 12/40 threads"),
        (Step("assess", 1_200, 1_200), "-# ██████████ Judging: 1,200/1,200 PRs and threads"),
        (Step("import", 3, None), "-# Reading the file: 3 items"),
        (Step("begin", 0, None), "-# Looking…"),
    ],
)
def test_progress_is_one_small_line_with_the_step_and_how_far_it_is(step: Step, shown: str) -> None:
    message = notices.progress(step, languages.load("en"))

    check(message)
    assert told(message) == shown
    assert (message.rows, message.colour) == ((), None)


@given(st.integers(0, 10**6), st.none() | st.integers(0, 10**6), st.sampled_from(LANGS))
def test_progress_of_any_length_is_one_line(done: int, total: int | None, lang: str) -> None:
    message = notices.progress(Step("threads", done, total), languages.load(lang))

    check(message)
    assert "\n" not in told(message)
    assert len(told(message)) < 70


@given(hostile, st.sampled_from(LANGS), st.none() | hostile)
@settings(deadline=None)
def test_a_failure_is_marked_and_may_be_tried_again(text: str, lang: str, line: str | None) -> None:
    message = notices.failed(text, languages.load(lang), line=line)

    check(message)
    assert message.colour == 0xED4245
    assert languages.load(lang).text("chat.notice.failed").rstrip(".。") in told(message)
    assert pressed([message]) == ([("vd.retry", Pressed(line=line))] if line else [])


@given(hostile, st.integers(1, 3_000))
@settings(deadline=None, max_examples=50)
def test_whatever_is_said_fits_and_only_shows(text: str, times: int) -> None:
    message = notices.said(f"Nothing at `{text}` " * times)

    check(message)
    assert message.rows == ()


def test_a_problem_keeps_its_words_and_its_code() -> None:
    message = notices.failed("Try `yesterday` or `2025-12-10`.", languages.load("en"), line="today")

    assert told(message) == "⚠️ **That did not work.** Try `yesterday` or `2025-12-10`."
    assert message.notice == "That did not work. Try `yesterday` or `2025-12-10`."


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("may_set", [[], ["me"], ["server", "me"], SCOPES])
def test_who_did_not_choose_a_zone_is_told_which_one_was_taken(lang: str, may_set: list[Scope]) -> None:
    words = languages.load(lang)
    message = notices.zone_note("Asia/Shanghai", words, line="today topic:amd", may_set=may_set)

    check(message)
    assert "Asia/Shanghai" in told(message)
    assert "Discord" in told(message)
    assert pressed([message]) == [
        (f"vd.zone#{scope}", Pressed(section=scope, line="today topic:amd", tz="Asia/Shanghai"))
        for scope in SCOPES
        if scope in may_set
    ]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("scope", ["channel", "server"])
def test_the_settings_of_a_place_are_told_with_what_holds_instead(lang: str, scope: Scope) -> None:
    words = languages.load(lang)
    message = notices.place_prefs({"lang": "zh"}, words, scope=scope, is_saved=True)
    shown = told(message)

    check(message)
    assert shown.startswith(words.text("people.saved").rstrip("."))
    assert "中文" in shown
    assert words.text(f"discord.prefs.otherwise.{scope}") in shown
    assert pressed([message]) == [(f"vd.prefs#{scope}", Pressed(section=scope))]
    assert len(notices.place_prefs({}, words, scope=scope, is_saved=False).parts) == 1


def test_an_answer_that_is_written_is_shown_up_to_its_last_whole_block() -> None:
    words = languages.load("en")
    begun = f"> PRs · AMD\n\n**2 PRs.**\n\n- [#1]({OWN}pull/1) one\n- [#2]({OWN}pu"
    first = notices.partial(begun, words, [OWN])
    next_one = notices.partial(f"{begun}ll/2) two\n\nNote: half a", words, [OWN])

    check(first)
    assert "-# PRs · AMD" in told(first)
    assert (f"]({'<'}{OWN}pull/1>) one" in told(first), "2]" in told(first)) == (True, False)
    assert told(first).endswith("\n-# Still being written…")
    assert (f"{OWN}pull/2>) two" in told(next_one), "half" in told(next_one)) == (True, False)
    assert told(notices.partial("**2 P", words, [OWN])) == "-# Still being written…"


@given(st.lists(hostile | st.sampled_from(["\n\n", "- ", f"[#1]({OWN}pull/1)", "word " * 900]), max_size=12))
@settings(deadline=None, max_examples=60)
def test_an_answer_so_far_fits_whatever_it_is(bits: list[str]) -> None:
    text = "".join(bits)
    for lang in LANGS:
        message = notices.partial(text, languages.load(lang), [OWN])

        check(message)
        assert sum(len(part.markdown) for part in message.parts if isinstance(part, Text)) <= 3_600
        assert message.parts[-1] == Text(f"-# {languages.load(lang).text('discord.notice.writing')}")
        assert message.rows == ()
