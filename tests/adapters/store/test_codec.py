"""Records as bytes and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.store.codec import COMPRESS_FROM, Codec
from adapters.store.reaches import Reach
from summarizer.errors import StoreError
from summarizer.items import Item, Release
from tests.builders import item

ITEM: Codec[Item] = Codec(Item)
RELEASE: Codec[Release] = Codec(Release)
REACHES: Codec[tuple[Reach, ...]] = Codec(tuple[Reach, ...])

st.register_type_strategy(
    datetime,
    st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


@given(st.builds(Item))
def test_item_comes_back_as_it_was(record: Item) -> None:
    assert ITEM.load(ITEM.dump(record)) == record


@given(st.builds(Release))
def test_release_comes_back_as_it_was(record: Release) -> None:
    assert RELEASE.load(RELEASE.dump(record)) == record


@given(st.tuples(st.builds(Reach), st.builds(Reach)))
def test_reaches_come_back_as_they_were(record: tuple[Reach, ...]) -> None:
    assert REACHES.load(REACHES.dump(record)) == record


def test_long_text_is_stored_in_a_fraction_of_its_size() -> None:
    data = ITEM.dump(item(body="the same words again " * 1000))

    assert len(data) < COMPRESS_FROM


def test_field_of_a_later_version_is_left_out() -> None:
    data = RELEASE.dump(Release("v1", "One", "https://github.com/", datetime(2025, 12, 10, tzinfo=UTC)))

    assert RELEASE.load(data.replace(b"{", b'{"mood":"good",', 1)).tag_name == "v1"


@pytest.mark.parametrize("data", [b"", b"x\x9c damaged", b"{}", b"[1]", b'{"repo": 1}'])
def test_bytes_that_are_no_record_are_an_error_of_the_store(data: bytes) -> None:
    with pytest.raises(StoreError, match=r"store\.record"):
        ITEM.load(data)
