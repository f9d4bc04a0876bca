"""The questions and follow-ups that the command grammar gives as examples, each with what it means."""

from __future__ import annotations

from typing import Any

import pytest

from bot.grammar import parse
from bot.grammar.commands import Question, Refinement
from tests.bot.questions.asking import READER, RULES, query, question, read

AMD_PRS = {"kind": "pull_request", "topics": ["amd"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("any AMD PRs this week?", {**AMD_PRS, "window": "week this", "form": "yes_no"}),
        ("本周有 AMD 的 PR 吗？", {**AMD_PRS, "window": "week this", "form": "yes_no"}),
        ("today any AMD PRs?", {**AMD_PRS, "window": "today", "form": "yes_no"}),
        ("今天 有 AMD 的 PR 吗", {**AMD_PRS, "window": "today", "form": "yes_no"}),
        ("amd", {"topics": ["amd"], "window": "week this"}),
        ("#26701", {"numbers": [26701], "form": "explain"}),
        ("ask today", {"window": "today"}),
        ("问 昨天合并了什么", {"events": ["merged"], "window": "yesterday"}),
        ("test failures this week", {"words": ["test", "failures"], "window": "week this"}),
        ("本周测试失败", {"words": ["test", "fail"], "window": "week this"}),
        ("help me find KV bugs", {"kind": "issue", "words": ["kv"]}),
        ("why was #26701 closed", {"numbers": [26701], "form": "explain"}),
        ("why did CI break", {"topics": ["ci"], "form": "explain", "window": "week this"}),
    ],
)
def test_questions(text: str, expected: dict[str, Any]) -> None:
    assert query(text) == expected


def test_the_options_of_a_line_apply() -> None:
    found = read("open PRs repo:o/r label:rocm -topic:ci tz:UTC").query

    assert found.as_dict() == {
        "repo": "o/r",
        "kind": "pull_request",
        "states": ["open"],
        "filters": ["label:rocm", "-topic:ci"],
    }


@pytest.mark.parametrize(
    ("first", "second"), [("only merged ones", "last week"), ("只看合并的", "那上周呢？")]
)
def test_follow_ups_one_after_the_other(first: str, second: str) -> None:
    last = read("any AMD PRs this week?").query
    for text in (first, second):
        line = parse(text, surface="chat", conversation=True, topics=RULES.words)
        assert isinstance(line, Refinement | Question)
        reading = READER.read(Question(text), last=last)
        assert reading.refines
        last = reading.query

    assert last.as_dict() == {**AMD_PRS, "events": ["merged"], "window": "week last", "form": "yes_no"}


def test_a_window_that_only_the_line_knows_counts() -> None:
    asked = question("AMD PRs today")
    found = READER.read(Question("AMD PRs", window=asked.window))

    assert found.query.as_dict() == {**AMD_PRS, "window": "today"}
    assert found.assumed == ()
