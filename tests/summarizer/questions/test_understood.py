"""The grey line shows how a question was read, every field of it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from summarizer.filters import Filter
from summarizer.languages import load
from summarizer.questions import ME, Part, Query
from summarizer.questions.times import Times
from summarizer.questions.understood import understood
from summarizer.questions.wording import Wording
from tests.summarizer.questions.scenes import BEGINS, LAST_WEEK, NOW, RULES, TZ, WEEK, Named, before

if TYPE_CHECKING:
    from summarizer.windows import Window

WHOLE = Query(
    repo="vllm-project/vllm",
    kind="pull_request",
    events=("merged",),
    states=("open",),
    window=WEEK,
    topics=("amd",),
    labels=("rocm",),
    people=(Part("author", "mgoin"),),
    organisations=("amd",),
    paths=("vllm/attention",),
    numbers=(26701,),
    words=("kv", "hang|freeze"),
    phrases=("KV cache",),
    filters=(Filter("is", ("bot",), negated=True),),
    order="newest",
    limit=5,
    form="compare",
    step="week",
)
OTHERS: dict[str, tuple[Any, ...]] = {
    "repo": ("vllm-project/llm-compressor",),
    "kind": ("issue", None),
    "events": (("opened",), ("opened", "merged"), ("closed",), ("reopened",), ("discussed",), ("reviewed",)),
    "states": (("open", "stale"), ("draft",), ("waiting",), ("closed",), ("merged",)),
    "window": (LAST_WEEK, None),
    "topics": (("nvidia",), ("amd", "nvidia")),
    "labels": (("bug",), ("rocm", "bug")),
    "people": ((Part("reviewer", "mgoin"),), (Part("author", ME),), (Part("author", "hmellor"),)),
    "organisations": (("nvidia",),),
    "paths": (("docs/",),),
    "numbers": ((26701, 30062),),
    "words": (("kv",), ("kv", "hang")),
    "phrases": (("kv-cache",),),
    "filters": ((Filter("is", ("bot",)),), (Filter("topic", ("ci",), negated=True),)),
    "order": ("oldest", "updated", "discussed", "largest"),
    "limit": (6,),
    "form": ("list", "count", "yes_no", "who", "explain", "trend"),
    "step": ("day", "month"),
}


def wording(lang: str) -> Wording:
    return Wording(load(lang), RULES, Times(load(lang), TZ, NOW))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def line(query: Query, lang: str = "en", mirror_from: datetime | None = BEGINS) -> str:
    def window(of: Query | None) -> Window | None:
        return of.window.resolve(now=NOW, synced_until=NOW, tz=TZ) if of is not None and of.window else None

    shown = wording(lang)
    return understood(
        query, shown, window=window(query), against=window(query.against), mirror_from=mirror_from
    )


@pytest.mark.parametrize(
    ("lang", "shown"),
    [
        ("en", "PRs · AMD/ROCm · merged · Mon 8 Dec to now (UTC+8)"),
        ("zh", "PR · AMD/ROCm 生态 · 合并 · 12月8日周一 至今 (UTC+8)"),
    ],
)
def test_a_query_reads_as_people_would_say_it(lang: str, shown: str) -> None:
    assert line(Query(kind="pull_request", topics=("amd",), events=("merged",), window=WEEK), lang) == shown


def test_a_window_without_an_event_means_any_activity() -> None:
    assert line(Query(window=WEEK)) == "issues and PRs · with any activity · Mon 8 Dec to now (UTC+8)"


def test_without_a_window_the_line_says_since_when_there_is_data() -> None:
    assert line(Query(kind="issue")) == "issues · at any time since Mon 1 Sep 08:00 (UTC+8)"
    assert line(Query(kind="issue"), mirror_from=None) == "issues · at any time"


def test_every_field_is_tried() -> None:
    assert {field.name for field in fields(Query)} == {*OTHERS, "against"}


def tried(name: str) -> list[Query]:
    """WHOLE, and the same with each other value of a field, and with the field unset."""
    unset: Any = getattr(Query(), name)
    values: set[Any] = {unset, getattr(WHOLE, name), *OTHERS[name]}
    return [replace(WHOLE, **{name: value}) for value in values]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", OTHERS)
def test_no_field_of_a_query_can_change_unseen(name: str, lang: str) -> None:
    assert len({line(each, lang) for each in tried(name)}) == len(tried(name))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", OTHERS)
def test_no_field_of_a_comparisons_other_side_can_change_unseen(name: str, lang: str) -> None:
    assert len({line(replace(WHOLE, against=each), lang) for each in tried(name)}) == len(tried(name))


def test_a_comparison_shows_what_differs_and_the_zone_once() -> None:
    amd = Query(kind="pull_request", topics=("amd",), window=WEEK)
    shown = line(replace(amd, form="compare", against=replace(amd, topics=("nvidia",))))

    assert shown == "PRs · AMD/ROCm · with any activity · comparison · Mon 8 Dec to now ↔ NVIDIA/CUDA (UTC+8)"


def test_a_person_is_named_and_not_pinged() -> None:
    assert (
        line(Query(people=(Part("author", "mgoin"),)), mirror_from=None)
        == "issues and PRs · by `mgoin` · at any time"
    )
    assert "by you" in line(Query(people=(Part("author", ME),)))


@pytest.mark.parametrize(
    ("since", "until", "shown"),
    [
        (utc("2025-12-08T16"), utc("2025-12-09T16"), "Tue 9 Dec"),
        (utc("2025-11-30T16"), utc("2025-12-07T16"), "Mon 1 Dec to Sun 7 Dec"),
        (utc("2025-12-10T09:53"), utc("2025-12-10T10:53"), "Wed 10 Dec 17:53 to 18:53"),
        (utc("2024-12-31T16"), utc("2025-01-01T16"), "Wed 1 Jan"),
        (utc("2023-12-31T16"), utc("2024-12-31T16"), "Mon 1 Jan 2024 to Tue 31 Dec 2024"),
        (before(2), None, "Mon 8 Dec 20:59 to now"),
    ],
)
def test_a_span_is_told_in_days_where_it_is_made_of_days(
    since: datetime, until: datetime | None, shown: str
) -> None:
    query = Query(window=Named("somehow", since, until))

    assert line(query) == f"issues and PRs · with any activity · {shown} (UTC+8)"


def test_a_release_window_names_the_release() -> None:
    query = Query(window=Named("release v0.11", before(20), before(3)))
    assert "· for `v0.11`: Thu 20 Nov 20:59 to Sun 7 Dec 20:59 (UTC+8)" in line(query)

    query = Query(window=Named("since v0.11", before(20)))
    assert "· `v0.11` 发布以来：11月20日周四 20:59 至今 (UTC+8)" in line(query, "zh")


def test_a_window_nobody_has_resolved_yet_shows_as_it_is_written() -> None:
    assert understood(Query(window=WEEK), wording("en")) == "issues and PRs · with any activity · `week this`"
