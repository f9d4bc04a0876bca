"""A report's sentences before a mirror: what it contradicts, what it cannot judge, and how that is told."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from summarizer import languages
from summarizer.render import render
from summarizer.reports import Check, Holding, check, read_report, telling
from summarizer.topics import load_topics
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

if TYPE_CHECKING:
    from summarizer.items import Item

TOPICS = load_topics().topics
MIRROR = {item.number: item for item in ITEMS}


@cache
def digest(lang: str) -> str:
    return render(digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), lang), "md", languages.load(lang))


def checked(text: str, *, items: tuple[Item, ...] = ITEMS, reasons: tuple[str, ...] = ()) -> Check:
    return check(read_report(text), TOPICS, Holding(items, {item.number: item for item in items}, reasons))


def with_line(words: str, lang: str = "en") -> str:
    """A digest with a line of words in its first section."""
    return re.sub(r"(\n### [^\n]*\n)", rf"\g<1>{words}\n\n", digest(lang), count=1)


def told(text: str, lang: str = "en") -> str:
    return telling.as_text(checked(text), "report.md", languages.load(lang))


def found(text: str) -> set[str]:
    return {each.key for each in checked(text).findings}


def without_comments(number: int, total: int | None) -> tuple[Item, ...]:
    """The items, one of them without its comments. total: how many it is known to have."""
    return tuple(
        replace(item, comments=(), comments_total=total) if item.number == number else item for item in ITEMS
    )


@pytest.mark.parametrize("lang", languages.codes())
def test_the_reports_own_list_tells_whose_pull_requests_they_are_where_the_mirror_has_gaps(lang: str) -> None:
    few = tuple(replace(item, events=item.events[:0]) for item in ITEMS)
    assert checked(digest(lang), items=few, reasons=("items",)).wrong == ()
    assert checked(digest(lang), items=(), reasons=("items",)).wrong == ()


def test_a_login_is_no_part_of_another_words() -> None:
    judged = with_line("`bigPYJ1151` approved #30384.")
    assert {"person", "role"} & found(judged)
    # whom the first sentence is about it does not say; that "1" stands beside a number later on changes nothing
    assert not {"person", "role"} & found(with_line("`bigPYJ1151` approved it. #30384 has 1 fix."))


def test_a_quotation_in_somebody_elses_mouth_is_doubtful() -> None:
    said = "It is not. The Arm image was pushed to the x86 repository by mistake"
    assert "quotation" not in found(with_line(f"#30062: `bigPYJ1151`: “{said}”"))
    assert "quotation" in found(with_line(f"#30062: `aditew01`: “{said}”"))
    assert "quotation" in found(with_line(f"#30062 `aditew01`（作者）：“{said}”", "zh"))


def test_words_are_not_judged_where_comments_are_missing() -> None:
    text = with_line("#30062 needs “a build on another machine”, `other_flag` and 77 runs.")
    assert {"quotation", "name", "figure"} <= found(text)
    for total in (None, 9):
        items = without_comments(30062, total)
        assert not {"quotation", "name", "figure"} & {
            each.key for each in checked(text, items=items).findings
        }


@pytest.mark.parametrize(
    "words",
    [
        "#30385 builds on PyTorch 2.0.",
        "#30383 is about the `vllm benchmark` tool.",
        "#30387 lists its `CUDA Devices`.",
    ],
)
def test_versions_of_other_things_and_plain_words_are_no_doubt(words: str) -> None:
    items = tuple(replace(item, comments_total=len(item.comments)) for item in ITEMS)
    assert checked(with_line(words), items=items).findings == ()


def test_a_time_of_no_item_is_told_without_numbers() -> None:
    for lang, line in (
        ("en", "The median time to a first response was 53 minutes."),
        ("zh", "首次回复的中位时间为 53 分钟。"),
    ):
        text = told(with_line(line, lang), lang)
        assert " ." not in text
        assert "None" not in text
    assert "53 minutes is no such time" in told(
        with_line("The median time to a first response was 53 minutes.")
    )


def test_a_figure_in_brackets_is_told_whole() -> None:
    [finding] = [
        each
        for each in checked(with_line("#30062 评论数量最多（13）。", "zh")).findings
        if each.key == "figure"
    ]
    assert str(finding.values["said"]).count("（") == str(finding.values["said"]).count("）")


def test_a_denied_topic_is_told_without_a_gap() -> None:
    text = told(with_line("本周期无 AMD/ROCm 相关更新。", "zh"), "zh")
    assert re.search(r"报告否认有\S[^，]*动态", text)
    assert " 动态，" not in text


@pytest.mark.parametrize(("n", "words"), [(1, "1 of the 15 numbers is"), (2, "2 of the 15 numbers are")])
def test_one_number_is_told_in_the_singular(n: int, words: str) -> None:
    assert words in languages.load("en").text("report.notes.unknown", n=n, total=15)
    assert words in languages.load("en").text("report.notes.not_in_mirror", n=n, total=15)
