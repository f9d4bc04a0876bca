"""Packing: whatever the blocks, every message keeps Slack's limits, and nothing is lost, moved or cut in a link."""

from __future__ import annotations

import re
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.pressed import Pressed
from adapters.slack import blocks, limits
from adapters.slack.actions import dump
from adapters.slack.elements import listed, preformatted, rich_text, section
from adapters.slack.grids import grid
from summarizer.languages import load
from tests.adapters.slack.seen_blocks import Block, links, texts, walk
from tests.servers.slack import limits as theirs
from tests.servers.slack.blocks import faults_of
from tests.servers.slack.rich_text import weight

OWN = "https://github.com/vllm-project/vllm/pull/"


@st.composite
def some_blocks(draw: st.DrawFn) -> list[Block]:
    """Blocks in which every word is another (w1, w2, …), but for the heads of tables."""
    numbers = count(1)

    def words(most: int) -> str:
        said = ""
        for _ in range(draw(st.integers(1, most))):
            said += f"w{next(numbers)}{draw(st.sampled_from([' ', ' ', '. ', '。', ', ', chr(10)]))}"
        return said

    def line(most: int) -> list[Block]:
        made: list[Block] = []
        for kind in draw(st.lists(st.sampled_from(["text", "bold", "code", "link"]), min_size=1, max_size=5)):
            if kind == "link":
                number = next(numbers)
                made.append({"type": "link", "url": f"{OWN}{number}", "text": f"w{number}"})
            else:
                style = {} if kind == "text" else {"style": {kind: True}}
                made.append({"type": "text", "text": words(most), **style})
        return made

    made: list[Block] = []
    for kind in draw(
        st.lists(st.sampled_from(["header", "context", "section", "list", "table", "divider"]), max_size=8)
    ):
        if kind == "header":
            made.append(blocks.header(f"w{next(numbers)}"))
        elif kind == "context":
            made.append(blocks.context(words(20)))
        elif kind == "divider":
            made.append(blocks.divider())
        elif kind == "section":
            made.append(rich_text([section(line(200)) for _ in range(draw(st.integers(1, 4)))]))
        elif kind == "list":
            style = draw(st.sampled_from(["bullet", "ordered"]))
            made.append(
                rich_text([listed([section(line(60)) for _ in range(draw(st.integers(1, 20)))], style=style)])
            )
        else:
            rows = [[line(8), line(3)] for _ in range(draw(st.integers(1, 150)))]
            head = [[{"type": "text", "text": name}] for name in ("name", "n")]
            made += grid([head, *rows], ["left", "right"])
    return made


def words_of(value: object) -> list[str]:
    return re.findall(r"w\d+", " ".join(texts(value)))


@given(some_blocks(), st.sampled_from([limits.PACKED, 3_000, 900]))
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost_and_every_limit_is_kept(made: list[Block], budget: int) -> None:
    packed = blocks.pack(made, budget=budget)

    assert words_of(packed) == words_of(made)
    assert links(packed) == links(made)
    for message in packed:
        assert faults_of(list(message), files={}) == []
        assert blocks.characters(message) <= budget
        assert weight(list(message)) <= theirs.ALL_BLOCKS
        assert sum(block["type"] == "table" for block in message) <= 1


def test_blocks_above_the_number_go_on_in_another_message() -> None:
    assert [len(each) for each in blocks.pack([blocks.divider()] * 120)] == [50, 50, 20]
    assert blocks.pack([]) == []


def test_a_heading_goes_with_what_it_is_the_heading_of() -> None:
    text = rich_text([section([{"type": "text", "text": "word. " * 100}])])
    packed = blocks.pack([text, blocks.header("Next"), text], budget=1_200)

    assert [[each["type"] for each in message] for message in packed] == [
        ["rich_text"],
        ["header", "rich_text"],
    ]


def test_an_item_that_goes_on_takes_no_second_number() -> None:
    items = [
        section([{"type": "text", "text": text}]) for text in ("short", "A long sentence here. " * 30, "last")
    ]
    (packed, *more) = blocks.pack([rich_text([listed(items, style="ordered")])], budget=500)

    lists = [each for each in walk([packed, *more]) if each.get("type") == "rich_text_list"]
    assert [(each.get("offset", 0), len(each["elements"])) for each in lists] == [(0, 1), (1, 1), (2, 1)]


def test_a_sentence_is_cut_only_where_it_has_no_room() -> None:
    text = "One two three. Four five six. Seven eight nine. "
    packed = blocks.pack(
        [rich_text([section([{"type": "text", "text": text}])])], budget=limits.CONTAINER + 40
    )

    assert [texts(each) for each in packed] == [
        ["One two three. ", "Four five six. "],
        ["Seven eight nine. "],
    ]


def test_preformatted_text_is_cut_between_its_lines() -> None:
    text = "\n".join(f"{place}. one, two. three" for place in range(40))
    packed = blocks.pack([rich_text([preformatted(text)])], budget=500)

    assert len(packed) > 1
    assert "\n".join("".join(texts(each)) for each in packed) == text


def test_equal_heads_stand_above_the_rest_of_a_table() -> None:
    head = [[{"type": "text", "text": "name"}]]
    rows = [[[{"type": "text", "text": f"row {place} " + "x" * 80}]] for place in range(40)]
    packed = blocks.pack([*grid([head, *rows], ["left"])], budget=1_000)

    assert len(packed) > 3
    assert all(texts(message[0]["rows"][0]) == ["name"] for message in packed)


def test_labels_are_shortened_between_words_and_content_never() -> None:
    assert blocks.header("word " * 60)["text"]["text"] == "word " * 29 + "word…"
    assert len(blocks.button("字" * 200, "vd.ask", "{}")["text"]["text"]) == 75
    with pytest.raises(ValueError, match="no text of this length"):
        blocks.context("x" * 3_001)
    with pytest.raises(ValueError, match="no text of this length"):
        blocks.section("")
    with pytest.raises(ValueError, match="no room"):
        blocks.actions(*[blocks.button("a", "vd.ask", "{}")] * 26)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_thumbs_carry_what_was_pressed(lang: str) -> None:
    made = blocks.feedback_buttons(dump(Pressed("daily-1")), load(lang))
    (element,) = made["elements"]

    assert faults_of([made], files={}) == []
    assert element["positive_button"]["value"] == dump(Pressed("daily-1", section="helpful"))
    assert element["negative_button"]["value"] == dump(Pressed("daily-1", section="unhelpful"))


def test_an_image_is_told_in_words() -> None:
    assert blocks.image("Activity: 3 merged", "F1") == {
        "type": "image",
        "alt_text": "Activity: 3 merged",
        "slack_file": {"id": "F1"},
    }
