"""What kind of answer a sentence wants, in which order and how much of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.questions.asking import named, query, read


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("how many PRs were merged today?", "count"),
        ("number of PRs merged today", "count"),
        ("今天合并了多少 PR", "count"),
        ("any PRs merged today?", "yes_no"),
        ("is there a PR merged today", "yes_no"),
        ("can you tell me whether PRs were merged today", "yes_no"),
        ("today any PRs merged?", "yes_no"),
        ("今天有没有合并 PR", "yes_no"),
        ("今天合并 PR 了吗", "yes_no"),
        ("who merged PRs today?", "who"),
        ("今天谁合并了 PR", "who"),
        ("summarize PRs merged today", "explain"),
        ("总结今天合并的 PR", "explain"),
        ("show me any PRs merged today", "list"),
        ("could you list PRs merged today?", "list"),
        ("which PRs were merged today?", "list"),
        ("PRs merged today", "list"),
        ("今天合并了哪些 PR", "list"),
    ],
)
def test_forms(text: str, form: str) -> None:
    found = read(text)

    assert (found.query.form, found.unread) == (form, ())
    assert (found.query.kind, found.query.events, str(found.query.window)) == (
        "pull_request",
        ("merged",),
        "today",
    )


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("trend of merged PRs", "week"),
        ("PRs merged per day", "day"),
        ("monthly numbers of merged PRs", "month"),
        ("how many PRs are merged every week", "week"),
        ("每周合并多少 PR", "week"),
        ("按月统计合并的 PR", "month"),
        ("合并的 PR 趋势", "week"),
    ],
)
def test_trends(text: str, step: str) -> None:
    assert named(text) == {"kind": "pull_request", "events": ["merged"], "form": "trend", "step": step}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#26701", {"form": "explain"}),
        ("what is #26701 about?", {"form": "explain"}),
        ("what happened with #26701?", {"form": "explain"}),
        ("tell me about issue 26701", {"form": "explain"}),
        ("why was #26701 closed?", {"form": "explain"}),
        ("when was #26701 merged?", {"form": "explain"}),
        ("https://github.com/o/r/pull/26701", {"form": "explain", "repo": "o/r"}),
        ("was #26701 merged?", {"form": "yes_no", "states": ["merged"]}),
        ("is PR 26701 still open?", {"form": "yes_no", "states": ["open"]}),
        ("解释一下 #26701", {"form": "explain"}),
        ("#26701 是怎么回事", {"form": "explain"}),
        ("#26701 合并了吗", {"form": "yes_no", "states": ["merged"]}),
        ("#26701 合并了没有", {"form": "yes_no", "states": ["merged"]}),
        ("26701 号 PR", {"form": "explain"}),
    ],
)
def test_one_item(text: str, expected: dict[str, Any]) -> None:
    found = read(text)

    assert (found.query.as_dict(), found.unread) == ({"numbers": [26701], **expected}, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hottest PRs", {"order": "discussed"}),
        ("most discussed PRs", {"order": "discussed"}),
        ("newest PRs", {"order": "newest"}),
        ("oldest PRs", {"order": "oldest"}),
        ("recently updated PRs", {"order": "updated"}),
        ("largest PRs", {"order": "largest"}),
        ("top 5 PRs", {"order": "discussed", "limit": 5}),
        ("top 5 largest PRs", {"order": "largest", "limit": 5}),
        ("5 newest PRs", {"order": "newest", "limit": 5}),
        ("the three oldest PRs", {"order": "oldest", "limit": 3}),
        ("last 10 PRs", {"order": "newest", "limit": 10}),
        ("show me 5 PRs", {"limit": 5}),
        ("最热的 3 个 PR", {"order": "discussed", "limit": 3}),
        ("前三个 PR", {"order": "discussed", "limit": 3}),
        ("最新的 PR", {"order": "newest"}),
        ("最近 5 个 PR", {"order": "newest", "limit": 5}),
    ],
)
def test_order_and_limit(text: str, expected: dict[str, Any]) -> None:
    assert read(text).unread == ()
    assert named(text) == {"kind": "pull_request", **expected}


WEEK = {"window": "week this"}


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("AMD vs NVIDIA PRs this week", {"topics": ["amd"], **WEEK}, {"topics": ["nvidia"], **WEEK}),
        ("compare AMD and NVIDIA PRs this week", {"topics": ["amd"], **WEEK}, {"topics": ["nvidia"], **WEEK}),
        (
            "AMD or NVIDIA, who has more PRs this week?",
            {"topics": ["amd"], **WEEK},
            {"topics": ["nvidia"], **WEEK},
        ),
        ("PRs this week vs last week", WEEK, {"window": "week last"}),
        ("PRs this week compared to last", WEEK, {"window": "week last"}),
        (
            "mgoin vs octocat PRs this week",
            {"people": ["author:mgoin"], **WEEK},
            {"people": ["author:octocat"], **WEEK},
        ),
        ("open vs closed PRs this week", {"states": ["open"], **WEEK}, {"states": ["closed"], **WEEK}),
        ("对比本周 AMD 和 NVIDIA 的 PR", {"topics": ["amd"], **WEEK}, {"topics": ["nvidia"], **WEEK}),
        ("本周和上周的 PR 对比", WEEK, {"window": "week last"}),
        ("本周 PR 比上周多吗", WEEK, {"window": "week last"}),
        ("本周 AMD 和 NVIDIA 哪个 PR 多", {"topics": ["amd"], **WEEK}, {"topics": ["nvidia"], **WEEK}),
    ],
)
def test_comparisons(text: str, first: dict[str, Any], second: dict[str, Any]) -> None:
    prs = {"kind": "pull_request"}

    assert read(text).unread == ()
    assert query(text) == {**prs, **first, "form": "compare", "against": {**prs, **second}}


def test_kinds_are_compared_too() -> None:
    assert query("more issues or PRs this week?") == {
        "kind": "issue",
        **WEEK,
        "form": "compare",
        "against": {"kind": "pull_request", **WEEK},
    }


def test_two_topics_without_a_comparison_are_either_of_them() -> None:
    assert query("AMD or NVIDIA PRs this week") == {
        "kind": "pull_request",
        **WEEK,
        "topics": ["amd", "nvidia"],
    }


@pytest.mark.parametrize(
    ("text", "nod"),
    [
        ("thanks!", "thanks"),
        ("great, thank you so much", "thanks"),
        ("ok", "ok"),
        ("👍", "ok"),
        ("hello there", "hello"),
        ("bye", "bye"),
        ("谢谢！", "thanks"),
        ("好的", "ok"),
        ("你好", "hello"),
    ],
)
def test_what_asks_nothing_is_a_nod(text: str, nod: str) -> None:
    assert read(text).nod == nod


@pytest.mark.parametrize(
    "text", ["thanks, and what was merged yesterday?", "ok, open PRs?", "谢谢，上周合并的 PR 有哪些？"]
)
def test_a_nod_with_a_question_is_a_question(text: str) -> None:
    found = read(text)

    assert (found.nod, found.unread) == ("", ())
    assert found.query.as_dict()
