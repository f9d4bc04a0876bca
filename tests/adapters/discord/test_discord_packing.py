"""Blocks of Markdown in texts of so many characters: nothing is lost, nothing is broken."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.outline.spans import Span
from adapters.discord.markdown import block_of_code, characters, code, escaped, inline, link
from adapters.discord.packing import pack
from tests.adapters.discord.discord_reader import Read, read
from tests.adapters.discord.hostile_words import hostile

URL = "https://github.com/vllm-project/vllm/pull/30384"
LEAST = 150
"""Characters that any link of these tests fits into."""


def words(text: str) -> str:
    return "".join(text.split())


def seen_in(texts: list[str]) -> list[Read]:
    return [read(text) for text in texts]


pieces = st.one_of(
    hostile.map(escaped),
    hostile.map(code),
    hostile.map(lambda text: link(escaped(text[:20]), URL) if escaped(text[:20]) else ""),
    hostile.map(lambda text: inline((Span(text, bold=True),))),
    st.sampled_from(["A sentence. ", "and so on ", "补丁修复了问题。", "x" * 70, "<t:1785153600:f>"]),
)
lines = st.lists(pieces, min_size=1, max_size=12).map(" ".join)
blocks = st.one_of(
    lines,
    lines.map(lambda line: f"## {line}"),
    lines.map(lambda line: f"> {line}"),
    lines.map(lambda line: f"-# {line}"),
    st.lists(lines, min_size=1, max_size=4).map(lambda each: "\n".join(f"- {line}" for line in each)),
    st.lists(hostile, max_size=8).map(lambda each: block_of_code("\n".join(each))),
)


@settings(deadline=None)
@given(given_blocks=st.lists(blocks, max_size=5), budget=st.integers(LEAST, 600))
def test_texts_fit_and_show_all_that_the_blocks_show(given_blocks: list[str], budget: int) -> None:
    packed = pack(given_blocks, budget=budget)

    seen, before = seen_in(packed), seen_in(given_blocks)
    assert all(0 < characters(text) <= budget for text in packed)
    assert words("".join(each.text for each in seen)) == words("".join(each.text for each in before))
    assert [url for each in seen for url in each.links] == [url for each in before for url in each.links]
    assert all(each.is_harmless for each in seen)
    for style in ("bold", "code", "block", "link", "token"):
        assert words("".join(text for each in seen for text in each.styled(style))) == words(
            "".join(text for each in before for text in each.styled(style))
        )


@settings(deadline=None, max_examples=30)
@given(given_blocks=st.lists(blocks, max_size=5))
def test_blocks_that_fit_are_one_text(given_blocks: list[str]) -> None:
    packed = pack(given_blocks, budget=100_000)

    assert len(packed) == any(block.strip() for block in given_blocks)


def test_an_empty_line_stands_between_blocks_but_not_around_lists_and_headings() -> None:
    packed = pack(["# Title", "One.", "- a\n- b", "Two.", "Three."], budget=2_000)

    assert packed == ["# Title\nOne.\n- a\n- b\n\nTwo.\n\nThree."]


def test_a_heading_goes_with_what_it_is_the_heading_of() -> None:
    packed = pack(["x" * 60, "## Fixes", "y" * 60], budget=100)

    assert packed == ["x" * 60, "## Fixes\n" + "y" * 60]


def test_a_long_list_is_cut_between_its_items_and_fills_what_is_left() -> None:
    items = [f"- {letter * 40}" for letter in "abcdef"]

    packed = pack(["An introduction.", "\n".join(items)], budget=130)

    assert packed == ["An introduction.\n" + "\n".join(items[:2]), "\n".join(items[2:5]), items[5]]


def test_a_list_that_fits_into_a_text_of_its_own_fills_one_of_which_half_is_left() -> None:
    items = "\n".join(f"- item {place}" for place in range(10))

    assert pack(["first", items], budget=len(items) + 5) == [
        f"first\n{items}".removesuffix("\n- item 9"),
        "- item 9",
    ]
    assert pack(["long" * 15, items], budget=len(items) + 5) == ["long" * 15, items]


def test_a_long_paragraph_is_cut_between_sentences_then_words() -> None:
    sentences = "One is short. " + "Two goes on and on. " * 3 + "Three is the last."

    assert pack([sentences], budget=70) == [
        "One is short. Two goes on and on. Two goes on and on.",
        "Two goes on and on. Three is the last.",
    ]
    assert pack(["some words without any end"], budget=12) == ["some words", "without any", "end"]


def test_chinese_is_cut_behind_a_full_stop() -> None:
    assert pack(["修复了第一个问题。修复了第二个问题。"], budget=12) == [
        "修复了第一个问题。",
        "修复了第二个问题。",
    ]


@pytest.mark.parametrize("rest", ["- x", "# x", "> x", "1. x", "+ x"])
def test_the_rest_of_a_cut_line_begins_no_block(rest: str) -> None:
    packed = pack([f"It is long. {rest} and more"], budget=20)

    seen = seen_in(packed)
    assert all(not run.styles for each in seen for run in each.runs)
    assert words("".join(each.text for each in seen)) == words(f"It is long. {rest} and more")


def test_bold_that_is_cut_is_closed_and_opened_again() -> None:
    assert pack(["**one two three four** five"], budget=16) == ["**one two**", "**three four**", "five"]


def test_a_quote_that_is_cut_stays_one() -> None:
    assert pack(["> one two three four"], budget=12) == ["> one two", "> three four"]


def test_code_that_is_cut_is_a_block_each() -> None:
    packed = pack([block_of_code("one\ntwo\n" + "x" * 30)], budget=28)

    assert packed == ["```\none\ntwo\n```", f"```\n{'x' * 20}\n```", f"```\n{'x' * 10}\n```"]


def test_what_cannot_be_cut_is_cut_all_the_same() -> None:
    packed = pack(["x" * 25], budget=10)

    assert [re.sub("x+", "x", text) for text in packed] == ["x"] * len(packed)
    assert "".join(packed) == "x" * 25


def test_nothing_is_packed_into_nothing() -> None:
    assert pack(["", " \n"], budget=10) == []
