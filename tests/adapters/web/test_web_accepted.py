"""Which language a visitor is spoken to in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.accepted import preferred


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-Hant-TW", "zh"),
        ("ZH-cn,en;q=0.8", "zh"),
        ("en;q=0.4, zh;q=0.9", "zh"),
        ("fr, de;q=0.9, zh;q=0.1", "zh"),
        ("fr, de", "en"),
        ("zh;q=0, en", "en"),
        ("zh;q=0", "en"),
        ("*", "en"),
        ("zh;q=nan, en;q=0.1", "en"),
        ("zh;level=1", "en"),
    ],
)
def test_the_language_that_a_browser_prefers_is_spoken(header: str, code: str) -> None:
    assert preferred(header, ("en", "zh"), "en") == code


@given(st.text())
def test_any_header_finds_a_language(header: str) -> None:
    assert preferred(header, ("en", "zh"), "zh") in ("en", "zh")
