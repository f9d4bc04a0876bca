"""Records as bytes and back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.store.codec import COMPRESS_FROM, Codec
from adapters.store.states import Gap, Glance, MirrorState
from summarizer.errors import StoreError
from summarizer.items import Release

STATE: Codec[MirrorState] = Codec(MirrorState)
RELEASE: Codec[Release] = Codec(Release)
RELEASES: Codec[tuple[Release, ...]] = Codec(tuple[Release, ...])

instants = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
moments = st.none() | instants
reasons = st.lists(st.text(), max_size=2).map(tuple)
releases = st.builds(Release, st.text(), st.text(), st.text(), instants, st.booleans())
states = st.builds(
    MirrorState,
    st.text(),
    synced_until=moments,
    synced_at=moments,
    mirror_from=moments,
    text_from=moments,
    gaps=st.lists(st.builds(Gap, instants, instants, st.integers()), max_size=2).map(tuple),
    glances=st.lists(st.builds(Glance, instants, instants, reasons), max_size=2).map(tuple),
    reconciled_at=moments,
)
RECORD = Release("v1", "One", "https://github.com/", datetime(2025, 12, 10, tzinfo=UTC))


@given(states)
def test_state_comes_back_as_it_was(record: MirrorState) -> None:
    assert STATE.load(STATE.dump(record)) == record


@given(releases)
def test_release_comes_back_as_it_was(record: Release) -> None:
    assert RELEASE.load(RELEASE.dump(record)) == record


@given(st.lists(releases, max_size=2).map(tuple))
def test_several_records_come_back_as_they_were(records: tuple[Release, ...]) -> None:
    assert RELEASES.load(RELEASES.dump(records)) == records


def test_long_record_is_stored_in_a_fraction_of_its_size() -> None:
    long = Release("v1", "the same words again " * 1000, "https://github.com/", RECORD.published_at)

    assert len(RELEASE.dump(long)) < COMPRESS_FROM
    assert RELEASE.load(RELEASE.dump(long)) == long


def test_field_of_a_later_version_is_left_out() -> None:
    assert RELEASE.load(RELEASE.dump(RECORD).replace(b"{", b'{"mood":"good",', 1)) == RECORD


@pytest.mark.parametrize("data", [b"", b"x\x9c damaged", b"{}", b"[1]", b'{"tag_name": 1}', b"\xff"])
def test_bytes_that_are_no_record_are_an_error_of_the_store(data: bytes) -> None:
    with pytest.raises(StoreError, match=r"store\.record"):
        RELEASE.load(data)
