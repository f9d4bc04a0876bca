"""The pictures of a window: their figures are those of its facts, in shapes and in words, whatever names are in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.counting import build_facts
from summarizer.extract.words import span_of
from summarizer.facts import FileHeat, Tally, Timing
from summarizer.filters import Filter
from summarizer.languages import codes, load
from summarizer.pictures import NAMES, draw, pictures
from summarizer.plot import Shape
from summarizer.topics import Ledger, Topic, load_topics
from summarizer.windows import Window
from tests.references import ITEMS, WINDOWS, facts_of
from tests.summarizer.svgs import marks, outside, overlapping, root_of, words

if TYPE_CHECKING:
    from summarizer.facts import Facts

SHAPES: tuple[Shape, ...] = get_args(Shape)
MONDAY = datetime(2026, 3, 22, 16, tzinfo=UTC)
WEEK = Window(MONDAY, MONDAY + timedelta(days=7), "Asia/Shanghai")
HOUR, DAY = 3600.0, 86_400.0

NOW, THEN = {"amd": 33, "quantization": 7, "models": 12}, {"amd": 23, "models": 19, "tpu": 2}
MEMBERS = {"amd": (5, 2), "quantization": (7, 0), "models": (12, 1)}
HOSTILE = "a/<script>alert(1)</script>/\"'&]]>\x00\x07\ufffe\u202e.py"


def week(now: dict[str, int] = NOW, then: dict[str, int] | None = THEN, **more: object) -> Facts:
    """The facts of a week with these merged by topic."""
    ledgers = {
        topic.key: Ledger(
            topic,
            tuple(range(1, 1 + MEMBERS.get(topic.key, (0, 0))[0])),
            tuple(range(100, 100 + MEMBERS.get(topic.key, (0, 0))[1])),
            {},
            40,
        )
        for topic in load_topics().topics
    }
    facts = replace(
        facts_of((), WINDOWS["19:59:30-20:59"]),
        window=WEEK,
        ledgers=ledgers,
        tally=Tally({}, now),
        baseline_tally=None if then is None else Tally({}, then),
        timing=Timing(3.25 * HOUR, 2.5 * DAY),
        baseline_timing=Timing(5 * HOUR, 1.75 * DAY),
        files=tuple(FileHeat(f"vllm/v1/worker/part_{n}.py", 12 - n) for n in range(10)),
    )
    return replace(facts, **more)  # type: ignore[arg-type]


def titled(title: str) -> Topic:
    return Topic("own", {"en": title, "zh": title}, (), ())


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", codes())
def test_bars_of_topics_are_as_long_as_what_was_merged(lang: str, shape: Shape) -> None:
    svg = draw("topics", week(), load(lang), shape)
    # by what was merged now: amd, models, quantization, tpu
    now, then = ([float(bar.get("width", "")) for bar in marks(svg, kind)] for kind in ("now", "before"))

    assert [long / now[0] for long in now] == pytest.approx([1, 12 / 33, 7 / 33], abs=0.01)
    assert [long / now[0] for long in then] == pytest.approx([23 / 33, 19 / 33, 2 / 33], abs=0.01)
    assert {"33", "12", "7", "23", "19", "2"} <= set(words(svg))


@pytest.mark.parametrize("shape", SHAPES)
def test_topics_tell_all_that_moved_besides(shape: Shape) -> None:
    shown = words(draw("topics", week(), load("en"), shape))

    assert {"5 about it, 2 indirectly", "7 about it, 0 indirectly", "12 about it, 1 indirectly"} <= set(shown)


def test_topics_say_what_is_compared_in_words() -> None:
    alt = {each.name: each.alt for each in pictures(week(), load("en"))}["topics"]

    assert alt == (
        "PRs merged by topic, 2026-W13, against the period before: AMD/ROCm 33 (before: 23); "
        "Models 12 (before: 19); Quantization 7 (before: 0); TPU 0 (before: 2). All that moved, by topic: "
        "AMD/ROCm 5 about it, 2 indirectly; Models 12 about it, 1 indirectly; "
        "Quantization 7 about it, 0 indirectly; TPU 0 about it, 0 indirectly."
    )


def test_topics_are_not_compared_with_what_is_not_known() -> None:
    facts = week(then=None)
    svg = draw("topics", facts, load("en"))
    alt = {each.name: each.alt for each in pictures(facts, load("en"))}["topics"]

    assert not marks(svg, "before")
    assert any("the period before is not known" in text for text in words(svg))
    assert alt.startswith("PRs merged by topic, 2026-W13: AMD/ROCm 33; Models 12")


def test_now_and_before_differ_in_lightness_whatever_colours_one_sees() -> None:
    svg = draw("topics", week(), load("en"))
    lights = [_luminance(marks(svg, kind)[0].get("fill", "")) for kind in ("now", "before")]

    assert (max(lights) + 0.05) / (min(lights) + 0.05) >= 2


def _luminance(colour: str) -> float:
    """Relative: w3.org/TR/WCAG22, "relative luminance"."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_how_many_topics_are_not_shown_is_told() -> None:
    topics = [topic.key for topic in load_topics().topics]
    facts = week(now={key: 20 - place for place, key in enumerate(topics)})

    assert len(marks(draw("topics", facts, load("en")), "now")) == 8
    assert any(
        f"{len(topics) - 8} more are not shown" in text for text in words(draw("topics", facts, load("en")))
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", codes())
def test_times_are_written_out_and_lie_in_their_order(lang: str, shape: Shape) -> None:
    language = load(lang)
    svg = draw("timing", week(), language, shape)
    response, merge = (
        [float(dot.get("cx", "")) for dot in pair]
        for pair in zip(marks(svg, "before"), marks(svg, "now"), strict=True)
    )

    assert response[1] < response[0] < merge[0] < merge[1]
    shown = " ".join(words(svg))
    assert all(
        span_of(seconds, language) in shown for seconds in (3.25 * HOUR, 5 * HOUR, 2.5 * DAY, 1.75 * DAY)
    )


def test_a_step_of_the_scale_of_times_is_a_factor() -> None:
    places = []
    for hours in (2, 4, 8):
        facts = week(timing=Timing(hours * HOUR, 100 * DAY), baseline_timing=None)
        places.append(float(marks(draw("timing", facts, load("en")), "now")[0].get("cx", "")))

    # both scales begin at one hour
    assert places[2] - places[1] > 20


def test_times_of_what_passes_a_filter_are_not_compared() -> None:
    facts = week(passing=frozenset({1}), filters=(Filter("topic", ("amd",)),))
    svg = draw("timing", facts, load("en"))
    alt = {each.name: each.alt for each in pictures(facts, load("en"))}["timing"]

    assert not marks(svg, "before")
    assert alt == "Median times, 2026-W13: To the first response 3.2 h; From opening to merge 2.5 d."


def test_one_time_alone_is_shown_alone() -> None:
    svg = draw("timing", week(timing=Timing(None, 2 * HOUR), baseline_timing=None), load("en"))

    assert len(marks(svg, "now")) == 1
    assert "From opening to merge" in words(svg)
    assert "To the first response" not in words(svg)


@pytest.mark.parametrize("shape", SHAPES)
def test_files_have_their_paths_and_figures(shape: Shape) -> None:
    svg = draw("files", week(), load("en"), shape)
    bars = [float(bar.get("width", "")) for bar in marks(svg, "now")]

    assert [long / bars[0] for long in bars] == pytest.approx([(12 - n) / 12 for n in range(10)], abs=0.01)
    assert {f"vllm/v1/worker/part_{n}.py" for n in range(10)} | {"12", "3"} <= set(words(svg))


def test_a_long_path_keeps_its_beginning_and_its_file() -> None:
    path = (
        "vllm/model_executor/layers/quantization/compressed_tensors/schemes/" * 2
        + "compressed_tensors_w8a8.py"
    )
    [shown] = [
        text
        for text in words(draw("files", week(files=(FileHeat(path, 3),)), load("en"), "narrow"))
        if "…" in text
    ]

    assert shown.startswith("vllm/")
    assert shown.endswith("/compressed_tensors_w8a8.py")


@pytest.mark.parametrize("lang", codes())
def test_only_what_has_something_to_show_is_offered(lang: str) -> None:
    language = load(lang)
    nothing = facts_of((), WINDOWS["19:59:30-20:59"])

    assert [each.name for each in pictures(week(), language)] == list(NAMES)
    assert [each.name for each in pictures(nothing, language)] == ["activity"]
    assert all(each.title and each.alt for each in pictures(week(), language))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", codes())
def test_a_window_without_anything_is_told_calmly(lang: str, name: str, shape: Shape) -> None:
    svg = draw(name, facts_of((), WINDOWS["19:59:30-20:59"]), load(lang), shape)
    key = "chart.empty" if name == "activity" else f"chart.{name}.empty"

    assert load(lang).text(key) in words(svg)
    assert outside(svg) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", codes())
def test_a_picture_tells_what_it_is_to_who_cannot_see_it(lang: str, name: str) -> None:
    for shape in SHAPES:
        root = root_of(draw(name, week(), load(lang), shape))
        told = {element.get("id"): element.text or "" for element in root if element.get("id")}
        title, alt = (told[id_] for id_ in root.get("aria-labelledby", "").split())

        assert root.get("role") == "img"
        assert root.get("lang") == lang
        assert "vllm-project/vllm" in title
        assert alt in {each.alt for each in pictures(week(), load(lang))}


def test_no_two_pictures_of_a_page_share_an_id() -> None:
    page = "".join(draw(name, week(), load("en"), shape) for name in NAMES for shape in SHAPES)
    ids = re.findall(r' id="([^"]+)"', page)

    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", SHAPES)
def test_names_do_not_break_out_of_a_picture(shape: Shape, name: str) -> None:
    ledger = Ledger(titled(HOSTILE), (1,), (), {}, 1)
    facts = week(
        now={"own": 3}, then=None, repo=HOSTILE, ledgers={"own": ledger}, files=(FileHeat(HOSTILE, 2),)
    )
    svg = draw(name, facts, load("en"), shape)

    assert "<script" not in svg
    assert not set("\x00\x07\ufffe\u202e") & set(svg)
    root_of(svg)


names = st.text(
    st.one_of(st.sampled_from("WWW/_-. 量化模型"), st.characters(exclude_categories=["Cs"])),
    min_size=1,
    max_size=160,
)
numbers = st.integers(0, 2_000_000)
seconds = st.one_of(st.none(), st.floats(0, 4000 * DAY))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["topics", "timing", "files"])
@pytest.mark.parametrize("lang", codes())
@settings(max_examples=20)
@given(
    rows=st.lists(st.tuples(names, numbers, numbers, st.integers(0, 40_000)), max_size=12),
    times=st.tuples(seconds, seconds, seconds, seconds),
    is_compared=st.booleans(),
)
def test_all_words_are_inside_and_apart(
    lang: str,
    name: str,
    shape: Shape,
    rows: list[tuple[str, int, int, int]],
    times: tuple[float | None, float | None, float | None, float | None],
    is_compared: bool,
) -> None:
    keys = [f"own{place}" for place in range(len(rows))]
    facts = week(
        now={key: row[1] for key, row in zip(keys, rows, strict=True)},
        then={key: row[2] for key, row in zip(keys, rows, strict=True)} if is_compared else None,
        repo=rows[0][0] if rows else "a/b",
        ledgers={
            key: Ledger(titled(row[0]), tuple(range(row[3] % 9_000)), (1,), {}, 1)
            for key, row in zip(keys, rows, strict=True)
        },
        files=tuple(FileHeat(row[0], row[1]) for row in rows[:10]),
        timing=Timing(*times[:2]),
        baseline_timing=Timing(*times[2:]) if is_compared else None,
    )
    svg = draw(name, facts, load(lang), shape)

    assert outside(svg) == []
    assert overlapping(svg) == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lang", codes())
@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_all_words_of_the_activity_are_inside_and_apart(window: Window, lang: str, shape: Shape) -> None:
    facts = facts_of(ITEMS, window)
    for shown in (facts, replace(facts, repo="W" * 39 + "/" + "W" * 100, passing=frozenset({1}))):
        svg = draw("activity", shown, load(lang), shape)

        assert outside(svg) == []
        assert overlapping(svg) == []


def test_what_was_before_is_measured_as_what_is_now() -> None:
    window = WINDOWS["19:59:30-20:59"]
    facts = facts_of(ITEMS, window)
    later = Window(window.until, window.until + window.duration, window.tz)
    next_one = build_facts(
        repo=facts.repo, window=later, items=ITEMS, coverage=facts.coverage, baseline=(window, ITEMS)
    )

    assert facts.timing.merge_median_s is not None
    assert next_one.baseline_timing == facts.timing
    assert facts.baseline_timing is None
