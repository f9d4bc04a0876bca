"""Whatever is asked and found: an answer in both languages that keeps its form and denies nothing it did not see."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from summarizer.facts import Notice
from summarizer.filters import Filter
from summarizer.items import Coverage, Seen
from summarizer.languages import load
from summarizer.questions import ME, Part, Query
from summarizer.questions.answerform import as_object, schema
from summarizer.questions.composing import compose
from summarizer.questions.query import Form, Order, QueryEvent, QueryState, Role, TrendStep
from summarizer.questions.telling import as_markdown, as_text
from tests.summarizer.questions.scenes import (
    BEGINS,
    COMPLETE,
    ITEMS,
    LAST_WEEK,
    RULES,
    TZ,
    WEEK,
    Named,
    before,
    find,
)

if TYPE_CHECKING:
    from summarizer.questions import Found

VALIDATOR = Draft202012Validator(schema())
NAMES = (
    "today", "yesterday", "week this", "week last", "month this", "month last", "year this", "year last", "last 1h",
    "last 48h", "last 1d", "last 3d", "last 1w", "last 4w", "2025-W49", "2025-11", "*-11", "2025", "release v0.11",
    "release v0.10..v0.11", "release latest", "release last", "since v0.11", "before v0.11", "before tue", "tue..",
    "2 days ago", "00:00..12:00", "2025-12-08..2025-12-09",
)  # fmt: skip


def some(values: tuple[str, ...], most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


windows = st.none() | st.builds(
    lambda name, days, length: Named(name, before(days), None if length is None else before(days - length)),
    st.sampled_from(NAMES),
    st.sampled_from([0.01, 1, 2.874305555555556, 30, 200]),
    st.none() | st.sampled_from([0.005, 0.01]),
)
queries = st.builds(
    Query,
    kind=st.sampled_from([None, "issue", "pull_request"]),
    events=some(get_args(QueryEvent)),
    states=some(get_args(QueryState), 1),
    window=windows | st.sampled_from([WEEK, LAST_WEEK]),
    topics=some(("amd", "nvidia", "nobody-knows")),
    labels=some(("rocm", "RFC"), 1),
    people=some(get_args(Role), 2).flatmap(
        lambda roles: st.tuples(
            *(st.builds(Part, st.just(role), st.sampled_from(["mgoin", ME])) for role in roles)
        )
    ),
    organisations=some(("amd", "nobody-knows"), 1),
    paths=some(("quantization", "docs/"), 1),
    numbers=st.lists(st.sampled_from([26701, 30062, 99, 5]), max_size=4, unique=True).map(tuple),
    words=some(("kv", "cache|buffer", "zebra")),
    phrases=some(("KV cache",), 1),
    filters=st.sampled_from([(), (Filter("is", ("bot",), negated=True),)]),
    order=st.sampled_from([None, *get_args(Order)]),
    limit=st.none() | st.integers(1, 30),
    form=st.sampled_from(get_args(Form)),
    step=st.sampled_from([None, *get_args(TrendStep)]),
)
coverages = st.just(COMPLETE) | st.builds(
    Coverage,
    st.builds(Seen, st.none() | st.just(200), st.integers(0, 200)),
    st.builds(Seen, st.none() | st.just(9), st.just(8)),
    some(("items", "comments", "old_comments", "threads", "stale", "imported", "sample", "some_new_reason")),
)


@st.composite
def looks(draw: st.DrawFn) -> Found:
    """What any query finds, over any data; a comparison with another side now and then."""
    query = draw(queries)
    if query.form == "compare" and draw(st.booleans()):
        query = replace(query, against=replace(draw(queries), form="list", against=None))
    found = find(query)
    found = replace(
        found,
        coverage=draw(coverages),
        searched=draw(st.integers(0, 3) | st.just(178)),
        untold=draw(st.sampled_from([0, 0, 1, 7])),
        mirror_from=draw(st.sampled_from([None, BEGINS, before(1)])),
        synced_until=draw(st.sampled_from([None, found.now, before(2)])),
        warnings=draw(st.sampled_from([(), (Notice("retold"),)])),
    )
    if draw(st.booleans()):  # of many matches only the first ones' items are at hand
        found = replace(found, items=dict(list(found.items.items())[:1]))
    if not found.matches:
        found = replace(found, outside=draw(st.sampled_from([None, 0, 1, 12])))
        if draw(st.booleans()):
            found = replace(found, near=(30387, 5), items={**found.items, 30387: ITEMS[30387]})
    return found


@given(looks(), st.booleans(), st.sampled_from([(), ("window",)]), st.sampled_from([(), ("blorp",)]))
@settings(max_examples=60, deadline=None)
def test_any_answer_keeps_its_form(
    found: Found, in_conversation: bool, assumed: tuple[str, ...], unread: tuple[str, ...]
) -> None:
    for lang in ("en", "zh"):
        language = load(lang)
        shown = compose(
            found,
            language,
            rules=RULES,
            tz=TZ,
            in_conversation=in_conversation,
            assumed=assumed,
            unread=unread,
        )
        VALIDATOR.validate(as_object(shown))
        page, text = as_markdown(shown, language), as_text(shown, language)
        assert shown.first.strip()
        for told in (page, text, *shown.notes):
            assert not re.search(
                r"\{\w*\}|None|  +\S|\(\)|（）| [，。；！]", re.sub(r"(?m)^\S.*  .*$|^[-| ].*$", "", told)
            )
        if lang == "zh":
            words = re.sub(r"`[^`]*`|“[^”]*”", "", shown.first + shown.understood)
            assert not re.search(r"\b(?:the|was|were|with|since)\b", words)


@given(looks())
@settings(max_examples=100, deadline=None)
def test_none_is_denied_of_complete_data_alone(found: Found) -> None:
    shown = compose(found, load("en"), rules=RULES)
    denies = (
        shown.first.startswith("No:") or "were looked at" in shown.first or "was looked at" in shown.first
    )
    by_standing = found.query.form == "yes_no" and found.query.states and 0 < len(found.query.numbers) <= 3

    if denies and not by_standing:
        assert not found.matches
        assert as_object(shown)["complete"]
