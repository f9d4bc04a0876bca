"""Queries are kept as JSON and come back as they were."""

from __future__ import annotations

import json

import pytest

from bot.questions import saved
from summarizer.filters import Filter
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
    ],
)
def test_what_is_none_of_ours_is_refused(told: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        saved.load(told)
