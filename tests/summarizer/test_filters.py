"""Filters: what passes, what is refused, and what is said of it."""

from __future__ import annotations

import pytest

from summarizer import languages
from summarizer.errors import BadInput
from summarizer.filters import Filter, FilterKey, FilterSummary, check_filters, select, summarize
from summarizer.items import Item
from summarizer.topics import Ledger, Topic
from tests.builders import event, item

ITEMS = {
    each.number: each
    for each in (
        item(1, kind="issue", labels=("rocm", "CI"), author="alice", events=(event("opened", 1),)),
        item(
            2,
            labels=("amd",),
            author="dependabot[bot]",
            is_bot=True,
            files=("vllm/v1/x.py", "docs/a.md"),
            is_draft=True,
            events=(event("opened", 1),),
        ),
        item(3, labels=("ci",), author="Bob", files=("csrc/rocm/k.cu",), events=(event("merged", 3),)),
        item(4, author=None, events=(event("closed_unmerged", 3),)),
        item(5, kind="issue", author="carol", events=(event("closed", 3),)),
    )
}
AMD = Ledger(Topic("amd", {"en": "AMD/ROCm"}, ("rocm",), ()), (3,), (1, 2), {1: (), 2: (), 3: ()}, 5)
TPU = Ledger(Topic("tpu", {"en": "TPU"}, (), ()), (2, 4), (), {2: (), 4: ()}, 5)
LEDGERS = {"amd": AMD, "tpu": TPU}


def f(text: str) -> Filter:
    """`-label:a,b` as the grammar reads it."""
    key, _, values = text.removeprefix("-").partition(":")
    known: dict[str, FilterKey] = {
        name: name for name in ("label", "topic", "author", "path", "is", "importance")
    }
    return Filter(known[key], tuple(values.split(",")), text.startswith("-"))


def passing(*texts: str, importance: dict[int, int] | None = None) -> list[int]:
    return sorted(select(ITEMS, [f(text) for text in texts], LEDGERS, importance))


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ((), [1, 2, 3, 4, 5]),
        (("label:rocm,amd",), [1, 2]),
        (("label:ROCM",), [1]),
        (("label:roc",), []),
        (("label:rocm,amd", "-label:ci"), [2]),
        (("label:rocm", "label:ci"), [1]),
        (("-label:rocm,amd",), [3, 4, 5]),
        (("topic:amd",), [1, 2, 3]),
        (("topic:ROCm",), [1, 2, 3]),
        (("topic:amd,tpu",), [1, 2, 3, 4]),
        (("topic:amd", "topic:tpu"), [2]),
        (("-topic:amd",), [4, 5]),
        (("author:bob",), [3]),
        (("author:@Bob,alice",), [1, 3]),
        (("author:dependabot",), [2]),
        (("author:dependabot[bot]",), [2]),
        (("-author:bob",), [1, 2, 4, 5]),
        (("path:rocm",), [3]),
        (("path:V1/",), [2]),
        (("path:*.md",), [2]),
        (("path:docs/*",), [2]),
        (("path:rocm/*",), []),
        (("is:issue",), [1, 5]),
        (("is:pr",), [2, 3, 4]),
        (("is:open",), [1, 2]),
        (("is:closed",), [3, 4, 5]),
        (("is:merged",), [3]),
        (("is:unmerged",), [2, 4]),
        (("is:unmerged", "is:closed"), [4]),
        (("is:draft",), [2]),
        (("is:BOT",), [2]),
        (("-is:bot", "is:pr"), [3, 4]),
        (("label:rocm,amd", "-label:ci", "is:merged"), []),
    ],
)
def test_commas_are_or_repetition_is_and_and_minus_is_not(
    filters: tuple[str, ...], numbers: list[int]
) -> None:
    assert passing(*filters) == numbers


def test_an_importance_is_the_least_and_the_unassessed_do_not_reach_it() -> None:
    assert passing("importance:5", importance={1: 4, 2: 5, 3: 9}) == [2, 3]
    assert passing("importance:0", importance={1: 0}) == [1]


def test_where_nothing_is_assessed_yet_an_importance_limits_nothing() -> None:
    assert passing("importance:5") == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("is:green", "filter.is_unknown", "unmerged"),
        ("-is:green", "filter.is_unknown", "green"),
        ("topic:vulkan", "topics.unknown", "tpu"),
        ("importance:11", "filter.importance", "10"),
        ("importance:high", "filter.importance", "high"),
        ("importance:５", "filter.importance", "５"),
    ],
)
def test_an_unknown_value_is_refused_with_those_there_are(text: str, key: str, hint: str) -> None:
    with pytest.raises(BadInput) as raised:
        check_filters([f(text)], LEDGERS)
    assert raised.value.key == key
    for code in languages.codes():
        assert hint in languages.load(code).text(f"errors.{key}", **raised.value.values)


def test_a_topic_s_summary_counts_the_shown_by_tier() -> None:
    filters = [f("topic:rocm"), f("is:pr")]
    shown = select(ITEMS, filters, LEDGERS)
    summary = summarize(shown, filters, LEDGERS, 178)
    assert summary == FilterSummary(shown=2, total=178, topics=("amd",), about=1, tagged=1)
    english = languages.load("en").text(
        "filters.tiers", name="AMD/ROCm", shown=7, total=178, about=4, tagged=3
    )
    assert english == "AMD/ROCm: 7 of 178 (4 about, 3 tagged)"


def test_without_a_topic_there_are_no_tiers() -> None:
    assert summarize(frozenset({1}), [f("is:issue"), f("-topic:amd")], LEDGERS, 5) == FilterSummary(1, 5)


def test_an_item_about_any_of_the_topics_is_about() -> None:
    filters = [f("topic:amd,tpu")]
    summary = summarize(select(ITEMS, filters, LEDGERS), filters, LEDGERS, 5)
    assert summary == FilterSummary(4, 5, ("amd", "tpu"), 3, 1)


def test_any_item_may_be_filtered_though_little_is_known_of_it() -> None:
    bare = {9: Item(repo="a/b", number=9, kind="issue", title="", url="")}
    every = [f("label:a"), f("author:a"), f("path:a"), f("is:draft"), f("is:bot")]
    assert not any(select(bare, [each], LEDGERS) for each in every)
