"""The chart over weeks, of a repository and of a topic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.languages import codes, load
from summarizer.pictures import weeks, weeks_alt
from summarizer.plot import Shape
from tests.summarizer.svgs import marks, outside, overlapping, root_of, words

if TYPE_CHECKING:
    from collections.abc import Mapping

SHAPES: tuple[Shape, ...] = get_args(Shape)
MONDAY = datetime(2026, 1, 4, 16, tzinfo=UTC)
TZ = "Asia/Shanghai"
OF_REPO = ("prs_opened", "prs_merged", "issues_opened", "issues_closed")
OF_TOPIC = ("about", "tagged")


def told(*counts: Mapping[str, int]) -> list[tuple[datetime, Mapping[str, int]]]:
    return [(MONDAY + timedelta(days=7 * place), each) for place, each in enumerate(counts)]


TOPIC = told({"about": 4, "tagged": 1}, {"about": 8}, {"about": 2, "tagged": 3})


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", codes())
def test_bars_of_weeks_are_to_scale(lang: str, shape: Shape) -> None:
    svg = weeks(TOPIC, OF_TOPIC, load(lang), tz=TZ, shape=shape)
    # a gap of one stands between parts
    about = [float(bar.get("height", "")) + 1 for bar in marks(svg, "about")]

    assert [high / about[0] for high in about] == pytest.approx([1, 2, 0.5], abs=0.02)
    assert len(marks(svg, "tagged")) == 2
    assert {"5", "8"} <= set(words(svg))
    assert root_of(svg).get("role") == "img"


def test_what_is_done_hangs_below_what_is_opened() -> None:
    svg = weeks(told(dict.fromkeys(OF_REPO, 5)), OF_REPO, load("en"), tz=TZ, shape="wide")
    tops = {kind: float(marks(svg, kind)[0].get("y", "")) for kind in OF_REPO}

    assert tops["issues_opened"] < tops["prs_opened"] < tops["prs_merged"] < tops["issues_closed"]


def test_weeks_that_are_not_over_are_paler_and_said_to_be() -> None:
    svg = weeks(TOPIC, OF_TOPIC, load("en"), tz=TZ, shape="wide", partial=frozenset({2}))

    assert svg.count('opacity="0.5"') == 1
    assert any("the week is not over or not all known" in text for text in words(svg))


def test_weeks_are_told_in_words() -> None:
    assert weeks_alt(TOPIC, OF_TOPIC, load("en"), tz=TZ) == (
        "Weeks from Jan 5, 2026 to Jan 19, 2026, in all: items about the topic 14; items indirectly related 4. "
        "Most in the week from Jan 12, 2026 (8)."
    )
    assert weeks_alt(TOPIC, OF_TOPIC, load("zh"), tz=TZ) == (
        "2026年1月5日 至 2026年1月19日 各周，合计：直接相关的条目 14；间接相关的条目 4。"
        "最多的是 2026年1月12日 起的一周（8）。"
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", codes())
def test_weeks_without_anything_say_so(lang: str, shape: Shape) -> None:
    for nothing in (told(), told({}, {"about": 0})):
        assert load(lang).text("chart.weeks.empty") in words(
            weeks(nothing, OF_TOPIC, load(lang), tz=TZ, shape=shape)
        )
        assert weeks_alt(nothing, OF_TOPIC, load(lang), tz=TZ)


counts = st.integers(0, 20_000)


@settings(max_examples=20)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", codes())
@given(
    rows=st.lists(st.tuples(counts, counts, counts, counts, counts), max_size=14),
    tz=st.sampled_from(["UTC", "Asia/Shanghai", "America/Argentina/ComodRivadavia"]),
)
def test_all_words_are_inside_and_apart(
    lang: str, shape: Shape, rows: list[tuple[int, int, int, int, int]], tz: str
) -> None:
    series = (*OF_REPO, "comments")
    shown = told(*(dict(zip(series, row, strict=True)) for row in rows))
    svg = weeks(shown, series, load(lang), tz=tz, shape=shape, partial=frozenset({len(rows) - 1}))

    assert outside(svg) == []
    assert overlapping(svg) == []
