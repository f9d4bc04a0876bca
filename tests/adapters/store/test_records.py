"""Items as bytes and back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.store.records import Record, dump_light, dump_text, load_record, without_text
from summarizer.errors import StoreError
from summarizer.items import Comment, Event, Item, Person, Review
from tests import builders
from tests.builders import NOON, REPO, at, comment, event, review

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

numbers = st.integers(0, 2**40)
instants = st.datetimes(datetime(1971, 1, 1), datetime(2240, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
people = st.builds(Person, st.text(), st.booleans())


def maybe(values: SearchStrategy[object]) -> SearchStrategy[object]:
    return st.none() | values


def some(values: SearchStrategy[object]) -> SearchStrategy[tuple[object, ...]]:
    return st.lists(values, max_size=3).map(tuple)


items = st.builds(
    Item,
    repo=st.just(REPO),
    number=numbers,
    url=st.text() | st.just(f"https://github.com/{REPO}/pull/1"),
    author=maybe(people),
    created_at=maybe(instants),
    updated_at=maybe(instants),
    closed_at=maybe(instants),
    merged_at=maybe(instants),
    merged_by=maybe(people),
    additions=maybe(numbers),
    deletions=maybe(numbers),
    changed_files=maybe(numbers),
    linked=some(numbers),
    reactions=maybe(numbers),
    events=some(st.builds(Event, at=instants, actor=maybe(people))),
    comments=some(st.builds(Comment, people, instants, st.text(), st.text())),
    comments_total=maybe(numbers),
    reviews=some(st.builds(Review, people, instants, st.text(), st.text())),
    review_requests=maybe(some(st.text())),
    review_decision=maybe(st.text()),
    assignees=maybe(some(st.text())),
)
records = st.builds(Record, items, maybe(instants), maybe(instants))


def round_trip(record: Record) -> Record:
    return load_record(record.item.repo, dump_light(record), dump_text(record.item))


@given(records)
def test_record_comes_back_as_it_was(record: Record) -> None:
    assert round_trip(record) == record


@given(records)
def test_light_part_alone_is_all_but_the_text(record: Record) -> None:
    light = load_record(REPO, dump_light(record), None)

    assert light == replace(record, item=without_text(record).item)


def test_link_that_follows_from_the_rest_takes_no_room() -> None:
    usual = builders.item(number=1)
    other = replace(usual, url=f"https://github.example/{REPO}/pull/1")

    assert b"https" not in dump_light(Record(usual))
    assert round_trip(Record(other)).item.url == other.url


def test_item_without_text_has_no_text_part() -> None:
    assert dump_text(builders.item()) is None
    assert dump_text(builders.item(body="")) is not None


def test_half_a_surrogate_pair_becomes_a_replacement_character_and_a_whole_pair_its_character() -> None:
    item = builders.item(title="a \ud83d b 文", body="\ud83d\ude80", comments=(comment("ann", 1, "\udc00"),))

    found = round_trip(Record(item, NOON, at(1))).item

    assert (found.title, found.body, found.comments[0].body) == ("a \ufffd b 文", "\U0001f680", "\ufffd")
    assert (found.created_at, found.comments[0].created_at) == (item.created_at, at(1))


@pytest.mark.parametrize("missing", range(1, 22))
def test_record_of_a_version_that_knew_fewer_fields_is_read(missing: int) -> None:
    record = Record(
        builders.item(events=(event("opened", 0, "ann"),), labels=("bug",), updated=1, node_id="I_1")
    )
    fields = msgspec.msgpack.decode(dump_light(record))

    found = load_record(REPO, msgspec.msgpack.encode(fields[: len(fields) - missing]), None)

    assert (found.item.title, found.item.labels, found.item.updated_at) == ("A change", ("bug",), at(1))


def test_record_of_a_version_that_knows_more_fields_is_read() -> None:
    record = Record(builders.item(body="text", comments=(comment("ann", 1),), reviews=(review("bob", 2),)))
    light, text = (
        msgspec.msgpack.encode([*msgspec.msgpack.decode(part), {"of": ["tomorrow"]}])
        for part in (dump_light(record), dump_text(record.item) or b"")
    )

    assert load_record(REPO, light, text) == record


LIGHT = dump_light(Record(builders.item(events=(event("opened", 0),), body="text")))


@pytest.mark.parametrize(
    "light",
    [
        b"",
        b"\x00",
        b"{}",
        b"[1]",
        LIGHT[:-1],
        LIGHT + b"\x00",
        LIGHT.replace(b"open", b"ajar", 1),
        LIGHT.replace(b"opened", b"melted"),
        LIGHT.replace(b"A change", b"A \xff\xff\xff\xff\xff\xff"),
    ],
)
def test_light_part_that_is_none_of_ours_is_an_error_of_the_store(light: bytes) -> None:
    with pytest.raises(StoreError, match=r"store\.record"):
        load_record(REPO, light, None)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_record_or_an_error_of_the_store(data: bytes) -> None:
    for light, text in ((data, None), (LIGHT, data)):
        with suppress(StoreError):
            assert load_record(REPO, light, text).item.repo == REPO
