"""Answers in Slack: all of an answer is there, over as many messages as it takes, and nobody's words do anything."""

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
from adapters.slack import actions, blocks, rich
from adapters.slack.actions import load
from adapters.slack.layout import answer as layout
from summarizer import languages
from summarizer.digests import Claim, Table
from summarizer.questions import Answer, Query, Row
from summarizer.questions.composing import ask_back, compose
from summarizer.questions.telling import as_markdown
from summarizer.untrusted import neutralize
from tests.adapters.slack.seen_blocks import Block, bare, hostile, links, texts, walk
from tests.servers.slack import limits as theirs
from tests.servers.slack.blocks import faults_of
from tests.servers.slack.rich_text import weight
from tests.summarizer.questions.scenes import RULES, TZ, WEEK, before, find, item

if TYPE_CHECKING:
    from adapters.slack.blocks import Message

OWN = "https://github.com/vllm-project/vllm/"
MERGED_AMD = Query(kind="pull_request", topics=("amd",), events=("merged",), window=WEEK)


def reply(answer: Answer, line: str = "") -> Reply:
    text = as_markdown(answer, languages.load(answer.lang))
    return Reply(text, answer.lang, answer=answer, handle="C1:1.2", line=line)


def shown(answer: Answer, *, only_me: bool = False, line: str = "") -> list[Message]:
    return layout.shown(reply(answer, line), languages.load(answer.lang), only_me=only_me)


def answer(query: Query, lang: str = "en") -> Answer:
    return compose(find(query), languages.load(lang), rules=RULES, tz=TZ)


def check(messages: list[Message]) -> None:
    for message in messages:
        assert faults_of(list(message.blocks), files={}) == []
        assert len("".join(texts(message.blocks))) <= 11_000
        assert blocks.characters(message.blocks) <= 11_000
        assert weight(list(message.blocks)) <= theirs.ALL_BLOCKS
        assert sum(block["type"] == "table" for block in message.blocks) <= 1
        assert 0 < len(message.text) <= 4_000
        assert not re.search("[<>]", message.text)
        for each in walk(message.blocks):
            assert each.get("type") not in {"user", "usergroup", "broadcast", "channel"}
            if each.get("type") == "link":
                assert each["url"].startswith(OWN)
            if each.get("type") == "mrkdwn":
                assert not re.search("[<>]", each["text"])


def buttons(messages: list[Message]) -> list[Block]:
    return [each for message in messages for each in walk(message.blocks) if each.get("type") == "button"]


def test_the_reading_is_small_then_comes_the_answer_then_its_proof() -> None:
    (message,) = shown(answer(MERGED_AMD))

    assert [each["type"] for each in message.blocks[:2]] == ["context", "rich_text"]
    assert texts(message.blocks[0]) == ["PRs · AMD/ROCm · merged · Mon 8 Dec to now (UTC+8)"]
    assert message.blocks[1]["elements"][0]["elements"] == [
        {
            "type": "text",
            "text": "2 AMD/ROCm PRs were merged this week (1 about, 1 tagged).",
            "style": {"bold": True},
        }
    ]
    assert ("#30384", f"{OWN}pull/30384") in links(message.blocks)
    assert message.text == "2 AMD/ROCm PRs were merged this week (1 about, 1 tagged)."
    assert message.blocks[-1]["type"] == "context_actions"
    check([message])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_choices_are_buttons_that_carry_their_number(lang: str) -> None:
    query = Query(kind="pull_request", events=("closed",), window=WEEK)
    sides = (find(query), find(replace(query, events=("closed", "merged"))))
    asked = ask_back(sides, languages.load(lang), rules=RULES, in_conversation=True)
    messages = shown(asked)

    check(messages)
    assert [(each["action_id"], load(each["value"])) for each in buttons(messages)] == [
        ("vd.choose#1", Pressed("C1:1.2", "1")),
        ("vd.choose#2", Pressed("C1:1.2", "2")),
    ]
    closing = layout.rest(reply(asked), languages.load(lang))
    assert [each["type"] for each in closing] == ["actions", "context_actions"]


def test_who_sees_an_answer_alone_may_share_it() -> None:
    line = "ask any AMD PRs this week?"
    shares = [
        load(each["value"])
        for each in buttons(shown(answer(MERGED_AMD), only_me=True, line=line))
        if each["action_id"] == actions.SHARE
    ]

    assert shares == [Pressed(line=line)]
    assert buttons(shown(answer(MERGED_AMD), only_me=True)) == []  # nobody knows what was asked
    assert buttons(shown(answer(MERGED_AMD), only_me=True, line="x" * 3_000)) == []
    assert buttons(shown(answer(MERGED_AMD), line=line)) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_question_that_was_not_understood_is_nothing_to_share_or_to_think_about(lang: str) -> None:
    lost = Answer(lang, "", languages.load(lang).text("answers.not_understood"))
    messages = shown(lost, only_me=True, line="ask blub")

    check(messages)
    assert buttons(messages) == []
    assert [each["type"] for each in messages[0].blocks] == ["rich_text"]


@given(st.lists(st.tuples(hostile, hostile), min_size=1, max_size=40), hostile, st.sampled_from(["en", "zh"]))
@settings(max_examples=25, deadline=None)
def test_every_number_link_and_word_of_any_answer_is_reachable(
    told: list[tuple[str, str]], question: str, lang: str
) -> None:
    items = {
        number: item(number, title * 4, login, events=[("opened", before(2), login)], labels=("rocm",))
        for number, (title, login) in enumerate(told, 30_500)
    }
    whole = compose(find(Query(window=WEEK), items), languages.load(lang), rules=RULES, tz=TZ)
    whole = replace(
        whole,
        understood=neutralize(question) or "x",
        rows=tuple(Row(number, ("why",)) for number in items),
        claims=(Claim(f"{question} is in #30500. " * 20, (30_500,), "model"),),
        tables=(
            Table("", ("name", "n"), tuple((login.replace("\n", " ") or "x", "1") for _, login in told)),
        ),
        model="m",
    )
    messages = shown(whole)

    check(messages)
    found = {name for message in messages for name, _ in links(message.blocks)}
    assert {f"#{number}" for number in items} <= found
    told_by_markdown = rich.blocks_of(reply(whole).text, repo_urls=[OWN])
    expected = bare("".join(texts(told_by_markdown[1:])))
    assert bare("".join(text for message in messages for text in rich_texts(message))) == expected


def rich_texts(message: Message) -> list[str]:
    return [
        text for block in message.blocks if block["type"] in ("rich_text", "table") for text in texts(block)
    ]


def test_a_long_answer_says_that_there_is_more_and_keeps_its_buttons_first() -> None:
    many = replace(
        answer(MERGED_AMD), notes=tuple(f"Note {place} tells a thing. " * 20 for place in range(60))
    )
    first, *others = shown(many)

    check([first, *others])
    assert len(others) == 3
    assert "The answer is long: 3 more messages have the rest." in texts(first.blocks)
    assert first.blocks[-1]["type"] == "context_actions"
    assert [each.text for each in others] == [f"Continued, {place} of 4" for place in (2, 3, 4)]
    notes = re.findall(
        r"Note (\d+) tells", "".join(text for each in [first, *others] for text in rich_texts(each))
    )
    assert list(dict.fromkeys(notes)) == [str(place) for place in range(60)]
    assert len(notes) == 60 * 20


def test_replies_of_other_kinds_are_messages_too() -> None:
    words = languages.load("en")
    (why,) = layout.plain(Reply(f"## Why\n\n- [#1]({OWN}pull/1) is *about* it", "en"), words)
    assert links(why.blocks) == [("#1", f"{OWN}pull/1")]
    assert why.text == "Why"

    (data,) = layout.plain(Reply(json.dumps({"a<b": 1}), "en", format="json"), words)
    assert texts(data.blocks) == ['{"a<b": 1}']

    (nothing,) = layout.plain(Reply("", "en"), words)
    check([why, data, nothing])


def test_an_answer_for_programs_of_the_longest_length_is_one_message() -> None:
    text = "x = 1\n" * (layout.LONGEST_AS_TEXT // 6)

    assert len(layout.plain(Reply(text, "en", format="json"), languages.load("en"))) == 1
