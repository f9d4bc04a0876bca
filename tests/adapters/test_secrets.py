"""Secrets at rest: what is sealed opens with the key, and with nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.secrets import SHORTEST, Box
from summarizer.errors import NotConfigured

OLD, NEW = "o" * SHORTEST, "n" * SHORTEST

keys = (
    st.text(st.characters(blacklist_characters=","), min_size=SHORTEST)
    .map(str.strip)
    .filter(lambda key: len(key) >= SHORTEST)
)


@given(st.binary(), keys)
def test_what_was_sealed_opens_again(data: bytes, key: str) -> None:
    box = Box(key)

    assert box.open(box.seal(data)) == data
    assert Box(key).open(box.seal(data)) == data


@given(st.binary(min_size=8))
def test_a_sealed_blob_does_not_show_what_is_in_it_and_differs_each_time(data: bytes) -> None:
    box = Box(OLD)

    assert data not in box.seal(data)
    assert box.seal(data) != box.seal(data)


def test_another_key_opens_nothing_and_the_person_is_told_what_to_do() -> None:
    with pytest.raises(NotConfigured) as caught:
        Box(NEW).open(Box(OLD).seal(b"xoxb-testsonly"))

    assert caught.value.key == "secrets.no_key"
    assert "xoxb" not in repr(caught.value)


def test_what_was_changed_by_one_bit_does_not_open() -> None:
    sealed = bytearray(Box(OLD).seal(b"xoxb-testsonly"))
    sealed[30] ^= 1

    with pytest.raises(NotConfigured):
        Box(OLD).open(bytes(sealed))


def test_the_first_key_seals_and_every_key_opens() -> None:
    before = Box(OLD).seal(b"before")
    both = Box(f"{NEW}, {OLD}")

    assert both.open(before) == b"before"
    assert Box(NEW).open(both.seal(b"after")) == b"after"
    with pytest.raises(NotConfigured):
        Box(OLD).open(both.seal(b"after"))


@pytest.mark.parametrize(
    "keys", ["", "short", "x" * (SHORTEST - 1), f"{OLD},", f"{OLD},short", f"  {'x' * 31}  "]
)
def test_a_short_key_is_refused_without_being_quoted(keys: str) -> None:
    with pytest.raises(ValueError, match="32 characters") as caught:
        Box(keys)

    assert "short" not in str(caught.value)


def test_a_key_is_in_no_repr() -> None:
    assert OLD not in repr(Box(OLD)) + str(vars(Box(OLD)))
