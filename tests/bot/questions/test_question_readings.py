"""What people asked and were answered something else: no word of a question goes under in silence."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.grammar.commands import Question
from bot.questions.reader import Reader
from bot.questions.windows import parse_window
from tests.bot.questions.asking import RULES, query, read

LOGINS = frozenset({"mgoin", "mei-lin", "hmellor", "raj-k", "sofia-b", "zoe-q"})
LABELS = frozenset({"bug", "rocm", "ready"})
READER = Reader(RULES, lambda word: word.lower() in LOGINS, lambda word: word.lower() in LABELS)
PRS = {"kind": "pull_request"}
THIS_WEEK = {"window": "week this"}


def _asked(*lines: str) -> dict[str, Any]:
    """The query of the last of several lines, each of which may change the one before."""
    last = None
    for line in lines:
        last = READER.read(Question(line), last=last).query
    assert last is not None
    return last.as_dict()


def _unread(text: str) -> tuple[str, ...]:
    return READER.read(Question(text)).unread


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("PRs by members this week", ("members",)),
        ("PRs assigned to nobody", ("assigned to", "nobody")),
        ("PRs merged by their author", ("their", "author")),
        ("any related PRs?", ("related",)),
        ("PRs by my team", ("my", "team")),
        ("my team's PRs", ("team",)),
        ("team members PRs", ("team members",)),
        ("how long do PRs take to merge", ("how long", "take to merge")),
        ("PRs without reviews", ("without reviews",)),
        ("PRs nobody reviewed", ("nobody reviewed",)),
        ("merged without review", ("without review",)),
        ("smallest PR", ("smallest",)),
        ("PRs ready to merge", ("ready to merge",)),
        ("how many PRs per label", ("per label",)),
        ("PRs with 0 comments", ("0", "comments")),
        ("哪些 PR 没人看", ("没人看",)),
        ("我团队的 PR", ("团队",)),
    ],
)
def test_what_narrows_a_question_and_cannot_be_done_is_told(text: str, unread: tuple[str, ...]) -> None:
    assert _unread(text) == unread


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("open PRs merged this week", "open", "merged"),
        ("are any merged PRs still open?", "merged", "still open"),
        ("merged issues", "merged", "issues"),
        ("draft PRs merged this month", "draft", "merged"),
        ("本周合并了的未关闭 PR", "合并了", "未关闭"),
    ],
)
def test_what_excludes_one_another_is_a_problem_and_no_empty_answer(
    text: str, first: str, second: str
) -> None:
    [problem] = READER.read(Question(text)).problems

    assert (problem.key, problem.values) == ("reading.impossible", {"first": first, "second": second})


def test_what_excludes_one_another_may_be_compared() -> None:
    assert not READER.read(Question("open vs closed issues")).problems


def test_nobody_is_made_the_one_who_asks() -> None:
    for text in ("PRs by my team", "my team's PRs", "我的团队的 PR", "PRs by my colleagues"):
        assert "people" not in _asked(text), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("contributors this week", {"form": "who", **THIS_WEEK}),
        ("authors this week", {"form": "who", **THIS_WEEK}),
        ("reviewers this week", {"form": "who", "events": ["reviewed"], **THIS_WEEK}),
        ("how many authors this week?", {"form": "who", **THIS_WEEK}),
        ("top 3 contributors this month", {"form": "who", "limit": 3, "window": "month this"}),
        ("本周的贡献者", {"form": "who", **THIS_WEEK}),
    ],
)
def test_people_who_are_asked_for_are_no_count_of_items(text: str, expected: dict[str, Any]) -> None:
    assert _asked(text) == expected
    assert not _unread(text)


@pytest.mark.parametrize(
    "text", ["hey team, any PRs today?", "by the way, any PRs today?", "PRs by anyone today"]
)
def test_words_that_narrow_nothing_are_not_told(text: str) -> None:
    assert not _unread(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("PRs from March 28 to March 24", "reading.reversed"),
        ("PRs between today and yesterday", "reading.reversed"),
        ("PRs from 2025-12-10 to 2025-12-01", "reading.reversed"),
        ("PRs merged within the last 30 minutes", "reading.unknown_window"),
        ("PRs this quarter", "reading.unknown_window"),
        ("PRs in Q1", "reading.unknown_window"),
        ("PRs since 9am", "reading.unknown_window"),
        ("PRs of the week of March 23", "reading.unknown_window"),
        ("PRs in early March", "reading.unknown_window"),
        ("PRs in W49", "reading.no_year"),
        ("PRs in week 13", "reading.no_year"),
        ("半小时内的 PR", "reading.unknown_window"),
        ("本季度合并的 PR", "reading.unknown_window"),
        ("本月初的 PR", "reading.unknown_window"),
        ("第13周的 PR", "reading.no_year"),
    ],
)
def test_a_time_that_no_window_can_say_is_a_problem_and_not_this_week(text: str, key: str) -> None:
    found = READER.read(Question(text))

    assert [problem.key for problem in found.problems] == [key]
    assert found.query.window is None
    assert "2999" not in str(found.problems[0].values)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("PRs from December 28 to January 3", "*-12-28..*-01-03"),
        ("PRs after 20:00 today", "20:00..24:00"),
        ("PRs after 20:00 yesterday", "yesterdayT20:00.."),
        ("PRs since last Monday", "past mon.."),
        ("PRs last Friday", "past fri"),
        ("PRs on Friday", "fri"),
        ("PRs within 48 hours", "last 48h"),
        ("PRs within an hour", "last 1h"),
        ("PRs before 9:00 yesterday", "yesterdayT00:00..09:00"),
        ("PRs since noon", "12:00..24:00"),
        ("PRs in week 13 of 2026", "2026-W13"),
        ("2025年第49周的 PR", "2025-W49"),
        ("中午以来的 PR", "12:00..24:00"),
    ],
)
def test_times_that_can_be_said_are_read(text: str, window: str) -> None:
    assert _asked(text)["window"] == window
    assert not _unread(text)


@pytest.mark.parametrize(
    ("text", "topics", "word"),
    [
        ("deepseek PRs", ["models"], "deepseek"),
        ("Qwen3 PRs", ["models"], "qwen3"),
        ("llama or qwen issues", ["models"], "qwen"),
        ("MI300X PRs", ["amd"], "mi300x"),
        ("PRs about torch.compile", ["performance"], "torch.compile"),
        ("fp8 相关的 PR", ["quantization"], "fp8"),
    ],
)
def test_a_name_for_a_part_of_a_topic_means_that_part(text: str, topics: list[str], word: str) -> None:
    asked = _asked(text)

    assert asked["topics"] == topics
    assert any(word in each.split("|") for each in asked["words"])
    assert asked["window"] == "week this"


@pytest.mark.parametrize("text", ["ROCm PRs", "HIP PRs", "CUDA PRs", "MI300 or NVIDIA PRs", "量化的 PR"])
def test_a_name_for_all_of_a_topic_is_no_word(text: str) -> None:
    assert "words" not in _asked(text)


@pytest.mark.parametrize("text", ["PRs mentioning fp8", "PRs that mention fp8", "提到 fp8 的 PR"])
def test_what_is_mentioned_is_a_word_and_no_topic(text: str) -> None:
    assert _asked(text) == {**PRS, "words": ["fp8"]}


def test_names_for_parts_are_compared_with_one_another() -> None:
    asked = _asked("compare llama and qwen PRs")

    assert asked["form"] == "compare"
    assert "llama" in asked["words"][0]
    assert "qwen" in asked["against"]["words"][0]


def test_the_word_of_a_name_stays_on_its_side_of_a_comparison() -> None:
    asked = _asked("compare fp8 and MoE issues last month")

    assert "fp8" in asked["words"][0].split("|")
    assert "words" not in asked["against"]


def test_a_list_of_what_is_left_out_ends_where_something_else_begins() -> None:
    text = "AMD or NVIDIA PRs, but not CI, merged last week, by anyone except bots"

    assert _asked(text) == {
        **PRS,
        "events": ["merged"],
        "window": "week last",
        "topics": ["amd", "nvidia"],
        "filters": ["-topic:ci", "-is:bot"],
    }


@pytest.mark.parametrize("text", ["PRs by `mei-lin`", 'PRs by "mei-lin"'])
def test_a_login_in_quotes_is_somebody_after_by(text: str) -> None:
    assert _asked(text) == {**PRS, **THIS_WEEK, "people": ["author:mei-lin"]}


def test_quoted_text_stays_what_is_looked_for() -> None:
    assert _asked("issues mentioning `mei-lin`") == {"kind": "issue", "phrases": ["mei-lin"]}


@pytest.mark.parametrize("text", ["PRs by mei-li", "mei-li's PRs", "PRs by mgoin and mei-li"])
def test_a_login_that_nobody_bears_is_a_problem(text: str) -> None:
    found = READER.read(Question(text))

    assert [(problem.key, problem.values) for problem in found.problems] == [
        ("reading.unknown_login", {"login": "mei-li"})
    ]
    assert found.unread == ("mei-li",)


def test_who_is_called_with_a_sign_or_is_a_bot_needs_not_be_known() -> None:
    assert _asked("PRs by @octo-cat")["people"] == ["author:octo-cat"]
    assert _asked("PRs by dependabot[bot]")["people"] == ["author:dependabot[bot]"]


def test_labels_joined_by_and_must_all_hold() -> None:
    assert _asked("PRs labelled rocm and ready")["filters"] == ["label:rocm", "label:ready"]
    assert _asked("PRs labelled rocm or ready")["labels"] == ["rocm", "ready"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("drafts", {"states": ["open", "draft"]}),
        ("草稿 PR", {**PRS, "states": ["open", "draft"]}),
        ("longest open PR", {**PRS, "states": ["open"], "order": "oldest", "limit": 1}),
        ("is hmellor active?", {**THIS_WEEK, "people": ["involved:hmellor"], "form": "yes_no"}),
        ("largest PR last week", {**PRS, "window": "week last", "order": "largest", "limit": 1}),
        ("largest PRs last week", {**PRS, "window": "week last", "order": "largest"}),
        ("most discussed issue this week", {"kind": "issue", **THIS_WEEK, "order": "discussed", "limit": 1}),
        ("最大的 PR", {**PRS, **THIS_WEEK, "order": "largest"}),
        ("bug fix PRs last week", {**PRS, "window": "week last", "words": ["bug", "fix"]}),
        ("bug PRs", {**PRS, "words": ["bug"]}),
        ("bugs this week", {"kind": "issue", **THIS_WEEK}),
        ("PRs mgoin got merged", {**PRS, "events": ["merged"], **THIS_WEEK, "people": ["author:mgoin"]}),
        (
            "how many PRs did mgoin get merged last week",
            {**PRS, "events": ["merged"], "window": "week last", "people": ["author:mgoin"], "form": "count"},
        ),
        ("what did mgoin merge", {"events": ["merged"], **THIS_WEEK, "people": ["merger:mgoin"]}),
    ],
)
def test_what_was_read_as_something_else(text: str, expected: dict[str, Any]) -> None:
    assert _asked(text) == expected
    assert not _unread(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("is 29287 merged?", {"states": ["merged"], "numbers": [29287], "form": "yes_no"}),
        ("26701 merged?", {"states": ["merged"], "numbers": [26701], "form": "yes_no"}),
        ("why was 30062 merged", {"numbers": [30062], "form": "explain"}),
        ("is 38107 about AMD?", {"topics": ["amd"], "numbers": [38107], "form": "yes_no"}),
        ("explain 29001", {"numbers": [29001], "form": "explain"}),
    ],
)
def test_a_bare_number_that_is_asked_about_is_an_item(text: str, expected: dict[str, Any]) -> None:
    assert _asked(text) == expected


def test_a_year_and_a_count_are_no_items() -> None:
    assert "numbers" not in _asked("was 2025 busy?")
    assert "numbers" not in _asked("are 3000 PRs merged?")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("not merged",), {"filters": ["is:unmerged"]}),
        (("unmerged",), {"filters": ["is:unmerged"]}),
        (("unmerged", "merged"), {"events": ["merged"]}),
        (("open ones",), {"states": ["open"]}),
        (("which are still open?",), {"states": ["open"]}),
        (("without drafts", "only drafts"), {"states": ["open", "draft"]}),
        (("without CI", "what about CI?"), {"events": ["merged"], "topics": ["ci"]}),
        (("what about issues?",), {"kind": "issue"}),
        (("also issues",), {"kind": None, "events": ["merged"]}),
        (("only those about attention",), {"events": ["merged"], "filters": ["topic:attention"]}),
        (("what about attention?",), {"events": ["merged"], "topics": ["attention"]}),
        (("by mei-lin", "what about raj-k?"), {"events": ["merged"], "people": ["author:raj-k"]}),
        (
            ("by mei-lin", "and sofia-b?"),
            {"events": ["merged"], "people": ["author:mei-lin", "author:sofia-b"]},
        ),
        (("by mei-lin", "那 zoe-q 呢？"), {"events": ["merged"], "people": ["author:zoe-q"]}),
        (("newest first", "top 1"), {"events": ["merged"], "order": "newest", "limit": 1}),
        (("show all",), {"events": ["merged"], "limit": 50}),
        (("更多",), {"events": ["merged"], "limit": 50}),
        (("还有吗",), {"events": ["merged"], "limit": 50}),
    ],
)
def test_what_is_said_now_replaces_what_it_contradicts(
    lines: tuple[str, ...], expected: dict[str, Any]
) -> None:
    whole = {**PRS, **THIS_WEEK, "topics": ["amd"], **expected}

    assert _asked("AMD PRs merged this week", *lines) == {
        name: value for name, value in whole.items() if value is not None
    }


@pytest.mark.parametrize("line", ["as a list", "list them"])
def test_what_was_counted_is_listed_when_it_is_asked_for(line: str) -> None:
    assert "form" not in _asked("how many AMD PRs this week", line)


@pytest.mark.parametrize(
    "line", ["explain the first one", "tell me more about the second one", "the second one", "第一个讲了什么"]
)
def test_the_first_of_what_was_shown_is_told_and_not_looked_for(line: str) -> None:
    last = READER.read(Question("AMD PRs")).query
    found = READER.read(Question(line), last=last)

    assert found.unread
    assert not found.query.words
    assert not found.query.limit


def test_the_name_of_the_last_topic_goes_with_it() -> None:
    assert "words" not in _asked("MI300 PRs", "what about NVIDIA?")
    assert "words" not in _asked("MI300 PRs", "also quantization")
    assert "qwen" in _asked("llama PRs", "also qwen")["words"][0].split("|")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("内存泄漏", {"words": ["memory", "leak"]}),
        ("卡死", {"words": ["hang"]}),
        ("有没有人报内存泄漏", {"words": ["memory", "leak"], "form": "yes_no"}),
        ("显存不够的问题", {"words": ["oom|memory"]}),
        ("我这周提的 PR", {**PRS, "events": ["opened"], **THIS_WEEK, "people": ["author:@me"]}),
        ("谁提的 issue 最多", {"kind": "issue", "events": ["opened"], **THIS_WEEK, "form": "who"}),
        ("mei-lin 这周提了哪些 PR", {**PRS, "events": ["opened"], **THIS_WEEK, "people": ["author:mei-lin"]}),
        ("被拒绝的 PR", {**PRS, "events": ["closed"], **THIS_WEEK, "filters": ["is:unmerged"]}),
        ("#29290 什么时候关的", {"numbers": [29290], "form": "explain"}),
        ("最近三天有啥动静", {"window": "last 3d"}),
        ("今日速递", {"window": "today"}),
    ],
)
def test_chinese_terms_and_turns_are_read_without_leftovers(text: str, expected: dict[str, Any]) -> None:
    assert _asked(text) == expected
    assert not _unread(text)


def test_a_chinese_term_that_is_denied_is_never_looked_for() -> None:
    assert "words" not in _asked("没有报错的 PR")


@pytest.mark.parametrize(
    "text", ["who are you", "what can you do?", "help me", "你能做什么", "你是谁", "帮帮我"]
)
def test_who_asks_what_can_be_asked_is_told(text: str) -> None:
    assert READER.read(Question(text)).nod == "hello"


def test_help_with_something_is_a_question() -> None:
    assert query("help me find AMD PRs")["topics"] == ["amd"]
    assert not read("help me find AMD PRs").nod


def test_last_monday_is_never_today() -> None:
    monday = datetime(2026, 3, 16, 12, tzinfo=UTC)
    window = parse_window("past mon").resolve(now=monday, synced_until=monday, tz="UTC")

    assert (window.since, window.until) == (
        datetime(2026, 3, 9, tzinfo=UTC),
        datetime(2026, 3, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "text", ["没有改动 docs/ 的 PR", "未改动 docs/ 的 PR", "不涉及 docs/ 的 PR", "PRs not touching docs/"]
)
def test_a_path_that_is_denied_is_left_out(text: str) -> None:
    assert _asked(text) == {**PRS, **THIS_WEEK, "filters": ["-path:docs/"]}
