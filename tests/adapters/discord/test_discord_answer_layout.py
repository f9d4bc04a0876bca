"""Answers in Discord: all of an answer is there, over as many messages as it takes, and nobody's words do anything."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat import Reply
from adapters.chat.pressed import Pressed
from adapters.discord.layout import answer as layout
from adapters.discord.messages import Text
from adapters.discord.prose import discord_markdown
from summarizer import languages
from summarizer.digests import Claim, Table
from summarizer.questions import Answer, Query, Row
from summarizer.questions.composing import ask_back, compose
from summarizer.questions.telling import as_markdown
from summarizer.untrusted import neutralize
from tests.adapters.discord.hostile_words import hostile
from tests.adapters.discord.seen_replies import (
    OWN,
    bare,
    blocks_of_code,
    check,
    links,
    pressed,
    rows_of,
    seen,
    seen_text,
    told,
)
from tests.summarizer.questions.scenes import RULES, TZ, WEEK, before, find, item

if TYPE_CHECKING:
    from adapters.discord.messages import Message

LANGS = ["en", "zh"]
MERGED_AMD = Query(kind="pull_request", topics=("amd",), events=("merged",), window=WEEK)
CLOSED = Query(kind="pull_request", events=("closed",), window=WEEK)


def reply(answer: Answer, line: str = "") -> Reply:
    text = as_markdown(answer, languages.load(answer.lang))
    return Reply(text, answer.lang, answer=answer, handle="1:2", line=line)


def shown(answer: Answer, *, only_me: bool = False, line: str = "") -> list[Message]:
    return layout.shown(reply(answer, line), languages.load(answer.lang), only_me=only_me)


def answer(query: Query, lang: str = "en") -> Answer:
    return compose(find(query), languages.load(lang), rules=RULES, tz=TZ)


def asked_back(lang: str = "en") -> Answer:
    sides = (find(CLOSED), find(replace(CLOSED, events=("closed", "merged"))))
    return ask_back(sides, languages.load(lang), rules=RULES, in_conversation=True)


OPINIONS = [
    ("vd.feedback#helpful", Pressed(handle="1:2", section="helpful")),
    ("vd.feedback#unhelpful", Pressed(handle="1:2", section="unhelpful")),
]


def test_the_reading_is_small_then_comes_the_answer_then_its_proof() -> None:
    [message] = shown(answer(MERGED_AMD))
    small, bold, *items = [line for line in told(message).split("\n") if line]

    check(message)
    assert small == "-# PRs · AMD/ROCm · merged · Mon 8 Dec to now (UTC+8)"
    assert bold == "**2 AMD/ROCm PRs were merged this week (1 about, 1 tagged).**"
    assert ("#30384", f"{OWN}pull/30384") in links([message])
    assert len(items) == 2
    assert message.notice == "2 AMD/ROCm PRs were merged this week (1 about, 1 tagged)."
    assert pressed([message]) == OPINIONS
    assert [each.emoji for each in rows_of(message)[-1]] == ["👍", "👎"]
    assert message.colour is None


@pytest.mark.parametrize("lang", LANGS)
def test_choices_are_buttons_that_carry_their_number(lang: str) -> None:
    [message] = shown(asked_back(lang))

    check(message)
    assert pressed([message]) == [
        ("vd.choose#1", Pressed("1:2", "1")),
        ("vd.choose#2", Pressed("1:2", "2")),
    ]
    assert [each.label[:3] for each in rows_of(message)[0]] == ["1 ·", "2 ·"]


@given(st.lists(hostile, min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_choices_of_any_number_and_length_have_room(labels: list[str]) -> None:
    choice = asked_back().choices[0]
    asked = replace(asked_back(), choices=tuple(replace(choice, label=label) for label in labels))
    messages = shown(asked, only_me=True, line="any AMD PRs?")

    for message in messages:
        check(message)
    chosen = [each for action, each in pressed(messages) if action.startswith("vd.choose")]
    assert chosen == [Pressed("1:2", str(place)) for place in range(1, min(len(labels), 20) + 1)]
    assert all(neutralize(each.label) == each.label for row in rows_of(messages[0]) for each in row)


def test_who_sees_an_answer_alone_may_share_it() -> None:
    line = "ask any AMD PRs this week?"
    long = f"{line} {'x' * 3_000}"

    assert pressed(shown(answer(MERGED_AMD), only_me=True, line=line))[2:] == [
        ("vd.share", Pressed(line=line))
    ]
    assert pressed(shown(answer(MERGED_AMD), only_me=True, line=long))[2:] == [
        ("vd.share", Pressed(line=long))
    ]
    assert pressed(shown(answer(MERGED_AMD), only_me=True)) == OPINIONS  # nobody knows what was asked
    assert (
        pressed(shown(answer(MERGED_AMD), only_me=True, line="2")) == OPINIONS
    )  # another question elsewhere
    assert pressed(shown(answer(MERGED_AMD), line=line)) == OPINIONS


@pytest.mark.parametrize("lang", LANGS)
def test_a_question_that_was_not_understood_is_nothing_to_share_or_to_think_about(lang: str) -> None:
    lost = Answer(lang, "", languages.load(lang).text("answers.not_understood"))
    [message] = shown(lost, only_me=True, line="ask blub")

    check(message)
    assert message.rows == ()
    assert not told(message).startswith("-# ")


@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=40), hostile, st.sampled_from(LANGS))
@settings(max_examples=25, deadline=None)
def test_every_number_link_and_word_of_any_answer_is_reachable(
    items: list[tuple[str, str]], question: str, lang: str
) -> None:
    found = {
        number: item(number, title * 4, login, events=[("opened", before(2), login)], labels=("rocm",))
        for number, (title, login) in enumerate(items, 30_500)
    }
    whole = compose(find(Query(window=WEEK), found), languages.load(lang), rules=RULES, tz=TZ)
    whole = replace(
        whole,
        understood=neutralize(question) or "x",
        rows=tuple(Row(number, ("why",)) for number in found),
        claims=(Claim(f"{question} is in #30500. " * 20, (30_500,), "model"),),
        tables=(
            Table("", ("name", "n"), tuple((login.replace("\n", " ") or "x", "1") for _, login in items)),
        ),
        model="m",
    )
    messages = shown(whole)

    for message in messages:
        check(message)
    assert {f"#{number}" for number in found} <= {name for name, _ in links(messages)}
    unpacked = bare("".join(map(seen_text, discord_markdown(reply(whole).text, repo_urls=[OWN]))))
    more = languages.load(lang).text("chat.notice.more", n=len(messages) - 1)
    assert bare("".join(map(seen, messages))).replace(bare(more), "") == unpacked


def test_a_long_answer_says_that_there_is_more_and_keeps_its_buttons_first() -> None:
    many = replace(
        answer(MERGED_AMD), notes=tuple(f"Note {place} tells a thing. " * 20 for place in range(60))
    )
    first, *others = shown(many)

    for message in (first, *others):
        check(message)
    assert len(others) > 3
    assert first.parts[-1] == Text(f"-# The answer is long: {len(others)} more messages have the rest.")
    assert pressed([first, *others]) == OPINIONS
    assert others[-1].notice == f"Continued, {len(others) + 1} of {len(others) + 1}"
    notes = re.findall(r"Note (\d+) tells", "".join(map(told, (first, *others))))
    assert list(dict.fromkeys(notes)) == [str(place) for place in range(60)]
    assert len(notes) == 60 * 20


def test_a_reply_of_another_kind_is_a_message_too() -> None:
    words = languages.load("en")
    [why] = layout.plain(Reply(f"## Why **not**\n\n- [#1]({OWN}pull/1) is *about* it", "en"), words)
    [nothing] = layout.plain(Reply("", "en"), words)
    [elsewhere] = layout.plain(Reply("[x](https://evil.com/)", "en"), words, repo_urls=[OWN])

    for message in (why, nothing, elsewhere):
        check(message)
    assert links([why]) == [("#1", f"{OWN}pull/1")]
    assert (why.notice, why.rows, why.colour) == ("Why not", (), None)
    assert (told(nothing), nothing.notice) == ("…", "…")
    assert links([elsewhere]) == []


@given(st.lists(hostile | st.sampled_from(["```", "`", "discord.gg/abc", "\n"]), min_size=1).map("".join))
@settings(max_examples=60, deadline=None)
def test_data_stays_the_same_data_within_its_block_of_code(words: str) -> None:
    data = {"title": words, words: ["discord.py", "```"]}
    text = json.dumps(data, ensure_ascii=False, indent=1)
    messages = layout.plain(Reply(text, "en", format="json"), languages.load("en"))

    for message in messages:
        check(message)
    if len(text) <= layout.LONGEST_AS_TEXT // 8:
        [[inner]] = map(blocks_of_code, messages)
        assert json.loads(inner) == data


@given(st.lists(hostile | st.sampled_from(["```", "`", "discord.gg/abc", "\n", "x" * 900])).map("".join))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_out_of_its_block_of_code(words: str) -> None:
    text = "first\n" + words
    messages = layout.plain(Reply(text, "en", format="text"), languages.load("en"))

    for message in messages:
        check(message)
        for part in message.parts:
            assert isinstance(part, Text)
            if not part.markdown.startswith("-# "):
                assert re.fullmatch(r"```\n(?:(?!```).)+\n```", part.markdown, re.DOTALL)
                assert "discord.gg" not in part.markdown


@pytest.mark.parametrize("form", ["json", "text", "jekyll", "discord"])
def test_what_is_no_file_yet_is_one_block_of_code(form: str) -> None:
    text = "x = 1\n" * (layout.LONGEST_AS_TEXT // 6)
    [message] = layout.plain(Reply(text, "en", format=form), languages.load("en"))

    check(message)
    assert len(blocks_of_code(message)) == 1
