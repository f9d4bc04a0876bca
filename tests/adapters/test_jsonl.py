"""Lines of a file become items: what is told is kept, what is unknown stays unknown, and what is wrong is named."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.jsonl import MAX_LINE, Imported, read_file, read_items
from summarizer import languages
from summarizer.errors import BadInput
from summarizer.items import GHOST, Comment, Event, Item, Person, Review

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REPO = "some-org/some.repo"
NINE, TEN, ELEVEN = (f"2025-12-10T{hour:02}:00:00Z" for hour in (9, 10, 11))
UNSET = object()


def hour(at: int) -> datetime:
    return datetime(2025, 12, 10, at, tzinfo=UTC)


def line(**fields: object) -> str:
    """A line; fields that are UNSET are not in it."""
    told = {"repo": REPO, "kind": "pull_request", "number": 7, "title": "A change"} | fields
    return json.dumps({name: value for name, value in told.items() if value is not UNSET})


def read(**fields: object) -> Imported:
    (imported,) = read_items([line(**fields)], "items.jsonl")
    return imported


def refusal(text: str | bytes) -> BadInput:
    with pytest.raises(BadInput) as raised:
        list(read_items([line(), text], "items.jsonl"))
    return raised.value


# --- what a line tells


def test_a_bare_line_is_an_item_of_which_little_is_known() -> None:
    imported = read()

    assert imported.item == Item(REPO, 7, "pull_request", "A change", f"https://github.com/{REPO}/pull/7")
    assert imported.told == {"kind", "title"}
    assert imported.dates_are == "exact"


def test_null_tells_as_little_as_nothing_at_all() -> None:
    names = (
        "url", "author", "labels", "state", "createdAt", "closedAt", "mergedAt", "mergedBy", "files", "body",
        "comments", "commentsTotalCount", "datesAre", "provenance",
    )  # fmt: skip

    assert read(**dict.fromkeys(names)) == read()


def test_an_issue_has_all_that_its_line_tells() -> None:
    imported = read(
        kind="issue",
        url=f"https://github.com/{REPO}/issues/7",
        author="ann",
        labels=["bug", "ci"],
        state="CLOSED",
        createdAt=NINE,
        closedAt=TEN,
        body="It breaks.",
        comments=[
            {"author": "cy", "createdAt": ELEVEN, "body": "Later."},
            {"author": "bob", "createdAt": NINE, "body": "Sooner."},
        ],
        commentsTotalCount=5,
        provenance="somewhere",
        datesAre="minute",
    )

    assert imported.item == Item(
        repo=REPO,
        number=7,
        kind="issue",
        title="A change",
        url=f"https://github.com/{REPO}/issues/7",
        author=Person("ann"),
        labels=("bug", "ci"),
        state="closed",
        created_at=hour(9),
        updated_at=hour(11),
        closed_at=hour(10),
        body="It breaks.",
        events=(Event("opened", hour(9), Person("ann")), Event("closed", hour(10))),
        comments=(
            Comment(Person("bob"), hour(9), "Sooner."),
            Comment(Person("cy"), hour(11), "Later."),
        ),
        comments_total=5,
    )
    assert imported.told == {
        "kind", "title", "url", "author", "labels", "state", "created_at", "updated_at", "closed_at", "body",
        "comments", "comments_total",
    }  # fmt: skip
    assert imported.dates_are == "minute"


def test_a_merge_is_the_close_and_one_event() -> None:
    imported = read(state="MERGED", mergedAt=TEN, mergedBy="bob", files=["b.py", "a.py", "b.py"])

    item = imported.item
    assert (item.state, item.merged_at, item.closed_at, item.updated_at) == ("merged", *(hour(10),) * 3)
    assert item.events == (Event("merged", hour(10), Person("bob")),)
    assert item.files == ("a.py", "b.py")
    assert imported.told >= {"state", "merged_at", "closed_at", "merged_by", "files"}


@pytest.mark.parametrize(
    ("fields", "state", "events", "is_told"),
    [
        ({}, "open", [], False),
        ({"state": "OPEN", "createdAt": NINE}, "open", ["opened"], True),
        ({"state": "CLOSED"}, "closed", [], True),
        (
            {"state": "CLOSED", "createdAt": NINE, "closedAt": NINE},
            "closed",
            ["opened", "closed_unmerged"],
            True,
        ),
        ({"closedAt": TEN}, "closed", ["closed_unmerged"], True),
        ({"closedAt": TEN, "kind": "issue"}, "closed", ["closed"], True),
        ({"state": "MERGED"}, "merged", [], True),
        ({"state": "MERGED", "closedAt": TEN}, "merged", ["merged"], True),
        ({"mergedAt": TEN, "createdAt": NINE}, "merged", ["opened", "merged"], True),
    ],
)
def test_state_and_events_follow_from_what_is_known(
    fields: dict[str, str], state: str, events: list[str], is_told: bool
) -> None:
    imported = read(**fields)

    assert imported.item.state == state
    assert [event.name for event in imported.item.events] == events
    assert ("state" in imported.told) is is_told


def test_no_labels_are_told_and_unknown_ones_are_not() -> None:
    assert "labels" in read(labels=[]).told
    assert "labels" not in read(labels=None).told


def test_an_issue_has_no_files() -> None:
    imported = read(kind="issue", files=["a.py"])

    assert imported.item.files is None
    assert "files" not in imported.told


def test_reviews_stand_apart_from_comments() -> None:
    said = [
        {"author": "ann", "createdAt": TEN, "body": "Why?", "isReview": True},
        {"author": "bob", "createdAt": NINE, "body": "Thanks."},
    ]

    item = read(comments=said).item

    assert item.reviews == (Review(Person("ann"), hour(10), "COMMENTED", "Why?"),)
    assert item.comments == (Comment(Person("bob"), hour(9), "Thanks."),)
    assert [comment.body for comment in read(comments=said, kind="issue").item.comments] == [
        "Thanks.",
        "Why?",
    ]


def test_a_comment_of_unknown_time_is_left_out_but_the_total_that_is_told_stays() -> None:
    imported = read(comments=[{"author": "ann", "createdAt": None, "body": "?"}], commentsTotalCount=2)

    assert imported.item.comments == ()
    assert imported.item.comments_total == 2
    assert imported.told == {"kind", "title", "comments_total"}


def test_that_no_comment_is_stored_does_not_tell_that_there_is_none() -> None:
    assert not read(comments=[]).told & {"comments", "comments_total", "reviews"}


def test_bots_are_known_by_their_logins_and_unknown_authors_are_not_taken_for_deleted_ones() -> None:
    said = [{"author": "gemini-code-assist[bot]", "createdAt": TEN}, {"createdAt": ELEVEN}]

    item = read(author="dependabot[bot]", mergedBy="vllm-bot", mergedAt=TEN, comments=said).item

    assert item.author == Person("dependabot[bot]", is_bot=True)
    assert item.merged_by == Person("vllm-bot", is_bot=True)
    assert [comment.author for comment in item.comments] == [
        Person("gemini-code-assist[bot]", is_bot=True),
        Person(GHOST),
    ]
    assert read(author=None).item.author is None


@pytest.mark.parametrize(
    "url",
    [
        f"http://github.com/{REPO}/pull/7",
        f"https://github.com.evil.example/{REPO}/pull/7",
        f"https://x@github.com/{REPO}/pull/7",
        f"https://github.com/{REPO}/../../other/repo/pull/7",
        f"https://github.com/{REPO}/pull/70",
        "javascript:alert(1)",
        "",
    ],
)
def test_a_link_that_leads_elsewhere_gives_way_to_the_item_s_own(url: str) -> None:
    imported = read(url=url)

    assert imported.item.url == f"https://github.com/{REPO}/pull/7"
    assert "url" not in imported.told


def test_links_of_another_server_are_its_own() -> None:
    own = f"https://git.example.com/{REPO}/pull/7"

    (imported,) = read_items([line(url=own)], "items.jsonl", web="https://git.example.com")

    assert imported.item.url == own
    assert "url" in imported.told


def test_times_are_turned_to_utc() -> None:
    assert read(createdAt="2025-12-10T17:00:00+08:00").item.created_at == hour(9)


def test_days_are_carried_out_as_days() -> None:
    assert read(createdAt="2025-12-10T00:00:00Z", datesAre="day").dates_are == "day"


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "state": st.sampled_from(["OPEN", "CLOSED", "MERGED", None]),
            "kind": st.sampled_from(["issue", "pull_request"]),
            "createdAt": st.sampled_from([NINE, TEN, None]),
            "closedAt": st.sampled_from([NINE, TEN, ELEVEN, None]),
            "mergedAt": st.sampled_from([NINE, TEN, ELEVEN, None]),
        },
    )
)
def test_whatever_is_told_the_opening_is_an_event_exactly_when_its_time_is_known(
    fields: dict[str, str | None],
) -> None:
    try:
        item = read(**fields).item
    except BadInput:  # the times contradict the state
        return

    assert any(event.name == "opened" for event in item.events) is (item.created_at is not None)
    assert list(item.events) == sorted(item.events, key=lambda event: event.at)
    assert sum(event.name != "opened" for event in item.events) <= 1
    assert (item.merged_at is None) or item.state == "merged"


# --- files


def test_marks_line_ends_blank_lines_and_a_missing_last_newline_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + f"{line(number=1)}\r\n\r\n  \n{line(number=2, title='在')}".encode())

    assert [imported.item.number for imported in read_file(path)] == [1, 2]
    assert [imported.item.number for imported in read_items(["\ufeff" + line(number=3)], "x")] == [3]


def test_a_gzip_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_bytes(gzip.compress(f"{line(number=1)}\n{line(number=2)}\n".encode()))

    assert [imported.item.number for imported in read_file(path)] == [1, 2]


def test_an_empty_file_has_no_items(tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.touch()

    assert list(read_file(path)) == []


def test_lines_are_taken_one_at_a_time() -> None:
    def endless() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield line(number=number)

    assert [imported.item.number for imported in islice(read_items(endless(), "x"), 3)] == [1, 2, 3]


def test_what_stands_before_a_bad_line_is_still_read() -> None:
    items = read_items([line(), "{"], "x")

    assert next(items).item.number == 7
    with pytest.raises(BadInput):
        next(items)


# --- mistakes


@pytest.mark.parametrize(
    ("text", "key", "field"),
    [
        ("{", "not_json", None),
        (b"\xff\xfe{\x00}\x00", "not_json", None),
        (b'{"title": "\xff"}', "not_json", None),
        ("\udcff", "not_json", None),
        (line(title="\ud800"), "not_json", None),
        ("[" * 10_000, "not_json", None),
        ("[]", "not_object", None),
        ('"text"', "not_object", None),
        ("null", "not_object", None),
        ("x" * (MAX_LINE + 1), "too_long", None),
        (line(number=UNSET), "missing", "number"),
        (line(repo=None), "missing", "repo"),
        (line(title=UNSET), "missing", "title"),
        (line(number=0), "value", "number"),
        (line(number=-1), "value", "number"),
        (line(number=True), "value", "number"),
        (line(number="7"), "value", "number"),
        (line(number=10**30), "value", "number"),
        (line(kind="discussion"), "value", "kind"),
        (line(repo="somewhere"), "value", "repo"),
        (line(repo="a/b/c"), "value", "repo"),
        (line(repo="a/.."), "value", "repo"),
        (line(repo="a/b\n"), "value", "repo"),
        (line(title=3), "value", "title"),
        (line(author="@ann smith"), "value", "author"),
        (line(state="DRAFT"), "value", "state"),
        (line(labels=["a", None]), "value", "labels[1]"),
        (line(createdAt="yesterday"), "value", "createdAt"),
        (line(createdAt="2025-12-10"), "value", "createdAt"),
        (line(createdAt="2025-12-10T09:00:00"), "value", "createdAt"),
        (line(createdAt=1765357200), "value", "createdAt"),
        (line(createdAt="0001-01-01T00:00:00+14:00"), "value", "createdAt"),
        (line(comments=[{"createdAt": TEN}, {"createdAt": "x"}]), "value", "comments[1].createdAt"),
        (line(commentsTotalCount=-1), "value", "commentsTotalCount"),
        (line(datesAre="century"), "value", "datesAre"),
        (line(kind="issue", state="MERGED"), "contradiction", None),
        (line(state="CLOSED", mergedAt=TEN), "contradiction", None),
        (line(state="OPEN", closedAt=TEN), "contradiction", None),
    ],
)
def test_a_bad_line_is_named_with_its_file_its_number_and_what_is_wrong(
    text: str | bytes, key: str, field: str | None
) -> None:
    error = refusal(text)

    assert error.key == f"import.{key}"
    assert error.values.get("field") == field
    for code in languages.codes():
        sentence = languages.load(code).text(f"errors.{error.key}", **error.values)
        assert "items.jsonl" in sentence
        assert "2" in sentence
        assert field is None or field in sentence


def test_a_line_without_an_end_is_not_held_whole(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl"
    path.write_bytes(gzip.compress(b"x" * (3 * MAX_LINE)))

    with pytest.raises(BadInput) as raised:
        list(read_file(path))

    assert raised.value.key == "import.too_long"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    torn = tmp_path / "torn.jsonl.gz"
    torn.write_bytes(gzip.compress(line().encode() * 50)[:-20])

    for path, key in ((tmp_path / "none.jsonl", "unreadable"), (tmp_path, "unreadable"), (torn, "gzip")):
        with pytest.raises(BadInput) as raised:
            list(read_file(path))

        assert raised.value.key == f"import.{key}"
        for code in languages.codes():
            sentence = languages.load(code).text(f"errors.{raised.value.key}", **raised.value.values)
            assert path.name in sentence
