"""Follow-ups change what they name in the query before them, and nothing else."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from bot.grammar.commands import Question
from summarizer.questions.query import Query
from tests.bot.questions.asking import READER, query, read

BEFORE = "AMD PRs merged this week"
LAST = {"kind": "pull_request", "events": ["merged"], "topics": ["amd"], "window": "week this"}


def _changed(changed: dict[str, Any]) -> dict[str, Any]:
    """LAST with what is changed; a field that is None goes."""
    return {name: value for name, value in {**LAST, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("and last week?", {"window": "week last"}),
        ("what about NVIDIA?", {"topics": ["nvidia"]}),
        ("NVIDIA?", {"topics": ["nvidia"]}),
        ("and NVIDIA?", {"topics": ["amd", "nvidia"]}),
        ("also quantization", {"topics": ["amd", "quantization"]}),
        ("just issues", {"kind": "issue", "events": None}),
        ("only the open ones", {"states": ["open"], "events": None}),
        ("and closed?", {"events": ["closed"]}),
        ("by mgoin", {"people": ["author:mgoin"]}),
        ("how many?", {"form": "count"}),
        ("who?", {"form": "who"}),
        ("per week", {"form": "trend", "step": "week", "window": "last 8w"}),
        ("sort by most discussed", {"order": "discussed"}),
        ("show me the newest", {"order": "newest"}),
        ("top 3", {"order": "discussed", "limit": 3}),
        ("without bots", {"filters": ["-is:bot"]}),
        ("labelled bug", {"labels": ["bug"]}),
        ("since Tuesday", {"window": "tue.."}),
        ("about LoRA", {"words": ["lora"]}),
        ("那上周呢？", {"window": "week last"}),
        ("那 NVIDIA 呢？", {"topics": ["nvidia"]}),
        ("还有量化", {"topics": ["amd", "quantization"]}),
        ("只看 issue", {"kind": "issue", "events": None}),
        ("只看关闭的", {"events": ["closed"]}),
        ("有多少？", {"form": "count"}),
        ("去掉机器人", {"filters": ["-is:bot"]}),
        ("前三个", {"order": "discussed", "limit": 3}),
    ],
)
def test_a_follow_up_changes_what_it_names(text: str, changed: dict[str, Any]) -> None:
    found = read(text, after=BEFORE)

    assert found.refines
    assert (found.query.as_dict(), found.unread) == (_changed(changed), ())


def test_what_is_left_out_is_added_to_what_was() -> None:
    before = read("PRs merged this week without bots").query
    found = read("and without docs", after="PRs merged this week without bots").query

    assert [one.values for one in found.filters] == [*(one.values for one in before.filters), ("docs",)]


def test_both_sides_of_a_comparison_change() -> None:
    assert query("and last week?", after="AMD vs NVIDIA PRs this week") == {
        "kind": "pull_request",
        "topics": ["amd"],
        "window": "week last",
        "form": "compare",
        "against": {"kind": "pull_request", "topics": ["nvidia"], "window": "week last"},
    }


@pytest.mark.parametrize(
    "text",
    [
        "issues closed yesterday",
        "any AMD issues last month?",
        "NVIDIA PRs",
        "#26701",
        "what about #26701?",
        "what was merged yesterday?",
        "上周合并的 PR",
        "asdfgh",
    ],
)
def test_a_question_of_its_own_forgets_the_last_one(text: str) -> None:
    found = read(text, after=BEFORE)

    assert not found.refines
    assert found.query == READER.read(Question(text)).query


def test_every_field_that_is_not_named_stays() -> None:
    before = (
        "top 5 largest open AMD PRs by mgoin labelled bug touching docs/"
        ' about "a b" with LoRA without bots this week'
    )
    last = read(before).query
    found = read("and last week?", after=before).query

    kept = [field.name for field in fields(Query) if getattr(found, field.name) != getattr(last, field.name)]
    assert kept == ["window"]


def test_a_nod_after_a_question_is_a_nod() -> None:
    assert read("thanks!", after=BEFORE).nod == "thanks"


@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("vs last week", {"window": "week last"}),
        ("compared to NVIDIA?", {"topics": ["nvidia"]}),
        ("和上周对比", {"window": "week last"}),
    ],
)
def test_a_follow_up_may_compare_with_the_last_query(text: str, against: dict[str, Any]) -> None:
    found = read(text, after=BEFORE)

    assert (found.query.as_dict(), found.unread) == (
        {**LAST, "form": "compare", "against": {**LAST, **against}},
        (),
    )


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("which of them are open?", {"states": ["open"], "events": None}),
        ("are any of those reviewed?", {"events": ["reviewed"], "form": "yes_no"}),
        ("limit it to 3", {"limit": 3}),
        ("其中有多少", {"form": "count"}),
    ],
)
def test_they_are_what_was_found_before(text: str, changed: dict[str, Any]) -> None:
    assert query(text, after=BEFORE) == _changed(changed)


def test_it_is_the_item_of_the_last_question() -> None:
    assert query("is it merged?", after="#26701") == {
        "numbers": [26701],
        "states": ["merged"],
        "form": "yes_no",
    }
    assert query("who wrote it?", after="#26701") == {"numbers": [26701], "form": "who"}


def test_what_was_merged_is_no_longer_open() -> None:
    assert query("and merged?", after="open AMD PRs") == {
        "kind": "pull_request",
        "topics": ["amd"],
        "events": ["merged"],
    }
