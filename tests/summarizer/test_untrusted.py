"""Untrusted text is shown on one line and holds nothing that cannot be seen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.untrusted import is_unseen, neutralize

any_text = st.text(st.characters(codec=None), max_size=80)
seen_text = st.text(st.sampled_from("abcXYZ019 #@`*_[](){}<>|\\~!-+中文评论，。「」é✓🎯"), max_size=60)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\n\tc", "a b c"),
        ("user\u202egnp.exe", "usergnp.exe"),
        ("pay\u200bload\ufeff", "payload"),
        ("\x1b[31mred\x1b[0m\x07", "[31mred[0m"),
        ("one\u2028two\u2029three", "one two three"),
        ("tag\U000e0041\U000e0042s", "tags"),
        ("smuggled\U000e0101\U000e0102", "smuggled"),
        ("blank\u3164name", "blankname"),
        ("half\ud800pair", "halfpair"),
        ("  wide\u3000 \xa0space ", "wide space"),
        ("⚠️ 保留 {{ liquid }} <b>", "⚠️ 保留 {{ liquid }} <b>"),
    ],
)
def test_what_cannot_be_seen_is_gone_and_the_rest_stays(text: str, shown: str) -> None:
    assert neutralize(text) == shown


@given(any_text)
def test_the_result_is_one_line_of_visible_characters(text: str) -> None:
    shown = neutralize(text)
    assert shown.splitlines() in ([], [shown])
    assert not any(is_unseen(char) for char in shown)
    assert not any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for char in shown)
    assert shown == shown.strip()
    assert "  " not in shown


@given(any_text)
def test_a_second_pass_changes_nothing(text: str) -> None:
    assert neutralize(neutralize(text)) == neutralize(text)


@given(seen_text)
def test_visible_text_only_loses_surplus_space(text: str) -> None:
    assert neutralize(text) == " ".join(text.split())


@given(
    any_text,
    st.text(st.characters(categories=["Cf", "Cs", "Co"]), min_size=1, max_size=3),
    st.integers(0, 80),
)
def test_hidden_characters_make_no_difference(text: str, hidden: str, at: int) -> None:
    assert neutralize(text[:at] + hidden + text[at:]) == neutralize(text)
