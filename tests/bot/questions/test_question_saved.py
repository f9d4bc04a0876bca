"""Queries are kept as JSON and come back as they were."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.questions import saved
from summarizer.filters import FILTER_KEYS, Filter, FilterKey
from summarizer.questions.query import written
from tests.bot.questions.asking import read


@pytest.mark.parametrize(
    "text",
    [
        "AMD vs NVIDIA PRs merged since Tuesday without bots by mgoin",
        "top 3 issues about KV cache before v0.11 labelled bug",
        'PRs with "a b" touching docs/ yesterday afternoon',
        "每周合并多少 PR",
        "上周二等我审查的 PR",
        'open PRs -label:"good first issue",bug topic:amd',
    ],
)
def test_a_query_comes_back_from_json(text: str) -> None:
    query = read(text).query

    assert saved.load(json.loads(json.dumps(saved.dump(query)))) == query


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-topic:ci", Filter("topic", ("ci",), negated=True)),
        ("label:bug,rocm", Filter("label", ("bug", "rocm"))),
        ('label:"good first issue",bug', Filter("label", ("good first issue", "bug"))),
        ('-label:"a,b"', Filter("label", ("a,b",), negated=True)),
    ],
)
def test_filters_as_they_are_written(text: str, expected: Filter) -> None:
    assert saved.parse_filter(text) == expected


@pytest.mark.parametrize("text", ["", "topic", "topic:", "unicorn:1", "topic:,", 'label:"a', "+topic:ci"])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        saved.parse_filter(text)


@pytest.mark.parametrize(
    "told",
    [
        {"unicorn": 1},
        {"window": "soon"},
        {"filters": ["odd"]},
        {"kind": "odd"},
        {"people": ["odd"]},
        {"against": 1},
        {"against": "x"},
        {"against": {"against": {}}},
        {"topics": 7},
        {"topics": "amd"},
        {"topics": [7]},
        {"numbers": ["7"]},
        {"numbers": [True]},
        {"numbers": [0]},
        {"limit": "3"},
        {"limit": -1},
        {"window": 7},
        {"repo": ["a/b"]},
        {"form": ["list"]},
        {"people": [7]},
        {"filters": [7]},
    ],
)
def test_what_is_none_of_ours_is_refused(told: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        saved.load(told)


@given(
    st.sampled_from(FILTER_KEYS),
    st.lists(st.text(min_size=1) | st.text(alphabet='a ,"\\\n', min_size=1), min_size=1, max_size=4),
    st.booleans(),
)
def test_any_filter_is_read_back_as_it_was_written(key: FilterKey, values: list[str], negated: bool) -> None:
    one = Filter(key, tuple(values), negated)

    assert saved.parse_filter(written(one)) == one
