"""The chart: well-formed, to scale, and in words what it is in shapes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import get_args
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.activity import SERIES, Activity, Bucket, activity
from summarizer.chart import alt_text, chart
from summarizer.facts import Listed, ListName
from summarizer.languages import codes, load
from summarizer.plot import FRAMES, Plot, Shape
from summarizer.windows import Window
from tests import generated
from tests.references import ITEMS, WINDOWS, facts_of

SVG = "{http://www.w3.org/2000/svg}"
SHAPES: tuple[Shape, ...] = get_args(Shape)
SINCE = datetime(2025, 12, 7, 16, tzinfo=UTC)

counts = st.integers(0, 5000)
buckets = st.lists(st.tuples(counts, counts, counts, counts, counts), max_size=70)


def _activity(rows: list[tuple[int, int, int, int, int]], grain_hours: int = 24) -> Activity:
    step = timedelta(hours=grain_hours)
    made = tuple(
        Bucket(
            since=SINCE + place * step,
            until=SINCE + (place + 1) * step,
            counts=dict(zip(SERIES, row[:4], strict=True)),
            comments=row[4],
            is_partial=place == len(rows) - 1,
        )
        for place, row in enumerate(rows)
    )
    window = Window(SINCE, SINCE + len(rows) * step, "Asia/Shanghai")
    return Activity("vllm-project/vllm", window, "day", made, dict.fromkeys(SERIES, 0), False, True)


def _week() -> Activity:
    rows: dict[ListName, tuple[Listed, ...]] = {
        name: tuple(Listed(1, SINCE + timedelta(hours=7 * n)) for n in range(9)) for name in SERIES
    }
    window = Window(SINCE, SINCE + timedelta(days=7), "Asia/Shanghai")
    return activity(replace(generated.facts(1), window=window, lists=rows))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", codes())
@given(rows=buckets)
def test_every_bar_stands_in_the_frame_and_to_scale(
    lang: str, shape: Shape, rows: list[tuple[int, int, int, int, int]]
) -> None:
    shown = _activity(rows)
    root = ElementTree.fromstring(chart(shown, load(lang), shape))  # noqa: S314 - ours
    frame = FRAMES[shape]
    unit = Plot(shown, frame).unit

    drawn = {
        series: [bar for bar in root.iter(f"{SVG}rect") if bar.get("class") == series] for series in SERIES
    }
    for place, series in enumerate(SERIES):
        assert len(drawn[series]) == sum(row[place] > 0 for row in rows)
        for bar, count in zip(drawn[series], [row[place] for row in rows if row[place]], strict=True):
            assert float(bar.get("height", "")) == pytest.approx(max(1, count * unit - 1), abs=0.06)
            assert frame.top - 2 <= float(bar.get("y", "")) <= frame.bottom + 2
            assert frame.left <= float(bar.get("x", "")) <= frame.right
    places = [float(label.get("x", "")) for label in root.iter(f"{SVG}text")]
    assert all(0 <= x <= frame.width for x in places)


@pytest.mark.parametrize("lang", codes())
def test_a_picture_tells_what_it_is_to_who_cannot_see_it(lang: str) -> None:
    shown = _week()
    root = ElementTree.fromstring(chart(shown, load(lang)))  # noqa: S314 - ours
    words = {element.get("id"): element.text for element in root if element.get("id")}

    assert root.get("role") == "img"
    assert root.get("lang") == lang
    assert [words[name] for name in root.get("aria-labelledby", "").split()] == [
        "vllm-project/vllm · 2025-W50",
        alt_text(shown, load(lang)),
    ]


def test_the_words_tell_the_sums_and_the_busiest_bucket() -> None:
    rows = [(3, 1, 2, 0, 4), (10, 0, 0, 1, 0), (0, 0, 0, 0, 0)]

    assert alt_text(_activity(rows), load("en")) == (
        "Activity of vllm-project/vllm, 2025-12-08 ~ 2025-12-10, per day: PRs opened 13, issues opened 1, "
        "PRs merged 2, issues closed 1. Busiest: Tue, Dec 9 (11)."
    )
    assert alt_text(_activity(rows), load("zh")) == (
        "vllm-project/vllm 在 2025-12-08 ~ 2025-12-10 的活动（每天）：新建 PR 13，新建 issue 1，合并 PR 2，"
        "关闭 issue 1。最活跃的是 12月9日 周二（11）。"
    )


def test_no_bucket_is_called_the_busiest_where_two_are() -> None:
    assert "Busiest" not in alt_text(_activity([(1, 0, 0, 0, 0), (1, 0, 0, 0, 0)]), load("en"))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_window_without_anything_is_a_calm_empty_chart(shape: Shape) -> None:
    empty = _activity([(0, 0, 0, 0, 0)] * 7)

    assert "Nothing was opened, merged or closed." in chart(empty, load("en"), shape)
    assert "in the data at hand" in chart(replace(empty, complete=False), load("en"), shape)
    assert "Nothing" in chart(_activity([]), load("en"), shape)


def test_what_limits_the_bars_is_noted() -> None:
    shown = replace(
        _activity([(1, 0, 0, 0, 0)] * 3),
        is_filtered=True,
        complete=False,
        elsewhere={**dict.fromkeys(SERIES, 0), "prs_merged": 2},
    )
    picture = chart(shown, load("en"))

    for note in ("not a whole day", "only what passes the filter", "2 more at other times", "incomplete"):
        assert note in picture


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_labels_of_the_time_axis_keep_apart(window: Window) -> None:
    hour = activity(facts_of(ITEMS, window))
    day = activity(facts_of(ITEMS, replace(window, since=window.until - timedelta(hours=24))))

    for shown in (hour, day, _week(), _activity([(1, 1, 1, 1, 1)] * 60)):
        root = ElementTree.fromstring(chart(shown, load("zh"), "narrow"))  # noqa: S314 - ours
        base = f"{FRAMES['narrow'].bottom + 24:.1f}"
        places = [float(text.get("x", "")) for text in root.iter(f"{SVG}text") if text.get("y") == base]
        assert 2 <= len(places) <= 9
        assert all(other - one >= 30 for one, other in pairwise(places))


def test_a_name_does_not_break_out_of_the_picture() -> None:
    named = replace(_week(), repo="a/<script>\"&'</svg>")
    picture = chart(named, load("en"))

    assert "<script" not in picture
    ElementTree.fromstring(picture)  # noqa: S314 - ours
