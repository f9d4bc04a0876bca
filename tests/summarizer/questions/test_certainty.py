"""An answer is as certain as the data: what goes back further than that is no "none", no "all" and no verdict."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from summarizer.facts import Notice
from summarizer.items import Coverage, Seen
from summarizer.languages import load
from summarizer.questions import Part, Query
from summarizer.questions.answerform import as_object
from summarizer.questions.composing import compose, unanswered
from summarizer.questions.telling import as_markdown
from tests.summarizer.questions.scenes import (
    BEGINS,
    ITEMS,
    LAST_WEEK,
    NOW,
    RULES,
    TZ,
    WEEK,
    Named,
    before,
    find,
    item,
)

if TYPE_CHECKING:
    from summarizer.questions import Answer, Found

OPEN_TPU = Query(kind="pull_request", topics=("tpu",), states=("open",), form="yes_no")
OPEN_CACHE = Query(kind="issue", states=("open",), words=("kv", "cache"))
SAMPLE = Coverage(Seen(14, 14), Seen(9, 9), ("sample",))
LANGUAGES = ("en", "zh")
PARSER = MarkdownIt("commonmark", {"html": True})


def answer(found: Found, lang: str = "en", **options: Any) -> Answer:  # noqa: ANN401 - options of `compose`
    return compose(found, load(lang), rules=RULES, tz=TZ, **options)


# Without a window


@pytest.mark.parametrize(
    ("lang", "first"),
    [
        (
            "en",
            (
                "Not as far as can be seen: there is no open TPU PR among the 178 items known here; the data begins on "
                "Mon 1 Sep 08:00."
            ),
        ),
        ("zh", "目前没有看到：没有开放的 TPU PR（仅指已知的 178 个条目；数据从 9月1日周一 08:00 开始）。"),
    ],
)
def test_at_any_time_none_is_said_of_the_time_that_there_is_data_of(lang: str, first: str) -> None:
    shown = answer(find(OPEN_TPU), lang)

    assert shown.first == first
    assert shown.notes == ()
    assert as_object(shown)["complete"] is False
    assert [warning["key"] for warning in as_object(shown)["warnings"]] == ["answers.before_mirror"]


@pytest.mark.parametrize(
    ("lang", "first", "note"),
    [
        (
            "en",
            "There is at least 1 open issue that mentions “kv” and “cache”.",
            "Data is here since Mon 1 Sep 08:00: what nothing has happened to since then is missing.",
        ),
        (
            "zh",
            "至少有 1 个提到“kv”和“cache”的开放的 Issue。",
            "这里的数据从 9月1日周一 08:00 开始：此后没有动态的条目不在其中。",
        ),
    ],
)
def test_at_any_time_there_are_at_least_so_many_with_one_short_note(lang: str, first: str, note: str) -> None:
    for form in ("list", "count"):
        shown = answer(find(replace(OPEN_CACHE, form=form)), lang)

        assert (shown.first, shown.notes) == (first, (note,))
        assert as_object(shown)["complete"] is False


def test_over_a_whole_mirror_the_same_is_certain() -> None:
    none = answer(find(OPEN_TPU, mirror_from=None))
    some = answer(find(OPEN_CACHE, mirror_from=None))

    assert none.first == "No: there is no open TPU PR; all 178 items that are known here were looked at."
    assert some.first == "There is 1 open issue that mentions “kv” and “cache”."
    assert [as_object(shown)["complete"] for shown in (none, some)] == [True, True]


def test_items_that_are_here_by_their_numbers_are_here_whole() -> None:
    query = Query(numbers=(30062,), states=("merged",), form="yes_no")
    held = answer(find(query))
    unknown = answer(find(replace(query, numbers=(30062, 99))))
    deleted = answer(find(replace(query, numbers=(30062, 99)), missing={99: "deleted"}))

    assert held.first.startswith("Yes: #30062 was merged")
    assert [as_object(shown)["complete"] for shown in (held, unknown, deleted)] == [True, False, True]
    assert held.notes == ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_of_numbers_that_are_not_all_here_there_is_no_verdict(lang: str) -> None:
    query = Query(numbers=(30062, 99), states=("merged",), form="yes_no")
    shown = answer(find(query), lang)

    assert shown.first.startswith("#30062")
    assert any("#99" in note for note in shown.notes)


def test_a_comparison_is_complete_where_both_its_sides_are() -> None:
    early = Named("2025-08", before(130), before(110))
    week = Query(kind="pull_request", events=("merged",), window=WEEK, form="compare")
    shown = answer(find(replace(week, against=replace(week, form="list", window=early))))

    assert shown.first.startswith("As far as can be seen, ")
    assert as_object(shown)["complete"] is False


# What could not be judged


@pytest.mark.parametrize(
    ("lang", "told"),
    [("en", "Whether it waits for a review is not known here."), ("zh", "是否在等待评审，这里不得而知。")],
)
def test_whether_a_review_is_awaited_is_not_told_where_it_is_not_known(lang: str, told: str) -> None:
    query = Query(numbers=(30389,), states=("waiting",), form="yes_no")
    ready = {30389: replace(ITEMS[30389], is_draft=False)}
    shown = answer(find(query, ready, untold=1), lang)

    assert shown.first.startswith("#30389")
    assert shown.first.endswith(told)
    assert as_object(shown)["complete"] is False


@pytest.mark.parametrize(("lang", "no"), [("en", "No: "), ("zh", "否：")])
def test_whether_a_review_is_awaited_is_denied_where_it_is_known(lang: str, no: str) -> None:
    query = Query(numbers=(26701,), states=("waiting",), form="yes_no")

    assert answer(find(query), lang).first.startswith(f"{no}#26701")


@pytest.mark.parametrize(("untold", "verdict"), [(0, "In part: "), (1, "")])
def test_of_several_of_which_some_could_not_be_judged_there_is_no_verdict(untold: int, verdict: str) -> None:
    query = Query(numbers=(30390, 30389), states=("waiting",), form="yes_no")

    assert answer(find(query, untold=untold)).first.startswith(f"{verdict}#30390")


# Elsewhere


@pytest.mark.parametrize(("lang", "note"), [("en", "at any other time"), ("zh", "其他时间也没有")])
def test_nothing_at_other_times_is_said_of_complete_data_alone(lang: str, note: str) -> None:
    query = Query(kind="pull_request", topics=("tpu",), window=WEEK)
    data: dict[str, dict[str, Any]] = {
        "whole": {"mirror_from": None},
        "begins late": {"mirror_from": BEGINS},
        "untold": {"mirror_from": None, "untold": 1},
        "gaps": {"mirror_from": None, "coverage": Coverage(Seen(2, 1), Seen(0, 0), ("items",))},
    }
    told = {
        name: any(note in each for each in answer(find(query, outside=0, **changes), lang).notes)
        for name, changes in data.items()
    }

    assert told == {"whole": True, "begins late": False, "untold": False, "gaps": False}


# What stands below every answer


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_holds_of_the_whole_sample_is_said_once_and_last(lang: str) -> None:
    language = load(lang)
    found = find(
        Query(kind="pull_request", window=LAST_WEEK, form="compare", against=Query(window=WEEK)),
        coverage=SAMPLE,
        untold=3,
        synced_until=before(2),
        warnings=(Notice("retold"), Notice("partial"), Notice("retold")),
    )
    assert found.against is not None
    found = replace(found, against=replace(found.against, coverage=SAMPLE, warnings=(Notice("retold"),)))
    shown = answer(found, lang, in_conversation=True)

    lasting = (language.text("coverage.sample"), language.text("warnings.retold"))
    assert shown.notes[-2:] == lasting
    assert len(shown.notes) == len(set(shown.notes)) > 2
    assert [warning["text"] for warning in as_object(shown)["warnings"]][-2:] == [*lasting]


# Words that were not understood

HOSTILE = st.text(st.sampled_from("`*_[]()<>@#|\\{}\n\u202e\u200b!: ab1补-"), min_size=1, max_size=12)


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_an_example_repeats_plain_words_alone(unread: list[str]) -> None:
    for lang, begins in (("en", "To look for words"), ("zh", "要查找词语")):
        shown = unanswered(Query(), load(lang), rules=RULES, now=NOW, unread=unread)
        repeated = [note for note in shown.notes if note.startswith(begins)]
        plain = [word for word in unread if re.fullmatch(r"[ab1补]+(-[ab1补]+){0,3}", word)]

        assert bool(repeated) == bool(plain)
        assert all(" ".join(plain) in note for note in repeated)
        assert len(shown.notes[0].splitlines()) == 1
        page = as_markdown(shown, load(lang))
        parts = [child for token in PARSER.parse(page) for child in token.children or ()]
        told = {
            part.type for part in parts if part.content != "<!-- -->"
        }  # which parts what would be a mention
        assert told <= {"text", "strong_open", "strong_close", "code_inline", "text_special"}
        assert "\u202e" not in page


@given(st.lists(HOSTILE, min_size=1, max_size=9))
def test_words_that_were_left_out_show_and_do_nothing_else(unread: list[str]) -> None:
    for lang in LANGUAGES:
        shown = answer(find(OPEN_CACHE), lang, unread=unread)
        page = as_markdown(replace(shown, rows=(), notes=()), load(lang))

        parts = [child for token in PARSER.parse(page) for child in token.children or ()]
        told = {part.type for part in parts if part.content != "<!-- -->"}
        assert told <= {"text", "strong_open", "strong_close", "code_inline", "text_special"}
        assert len(page.splitlines()) == 3


def test_many_words_or_none_that_are_plain_are_no_example() -> None:
    for unread in (["a", "b", "c", "d", "e"], ["@everyone", "[x](y)"], ["x" * 41]):
        shown = unanswered(Query(), load("en"), rules=RULES, now=NOW, unread=unread)

        assert not any("To look for words" in note for note in shown.notes)


# All words and phrases, and who did it


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        (
            Query(kind="issue", phrases=("out of memory", "KV cache")),
            (
                "issues · says exactly “out of memory” and “KV cache” · at any time",
                (
                    "There is no issue that mentions “out of memory” and “KV cache”; all 178 items that are known here "
                    "were looked at."
                ),
            ),
            (
                "Issue · 原文含“out of memory”和“KV cache” · 不限时间",
                "没有提到“out of memory”和“KV cache”的 Issue；已知的 178 个条目已全部查看。",
            ),
        ),
        (
            Query(kind="issue", words=("kv", "freeze|hang"), phrases=("on gfx950",)),
            (
                "issues · mentions “kv” and (“freeze” or “hang”) · says exactly “on gfx950” · at any time",
                (
                    "There is no issue that mentions “kv”, (“freeze” or “hang”) and “on gfx950”; all 178 items that "
                    "are known here were looked at."
                ),
            ),
            (
                "Issue · 提到“kv”和（“freeze”或“hang”） · 原文含“on gfx950” · 不限时间",
                "没有提到“kv”、（“freeze”或“hang”）和“on gfx950”的 Issue；已知的 178 个条目已全部查看。",
            ),
        ),
        (
            Query(kind="pull_request", people=(Part("closer", "mgoin"),)),
            (
                "PRs · closed or reopened by `mgoin` · at any time",
                "There is 1 PR closed or reopened by `mgoin`.",
            ),
            ("PR · 由 `mgoin` 关闭或重新打开 · 不限时间", "共有 1 个由 `mgoin` 关闭或重新打开的 PR。"),
        ),
        (
            Query(events=("closed",), window=WEEK, people=(Part("closer", "mgoin"),)),
            (
                "issues and PRs · closed · closed by `mgoin` · Mon 8 Dec to now (UTC+8)",
                "1 PR was closed by `mgoin` this week.",
            ),
            (
                "Issue 与 PR · 关闭 · 由 `mgoin` 关闭 · 12月8日周一 至今 (UTC+8)",
                "本周由 `mgoin` 关闭了 1 个 PR。",
            ),
        ),
        (
            Query(
                kind="pull_request",
                people=(Part("author", "alice"), Part("author", "hmellor"), Part("requested", "mgoin")),
            ),
            (
                "PRs · by `alice` or `hmellor`, waiting for a review by `mgoin` · at any time",
                (
                    "There is no PR by `alice` or `hmellor` waiting for a review by `mgoin`; all 178 items that "
                    "are known here were looked at."
                ),
            ),
            (
                "PR · 作者 `alice` 或 `hmellor`、等待 `mgoin` 评审 · 不限时间",
                "没有作者为 `alice` 或 `hmellor`、等待 `mgoin` 评审的 PR；已知的 178 个条目已全部查看。",
            ),
        ),
    ],
)
def test_what_must_all_hold_is_joined_by_and(
    query: Query, english: tuple[str, str], chinese: tuple[str, str]
) -> None:
    found = find(query, mirror_from=None)

    for lang, expected in (("en", english), ("zh", chinese)):
        shown = answer(found, lang)
        assert (shown.understood, shown.first) == expected


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        (
            Query(kind="pull_request", events=("closed",), window=WEEK),
            "1 PR was closed without merging this week.",
            "本周关闭了 1 个未合并的 PR。",
        ),
        (Query(events=("closed",), window=WEEK), "1 PR was closed this week.", "本周关闭了 1 个 PR。"),
        (Query(states=("draft", "open")), "There is 1 draft PR.", "共有 1 个草稿 PR。"),
        (
            Query(
                kind="pull_request",
                states=("open",),
                form="compare",
                against=Query(kind="issue", states=("open",)),
            ),
            "PRs 3, issues 2: open.",
            "PR 3 个，Issue 2 个（开放的）。",
        ),
        (
            Query(
                kind="issue",
                labels=("bug",),
                states=("open",),
                form="compare",
                against=Query(kind="issue", labels=("RFC",), states=("open",)),
            ),
            "Labelled `bug` 1, labelled `RFC` 1: open issues.",
            "标签 `bug` 1 个，标签 `RFC` 1 个（开放的 Issue）。",
        ),
    ],
)
def test_what_is_asked_for_is_named_as_people_would(query: Query, english: str, chinese: str) -> None:
    found = find(query, mirror_from=None)
    if found.against is not None:
        found = replace(found, against=replace(found.against, mirror_from=None))

    assert answer(found).first == english
    assert answer(found, "zh").first == chinese


# Rows say nothing twice


def rows(found: Found, lang: str = "en") -> list[str]:
    page = as_markdown(answer(found, lang), load(lang))
    return [line.partition(" — ")[2] for line in page.splitlines() if line.startswith("- [#")]


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        (
            Query(kind="pull_request", window=WEEK),
            "by eve, opened 1 day ago; closed without merging 2 hours ago by its author",
            "作者 eve，1 天前新开；2 小时前由作者本人关闭（未合并）",
        ),
        (
            Query(kind="pull_request", window=WEEK, people=(Part("closer", "eve"), Part("author", "eve"))),
            "by eve, opened 1 day ago; closed without merging 2 hours ago by its author",
            "作者 eve，1 天前新开；2 小时前由作者本人关闭（未合并）",
        ),
        (
            Query(kind="pull_request", events=("opened",), window=WEEK, people=(Part("closer", "eve"),)),
            "closed without merging, by eve, opened 1 day ago; `eve` closed or reopened it",
            "已关闭（未合并），作者 eve，1 天前新开；由 `eve` 关闭或重新打开",
        ),
    ],
)
def test_a_row_tells_author_age_and_end_once(query: Query, english: str, chinese: str) -> None:
    own = item(
        7, "Tidy", "eve", events=[("opened", before(1), ""), ("closed_unmerged", before(hours=2), "eve")]
    )

    assert rows(find(query, {7: own})) == [english]
    assert rows(find(query, {7: own}), "zh") == [chinese]


def test_who_the_author_is_is_told_once_where_that_is_the_reason() -> None:
    [row] = rows(find(Query(kind="pull_request", organisations=("amd",), numbers=(26701,))))

    assert row == "closed without merging, opened 2 months ago; author `gronsti-amd` (AMD)"


def test_a_time_stands_apart_in_chinese() -> None:
    [row] = rows(find(Query(states=("stale",))), "zh")

    assert row.endswith("最近一次动态是 3 个月前")


@pytest.mark.parametrize(
    ("n", "english", "chinese"),
    [
        (1, "(opened; about the topic)", "（新开；直接相关）"),
        (2, "(all opened; all about the topic)", "（均为新开；均直接相关）"),
    ],
)
def test_where_all_are_the_same_no_figures_are_repeated(n: int, english: str, chinese: str) -> None:
    few = {at: item(at, "[ROCm] AITER", events=[("opened", before(hours=at), "")]) for at in range(1, n + 1)}
    found = find(Query(kind="pull_request", topics=("amd",), window=WEEK), few)

    assert answer(found).first.endswith(f" this week {english}.")
    assert answer(found, "zh").first.endswith(f"{chinese}。")
