"""Cards: few things in large words, whatever a repository is called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from summarizer.facts import Counts
from summarizer.languages import codes, load
from summarizer.pictures import card, front_card
from summarizer.pictures.cards import HEIGHT, WIDTH
from tests.references import ITEMS, WINDOWS, digest_of, facts_of
from tests.summarizer.svgs import outside, overlapping, root_of, size_of, words
from tests.summarizer.test_pictures import HOSTILE, week

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.windows import Edition

COUNTS = Counts(issues_opened=41, issues_closed=32, prs_opened=1_264, prs_merged=199)
LONGEST = "W" * 39 + "/" + "W" * 100


def weekly(lang: str, **of_facts: object) -> Digest:
    facts = replace(week(), counts=COUNTS, **of_facts)  # type: ignore[arg-type]
    return replace(digest_of(facts_of((), WINDOWS["19:59:30-20:59"]), lang), edition="weekly", facts=facts)


@pytest.mark.parametrize("lang", codes())
def test_a_card_tells_of_what_when_and_how_much(lang: str) -> None:
    svg = card(weekly(lang), load(lang))
    shown = words(svg)

    assert size_of(svg) == (WIDTH, HEIGHT) == (1200, 630)
    assert {"vllm-project/vllm", "199", "1,264", "41", "32", load(lang).text("chart.card.weekly")} <= set(
        shown
    )
    assert any("13" in text and "03-23" in text for text in shown)
    assert any("AMD/ROCm" in text and "33" in text for text in shown)
    assert outside(svg) == []
    assert overlapping(svg) == []


@pytest.mark.parametrize("lang", codes())
def test_a_card_of_some_hours_tells_them(lang: str) -> None:
    svg = card(digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), lang), load(lang))

    assert "2025-12-10 · 19:59–20:59" in words(svg)
    assert root_of(svg).findall(".//{*}rect[@rx='3']")


@pytest.mark.parametrize("lang", codes())
def test_a_card_of_a_quiet_window_says_so(lang: str) -> None:
    svg = card(digest_of(facts_of((), WINDOWS["19:59:30-20:59"]), lang), load(lang))

    assert load(lang).text("chart.card.nothing") in words(svg)
    assert not root_of(svg).findall(".//{*}rect[@rx='3']")


def test_a_card_of_a_release_has_its_tag() -> None:
    digest = replace(weekly("en"), edition="release", title="vLLM release report · v0.11.0")

    assert "vLLM release report · v0.11.0" in words(card(digest, load("en")))


@pytest.mark.parametrize("lang", codes())
def test_a_front_card_tells_of_the_newest_digest(lang: str) -> None:
    svg = front_card(
        "vllm-project/vllm",
        load(lang),
        title="vLLM 2026-W13",
        counts={"prs_opened": 30, "prs_merged": 25, "comments": 70},
        strip=[4, 0, 8],
    )
    high = [float(bar.get("height", "")) for bar in root_of(svg).findall(".//{*}rect[@rx='3']")]

    assert {"vllm-project/vllm", "30", "25"} <= set(words(svg))
    assert "70" not in words(svg)
    assert any("vLLM 2026-W13" in text for text in words(svg))
    assert high == pytest.approx([high[1] / 2, high[1]], abs=0.1)


@pytest.mark.parametrize("lang", codes())
def test_a_front_card_without_digests_says_so(lang: str) -> None:
    assert load(lang).text("chart.card.none") in words(front_card("a/b", load(lang)))


@pytest.mark.parametrize("edition", ["daily", "weekly", "monthly", "release"])
@pytest.mark.parametrize("lang", codes())
def test_all_words_are_inside_whatever_they_are(lang: str, edition: Edition) -> None:
    counts = Counts(issues_opened=4_123_456, issues_closed=3_123_456, prs_opened=9_123_456, prs_merged=10**7)
    digest = weekly(lang)
    long = replace(
        digest, title="W" * 300, edition=edition, facts=replace(digest.facts, repo=LONGEST, counts=counts)
    )
    front = front_card(LONGEST, load(lang), title="W" * 300, counts={"prs_merged": 10**9}, strip=[10**9] * 30)

    for svg in (card(long, load(lang)), front, front_card(LONGEST, load(lang))):
        assert outside(svg) == []
        assert overlapping(svg) == []


def test_names_do_not_break_out_of_a_card() -> None:
    for svg in (
        card(replace(weekly("en", repo=HOSTILE), title=HOSTILE, edition="release"), load("en")),
        front_card(HOSTILE, load("en"), title=HOSTILE),
    ):
        assert "<script" not in svg
        assert not set("\x00\x07\ufffe\u202e") & set(svg)
        root_of(svg)
