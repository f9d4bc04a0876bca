"""A weekly digest of ours, checked: nothing is wrong in it, and what is planted in it is found by its lists."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from summarizer import extract, languages
from summarizer.items import Event, Item, Person
from summarizer.render import render
from summarizer.reports import Check, Holding, check, read_report, telling
from summarizer.reports.tallies import tables_in
from summarizer.rubric import assess_all
from summarizer.topics import load_topics
from summarizer.windows import Window
from tests.builders import item
from tests.references import digest_of, facts_of

EN, ZH = languages.load("en"), languages.load("zh")
TOPICS = load_topics().topics
MONDAY = datetime(2026, 3, 23, tzinfo=UTC)
WEEK = Window(MONDAY, MONDAY + timedelta(days=7), "UTC")
AUTHORS = ("ann", "ann", "ann", "bob", "bob", "cyd")
TITLES = (
    "[ROCm] Fix AITER attention on MI300",
    "[Bugfix] Fix the sampler of speculative decoding",
    'Revert "[Core] Reuse the block table" (#38000)',
    "[ROCm] Use hipBLASLt for FP8 linear layers",
    "[CI] Run the entrypoint tests in two jobs",
    "[Feature] Add a scheduler option",
    "[Model] Support a new vision model",
)


def _merged(place: int) -> Item:
    number, at = 38_000 + place, MONDAY + timedelta(hours=9 * place + 3, minutes=7 * place)
    author = Person(AUTHORS[place % len(AUTHORS)])
    path = "vllm/v1/core/scheduler.py" if place % 3 else "vllm/config/model.py"
    made = item(
        number,
        title=TITLES[place % len(TITLES)] if place % 14 else "[Core] Reuse the block table",
        author=author.login,
        body="It is needed because the old code fails.",
        files=(path, "vllm/envs.py"),
        events=(Event("opened", at - timedelta(days=9), author), Event("merged", at, Person("dan"))),
        merged_by="dan",
    )
    return replace(made, changed_files=2)


ITEMS = tuple(_merged(place) for place in range(1, 15))
MIRROR = {each.number: each for each in ITEMS}


@cache
def digest(lang: str) -> str:
    language = languages.load(lang)
    facts = facts_of(ITEMS, WEEK)
    sections = extract.sections(facts, language, "vLLM", ("amd",), "weekly")
    title = extract.title(facts, "weekly", language, "vLLM")
    judged = assess_all(facts)
    made = digest_of(facts, lang, edition="weekly", title=title, sections=sections, assessments=judged)
    return render(made, "md", language)


def checked(text: str, *, mirror: bool = False, reasons: tuple[str, ...] = ()) -> Check:
    return check(read_report(text), TOPICS, Holding(ITEMS, MIRROR, reasons) if mirror else None)


def under(heading: str, words: str, text: str) -> str:
    """The text with a line of words right below the heading that has those words."""
    at = text.index("\n", text.index(heading))
    return f"{text[: at + 1]}{words}\n\n{text[at + 1 :]}"


def changed(pattern: str, text: str, new: str) -> str:
    """The text with the first match's group 1 replaced."""
    match = re.search(pattern, text)
    assert match, pattern
    return text[: match.start(1)] + new + text[match.end(1) :]


def found(text: str, *, mirror: bool = False) -> set[str]:
    return {each.key for each in checked(text, mirror=mirror).findings}


@pytest.mark.parametrize("lang", languages.codes())
@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("reasons", [(), ("items",)])
def test_nothing_is_wrong_or_doubtful_in_a_weekly_digest(
    lang: str, reasons: tuple[str, ...], *, mirror: bool
) -> None:
    assert checked(digest(lang), mirror=mirror, reasons=reasons).findings == ()


PLANTED = {
    "the number of source pull requests": ("en", r"Source PRs: (\d+)", "15", "count_list"),
    "来源 PR 的数量": ("zh", r"来源 PR: (\d+)", "15", "count_list"),
    "the number of key pull requests": ("en", r"key PRs: (\d+)", "99", "keys"),
    "重点 PR 的数量": ("zh", r"重点 PR: (\d+)", "99", "keys"),
    "an author's figure in the prose": ("en", r"as author: `ann` (\d+)", "9", "contributor"),
    "正文里作者的数字": ("zh", r"最多的作者：`ann` (\d+)", "9", "contributor"),
    "an author's row of the table": ("en", r"\| `ann` \| (\d+) \|", "9", "contributor"),
    "表格里作者的数字": ("zh", r"\| `ann` \| (\d+) \|", "9", "contributor"),
    "a login of the table": ("en", r"\| `(ann)` \|", "eve", "contributor"),
    "a kind's row of the table": ("en", r"\| bug fix \| (\d+) \|", "9", "table_sum"),
    "类别表格的数字": ("zh", r"\| 缺陷修复 \| (\d+) \|", "9", "table_sum"),
    "a kind's figure in the prose": ("en", r"By kind: [^.]*bug fix (\d+)", "9", "table_differs"),
    "正文里类别的数字": ("zh", r"按类别：[^。]*缺陷修复 (\d+)", "9", "table_differs"),
    "the members of a topic": ("en", r"### 🎯[^\n]*\n(\d+) items", "9", "group"),
    "主题的项数": ("zh", r"### 🎯[^\n]*\n共 (\d+) 项", "9", "group"),
    "a risk's heading": ("en", r"1\. \*\*[^\n*]+ \((\d+)\)", "39", "group"),
    "风险小节的数字": ("zh", r"1\. \*\*[^\n*]+（(\d+) 个）", "39", "group"),
    "the day that a status tells": ("en", r"merged (03-\d\d) \d\d:\d\d\n", "03-29", "time"),
    "状态所写的日期": ("zh", r"、(03-\d\d) \d\d:\d\d 合并\n", "03-29", "time"),
}


@pytest.mark.parametrize("what", sorted(PLANTED))
def test_what_is_planted_in_a_weekly_digest_is_found_without_a_mirror(what: str) -> None:
    lang, pattern, new, key = PLANTED[what]
    text = changed(pattern, digest(lang), new)
    assert key in {each.key for each in checked(text).wrong}, what
    for language in (EN, ZH):
        assert "{" not in telling.as_text(checked(text), "report.md", language)


@pytest.mark.parametrize(
    ("lang", "words", "key"),
    [
        ("en", "No reverts this week.", "reverts"),
        ("zh", "本周没有回退。", "reverts"),
        ("en", "PR #99999 was merged.", "not_listed"),
        ("zh", "PR #99999 已合并。", "not_listed"),
        ("en", "See https://evil.example/x for more.", "link_host"),
        ("en", "See [the list](https://evil.example/x).", "link_host"),
        ("en", "See [the fix](https://github.com/vllm-project/vllm/pull/99999).", "link_unlisted"),
        ("en", "Thanks to @dan for that.", "mention"),
    ],
)
def test_what_is_added_to_a_weekly_digest_is_found_without_a_mirror(lang: str, words: str, key: str) -> None:
    heading = languages.load(lang).text("digest.period_section.risks")
    text = under(heading, words, digest(lang))
    assert key in found(text)
    for language in (EN, ZH):
        assert "{" not in telling.as_text(checked(text), "report.md", language)


@pytest.mark.parametrize(
    ("lang", "denial"), [("en", "No AMD/ROCm updates."), ("zh", "本周期无 AMD/ROCm 相关更新。")]
)
def test_a_denied_topic_is_wrong_even_where_its_members_follow(lang: str, denial: str) -> None:
    text = re.sub(r"(### 🎯[^\n]*\n)[^\n]*", rf"\g<1>{denial}", digest(lang), count=1)
    assert "topic" in {each.key for each in checked(text).wrong}


def test_a_files_row_is_held_against_the_mirror() -> None:
    text = changed(r"\| `vllm/envs\.py` \| (\d+) \|", digest("en"), "3")
    assert "file" not in found(text)
    assert "file" in {each.key for each in checked(text, mirror=True).wrong}


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize(
    "old",
    [
        "merged PRs 14",
        "| bug fix | 3 |",
        "bug fix 3, CI 2",
        "3 items are about",
        "and 6 more",
        "core path (14)",
        "[#38001]",
    ],
)
def test_a_number_without_end_breaks_nothing(old: str, digits: int) -> None:
    text = digest("en")
    assert old in text
    new = re.sub(r"\d+", "9" * digits, old, count=1)
    assert checked(text.replace(old, new), mirror=True).wrong
    for words in ("#{n} was merged.", "#38001 took {n} minutes and drew {n} comments."):
        checked(under("Executive summary", words.replace("{n}", "9" * digits), text), mirror=True)


def test_tables_are_read_by_their_titles() -> None:
    tables = list(tables_in(read_report(digest("en")).statements))
    assert [table.head[0] for table in tables] == ["kind", "topic", "file", "login"]
    assert all(table.rows for table in tables)


def test_a_mirror_that_lacks_merge_times_contradicts_nothing() -> None:
    untimed = [replace(each, events=each.events[:1], merged_at=None, closed_at=None) for each in ITEMS]
    holding = Holding((), {each.number: each for each in untimed}, ("items",))
    assert check(read_report(digest("en")), TOPICS, holding).wrong == ()


def test_a_row_on_the_day_is_right_where_only_the_day_is_known() -> None:
    def to_the_day(each: Item) -> Item:
        events = tuple(
            replace(event, at=event.at.replace(hour=0, minute=0, second=0, microsecond=0))
            for event in each.events
        )
        return replace(each, events=events, merged_at=events[-1].at, closed_at=events[-1].at)

    days = [to_the_day(each) for each in ITEMS]
    holding = Holding(tuple(days), {each.number: each for each in days})
    assert check(read_report(digest("en")), TOPICS, holding).wrong == ()

    later = [
        replace(each, events=tuple(replace(event, at=event.at + timedelta(days=1)) for event in each.events))
        for each in days
    ]
    holding = Holding(tuple(later), {each.number: each for each in later})
    assert "row_time" in {each.key for each in check(read_report(digest("en")), TOPICS, holding).wrong}
