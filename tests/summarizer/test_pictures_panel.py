"""The panel: one picture of a week or a month, in words as many as the platforms take."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.discord import limits as discord
from adapters.slack import limits as slack
from adapters.slack import uploads
from summarizer.activity import activity
from summarizer.chart import alt_text, chart
from summarizer.facts import FileHeat, Timing
from summarizer.languages import codes, load
from summarizer.pictures import panel, panel_alt, pictures
from tests.references import ITEMS, WINDOWS, facts_of
from tests.summarizer.svgs import outside, overlapping, root_of, size_of, words
from tests.summarizer.test_pictures import HOSTILE, WEEK, week


@pytest.mark.parametrize("lang", codes())
def test_a_days_panel_is_its_activity(lang: str) -> None:
    facts, language = facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), load(lang)

    assert panel(facts, language) == (
        chart(activity(facts), language),
        alt_text(activity(facts), language),
    )


@pytest.mark.parametrize("lang", codes())
def test_a_weeks_panel_has_every_picture_below_its_activity(lang: str) -> None:
    language = load(lang)
    svg, alt = panel(week(), language)
    shown = words(svg)
    titles = [language.text(f"chart.titles.{name}") for name in ("topics", "timing", "files")]

    assert [text for text in shown if text in titles] == titles
    assert any("2026-W13" in text for text in shown)
    assert {"33", "12", "23", "vllm/v1/worker/part_0.py"} <= set(shown)
    assert alt == panel_alt(week(), language)
    assert all(part in alt for part in ("AMD/ROCm", "33", "23", "part_0.py 12"))
    assert outside(svg) == []
    assert overlapping(svg) == []


@pytest.mark.parametrize("lang", codes())
def test_a_panel_has_only_what_has_something_to_show(lang: str) -> None:
    language = load(lang)
    facts = week(now={}, then=None, ledgers={}, timing=Timing(), baseline_timing=None)
    shown = words(panel(facts, language)[0])

    assert language.text("chart.titles.files") in shown
    assert not {language.text("chart.titles.topics"), language.text("chart.titles.timing")} & set(shown)
    nothing = replace(facts, files=())
    assert panel(nothing, language)[0] == chart(activity(nothing), language)


@pytest.mark.parametrize("lang", codes())
def test_the_words_of_a_panel_fit_into_what_platforms_take(lang: str) -> None:
    long = "vllm/model_executor/layers/" * 20
    facts = week(
        repo="o" * 39 + "/" + "n" * 100, files=tuple(FileHeat(f"{long}{n}.py", 3) for n in range(10))
    )
    most = min(discord.ALT, slack.ALT, uploads.ALT)

    for shown in (week(), facts, replace(facts, window=replace(WEEK, until=WEEK.until + timedelta(days=24)))):
        alt = panel_alt(shown, load(lang))
        assert len(alt) <= most
        assert "AMD/ROCm" in alt
        assert not alt.endswith("…")


def test_a_panel_is_read_on_a_phone() -> None:
    svg, _ = panel(week(), load("en"))
    wide, high = size_of(svg)
    smallest = min(float(size) for size in re.findall(r'font-size="([0-9.]+)"', svg))

    assert wide <= 640
    assert high <= 2.2 * wide
    assert smallest * 390 / wide >= 8


@pytest.mark.parametrize("lang", codes())
def test_a_month_without_anything_has_a_panel_that_says_so(lang: str) -> None:
    nothing = replace(facts_of((), WINDOWS["19:59:30-20:59"]), window=WEEK)
    svg, alt = panel(nothing, load(lang))

    assert load(lang).text("chart.empty") in words(svg)
    assert alt == pictures(nothing, load(lang))[0].alt


def test_hostile_names_do_not_break_out_of_the_panel() -> None:
    svg, alt = panel(week(repo=HOSTILE, files=(FileHeat(HOSTILE, 2),)), load("en"))

    assert "<script" not in svg
    assert not set("\x00\x07\ufffe\u202e") & set(svg + alt)
    root_of(svg)
