"""Lines of sub-commands: what somebody filled in is parsed to what they meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.discord.commands import COMMANDS
from adapters.discord.quoting import cleaned
from adapters.discord.typed import line_of
from bot.grammar import parse
from bot.grammar.commands import (
    Command,
    ItemRef,
    Question,
    WhyCommand,
    WindowCommand,
    WordCommand,
)
from bot.grammar.expressions import Date, Day, Duration, Last, Month, Range, RelativeDay, Release, Week
from bot.grammar.normalize import normalize
from bot.grammar.tokens import split_values, tokenize, unquote
from summarizer.errors import BadInput
from summarizer.filters import Filter

if TYPE_CHECKING:
    from collections.abc import Mapping

TOPICS: Final = ("amd", "rocm", "quantization")
HOSTILE: Final = (
    "x lang:zh", '" lang:zh "', '"x" lang:zh', "x\nlang:zh", "x,y", '"a,b"', "-ci", "--lang zh", "—lang=zh",
    "quiet-if-empty", "无则不发", "语言：zh", "today", "why #5", "“x” lang:zh", "<http://a.b|", "|x>", "<#12|",
    'a\\" lang:zh', "\\", '"', "..", "8~20", "8 .. 20", "2025-12-10 lang:zh", "5 topic:amd", "🙂 ok", "a" * 80,
    "‮abc", "\ud800", "x\x00y", "!", "。", "#5", "<@1> hi", "@octocat lang:zh", "forget", "ask", "help",
)  # fmt: skip

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.text(alphabet=" \"\\'abc:,-lang=zh#<>|。!~.0159“”—\n", max_size=30),
    st.lists(st.sampled_from(HOSTILE), max_size=3).map(" ".join),
)
solid = texts.filter(lambda text: cleaned(text) != "")
"""Texts that are more than spaces."""


def meant(line: str) -> Command | Question:
    return parse(line, surface="slash", conversation=False, topics=TOPICS)


def outcome(name: str, values: Mapping[str, str]) -> Command | Question | BadInput:
    """What the values mean, or what is told of them."""
    try:
        return meant(line_of(name, values, topics=TOPICS))
    except BadInput as error:
        return error


def window(name: str, values: Mapping[str, str]) -> object:
    command = meant(line_of(name, values))
    assert isinstance(command, WindowCommand)
    return command.window


# --- windows ---


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("today", {}, RelativeDay("today")),
        ("yesterday", {}, RelativeDay("yesterday")),
        ("week", {}, Week("this")),
        ("week", {"which": "last"}, Week("last")),
        ("week", {"which": "上周"}, Week("last")),
        ("week", {"which": "2026-W13"}, Week("numbered", 2026, 13)),
        ("week", {"which": "2026年第13周"}, Week("numbered", 2026, 13)),
        ("month", {}, Month("this")),
        ("month", {"which": "last month"}, Month("last")),
        ("month", {"which": "2026-03"}, Month("numbered", 2026, 3)),
        ("month", {"which": "2026年3月"}, Month("numbered", 2026, 3)),
        ("last", {"duration": "6h"}, Last(Duration(6, "h"))),
        ("last", {"duration": "3 Days"}, Last(Duration(3, "d"))),
        ("last", {"duration": "２w"}, Last(Duration(2, "w"))),
        ("last", {"duration": "三天"}, Last(Duration(3, "d"))),
        ("last", {"duration": "最近6小时"}, Last(Duration(6, "h"))),
        ("date", {"when": "2025-12-10"}, Day(Date(2025, 12, 10))),
        ("date", {"when": "12月8日"}, Day(Date(None, 12, 8))),
        ("date", {"when": "yesterday"}, RelativeDay("yesterday")),
        ("date", {"when": "昨天"}, RelativeDay("yesterday")),
        ("date", {"when": "2026-W13"}, Week("numbered", 2026, 13)),
        ("release", {}, Release("latest")),
        ("release", {"tag": "最新"}, Release("latest")),
        ("release", {"tag": "v0.11.0"}, Release("v0.11.0")),
        ("release", {"tag": "v0.10.0 .. v0.11.0"}, Release("v0.11.0", "v0.10.0")),
        ("release", {"tag": "v0.10.0~v0.11.0"}, Release("v0.11.0", "v0.10.0")),
    ],
)
def test_a_window_is_the_one_that_was_chosen(name: str, values: Mapping[str, str], expected: object) -> None:
    assert window(name, values) == expected


@pytest.mark.parametrize(
    "when",
    [
        "2025-12-08..2025-12-10",
        "2025-12-08 .. 2025-12-10",
        "2025-12-08～2025-12-10",
        "2025-12-08 ~ 2025-12-10",
        "2025年12月8日到2025年12月10日",
        "2025-12-10T17:53..18:53",
        "2025-12-10 17:53～18:53",
        "17:53..18:53",
        "2025-12-08..",
        "12月8日到现在",
        "2026-03-23T00:00+08:00..2026-03-29T16:00Z",
    ],
)
def test_a_range_is_taken_as_the_grammar_takes_it(when: str) -> None:
    bare = meant(when)
    assert isinstance(bare, WindowCommand)

    found = window("date", {"when": when})

    assert isinstance(found, Range)
    assert found == bare.window


@given(
    st.sampled_from(["week", "month", "last", "date", "release"]),
    st.one_of(
        texts,
        st.text(alphabet="0123456789-:.~TZW+v年月日号到至现在十二hdw now今天昨", max_size=16),
        st.from_regex(r"[0-9]{1,4}年?(一|十|1)月[0-9]{0,2}日?(到|至|\.\.)?(现在|10日)?", fullmatch=True),
    ),
)
@example("date", "十二月八日到十日")
@example("date", "年年")
@example("date", "2025-12-10 why")
@example("release", "notes")
@example("last", "week")
def test_a_window_is_never_a_question_nor_another_command(name: str, text: str) -> None:
    key = {"week": "which", "month": "which", "last": "duration", "date": "when", "release": "tag"}[name]

    command = outcome(name, {key: text, "lang": "zh"})

    if isinstance(command, BadInput):
        return
    assert isinstance(command, WindowCommand)
    assert (command.options.lang, command.options.filters) == ("zh", ())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("week", {"which": "next"}),
        ("month", {"which": "March"}),
        ("last", {"duration": "a while"}),
        ("date", {"when": "next tuesday"}),
        ("date", {"when": " "}),
        ("release", {"tag": "notes"}),
        ("why", {"item": "it"}),
        ("iam", {"login": "not a login"}),
        ("help", {"about": "you"}),
        ("topic", {"key": "amd", "action": "add", "item": "octocat"}),
        ("topic", {"key": "unknown", "action": "add", "item": "#5"}),
        ("topic", {"key": "amd", "action": "drop", "item": "#5"}),
    ],
)
def test_what_cannot_be_is_refused_and_asks_no_model(name: str, values: Mapping[str, str]) -> None:
    with pytest.raises(BadInput):
        line_of(name, values, topics=TOPICS)


# --- options ---


@given(
    st.sampled_from(["today", "week", "last", "date", "release"]),
    st.dictionaries(st.sampled_from(["label", "author", "path"]), solid, max_size=3),
    st.sampled_from([{}, {"tz": "Europe/Berlin", "in": "me"}, {"lang": "zh", "format": "text", "is": "pr"}]),
)
def test_filters_are_the_ones_that_were_filled_in(
    name: str, filters: dict[str, str], others: dict[str, str]
) -> None:
    needed = {"last": {"duration": "6h"}, "date": {"when": "2025-12-10"}}.get(name, {})
    expected = [_filter(key, filters[key]) for key in ("label", "author", "path") if key in filters]

    command = outcome(name, {**needed, **filters, **others})

    if isinstance(command, BadInput):
        assert command.key == "option.no_value"
        assert any(not each.values for each in expected)
        return
    assert isinstance(command, WindowCommand)
    assert [each for each in command.options.filters if each.key != "is"] == expected
    options = command.options
    assert (options.tz, options.reply_in) == (others.get("tz"), others.get("in"))
    assert (options.lang, options.format) == (others.get("lang"), others.get("format"))


def _filter(key: str, text: str) -> Filter:
    """As GitHub's search has it: commas separate, quotes hold together, a dash before it all is NOT."""
    value = cleaned(text)
    wanted = value.lstrip("-").lstrip() if value.startswith("-") else value
    values = tuple(each.removeprefix("@") if key == "author" else each for each in split_values(wanted))
    return Filter(key, values, value.startswith("-"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("rocm", Filter("label", ("rocm",))),
        ("rocm, good first issue", Filter("label", ("rocm", "good first issue"))),
        ('"a,b"', Filter("label", ("a,b",))),
        ("-ci,docs", Filter("label", ("ci", "docs"), negated=True)),
        ('"-odd"', Filter("label", ("-odd",))),
        ("x lang:zh", Filter("label", ("x lang:zh",))),
        ("x\nlang:zh", Filter("label", ("x lang:zh",))),
        ('x" lang:zh "', Filter("label", ('x" lang:zh "',))),
        ("“x” lang:zh", Filter("label", ('"x" lang:zh',))),
        ("状态：bug", Filter("label", ("状态:bug",))),
        ("🙂 ok", Filter("label", ("🙂 ok",))),
    ],
)
def test_a_label_is_read_as_it_was_written(label: str, expected: Filter) -> None:
    command = meant(line_of("today", {"label": label}))

    assert isinstance(command, WindowCommand)
    assert command.options.filters == (expected,)
    assert command.options.lang is None


@given(st.sampled_from(["repo", "lang", "tz", "in", "edition", "format"]), texts)
def test_a_value_that_cannot_be_is_an_error_and_nothing_else(key: str, text: str) -> None:
    command = outcome("today", {key: text, "label": "ci"})

    if isinstance(command, BadInput):
        assert command.key.startswith(("option.", "window."))
        return
    assert isinstance(command, WindowCommand)
    assert command.options.filters == (Filter("label", ("ci",)),)


def test_all_options_of_a_digest_stand_on_one_line() -> None:
    values = {
        "topic": "amd,quantization", "repo": "vllm-project/vllm", "label": "rocm", "author": "@octocat",
        "is": "merged", "path": "csrc/*.cu", "importance": "7", "lang": "zh", "tz": "Asia/Shanghai",
        "in": "channel", "edition": "weekly", "format": "json",
    }  # fmt: skip

    command = meant(line_of("today", values))

    assert set(values) == {each.name for each in COMMANDS["today"].options}
    assert str(command) == (
        "today repo:vllm-project/vllm lang:zh tz:Asia/Shanghai in:channel edition:weekly format:json "
        "label:rocm topic:amd,quantization author:octocat path:csrc/*.cu is:merged importance:7"
    )


# --- questions ---


@given(solid)
@example("what does lang:zh do?")
@example("today")
@example("why #5")
@example('"lang:zh" or label:"good first issue"')
@example("is --lang zh an option, or quiet-if-empty?")
def test_the_words_of_a_question_are_the_question(text: str) -> None:
    asked = outcome("ask", {"question": text, "tz": "Europe/Berlin", "in": "me"})

    if isinstance(asked, BadInput):
        assert asked.key == "command.ask_what"
        return
    assert isinstance(asked, Question)
    assert (asked.options.tz, asked.options.reply_in) == ("Europe/Berlin", "me")
    assert (asked.options.lang, asked.options.repo, asked.options.filters) == (None, None, ())
    assert _bare(asked.text) == _bare(_grammars(text))


def _grammars(text: str) -> str:
    """The text in the grammar's spelling."""
    return normalize(f"ask {cleaned(text)}").text.partition(" ")[2]


def _bare(text: str) -> list[str]:
    """The words, those in quotes without them."""
    return [re.sub(r"[\"\\]", "", unquote(token.raw)) for token in tokenize(text)]


def test_a_questions_own_options_apply_to_it() -> None:
    asked = meant(line_of("ask", {"question": "any AMD PRs?", "lang": "zh", "repo": "vllm-project/vllm"}))

    assert isinstance(asked, Question)
    assert (asked.text, asked.options.lang, asked.options.repo) == ("any AMD PRs?", "zh", "vllm-project/vllm")


# --- the others ---


@pytest.mark.parametrize(
    "item",
    [
        "26701",
        "#26701",
        "＃26701",
        "vllm-project/vllm#26701",
        "https://github.com/vllm-project/vllm/pull/26701",
        "<https://github.com/vllm-project/vllm/issues/26701#issuecomment-1>",
    ],
)
def test_an_item_is_a_number_or_a_link(item: str) -> None:
    command = meant(line_of("why", {"item": item, "not": "true", "topic": "amd"}))

    repo = "vllm-project/vllm" if "/" in item else None
    assert isinstance(command, WhyCommand)
    assert (command.item, command.negated) == (ItemRef(26701, repo), True)
    assert command.options.filters == (Filter("topic", ("amd",)),)


@given(
    st.sampled_from(
        [("why", "item"), ("iam", "login"), ("help", "about"), ("topic", "item"), ("sync", "since")]
    ),
    texts,
)
@example(("help", "about"), "amd")
@example(("why", "item"), 'https://h/o/r/pull/5#="x')
def test_a_word_command_stays_one(which: tuple[str, str], text: str) -> None:
    name, key = which
    values = {"key": "amd", "action": "add", "topic": "rocm", key: text}

    command = outcome(name, values)

    if isinstance(command, BadInput):
        return
    assert isinstance(command, WhyCommand if name == "why" else WordCommand)
    assert isinstance(command, WhyCommand) or command.word == name
    assert (command.options.lang, command.options.repo) == (None, None)


@pytest.mark.parametrize(
    ("name", "values", "line"),
    [
        ("topics", {}, "topics"),
        ("topics", {"lang": "zh"}, "topics lang:zh"),
        ("status", {"repo": "vllm-project/vllm"}, "status repo:vllm-project/vllm"),
        ("sync", {"since": "3d"}, "sync since:3d"),
        ("forget", {}, "forget"),
        ("help", {}, "help"),
        ("help", {"about": "Release"}, "help release"),
        ("help", {"about": "帮助"}, "help help"),
        ("iam", {"login": "@octocat"}, "iam octocat"),
        ("prefs", {"for": "me", "lang": "zh", "topic": "amd,rocm"}, "prefs lang:zh topic:amd,rocm"),
        ("topic", {"key": "AMD", "action": "add", "item": "26701"}, "topic amd add #26701"),
        (
            "topic",
            {"key": "amd", "action": "remove", "item": "@octocat", "because": 'he said "no", lang:zh'},
            'topic amd remove @octocat because:"he said \\"no\\", lang:zh"',
        ),
    ],
)
def test_a_word_command_is_the_one_that_was_chosen(name: str, values: Mapping[str, str], line: str) -> None:
    command = meant(line_of(name, values, topics=TOPICS))

    assert str(command) == line


def test_every_sub_command_has_a_line_that_is_a_command_of_that_name() -> None:
    values = {
        "duration": "6h", "when": "2025-12-10", "question": "any?", "item": "5", "key": "amd", "action": "add",
        "login": "octocat", "about": "week", "schedule": "daily 09:00", "id": "s3", "channel": "5", "topic": "amd",
        "post": "daily-2025-12-10-0123456789",
    }  # fmt: skip

    first = {name: line_of(name, values, topics=TOPICS).split()[0] for name in COMMANDS}

    assert first == {name: each.name for name, each in COMMANDS.items()}
    assert all(meant(line_of(name, values, topics=TOPICS)) for name in COMMANDS)


@given(texts)
def test_cleaning_again_changes_nothing(text: str) -> None:
    once = cleaned(text)

    assert cleaned(once) == once
    assert "\n" not in once
