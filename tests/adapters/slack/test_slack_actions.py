"""What a button carries comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.pressed import Pressed
from adapters.slack import actions
from adapters.slack.actions import dump, load

short = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(short, short, st.sampled_from(["", "en", "zh"]), st.integers(0, 99), st.sampled_from(["", "summary"]))
def test_a_value_comes_back_as_it_was(handle: str, line: str, lang: str, page: int, section: str) -> None:
    pressed = Pressed(handle, line, lang, page, section)

    assert load(dump(pressed)) == pressed
    assert len(dump(pressed)) <= 2_000


def test_a_line_without_room_is_left_out_whole() -> None:
    assert load(dump(Pressed("daily-1", "字" * 3_000))) == Pressed("daily-1")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "[]",
        "null",
        '{"page": -1}',
        '{"page": "1"}',
        '{"page": true}',
        '{"line": 1}',
        '{"other": ""}',
        "[" * 9_000,
    ],
)
def test_what_this_version_did_not_write_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="no value of ours"):
        load(value)


def test_every_id_begins_alike_and_is_another() -> None:
    ids = [
        each
        for name, each in vars(actions).items()
        if name.isupper() and isinstance(each, str) and name != "PREFIX"
    ]

    assert len(ids) == len(set(ids)) > 10
    assert all(each.startswith(actions.PREFIX) for each in ids)
    assert json.loads(dump(Pressed())) == {}
