"""A line in another zone asks the same, whatever it quotes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.rezoned import in_zone
from bot.grammar import parse
from bot.grammar.commands import Options, WindowCommand
from bot.grammar.tokens import quote
from summarizer.errors import BadInput

WORDS = st.text(st.sampled_from('ab tz:时区：UTC-="\\,“”'), min_size=1, max_size=30).filter(str.strip)


@given(WORDS, st.sampled_from(["", "tz:UTC", "tz:Asia/Kolkata", "--tz=UTC"]), st.booleans())
def test_a_line_keeps_all_its_other_words(value: str, zone: str, comes_first: bool) -> None:
    label = f"label:{quote(value)}"
    line = " ".join(["today", *((zone, label) if comes_first else (label, zone))]).strip()
    try:
        asked = parse(line, surface="chat", conversation=False)
    except BadInput:
        return
    if not isinstance(asked, WindowCommand):
        return  # a curly quote has ended the value, and what follows is a sentence
    again = parse(in_zone(line, "Asia/Tokyo"), surface="chat", conversation=False)

    assert again == replace(asked, options=replace(asked.options, tz="Asia/Tokyo"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("today topic:amd tz:UTC lang:en", "tz:Asia/Tokyo today topic:amd lang:en"),
        ("今天 时区：UTC 语言:zh", "tz:Asia/Tokyo 今天 语言:zh"),
        ("today --tz UTC lang:en", "tz:Asia/Tokyo today lang:en"),
        ("today --tz --lang=en", "tz:Asia/Tokyo today --lang=en"),
        ('ask who says "tz:UTC" tz:"UTC"', 'tz:Asia/Tokyo ask who says "tz:UTC"'),
        ("label:“a tz:b c” today", 'tz:Asia/Tokyo label:"a tz:b c" today'),
        ('ask what tz:"" is', 'tz:Asia/Tokyo ask what tz:"" is'),
        ('what is "open tz:UTC', 'tz:Asia/Tokyo what is "open'),
    ],
)
def test_only_the_zone_of_the_line_goes(line: str, expected: str) -> None:
    assert in_zone(line, "Asia/Tokyo") == expected


def test_a_zone_with_spaces_stays_one_value() -> None:
    command = parse(in_zone("today", "America/New York"), surface="chat", conversation=False)

    assert command.options == Options(tz="America/New_York")
